# imports: pymysql, pymysql.cursors, pymysql.converters
# exercises: values written into SQL; a query and its rows, as tuples and as dictionaries, with a
#   tiny server behind a socket pair
# versions: >=1.0
import datetime
import decimal
import socket
import struct
import threading

import pymysql
import pymysql.cursors
from pymysql import converters

for value, written in (
    (None, "NULL"),
    ("it's", "'it\\'s'"),
    (decimal.Decimal("1.10"), "1.10"),
    (datetime.timedelta(hours=26, seconds=5), "'26:00:05'"),
):
    assert converters.escape_item(value, "utf8mb4", converters.encoders) == written, value


def serve(sock):
    """Be as much of a MySQL server as gives every query the same row."""
    with sock, sock.makefile("rb") as file:

        def send(number, *packets):
            for place, data in enumerate(packets, number):
                sock.sendall(struct.pack("<I", len(data) | place << 24) + data)

        def receive():
            return file.read(int.from_bytes(file.read(4)[:3], "little"))

        # A protocol of version 4.1 and its login, a salt of "x"
        hello = b"\x0a8.0.36\0" + struct.pack("<I8sx", 7, b"x" * 8)
        hello += struct.pack("<HBHHB10x", 0x8200, 45, 2, 0x0008, 21)
        send(0, hello + b"x" * 12 + b"\0mysql_native_password\0")
        receive()
        done, end = b"\0\0\0\2\0\0\0", b"\xfe\0\0\2\0"
        send(2, done)
        data = receive()
        while data[:1] == b"\x03":
            seen.append(data[1:].decode())
            text = b"\3def\0\0\0\1t\0\x0c" + struct.pack("<HIBH3x", 45, 99, 253, 0)
            number = b"\3def\0\0\0\1n\0\x0c" + struct.pack("<HIBH3x", 63, 9, 3, 0)
            if b"SELECT" in data:
                send(1, b"\2", text, number, end, "\3\u20ac".encode() + b"\3-42", end)
            else:
                send(1, done)
            data = receive()


seen = []
ours, theirs = socket.socketpair()
thread = threading.Thread(target=serve, args=(theirs,))
thread.start()
connection = pymysql.Connection(user="me", password="secret", autocommit=None, defer_connect=True)
connection.connect(ours)
with connection.cursor() as cursor:
    assert cursor.execute("SELECT %s", ("it's",)) == 1
    assert cursor.fetchall() == (("\u20ac", -42),)
with connection.cursor(pymysql.cursors.DictCursor) as cursor:
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == {"t": "\u20ac", "n": -42}
connection.close()
thread.join()
assert seen[-2:] == ["SELECT 'it\\'s'", "SELECT 1"], seen
