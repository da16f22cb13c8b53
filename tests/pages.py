"""The code blocks of the documentation, and what its markers say of each.

A marker is an HTML comment in the line above a block:

`<!-- run: 0 -->`               run by the tests, in the order of the page; its exit status
`<!-- run: 1; before: NAME -->` the same, after something has happened to the environment
`<!-- not run: REASON -->`      why the tests cannot run it
`<!-- file: PATH -->`           written to that file of the page's scratch folder
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
SHELLS = frozenset({"bash", "bat", "console", "powershell", "ps1", "sh", "shell", "zsh"})
_BLOCK = re.compile(
    r"(?:^<!-- (?P<marker>[^\n]+) -->\n)?^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_RUN = re.compile(r"run: (?P<status>\d+)(?:; before: (?P<before>[\w ]+))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What a marker wants to be run, and how it ends."""

    status: int
    """Of the last command; all before it end with 0."""
    before: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str
    marker: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def run(self) -> Run | None:
        match = _RUN.fullmatch(self.marker)
        return Run(status=int(match["status"]), before=match["before"] or "") if match else None

    @property
    def why_not_run(self) -> str:
        return self.marker.removeprefix("not run: ") if self.marker.startswith("not run: ") else ""

    @property
    def file(self) -> str:
        return self.marker.removeprefix("file: ") if self.marker.startswith("file: ") else ""

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each command and the lines of output that the page shows below it.

        A `console` block has `$ ` before a command; in others every line is one. A line that ends
        in a backslash goes on.
        """
        command, shown = "", list[str]()
        for line in re.sub(r"\\\n(> )? *", "", self.text).splitlines():
            if self.language == "console" and not line.startswith("$ "):
                shown.append(line)
            else:
                if command:
                    yield command, shown
                command, shown = line.removeprefix("$ "), []
        if command:
            yield command, shown


def pages() -> list[Path]:
    """Return every page, sorted; what a build has left is none."""
    return sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text = page.read_text("utf-8")
    return [
        Block(
            page=page.relative_to(DOCS).as_posix(),
            line=text.count("\n", 0, match.start()) + 1,
            language=match["language"],
            text=match["text"],
            marker=match["marker"] or "",
        )
        for match in _BLOCK.finditer(text)
    ]
