# imports: click, click.testing
# exercises: a group with a command, options with types, defaults and choices, a usage error, help,
#   colours
# versions: >=8.0.0
import click
from click.testing import CliRunner


@click.group()
def tool():
    """A tool."""


@tool.command()
@click.argument("names", nargs=-1)
@click.option("--count", type=click.IntRange(1, 5), default=1, show_default=True, help="How often.")
@click.option("--mood", type=click.Choice(["good", "bad"]))
@click.option("--loud/--quiet", default=False)
def greet(names, count, mood, loud):
    """Greet people."""
    for name in names:
        text = " ".join(["hi " + name] * count)
        click.echo(text.upper() if loud else text)
    if mood:
        click.secho(mood, fg="red")


runner = CliRunner()
done = runner.invoke(tool, ["greet", "Ada", "Bo", "--count", "2", "--loud"])
assert (done.exit_code, done.output) == (0, "HI ADA HI ADA\nHI BO HI BO\n"), done.output
done = runner.invoke(tool, ["greet", "--mood", "bad"], color=True)
assert done.output == "\x1b[31mbad\x1b[0m\n", repr(done.output)
done = runner.invoke(tool, ["greet", "--count", "9"])
assert done.exit_code == 2 and "9 is not in the range 1<=x<=5" in done.output, done.output
done = runner.invoke(tool, ["greet", "--help"])
assert done.exit_code == 0 and "--mood [good|bad]" in done.output, done.output
assert runner.invoke(tool, ["nothing"]).exit_code == 2
assert click.unstyle(click.style("x", bold=True)) == "x"
