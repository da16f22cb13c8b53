# imports: scrapy, scrapy.crawler
# exercises: requests, links of a page, items and loaders, a new project from the templates;
#   a crawl with a pipeline of a small site on the loopback interface
# versions: >=2.6
import contextlib
import io
import json
import pathlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import scrapy
from itemloaders.processors import Join, MapCompose
from scrapy.cmdline import execute
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse, JsonRequest
from scrapy.linkextractors import LinkExtractor
from scrapy.loader import ItemLoader

html = """<html><head><title>Caf\u00e9</title></head><body><p class="n">1</p><p class="n">2</p>
<a href="next?b=2&amp;a=1">Next</a><a href="http://other.example/">Other</a>
<a href="x.png"/></body></html>"""
page = HtmlResponse("http://site.example/dir/", body=html.encode("cp1252"), encoding="cp1252")
assert (
    page.css("title::text").get() == "Caf\u00e9" and page.urljoin("../x") == "http://site.example/x"
)
links = LinkExtractor(allow_domains=["site.example"]).extract_links(page)
assert [(link.url, link.text) for link in links] == [
    ("http://site.example/dir/next?b=2&a=1", "Next")
]
request = JsonRequest("http://site.example/a b?x=1", data={"a": [1, "\u20ac"]})
assert request.method == "POST" and request.url == "http://site.example/a%20b?x=1"
assert json.loads(request.body) == {"a": [1, "\u20ac"]}
assert request.replace(method="PUT", body=b"new").body == b"new"


class Page(scrapy.Item):
    title = scrapy.Field(input_processor=MapCompose(str.upper), output_processor=Join())
    numbers = scrapy.Field(input_processor=MapCompose(int))


loader = ItemLoader(Page(), selector=page.selector)
loader.add_css("title", "title::text")
loader.add_value("title", "more")
loader.add_css("numbers", "p.n::text")
assert dict(loader.load_item()) == {"title": "CAF\u00c9 MORE", "numbers": [1, 2]}
try:
    Page(other=1)
except KeyError:
    pass
else:
    raise AssertionError("an item took a field that it has not")

with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    execute(["scrapy", "startproject", "demo"])
config = pathlib.Path("demo", "scrapy.cfg").read_text()
assert "default = demo.settings" in config, config
assert "class DemoItem" in pathlib.Path("demo", "demo", "items.py").read_text()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        number = int(self.path[1:]) if self.path[1:].isdigit() else 0
        body = "<p>%d</p>" % number
        body += "".join('<a href="/%d">x</a>' % (number * 2 + side) for side in (1, 2)) * (
            number < 3
        )
        self.send_response(200 if number < 6 else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


class Twice:
    def process_item(self, item, spider=None):
        item["number"] *= 2
        found.append(item)
        return item


class Numbers(scrapy.Spider):
    name = "numbers"

    def parse(self, response):
        yield {"number": int(response.css("p::text").get()), "depth": response.meta["depth"]}
        yield from response.follow_all(css="a", callback=self.parse)
        yield response.follow("/1", callback=self.parse)  # seen before, so it is left out


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


if loopback_is_up():
    found = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    Numbers.start_urls = ["http://127.0.0.1:%d/0" % server.server_port]
    settings = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "DOWNLOAD_TIMEOUT": 10}
    settings.update(ITEM_PIPELINES={Twice: 100}, CLOSESPIDER_TIMEOUT=30, DOWNLOAD_DELAY=0)
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Numbers)
    process.crawl(crawler)
    process.start()
    server.shutdown()
    server.server_close()
    thread.join()
    pairs = sorted((item["number"], item["depth"]) for item in found)
    assert pairs == [(0, 0), (2, 1), (4, 1), (6, 2), (8, 2), (10, 2)], pairs
    stats = crawler.stats.get_stats()
    assert stats["downloader/response_status_count/404"] == 1, stats
    assert stats["item_scraped_count"] == 6 and stats["finish_reason"] == "finished"
