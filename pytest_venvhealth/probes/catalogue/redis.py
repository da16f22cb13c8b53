# imports: redis, redis.asyncio
# exercises: connection URLs; strings, numbers, lists, hashes, pipelines, transactions, scripts and
#   errors, also with asyncio, against a tiny server on the loopback interface
# versions: >=4.2
import asyncio
import hashlib
import socket
import socketserver
import threading

import redis
import redis.asyncio

pool = redis.ConnectionPool.from_url("rediss://me:p%40ss@host:7000/3?socket_timeout=2.5")
wanted = {"host": "host", "port": 7000, "db": 3, "username": "me", "password": "p@ss"}
assert {key: pool.connection_kwargs[key] for key in wanted} == wanted
assert pool.connection_kwargs["socket_timeout"] == 2.5
assert pool.connection_class is redis.SSLConnection


def bulk(value):
    return b"$%d\r\n%s\r\n" % (len(value), value)


class Server(socketserver.StreamRequestHandler):
    """As much of a Redis server as this probe needs."""

    def handle(self):
        self.connection.settimeout(20)
        self.queued = None
        self.null = b"$-1\r\n"
        while True:
            line = self.rfile.readline()
            if not line:
                return
            words = []
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2])
            name = words[0].upper()
            if self.queued is not None and name not in (b"EXEC", b"DISCARD"):
                self.queued.append(words)
                self.wfile.write(b"+QUEUED\r\n")
            elif name == b"EXEC":
                answers = [self.answer(*each) for each in self.queued]
                self.queued = None
                self.wfile.write(b"*%d\r\n%s" % (len(answers), b"".join(answers)))
            else:
                self.wfile.write(self.answer(*words))

    def answer(self, name, *words):
        data, name = self.server.data, name.upper()
        if name == b"HELLO":
            if words[0] == b"3":
                self.null = b"_\r\n"
            return b"%%1\r\n$5\r\nproto\r\n:%s\r\n" % words[0]
        if name in (b"MULTI", b"SELECT", b"CLIENT"):
            self.queued = [] if name == b"MULTI" else None
            return b"+OK\r\n"
        if name == b"PING":
            return b"+PONG\r\n"
        if name == b"SET":
            if b"NX" in words and words[0] in data:
                return self.null
            data[words[0]] = words[1]
            return b"+OK\r\n"
        if name == b"GET":
            return bulk(data[words[0]]) if words[0] in data else self.null
        if name in (b"INCR", b"INCRBY"):
            step = int(words[1]) if len(words) > 1 else 1
            data[words[0]] = b"%d" % (int(data.get(words[0], 0)) + step)
            return b":%s\r\n" % data[words[0]]
        if name == b"RPUSH":
            data.setdefault(words[0], []).extend(words[1:])
            return b":%d\r\n" % len(data[words[0]])
        if name == b"LRANGE":
            return b"*%d\r\n%s" % (len(data[words[0]]), b"".join(map(bulk, data[words[0]])))
        if name == b"HSET":
            data.setdefault(words[0], []).extend(words[1:])
            return b":%d\r\n" % (len(words) // 2)
        if name == b"HGETALL":
            pairs = b"".join(map(bulk, data[words[0]]))
            if self.null == b"_\r\n":
                return b"%%%d\r\n%s" % (len(data[words[0]]) // 2, pairs)
            return b"*%d\r\n%s" % (len(data[words[0]]), pairs)
        if name == b"EVALSHA":
            return bulk(words[0])
        return b"-ERR unknown command\r\n"


def talk(port):
    with redis.Redis("127.0.0.1", port, socket_timeout=20, decode_responses=True) as client:
        assert client.ping() is True and client.get("none") is None
        assert client.set("name", "\u00e9") is True and client.get("name") == "\u00e9"
        assert client.set("name", 1, nx=True) is None
        assert client.incr("count") == 1 and client.incrby("count", 41) == 42
        assert client.rpush("list", "a", 2, 1.5) == 3
        assert client.lrange("list", 0, -1) == ["a", "2", "1.5"]
        assert client.hset("hash", mapping={"x": 1, "y": "z"}) == 2
        assert client.hgetall("hash") == {"x": "1", "y": "z"}
        with client.pipeline(transaction=True) as pipe:
            assert pipe.incr("count").get("name").execute() == [43, "\u00e9"]
        with client.pipeline(transaction=False) as pipe:
            pipe.set("other", "x" * 100000).get("other").lrange("list", 0, -1)
            assert pipe.execute() == [True, "x" * 100000, ["a", "2", "1.5"]]
        script = client.register_script("return 1")
        assert script(keys=["k"]) == hashlib.sha1(b"return 1").hexdigest()
        try:
            client.execute_command("NOSUCH", 1)
        except redis.ResponseError as error:
            assert "unknown command" in str(error)
        else:
            raise AssertionError("an error was taken for an answer")
    with redis.Redis("127.0.0.1", port, socket_timeout=20) as client:
        assert client.get("name") == b"\xc3\xa9"


async def talk_async(port):
    client = redis.asyncio.Redis(host="127.0.0.1", port=port, socket_timeout=20)
    assert await client.set("later", b"\x00\r\n") is True
    assert await asyncio.gather(client.get("later"), client.get("count")) == [b"\x00\r\n", b"43"]
    await client.connection_pool.disconnect()


try:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of redis
if server is not None:
    server.daemon_threads = True
    server.data = {}
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        talk(server.server_address[1])
        asyncio.run(talk_async(server.server_address[1]))
    finally:
        server.shutdown()
        server.server_close()
