"""Hostile and damaged wheels and RECORDs: refused by name, with nothing touched anywhere.

Each row is tried on a real venv that lacks a file, with the hostile wheel as the only one to heal
it: planned and carried out, and some of every kind through the whole plugin. What lies around the
venv is compared byte for byte, times included.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import hostile
import pytest
from compare_trees import differences
from conftest import Health, RunHealth
from hostile import DIST_INFO, METADATA, RECORD, WHEEL, Archive
from targets import install_wheel, make_venv, site_packages, snapshot
from wheels import digest, make_wheel

from pytest_venvhealth.checks.files import check_files
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.profile import Profile, load_profile
from pytest_venvhealth.repair.claims import claimed_environment_files, new_pth_files
from pytest_venvhealth.repair.plan import plan_repair
from pytest_venvhealth.repair.routine import carry_out, refuse
from pytest_venvhealth.repair.wheel_entries import size_fault
from pytest_venvhealth.repair.wheel_errors import WheelRefusedError
from pytest_venvhealth.repair.wheel_source import verify_wheel
from pytest_venvhealth.results import RepairRecord, RepairResult
from pytest_venvhealth.wheelhouse import Wheelhouse

pytestmark = pytest.mark.sampled(2)

WHEEL_NAME = "victim-1.0-py3-none-any.whl"
MEGABYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Area:
    """A venv, and all that a hostile wheel could reach from it."""

    folder: Path
    described: Environment | None = None
    """Spares asking an interpreter that no test has touched."""

    def facts(self) -> Facts:
        environment = self.described or Environment.at(self.root)
        path = self.folder / "outside" / "profile.toml"
        profile = load_profile(path) if path.exists() else Profile.empty("target")
        return Facts.gather(environment, profile, Wheelhouse.at([self.house]))

    def repair(self) -> tuple[RepairRecord, ...]:
        """Plan a repair of `victim` and carry it out, or refuse, as the plugin does."""
        facts = self.facts()
        plan = plan_repair(facts, ["victim"])
        if plan.refusals:
            return refuse(plan)
        return carry_out(plan, facts, verify=lambda: None)

    @property
    def root(self) -> Path:
        return self.folder / "target"

    @property
    def site(self) -> Path:
        return site_packages(self.root)

    @property
    def house(self) -> Path:
        return self.folder / "wheelhouse"

    @property
    def sentinel(self) -> Path:
        return self.folder / "outside" / "sentinel.txt"

    def surroundings(self) -> dict[str, object]:
        """Return everything but the venv: contents, modes, links; of files also the time."""
        seen: dict[str, object] = {}
        for folder in ("wheelhouse", "outside", "home", "temp"):
            top = self.folder / folder
            seen[folder] = top.lstat().st_mode
            for path in sorted(top.rglob("*")):
                status = path.lstat()
                plain = path.is_file() and not path.is_symlink()
                content = hashlib.sha256(path.read_bytes()).hexdigest() if plain else ""
                seen[str(path.relative_to(self.folder))] = (
                    status.st_mode,
                    status.st_size if plain else 0,
                    status.st_mtime_ns if not path.is_dir() else 0,
                    content,
                )
        seen["wheelhouse's time"] = self.house.stat().st_mtime_ns
        seen["beside"] = sorted(os.listdir(self.folder))
        seen["above"] = sorted(os.listdir(self.folder.parent))
        return seen


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Area:
    """`victim` and `bystander`, healthy, with their good wheels."""
    area = Area(folder=tmp_path_factory.mktemp("hostile") / "kept")
    for name in ("outside", "home", "temp"):
        (area.folder / name).mkdir(parents=True)
    area.sentinel.write_text("untouched\n")
    (area.folder / "home" / ".profile").write_text("export PATH\n")
    (area.folder / "temp" / "other-program.tmp").write_text("busy\n")
    victim = make_wheel(area.house, "victim", files=hostile.FILES)
    bystander = make_wheel(area.house, "bystander", files={"bystander/__init__.py": "STAND = 1\n"})
    make_venv(area.root)
    for wheel in (victim, bystander):
        install_wheel(area.root, wheel)
    return area


@pytest.fixture(scope="module")
def described(healthy: Area) -> Environment:
    """The venv of every test, which all have at the same place."""
    area = put(healthy)
    return Environment.at(area.root)


@pytest.fixture
def area(healthy: Area, described: Environment, monkeypatch: pytest.MonkeyPatch) -> Area:
    """A copy of the healthy venv and all around it; there `victim` lacks a file."""
    area = replace(put(healthy), described=described)
    (area.site / "victim" / "lost.py").unlink()
    monkeypatch.setenv("HOME", str(area.folder / "home"))
    monkeypatch.setenv("TMPDIR", str(area.folder / "temp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return area


def put(healthy: Area) -> Area:
    """Return a fresh copy, which is always at the same place."""
    area = Area(folder=healthy.folder.parent / "area")
    shutil.rmtree(area.folder, ignore_errors=True)
    shutil.copytree(healthy.folder, area.folder, symlinks=True)
    for path in (area.root / "pyvenv.cfg", *(area.root / "bin").glob("*ctivate*")):
        path.write_text(path.read_text().replace(str(healthy.root), str(area.root)))
    return area


@pytest.fixture
def heal(
    area: Area, run_health: RunHealth, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Health]:
    """Run the plugin on the venv with `--repair`."""
    monkeypatch.setenv("HOME", str(area.folder / "home"))

    def run() -> Health:
        options = (f"--venv={area.root}", f"--venv-wheelhouse={area.house}", "--repair")
        return run_health(*options, "-p", "no:cacheprovider", "venv-health::victim[files]")

    return run


# Each makes the one wheel of `victim` hostile.


def adding(name: str, data: bytes = b"hostile\n", **fields: object) -> Callable[[Area], None]:
    def make(area: Area) -> None:
        archive = Archive(area.house)
        archive.add(name.format(area=area), data, **fields)
        archive.write()

    return make


def changing(change: Callable[[Archive], object]) -> Callable[[Area], None]:
    def make(area: Area) -> None:
        archive = Archive(area.house)
        change(archive)
        archive.write()

    return make


def patching(
    change: Callable[[Path], object], name: str = "victim/extra.bin", data: bytes = b"hostile\n"
) -> Callable[[Area], None]:
    def make(area: Area) -> None:
        archive = Archive(area.house)
        archive.add(name, data)
        change(archive.write())

    return make


def with_record(change: Callable[[bytes], bytes]) -> Callable[[Area], None]:
    def make(area: Area) -> None:
        archive = Archive(area.house)
        archive.record = change(archive.honest_record())
        archive.write()

    return make


def with_text(name: str, old: str, new: str) -> Callable[[Area], None]:
    def change(archive: Archive) -> None:
        (entry,) = (entry for entry in archive.entries if entry.name == name)
        assert old in entry.data.decode()
        archive.change(name, data=entry.data.replace(old.encode(), new.encode()))

    return changing(change)


def lock_of(area: Area) -> Path:
    """Write a profile whose lock has the wheel as it is, and return it."""
    found = hashlib.sha256((area.house / WHEEL_NAME).read_bytes()).hexdigest()
    folder = area.folder / "outside"
    (folder / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "a test"\n'
        '[[packages]]\nname = "victim"\nversion = "1.0"\n'
        f'[[packages.wheels]]\npath = "../wheelhouse/{WHEEL_NAME}"\n'
        f'hashes = {{ sha256 = "{found}" }}\n'
    )
    (folder / "profile.toml").write_text('lock = "pylock.toml"\n')
    return folder / "profile.toml"


def locked(make: Callable[[Area], None]) -> Callable[[Area], None]:
    """Let a lock vouch for it: without one, other metadata would be taken for another build."""

    def make_and_lock(area: Area) -> None:
        make(area)
        lock_of(area)

    return make_and_lock


def pair(one: str, other: str) -> Callable[[Area], None]:
    def change(archive: Archive) -> None:
        archive.add(one)
        archive.add(other)

    return changing(change)


def without_record(area: Area) -> None:
    Archive(area.house).write(with_record=False)


def understated(*, honest: bool) -> Callable[[Area], None]:
    """An entry of 20 MB that says it had 1000 bytes, as RECORD and CRC say too, or do not."""
    data = bytes(20 * MEGABYTE)
    part = data[:1000]

    def make(area: Area) -> None:
        archive = Archive(area.house)
        archive.add(
            "victim/bomb.bin",
            data,
            row_hash=None if honest else f"sha256={digest(part)}",
            row_size="" if honest else "1000",
        )
        path = archive.write()
        hostile.set_sizes(path, "victim/bomb.bin", unpacked=1000, data=None if honest else part)

    return make


def flipped(area: Area) -> None:
    archive = Archive(area.house)
    archive.change("victim/data.txt", method=zipfile.ZIP_STORED)
    path = archive.write()
    path.write_bytes(path.read_bytes().replace(b"kept\n", b"kepT\n"))


def a_pipe(area: Area) -> None:
    (area.house / WHEEL_NAME).unlink()
    os.mkfifo(area.house / WHEEL_NAME)


def launcher(text: str) -> Callable[[Area], None]:
    return adding(f"{DIST_INFO}/entry_points.txt", text.encode())


LONG = "x" * 300
WHEELS = [
    # names
    pytest.param(adding("../escape.py"), "../escape.py", id="dots"),
    pytest.param(adding("victim/../../escape.py"), "victim/../../escape.py", id="dots-inside"),
    pytest.param(adding("./victim/more.py"), "./victim/more.py", id="dot"),
    pytest.param(adding("victim//more.py"), "victim//more.py", id="empty-part"),
    pytest.param(adding("{area.sentinel}"), "outside/sentinel.txt", id="absolute"),
    pytest.param(adding("C:/more.py"), "C:/more.py", id="drive"),
    pytest.param(adding("victim\\..\\more.py"), "more.py", id="backslash"),
    pytest.param(adding("victim/a\x1b[2Jb.py"), "victim/a\\x1b[2Jb.py", id="control-character"),
    pytest.param(adding(f"victim/{LONG}.py"), f"victim/{LONG}.py", id="part-too-long"),
    pytest.param(adding("victim/" + "x/" * 600), "x/x/x/x", id="name-too-long"),
    pytest.param(adding("victim-1.0.data/scripts/../../../x"), "data/scripts/..", id="data-dots"),
    # kinds
    pytest.param(adding("victim/link", b"/etc", mode=0o120777), "victim/link", id="link"),
    pytest.param(adding("victim/pipe", b"", mode=0o010644), "victim/pipe", id="pipe"),
    pytest.param(adding("victim/disk", b"", mode=0o060644), "victim/disk", id="device"),
    pytest.param(adding("victim/dir", mode=0o040755), "victim/dir", id="file-that-is-a-folder"),
    pytest.param(adding("victim/dir/"), "victim/dir/", id="folder-with-contents"),
    pytest.param(
        patching(lambda path: hostile.set_flag(path, "victim/extra.bin", 1)),
        "victim/extra.bin",
        id="encrypted",
    ),
    pytest.param(adding("victim/x.bin", method=zipfile.ZIP_BZIP2), "victim/x.bin", id="bzip2"),
    pytest.param(adding("victim/x.bin", method=zipfile.ZIP_LZMA), "victim/x.bin", id="lzma"),
    # bombs
    pytest.param(adding("victim/bomb.bin", bytes(80 * MEGABYTE)), "a zip bomb", id="bomb"),
    pytest.param(
        patching(lambda path: hostile.set_sizes(path, "victim/extra.bin", unpacked=3 << 30)),
        "a zip bomb",
        id="bomb-by-what-it-declares",
    ),
    pytest.param(understated(honest=True), "victim/bomb.bin", id="bomb-understated"),
    pytest.param(understated(honest=False), "victim/bomb.bin", id="bomb-understated-with-its-crc"),
    pytest.param(
        locked(changing(lambda each: each.change(METADATA, data=b"Name: victim\n" * 5_170_000))),
        METADATA,
        id="metadata-without-end",
    ),
    pytest.param(
        patching(lambda path: hostile.share_contents(path, "victim/extra.bin", "victim/data.txt")),
        "victim/",
        id="entries-over-each-other",
    ),
    # what reads it from its start would see another archive
    pytest.param(
        patching(lambda path: hostile.rename_locally(path, "victim/extra.bin", "../../escape.bin")),
        "victim/extra.bin",
        id="another-name-in-its-own-header",
    ),
    pytest.param(
        patching(lambda path: hostile.set_local_size(path, "victim/extra.bin", 9999)),
        "victim/extra.bin",
        id="another-size-in-its-own-header",
    ),
    # RECORD
    pytest.param(adding("victim/more.py", listed=False), "victim/more.py", id="not-in-record"),
    pytest.param(
        with_record(lambda rows: rows + b"victim/more.py,sha256=AAAA,4\n"),
        "victim/more.py",
        id="only-in-record",
    ),
    pytest.param(
        with_record(lambda rows: rows + b"../../../escape.py,sha256=AAAA,4\n"),
        "../../../escape.py",
        id="only-in-record-and-elsewhere",
    ),
    pytest.param(adding("victim/x.bin", row_hash="md5=AAAA"), "victim/x.bin", id="md5"),
    pytest.param(adding("victim/x.bin", row_hash=""), "victim/x.bin", id="no-hash"),
    pytest.param(
        adding("victim/x.bin", row_hash=f"sha256={digest(b'else')}"),
        "victim/x.bin",
        id="another-hash",
    ),
    pytest.param(
        with_record(lambda rows: b"victim/data.txt,sha256=AAAA,5\n" + rows),
        "victim/data.txt",
        id="two-hashes",
    ),
    pytest.param(without_record, RECORD, id="no-record"),
    pytest.param(with_record(lambda rows: rows + b"\xff,,\n"), "RECORD", id="record-no-text"),
    pytest.param(with_record(lambda rows: rows + b"one,two\n"), "RECORD", id="record-no-table"),
    pytest.param(with_record(lambda rows: bytes(80 * MEGABYTE)), "RECORD", id="record-without-end"),
    # clashes
    pytest.param(pair("victim/x.py", "victim/x.py"), "victim/x.py", id="twice"),
    pytest.param(pair("victim/x.py", "victim/X.py"), "victim/X.py", id="case"),
    pytest.param(pair("victim/caf\u00e9", "victim/cafe\u0301"), "victim/caf", id="accent"),
    pytest.param(pair("victim/x", "victim/x/y.py"), "victim/x", id="file-and-folder"),
    pytest.param(pair("victim/x/y.py", "victim/X"), "victim/X", id="folder-and-file-by-case"),
    pytest.param(
        adding("victim-1.0.data/purelib/victim/data.txt"),
        "victim-1.0.data/purelib/victim/data.txt",
        id="one-place-from-two-entries",
    ),
    # who it is
    pytest.param(
        locked(with_text(METADATA, "Name: victim", "Name: other")), METADATA, id="other-name"
    ),
    pytest.param(
        locked(with_text(METADATA, "Version: 1.0", "Version: 1.1")), METADATA, id="other-version"
    ),
    pytest.param(
        locked(with_text(METADATA, "Name: victim", "Name: victim\nName: other")),
        METADATA,
        id="two-names",
    ),
    pytest.param(changing(lambda each: each.remove(METADATA)), METADATA, id="no-metadata"),
    pytest.param(changing(lambda each: each.remove(WHEEL)), WHEEL, id="no-wheel-file"),
    pytest.param(
        locked(with_text(WHEEL, "Wheel-Version: 1.0", "Wheel-Version: 2.0")), WHEEL, id="format"
    ),
    pytest.param(locked(with_text(WHEEL, "Wheel-Version: 1.0", "X: 1")), WHEEL, id="no-format"),
    pytest.param(
        changing(lambda each: each.rename(DIST_INFO, "other-1.0.dist-info")),
        "other-1.0.dist-info",
        id="metadata-of-another",
    ),
    pytest.param(
        changing(lambda each: each.rename(DIST_INFO, "victim-1.1.dist-info")),
        "victim-1.1.dist-info",
        id="metadata-of-another-version",
    ),
    pytest.param(adding("other-1.0.dist-info/METADATA"), "other-1.0.dist-info", id="two-metadata"),
    pytest.param(adding("other-1.0.data/purelib/x.py"), "other-1.0.data/purelib/x.py", id="data"),
    pytest.param(adding("victim-1.0.data/else/x.py"), "victim-1.0.data/else/x.py", id="scheme"),
    pytest.param(
        launcher("[console_scripts]\n../x = victim:f\n"), "entry_points.txt", id="script-elsewhere"
    ),
    pytest.param(
        launcher("[console_scripts]\nx = victim:f; rm\n"), "entry_points.txt", id="script-of-code"
    ),
    # damaged archives
    pytest.param(flipped, "victim/data.txt", id="flipped-bit"),
    pytest.param(
        lambda area: Archive(area.house).path.write_bytes(b"<html>"), WHEEL_NAME, id="html"
    ),
    pytest.param(
        lambda area: os.truncate(Archive(area.house).write(), 700), WHEEL_NAME, id="cut-short"
    ),
    pytest.param(
        a_pipe,
        WHEEL_NAME,
        id="wheel-is-a-pipe",
    ),
    # what makes the environment itself
    pytest.param(adding("victim-1.0.data/scripts/python"), "bin/python", id="interpreter"),
    pytest.param(adding("victim-1.0.data/scripts/python3"), "bin/python3", id="other-interpreter"),
    pytest.param(adding("victim-1.0.data/data/bin/python"), "bin/python", id="by-data"),
    pytest.param(adding("victim-1.0.data/scripts/activate"), "bin/activate", id="activate"),
    pytest.param(
        adding("victim-1.0.data/scripts/pyvenv.cfg"), "bin/pyvenv.cfg", id="config-in-bin"
    ),
    pytest.param(adding("victim-1.0.data/data/pyvenv.cfg"), "pyvenv.cfg", id="config"),
    pytest.param(adding("victim-1.0.data/data/lib64"), "lib64", id="folder-that-all-share"),
    pytest.param(
        adding("victim-1.0.data/data/.venv-health/lock"), ".venv-health/lock", id="our-own-folder"
    ),
    pytest.param(
        launcher("[console_scripts]\npython3 = victim:f\n"), "bin/python3", id="launcher-of-python"
    ),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("make", "named"), WHEELS)
def test_a_hostile_wheel_is_refused_by_name_and_nothing_is_touched(
    area: Area, make: Callable[[Area], None], named: str
) -> None:
    make(area)
    before, around = snapshot(area.root), area.surroundings()

    (repair,) = area.repair()

    assert repair.result is RepairResult.REFUSED, repair.reason
    assert_named(area, repair.reason, named)
    assert before == snapshot(area.root)
    assert around == area.surroundings()


def assert_named(area: Area, reason: str | None, named: str) -> None:
    assert reason is not None
    assert WHEEL_NAME in reason
    assert named.format(area=area) in reason


THROUGH_THE_PLUGIN = {"dots", "not-in-record", "case", "config"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("make", "named"), [each for each in WHEELS if each.id in THROUGH_THE_PLUGIN]
)
def test_a_run_of_pytest_fails_and_says_which_wheel_is_hostile(
    area: Area, heal: Callable[[], Health], make: Callable[[Area], None], named: str
) -> None:
    make(area)
    before, around = snapshot(area.root), area.surroundings()

    health = heal()

    (repair,) = health.environment()["repairs"]
    assert (1, "refused") == (health.code, repair["result"])
    assert_named(area, repair["reason"], named)
    assert before == snapshot(area.root)
    assert around == area.surroundings()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "named"),
    [
        pytest.param(adding("../escape.py"), "../escape.py", id="dots"),
        pytest.param(adding("victim/bomb.bin", bytes(80 * MEGABYTE)), "a zip bomb", id="bomb"),
        pytest.param(pair("victim/x.py", "victim/X.py"), "victim/X.py", id="case"),
        pytest.param(with_text(METADATA, "Name: victim", "Name: other"), METADATA, id="other-name"),
    ],
)
def test_a_lock_that_vouches_for_a_hostile_wheel_changes_nothing(
    area: Area, make: Callable[[Area], None], named: str
) -> None:
    locked(make)(area)
    before, around = snapshot(area.root), area.surroundings()

    (repair,) = area.repair()

    assert repair.result is RepairResult.REFUSED, repair.reason
    assert_named(area, repair.reason, named)
    assert before == snapshot(area.root)
    assert around == area.surroundings()


def test_a_locked_bomb_that_hides_its_size_ends_while_it_is_unpacked(area: Area) -> None:
    """Its hash is the lock's, so its contents are first seen when it is staged."""
    locked(understated(honest=True))(area)
    before, around = snapshot(area.root), area.surroundings()

    (repair,) = area.repair()

    assert repair.result is not RepairResult.VERIFIED
    assert "unpacks to more bytes than the archive declares" in str(repair.reason)
    assert before == snapshot(area.root)
    assert around == area.surroundings()


