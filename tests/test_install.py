"""A staged wheel becomes what pip would have installed, and a bad wheel becomes nothing."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import os
import pickle
import resource
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from compare_trees import differences
from targets import make_venv, snapshot
from wheels import digest, make_wheel

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.repair.compilers import Compilers
from pytest_venvhealth.repair.install import (
    StagedWheel,
    StagingError,
    WheelDamagedError,
    WheelRefusedError,
    launcher_kind,
    shebang,
    stage_wheel,
    verify_wheel,
)
from pytest_venvhealth.repair.transaction import DROP, Transaction

RICH: dict[str, str | bytes] = {
    "richdemo/__init__.py": "def main():\n    print('called', __import__('sys').prefix)\n",
    "richdemo/data.bin": bytes(range(256)) * 40,
    "richdemo/tool.sh": "#!/bin/sh\necho tool\n",
    "richdemo/template.py": "print 'for another Python'\n",
    "single_module.py": "VALUE = 1\n",
    "richdemo/caf\u00e9.txt": "name\n",
    "richdemo/a,b.txt": "comma\n",
    "richdemo-1.0.data/scripts/rich-script": "#!python\nimport sys; print('script', sys.prefix)\n",
    "richdemo-1.0.data/scripts/rich-shell": "#!/bin/sh\necho shell\n",
    "richdemo-1.0.data/data/share/man/man1/rich.1": "manual\n",
    "richdemo-1.0.data/headers/rich.h": "#define RICH\n",
    "richdemo-1.0.data/purelib/richdemo/pure.py": "",
    "richdemo-1.0.data/platlib/richdemo/plat.py": "",
    "richdemo-1.0.dist-info/licenses/LICENSE": "free\n",
}
ENTRY_POINTS = (
    "[console_scripts]\nrich-main = richdemo:main\nrich-more = richdemo:main [extra]\n"
    "[gui_scripts]\nrich-window = richdemo:main\n[other.group]\nx = y\n"
)


@pytest.fixture(scope="module")
def rich_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_wheel(
        tmp_path_factory.mktemp("wheels"),
        "richdemo",
        files=RICH,
        entry_points=ENTRY_POINTS,
        executables=[
            "richdemo/tool.sh",
            *(name for name in RICH if "/scripts/" in name),
        ],
    )


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment.at(make_venv(tmp_path_factory.mktemp("described") / "venv"))


@pytest.fixture
def target(tmp_path: Path, described: Environment) -> Environment:
    """A venv of its own; asked once, for all are alike but for their place."""
    root = tmp_path / "target"
    shutil.copytree(described.root, root, symlinks=True)
    return moved(described, root)


def moved(environment: Environment, root: Path) -> Environment:
    """Return the description of the same environment at another place."""
    names = ("interpreter", "purelib", "platlib", "scripts", "data", "headers")
    paths = {
        name: root / getattr(environment, name).relative_to(environment.root) for name in names
    }
    return replace(environment, root=root, **paths)


def put(environment: Environment, wheel: Path, *, requested: bool = True) -> StagedWheel:
    """Install a wheel as a repair does."""
    keep = (*environment.site_folders, environment.scripts, environment.headers)
    with (
        Transaction.begin(environment.root, plan={}, keep=keep) as transaction,
        Compilers(environment) as compilers,
    ):
        staged = stage_wheel(
            wheel,
            environment,
            transaction.stage / "x",
            requested=requested,
            on_module=compilers.compile,
        )
        transaction.install(staged.files)
        compilers.finish([], timeout=60)
        transaction.commit(lambda _: DROP)
    return staged


def run(script: Path) -> str:
    return subprocess.run([script], capture_output=True, text=True, check=True).stdout


def rows(environment: Environment) -> dict[str, tuple[str, str]]:
    (record,) = environment.purelib.glob("*.dist-info/RECORD")
    with record.open(newline="", encoding="utf-8") as file:
        return {path: (digest, size) for path, digest, size in csv.reader(file)}


# Equal to a clean install.


@pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="no pip to compare with")
def test_the_tree_equals_what_pip_makes_of_the_same_wheel(
    target: Environment, described: Environment, tmp_path: Path, rich_wheel: Path
) -> None:
    other = moved(described, tmp_path / "by-pip")
    shutil.copytree(described.root, other.root, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(other.interpreter), "install"]
    options = ["--no-index", "--no-deps", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, *options, str(rich_wheel)], check=True)

    put(target, rich_wheel)

    assert differences(target.root, other.root) == []
    assert pyc_files(target) == pyc_files(other)
    shutil.rmtree(target.root / ".venv-health")
    modes = {path: row[:2] for path, row in snapshot(target.root).items()}
    pips = {path: row[:2] for path, row in snapshot(other.root).items()}
    assert {path: row for path, row in pips.items() if "direct_url" not in path} == modes


def pyc_files(environment: Environment) -> set[str]:
    return {str(path.relative_to(environment.root)) for path in environment.purelib.rglob("*.pyc")}


def test_scripts_start_the_targets_interpreter(target: Environment, rich_wheel: Path) -> None:
    put(target, rich_wheel)

    for name in ("rich-main", "rich-more", "rich-window"):
        assert run(target.scripts / name) == f"called {target.root}\n"
    assert run(target.scripts / "rich-script") == f"script {target.root}\n"
    assert run(target.scripts / "rich-shell") == "shell\n"
    assert run(target.purelib / "richdemo" / "tool.sh") == "tool\n"


def test_a_script_stands_back_for_the_launcher_of_its_name(
    target: Environment, tmp_path: Path
) -> None:
    # pip does so, too, but lists a file in RECORD then that is not there.
    wheel = make_wheel(
        tmp_path,
        "demo",
        files={"demo/__init__.py": "main = str\n", "demo-1.0.data/scripts/demo": "#!python\n"},
        entry_points="[console_scripts]\ndemo = demo:main\n",
    )

    put(target, wheel)

    assert "from demo import main" in (target.scripts / "demo").read_text()
    assert [path for path in rows(target) if "demo" in path and "bin" in path] == [
        "../../../bin/demo"
    ]


def test_record_lists_exactly_what_is_there(target: Environment, rich_wheel: Path) -> None:
    staged = put(target, rich_wheel)

    listed = rows(target)
    there = {os.path.relpath(final, target.purelib) for _, final, _ in staged.files}
    assert set(listed) == there
    assert "../../../bin/rich-main" in listed
    assert listed["richdemo-1.0.dist-info/RECORD"] == ("", "")
    for path, (encoded, size) in listed.items():
        data = (target.purelib / path).read_bytes()
        if not path.endswith("RECORD"):
            assert (encoded, size) == (f"sha256={digest(data)}", str(len(data)))


@pytest.mark.parametrize("requested", [True, False])
def test_who_installed_it_and_whether_it_was_asked_for(
    target: Environment, tmp_path: Path, requested: bool
) -> None:
    wheel = make_wheel(tmp_path, "demo")
    stage = tmp_path / "stage"
    stage_wheel(wheel, target, stage, requested=requested, direct_url=b"{}")

    (folder,) = stage.rglob("demo-1.0.dist-info")
    assert (folder / "INSTALLER").read_text() == "pytest-venvhealth\n"
    assert (folder / "direct_url.json").read_text() == "{}"
    assert (folder / "REQUESTED").exists() is requested


def test_staging_touches_neither_the_environment_nor_the_wheel(
    target: Environment, tmp_path: Path, rich_wheel: Path
) -> None:
    before = snapshot(target.root, bytecode=True)
    hash_before = hashlib.sha256(rich_wheel.read_bytes()).hexdigest()

    staged = stage_wheel(rich_wheel, target, tmp_path / "stage", requested=False)

    assert snapshot(target.root, bytecode=True) == before
    assert hashlib.sha256(rich_wheel.read_bytes()).hexdigest() == hash_before
    sources = [Path(file.staged) for file in staged.files]
    assert all(source.is_relative_to(tmp_path / "stage") for source in sources)
    assert all(source.stat().st_nlink == 1 for source in sources)


def test_bytecode_in_a_wheel_is_left_out_without_a_word(
    target: Environment, tmp_path: Path
) -> None:
    # Warnings are errors in these tests, and `installer` would warn.
    files = {"demo/__init__.py": "", "demo/__pycache__/__init__.cpython-311.pyc": "evil"}
    wheel = make_wheel(tmp_path, "demo", files=files)

    staged = stage_wheel(wheel, target, tmp_path / "stage", requested=False)

    assert [file.final for file in staged.files if "__pycache__" in file.final] == []
    assert not any("__pycache__" in str(path) for path in (tmp_path / "stage").rglob("*"))


def test_what_the_wheel_brings_of_the_installers_own_files_is_replaced(
    target: Environment, tmp_path: Path
) -> None:
    files = {"demo/__init__.py": "", "demo-1.0.dist-info/INSTALLER": "somebody\n"}

    stage_wheel(
        make_wheel(tmp_path, "demo", files=files), target, tmp_path / "stage", requested=False
    )

    (path,) = (tmp_path / "stage").rglob("INSTALLER")
    assert path.read_text() == "pytest-venvhealth\n"


def test_modes_follow_the_umask(target: Environment, tmp_path: Path) -> None:
    wheel = make_wheel(
        tmp_path, "demo", files={"demo/a.py": "", "demo/b.sh": ""}, executables=["demo/b.sh"]
    )
    before = os.umask(0o027)
    try:
        staged = stage_wheel(wheel, target, tmp_path / "stage", requested=False)
    finally:
        os.umask(before)

    sources = [Path(file.staged) for file in staged.files]
    modes = {source.name: stat.S_IMODE(source.stat().st_mode) for source in sources}
    assert (modes["a.py"], modes["b.sh"]) == (0o640, 0o751)


@pytest.mark.parametrize(
    "name", [pytest.param("with a space", id="space"), pytest.param("l" * 120, id="long")]
)
def test_scripts_work_where_a_plain_first_line_does_not(
    described: Environment, tmp_path: Path, rich_wheel: Path, name: str
) -> None:
    root = tmp_path / name / "it's"
    shutil.copytree(described.root, root, symlinks=True)
    environment = moved(described, root)

    put(environment, rich_wheel)

    assert run(root / "bin" / "rich-main") == f"called {root}\n"
    assert run(root / "bin" / "rich-script") == f"script {root}\n"


def test_the_first_line_is_plain_as_long_as_the_system_reads_it() -> None:
    assert shebang("/venv/bin/python") == b"#!/venv/bin/python\n"
    longest = "/" + "x" * 123
    assert shebang(longest) == f"#!{longest}\n".encode()
    assert shebang(longest + "x").startswith(b"#!/bin/sh\n")


def test_a_windows_target_gets_executables_of_its_platform(
    target: Environment, tmp_path: Path, rich_wheel: Path
) -> None:
    windows = replace(
        target,
        platform="win-amd64",
        markers={**target.markers, "os_name": "nt"},
        scripts=target.root / "Scripts",
        interpreter=target.root / "Scripts" / "python.exe",
        purelib=target.root / "Lib" / "site-packages",
        platlib=target.root / "Lib" / "site-packages",
    )

    staged = stage_wheel(rich_wheel, windows, tmp_path / "stage", requested=False)

    sources = {Path(file.final).name: Path(file.staged) for file in staged.files}
    launcher = sources["rich-main.exe"].read_bytes()
    assert launcher.startswith(b"MZ")
    assert f"#!{windows.interpreter}\n".encode() in launcher
    assert sources["rich-script"].read_bytes().startswith(f"#!{windows.interpreter}\n".encode())
    assert b"../../Scripts/rich-main.exe," in sources["RECORD"].read_bytes()


@pytest.mark.parametrize(
    ("platform", "kind"),
    [("win32", "win-ia32"), ("win-amd64", "win-amd64"), ("win-arm64", "win-arm64")],
)
def test_the_launcher_is_the_targets_not_the_hosts(
    target: Environment, platform: str, kind: str
) -> None:
    assert launcher_kind(target) == "posix"
    windows = replace(target, platform=platform, markers={"os_name": "nt"})
    assert launcher_kind(windows) == kind


def test_a_data_folder_named_otherwise_than_the_file_is_understood(
    target: Environment, tmp_path: Path
) -> None:
    # An index writes file names in normalized form, what is inside stays as it was built.
    made = make_wheel(
        tmp_path / "made", "Big.Name", files={"Big.Name-1.0.data/scripts/big": "#!python\n"}
    )
    wheel = made.rename(tmp_path / "big_name-1.0-py3-none-any.whl")

    staged = stage_wheel(wheel, target, tmp_path / "stage", requested=False)

    assert str(target.scripts / "big") in [file.final for file in staged.files]


# Bytecode.


def test_the_target_compiles_what_compiles_and_the_rest_is_no_error(
    target: Environment, rich_wheel: Path
) -> None:
    put(target, rich_wheel)

    cached = {path.name for path in (target.purelib / "richdemo" / "__pycache__").iterdir()}
    tag = target.cache_tag
    assert cached == {f"{name}.{tag}.pyc" for name in ("__init__", "pure", "plat")}


def test_bytecode_is_valid_so_that_an_import_does_not_write_it_again(
    target: Environment, tmp_path: Path
) -> None:
    put(target, make_wheel(tmp_path, "demo"))
    (cached,) = (target.purelib / "demo" / "__pycache__").iterdir()
    before = (cached.stat().st_mtime_ns, cached.stat().st_ino)

    subprocess.run([target.interpreter, "-c", "import demo"], check=True, cwd=tmp_path)

    assert (cached.stat().st_mtime_ns, cached.stat().st_ino) == before


# Bad wheels.


def remake(wheel: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Write a wheel's archive again with other entries, RECORD untouched unless `change` does."""
    with zipfile.ZipFile(wheel) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    change(entries)
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data)
    return wheel


