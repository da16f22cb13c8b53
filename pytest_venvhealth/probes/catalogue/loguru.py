# imports: loguru
# exercises: sinks with formats, levels and filters, bound and context values, JSON lines, caught
#   exceptions, own levels, lazy messages, patching, files that are rotated, parsing a log
# versions: >=0.6
import datetime
import io
import json
import tempfile
from pathlib import Path

from loguru import logger

logger.remove()
plain, colored, records = io.StringIO(), io.StringIO(), []
logger.add(plain, format="{level}|{name}|{function}|{message}|{extra}", level="INFO", catch=False)
logger.add(
    colored, format="<red>{message}</red>", colorize=True, filter=lambda r: "c" in r["extra"]
)
logger.add(lambda text: records.append(json.loads(text)["record"]), serialize=True, level=0)


def work():
    logger.info("{} of {total}", 1, total=2)


work()
logger.debug("not for all")
logger.bind(user="eve", c=1).warning("bound")
with logger.contextualize(task=7):
    logger.error("within")
logger.error("outside")
lines = plain.getvalue().splitlines()
assert lines == [
    "INFO|__main__|work|1 of 2|{'total': 2}",
    "WARNING|__main__|<module>|bound|{'user': 'eve', 'c': 1}",
    "ERROR|__main__|<module>|within|{'task': 7}",
    "ERROR|__main__|<module>|outside|{}",
], lines
assert colored.getvalue() == "\x1b[31mbound\x1b[0m\n", ascii(colored.getvalue())
assert [record["level"]["no"] for record in records] == [20, 10, 30, 40, 40]
assert records[2]["extra"] == {"user": "eve", "c": 1} and records[0]["message"] == "1 of 2"

del records[:]
logger.level("PROBE", no=33)
logger.log("PROBE", "own level")
logger.opt(lazy=True).trace("{}", lambda: 6 * 7)
logger.patch(lambda record: record["extra"].update(patched=True)).info("patched")
assert [(r["level"]["name"], r["message"]) for r in records] == [
    ("PROBE", "own level"),
    ("TRACE", "42"),
    ("INFO", "patched"),
], records
assert records[2]["extra"] == {"patched": True}


@logger.catch(reraise=False, default="default")
def fail(number):
    return 1 / number


assert fail(0) == "default" and fail(4) == 0.25
assert records[3]["exception"]["type"] == "ZeroDivisionError"
assert "ZeroDivisionError" in plain.getvalue()
logger.disable("__main__")
logger.info("not seen")
logger.enable("__main__")
assert len(records) == 4

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "probe.log")
    number = logger.add(
        str(path), format="{time:YYYY-MM-DD} {message}", rotation=50, retention=2, encoding="utf-8"
    )
    for count in range(20):
        logger.info("k\u00e4se {}", count)
    logger.remove(number)
    files = list(Path(folder).iterdir())
    assert 2 <= len(files) <= 3 and all(file.stat().st_size <= 50 for file in files), files
    pattern = r"(?P<day>\S+) k\S+ (?P<count>\d+)"
    casts = {"count": int, "day": datetime.date.fromisoformat}
    parsed = list(logger.parse(str(path), pattern, cast=casts))
    assert parsed[-1]["count"] == 19 and isinstance(parsed[-1]["day"], datetime.date), parsed
logger.remove()
