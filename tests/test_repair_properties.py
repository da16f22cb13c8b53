"""Whatever happens to an environment, a repair makes it clean, and it can be taken back.

Laws, checked on drawn cases: few in every run, many with `--slow`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from compare_trees import differences
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import Place
from targets import make_venv, snapshot

from pytest_venvhealth.examination import Examination
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.repair.plan import Plan, plan_repair
from pytest_venvhealth.repair.routine import carry_out
from pytest_venvhealth.repair.undo import undo
from pytest_venvhealth.results import RepairResult

NAMES = ("alder", "birch", "cedar")


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Three distributions: two share a namespace and an empty file, one is a single module."""
    place = Place(tmp_path_factory.mktemp("laws"))
    make_venv(place.root)
    for name in NAMES[:2]:
        (place.site / "common" / "py.typed").unlink(missing_ok=True)  # as pip does: the last wins
        place.add(
            name,
            files={
                f"{name}/__init__.py": f"NAME = {name!r}\n",
                f"{name}/core/__init__.py": "",
                f"{name}/core/engine.py": "def main():\n    return 0\n",
                f"{name}/data.bin": bytes(range(256)),
                f"common/{name}.py": "",
                "common/py.typed": "",
                f"{name}-1.0.data/scripts/{name}-run": "#!python\nprint('run')\n",
                f"{name}-1.0.data/data/share/{name}.txt": "shared\n",
            },
            entry_points=f"[console_scripts]\n{name}-cli = {name}.core.engine:main\n",
        )
    place.add("cedar", files={"cedar.py": "CEDAR = 1\n"})
    place.keep()
    return place


Damage = Callable[[Path], object]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3] + b"?")


def _become_folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)
    (path / "inside" / "mine.txt").write_text("a person's\n")


def _become_link(path: Path) -> None:
    elsewhere = _outside(path)
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _share_with_a_cache(path: Path) -> None:
    _outside(path).hardlink_to(path)


def _outside(path: Path) -> Path:
    """Return a new place outside of the environment, on its file system."""
    root = next(parent for parent in path.parents if (parent / "pyvenv.cfg").exists())
    folder = root.parent / "outside"
    folder.mkdir(exist_ok=True)
    return folder / f"{len(list(folder.iterdir()))}"


DAMAGES: dict[str, Damage] = {
    "lost": lambda path: path.unlink(),
    "cut": _cut,
    "emptied": lambda path: path.write_bytes(b""),
    "closed": lambda path: path.chmod(0o400),
    "a folder": _become_folder,
    "a link": _become_link,
    "shared": _share_with_a_cache,
}
ADDITIONS = ("{name}/mine.txt", "{name}/core/rogue.py", "{name}/hollow/deeper/", "~{name}/old.py")


HARM = st.tuples(
    st.sampled_from(NAMES),
    st.one_of(
        st.sampled_from(ADDITIONS), st.tuples(st.integers(0, 30), st.sampled_from(sorted(DAMAGES)))
    ),
)


def harm(place: Place, name: str, what: str | tuple[int, str]) -> None:
    """Put something into a distribution, or damage one of its files."""
    if isinstance(what, str):
        if name == "cedar":
            name = "birch"  # a single module has no package to put anything into
        path = place.site / what.format(name=name)
        if what.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        elif not path.parent.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a person's\n")
        return
    number, how = what
    manifest = place.facts().manifest(name)
    assert manifest is not None
    files = sorted(manifest.paths)
    path = Path(files[number % len(files)])
    is_plain = path.is_file() and not path.is_symlink()
    # Metadata that was edited would make another build of it, which is refused.
    if is_plain and path.name not in ("METADATA", "WHEEL"):
        DAMAGES[how](path)


def files_stay_or_move(plan: Plan) -> None:
    """No file both stays and goes, in whichever step."""
    stays = {path for step in plan.steps for path in (*step.reuse, *step.keep)}
    goes = {path for step in plan.steps for path in (*step.quarantine, *step.clean)}
    assert not stays & goes


def repair(facts: Facts, plan: Plan, reason: str | None = None) -> set[RepairResult]:
    examination = Examination(facts)

    def verify() -> str | None:
        examination.refresh()
        errors = [each for step in plan.steps for each in examination.errors_of(step.distribution)]
        return reason or (errors[0].summary if errors else None)

    return {record.result for record in carry_out(plan, facts, verify=verify)}


def any_harm_is_healed_and_can_be_taken_back(
    healthy: Place, harms: list[tuple[str, str | tuple[int, str]]]
) -> None:
    place = healthy.put_back()
    clean = place.folder / "pristine" / "venv"
    for name, what in harms:
        harm(place, name, what)
    before = snapshot(place.root)
    facts = place.facts()
    plan = plan_repair(facts, NAMES)
    files_stay_or_move(plan)

    assert repair(facts, plan, "a person's wish") == {RepairResult.ROLLED_BACK}
    assert before == snapshot(place.root)

    assert repair(facts, plan) == {RepairResult.VERIFIED}
    # Launchers of the copy name the first place of the environment.
    different = [line for line in differences(place.root, clean) if "bin/" not in line]
    assert not different, "\n".join(different)
    again = plan_repair(place.facts(), NAMES)
    assert not [path for step in again.steps for path in step.clean]
    for step in again.steps:
        # A script is written anew each time.
        assert len(step.reuse) + len(step.keep) >= len(step.manifest.entries) - 1

    undo(place.facts().environment, place.wheelhouse())
    assert before == snapshot(place.root)


FEW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(harms=st.lists(HARM, min_size=1, max_size=4))
def test_any_harm_is_healed_and_a_repair_can_be_taken_back(
    healthy: Place, harms: list[tuple[str, str | tuple[int, str]]]
) -> None:
    any_harm_is_healed_and_can_be_taken_back(healthy, harms)


@pytest.mark.slow
@settings(FEW, max_examples=30)
@given(harms=st.lists(HARM, min_size=1, max_size=4))
def test_very_much_harm_is_healed_and_a_repair_can_be_taken_back(
    healthy: Place, harms: list[tuple[str, str | tuple[int, str]]]
) -> None:
    any_harm_is_healed_and_can_be_taken_back(healthy, harms)
