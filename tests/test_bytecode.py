"""A cached file that misleads Python is found, and what Python passes over is not.

Each row is a module with a cached file made by hand. What Python does with it, Python says itself:
the same rows are imported.
"""

from __future__ import annotations

import compileall
import json
import marshal
import os
import py_compile
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import RunHealth
from places import Place
from pythons import NAMED, VERSIONS, find_python, find_tool
from targets import copy_venv, make_venv, site_packages

from pytest_venvhealth.checks.bytecode import bytecode_findings
from pytest_venvhealth.checks.compiled import Cached, Judged, ask_target
from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Finding, Severity
from pytest_venvhealth.target_bytecode import COMPARE

pytestmark = pytest.mark.sampled(2)

SOURCE = "VALUE = 'source'\n"
OTHER = "VALUE = 'cached'\n"
assert len(SOURCE) == len(OTHER)
FUNCTION = (
    "VALUE = 'source'\n"
    "def double(x, y=2.0, z=float):\n"
    "    'doc'\n"
    "    assert x\n"
    "    if x < y:\n"
    "        return [each + 1 for each in x if each in {1, 'a', b'b'}]\n"
    "    return lambda: (x, -0.0, 1e999 - 1e999, 1j, ..., None, 2 ** 70)\n"
)
PYTHON_2 = "VALUE = 'source'\nprint 1\n"
STALE, DAMAGED, LOOK = "bytecode-stale", "bytecode-damaged", "bytecode-stale, a warning"


class Row(NamedTuple):
    header: str
    """What the file begins with, and `body` what it goes on with; the target evaluates both."""
    body: str
    python: str
    """What Python does with it: imports the `source`, what is `cached`, or an `error`."""
    default: str | None = None
    deep: str | None = None
    source: str = SOURCE
    cached: str = OTHER
    level: int = 0
    """0 to 2, as `-O` and `-OO`."""


def compared(source: str, cached: str, deep: str | None, level: int = 0) -> Row:
    """Return the row of a cached file that fits by its header."""
    return Row("stamp()", "other", "source", None, deep, source, cached, level)


