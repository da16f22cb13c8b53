# imports: websocket
# exercises: a client against a small server behind a socket pair: handshake, text, binary data,
#   ping, fragments, broken frames, closing; RFC 6455's bytes of a masked frame
# versions: >=1.0
import base64
import hashlib
import socket
import threading

import websocket

frame = websocket.ABNF.create_frame("Hello", websocket.ABNF.OPCODE_TEXT)
frame.get_mask_key = lambda length: b"\x37\xfa\x21\x3d"
assert frame.format() == bytes.fromhex("8185 37fa213d 7f9f4d5158")  # RFC 6455, 5.7
data = bytes(range(256)) * 300
masked = websocket.ABNF.mask(b"\x01\x02\x03\x04", data)
assert masked[:6] == bytes([1, 3, 1, 7, 5, 7]) and len(masked) == len(data)
assert websocket.ABNF.mask(b"\x01\x02\x03\x04", masked) == data


def take_frame(file):
    """Return first byte and unmasked content of a client's frame."""
    first, second = file.read(2)
    assert second & 0x80, "a client must mask"
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(file.read(2 if size == 126 else 8), "big")
    mask = file.read(4)
    return first, bytes(byte ^ mask[place % 4] for place, byte in enumerate(file.read(size)))


def head(first, size):
    if size < 126:
        return bytes([first, size])
    return bytes([first, 126]) + size.to_bytes(2, "big")


def serve(sock):
    with sock, sock.makefile("rb") as file:
        lines = []
        while not lines or lines[-1]:
            lines.append(file.readline().decode().rstrip())
        seen.append(lines[0])
        headers = dict(line.lower().split(": ", 1) for line in lines[1:-1])
        seen.append((headers["host"], headers["x-name"], headers["sec-websocket-version"]))
        key = next(line for line in lines if line.lower().startswith("sec-websocket-key"))
        # RFC 6455, 1.3
        text = key.split(": ")[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(text.encode()).digest())
        sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        while True:
            first, content = take_frame(file)
            if first == 0x88:
                sock.sendall(b"\x88\x02" + content[:2])
                seen.append(int.from_bytes(content[:2], "big"))
                return
            if first == 0x8A:
                seen.append(("pong", content))
            elif content == b"fragments":
                sock.sendall(b"\x01\x03one\x89\x02hi\x80\x03two")  # a ping comes between
            elif content == b"broken":
                sock.sendall(b"\x83\x00")  # a kind that RFC 6455 keeps for later
            else:
                sock.sendall(head(first, len(content)) + content[::-1])


seen = []
ours, theirs = socket.socketpair()
for each in (ours, theirs):
    each.settimeout(20)
thread = threading.Thread(target=serve, args=(theirs,), daemon=True)
thread.start()
client = websocket.create_connection(
    "ws://example.com:81/chat?x=1", socket=ours, timeout=20, header={"X-Name": "v"}
)
assert client.connected and client.getstatus() == 101
client.send("gr\u00fcn")
# The server turns bytes round, so the text comes back wrong unless it is ASCII.
try:
    client.recv()
except websocket.WebSocketPayloadException:
    pass
else:
    raise AssertionError("bytes that are no UTF-8 were taken for a text")
client.send("abc")
assert client.recv() == "cba"
client.send_binary(data[:40000])
assert client.recv_data() == (websocket.ABNF.OPCODE_BINARY, data[:40000][::-1])
client.send("fragments")
assert client.recv() == "onetwo"
client.send("broken")
try:
    client.recv()
except websocket.WebSocketProtocolException:
    pass
else:
    raise AssertionError("a frame of an unknown kind was taken")
client.close(status=4001)
thread.join(20)
assert not client.connected
assert seen == [
    "GET /chat?x=1 HTTP/1.1",
    ("example.com:81", "v", "13"),
    ("pong", b"hi"),
    4001,
], seen
