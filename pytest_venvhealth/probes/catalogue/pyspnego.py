# imports: spnego, spnego.channel_bindings
# exercises: an NTLM login between a client and a server in memory: session keys, the user's name,
#   sealed and signed messages both ways, changed messages, a wrong password, another
#   channel
# versions: >=0.5
import os
import struct
import tempfile

import spnego
from spnego.channel_bindings import GssChannelBindings

options = spnego.NegotiateOptions.use_ntlm  # this package's own code, without a system library


def login(password, bindings=(None, None)):
    """Return both sides after the login."""
    client = spnego.client(
        "DOM\\m\u00e9",
        password,
        hostname="server",
        service="http",
        protocol="ntlm",
        options=options,
        channel_bindings=bindings[0],
    )
    server = spnego.server(protocol="ntlm", options=options, channel_bindings=bindings[1])
    first = client.step()
    # MS-NLMP, 2.2.1: signature and message type
    assert first[:8] == b"NTLMSSP\x00" and struct.unpack("<I", first[8:12]) == (1,)
    second = server.step(first)
    assert second[:8] == b"NTLMSSP\x00" and struct.unpack("<I", second[8:12]) == (2,)
    third = client.step(second)
    assert struct.unpack("<I", third[8:12]) == (3,) and "m\u00e9".encode("utf-16-le") in third
    assert server.step(third) is None
    return client, server


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "users")
    with open(path, "w", encoding="utf-8") as file:
        file.write("DOM:m\u00e9:s\u00e9cret\nDOM:other:word\n")
    os.environ["NTLM_USER_FILE"] = path

    client, server = login("s\u00e9cret")
    assert client.complete and server.complete
    assert client.negotiated_protocol == server.negotiated_protocol == "ntlm"
    assert client.session_key == server.session_key and len(client.session_key) == 16
    assert server.client_principal == "DOM\\m\u00e9", server.client_principal
    for sender, receiver in ((client, server), (server, client)):
        for text in (b"hello", b"x" * 5000, b""):
            sealed = sender.wrap(text)
            assert sealed.encrypted and len(sealed.data) == len(text) + 16
            assert receiver.unwrap(sealed.data).data == text
        signature = sender.sign(b"data")
        assert len(signature) == 16 and signature[:4] == b"\x01\x00\x00\x00"
        receiver.verify(b"data", signature)
    sealed = bytearray(client.wrap(b"secret").data)
    sealed[-1] ^= 1
    try:
        server.unwrap(bytes(sealed))
    except spnego.exceptions.SpnegoError:
        pass
    else:
        raise AssertionError("a changed message was taken for the original")

    same = GssChannelBindings(application_data=b"tls-server-end-point:abc")
    assert login("s\u00e9cret", (same, same))[1].complete
    other = GssChannelBindings(application_data=b"tls-server-end-point:abd")
    for password, bindings in (("wrong", (None, None)), ("s\u00e9cret", (same, other))):
        try:
            login(password, bindings)
        except spnego.exceptions.SpnegoError:
            continue
        raise AssertionError("a wrong password or another channel was accepted")

assert same.pack()[-len(b"tls-server-end-point:abc") :] == b"tls-server-end-point:abc"
assert GssChannelBindings.unpack(same.pack()) == same
