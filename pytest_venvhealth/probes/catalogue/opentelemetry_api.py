# imports: opentelemetry.trace, opentelemetry.context, opentelemetry.propagate
# exercises: the current context, W3C trace context and baggage taken from headers and put back,
#   spans that record nothing, trace state; all without an SDK
# versions: >=1.4
import threading

from opentelemetry import baggage, context, propagate, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

# The example of the W3C's "Trace Context"
header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
propagator = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
headers = {"traceparent": header, "tracestate": "a=1,b=2", "baggage": "user=J%C3%B6rg,n=7;p=1"}
got = propagator.extract(headers)
span = trace.get_current_span(got)
seen = span.get_span_context()
assert seen.trace_id == 0x0AF7651916CD43DD8448EB211C80319C and seen.is_remote and seen.is_valid
assert seen.span_id == 0xB7AD6B7169203331 and seen.trace_flags.sampled
assert list(seen.trace_state.items()) == [("a", "1"), ("b", "2")]
assert baggage.get_baggage("user", got) == "Jörg", baggage.get_all(got)
carrier = {}
propagator.inject(carrier, context=got)
assert carrier["traceparent"] == header and carrier["tracestate"] == "a=1,b=2", carrier
assert carrier["baggage"].startswith("user=J%C3%B6rg,n=7"), carrier
for wrong in (header[:-3], header.replace("0af", "xyz"), "00-" + "0" * 32 + "-b7ad6b7169203331-01"):
    lost = trace.get_current_span(propagator.extract({"traceparent": wrong})).get_span_context()
    assert not lost.is_valid, wrong
assert trace.format_trace_id(seen.trace_id) == "0af7651916cd43dd8448eb211c80319c"
assert trace.format_span_id(1) == "0000000000000001"

# The current context belongs to a thread.
key = context.create_key("probe")
token = context.attach(context.set_value(key, "outer"))
elsewhere = []
thread = threading.Thread(target=lambda: elsewhere.append(context.get_value(key)))
thread.start()
thread.join(20)
inner = context.attach(context.set_value(key, "inner"))
assert context.get_value(key) == "inner" and elsewhere == [None]
context.detach(inner)
assert context.get_value(key) == "outer"
context.detach(token)
assert context.get_value(key) is None

with trace.use_span(span):
    assert trace.get_current_span() is span
    carrier = {}
    propagate.inject(carrier)  # by the propagators that the entry points name
    assert carrier["traceparent"] == header, carrier
    child = trace.NoOpTracer().start_span("child") if hasattr(trace, "NoOpTracer") else span
    assert child.get_span_context().trace_id == seen.trace_id and not child.is_recording()
assert not trace.get_current_span().get_span_context().is_valid

state = trace.TraceState([("a", "1")]).add("b", "2").update("a", "3")
assert state.to_header() == "a=3,b=2" and state.delete("b").get("b") is None
some = baggage.set_baggage("x", "1", baggage.set_baggage("y", "2", context.Context()))
assert dict(baggage.get_all(baggage.remove_baggage("y", some))) == {"x": "1"}
