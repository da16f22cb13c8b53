"""One call of `pip download`, in a process that ends with the one that started it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_venvhealth.child_process import end_group
from pytest_venvhealth.errors import VenvHealthError
from pytest_venvhealth.wheels.needed import NeededWheel

_ASK_SECONDS = 60
# The other end of the child's stdin is ours: whatever ends us closes it, SIGKILL too.
_CHILD = """
import os, runpy, sys, threading
def follow():
    while os.read(0, 1):
        pass
    os._exit(1)
threading.Thread(target=follow, daemon=True).start()
if sys.path and sys.path[0] == "":
    del sys.path[0]
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


class NoPipError(VenvHealthError):
    """There is no pip to fetch with."""

    def __init__(self, python: str) -> None:
        super().__init__(python)
        self.python = python

    def __str__(self) -> str:
        return (
            f"{self.python} has no pip, which fetches the wheels. Install one there "
            f"(`uv pip install --python {self.python} pip`, or `{self.python} -m ensurepip`), or "
            "name a Python that has one with --python."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Pip:
    """Which pip fetches, and from where."""

    python: str = sys.executable
    """The interpreter whose pip it is; for whom the wheels are makes no difference."""
    options: tuple[str, ...] = ()
    """`--index-url` and its like; pip's own variables and configuration hold besides."""

    def expect(self) -> None:
        """Raise NoPipError where there is none."""
        command = [
            self.python,
            "-c",
            "import sys; sys.path[:1] = sys.path[:1] if sys.path[0] else []; import pip",
        ]
        try:
            asked = subprocess.run(command, capture_output=True, timeout=_ASK_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoPipError(self.python) from error
        if asked.returncode != 0:
            raise NoPipError(self.python)


class PipCall:
    """A running call; its wheels lie in `wheels` once it has ended well."""

    def __init__(
        self, pip: Pip, needs: Sequence[NeededWheel], folder: Path, log_folder: Path
    ) -> None:
        """Start it.

        Args:
            needs: wheels for one target, each distribution once, with hashes all or none.
            folder: where one is made for all that pip fetches.
            log_folder: where its words go: on another disk, if that of the wheelhouse is full.
        Raises:
            OSError: nothing can be written there, or the interpreter does not start.
        """
        self.needs = tuple(needs)
        self.wheels = folder / "wheels"
        self._log = log_folder / f"{folder.name}.log"
        self._errors = log_folder / f"{folder.name}.errors"
        for each in (folder, self.wheels, folder / "tmp"):
            each.mkdir()
        wanted = folder / "requirements.txt"
        wanted.write_text("".join(f"{need.requirement}\n" for need in needs), "utf-8")
        command = [pip.python, "-c", _CHILD, "download"]
        command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        command += ["--log", str(self._log), "--no-deps", "--only-binary", ":all:"]
        command += [*self._hash_options(), *needs[0].target.options(), *pip.options]
        command += ["--dest", str(self.wheels), "--requirement", str(wanted)]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                # On the file system of the wheelhouse, and gone with the scratch folder.
                env={**os.environ, "TMPDIR": str(folder / "tmp"), "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    def _hash_options(self) -> Iterable[str]:
        return ["--require-hashes"] if self.needs[0].sha256 is not None else []

    def has_ended(self) -> bool:
        """Tell whether pip is done, without waiting."""
        return self._process.poll() is not None

    @property
    def is_good(self) -> bool:
        """Whether pip has ended, and well."""
        return self._process.returncode == 0

    @property
    def log(self) -> str:
        """What pip told: its log, or what it said where it wrote none."""
        for path in (self._log, self._errors):
            try:
                text = path.read_text("utf-8", "replace")
            except OSError:
                continue
            if text.strip():
                return text
        return ""

    def end(self) -> None:
        """End pip, if it still runs, and reap it."""
        end_group(self._process)
        if self._process.stdin is not None:
            self._process.stdin.close()
