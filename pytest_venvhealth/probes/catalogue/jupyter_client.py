# imports: jupyter_client, jupyter_client.session, jupyter_client.kernelspec
# exercises: signed messages against RFC 4231, packed and sent; kernel specifications; a connection
#   file; a blocking client that talks with a kernel made of one thread
# versions: >=6.1.5
import json
import threading
from pathlib import Path

import zmq
from jupyter_client import BlockingKernelClient, find_connection_file
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.session import Session

# RFC 4231, test case 2
signature = Session(key=b"Jefe").sign([b"what do ya want ", b"for nothing?"])
assert signature == b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

session = Session(key=b"secret", username="ada")
message = session.msg("probe_request", {"number": 7, "text": "é"})
frames = session.serialize(message, ident=b"who")
idents, rest = session.feed_identities(frames)
got = Session(key=b"secret").deserialize(rest, copy=True)
assert idents == [b"who"] and got["content"] == {"number": 7, "text": "é"}, got
assert got["header"]["msg_type"] == "probe_request" and got["header"]["username"] == "ada"
try:
    Session(key=b"other").deserialize(rest, copy=True)
except ValueError:
    pass
else:
    raise AssertionError("a wrong signature was accepted")

spec = Path("specs", "kernels", "tiny")
spec.mkdir(parents=True)
(spec / "kernel.json").write_text(
    json.dumps({"argv": ["tiny", "{connection_file}"], "display_name": "Tiny", "language": "t"})
)
manager = KernelSpecManager(kernel_dirs=[str(spec.parent)], ensure_native_kernel=False)
assert manager.find_kernel_specs() == {"tiny": str(spec)}
assert manager.get_kernel_spec("tiny").argv == ["tiny", "{connection_file}"]
try:
    manager.get_kernel_spec("none")
except NoSuchKernel:
    pass
else:
    raise AssertionError("a kernel that is not there was found")

context = zmq.Context()
shell = context.socket(zmq.ROUTER)
shell.linger = 0
port = shell.bind_to_random_port("tcp://127.0.0.1")
name, info = write_connection_file("connection.json", shell_port=port, key=b"abc")
assert json.loads(Path(name).read_text())["shell_port"] == port
assert Path(find_connection_file("connection.json", path=".")).samefile(name)
kernel_session = Session(key=b"abc")


def kernel():
    """Answer what the client asks, until it has something computed."""
    while shell.poll(20000):
        idents, asked = kernel_session.recv(shell, mode=0)
        kind = asked["header"]["msg_type"]
        content = {"status": "ok"}
        if kind == "execute_request":
            content["result"] = str(eval(asked["content"]["code"]))
        answer = kind.replace("_request", "_reply")
        kernel_session.send(shell, answer, content, parent=asked, ident=idents)
        if kind == "execute_request":
            break


thread = threading.Thread(target=kernel, daemon=True)
thread.start()
client = BlockingKernelClient(connection_file=name)
client.load_connection_file()
client.start_channels(iopub=False, stdin=False, hb=False)
try:
    asked = client.execute("6 * 7")
    while True:
        reply = client.get_shell_msg(timeout=20)
        if reply["parent_header"].get("msg_id") == asked:
            break
    assert reply["header"]["msg_type"] == "execute_reply" and reply["content"]["result"] == "42"
finally:
    client.stop_channels()
    thread.join(30)
    shell.close()
    context.term()
assert not thread.is_alive()
