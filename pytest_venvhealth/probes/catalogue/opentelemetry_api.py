# imports: opentelemetry.trace, opentelemetry.context, opentelemetry.propagate
# exercises: W3C trace context and baggage taken from headers and put back, the current context, a
#   span that records nothing; all without an SDK
# versions: >=1.4
from opentelemetry import baggage, context, propagate, trace

# The example of the W3C's "Trace Context", by the propagators that the entry points name
header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
headers = {"traceparent": header, "tracestate": "a=1,b=2", "baggage": "user=J%C3%B6rg,n=7"}
got = propagate.extract(headers)
span = trace.get_current_span(got)
seen = span.get_span_context()
assert seen.trace_id == 0x0AF7651916CD43DD8448EB211C80319C and seen.is_remote and seen.is_valid
assert seen.span_id == 0xB7AD6B7169203331 and seen.trace_flags.sampled
assert list(seen.trace_state.items()) == [("a", "1"), ("b", "2")]
assert baggage.get_baggage("user", got) == "J\u00f6rg", baggage.get_all(got)
carrier = {}
propagate.inject(carrier, context=got)
assert carrier == headers, carrier
for wrong in (header[:-3], header.replace("0af", "xyz"), "00-" + "0" * 32 + "-b7ad6b7169203331-01"):
    lost = trace.get_current_span(propagate.extract({"traceparent": wrong})).get_span_context()
    assert not lost.is_valid, wrong

key = context.create_key("probe")
token = context.attach(context.set_value(key, "outer"))
inner = context.attach(context.set_value(key, "inner"))
assert context.get_value(key) == "inner"
context.detach(inner)
assert context.get_value(key) == "outer"
context.detach(token)
assert context.get_value(key) is None

with trace.use_span(span):
    child = trace.get_tracer("probe").start_span("child")
    assert child.get_span_context().trace_id == seen.trace_id and not child.is_recording()
assert not trace.get_current_span().get_span_context().is_valid

some = baggage.set_baggage("x", "1", baggage.set_baggage("y", "2", context.Context()))
assert dict(baggage.get_all(baggage.remove_baggage("y", some))) == {"x": "1"}
