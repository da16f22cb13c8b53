# imports: loguru
# exercises: sinks with formats, levels, colours and filters; bound values, JSON lines, caught
#   exceptions, a file that is rotated
# versions: >=0.6
import io
import json
from pathlib import Path

from loguru import logger

logger.remove()
plain, colored, records = io.StringIO(), io.StringIO(), []
logger.add(plain, format="{level}|{function}|{message}|{extra}", level="INFO", catch=False)
logger.add(
    colored, format="<red>{message}</red>", colorize=True, filter=lambda r: "c" in r["extra"]
)
logger.add(lambda text: records.append(json.loads(text)["record"]), serialize=True, level=0)


def work():
    logger.info("{} of {total}", 1, total=2)


work()
logger.debug("not for all")
logger.bind(c=1).warning("bound")
lines = plain.getvalue().splitlines()
assert lines == [
    "INFO|work|1 of 2|{'total': 2}",
    "WARNING|<module>|bound|{'c': 1}",
], lines
assert colored.getvalue() == "\x1b[31mbound\x1b[0m\n", ascii(colored.getvalue())
assert [record["level"]["no"] for record in records] == [20, 10, 30]


@logger.catch(reraise=False, default="default")
def invert(number):
    return 1 / number


assert invert(0) == "default" and invert(4) == 0.25
assert records[-1]["exception"]["type"] == "ZeroDivisionError"
assert "ZeroDivisionError" in plain.getvalue()

logger.remove()
logger.add("logs/probe.log", format="{message}", rotation=50, encoding="utf-8")
for count in range(20):
    logger.info("k\u00e4se {:02}", count)
logger.remove()
files = list(Path("logs").iterdir())
assert len(files) >= 4 and all(file.stat().st_size <= 50 for file in files), files
assert Path("logs/probe.log").read_text("utf-8").endswith("k\u00e4se 19\n")
