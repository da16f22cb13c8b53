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
assert colorama.ansi.clear_screen(2) == "\x1b[2J" and colorama.ansi.clear_line() == "\x1b[2K"
assert colorama.ansi.set_title("x") == "\x1b]2;x\a"

text = "a" + Fore.RED + "b" + Cursor.UP() + "c" + Style.RESET_ALL
file = io.StringIO()
AnsiToWin32(file, convert=False, strip=True).stream.write(text + "\n")
assert file.getvalue() == "abc\n", file.getvalue()
file = io.StringIO()
wrapped = AnsiToWin32(file, convert=False, strip=False, autoreset=True)
wrapped.stream.write(Fore.RED + "x")
assert file.getvalue() == "\x1b[31mx\x1b[0m", file.getvalue()
assert not AnsiToWin32(file, convert=False, strip=False).should_wrap()
assert AnsiToWin32(file, strip=True).should_wrap()

# The sequences that Windows would be asked for
converter = AnsiToWin32(io.StringIO(), convert=False, strip=True)
found = []
converter.convert = True
converter.call_win32 = lambda command, params: found.append((command, params))
converter.write("x" + Fore.GREEN + Back.RED + Cursor.POS(5, 2) + "\x1b[1;33;44my")
assert found == [("m", (32,)), ("m", (41,)), ("H", (2, 5)), ("m", (1, 33, 44))], found
assert converter.wrapped.getvalue() == "xy"

original, sys.stdout = sys.stdout, io.StringIO()
try:
    replaced = sys.stdout
    colorama.init(strip=True)
    print(Fore.RED + "red" + Fore.RESET)
    colorama.deinit()
    assert sys.stdout is replaced and replaced.getvalue() == "red\n", replaced.getvalue()
finally:
    colorama.deinit()
    sys.stdout = original