ROWS = {
    # Python passes these over
    "magic_of_another_python": Row("b'abcd' + stamp()[4:]", "other", "source"),
    "other_time": Row("stamp(time=1)", "other", "source"),
    "other_size": Row("stamp(size=1)", "other", "source"),
    "unknown_flag": Row("stamp(flags=4)", "other", "source"),
    "unknown_flag_and_hash": Row("hashed(5)", "other", "source"),
    "header_cut": Row("stamp()[:15]", "b''", "source"),
    "nothing_at_all": Row("b''", "b''", "source"),
    "checked_and_other_hash": Row("hashed(3, b'x')", "other", "source"),
    "checked_other_hash_and_garbage": Row("hashed(3, b'x')", "b'garbage'", "source"),
    "checked_other_hash_header_alone": Row("hashed(3, b'x')", "b''", "source"),
    # Python uses these, and may
    "fits": Row("stamp()", "own", "source"),
    "fits_and_more_behind": Row("stamp()", "own + b'more'", "source"),
    "fits_by_unchecked_hash": Row("hashed(1)", "own", "source"),
    "fits_by_checked_hash": Row("hashed(3)", "own", "source"),
    "checked_without_a_hash": Row("stamp(flags=2)", "own", "source"),
    # Python uses these, and may not
    "forged": Row("stamp()", "other", "cached", None, STALE),
    "forged_checked_without_a_hash": Row("stamp(flags=2)", "other", "cached", None, STALE),
    "forged_unchecked": Row("hashed(1)", "other", "cached", None, STALE),
    "forged_checked": Row("hashed(3)", "other", "cached", None, STALE),
    "unchecked_of_another_source": Row("hashed(1, b'x')", "other", "cached", STALE, STALE),
    "unchecked_of_an_edited_source": Row("hashed(1, b'x')", "own", "source", STALE, STALE),
    # Python fails with these
    "header_alone": Row("stamp()", "b''", "error", DAMAGED, DAMAGED),
    "unchecked_header_alone": Row("hashed(1)", "b''", "error", DAMAGED, DAMAGED),
    "checked_header_alone": Row("hashed(3)", "b''", "error", DAMAGED, DAMAGED),
    "zeros": Row("stamp()", "bytes(200)", "error", DAMAGED, DAMAGED),
    "a_number": Row("stamp()", "dumps(1)", "error", DAMAGED, DAMAGED),
    "checked_number": Row("hashed(3)", "dumps(1)", "error", DAMAGED, DAMAGED),
    "cut": Row("stamp()", "own[:-20]", "error", None, DAMAGED),
    "cut_of_another_hash": Row("hashed(1, b'x')", "own[:-20]", "error", STALE, DAMAGED),
    "checked_and_cut": Row("hashed(3)", "own[:-20]", "error", None, DAMAGED),
    "garbage": Row("stamp()", "own[:1] + b'garbage' * 9", "error", None, DAMAGED),
    "zeros_at_the_end": Row("stamp()", "own[:30] + bytes(len(own) - 30)", "error", None, DAMAGED),
    # how closely code is compared
    "equal_with_nan": compared(FUNCTION, FUNCTION, None),
    "equal_but_spaces": compared(FUNCTION, FUNCTION.replace("x < y", "x  <  y"), None),
    "other_nested": compared(FUNCTION, FUNCTION.replace("each + 1", "each - 1"), STALE),
    "other_comparison": compared(FUNCTION, FUNCTION.replace("<", ">"), STALE),
    "other_membership": compared(FUNCTION, FUNCTION.replace("each in {", "each not in {"), STALE),
    "other_default": compared(FUNCTION, FUNCTION.replace("2.0", "3.0"), STALE),
    "other_type_of_default": compared(FUNCTION, FUNCTION.replace("2.0", "2"), STALE),
    "other_sign_of_zero": compared(FUNCTION, FUNCTION.replace("-0.0", "0.0"), STALE),
    "other_element_of_a_set": compared(FUNCTION, FUNCTION.replace("b'b'", "'b'"), STALE),
    "other_local": compared(FUNCTION, FUNCTION.replace("x", "w"), STALE),
    "other_global": compared(FUNCTION, FUNCTION.replace("=float", "=bytes"), STALE),
    "other_text": compared(FUNCTION, FUNCTION.replace("'doc'", "'dog'"), STALE),
    "more_arguments": compared(FUNCTION, FUNCTION.replace("def double(", "def double(w, "), STALE),
    "a_generator": compared(FUNCTION, FUNCTION.replace("return lambda", "yield lambda"), STALE),
    "swapped_constants": compared(
        "A, VALUE = 'a', 'source'\nB, C = 5, 6\n", "A, VALUE = 'a', 'source'\nB, C = 6, 5\n", STALE
    ),
    "other_jump": compared(FUNCTION, FUNCTION.replace("if each in", "if not each in"), STALE),
    "other_branch": compared(
        "VALUE = 'source'\nif VALUE: A = 1\nelse: A = 2\n",
        "VALUE = 'source'\nif not VALUE: A = 1\nelse: A = 2\n",
        LOOK,
    ),
    "other_order": compared(
        "VALUE = 'source'\nA = B = 1\nA + B; B - A\n",
        "VALUE = 'source'\nA = B = 1\nA - B; B + A\n",
        LOOK,
    ),
    "other_statement": compared(FUNCTION, FUNCTION.replace("assert x\n", "del x; x=1\n"), STALE),
    "other_lines": compared(FUNCTION, "# comment\n" + FUNCTION, LOOK),
    "python_2": Row("stamp()", "own", "source", None, None, PYTHON_2, SOURCE),
    "python_2_and_cut": Row("stamp()", "other[:-9]", "error", None, DAMAGED, PYTHON_2, SOURCE),
    # with -O and -OO
    "optimized": compared(FUNCTION, FUNCTION, None, 1),
    "optimized_twice": compared(FUNCTION, FUNCTION, None, 2),
    "optimized_forged": Row("stamp()", "other", "cached", None, STALE, level=1),
    "optimized_unchecked": Row("hashed(1, b'x')", "other", "cached", STALE, STALE, level=2),
    "optimized_header_alone": Row("stamp()", "b''", "error", DAMAGED, DAMAGED, level=1),
    "optimized_too_little": Row(
        "stamp()", "compiled(source, 0)", "source", None, STALE, FUNCTION, FUNCTION, 1
    ),
}