# Installed RECORDs that lie, with a good wheel at hand.


def row(path: str) -> Callable[[Area], None]:
    """Add a row to the installed RECORD."""

    def lie(area: Area) -> None:
        record = area.site / DIST_INFO / "RECORD"
        text = f"{path.format(area=area)},sha256={digest(b'untouched')},9\n"
        with record.open("a") as file:
            file.write(text)

    return lie


def record_is_a_link(area: Area) -> None:
    record = area.site / DIST_INFO / "RECORD"
    elsewhere = area.folder / "outside" / "RECORD"
    shutil.move(record, elsewhere)
    record.symlink_to(elsewhere)


def file_is_a_link(area: Area) -> None:
    path = area.site / "victim" / "data.txt"
    path.unlink()
    path.symlink_to(area.sentinel)


def folder_is_a_link(area: Area) -> None:
    """A row that stays inside by its text, and leads out by a link."""
    (area.site / "victim" / "link").symlink_to(area.sentinel.parent)
    row("victim/link/sentinel.txt")(area)


def shared_folder_is_a_link(area: Area) -> None:
    (area.root / "share").symlink_to(area.sentinel.parent)
    row("../../../share/sentinel.txt")(area)


RECORDS = [
    pytest.param(row("{area.sentinel}"), "record-path-outside", id="absolute"),
    pytest.param(row("/etc/hostname"), "record-path-outside", id="file-of-the-system"),
    pytest.param(row("../../../../outside/sentinel.txt"), "record-path-outside", id="dots"),
    pytest.param(row("victim/../../../../../outside/sentinel.txt"), None, id="dots-inside"),
    pytest.param(row("{area.house}/bystander-1.0-py3-none-any.whl"), None, id="a-wheel"),
    pytest.param(row("../../../../wheelhouse/" + WHEEL_NAME), None, id="its-own-wheel"),
    pytest.param(row("bystander/__init__.py"), "record-lists-others", id="anothers-file"),
    pytest.param(row("bystander-1.0.dist-info/METADATA"), None, id="anothers-metadata"),
    pytest.param(row("bystander"), None, id="anothers-folder"),
    pytest.param(row("victim"), None, id="its-own-folder"),
    pytest.param(row("../../.."), None, id="the-environment"),
    pytest.param(row("../../../.."), None, id="what-lies-around"),
    pytest.param(row("../../../pyvenv.cfg"), None, id="config"),
    pytest.param(row("../../../bin/python"), None, id="interpreter"),
    pytest.param(row("../../../bin/python3"), None, id="other-interpreter"),
    pytest.param(row("../../../bin/activate"), None, id="activate"),
    pytest.param(row("../../../lib64"), None, id="folder-that-all-share"),
    pytest.param(row("victim/nul\0.py"), "record-invalid", id="nul"),
    pytest.param(row("victim/" + "y" * MEGABYTE), None, id="row-without-end"),
    pytest.param(record_is_a_link, None, id="record-is-a-link"),
    pytest.param(file_is_a_link, None, id="file-is-a-link"),
    pytest.param(folder_is_a_link, None, id="folder-is-a-link"),
    pytest.param(shared_folder_is_a_link, None, id="shared-folder-is-a-link"),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("lie", "said"), RECORDS)
