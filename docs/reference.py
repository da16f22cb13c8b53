"""Write the pages of docs/reference/ from the code: `python docs/reference.py`.

A test compares what is committed with what this would write, so no page can drift. The pages are
plain Markdown: a code forge shows them as well as Sphinx.
"""

from __future__ import annotations

import argparse
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from pytest_venvhealth import cli, plugin
from pytest_venvhealth.findings import Code
from pytest_venvhealth.probes import catalogue
from pytest_venvhealth.reports.json_report import load_schema

DOCS = Path(__file__).parent
FOLDER = DOCS / "reference"
COMMAND = "python docs/reference.py"
_MARK = f"<!-- Written by `{COMMAND}`: change the code, not this page. -->"
_CATALOGUE = Path(catalogue.__file__).with_name("catalogue")
_ROOT = Path(plugin.__file__).parents[1]
_OPTION = re.compile(r"(?<![`\w-])((?:pytest )?--[a-z][a-z-]+(?: --[a-z][a-z-]+)*)")
# How the help of an option ends: `(repeatable; default: 60)`, or one of the two.
_IN_BRACKETS = re.compile(r" \((?:repeatable)?(?:; )?(?:default: (?P<default>.+))?\)$")


def pages() -> dict[str, str]:
    """Return every page, by its file name."""
    written = {
        "options.md": _options(),
        "commands.md": _commands(),
        "codes.md": _codes(),
        "report.md": _report(),
        "hooks.md": _hooks(),
        "catalogue.md": _probes(),
    }
    return {name: f"{_MARK}\n\n{text}" for name, text in written.items()}


def _lines(*parts: str | Iterable[str]) -> str:
    """Return paragraphs, tables and headings as one text, a blank line between them."""
    texts = [part if isinstance(part, str) else "\n".join(part) for part in parts]
    return "\n\n".join(text for text in texts if text) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _sentence(text: str) -> str:
    """Return a help text, which begins small and has no end, as a sentence."""
    begins_with_a_value = re.match(r"\w+:", text)
    text = text if begins_with_a_value else text[:1].upper() + text[1:]
    return _OPTION.sub(r"`\1`", text).rstrip(".") + "."


def _split_help(text: str) -> tuple[str, str]:
    """Return a help text without its brackets, and the default that they name."""
    match = _IN_BRACKETS.search(text)
    return (text[: match.start()], match["default"] or "") if match else (text, "")


# -- options and ini keys


@dataclass
class _Declared:
    """Takes what the plugin declares, in place of pytest's own parser."""

    options: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    """What pytest reads each ini key as."""

    def getgroup(self, *_: str) -> _Declared:
        return self

    def addoption(self, name: str, **given: Any) -> None:
        self.options.append((name, given))

    def addini(self, name: str, _: str, *, type: str, default: object) -> None:  # noqa: A002
        self.kinds[name] = type


def _options() -> str:
    declared = _Declared()
    plugin.pytest_addoption(cast("pytest.Parser", declared))
    rows = []
    for (name, given), (key, kind) in zip(declared.options, declared.kinds.items(), strict=True):
        text, default = _split_help(given["help"])
        metavar = given.get("metavar")
        repeatable = " Repeatable." if kind == "linelist" else ""
        rows.append(
            (
                f"`{name}={metavar}`" if metavar else f"`{name}`",
                f"`{key}`",
                default or ("off" if kind == "bool" else "none"),
                _sentence(text) + repeatable,
            )
        )
    return _lines(
        "# Options and ini keys",
        "All are options of `pytest`, and each has an ini key, in `pytest.ini`, `pyproject.toml` "
        "or what else pytest reads.\n"
        "An option on the command line goes before its ini key. "
        "In an ini file what is off or on is `true` or `false`, "
        "and what is repeatable stands one a line.\n"
        "A relative path is meant from the folder in which pytest was called; in an ini file, "
        "from the folder of that file.",
        _table(("option", "ini key", "default", "meaning"), rows),
        "`pytest --help` has the same under *venv-health*. "
        "All other options of pytest work as with any test.",
    )


# -- the commands of venv-health


