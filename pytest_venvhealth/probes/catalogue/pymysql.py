# imports: pymysql, pymysql.cursors, pymysql.converters
# exercises: values written into SQL; login, queries, rows of many types, cursors, transactions and
#   errors of a connection to a tiny server on the loopback interface
# versions: >=1.0
import datetime
import decimal
import hashlib
import socket
import socketserver
import struct
import threading

import pymysql
import pymysql.cursors
from pymysql import converters

assert converters.escape_string("a'b\\c\n\0\"") == "a\\'b\\\\c\\n\\0\\\""
for value, wanted in (
    (None, "NULL"),
    (True, "1"),
    (1.5, "1.5e0"),
    ("it's", "'it\\'s'"),
    (decimal.Decimal("1.10"), "1.10"),
    (datetime.date(2024, 2, 29), "'2024-02-29'"),
    (datetime.timedelta(hours=26, seconds=5), "'26:00:05'"),
):
    assert converters.escape_item(value, "utf8mb4", converters.encoders) == wanted, value
assert pymysql.paramstyle == "pyformat" and pymysql.NUMBER == pymysql.FIELD_TYPE.LONG

seed, password = b"0123456789abcdefghij", b"secret"


def text(value):
    return bytes([len(value)]) + value


class Server(socketserver.StreamRequestHandler):
    """As much of a MySQL server as this probe needs."""

    def send(self, data):
        self.number += 1
        self.wfile.write(struct.pack("<I", len(data))[:3] + bytes([self.number]) + data)

    def receive(self):
        head = self.rfile.read(4)
        self.number = head[3] if head else 0
        return self.rfile.read(int.from_bytes(head[:3], "little"))

    def fail(self, code, state, message):
        self.send(b"\xff" + struct.pack("<H", code) + b"#" + state + message)

    def ok(self, rows=0, last=0):
        self.send(bytes([0, rows, last]) + struct.pack("<HH", 2, 0))

    def handle(self):
        self.connection.settimeout(20)
        self.number, low, high = -1, 0x0200 | 0x8000 | 0x2000 | 8 | 1, 0x0008
        hello = b"\x0a8.0.36\0" + struct.pack("<I", 7) + seed[:8] + b"\0"
        hello += struct.pack("<HBHHB", low, 45, 2, high, 21) + b"\0" * 10 + seed[8:] + b"\0"
        self.send(hello + b"mysql_native_password\0")
        login = self.receive()
        if not login:
            return
        user, rest = login[32:].split(b"\0", 1)
        stage = hashlib.sha1(password).digest()
        mask = hashlib.sha1(seed + hashlib.sha1(stage).digest()).digest()
        wanted = bytes(a ^ b for a, b in zip(stage, mask))
        if user != b"me" or rest[: 1 + 20] != text(wanted):
            self.fail(1045, b"28000", b"access denied")
            return
        self.ok()
        while True:
            data = self.receive()
            if data[:1] in (b"", b"\x01"):
                return
            self.server.seen.append(data[1:].decode())
            if b"missing" in data:
                self.fail(1146, b"42S02", b"no such table")
            elif b"SELECT" in data:
                self.rows()
            else:
                self.ok(3, 9)

    def rows(self):
        kinds = ((b"n", 3, 63), (b"t", 253, 45), (b"d", 246, 63), (b"w", 12, 63), (b"b", 252, 63))
        self.send(bytes([len(kinds)]))
        end = b"\xfe" + struct.pack("<HH", 0, 2)
        for name, kind, charset in kinds:
            names = text(b"def") + text(b"") * 3 + text(name) * 2
            self.send(names + struct.pack("<BHIBHB2x", 12, charset, 99, kind, 0, 2))
        self.send(end)
        row = [b"-42", "\u20ac".encode(), b"1.10", b"2024-02-29 12:30:00.500000", b"\x00\xff"]
        self.send(b"".join(map(text, row)))
        self.send(text(b"1") + b"\xfb" * 4)
        self.send(end)


moment = datetime.datetime.fromisoformat("2024-02-29 12:30:00.500000")
rows = ((-42, "\u20ac", decimal.Decimal("1.10"), moment, b"\x00\xff"), (1, None, None, None, None))
try:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of pymysql
if server is not None:
    server.daemon_threads = True
    server.seen = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    where = {"host": "127.0.0.1", "port": server.server_address[1]}
    where.update({"user": "me", "charset": "utf8mb4"})
    with pymysql.connect(
        password="secret", database="db", connect_timeout=10, read_timeout=20, **where
    ) as connection:
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT %s", ("it's",)) == 2
            assert cursor.fetchone() == rows[0] and cursor.fetchall() == rows[1:]
            assert [column[0] for column in cursor.description] == list("ntdwb")
            assert server.seen[-1] == "SELECT 'it\\'s'"
            assert cursor.execute("UPDATE t SET x = %(x)s", {"x": None}) == 3
            assert cursor.lastrowid == 9 and server.seen[-1] == "UPDATE t SET x = NULL"
            cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(1, "a"), (2, "b")])
            assert server.seen[-1] == "INSERT INTO t VALUES (1, 'a'),(2, 'b')", server.seen[-1]
            try:
                cursor.execute("SELECT * FROM missing")
            except pymysql.err.ProgrammingError as error:
                assert error.args == (1146, "no such table")
            else:
                raise AssertionError("the server's error was not told")
        with connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchall()[1] == dict(zip("ntdwb", rows[1]))
        with connection.cursor(pymysql.cursors.SSCursor) as cursor:
            cursor.execute("SELECT 1")
            assert list(cursor) == list(rows)
        connection.rollback()
        assert server.seen[-1].upper() == "ROLLBACK"
    try:
        pymysql.connect(password="wrong", connect_timeout=10, read_timeout=20, **where)
    except pymysql.err.OperationalError as error:
        assert error.args[0] == 1045
    else:
        raise AssertionError("a wrong password was accepted")
    server.shutdown()
    server.server_close()
