"""What does the target's own interpreter say of cached bytecode?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pytest_venvhealth import target_bytecode
from pytest_venvhealth.child_process import await_end, end_group
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.temporary import temporary_file, temporary_folder

_SCRIPT = Path(target_bytecode.__file__)
# Below this a second interpreter costs more than it saves.
_FILES_A_CHILD = 50
PATIENCE = 120.0
"""How many seconds one file may take."""
_LOOK_SECONDS = 1.0
# What bad data does to a process. SIGKILL and its like come from elsewhere and prove nothing.
_CRASHES = ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL")


class Cached(NamedTuple):
    """A cached file whose header Python would accept, and how closely to look at it."""

    source: str
    """Absolute, as is the next."""
    pyc: str
    optimize: int
    """0, 1 or 2, as in Python's `-O` and `-OO`."""
    depth: int
    """`HASH`, `LOAD` or `COMPARE` of `target_bytecode.py`."""


class Judged(NamedTuple):
    """What is wrong with a cached file."""

    pyc: str
    word: str
    """`stale`, `damaged`, `rearranged`, or `unjudged`."""
    reason: str


def ask_target(
    environment: Environment, asked: Sequence[Cached], *, jobs: int, patience: float = PATIENCE
) -> Iterator[Judged]:
    """Let children of the target's interpreter look at the files, and yield what is not fine.

    Garbage may crash the interpreter that loads it: the file is named as damaged, and another
    child goes on behind it.

    Args:
        jobs: the most children at a time.
        patience: seconds without an answer after which a child is killed.
    """
    count = max(1, min(jobs, len(asked) // _FILES_A_CHILD))
    batches = [asked[start::count] for start in range(count)]
    while batches:
        with temporary_folder() as folder:
            outcomes = _run(environment, batches, folder, patience)
        left: list[Sequence[Cached]] = []
        for batch, (lines, ending) in zip(batches, outcomes, strict=True):
            answers = _read_answers(lines)
            for number, (word, reason) in answers.items():
                if word in ("stale", "damaged", "rearranged"):
                    yield Judged(batch[number].pyc, word, reason)
            if ending is None:
                continue
            culprit = max(answers, default=-1)
            if culprit < 0:
                yield from (Judged(each.pyc, "unjudged", ending) for each in batch)
                continue
            word = answers[culprit][0]
            if word == "loading":
                crashed = ending in _CRASHES
                what = f"loading it crashes Python ({ending})" if crashed else ending
                yield Judged(batch[culprit].pyc, "damaged" if crashed else "unjudged", what)
            elif word == "compiling":
                yield Judged(batch[culprit].pyc, "unjudged", ending)
            left.append(batch[culprit + 1 :])
        batches = [batch for batch in left if batch]


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    answers: Path


def _run(
    environment: Environment, batches: Sequence[Sequence[Cached]], folder: Path, patience: float
) -> list[tuple[list[bytes], str | None]]:
    """Return for each batch the lines that its child wrote, and how it ended if not well."""
    children: list[_Child] = []
    outcomes: list[tuple[list[bytes], str | None]] = []
    try:
        try:
            for number, batch in enumerate(batches):
                children.append(_start(environment, batch, folder, number))
        except OSError as error:
            reason = f"the interpreter does not start: {error.strerror or error}"
            return [([], reason) for _ in batches]
        for child in children:
            ending = _await_end(child, patience)
            lines = child.answers.read_bytes().splitlines()
            finished = bool(lines) and lines[-1].startswith(b"[-1,")
            outcomes.append((lines, None if finished else ending))
    finally:
        for child in children:
            end_group(child.process)
    return outcomes


def _start(environment: Environment, batch: Sequence[Cached], folder: Path, number: int) -> _Child:
    """Start a child that looks at a batch.

    Raises:
        OSError: it could not be started.
    """
    answers = folder / f"answers-{number}"
    answers.touch()
    # -S: a `.pth` file of the target may hang or print, and nothing of its site is needed.
    options = ["-I", "-S", "-B", "-W", "ignore"]
    with temporary_file() as questions:
        questions.write(
            json.dumps(
                [
                    [index, _latin(each.source), _latin(each.pyc), each.optimize, each.depth]
                    for index, each in enumerate(batch)
                ]
            ).encode()
        )
        questions.seek(0)
        process = subprocess.Popen(
            [str(environment.interpreter), *options, str(_SCRIPT), str(answers)],
            stdin=questions,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
        )
    return _Child(process, answers)


def _latin(path: str) -> str:
    """Return a path's own bytes as text: the target may read its file system's names otherwise."""
    return os.fsencode(path).decode("latin-1")


def _await_end(child: _Child, patience: float) -> str:
    """Return how the child ended; it is left running where it has not answered for too long."""
    size, since = 0, time.monotonic()
    while True:
        if await_end(child.process, min(_LOOK_SECONDS, patience)):
            status = end_group(child.process)
            if status >= 0:
                return f"the interpreter ended with exit status {status}"
            with suppress(ValueError):
                return signal.Signals(-status).name
            return f"signal {-status}"
        now = child.answers.stat().st_size
        if now != size:
            size, since = now, time.monotonic()
        elif time.monotonic() - since > patience:
            return f"no answer within {patience:g} s"


def _read_answers(lines: Sequence[bytes]) -> Mapping[int, tuple[str, str]]:
    """Return the last word on each file, by number."""
    answers: dict[int, tuple[str, str]] = {}
    for line in lines:
        with suppress(ValueError):  # the last line of a child that was killed
            number, word, reason = json.loads(line)
            if number >= 0:
                answers[number] = word, reason
    return answers