def _commands() -> str:
    parser = cli.build_parser()
    return _lines(
        "# Commands of `venv-health`",
        f"{_sentence(parser.description or '')}\n`--help` after any of them tells the same.",
        f"{_paragraph(cli, 'Exit status')}\n[Exit status](../exit-status.md) has examples.",
        *(part for name, found in _leaves(parser) for part in _command(name, found)),
    )


def _paragraph(documented: object, start: str) -> str:
    """Return the paragraph of a docstring that begins so, as one line."""
    paragraphs = (inspect.getdoc(documented) or "").split("\n\n")
    return " ".join(next(each for each in paragraphs if each.startswith(start)).split())


def _leaves(
    parser: argparse.ArgumentParser, name: str = "venv-health"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield each command that does something, with its words."""
    groups = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not groups:
        yield name, parser
    for group in groups:
        for word, below in group.choices.items():
            yield from _leaves(below, f"{name} {word}")


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str | Iterable[str]]:
    actions = [
        each for each in parser._actions if argparse.SUPPRESS not in (each.help, each.default)
    ]
    # Not argparse's own usage line: releases of Python write it differently.
    words = " ".join([name, *(f"[{_spelt(each)}]" for each in actions if each.option_strings)])
    words += "".join(
        f" [{each.metavar}]"
        if each.nargs == "?"
        else f" {each.metavar}" + (" …" if each.nargs in ("+", "*") else "")
        for each in actions
        if not each.option_strings
    )
    yield f"## `{name}`"
    yield f"{_sentence(parser.description or _help_of(name))}"
    yield f"```text\n{words}\n```"
    yield _table(("argument", "default", "meaning"), map(_argument, actions))
    if parser.epilog:
        example = parser.epilog.removeprefix("Example: ")
        yield f"For example `{example}`."


def _help_of(name: str) -> str:
    """Return the line that the list of commands has of a command."""
    parser = cli.build_parser()
    text = ""
    for word in name.split()[1:]:
        (group,) = (
            each for each in parser._actions if isinstance(each, argparse._SubParsersAction)
        )
        text = next(each.help or "" for each in group._choices_actions if each.dest == word)
        parser = group.choices[word]
    return text


def _spelt(action: argparse.Action) -> str:
    option = max(action.option_strings, key=len)
    if action.nargs == 0:
        return option
    metavar = action.metavar or action.dest.upper()
    if action.choices is not None and action.metavar is None:
        metavar = "|".join(map(str, action.choices))
    return f"{option}={metavar}"


def _argument(action: argparse.Action) -> tuple[str, str, str]:
    text, default = _split_help((action.help or "") % vars(action))
    if not default and action.default and not isinstance(action.default, (list, tuple)):
        default = str(action.default)
    if action.option_strings:
        shown = _spelt(action)
        default = default or ("off" if action.nargs == 0 else "none")
        if action.required:
            default = "must be given"
    else:
        shown = str(action.metavar or action.dest)
        default = default or ("none" if action.nargs in ("?", "*") else "must be given")
    return f"`{shown}`", default, _sentence(text)


# -- finding codes


def _codes() -> str:
    told = _told_codes()
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in Code:
        group, meaning = told[code]
        groups.setdefault(group, []).append((f"[`{code}`](../findings.md#{code})", meaning))
    parts: list[str | Iterable[str]] = []
    for group, rows in groups.items():
        parts += [f"## {group}", _table(("code", "what it says"), rows)]
    return _lines(
        "# Finding codes",
        f"All {len(Code)} of them, in the order in which they are asked. "
        "A code never changes its meaning, and later versions may know more.\n"
        "Each leads to its cause, its remedy and what it does not see.",
        *parts,
    )


def _told_codes() -> dict[str, tuple[str, str]]:
    """Return the part of docs/findings.md and the first sentence there, by code."""
    told: dict[str, tuple[str, str]] = {}
    group = ""
    text = (DOCS / "findings.md").read_text("utf-8")
    for block in re.split(r"^(?=###? )", text, flags=re.MULTILINE):
        heading, _, body = block.partition("\n")
        if heading.startswith("## "):
            group = heading[3:]
        elif match := re.fullmatch(r"### `(.+)`", heading):
            paragraph = " ".join(body.strip().partition("\n\n")[0].split("\n"))
            told[match[1]] = group, re.split(r"(?<=\.) (?=[A-Z`])", paragraph)[0]
    return told


# -- the JSON report


def _report() -> str:
    schema = load_schema()
    definitions: Mapping[str, Any] = schema["$defs"]
    objects = {name: each for name, each in definitions.items() if each.get("type") == "object"}
    parts: list[str | Iterable[str]] = []
    for name, each in objects.items():
        rows = [
            (
                f"`{key}`" + ("" if key in each["required"] else ", may be absent"),
                _type(value, definitions),
                _meaning(value, definitions),
            )
            for key, value in each["properties"].items()
        ]
        parts += [f"## {name}", _table(("key", "value", "meaning"), rows)]
    return _lines(
        "# The JSON report",
        f"{_sentence(schema['description'])}\n"
        "All keys are there unless the table says otherwise, and there are no others: "
        "[the schema](../../pytest_venvhealth/reports/venv_health.schema.json), "
        f"JSON Schema {schema['$schema'].rsplit('/', 2)[-2]}, decides. "
        "It is shipped with the package, and the tests compare every report with it.",
        *parts,
    )


def _resolved(value: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in value:
        return value
    return cast("Mapping[str, Any]", definitions[value["$ref"].rpartition("/")[2]])


def _type(value: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what a value may be, in words."""
    name = value.get("$ref", "").rpartition("/")[2]
    value = _resolved(value, definitions)
    kind = value.get("type")
    if kind == "object":
        return f"[{name}](#{name})"
    if kind == "array":
        return f"list of {_type(value['items'], definitions)}"
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join("null" if each is None else f"`{each}`" for each in value["enum"])
    kinds = [kind] if isinstance(kind, str) else kind or ()
    return " or ".join(_JSON_TYPES[each] for each in kinds)


_JSON_TYPES = {
    "string": "text",
    "null": "null",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
}


def _meaning(value: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    text = value.get("description") or _resolved(value, definitions).get("description", "")
    if not text and value.get("type") == "array":
        text = _meaning(value["items"], definitions)
    return _OPTION.sub(r"`\1`", str(text))


# -- the hooks


def _hooks() -> str:
    hooks = [
        each
        for name, each in vars(plugin.HookSpecs).items()
        if name.startswith("pytest_venvhealth_")
    ]
    return _lines(
        "# Hooks",
        "A `conftest.py`, or another plugin of pytest, may implement these. "
        "As with any hook of pytest, take the arguments that you need and leave out the others.",
        *(part for hook in hooks for part in _hook(hook)),
    )


def _hook(hook: Any) -> Iterator[str | Iterable[str]]:
    arguments = [name for name in inspect.signature(hook).parameters if name != "self"]
    documented, _, listed = (inspect.getdoc(hook) or "").partition("\nArgs:\n")
    first = hook.pytest_spec["firstresult"]
    yield f"## `{hook.__name__}({', '.join(arguments)})`"
    yield documented.strip().replace("docs/probes.md", "[Probes](../probes.md)")
    yield (
        "The first answer that is not None counts." if first else "All implementations are called."
    )
    yield [
        f"- `{name}`: {' '.join(text.split())}"
        for name, text in re.findall(
            r"^(\w+): (.+(?:\n .+)*)", textwrap.dedent(listed), flags=re.MULTILINE
        )
    ]


# -- the catalogue of probes


def _probes() -> str:
    rows = []
    for name in catalogue.catalogue_names():
        path = _CATALOGUE / f"{name.replace('-', '_')}.py"
        header = catalogue.read_header(path.read_text("utf-8"))
        link = path.relative_to(_ROOT).as_posix()
        releases = f"`{header['versions']}`" if "versions" in header else "any"
        rows.append((f"[{name}](../../{link})", releases, _sentence(header["exercises"])))
    return _lines(
        "# The catalogue of probes",
        f"{len(rows)} distributions have a probe that comes with this project. "
        "Others are imported, and the report's `depth` says so.\n"
        "How a probe runs, and how to write one: [Probes](../probes.md).",
        _table(("distribution", "releases", "what it exercises"), rows),
    )


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
