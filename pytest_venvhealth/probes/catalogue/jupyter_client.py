# imports: jupyter_client, jupyter_client.session, jupyter_client.kernelspec
# exercises: signed messages against RFC 4231, packed and unpacked; kernel specifications; a
#   connection file; a client that talks with a kernel made of one thread
# needs: the loopback interface, else there is no kernel
# versions: >=6.1.5
import socket
import threading
from pathlib import Path

import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.session import Session

# RFC 4231, test case 2
signature = Session(key=b"Jefe").sign([b"what do ya want ", b"for nothing?"])
assert signature == b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

session = Session(key=b"secret", username="ada")
frames = session.serialize(session.msg("probe_request", {"text": "é"}), ident=b"who")
idents, rest = session.feed_identities(frames)
got = Session(key=b"secret").deserialize(rest, copy=True)
assert idents == [b"who"] and got["content"] == {"text": "é"}, got
assert got["header"]["msg_type"] == "probe_request" and got["header"]["username"] == "ada"
try:
    Session(key=b"other").deserialize(rest, copy=True)
except ValueError:
    pass
else:
    raise AssertionError("a wrong signature was accepted")

Path("specs/tiny").mkdir(parents=True)
text = '{"argv": ["tiny", "{connection_file}"], "display_name": "Tiny", "language": "t"}'
Path("specs/tiny/kernel.json").write_text(text)
manager = KernelSpecManager(kernel_dirs=["specs"], ensure_native_kernel=False)
assert list(manager.find_kernel_specs()) == ["tiny"]
assert manager.get_kernel_spec("tiny").argv == ["tiny", "{connection_file}"]


def kernel():
    """Answer what the client asks, until it has something computed."""
    answering, kind = Session(key=b"abc"), ""
    while kind != "execute_request":
        idents, asked = answering.recv(shell, mode=0)
        kind = asked["header"]["msg_type"]
        content = {"result": eval(asked["content"].get("code", "0"))}
        answering.send(shell, kind.replace("request", "reply"), content, asked, ident=idents)


with socket.socket(type=socket.SOCK_DGRAM) as way:
    loopback = way.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    context = zmq.Context()
    shell = context.socket(zmq.ROUTER)
    port = shell.bind_to_random_port("tcp://127.0.0.1")
    name, info = write_connection_file("connection.json", shell_port=port, key=b"abc")
    threading.Thread(target=kernel, daemon=True).start()
    client = BlockingKernelClient(connection_file=name)
    client.load_connection_file()
    client.start_channels(iopub=False, stdin=False, hb=False)
    asked = client.execute("6 * 7")
    reply = client.get_shell_msg(timeout=20)
    while reply["parent_header"]["msg_id"] != asked:  # older clients ask more at the start
        reply = client.get_shell_msg(timeout=20)
    assert reply["content"]["result"] == 42
    client.stop_channels()
    shell.close(0)
    context.term()
