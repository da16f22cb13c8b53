# imports: termcolor
# exercises: coloured text for a terminal against ECMA-48: colours, backgrounds, attributes,
#   printed to a file
# versions: >=1.1
import io
import os
import re

from termcolor import colored, cprint

for name in ("NO_COLOR", "ANSI_COLORS_DISABLED", "FORCE_COLOR"):
    os.environ.pop(name, None)
os.environ["TERM"] = "xterm"
os.environ["FORCE_COLOR"] = "1"  # no terminal is there; and some releases do not ask


def codes(text):
    """Return the text without its sequences, and their sorted numbers."""
    numbers = re.findall(r"\x1b\[(\d+)m", text)
    return re.sub(r"\x1b\[\d+m", "", text), sorted(map(int, numbers))


assert colored("x", "red") == "\x1b[31mx\x1b[0m", colored("x", "red")
for color, number in (("green", 32), ("yellow", 33), ("blue", 34), ("magenta", 35), ("cyan", 36)):
    assert colored("text", color) == "\x1b[{}mtext\x1b[0m".format(number), color
assert codes(colored("x", "cyan", "on_blue", attrs=["bold"])) == ("x", [0, 1, 36, 44])
assert codes(colored("x", attrs=["underline", "reverse"])) == ("x", [0, 4, 7])
assert codes(colored("x", on_color="on_red")) == ("x", [0, 41])
assert codes(colored("é\n", "red", attrs=["dark", "blink"])) == ("é\n", [0, 2, 5, 31])
assert codes(colored("x"))[0] == "x"

file = io.StringIO()
cprint("one", "red", file=file, end="|")
cprint("two", "green", "on_red", ["bold"], file=file)
first, second = file.getvalue().split("|")
assert codes(first) == ("one", [0, 31]) and codes(second) == ("two\n", [0, 1, 32, 41]), second