def test_a_record_that_lies_is_never_followed_and_the_repair_heals(
    healthy: Area, area: Area, lie: Callable[[Area], None], said: str | None
) -> None:
    lie(area)
    around, environments_own = area.surroundings(), own_files(area.root)
    codes = [str(finding.code) for finding in check_files(area.facts(), "victim").findings]

    (repair,) = area.repair()

    assert repair.result is RepairResult.VERIFIED, repair.reason
    assert "file-missing" in codes
    assert said is None or said in codes
    assert_healed(area, healthy, around, environments_own)
    assert () == check_files(area.facts(), "victim").findings


def test_a_run_of_pytest_heals_what_has_a_record_that_lies(
    healthy: Area, area: Area, heal: Callable[[], Health]
) -> None:
    for path in ("{area.sentinel}", "../../../bin/python", "bystander"):
        row(path)(area)
    around, environments_own = area.surroundings(), own_files(area.root)

    health = heal()

    assert health.code == 0, health.text
    assert "record-path-outside" in health.codes("victim", healed=True)
    assert_healed(area, healthy, around, environments_own)


def assert_healed(area: Area, healthy: Area, around: object, environments_own: object) -> None:
    assert around == area.surroundings()
    assert environments_own == own_files(area.root)
    link = f"only in {area.root}: share"
    assert [] == [line for line in differences(area.root, healthy.root) if line != link]


