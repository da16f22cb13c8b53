# imports: httptools
# exercises: requests and responses parsed whole and byte by byte, chunks, kept connections; parts
#   of a URL
# versions: >=0.2
import httptools


class Messages:
    """Collect what a parser finds."""

    def __init__(self):
        self.url, self.headers, self.body, self.count = b"", [], b"", 0

    def on_url(self, url):
        self.url += url

    def on_header(self, name, value):
        self.headers.append((name, value))

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        self.count += 1


request = (
    b"POST /path?q=1 HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
)
for size in (len(request), 1):
    found = Messages()
    parser = httptools.HttpRequestParser(found)
    for start in range(0, len(request), size):
        parser.feed_data(request[start : start + size])
    assert found.url == b"/path?q=1" and found.body == b"hello world", (found.url, found.body)
    assert found.headers == [(b"Host", b"example.com"), (b"Transfer-Encoding", b"chunked")]
    assert parser.get_method() == b"POST" and parser.should_keep_alive() and found.count == 1

found = Messages()
parser = httptools.HttpResponseParser(found)
parser.feed_data(b"HTTP/1.0 404 Not Found\r\nContent-Length: 3\r\n\r\nabc")
assert parser.get_status_code() == 404 and parser.get_http_version() == "1.0"
assert found.body == b"abc" and found.count == 1


url = httptools.parse_url(b"https://user:pw@example.com:8443/a/b?x=1&y=2#end")
assert (url.schema, url.userinfo, url.host) == (b"https", b"user:pw", b"example.com")
assert (url.port, url.path, url.query, url.fragment) == (8443, b"/a/b", b"x=1&y=2", b"end")
