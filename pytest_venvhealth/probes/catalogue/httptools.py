# imports: httptools
# exercises: requests and responses parsed whole and byte by byte, chunks, kept connections, an
#   upgrade, errors; parts of a URL
# versions: >=0.2
import httptools


class Messages:
    """Collect what a parser finds."""

    def __init__(self):
        self.url, self.headers, self.body, self.events = b"", [], b"", []
        self.parser, self.kept = None, []

    def on_message_begin(self):
        self.events.append("begin")

    def on_url(self, url):
        self.url += url

    def on_header(self, name, value):
        self.headers.append((name, value))

    def on_headers_complete(self):
        self.events.append("headers")

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.events.append("complete")
        if self.parser is not None:
            self.kept.append(self.parser.should_keep_alive())


request = (
    b"POST /path?q=1 HTTP/1.1\r\nHost: example.com\r\nX-Empty:\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
)
for size in (len(request), 1):
    found = Messages()
    parser = httptools.HttpRequestParser(found)
    for start in range(0, len(request), size):
        parser.feed_data(request[start : start + size])
    assert found.url == b"/path?q=1" and found.body == b"hello world", (found.url, found.body)
    assert found.headers == [
        (b"Host", b"example.com"),
        (b"X-Empty", b""),
        (b"Transfer-Encoding", b"chunked"),
    ], found.headers
    assert found.events == ["begin", "headers", "complete"]
    assert parser.get_method() == b"POST" and parser.get_http_version() == "1.1"

# Two on one connection, the second one is the last
found = Messages()
parser = found.parser = httptools.HttpRequestParser(found)
parser.feed_data(b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n")
assert found.url == b"/1/2" and found.events == ["begin", "headers", "complete"] * 2
assert found.kept == [True, False], found.kept

found = Messages()
parser = httptools.HttpResponseParser(found)
parser.feed_data(b"HTTP/1.0 404 Not Found\r\nContent-Length: 3\r\n\r\nabc")
assert parser.get_status_code() == 404 and parser.get_http_version() == "1.0"
assert found.body == b"abc" and found.events[-1] == "complete"

head = b"GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
parser = httptools.HttpRequestParser(Messages())
try:
    parser.feed_data(head + b"\x81\x00")
except httptools.HttpParserUpgrade as upgrade:
    assert upgrade.args[0] == len(head) and parser.should_upgrade()
else:
    raise AssertionError("an upgrade was not told")

for kind, text in (
    (httptools.HttpRequestParser, b"GARBAGE / HTTP/1.1\r\n\r\n"),
    (httptools.HttpRequestParser, b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"),
    (httptools.HttpResponseParser, b"HTTP/1.1 abc\r\n\r\n"),
):
    try:
        kind(Messages()).feed_data(text)
    except httptools.HttpParserError:
        pass
    else:
        raise AssertionError(text)

url = httptools.parse_url(b"https://user:pw@example.com:8443/a/b?x=1&y=2#end")
assert (url.schema, url.userinfo, url.host) == (b"https", b"user:pw", b"example.com")
assert (url.port, url.path, url.query, url.fragment) == (8443, b"/a/b", b"x=1&y=2", b"end")
short = httptools.parse_url(b"/only/path")
assert (short.schema, short.host, short.port, short.path) == (None, None, None, b"/only/path")
