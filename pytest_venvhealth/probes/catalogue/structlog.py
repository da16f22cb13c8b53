# imports: structlog, structlog.stdlib, structlog.processors, structlog.contextvars,
#   structlog.testing
# exercises: bound values and chains of processors, JSON, key=value and exceptions, levels that are
#   filtered, context variables, events captured for tests, the standard library's logging
# versions: >=22.1
import io
import json
import logging

import structlog
from structlog.testing import capture_logs

output = io.StringIO()


def censor(logger, method, event):
    if "password" in event:
        event["password"] = "*"
    if event.get("noise"):
        raise structlog.DropEvent
    return event


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        censor,
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=structlog.PrintLoggerFactory(output),
    cache_logger_on_first_use=False,
)


def lines():
    found = [json.loads(line) for line in output.getvalue().splitlines()]
    output.seek(0)
    output.truncate()
    return found


log = structlog.get_logger(app="probe")
user = log.bind(user="eve")
user.info("login", password="secret")
user.unbind("app").warning("left", k="\u00e4")
log.debug("too fine")
log.info("noisy", noise=True)
assert lines() == [
    {"app": "probe", "event": "login", "level": "info", "password": "*", "user": "eve"},
    {"event": "left", "k": "\u00e4", "level": "warning", "user": "eve"},
]
assert structlog.get_context(user) == {"app": "probe", "user": "eve"}
assert structlog.get_context(user.new(a=1)) == {"a": 1}

structlog.contextvars.clear_contextvars()
with structlog.contextvars.bound_contextvars(request=5):
    log.error("inside")
log.error("outside")
assert [line.get("request") for line in lines()] == [5, None]
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
(failed,) = lines()
assert failed["level"] == "error" and "ZeroDivisionError" in failed["exception"], failed

with capture_logs() as captured:
    log.bind(x=1).info("seen", y=2)
assert captured == [{"app": "probe", "x": 1, "y": 2, "event": "seen", "log_level": "info"}]
assert lines() == []

wrapped = structlog.wrap_logger(
    structlog.testing.ReturnLogger(),
    processors=[structlog.processors.KeyValueRenderer(key_order=["event", "a"])],
    wrapper_class=structlog.BoundLogger,
)
assert wrapped.bind(b="x y").info("hi", a=1) == "event='hi' a=1 b='x y'"

formatter = structlog.stdlib.ProcessorFormatter(
    foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
    processor=structlog.processors.JSONRenderer(),
)
handler = logging.StreamHandler(output)
handler.setFormatter(formatter)
standard = logging.getLogger("probe.standard")
standard.addHandler(handler)
standard.propagate = False
standard.setLevel(logging.INFO)
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)
standard.warning("plain %d", 1)
structlog.get_logger("probe.standard").info("bound %d", 2, extra_key="v")
structlog.get_logger("probe.standard").debug("too fine")
assert lines() == [
    {"event": "plain 1", "level": "warning", "logger": "probe.standard"},
    {"event": "bound 2", "extra_key": "v", "logger": "probe.standard"},
]
structlog.reset_defaults()
