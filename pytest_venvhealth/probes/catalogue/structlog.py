# imports: structlog, structlog.stdlib, structlog.processors, structlog.contextvars,
#   structlog.testing
# exercises: bound values and a chain of processors, JSON and exceptions, levels that are filtered,
#   context variables; the standard library's logging
# versions: >=22.1
import io
import json
import logging

import structlog

output = io.StringIO()
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=structlog.PrintLoggerFactory(output),
)
log = structlog.get_logger(app="probe")
log.debug("too fine")
log.bind(user="eve").unbind("app").info("login", k="\u00e4")
with structlog.contextvars.bound_contextvars(request=5):
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
login, failed = map(json.loads, output.getvalue().splitlines())
assert login == {"event": "login", "k": "\u00e4", "level": "info", "user": "eve"}, login
assert (failed["level"], failed["app"], failed["request"]) == ("error", "probe", 5), failed
assert "ZeroDivisionError" in failed["exception"], failed

output = io.StringIO()
standard = logging.getLogger("probe")
standard.addHandler(logging.StreamHandler(output))
standard.setLevel(logging.INFO)
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)
structlog.get_logger("probe").info("bound %d", 2, extra_key="v")
structlog.get_logger("probe").debug("too fine")
assert output.getvalue() == "event='bound 2' extra_key='v'\n", output.getvalue()