MAKE = """
import importlib.util, json, os, struct, sys
from marshal import dumps
MAGIC = importlib.util.MAGIC_NUMBER
def compiled(text, level):
    return dumps(compile(text, "elsewhere.py", "exec", dont_inherit=True, optimize=level))
for name, (header, body, source, cached, level) in json.load(sys.stdin).items():
    path = os.path.join(sys.argv[1], name + ".py")
    def stamp(time=0, size=0, flags=0):
        status = os.stat(path)
        seconds, length = int(status.st_mtime) + time, status.st_size + size
        return MAGIC + struct.pack("<III", flags, seconds, length)
    def hashed(flags, more=b""):
        return MAGIC + struct.pack("<I", flags) + importlib.util.source_hash(source.encode() + more)
    other = compiled(cached, level)
    own = other if "print 1" in source else compiled(source, level)
    pyc = importlib.util.cache_from_source(path, optimization=level or "")
    os.makedirs(os.path.dirname(pyc), exist_ok=True)
    with open(pyc, "wb") as file:
        file.write(eval(header) + eval(body))
"""
IMPORT = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
seen = {}
for name in json.load(sys.stdin):
    try:
        seen[name] = importlib.import_module("demo." + name).VALUE
    except Exception:
        seen[name] = "error"
print(json.dumps(seen))
"""


@dataclass
class Made:
    """A venv whose `demo` has a module for each row."""

    facts: Facts

    def python(self, *arguments: str, given: object = None) -> str:
        return subprocess.run(
            [self.facts.environment.interpreter, "-I", "-B", *arguments],
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    def findings(self, *, recompile: bool, jobs: int = 2) -> list[Finding]:
        return findings(self.facts, recompile=recompile, jobs=jobs)


def findings(facts: Facts, *, recompile: bool, jobs: int = 2) -> list[Finding]:
    found, manifest = facts.installed("demo"), facts.manifest("demo")
    assert found is not None
    assert manifest is not None
    return list(bytecode_findings(facts, found, manifest, recompile=recompile, jobs=jobs))


def by_module(several: Iterable[Finding]) -> dict[str, str]:
    seen = {}
    for finding in several:
        code = str(finding.code) if finding.is_error else f"{finding.code}, a warning"
        for path in finding.paths:
            assert path.endswith(".pyc")
            module = Path(path).name.partition(".")[0]
            assert module not in seen
            seen[module] = code
    return seen


def expected(column: Callable[[Row], str | None]) -> dict[str, str]:
    return {name: said for name, row in ROWS.items() if (said := column(row)) is not None}


@pytest.fixture(
    scope="module",
    params=["", *(pytest.param(version, marks=pytest.mark.slow) for version in VERSIONS)],
    ids=lambda version: version or "running",
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    python = find_python(request.param) if request.param else Path(sys.executable)
    if python is None:
        pytest.skip(f"no Python {request.param} here: name one in {NAMED}")
    place = Place(tmp_path_factory.mktemp("bytecode"))
    make_venv(place.root, python=str(python))
    files: dict[str, str | bytes] = {f"demo/{name}.py": row.source for name, row in ROWS.items()}
    place.add("demo", files={"demo/__init__.py": "", **files})
    made = Made(place.facts())
    given = {
        name: (row.header, row.body, row.source, row.cached, row.level)
        for name, row in ROWS.items()
    }
    made.python("-c", MAKE, str(place.site / "demo"), given=given)
    return made


def test_each_row_says_what_python_does(made: Made) -> None:
    seen: dict[str, str] = {}
    for level, option in enumerate(("-v", "-O", "-OO")):
        names = [name for name, row in ROWS.items() if row.level == level]
        options = [option] if level else []
        answer = made.python(
            *options, "-c", IMPORT, str(made.facts.environment.purelib), given=names
        )
        seen |= json.loads(answer)

    assert {name: row.python for name, row in ROWS.items()} == seen


def test_headers_tell_by_default(made: Made) -> None:
    assert expected(lambda row: row.default) == by_module(made.findings(recompile=False))


def test_every_file_is_compared_if_asked_to(made: Made) -> None:
    assert expected(lambda row: row.deep) == by_module(made.findings(recompile=True))


def test_several_children_say_what_one_says(made: Made) -> None:
    one = made.findings(recompile=True, jobs=1)

    assert one == made.findings(recompile=True, jobs=3)


# -- what no header says


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("healthy-bytecode"))
    make_venv(place.root)
    place.add("demo", files={"demo/__init__.py": SOURCE, "demo/core.py": FUNCTION})
    compileall.compile_dir(place.site, quiet=2)
    return place


@pytest.fixture
def place(healthy: Place, tmp_path: Path) -> Place:
    return copy_place(healthy, tmp_path)


def copy_place(place: Place, folder: Path) -> Place:
    copied = Place(folder)
    copy_venv(place.root, copied.root)
    shutil.copytree(place.house, copied.house)
    return copied


def cached(place: Place, name: str = "core") -> Path:
    return place.site / "demo" / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.pyc"


def test_what_is_no_file_is_passed_over(place: Place) -> None:
    cached(place).unlink()
    os.mkfifo(cached(place))
    cached(place, "__init__").unlink()
    cached(place, "__init__").mkdir()

    assert [] == findings(place.facts(), recompile=True)


def test_a_cache_without_its_source_is_passed_over(place: Place) -> None:
    cached(place).write_bytes(cached(place).read_bytes()[:16])
    (place.site / "demo" / "core.py").unlink()

    assert [] == findings(place.facts(), recompile=True)


def test_bytecode_that_asks_for_all_memory_is_damaged(place: Place) -> None:
    data = cached(place).read_bytes()
    names = data.rindex(b")", 0, data.index(b"source", 16))
    cached(place).write_bytes(data[:names] + b"(\xff\xff\xff\x7f" + data[names + 2 :])

    (finding,) = findings(place.facts(), recompile=True)

    assert DAMAGED == finding.code
    assert any("MemoryError" in line for line in finding.evidence)


def deep_constant(depth: int) -> bytes:
    """Return the bytecode of a module with a constant of nested tuples."""
    code = marshal.dumps(compile("VALUE = 'xyz'", "deep.py", "exec"))
    # A short text is three bytes behind its type (with or without a flag) and its length.
    start = code.index(b"\x03xyz") - 1
    return code[:start] + b")\x01" * depth + b"N" + code[start + 5 :]


def test_a_crash_is_narrowed_to_its_file(place: Place) -> None:
    """Real garbage crashes some Pythons; a small stack makes this one crash for sure."""
    facts = place.facts()
    small = place.folder / "small-stack"
    small.write_text(f'#!/bin/sh\nulimit -S -s 300\nexec {facts.environment.interpreter} "$@"\n')
    small.chmod(0o755)
    folder = place.site / "demo"
    asked = []
    for number in range(5):
        path = folder / f"module{number}.py"
        path.write_text(SOURCE)
        pyc = Path(py_compile.compile(str(path), doraise=True) or "")
        if number in (1, 2, 4):
            pyc.write_bytes(pyc.read_bytes()[:16] + deep_constant(1500))
        asked.append(Cached(str(path), str(pyc), 0, COMPARE))

    judged = list(ask_target(replace(facts.environment, interpreter=small), asked, jobs=1))

    crash = f"loading it crashes Python ({signal.SIGSEGV.name})"
    assert [Judged(asked[number].pyc, "damaged", crash) for number in (1, 2, 4)] == judged


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("exit 3", "the interpreter ended with exit status 3", id="ends"),
        pytest.param("kill -KILL $$", "SIGKILL", id="is-killed"),
        pytest.param("exec sleep 60", "no answer within 0.2 s", id="hangs"),
        pytest.param(None, "the interpreter does not start: No such file or directory", id="gone"),
    ],
)
def test_an_interpreter_that_gives_no_answer_blames_nobody(
    place: Place, script: str | None, reason: str
) -> None:
    other = place.folder / "interpreter"
    if script is not None:
        other.write_text(f"#!/bin/sh\n{script}\n")
        other.chmod(0o755)
    environment = replace(place.facts().environment, interpreter=other)
    asked = [Cached(str(place.site / "demo" / "core.py"), str(cached(place)), 0, COMPARE)]
    start = time.monotonic()

    judged = list(ask_target(environment, asked, jobs=1, patience=0.2))

    assert [Judged(str(cached(place)), "unjudged", reason)] == judged
    assert time.monotonic() - start < 30


def test_what_was_not_compared_is_a_warning(place: Place) -> None:
    facts = place.facts()
    gone = replace(facts.environment, interpreter=place.folder / "gone")

    (finding,) = findings(replace(facts, environment=gone), recompile=True)

    assert Severity.WARNING is finding.severity
    assert () == finding.root_causes
    assert "not compared" in finding.summary


def test_an_interpreter_that_does_not_start_leaves_bytecode_alone(place: Place) -> None:
    cached(place).write_bytes(cached(place).read_bytes()[:16])
    (place.root / "bin" / "python").unlink()
    (place.root / "bin" / "python").symlink_to("nowhere")

    assert [] == findings(place.facts(), recompile=True)


def test_a_finding_says_what_to_do_with_a_wheel_and_without(place: Place) -> None:
    cached(place).write_bytes(cached(place).read_bytes()[:16])
    answer = check_files(place.facts(), "demo", bytecode=True)
    shutil.rmtree(place.house)
    without = check_files(place.facts(), "demo")

    (finding,), (poorer,) = answer.findings, without.findings
    shown = f"{cached(place).relative_to(place.root)}"
    assert (shown,) == finding.paths
    assert (f"{shown}: it is only a header",) == finding.evidence
    assert ("demo",) == finding.root_causes
    assert finding.repairable
    assert not poorer.repairable
    assert "--repair" in finding.remedy
    assert "Deleting the .pyc helps too" in poorer.remedy


# -- silence


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["-o", "0", "-o", "1", "-o", "2"], id="optimized"),
        pytest.param(["--invalidation-mode", "unchecked-hash"], id="unchecked-hash"),
        pytest.param(["--invalidation-mode", "checked-hash"], id="checked-hash"),
        pytest.param(["-s", "/", "-p", "/elsewhere"], id="other-prefix"),
    ],
)
def test_what_compileall_makes_is_healthy_and_so_is_its_copy(
    place: Place, options: list[str]
) -> None:
    command = [str(place.root / "bin" / "python"), "-m", "compileall", "-q", "-f", *options]
    subprocess.run([*command, str(place.site)], check=True)
    assert silent(place.facts())

    copied = copy_place(place, place.folder / "copy").facts()
    assert silent(copied)
    for path in copied.environment.purelib.rglob("*"):
        os.utime(path)
    assert silent(copied)


def silent(facts: Facts) -> bool:
    return not any(findings(facts, recompile=recompile) for recompile in (False, True))


def installers(root: Path, wheel: Path) -> Iterator[tuple[str, list[str]]]:
    python = str(root / "bin" / "python")
    yield "pip", [python, "-I", "-m", "pip", "install", "--no-index", str(wheel)]
    uv = find_tool("uv") or "uv"
    for mode in ("copy", "hardlink", "symlink"):
        uv_pip = [uv, "pip", "install", "--offline", "--no-index", "--python", python]
        options = ["--compile-bytecode", "--link-mode", mode, "--cache-dir", str(root / "cache")]
        yield f"uv {mode}", [*uv_pip, *options, str(wheel)]


@pytest.mark.slow
@pytest.mark.parametrize("installer", ["pip", "uv copy", "uv hardlink", "uv symlink"])
def test_what_installers_compile_is_healthy(place: Place, installer: str) -> None:
    (wheel,) = place.house.iterdir()
    shutil.rmtree(place.root)
    options = [] if installer == "pip" else ["--without-pip"]
    subprocess.run([sys.executable, "-m", "venv", *options, place.root], check=True)
    command = dict(installers(place.root, wheel))[installer]
    if not Path(command[0]).exists():
        pytest.skip(f"no {command[0]} here")
    subprocess.run(command, check=True, capture_output=True)
    assert cached(place).exists()

    for name in ("demo", *(["pip"] if installer == "pip" else [])):
        answer = check_files(place.facts(), name, bytecode=True, jobs=2)
        assert () == answer.findings


@pytest.mark.slow
def test_another_patch_release_may_compile_otherwise(tmp_path: Path) -> None:
    """Jumps come out otherwise in a few files of a hundred thousand lines."""
    version = "{}.{}".format(*sys.version_info)
    code = "import sys, importlib.util as u; print(sys.version_info[:3], u.MAGIC_NUMBER.hex())"

    def said_by(python: str) -> str:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        return done.stdout

    own = said_by(sys.executable)
    for folder in (*os.get_exec_path(), "/usr/bin", "/usr/local/bin"):
        other = os.path.join(folder, f"python{version}")
        said = said_by(other) if os.access(other, os.X_OK) else ""
        if said.split()[-1:] == own.split()[-1:] and said != own:
            break
    else:
        pytest.skip(f"no other patch release of Python {version} here")
    library = Path(sysconfig.get_path("stdlib"))
    place = Place(tmp_path)
    make_venv(place.root)
    sources = [*library.glob("[a-z]*.py"), *library.glob("[a-z]*/[a-z]*.py")]
    files: dict[str, str | bytes] = {
        f"demo/{path.relative_to(library)}": path.read_bytes()
        for path in sources
        if "site-packages" not in path.parts and "test" not in path.parts
    }
    place.add("demo", files=files)
    subprocess.run([other, "-m", "compileall", "-q", place.site], check=False)

    found = findings(place.facts(), recompile=True)

    assert len(files) > 300
    assert Counter() == Counter(str(finding.code) for finding in found if finding.is_error)


# -- repair


@pytest.mark.slow
def test_a_repair_removes_it_and_compiles_anew(story: Path, run_health: RunHealth) -> None:
    module = site_packages(story) / "library" / "models" / "bloom.py"
    (pyc,) = (module.parent / "__pycache__").glob("bloom.*.pyc")
    healthy = pyc.read_bytes()
    optimized = pyc.with_name(pyc.name.replace(".pyc", ".opt-1.pyc"))
    optimized.write_bytes(healthy[:16])
    pyc.write_bytes(healthy.replace(b"layers", b"leyers"))
    given = ["--venv", str(story), "--venv-depth", "files", "--venv-bytecode"]

    health = run_health(*given, "--repair", "--venv-wheelhouse", "wheelhouse")

    assert 0 == health.code
    assert [DAMAGED, STALE] == health.codes("library", healed=True)
    assert [] == health.codes("library")
    assert "healed" == health.distribution("library")["status"]
    assert not optimized.exists()
    assert marshal.loads(healthy[16:]) == marshal.loads(pyc.read_bytes()[16:])
    assert 0 == run_health(*given).code
