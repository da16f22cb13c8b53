# imports: psycopg, psycopg.pq, psycopg.sql, psycopg.conninfo, psycopg.rows
# exercises: SQL composed, connection strings by libpq, values to and from their text and binary
#   form; queries, rows and errors of a connection to a tiny server on the loopback interface
# versions: >=3.1
import datetime
import decimal
import importlib.util
import os
import socket
import socketserver
import struct
import threading
import uuid

import psycopg
from psycopg import adapt, conninfo, pq, rows, sql

for name in [name for name in os.environ if name.startswith("PG")]:
    del os.environ[name]  # settings of libpq

# If it were damaged, psycopg would quietly go on with the slow code and another libpq.
if importlib.util.find_spec("psycopg_binary") is not None:
    import psycopg_binary.pq

    assert psycopg_binary.pq.version() >= 90000

parts = conninfo.conninfo_to_dict("postgresql://u:p%40ss@h:5433/db?connect_timeout=5")
assert (parts["user"], parts["password"], parts["dbname"]) == ("u", "p@ss", "db"), parts
text = conninfo.make_conninfo("host=h", dbname="a b'c")
assert conninfo.conninfo_to_dict(text)["dbname"] == "a b'c", text
assert pq.version() >= 90000
try:
    conninfo.make_conninfo("nothing=x")
except psycopg.ProgrammingError:
    pass
else:
    raise AssertionError("libpq took an unknown option")

text, binary = pq.Format.TEXT, pq.Format.BINARY
transformer = adapt.Transformer()
for name, form, data, value in (
    ("int4", text, b"-42", -42),
    ("int8", binary, b"\x00" * 7 + b"\x07", 7),
    ("float8", binary, b"\x3f\xf8" + b"\x00" * 6, 1.5),
    ("bool", text, b"t", True),
    ("bytea", text, b"\\x00ff", b"\x00\xff"),
    ("numeric", binary, bytes.fromhex("000200000000000100011388"), decimal.Decimal("1.5")),
    ("date", binary, b"\x00\x00\x00\x3b", datetime.date(2000, 2, 29)),
    (
        "timestamp",
        text,
        b"2024-02-29 12:30:00.5",
        datetime.datetime.fromisoformat("2024-02-29 12:30:00.500000"),
    ),
    ("jsonb", binary, b'\x01{"a": [1]}', {"a": [1]}),
    ("uuid", text, b"00000000-0000-0000-0000-000000000001", uuid.UUID(int=1)),
):
    oid = psycopg.postgres.types[name].oid
    assert transformer.get_loader(oid, form).load(data) == value, (name, value)
array = transformer.get_loader(psycopg.postgres.types["int4"].array_oid, text)
assert array.load(b"{{1,NULL},{3,4}}") == [[1, None], [3, 4]]
for value, form, data in (
    (256, adapt.PyFormat.BINARY, b"\x01\x00"),
    (decimal.Decimal("1.10"), adapt.PyFormat.TEXT, b"1.10"),
    ("\u20ac", adapt.PyFormat.BINARY, b"\xe2\x82\xac"),
    (datetime.date(2000, 1, 2), adapt.PyFormat.BINARY, b"\x00\x00\x00\x01"),
    (uuid.UUID(int=1), adapt.PyFormat.BINARY, b"\x00" * 15 + b"\x01"),
):
    assert bytes(transformer.get_dumper(value, form).dump(value)) == data, value


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
    with psycopg.connect(
        host="127.0.0.1",
        port=server.server_address[1],
        user="me",
        dbname="probe",
        sslmode="disable",
        gssencmode="disable",
        connect_timeout=20,
        autocommit=True,
    ) as connection:
        assert connection.info.dbname == "probe" and connection.info.server_version == 160001
        assert connection.execute("SELECT 1").fetchall() == [(42, "\u20ac", None)]
        with connection.cursor(row_factory=rows.dict_row) as cursor:
            cursor.execute("SELECT %s::int", (7,))
            assert cursor.fetchone() == {"n": 42, "t": "\u20ac", "d": None}
            assert cursor.description[2].type_code == 1082 and cursor.rowcount == 1
        assert any(b"SELECT $1::int" in data for data in server.seen), server.seen
        try:
            connection.execute("SELECT * FROM missing")
        except psycopg.errors.UndefinedTable as error:
            assert error.sqlstate == "42P01" and error.diag.message_primary == "no such table"
        else:
            raise AssertionError("the server's error was not told")
        query = sql.SQL("SELECT {} FROM {} WHERE {} = {}").format(
            sql.SQL(", ").join([sql.Identifier("a"), sql.Identifier('b"c')]),
            sql.Identifier("s", "t"),
            sql.Identifier("n"),
            sql.Literal("it's"),
        )
        wanted = """SELECT "a", "b""c" FROM "s"."t" WHERE "n" = 'it''s'"""
        assert query.as_string(connection) == wanted, query.as_string(connection)
        with psycopg.ClientCursor(connection) as cursor:
            assert cursor.mogrify("SELECT %s, %s", ("it's", None)) == "SELECT 'it''s', NULL"
    assert b"\0user\0me\0" in b"\0" + server.seen[0] + b"\0"
    server.shutdown()
    server.server_close()
