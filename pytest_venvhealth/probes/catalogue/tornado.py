# imports: tornado, tornado.web, tornado.websocket, tornado.httpclient
# exercises: templates and escaping, a queue, a signed value; a server and its client, by HTTP and
#   WebSocket; the native mask
# versions: >=6.0
# needs: a loopback interface, else the server is left out
import asyncio
import importlib.util
import json
import socket

import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.queues
import tornado.template
import tornado.web
import tornado.websocket

# tornado falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("tornado.speedups") is not None:
    importlib.import_module("tornado.speedups")

page = tornado.template.Template("{% for n in numbers %}{{ n * 2 }},{% end %}{{ word }}")
assert page.generate(numbers=[1, 2], word="<b>") == b"2,4,&lt;b&gt;"
signed = tornado.web.create_signed_value("secret", "name", "value")
assert tornado.web.decode_signed_value("secret", "name", signed) == b"value"
assert tornado.web.decode_signed_value("secret", "other", signed) is None


class Double(tornado.web.RequestHandler):
    def get(self, number):
        self.write({"double": int(number) * 2, "q": self.get_arguments("q")})


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message(message[::-1])


async def serve():
    app = tornado.web.Application([(r"/double/(\d+)", Double), (r"/echo", Echo)])
    app.settings["log_function"] = lambda handler: None
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    server = tornado.httpserver.HTTPServer(app)
    server.add_sockets(sockets)
    where = "127.0.0.1:%d" % sockets[0].getsockname()[1]
    client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
    answer = await client.fetch("http://" + where + "/double/21?q=a+b&q=%C3%A9")
    assert json.loads(answer.body) == {"double": 42, "q": ["a b", "\u00e9"]}, answer.body
    client.close()
    channel = await tornado.websocket.websocket_connect("ws://" + where + "/echo")
    await channel.write_message("gr\u00fcn")
    assert await channel.read_message() == "n\u00fcrg"
    channel.close()
    server.stop()
    await server.close_all_connections()


async def main():
    queue = tornado.queues.PriorityQueue()
    for number in (3, 1, 2):
        await queue.put(number)
    assert [await queue.get() for _ in range(3)] == [1, 2, 3]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
    if loopback:
        await serve()


asyncio.run(asyncio.wait_for(main(), 30))
