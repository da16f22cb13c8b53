# imports: opentelemetry.sdk.trace, opentelemetry.sdk.trace.export, opentelemetry.sdk.metrics
# exercises: spans with parents, events, errors, links, sampling and resources, exported in memory;
#   counters, histograms and observed values collected
# versions: >=1.14
import json

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

simple, batched = InMemorySpanExporter(), InMemorySpanExporter()
provider = TracerProvider(resource=Resource({"service.name": "probe"}), shutdown_on_exit=False)
provider.add_span_processor(SimpleSpanProcessor(simple))
provider.add_span_processor(BatchSpanProcessor(batched))
tracer = provider.get_tracer("probe.tracer", "1.0")
with tracer.start_as_current_span("outer", attributes={"n": 1}) as outer:
    assert trace.get_current_span() is outer and outer.is_recording()
    outer.add_event("happened", {"text": "é"})
    try:
        with tracer.start_as_current_span("inner", links=[trace.Link(outer.get_span_context())]):
            {}.pop("lost")
    except KeyError:
        pass
    outer.set_attributes({"list": [1, 2], "flag": True})
inner, outer = simple.get_finished_spans()
assert (inner.name, outer.name) == ("inner", "outer") and outer.parent is None
assert inner.parent.span_id == outer.context.span_id
assert inner.context.trace_id == outer.context.trace_id != 0
assert inner.links[0].context.span_id == outer.context.span_id
assert inner.status.status_code is trace.StatusCode.ERROR
assert outer.status.is_unset
assert [event.attributes["exception.type"] for event in inner.events] == ["KeyError"]
assert dict(outer.attributes) == {"n": 1, "list": (1, 2), "flag": True}
assert outer.start_time <= inner.start_time <= inner.end_time <= outer.end_time
written = json.loads(outer.to_json())
assert written["resource"]["attributes"]["service.name"] == "probe", written
assert written["events"][0]["attributes"] == {"text": "é"}
provider.force_flush()
assert [span.name for span in batched.get_finished_spans()] == ["inner", "outer"]
provider.shutdown()

half = TraceIdRatioBased(0.5)
low = half.should_sample(None, 1, "x").decision.is_sampled()
high = half.should_sample(None, 2**64 - 1, "x").decision.is_sampled()
assert (low, high) == (True, False)
never = TracerProvider(sampler=TraceIdRatioBased(0.0), shutdown_on_exit=False)
with never.get_tracer("x").start_as_current_span("unseen") as span:
    assert not span.is_recording() and span.get_span_context().is_valid

reader = InMemoryMetricReader()
buckets = View(
    instrument_name="times", aggregation=ExplicitBucketHistogramAggregation(boundaries=[1, 10])
)
meters = MeterProvider(metric_readers=[reader], views=[buckets], shutdown_on_exit=False)
meter = meters.get_meter("probe.meter")
counter = meter.create_counter("hits", unit="1")
counter.add(2, {"who": "a"})
counter.add(3, {"who": "a"})
counter.add(1, {"who": "b"})
times = meter.create_histogram("times")
for value in (0.5, 1, 7, 70):
    times.record(value)
meter.create_up_down_counter("level").add(-4)
data = reader.get_metrics_data()
points = {}
for metric in data.resource_metrics[0].scope_metrics[0].metrics:
    points[metric.name] = list(metric.data.data_points)
sums = {point.attributes["who"]: point.value for point in points["hits"]}
assert sums == {"a": 5, "b": 1}, sums
(point,) = points["times"]
assert list(point.bucket_counts) == [2, 1, 1] and point.sum == 78.5 and point.max == 70
assert points["level"][0].value == -4
meters.shutdown()
