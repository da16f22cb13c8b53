# imports: websocket
# exercises: RFC 6455's bytes of a masked frame; a client with a small server behind a socket pair:
#   handshake, text, fragments with a ping between, closing
# versions: >=1.0
import base64
import hashlib
import socket
import threading

import websocket

frame = websocket.ABNF.create_frame("Hello", websocket.ABNF.OPCODE_TEXT)
frame.get_mask_key = lambda length: b"\x37\xfa\x21\x3d"
assert frame.format() == bytes.fromhex("8185 37fa213d 7f9f4d5158")  # RFC 6455, 5.7


def take_frame(file):
    """Return first byte and unmasked content of a client's short frame."""
    first, size, *mask = file.read(6)
    data = file.read(size & 0x7F)
    return first, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def serve(sock):
    with sock, sock.makefile("rb") as file:
        seen.append(file.readline().decode().rstrip())
        line = seen[0]
        while line:
            line = file.readline().decode().rstrip()
            if line.lower().startswith("sec-websocket-key:"):
                text = line.split(": ")[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
                accept = base64.b64encode(hashlib.sha1(text.encode()).digest())
        sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        sock.sendall(b"\x81\x05" + take_frame(file)[1][::-1])
        sock.sendall(b"\x01\x03one\x89\x02hi\x80\x03two\x81\x01\xff")
        for _ in range(2):
            seen.append(take_frame(file))
        sock.sendall(b"\x88\x02\x0f\xa1")


seen = []
ours, theirs = socket.socketpair()
thread = threading.Thread(target=serve, args=(theirs,))
thread.start()
client = websocket.create_connection("ws://example.com:81/chat?x=1", socket=ours, timeout=20)
client.send("abcde")
assert client.recv() == "edcba"
assert client.recv() == "onetwo"
try:
    client.recv()
except websocket.WebSocketPayloadException:
    pass
else:
    raise AssertionError("bytes that are no UTF-8 were taken for a text")
client.close(status=4001)
thread.join()
assert seen == ["GET /chat?x=1 HTTP/1.1", (0x8A, b"hi"), (0x88, b"\x0f\xa1")], seen
