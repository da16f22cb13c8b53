# imports: scrapy, scrapy.crawler
# exercises: values and links of a page, a new project from the templates; a crawl
#   of a small site
# versions: >=2.6
# needs: a loopback interface, else the crawl is left out
import contextlib
import io
import pathlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import scrapy
from scrapy.cmdline import execute
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse
from scrapy.linkextractors import LinkExtractor

html = '<title>Caf\u00e9</title><a href="next?b=2&amp;a=1">Next</a>'
page = HtmlResponse("http://site.example/dir/", body=html.encode("cp1252"), encoding="cp1252")
assert page.css("title::text").get() == "Caf\u00e9"
(link,) = LinkExtractor().extract_links(page)
assert (link.url, link.text) == ("http://site.example/dir/next?b=2&a=1", "Next"), link

with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    execute(["scrapy", "startproject", "demo"])
assert "class DemoItem" in pathlib.Path("demo", "demo", "items.py").read_text()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        number = int(self.path[1:])
        self.send_response(200 if number < 6 else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b'<p>%d</p><a href="/%d">x</a>' % (number, number * 2))

    def log_message(self, *args):
        pass


class Numbers(scrapy.Spider):
    name = "numbers"

    def parse(self, response):
        found.append((response.css("p::text").get(), response.meta["depth"]))
        yield from response.follow_all(css="a", callback=self.parse)
        yield response.follow("/2", callback=self.parse)  # seen before, so it is left out


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
if loopback:
    found = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        Numbers.start_urls = ["http://127.0.0.1:%d/1" % server.server_port]
        process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
        process.crawl(Numbers)
        process.start()
        server.shutdown()
    assert found == [("1", 0), ("2", 1), ("4", 2)], found
