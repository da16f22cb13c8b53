# imports: opentelemetry.sdk.trace, opentelemetry.sdk.trace.export, opentelemetry.sdk.metrics
# exercises: spans with parents, errors and a resource, exported in memory; a counter and a
#   histogram collected
# versions: >=1.14
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
provider = TracerProvider(resource=Resource({"service.name": "probe"}), shutdown_on_exit=False)
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("probe.tracer", "1.0")
with tracer.start_as_current_span("outer", attributes={"n": 1}) as outer:
    assert trace.get_current_span() is outer
    try:
        with tracer.start_as_current_span("inner"):
            {}.pop("lost")
    except KeyError:
        pass
    outer.set_attributes({"list": [1, 2], "flag": True})
provider.force_flush()
inner, outer = exporter.get_finished_spans()
provider.shutdown()
assert (inner.name, outer.name) == ("inner", "outer") and outer.parent is None
assert inner.parent.span_id == outer.context.span_id
assert inner.context.trace_id == outer.context.trace_id != 0
assert inner.status.status_code is trace.StatusCode.ERROR and outer.status.is_unset
assert [event.attributes["exception.type"] for event in inner.events] == ["KeyError"]
assert dict(outer.attributes) == {"n": 1, "list": (1, 2), "flag": True}

assert outer.resource.attributes["service.name"] == "probe"

reader = InMemoryMetricReader()
meters = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
meter = meters.get_meter("probe.meter")
counter = meter.create_counter("hits")
for number, who in ((2, "a"), (3, "a"), (1, "b")):
    counter.add(number, {"who": who})
times = meter.create_histogram("times")
for value in (0.5, 1, 7, 70):
    times.record(value)
hits, times = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
meters.shutdown()
sums = {point.attributes["who"]: point.value for point in hits.data.data_points}
assert sums == {"a": 5, "b": 1}, sums
(point,) = times.data.data_points
assert (point.count, point.sum, point.max) == (4, 78.5, 70), point
