# imports: colorama, colorama.ansi, colorama.ansitowin32
# exercises: escape sequences of ECMA-48, a wrapped stream that strips them, an automatic reset, the
#   wrapped standard output
# versions: >=0.4
import io
import sys

import colorama
from colorama import AnsiToWin32, Back, Cursor, Fore, Style

assert (Fore.RED, Fore.RESET, Back.BLUE) == ("\x1b[31m", "\x1b[39m", "\x1b[44m")
assert (Style.BRIGHT, Style.RESET_ALL, Fore.LIGHTGREEN_EX) == ("\x1b[1m", "\x1b[0m", "\x1b[92m")
assert Cursor.UP(3) == "\x1b[3A" and Cursor.POS(5, 2) == "\x1b[2;5H"

file = io.StringIO()
text = "a" + Fore.RED + "b" + Cursor.UP() + "c" + Style.RESET_ALL
AnsiToWin32(file, convert=False, strip=True).stream.write(text)
assert file.getvalue() == "abc", file.getvalue()
file = io.StringIO()
AnsiToWin32(file, convert=False, strip=False, autoreset=True).stream.write(Fore.RED + "x")
assert file.getvalue() == "\x1b[31mx\x1b[0m", file.getvalue()

original, sys.stdout = sys.stdout, io.StringIO()
try:
    replaced = sys.stdout
    colorama.init(strip=True)
    print(Fore.RED + "red" + Fore.RESET)
    colorama.deinit()
    assert sys.stdout is replaced and replaced.getvalue() == "red\n", replaced.getvalue()
finally:
    sys.stdout = original