def own_files(root: Path) -> dict[str, object]:
    """Return what makes the environment itself, by path."""
    return {
        path: what
        for path, what in snapshot(root).items()
        if path in ("pyvenv.cfg", "lib64") or path.startswith("bin")
    }


# The rules by themselves.


def test_sizes_are_refused_by_ratio_and_by_what_any_wheel_may_have() -> None:
    def entry(size: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo("x")
        info.file_size = size
        return info

    dense, huge = [entry(50 << 30)], [entry(33 << 30)]

    assert size_fault([entry(60 << 20)], 1000) is None
    assert size_fault([entry(4 << 30)], 1 << 30) is None
    assert "a zip bomb" in str(size_fault([entry(60 << 20)] * 2, 1 << 20))
    assert "more than any wheel needs" in str(size_fault(dense, 1 << 30))
    assert "more than any wheel needs" in str(size_fault(huge, 32 << 30))


def test_a_wheel_that_unpacks_to_more_than_a_disk_is_refused_before_it_is_read(
    tmp_path: Path,
) -> None:
    """Stored, so that the ratio is 1; the file has holes, and takes no room itself."""
    path = Archive(tmp_path).path
    path.unlink()
    with path.open("w+b") as file:
        file.truncate(33 << 30)
        file.seek(0, os.SEEK_END)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("victim/x.bin", b"")
            info = archive.getinfo("victim/x.bin")
            info.file_size = info.compress_size = 33 << 30
    wheel = Wheelhouse.at([tmp_path]).wheels[0]

    with pytest.raises(WheelRefusedError, match="more than any wheel needs"):
        verify_wheel(wheel.path, sha256=None)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("victim-1.0+local.1-py3-none-any.whl", "1.0+local.1", id="plus"),
        pytest.param("victim-1.0+local_1-py3-none-any.whl", "1.0+local.1", id="underscore"),
        pytest.param("Victim-1.0.0-py3-none-any.whl", "1.0", id="case-and-zero"),
    ],
)
def test_a_version_may_be_written_in_more_than_one_way(
    tmp_path: Path, name: str, told: str
) -> None:
    archive = Archive(tmp_path)
    (entry,) = (entry for entry in archive.entries if entry.name == METADATA)
    archive.change(METADATA, data=entry.data.replace(b"1.0\n", f"{told}\n".encode()))
    archive.rename(DIST_INFO, f"victim-{told.replace('+', '_', 1)}.dist-info")
    path = archive.write().rename(tmp_path / name)

    assert hashlib.sha256(path.read_bytes()).hexdigest() == verify_wheel(path, sha256=None)


