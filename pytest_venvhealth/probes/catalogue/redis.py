# imports: redis, redis.asyncio
# exercises: connection URLs; commands, a pipeline and an error, also with asyncio, against a tiny
#   server
# versions: >=4.2
# needs: a loopback interface, else the server is left out
import asyncio
import socket
import socketserver
import threading

import redis
import redis.asyncio

settings = redis.ConnectionPool.from_url("redis://me:p%40ss@host:7000/3").connection_kwargs
assert (settings["host"], settings["port"], settings["db"]) == ("host", 7000, 3), settings
assert settings["password"] == "p@ss", settings


class Server(socketserver.StreamRequestHandler):
    """As much of a Redis server as this probe needs."""

    def handle(self):
        line = self.rfile.readline()
        while line:
            words = []
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2])
            self.wfile.write(self.answer(*words))
            line = self.rfile.readline()

    def answer(self, name, *words):
        if name == b"HELLO":
            return b"%%1\r\n$5\r\nproto\r\n:%s\r\n" % words[0]
        if name == b"SET":
            data[words[0]] = words[1]
            return b"+OK\r\n"
        if name == b"GET":
            return b"$%d\r\n%s\r\n" % (len(data[words[0]]), data[words[0]])
        return b"-ERR unknown command\r\n"


def talk(port):
    with redis.Redis("127.0.0.1", port, decode_responses=True) as client:
        assert client.set("name", "\u00e9") is True and client.get("name") == "\u00e9"
        with client.pipeline(transaction=False) as pipe:
            pipe.set("n", 1.5).get("n")
            assert pipe.execute() == [True, "1.5"]
        try:
            client.execute_command("NOSUCH", 1)
        except redis.ResponseError as error:
            assert "unknown command" in str(error)
        else:
            raise AssertionError("an error was taken for an answer")


async def talk_async(port):
    client = redis.asyncio.Redis(host="127.0.0.1", port=port)
    assert await client.get("name") == b"\xc3\xa9"
    await client.connection_pool.disconnect()


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    data = {}
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        talk(server.server_address[1])
        asyncio.run(talk_async(server.server_address[1]))
        server.shutdown()
