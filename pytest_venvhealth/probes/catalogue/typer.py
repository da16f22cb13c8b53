# imports: typer, typer.testing
# exercises: an application of two commands run in-process: arguments, options, kinds of values,
#   choices, exit codes, wrong usage, help
# versions: >=0.4
import enum
from typing import List

import typer
from typer.testing import CliRunner


class Size(str, enum.Enum):
    small = "small"
    large = "large"


app = typer.Typer(add_completion=False)


@app.command()
def greet(
    name: str,
    count: int = typer.Option(1, "--count", "-c", max=3, help="How often."),
    loud: bool = False,
    size: Size = Size.small,
):
    """Greet somebody."""
    typer.echo("{} {}\n".format(name.upper() if loud else name, size.value) * count, nl=False)


@app.command()
def add(numbers: List[float]):
    typer.echo(sum(numbers))
    raise typer.Exit(code=4)


def run(*args, **options):
    return CliRunner().invoke(app, list(args), **options)


result = run("greet", "Eve")
assert (result.exit_code, result.stdout) == (0, "Eve small\n"), result.stdout
result = run("greet", "--loud", "-c", "2", "Eve", "--size=large")
assert result.stdout == "EVE large\n" * 2, result.stdout
result = run("add", "1", "2.5")
assert (result.exit_code, result.stdout) == (4, "3.5\n"), result.stdout
for wrong in (["greet"], ["greet", "Eve", "--count", "4"], ["greet", "Eve", "--size", "huge"]):
    assert run(*wrong).exit_code == 2, wrong
shown = run("greet", "--help", env={"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}).stdout
assert "Greet somebody." in shown and "How often." in shown and "--no-loud" in shown, shown
