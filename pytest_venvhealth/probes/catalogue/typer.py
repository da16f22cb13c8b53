# imports: typer, typer.testing
# exercises: an application of several commands run in-process: arguments, options, kinds of values,
#   choices, lists, flags, environment, prompts, callbacks, exit codes, wrong usage, help
# versions: >=0.4
import enum
from pathlib import Path
from typing import List, Optional

import typer
from typer.testing import CliRunner


class Size(str, enum.Enum):
    small = "small"
    large = "large"


app = typer.Typer(add_completion=False)
items = typer.Typer()
app.add_typer(items, name="items", help="Manage items.")
state = {"verbose": False}


@app.callback()
def main(verbose: bool = typer.Option(False, "--verbose", "-v")):
    """The probe's application."""
    state["verbose"] = verbose


@app.command()
def greet(
    name: str,
    count: int = typer.Option(1, "--count", "-c", min=1, max=3, help="How often."),
    loud: bool = False,
    size: Size = Size.small,
    tags: Optional[List[str]] = typer.Option(None, "--tag"),
    secret: str = typer.Option("none", envvar="PROBE_SECRET"),
):
    """Greet somebody."""
    text = name.upper() if loud else name
    line = "{}|{}|{}|{}|{}".format(text, size.value, ",".join(tags or []), secret, state["verbose"])
    for _ in range(count):
        typer.echo(line)


@items.command("add")
def add(numbers: List[float], path: Path = Path("x"), note: str = typer.Option(..., prompt=True)):
    typer.echo("{} {} {}".format(sum(numbers), path.name, note))
    raise typer.Exit(code=4)


@items.command("ask")
def ask():
    typer.confirm("Sure?", abort=True)
    typer.echo("went on")


runner = CliRunner()


def run(*args, **options):
    return runner.invoke(app, list(args), **options)


result = run("greet", "Eve")
assert (result.exit_code, result.stdout) == (0, "Eve|small||none|False\n"), result.stdout
result = run("-v", "greet", "--loud", "-c", "2", "Eve", "--size", "large", "--tag", "a", "--tag=b")
assert result.stdout == "EVE|large|a,b|none|True\n" * 2, result.stdout
result = run("greet", "Eve", "--no-loud", env={"PROBE_SECRET": "env"})
assert result.stdout == "Eve|small||env|False\n", result.stdout
for wrong in (
    ["greet"],
    ["greet", "Eve", "--count", "many"],
    ["greet", "Eve", "--count", "4"],
    ["greet", "Eve", "--size", "huge"],
    ["greet", "Eve", "--nothing"],
    ["nosuch"],
):
    result = run(*wrong)
    assert result.exit_code == 2, (wrong, result.exit_code)
result = run("items", "add", "1", "2.5", "--path", "a/b.txt", input="hi\n")
assert result.exit_code == 4 and result.stdout.endswith("3.5 b.txt hi\n"), result.stdout
assert run("items", "ask", input="n\n").exit_code == 1
assert run("items", "ask", input="y\n").stdout.endswith("went on\n")

wide = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}
shown = run("--help", env=wide)
assert shown.exit_code == 0, shown.exception
assert "The probe's application." in shown.stdout and "Manage items." in shown.stdout
shown = run("greet", "--help", env=wide).stdout
assert "--count" in shown and "How often." in shown and "--no-loud" in shown, shown
assert typer.style("x", fg=typer.colors.RED, bold=True).startswith("\x1b[")