def add_entry(wheel: Path, name: str, *, mode: int = 0o100644, listed: bool = True) -> Path:
    """Append an entry, and its row to RECORD, where `listed`."""
    data = b"elsewhere"

    def list_it(entries: dict[str, bytes]) -> None:
        row = f'"{name}",sha256={digest(data)},{len(data)}\n'
        entries["demo-1.0.dist-info/RECORD"] += row.encode()

    if listed:
        remake(wheel, list_it)
    with zipfile.ZipFile(wheel, "a") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        info.external_attr = mode << 16
        archive.writestr(info, data)
    return wheel


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path / "house", "demo")


HOSTILE = [
    pytest.param("../escape.py", {}, "leads elsewhere", id="dots"),
    pytest.param("demo/../../escape.py", {}, "leads elsewhere", id="dots inside"),
    pytest.param("demo//x.py", {}, "leads elsewhere", id="empty part"),
    pytest.param("./demo/x.py", {}, "leads elsewhere", id="dot"),
    pytest.param("/tmp/escape.py", {}, "absolute name", id="absolute"),
    pytest.param("C:/escape.py", {}, "absolute name", id="drive"),
    pytest.param("demo\\x.py", {}, "no plain path", id="backslash"),
    pytest.param("demo/link", {"mode": 0o120777}, "is a symbolic link", id="link"),
    pytest.param("demo/pipe", {"mode": 0o010644}, "is no plain file", id="pipe"),
    pytest.param("demo/extra.py", {"listed": False}, "not in the wheel's RECORD", id="unlisted"),
    pytest.param("demo-1.0.data/nowhere/x", {}, "valid .data subdirectory", id="no scheme"),
    pytest.param("demo-1.0.data/purelib/demo/__init__.py", {}, "from two entries", id="clash"),
]