def test_the_files_of_a_wheel_that_nobody_knows_are_told_apart(healthy: Area) -> None:
    environment = Environment.at(healthy.root)
    wheel = make_wheel(
        healthy.folder.parent / "claims",
        "claims",
        files={
            "claims.pth": "import claims\n",
            "known.pth": "import claims\n",
            "claims/inner.pth": "import claims\n",
            "claims/python": "no interpreter\n",
            "claims-1.0.data/scripts/python": "#!python\n",
            "claims-1.0.data/scripts/python-claims": "#!python\n",
            "claims-1.0.data/scripts/pip3": "#!python\n",
            "claims-1.0.data/data/share/pyvenv.cfg": "data\n",
            "claims-1.0.data/data/pyvenv.cfg": "home = /tmp\n",
        },
        entry_points="[console_scripts]\nactivate = claims:f\nactivate-claims = claims:f\n",
    )
    manifest = Wheelhouse.at([wheel.parent]).wheels[0].manifest(environment)
    root = healthy.root

    assert (
        f"{root}/bin/activate",
        f"{root}/bin/python",
        f"{root}/pyvenv.cfg",
    ) == claimed_environment_files(manifest, environment)
    assert (f"{healthy.site}/claims.pth",) == new_pth_files(manifest, environment, {"known.pth"})


