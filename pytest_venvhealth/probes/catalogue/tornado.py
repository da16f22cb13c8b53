# imports: tornado, tornado.web, tornado.websocket, tornado.httpclient
# exercises: templates and escaping, queues and locks, routes; on the loopback interface a server
#   and its client: arguments, a signed cookie, an upload, errors, WebSocket; the native mask
# versions: >=6.0
import asyncio
import datetime
import importlib.util
import json
import socket

import tornado.escape
import tornado.httpclient
import tornado.httpserver
import tornado.locks
import tornado.netutil
import tornado.queues
import tornado.template
import tornado.web
import tornado.websocket

# tornado falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("tornado.speedups") is not None:
    importlib.import_module("tornado.speedups")

page = tornado.template.DictLoader(
    {
        "base": "<p>{% block body %}{% end %}</p>",
        "list": "{% extends base %}{% block body %}{% for n in numbers %}{% if n > 1 %}{{ n * 2 }},"
        "{% end %}{% end %}{{ word }}{% raw word %}{% end %}",
    }
).load("list")
assert page.generate(numbers=[1, 2, 3], word="<b>") == b"<p>4,6,&lt;b&gt;<b></p>"
assert tornado.escape.url_unescape(tornado.escape.url_escape("a b/\u00e9&")) == "a b/\u00e9&"


class Double(tornado.web.RequestHandler):
    def get(self, number):
        self.set_header("X-Name", "v")
        self.write({"double": int(number) * 2, "q": self.get_arguments("q")})

    async def post(self, number):
        await asyncio.sleep(0)
        (file,) = self.request.files["file"]
        self.set_status(201)
        self.finish(file["filename"].encode() + file["body"] * int(number))


class Broken(tornado.web.RequestHandler):
    def get(self):
        raise tornado.web.HTTPError(418)

    def write_error(self, status_code, **details):
        self.finish("error %d" % status_code)

    def log_exception(self, *exception):
        pass


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message(message[::-1], binary=isinstance(message, bytes))


async def use(port):
    client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
    base = "http://127.0.0.1:%d" % port
    answer = await client.fetch(base + "/double/21?q=a+b&q=%C3%A9")
    assert (answer.code, answer.headers["x-name"]) == (200, "v")
    assert json.loads(answer.body) == {"double": 42, "q": ["a b", "\u00e9"]}, answer.body
    body = (
        b'--X\r\nContent-Disposition: form-data; name="file"; filename="n.txt"\r\n\r\n'
        + b"0123456789" * 9000
        + b"\r\n--X--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    answer = await client.fetch(base + "/double/2", method="POST", body=body, headers=headers)
    assert answer.code == 201 and answer.body == b"n.txt" + b"0123456789" * 18000
    try:
        await client.fetch(base + "/broken")
    except tornado.httpclient.HTTPClientError as error:
        assert (error.code, error.response.body) == (418, b"error 418")
    else:
        raise AssertionError("418 was taken for a success")
    assert (await client.fetch(base + "/moved")).effective_url == base + "/double/4"
    client.close()
    channel = await tornado.websocket.websocket_connect(base.replace("http", "ws") + "/echo")
    await channel.write_message("gr\u00fcn")
    assert await channel.read_message() == "n\u00fcrg"
    await channel.write_message(bytes(range(256)) * 400 + b"xyz", binary=True)
    assert await channel.read_message() == b"zyx" + bytes(range(255, -1, -1)) * 400
    channel.close(4000)
    assert await channel.read_message() is None


async def serve():
    app = tornado.web.Application(
        [
            (r"/double/(\d+)", Double),
            (r"/broken", Broken),
            (r"/moved", tornado.web.RedirectHandler, {"url": "/double/4"}),
            (r"/echo", Echo),
        ],
        log_function=lambda handler: None,
    )
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    server = tornado.httpserver.HTTPServer(app)
    server.add_sockets(sockets)
    try:
        await use(sockets[0].getsockname()[1])
    finally:
        server.stop()
        await server.close_all_connections()


async def main():
    queue, done = tornado.queues.PriorityQueue(maxsize=3), []

    async def consume():
        async for item in queue:
            done.append(item)
            queue.task_done()

    for number in (3, 1, 2):
        await queue.put(number)
    task = asyncio.ensure_future(consume())
    await queue.join(timeout=datetime.timedelta(seconds=10))
    task.cancel()
    assert done == [1, 2, 3], done
    lock = tornado.locks.Lock()
    async with lock:
        try:
            await lock.acquire(timeout=datetime.timedelta(milliseconds=1))
        except tornado.util.TimeoutError:
            pass
        else:
            raise AssertionError("a lock was taken twice")


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


asyncio.run(asyncio.wait_for(main(), 30))
if loopback_is_up():
    asyncio.run(asyncio.wait_for(serve(), 30))
signed = tornado.web.create_signed_value("secret", "name", "value", clock=lambda: 1e9)
decode = tornado.web.decode_signed_value
assert decode("secret", "name", signed, clock=lambda: 1e9 + 9) == b"value"
assert decode("secret", "other", signed, clock=lambda: 1e9) is None
assert decode("secret", "name", signed, clock=lambda: 1e9 + 40 * 86400) is None