@pytest.mark.parametrize(("name", "options", "reason"), HOSTILE)
def test_a_hostile_entry_is_refused_by_name_and_nothing_is_written_elsewhere(
    target: Environment,
    tmp_path: Path,
    wheel: Path,
    name: str,
    options: Mapping[str, int],
    reason: str,
) -> None:
    add_entry(wheel, name, **options)  # type: ignore[arg-type]
    before = snapshot(tmp_path, bytecode=True)

    with pytest.raises(WheelRefusedError, match=reason) as refused:
        stage_wheel(wheel, target, tmp_path / "stage", requested=False)

    assert str(wheel) in str(refused.value)
    shutil.rmtree(tmp_path / "stage", ignore_errors=True)
    assert snapshot(tmp_path, bytecode=True) == before


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused(
    target: Environment, tmp_path: Path, wheel: Path
) -> None:
    add_entry(wheel, "demo/__init__.py", listed=False)

    with pytest.raises(WheelRefusedError, match="is in the archive twice"):
        stage_wheel(wheel, target, tmp_path / "stage", requested=False)


RECORD = "demo-1.0.dist-info/RECORD"
BROKEN = [
    pytest.param(lambda e: e.pop("demo/__init__.py"), "RECORD but not in the archive"),
    pytest.param(lambda e: e.pop(RECORD), "RECORD' is missing"),
    pytest.param(lambda e: e.update({RECORD: b"a,b\n"}), r"RECORD' is bad: row 1 has 2 columns"),
    pytest.param(lambda e: e.update({RECORD: b"\xff,,\n"}), "RECORD' is not UTF-8"),
    pytest.param(
        lambda e: e.update({RECORD: e[RECORD].replace(b"sha256", b"md5")}), "no sha256 or better"
    ),
    pytest.param(
        lambda e: e.update({RECORD: b"demo/__init__.py,,\n" + e[RECORD]}), "two hashes in RECORD"
    ),
    pytest.param(
        lambda e: e.update({"other-1.0.dist-info/METADATA": b""}), "exactly one .dist-info"
    ),
    pytest.param(lambda e: e.clear(), "exactly one .dist-info"),
]


