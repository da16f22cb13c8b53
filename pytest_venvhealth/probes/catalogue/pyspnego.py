# imports: spnego, spnego.channel_bindings
# exercises: an NTLM login between a client and a server in memory: session keys, the user's name,
#   a sealed message, a changed message, a wrong password, another channel
# versions: >=0.5
import os
import struct

import spnego
from spnego.channel_bindings import GssChannelBindings

with open("users", "w", encoding="utf-8") as file:
    file.write("DOM:m\u00e9:s\u00e9cret\n")
os.environ["NTLM_USER_FILE"] = os.path.abspath("users")
# This package's own code, without a system library
settings = {"protocol": "ntlm", "options": spnego.NegotiateOptions.use_ntlm}
here = GssChannelBindings(application_data=b"tls-server-end-point:here")
there = GssChannelBindings(application_data=b"tls-server-end-point:there")


def login(password, channel):
    """Return both sides after the login."""
    client = spnego.client("DOM\\m\u00e9", password, "server", channel_bindings=here, **settings)
    server = spnego.server(channel_bindings=channel, **settings)
    first = client.step()
    second = server.step(first)
    third = client.step(second)
    for number, message in enumerate((first, second, third), 1):  # MS-NLMP, 2.2.1
        assert message[:12] == b"NTLMSSP\x00" + struct.pack("<I", number), message
    server.step(third)
    return client, server


client, server = login("s\u00e9cret", here)
assert client.complete and server.complete
assert client.session_key == server.session_key and len(client.session_key) == 16
assert server.client_principal == "DOM\\m\u00e9", server.client_principal
sealed = client.wrap(b"x" * 5000)
assert sealed.encrypted and b"xxx" not in sealed.data
assert server.unwrap(sealed.data).data == b"x" * 5000
sealed = bytearray(client.wrap(b"secret").data)
sealed[-1] ^= 1
for wrong in (
    lambda: server.unwrap(bytes(sealed)),
    lambda: login("wrong", here),
    lambda: login("s\u00e9cret", there),
):
    try:
        wrong()
    except spnego.exceptions.SpnegoError:
        continue
    raise AssertionError("a changed message, a wrong password or another channel was accepted")
