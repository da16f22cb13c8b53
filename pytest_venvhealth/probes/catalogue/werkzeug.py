# imports: werkzeug, werkzeug.routing, werkzeug.wrappers, werkzeug.test, werkzeug.debug
# exercises: rules matched and built, headers parsed and written, forms with files, conditional and
#   partial answers, password hashes, middleware, the debugger's files; a loopback server
# versions: >=2.3
import datetime
import io
import socket
import threading
import urllib.request

from werkzeug.datastructures import Headers, MultiDict
from werkzeug.debug import DebuggedApplication
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.http import (
    dump_cookie,
    http_date,
    parse_accept_header,
    parse_date,
    parse_options_header,
    parse_range_header,
)
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.security import check_password_hash, generate_password_hash, safe_join
from werkzeug.serving import make_server
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

rules = Map([Rule("/item/<int:number>/", endpoint="item", methods=["GET"])])
rules.add(Rule("/<any(a, b):kind>/<path:rest>", endpoint="rest"))
adapter = rules.bind("example.com", url_scheme="https")
assert adapter.match("/item/42/", method="GET") == ("item", {"number": 42})
assert adapter.match("/b/x/y.z") == ("rest", {"kind": "b", "rest": "x/y.z"})
assert adapter.build("item", {"number": 7, "q": "a b"}) == "/item/7/?q=a+b"
assert adapter.build("item", {"number": 7}, force_external=True) == "https://example.com/item/7/"
for path, method, error in (
    ("/c/x", "GET", NotFound),
    ("/item/x/", "GET", NotFound),
    ("/item/1/", "POST", MethodNotAllowed),
    ("/item/1", "GET", RequestRedirect),
):
    try:
        adapter.match(path, method=method)
    except error:
        pass
    else:
        raise AssertionError(path)

moment = datetime.datetime(1994, 11, 6, 8, 49, 37, tzinfo=datetime.timezone.utc)
for text in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"):  # RFC 9110, 5.6.7
    assert parse_date(text) == moment, text
assert http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT"
assert parse_options_header('text/html; charset="a;b"') == ("text/html", {"charset": "a;b"})
assert parse_accept_header("text/html;q=0.5, text/plain").best == "text/plain"
assert parse_range_header("bytes=0-499").ranges == [(0, 500)]
assert dump_cookie("a", "b c", path="/", httponly=True) == 'a="b c"; HttpOnly; Path=/'
headers = Headers([("X-A", "1"), ("x-a", "2")])
assert headers.getlist("X-a") == ["1", "2"] and headers["x-A"] == "1"
assert MultiDict([("a", 1), ("a", 2)]).to_dict(flat=False) == {"a": [1, 2]}

# RFC 7914, 11: PBKDF2 of "passwd" and "salt", one round
digest = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
assert check_password_hash("pbkdf2:sha256:1$salt$" + digest, "passwd")
hashed = generate_password_hash("word", method="pbkdf2:sha256:1000")
assert check_password_hash(hashed, "word") and not check_password_hash(hashed, "Word")
assert safe_join("/srv", "a/b") == "/srv/a/b" and safe_join("/srv", "../b") is None

data = {"word": "gr\u00fcn", "file": (io.BytesIO(b"0123456789" * 9000), "n.txt")}
request = EnvironBuilder(method="POST", query_string="x=1&x=2", data=data).get_request()
assert request.args.getlist("x") == ["1", "2"] and request.form["word"] == "gr\u00fcn"
assert request.files["file"].filename == "n.txt"
assert request.files["file"].read() == b"0123456789" * 9000


@Request.application
def app(request):
    if request.path == "/broken":
        raise LookupError("on purpose")
    answer = Response(b"0123456789", mimetype="text/plain")
    answer.add_etag()
    return answer.make_conditional(request, accept_ranges=True, complete_length=10)


client = Client(DispatcherMiddleware(app, {"/debug": DebuggedApplication(app)}))
answer = client.get("/")
assert (answer.status_code, answer.data) == (200, b"0123456789")
# The SHA-1 of the text
assert answer.get_etag() == ("87acec17cd9dcd20a716cc2cf67417b71c8a7016", False), answer.get_etag()
assert client.get("/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
answer = client.get("/", headers={"Range": "bytes=2-4"})
assert (answer.status_code, answer.data) == (206, b"234")
assert answer.headers["Content-Range"] == "bytes 2-4/10"
answer = client.get("/debug/broken", errors_stream=io.StringIO())
assert answer.status_code == 500 and "on purpose" in answer.text
answer = client.get("/debug/?__debugger__=yes&cmd=resource&f=style.css")
assert answer.mimetype == "text/css" and "{" in answer.text


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


if loopback_is_up():

    def double(environ, start_response):
        start_response("201 Created", [("X-Path", environ["PATH_INFO"])])
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])) * 2]

    server = make_server("127.0.0.1", 0, double)
    server.log = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        url = "http://127.0.0.1:%d/a%%20b" % server.port
        with opener.open(url, data=b"abc", timeout=10) as answer:
            assert (answer.status, answer.headers["X-Path"]) == (201, "/a b")
            assert answer.read() == b"abcabc"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