@pytest.mark.parametrize(("change", "reason"), BROKEN)
def test_an_archive_that_its_record_does_not_fit_is_refused(
    target: Environment,
    tmp_path: Path,
    wheel: Path,
    change: Callable[[dict[str, bytes]], object],
    reason: str,
) -> None:
    remake(wheel, change)

    with pytest.raises(WheelRefusedError, match=reason):
        stage_wheel(wheel, target, tmp_path / "stage", requested=False)
    with pytest.raises(WheelRefusedError, match=reason):
        verify_wheel(wheel, sha256=hashlib.sha256(wheel.read_bytes()).hexdigest())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("no section\n", "no section headers", id="no section"),
        pytest.param("[console_scripts]\nx = demo\n", "x = demo names no function", id="module"),
        pytest.param("[console_scripts]\nx = a:b; rm\n", "names no function", id="more"),
        pytest.param("[console_scripts]\n../x = demo:f\n", "no name of a script", id="dots"),
        pytest.param("[console_scripts]\nx = d:f\nx = d:g\n", "already exists", id="twice"),
        pytest.param("[console_scripts]\nx = %(y)s:f\n", "no list of entry points", id="percent"),
    ],
)
def test_broken_entry_points_are_a_sentence(
    target: Environment, tmp_path: Path, text: str, reason: str
) -> None:
    wheel = make_wheel(tmp_path, "demo", entry_points=text)

    with pytest.raises(WheelRefusedError, match=reason) as refused:
        stage_wheel(wheel, target, tmp_path / "stage", requested=False)

    assert "demo-1.0.dist-info/entry_points.txt" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["demo/__init__.py", "demo-1.0.data/scripts/demo-script"])
