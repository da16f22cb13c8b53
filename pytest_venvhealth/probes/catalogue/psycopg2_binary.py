# imports: psycopg2, psycopg2.extensions, psycopg2.extras, psycopg2.sql
# exercises: values to and from SQL, connection strings by libpq; queries, cursors and errors of a
#   connection to a tiny server on the loopback interface
# versions: >=2.8
import datetime
import decimal
import hashlib
import os
import socket
import socketserver
import struct
import threading

import psycopg2
from psycopg2 import extensions, extras, sql

for name in [name for name in os.environ if name.startswith("PG")]:
    del os.environ[name]  # settings of libpq

for value, wanted in (
    (42, b"42"),
    (None, b"NULL"),
    (True, b"true"),
    ("it's", b"'it''s'"),
    (1.5, b"1.5"),
    (float("nan"), b"'NaN'::float"),
    (decimal.Decimal("1.10"), b"1.10"),
    (datetime.date(2024, 2, 29), b"'2024-02-29'::date"),
    ([1, None, 3], b"ARRAY[1,NULL,3]"),
    ((1, "a"), b"(1, 'a')"),
    (extras.Json({"a": [1]}), b"""'{"a": [1]}'"""),
):
    assert extensions.adapt(value).getquoted() == wanted, extensions.adapt(value).getquoted()
for cast, text, value in (
    (extensions.INTEGER, "-42", -42),
    (extensions.FLOAT, "1.5", 1.5),
    (extensions.BOOLEAN, "t", True),
    (extensions.DECIMAL, "1.10", decimal.Decimal("1.10")),
    (extensions.DATE, "2024-02-29", datetime.date(2024, 2, 29)),
    (
        extensions.PYDATETIME,
        "2024-02-29 12:30:00.5",
        datetime.datetime.fromisoformat("2024-02-29 12:30:00.500000"),
    ),
    (extensions.INTERVAL, "1 day 02:00:00", datetime.timedelta(days=1, hours=2)),
    (extensions.INTEGERARRAY, "{1,NULL,3}", [1, None, 3]),
):
    assert cast(text, None) == value, (text, value)
parts = extensions.parse_dsn("postgresql://u:p%40ss@h:5433/db?connect_timeout=5")
assert (parts["user"], parts["password"], parts["dbname"]) == ("u", "p@ss", "db"), parts
dsn = extensions.make_dsn("host=h", dbname="a b'c")
assert extensions.parse_dsn(dsn)["dbname"] == "a b'c", dsn
hashed = extensions.encrypt_password("password", "me", algorithm="md5")
assert hashed == "md5" + hashlib.md5(b"passwordme").hexdigest(), hashed


class Server(socketserver.StreamRequestHandler):
    """As much of a PostgreSQL server as gives every query the same answer."""

    def send(self, kind, data=b""):
        self.wfile.write(kind + struct.pack("!i", len(data) + 4) + data)

    def answer(self, text):
        if b"missing" in text:
            self.send(b"E", b"SERROR\0VERROR\0C42P01\0Mno such table\0\0")
            return
        self.send(b"D", struct.pack("!hi2si3si", 3, 2, b"42", 3, "\u20ac".encode(), -1))
        self.send(b"C", b"SELECT 1\0")

    def describe(self):
        column = struct.Struct("!ihihih").pack
        fields = ((b"n", 23), (b"t", 25), (b"d", 1082))
        data = b"".join(name + b"\0" + column(0, 0, oid, -1, -1, 0) for name, oid in fields)
        self.send(b"T", struct.pack("!h", 3) + data)

    def handle(self):
        self.connection.settimeout(20)
        start = self.rfile.read(4)
        if not start:
            return
        (size,) = struct.unpack("!i", start)
        self.server.seen.append(self.rfile.read(size - 4))
        settings = (
            (b"client_encoding", b"UTF8"),
            (b"server_version", b"16.1"),
            (b"DateStyle", b"ISO, MDY"),
            (b"standard_conforming_strings", b"on"),
        )
        self.send(b"R", struct.pack("!i", 0))
        for name, value in settings:
            self.send(b"S", name + b"\0" + value + b"\0")
        self.send(b"Z", b"I")
        text = b""
        while True:
            kind = self.rfile.read(1)
            if kind in (b"X", b""):
                return
            (size,) = struct.unpack("!i", self.rfile.read(4))
            data = self.rfile.read(size - 4)
            self.server.seen.append(data)
            if kind == b"Q":
                if b"missing" not in data:
                    self.describe()
                self.answer(data)
                self.send(b"Z", b"I")
            elif kind == b"P":
                text = data
                self.send(b"1")
            elif kind == b"B":
                self.send(b"2")
            elif kind == b"D":
                self.describe()
            elif kind == b"E":
                self.answer(text)
            elif kind == b"S":
                self.send(b"Z", b"I")


def serving():
    """Return a server on the loopback interface, None where there is no such interface."""
    try:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
        socket.create_connection(server.server_address, timeout=10).close()
    except OSError:
        return None  # a machine whose every interface is down says nothing of this package
    server.daemon_threads = True
    server.seen = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


server = serving()
if server is not None:
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=server.server_address[1],
        user="me",
        dbname="probe",
        sslmode="disable",
        gssencmode="disable",
        connect_timeout=20,
    )
    connection.autocommit = True
    assert connection.server_version == 160001 and connection.encoding == "UTF8"
    with connection.cursor() as cursor:
        cursor.execute("SELECT %(y)s, %(x)s", {"x": "it's", "y": [1]})
        assert cursor.query == b"SELECT ARRAY[1], 'it''s'", cursor.query
        assert cursor.fetchall() == [(42, "\u20ac", None)]
        assert [column.name for column in cursor.description] == ["n", "t", "d"]
        assert cursor.mogrify("%s", (b"\x00\xff",)) == b"'\\x00ff'::bytea"
        extras.execute_values(cursor, "INSERT INTO t VALUES %s", [(1, "a"), (2, None)])
        assert server.seen[-1] == b"INSERT INTO t VALUES (1,'a'),(2,NULL)\0", server.seen[-1]
        try:
            cursor.execute("SELECT * FROM missing")
        except psycopg2.errors.UndefinedTable as error:
            assert error.pgcode == "42P01" and error.diag.message_primary == "no such table"
        else:
            raise AssertionError("the server's error was not told")
    with connection.cursor(cursor_factory=extras.RealDictCursor) as cursor:
        cursor.execute("SELECT")
        assert dict(cursor.fetchone()) == {"n": 42, "t": "\u20ac", "d": None}
    query = sql.SQL("SELECT {} FROM {} WHERE n = {}").format(
        sql.Identifier('b"c'), sql.Identifier("s", "t"), sql.Literal("x")
    )
    assert query.as_string(connection) == """SELECT "b""c" FROM "s"."t" WHERE n = 'x'"""
    connection.close()
    assert b"\0user\0me\0" in b"\0" + server.seen[0] + b"\0"
    server.shutdown()
    server.server_close()
