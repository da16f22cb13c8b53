"""Bytecode: compiled while a wheel is unpacked, written when its modules are in place."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from targets import make_venv

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.repair.compilers import Compilers


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment.at(make_venv(tmp_path_factory.mktemp("compilers") / "venv"))


def cached(path: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(path)))


def value_of(environment: Environment, module: Path, name: str) -> str:
    """Import a module, writing no bytecode, and return what one of its names holds and a file."""
    code = f"import {module.stem} as m; print(m.{name}, m.f.__code__.co_filename)"
    done = subprocess.run(
        [environment.interpreter, "-B", "-c", code],
        cwd=module.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_bytecode_is_written_when_the_modules_are_in_place_and_not_before(
    clean: Environment, tmp_path: Path
) -> None:
    staged, final = tmp_path / "staged.py", tmp_path / "final.py"
    staged.write_text("x = 1\ndef f(): pass\n")
    with Compilers(clean) as compilers:
        compilers.compile(str(staged), str(final))
        staged.rename(final)
        assert not (tmp_path / "__pycache__").exists()
        compilers.finish([], timeout=60)

    made = cached(final).stat()
    assert f"1 {final}" == value_of(clean, final, "x")
    assert made == cached(final).stat()
    assert [cached(final).name] == os.listdir(tmp_path / "__pycache__")


def test_what_lies_there_in_the_end_is_compiled(clean: Environment, tmp_path: Path) -> None:
    staged, final = tmp_path / "staged.py", tmp_path / "final.py"
    staged.write_text("x = 1\ndef f(): pass\n")
    final.write_text("x = 'another'\ndef f(): pass\n")
    with Compilers(clean) as compilers:
        compilers.compile(str(staged), str(final))
        compilers.finish([], timeout=60)

    assert f"another {final}" == value_of(clean, final, "x")


def test_without_an_end_nothing_is_written(clean: Environment, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("")
    with Compilers(clean) as compilers:
        compilers.compile(str(module), str(module))

    assert [module] == list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("placed", [True, False], ids=["in-place", "staged"])
def test_many_modules_are_compiled_by_several(
    clean: Environment, tmp_path: Path, placed: bool
) -> None:
    folder = tmp_path / ("long" * 50)  # more names than a pipe holds
    folder.mkdir()
    files = [folder / f"m{number}.py" for number in range(6000)]
    for path in files:
        path.write_text("x = 1\n")
    (folder / "m7.py").write_text("x =\n")
    with Compilers(clean) as compilers:
        for path in () if placed else files:
            compilers.compile(str(path), str(path))
        compilers.finish(map(str, files) if placed else (), timeout=60)

    assert len(files) - 1 == len(os.listdir(folder / "__pycache__"))


def test_the_time_is_limited(clean: Environment, tmp_path: Path) -> None:
    files = [tmp_path / f"m{number}.py" for number in range(500)]
    for path in files:
        path.write_text("x = 1\n" * 1000)
    with Compilers(clean) as compilers:
        compilers.finish(map(str, files), timeout=0)

    assert not list(tmp_path.rglob("*.pyc"))


def test_a_pth_file_that_hangs_does_not_hang_the_compiler(tmp_path: Path) -> None:
    target = Environment.at(make_venv(tmp_path / "venv"))
    (target.purelib / "hang.pth").write_text("import time; time.sleep(60)\n")
    module = tmp_path / "module.py"
    module.write_text("")
    with Compilers(target) as compilers:
        compilers.finish([str(module)], timeout=30)

    assert cached(module).exists()


def test_without_an_interpreter_nothing_is_compiled_and_nothing_raised(
    clean: Environment, tmp_path: Path
) -> None:
    module = tmp_path / "module.py"
    module.write_text("")
    with Compilers(replace(clean, interpreter=tmp_path / "gone")) as compilers:
        compilers.compile(str(module), str(module))
        compilers.finish([str(module)], timeout=5)

    assert [module] == list(tmp_path.iterdir())