def test_an_environment_that_is_its_own_base_keeps_its_library(healthy: Area) -> None:
    """The base of the venv is described, and not touched."""
    base = Environment.at(Path(os.path.realpath(healthy.root / "bin" / "python")))
    version = f"python{base.version[0]}.{base.version[1]}"
    wheel = make_wheel(
        healthy.folder.parent / "base",
        "claims",
        files={
            "claims/os.py": "",
            f"claims-1.0.data/data/lib/{version}/os.py": "",
            f"claims-1.0.data/data/lib/{version}/site-packages/claims/more.py": "",
            f"claims-1.0.data/data/lib/lib{version}.so": "",
            "claims-1.0.data/data/lib/libclaims.so": "",
            f"claims-1.0.data/data/include/{version}/Python.h": "",
            "claims-1.0.data/headers/claims.h": "",
        },
    )
    manifest = Wheelhouse.at([wheel.parent]).wheels[0].manifest(base)
    if base.purelib.parent != base.stdlib:
        pytest.skip("the base of this Python has its site-packages elsewhere")

    assert (
        f"{base.root}/include/{version}/Python.h",
        f"{base.root}/lib/lib{version}.so",
        f"{base.root}/lib/{version}/os.py",
    ) == claimed_environment_files(manifest, base)


def test_a_folder_that_is_a_link_hides_no_claim(area: Area) -> None:
    (area.root / "share").symlink_to("bin")
    wheel = make_wheel(
        area.folder / "claims", "claims", files={"claims-1.0.data/data/share/python": "#!python\n"}
    )
    environment = Environment.at(area.root)
    manifest = Wheelhouse.at([wheel.parent]).wheels[0].manifest(environment)

    assert (f"{area.root}/share/python",) == claimed_environment_files(manifest, environment)
