# imports: prometheus_client, prometheus_client.parser, prometheus_client.exposition
# exercises: counters, gauges, histograms and summaries with labels in a registry of their own; the
#   text format written, parsed and served over loopback
# versions: >=0.12
import threading
import urllib.request
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Enum,
    Gauge,
    Histogram,
    Info,
    Summary,
    generate_latest,
    make_wsgi_app,
    write_to_textfile,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.parser import text_string_to_metric_families

registry = CollectorRegistry()
hits = Counter("hits", "Times hit", ["who"], registry=registry)
hits.labels("a").inc()
hits.labels(who="a").inc(2.5)
hits.labels('q"\n\\').inc()
level = Gauge("level", "How high", registry=registry)
level.set(10)
level.dec(3)
times = Histogram("times", "How long", buckets=(0.1, 1, 5), registry=registry)
for value in (0.05, 0.1, 0.7, 3, 100):
    times.observe(value)
sizes = Summary("sizes", "How large", registry=registry)
sizes.observe(4)
sizes.observe(6)
Info("build", "Which", registry=registry).info({"version": "1.2"})
state = Enum("state", "What", states=["up", "down"], registry=registry)
state.state("down")


class Own:
    def collect(self):
        family = CounterMetricFamily("own", "Of one's own", labels=["x"])
        family.add_metric(["y"], 7)
        yield family


registry.register(Own())
assert registry.get_sample_value("hits_total", {"who": "a"}) == 3.5
assert registry.get_sample_value("level") == 7
assert registry.get_sample_value("times_bucket", {"le": "1.0"}) == 3
assert registry.get_sample_value("times_bucket", {"le": "+Inf"}) == 5
assert registry.get_sample_value("times_sum") == 103.85
assert registry.get_sample_value("state", {"state": "down"}) == 1
for wrong in (lambda: hits.labels("a").inc(-1), lambda: Gauge("level", "", registry=registry)):
    try:
        wrong()
    except ValueError:
        pass
    else:
        raise AssertionError("a counter fell, or a name was taken twice")
timer = Gauge("running", "How many", registry=registry)
with timer.track_inprogress():
    assert registry.get_sample_value("running") == 1
assert registry.get_sample_value("running") == 0

text = generate_latest(registry).decode()
lines = text.split("\n")
assert "# TYPE hits_total counter" in lines and "# HELP level How high" in lines, text
assert 'hits_total{who="a"} 3.5' in lines and 'hits_total{who="q\\"\\n\\\\"} 1.0' in lines, text
assert 'times_bucket{le="0.1"} 2.0' in lines and "sizes_count 2.0" in lines, text
assert 'own_total{x="y"} 7.0' in lines and 'build_info{version="1.2"} 1.0' in lines, text
samples = {}
for family in text_string_to_metric_families(text):
    for sample in family.samples:
        samples[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
assert samples["hits_total", (("who", 'q"\n\\'),)] == 1.0 and samples["sizes_sum", ()] == 10.0
write_to_textfile("metrics.prom", registry)
assert Path("metrics.prom").read_text("utf-8").count("hits_total{") == 2


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = make_server("127.0.0.1", 0, make_wsgi_app(registry), handler_class=Quiet)
thread = threading.Thread(target=server.serve_forever, daemon=True)
thread.start()
try:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    url = "http://127.0.0.1:{}/metrics".format(server.server_port)
    with opener.open(url, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert b'hits_total{who="a"} 3.5\n' in answer.read()
finally:
    server.shutdown()
    server.server_close()
    thread.join(20)
