# imports: rich, rich.console, rich.table, rich.text, rich.markdown, rich.syntax, rich.tree
# exercises: markup and styles as terminal codes, widths of wide characters, wrapping, tables,
#   trees, Markdown, highlighted source, JSON, progress
# versions: >=11.0.0
import io

from rich.box import ASCII
from rich.cells import cell_len
from rich.console import Console
from rich.json import JSON
from rich.markdown import Markdown
from rich.progress import Progress
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.tree import Tree


def shown(thing, colors=None, width=40):
    """Return what is printed, on a terminal of this width."""
    console = Console(
        file=io.StringIO(),
        width=width,
        height=25,
        color_system=colors,
        force_terminal=colors is not None,
        no_color=False,
        legacy_windows=False,
    )
    console.print(thing)
    return console.file.getvalue()


# SGR codes of ECMA-48: 1 bold, 31 red; 38;2;r;g;b a colour in full
assert shown("[bold red]hot[/] x", "standard") == "\x1b[1;31mhot\x1b[0m x\n"
assert shown("[#ff8000]x[/]", "truecolor") == "\x1b[38;2;255;128;0mx\x1b[0m\n"
assert shown(":warning: \\[bold]") == "\u26a0 [bold]\n"
assert cell_len("abc") == 3 and cell_len("\u6f22\u5b57") == 4
wrapped = shown("one two three four", width=9).splitlines()
assert [line.strip() for line in wrapped] == ["one two", "three", "four"], wrapped

table = Table(title="Rain", box=ASCII)
table.add_column("City")
table.add_column("mm", justify="right")
table.add_row("Oslo", "7")
table.add_row("\u6771\u4eac", "120")
lines = [line.strip() for line in shown(table).splitlines()]
assert lines[0] == "Rain" and "| City |  mm |" in lines and "| Oslo |   7 |" in lines, lines
assert "| \u6771\u4eac | 120 |" in lines, lines
tree = Tree("root")
tree.add("one").add("deep")
assert [line.split()[-1] for line in shown(tree).splitlines()] == ["root", "one", "deep"]

page = shown(Markdown("# Title\n\n- item\n- *more*\n\n> quoted"))
assert [word in page for word in ("Title", "item", "more", "quoted", "*")] == [True] * 4 + [False]
source = shown(Syntax("def f(): return 'x'", "python"), "truecolor")
assert "\x1b[" in source and Text.from_ansi(source).plain.strip() == "def f(): return 'x'", source
assert shown(JSON('{"a": [1, null]}', indent=None)).strip() == '{"a": [1, null]}'

with Progress(console=Console(file=io.StringIO(), width=40)) as progress:
    task = progress.add_task("work", total=4)
    progress.update(task, advance=3)
    assert progress.tasks[0].percentage == 75 and not progress.finished
