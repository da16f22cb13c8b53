# imports: IPython, IPython.core.interactiveshell
# exercises: cells run in a shell: results, history of outputs, magics, a shell escape, top-level
#   await, a caught exception; display
# versions: >=7.17
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

config = Config()
config.HistoryManager.enabled = False  # no database, no thread that writes to it
config.InteractiveShell.colors = "NoColor"
shell = InteractiveShell.instance(config=config)


def run(code):
    """Return the cell's result object and what it printed."""
    with capture_output() as captured:
        result = shell.run_cell(code, store_history=True)
    return result, captured.stdout


result, out = run("import math\nnumbers = [math.factorial(n) for n in range(5)]\nnumbers[-1]")
assert result.success and result.result == 24 and "24" in out, out
assert run("_ + 18")[0].result == 42 and run("Out[1] + _2")[0].result == 66
assert run("3;")[1] == ""  # a semicolon hides the result
assert run("import asyncio\nawait asyncio.sleep(0, 'waited')")[0].result == "waited"
failed, out = run("def f(n):\n    return 1 / n\nf(0)")
assert isinstance(failed.error_in_exec, ZeroDivisionError)
assert "ZeroDivisionError" in out and "return 1 / n" in out, out

run("%%writefile made.py\nvalue = 6 * 7\n")
assert Path("made.py").read_text() == "value = 6 * 7\n"
run("%run made.py")
assert shell.user_ns["value"] == 42
run('said = !{} -I -B -c "print(7)"'.format(sys.executable))
assert list(shell.user_ns["said"]) == ["7"], shell.user_ns["said"]


class Shown:
    def _repr_html_(self):
        return "<b>shown</b>"


data, _ = shell.display_formatter.format(Shown())
assert data.get("text/html") == "<b>shown</b>" and "text/plain" in data
