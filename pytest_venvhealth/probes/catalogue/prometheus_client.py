# imports: prometheus_client, prometheus_client.parser, prometheus_client.exposition
# exercises: a counter with labels, a gauge and a histogram in a registry of their own; the text
#   format written, parsed and given by the WSGI application
# versions: >=0.12
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    make_wsgi_app,
)
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
assert registry.get_sample_value("hits_total", {"who": "a"}) == 3.5
assert registry.get_sample_value("level") == 7
assert registry.get_sample_value("times_bucket", {"le": "1.0"}) == 3
assert registry.get_sample_value("times_bucket", {"le": "+Inf"}) == 5
text = generate_latest(registry).decode()
lines = text.split("\n")
assert "# TYPE hits_total counter" in lines and "# HELP level How high" in lines, text
assert 'hits_total{who="q\\"\\n\\\\"} 1.0' in lines and 'times_bucket{le="0.1"} 2.0' in lines, text
samples = {}
for family in text_string_to_metric_families(text):
    for sample in family.samples:
        samples[sample.name, tuple(sample.labels.values())] = sample.value
assert samples["hits_total", ('q"\n\\',)] == 1.0 and samples["times_sum", ()] == 103.85, samples

told = []
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics"}
body = make_wsgi_app(registry)(environ, lambda status, headers: told.append(status))
assert told == ["200 OK"] and b'hits_total{who="a"} 3.5\n' in b"".join(body), told
