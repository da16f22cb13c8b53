"""Distributions whose files are all right, and that cannot be imported all the same."""

from __future__ import annotations

from functools import partial

from faults.stage import Damage, Fault, Repair, with_wheel

_row = partial(Fault, family="imports", used=True)


def _shipping(name: str, code: str) -> Damage:
    return with_wheel(name, {f"{name}/__init__.py": code})


IMPORT_FAULTS = (
    _row(
        name="a-module-was-shipped-that-is-no-python",
        inject=_shipping("mistyped", "def broken(:\n"),
        code="exception",
        distribution="mistyped",
        paths=("@mistyped/__init__.py",),
        culprits=(),
        repair=Repair.REFUSED,
        why="every file is as it was released",
    ),
    _row(
        name="a-module-raises-by-itself",
        inject=_shipping("grumpy", "raise RuntimeError('not on a Tuesday')\n"),
        code="exception",
        distribution="grumpy",
        paths=("@grumpy/__init__.py",),
        culprits=(),
        repair=Repair.REFUSED,
        why="every file is as it was released",
    ),
    _row(
        name="a-module-imports-what-nothing-brings",
        inject=_shipping("dreamer", "import nothing_of_that_name\n"),
        code="import-error",
        distribution="dreamer",
        paths=("@dreamer/__init__.py",),
        culprits=(),
        repair=Repair.REFUSED,
        why="every file is as it was released",
    ),
    _row(
        name="a-module-ends-the-process",
        inject=_shipping("leaver", "import os\n\nos._exit(0)\n"),
        code="exited",
        distribution="leaver",
        culprits=(),
        repair=Repair.REFUSED,
        why="every file is as it was released",
    ),
    _row(
        name="a-module-crashes-python",
        inject=_shipping("crasher", "import ctypes\n\nctypes.string_at(0)\n"),
        code="crash",
        distribution="crasher",
        culprits=(),
        repair=Repair.REFUSED,
        why="every file is as it was released",
    ),
    _row(
        name="a-module-never-ends",
        inject=_shipping("waiter", "import time\n\ntime.sleep(3600)\n"),
        code="timeout",
        distribution="waiter",
        culprits=(),
        options=("--venv-timeout=3",),
        repair=Repair.REFUSED,
        why="every file is as it was released",
    ),
)
