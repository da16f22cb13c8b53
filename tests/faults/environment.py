"""The environment itself: interpreter, start-up, scripts, what leaks in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pythons import NO_SITECUSTOMIZE
from targets import bundled_pip, install_wheel

from faults.stage import (
    ENVIRONMENT,
    NO_PACKAGES,
    NO_WHEEL,
    NOBODYS,
    Damage,
    Fault,
    Repair,
    Stage,
    edit,
    remove,
    write,
)

_row = partial(Fault, family="environment")


def _config(alter: Callable[[str, str], str]) -> Damage:
    """Alter the values of pyvenv.cfg, each with its key."""

    def damage(stage: Stage) -> None:
        path = stage.root / "pyvenv.cfg"
        pairs = [line.partition(" = ") for line in path.read_text().splitlines()]
        path.write_text("".join(f"{key} = {alter(key, value)}\n" for key, _, value in pairs))

    return damage


def _gone_interpreter(stage: Stage) -> None:
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        path = stage.root / "bin" / name
        if path.is_symlink() and os.path.isabs(path.readlink()):
            path.unlink()
            path.symlink_to("/gone/python")


def _interpreter_is_text(stage: Stage) -> None:
    path = stage.root / "bin" / "python"
    path.unlink()
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    path.chmod(0o755)


def _shebang(script: str, interpreter: str) -> Damage:
    def damage(stage: Stage) -> None:
        path = stage.root / "bin" / script
        rest = path.read_text().partition("\n")[2]
        path.write_text(f"#!{interpreter}\n{rest}")

    return damage


def _folder_beside(stage: Stage) -> Path:
    folder = stage.folder / "beside"
    folder.mkdir()
    (folder / "sched.py").write_text("raise ImportError('the wrong schedule')\n")
    return folder


def _outside(stage: Stage) -> Path:
    folder = stage.folder / "outside"
    folder.mkdir()
    (folder / "somebodys_own.py").write_text("")
    return folder


def in_front(stage: Stage) -> None:
    """Let a `.pth` file put a folder in front of all others, with a module of a known name."""
    folder = _folder_beside(stage)
    line = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    stage.path("@front.pth").write_text(line)


def _variable(name: str, value: Callable[[Stage], Path]) -> Damage:
    def damage(stage: Stage) -> None:
        folder = value(stage)
        folder.mkdir(parents=True, exist_ok=True)
        stage.variables[name] = str(folder)

    return damage


def _user_site(stage: Stage) -> None:
    _config(lambda key, value: "true" if key.startswith("include-system") else value)(stage)
    base = stage.folder / "user"
    site = base / "lib" / stage.site.parent.name / "site-packages"
    site.mkdir(parents=True)
    (site / "users_own.py").write_text("OWN = 1\n")
    stage.variables["PYTHONUSERBASE"] = str(base)


def _broken_pip(stage: Stage) -> None:
    wheel = bundled_pip()
    assert wheel is not None
    install_wheel(stage.root, wheel)
    stage.path("@pip/_internal/cli/main.py").unlink()


ENVIRONMENT_FAULTS = (
    _row(
        name="the-interpreter-is-a-link-that-leads-nowhere",
        inject=_gone_interpreter,
        code="interpreter-broken",
        distribution=ENVIRONMENT,
        paths=("bin/python",),
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="the-interpreter-is-no-program",
        inject=_interpreter_is_text,
        code="interpreter-broken",
        distribution=ENVIRONMENT,
        paths=("bin/python",),
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="pyvenv-cfg-is-deleted",
        inject=remove("pyvenv.cfg"),
        code="interpreter-broken",
        distribution=ENVIRONMENT,
        paths=("pyvenv.cfg",),
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="pyvenv-cfg-names-another-version",
        inject=_config(lambda key, value: "3.7.17" if key == "version" else value),
        code="interpreter-changed",
        distribution=ENVIRONMENT,
        paths=("pyvenv.cfg",),
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="the-base-python-is-gone-from-its-home",
        inject=_config(lambda key, value: "/gone/bin" if key == "home" else value),
        code="home-missing",
        distribution=ENVIRONMENT,
        paths=("pyvenv.cfg",),
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="a-pth-file-of-nobody-raises",
        inject=write("@broken.pth", "import nothing_of_that_name\n"),
        code="startup-failed",
        distribution=ENVIRONMENT,
        paths=("@broken.pth",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-pth-file-of-nobody-hangs",
        inject=write("@hanging.pth", "import time; time.sleep(3600)\n"),
        code="startup-failed",
        distribution=ENVIRONMENT,
        paths=("@hanging.pth",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-pth-file-of-nobody-ends-python",
        inject=write("@ending.pth", "import os; os._exit(0)\n"),
        code="startup-failed",
        distribution=ENVIRONMENT,
        paths=("@ending.pth",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-pth-file-adds-a-folder-that-is-gone",
        inject=write("@old-source.pth", "/gone/source\n"),
        code="pth-path-missing",
        distribution=ENVIRONMENT,
        paths=("@old-source.pth",),
        warning=True,
        repair=Repair.LEFT,
        why=NOBODYS,
    ),
    _row(
        name="a-pth-file-puts-a-folder-in-front-that-hides-the-standard-library",
        inject=in_front,
        code="path-shadowing",
        distribution=ENVIRONMENT,
        paths=("@front.pth",),
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="sitecustomize-raises",
        inject=write("@sitecustomize.py", "raise OSError('no such drive')\n"),
        code="startup-failed",
        distribution=ENVIRONMENT,
        paths=("@sitecustomize.py",),
        hindered=NO_SITECUSTOMIZE,
        repair=Repair.REFUSED,
        why=NOBODYS,
    ),
    _row(
        name="a-launcher-starts-an-interpreter-that-is-gone",
        inject=_shebang("lumen-cli", "/gone/venv/bin/python"),
        code="script-interpreter",
        distribution=ENVIRONMENT,
        paths=("bin/lumen-cli",),
        culprits=("lumen",),
    ),
    _row(
        name="a-launcher-starts-another-environments-interpreter",
        inject=_shebang("pipeflow", sys.executable),
        code="script-interpreter",
        distribution=ENVIRONMENT,
        paths=("bin/pipeflow",),
        culprits=("pipeflow",),
    ),
    _row(
        name="a-script-starts-an-interpreter-that-is-gone",
        inject=_shebang("reportly-run", "/gone/venv/bin/python3"),
        code="script-interpreter",
        distribution=ENVIRONMENT,
        paths=("bin/reportly-run",),
        culprits=("reportly",),
    ),
    _row(
        name="the-environment-was-moved",
        inject=lambda stage: [
            edit(f"bin/{name}", str(stage.root), "/old/place")(stage)
            for name in ("lumen-cli", "pipeflow", "reportly-bloom", "reportly-run")
        ],
        code="script-interpreter",
        distribution=ENVIRONMENT,
        paths=("bin/lumen-cli", "bin/pipeflow", "bin/reportly-bloom", "bin/reportly-run"),
        culprits=("lumen", "pipeflow", "reportly"),
    ),
    _row(
        name="pip-has-lost-a-module",
        inject=_broken_pip,
        code="file-missing",
        distribution="pip",
        paths=("@pip/_internal/cli/main.py",),
        repair=Repair.REFUSED,
        why=NO_WHEEL,
    ),
    _row(
        name="pythonpath-leads-in-from-outside",
        inject=_variable("PYTHONPATH", _outside),
        code="path-leak",
        distribution=ENVIRONMENT,
        warning=True,
        repair=Repair.LEFT,
        why=NO_PACKAGES,
    ),
    _row(
        name="pythonpath-hides-a-module-of-the-standard-library",
        inject=_variable("PYTHONPATH", _folder_beside),
        code="path-shadowing",
        distribution=ENVIRONMENT,
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="pythonhome-names-another-place",
        inject=_variable("PYTHONHOME", lambda stage: stage.folder / "home"),
        code="path-leak",
        distribution=ENVIRONMENT,
        repair=Repair.REFUSED,
        why=NO_PACKAGES,
    ),
    _row(
        name="the-users-own-packages-leak-in",
        inject=_user_site,
        code="path-leak",
        distribution=ENVIRONMENT,
        warning=True,
        repair=Repair.LEFT,
        why=NO_PACKAGES,
    ),
)
