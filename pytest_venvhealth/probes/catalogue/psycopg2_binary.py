# imports: psycopg2, psycopg2.extensions, psycopg2.extras, psycopg2.sql
# exercises: values to and from SQL, connection strings by libpq; a query to a tiny server
# versions: >=2.8
# needs: a loopback interface, else the server is left out
import datetime
import socket
import socketserver
import struct
import threading

import psycopg2
from psycopg2 import extensions, extras

for value, quoted in (
    (None, b"NULL"),
    ("it's", b"'it''s'"),
    ([1, None, 3], b"ARRAY[1,NULL,3]"),
    (extras.Json({"a": [1]}), b"""'{"a": [1]}'"""),
):
    assert extensions.adapt(value).getquoted() == quoted, extensions.adapt(value).getquoted()
assert extensions.DATE("2024-02-29", None) == datetime.date(2024, 2, 29)
assert extensions.INTEGERARRAY("{1,NULL,3}", None) == [1, None, 3]

parts = extensions.parse_dsn("postgresql://u:p%40ss@h:5433/db")
assert (parts["user"], parts["password"], parts["dbname"]) == ("u", "p@ss", "db"), parts


class Server(socketserver.StreamRequestHandler):
    """As much of a PostgreSQL server as gives every query the same row."""

    def send(self, kind, data):
        self.wfile.write(kind + struct.pack("!i", len(data) + 4) + data)

    def receive(self):
        (size,) = struct.unpack("!i", self.rfile.read(4))
        return self.rfile.read(size - 4)

    def handle(self):
        self.receive()
        self.send(b"R", bytes(4))  # no password is needed
        self.send(b"S", b"client_encoding\0UTF8\0")
        self.send(b"S", b"standard_conforming_strings\0on\0")
        self.send(b"S", b"DateStyle\0ISO, MDY\0")
        self.send(b"Z", b"I")
        while self.rfile.read(1) == b"Q":
            queries.append(self.receive())
            column = struct.pack("!ihihih", 0, 0, 23, -1, -1, 0)  # 23: an integer
            self.send(b"T", b"\0\2a\0" + column + b"b\0" + column)
            self.send(b"D", struct.pack("!hi2si", 2, 2, b"42", -1))
            self.send(b"C", b"SELECT 1\0")
            self.send(b"Z", b"I")


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    queries = []
    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.handle_request).start()
        where = "host=127.0.0.1 port=%d user=me dbname=db sslmode=disable gssencmode=disable"
        connection = psycopg2.connect(where % server.server_address[1])
        connection.autocommit = True
        with connection.cursor(cursor_factory=extras.RealDictCursor) as cursor:
            cursor.execute("SELECT %s, %s", ("it's", [1, None]))
            assert dict(cursor.fetchone()) == {"a": 42, "b": None}
        connection.close()
    assert queries == [b"SELECT 'it''s', ARRAY[1,NULL]\0"], queries
