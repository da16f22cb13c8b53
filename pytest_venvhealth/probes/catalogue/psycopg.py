# imports: psycopg, psycopg.pq, psycopg.sql, psycopg.conninfo
# exercises: connection strings by libpq, values from and to their text and binary form, SQL
#   composed; a query to a tiny server
# versions: >=3.1
# needs: a loopback interface, else the server is left out
import datetime
import importlib.util
import socket
import socketserver
import struct
import threading

import psycopg
from psycopg import adapt, conninfo, pq, sql

# If it were damaged, psycopg would quietly go on with the slow code and another libpq.
assert pq.__impl__ == "binary" or importlib.util.find_spec("psycopg_binary") is None

parts = conninfo.conninfo_to_dict("postgresql://u:p%40ss@h:5433/db")
assert (parts["user"], parts["password"], parts["dbname"]) == ("u", "p@ss", "db"), parts

values = adapt.Transformer()
types = psycopg.postgres.types
assert values.get_loader(types["int4"].oid, pq.Format.TEXT).load(b"-42") == -42
assert values.get_loader(types["float8"].oid, pq.Format.BINARY).load(b"\x3f\xf8" + bytes(6)) == 1.5
array = values.get_loader(types["int4"].array_oid, pq.Format.TEXT)
assert array.load(b"{{1,NULL},{3,4}}") == [[1, None], [3, 4]]
day = datetime.date(2000, 1, 2)  # days are counted from 2000-01-01
assert bytes(values.get_dumper(day, adapt.PyFormat.BINARY).dump(day)) == b"\0\0\0\1"

query = sql.SQL("SELECT {} FROM {}").format(sql.Literal("it's"), sql.Identifier("s", 'b"c'))
assert query.as_string(None) == """SELECT 'it''s' FROM "s"."b""c\"""", query.as_string(None)


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
        self.send(b"Z", b"I")
        while self.rfile.read(1) == b"Q":
            queries.append(self.receive())
            column = struct.pack("!ihihih", 0, 0, types["int4"].oid, -1, -1, 0)
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
        with psycopg.connect(where % server.server_address[1], autocommit=True) as connection:
            cursor = psycopg.ClientCursor(connection)
            assert cursor.execute("SELECT %s, %s", ("it's", None)).fetchall() == [(42, None)]
    assert queries == [b"SELECT 'it''s', NULL\0"], queries