def test_an_entry_with_other_bytes_is_found_while_it_is_unpacked(
    target: Environment, tmp_path: Path, name: str
) -> None:
    wheel = make_wheel(tmp_path, "demo", files={name: "#!python\nVALUE = 1\n"})
    remake(wheel, lambda entries: entries.update({name: b"#!python\nVALUE = 2\n"}))

    with pytest.raises(WheelDamagedError, match=f"{name} is not what the wheel's own RECORD says"):
        stage_wheel(wheel, target, tmp_path / "stage", requested=False)
    with pytest.raises(WheelDamagedError, match=f"{name} is not what the wheel's own RECORD says"):
        verify_wheel(wheel, sha256=None)


def flip_a_byte_of(name: str) -> Callable[[Path], None]:
    def flip(wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            start = archive.getinfo(name).header_offset + 30 + len(name)
        data = bytearray(wheel.read_bytes())
        data[start + 2] ^= 0xFF
        wheel.write_bytes(bytes(data))

    return flip


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-40]), id="cut short"),
        pytest.param(lambda path: path.write_bytes(b"<html>not found</html>"), id="no archive"),
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="folder"),
        pytest.param(flip_a_byte_of("demo/__init__.py"), id="bad entry"),
        pytest.param(flip_a_byte_of(RECORD), id="bad RECORD"),
    ],
)
def test_a_broken_archive_is_named(
    target: Environment, tmp_path: Path, wheel: Path, damage: Callable[[Path], object]
) -> None:
    damage(wheel)

    with pytest.raises(WheelDamagedError, match=r"demo-1.0-py3-none-any.whl is damaged: "):
        verify_wheel(wheel, sha256=None)
    with pytest.raises(WheelDamagedError, match="Put a good copy of this wheel there"):
        stage_wheel(wheel, target, tmp_path / "stage", requested=False)


def test_a_wheel_is_verified_by_the_locks_hash_or_by_its_own_record(wheel: Path) -> None:
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()

    assert verify_wheel(wheel, sha256=found.upper()) == found
    assert verify_wheel(wheel, sha256=None) == found
    with pytest.raises(WheelDamagedError, match=f"its sha256 is {found}, the lock says 0000"):
        verify_wheel(wheel, sha256="0" * 64)


def test_a_full_disk_while_unpacking_is_said(target: Environment, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", files={"demo/weights.bin": os.urandom(300_000)})
    before = snapshot(target.root)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
    try:
        with pytest.raises(StagingError, match=r"File too large\. Free some space"):
            stage_wheel(wheel, target, tmp_path / "stage", requested=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    assert snapshot(target.root) == before


def test_errors_survive_pickling(tmp_path: Path) -> None:
    for error in (
        WheelDamagedError(tmp_path, "its sha256 is 00"),
        WheelRefusedError(tmp_path, "../x", "leads elsewhere"),
        StagingError(tmp_path, "/x", "No space left on device", "Free some."),
    ):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
