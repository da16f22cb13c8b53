"""A failing import or probe is traced to the distributions whose own damage explains it.

On real wheels in a real venv, whose interpreter imports them.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from elves import make_elf
from places import Place
from targets import copy_venv, make_venv
from wheels import make_wheel

from pytest_venvhealth.diagnosis import Diagnosis, diagnose, explain
from pytest_venvhealth.diagnosis.suspects import suspects
from pytest_venvhealth.examination import Examination, Limits
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Code, Finding, Severity
from pytest_venvhealth.probes.runner import Frame, Outcome, Probe, ProbeResult
from pytest_venvhealth.profile import load_profile

pytestmark = pytest.mark.sampled(2)

LAZY = (
    "def __getattr__(name):\n"
    "    import importlib\n"
    "    try:\n"
    "        return getattr(importlib.import_module('library.models'), name)\n"
    "    except ModuleNotFoundError:\n"
    "        raise AttributeError(name)\n"
)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """`app` uses `adapter`, which uses `library`, which needs `base`; `bystander` uses nothing."""
    place = Place(tmp_path_factory.mktemp("diagnosis"))
    make_venv(place.root)
    place.add("base", files={"base.py": "SIZE = 2\n", "base_data.txt": "data\n"})
    place.add(
        "library",
        files={"library/__init__.py": LAZY, "library/models.py": "from base import SIZE\nM = 1\n"},
        requires=["base"],
    )
    place.add("adapter", files={"adapter.py": "from library import M\n"}, requires=["library"])
    place.add(
        "app",
        files={"app/__init__.py": "from app import core\n", "app/core.py": "import adapter"},
        requires=["adapter>=1"],
    )
    place.add("bystander")
    return place


@pytest.fixture
def place(healthy: Place, tmp_path: Path) -> Place:
    copy_venv(healthy.root, tmp_path / "venv")
    shutil.copytree(healthy.house, tmp_path / "wheelhouse")
    return Place(tmp_path)


def imported(place: Place, name: str = "app") -> Sequence[Finding]:
    """Return the findings of the import check: the failure first, then what explains it."""
    examination = Examination(place.facts(), Limits(timeout=20))
    return examination.answer(name, Check.IMPORT).findings


def blamed(findings: Sequence[Finding]) -> tuple[str, tuple[str, ...], list[str]]:
    failure, *evidence = findings
    return str(failure.code), failure.root_causes, [str(each.code) for each in evidence]


def test_what_works_has_no_finding(place: Place) -> None:
    assert () == imported(place)


def test_a_lost_module_is_the_fault_of_its_owner(place: Place) -> None:
    """Python calls the module missing by its name; the traceback ends in somebody else's file."""
    (place.site / "base.py").unlink()

    findings = imported(place, "library")
    assert () == findings, "library is lazy: it imports although base is broken"
    failure, *_ = imported(place, "adapter")

    assert ("base",) == failure.root_causes


def test_a_name_that_cannot_be_imported_is_the_fault_of_who_lost_it(place: Place) -> None:
    """The story: `library` imports, `adapter` dies, and to reinstall `adapter` cannot heal it."""
    (place.site / "library" / "models.py").unlink()

    findings = imported(place)

    assert ("import-error", ("library",), ["file-missing"]) == blamed(findings)
    failure = findings[0]
    assert "import app fails: cannot import name 'M' from 'library'" == failure.summary
    assert "Run again with --repair: it reinstalls library." == failure.remedy
    assert failure.repairable
    assert (f"{place.site.relative_to(place.root)}/adapter.py",) == failure.paths
    assert any("adapter.py" in line for line in failure.evidence)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("contents", "code"),
    [
        pytest.param("", "import-error", id="emptied"),
        pytest.param("M = (\n", "exception", id="cut"),
        pytest.param("M = 1 / 0\n", "exception", id="raises"),
        pytest.param("import os; os._exit(0)\n", "exited", id="ends-the-process"),
        pytest.param("import os; os.abort()\n", "crash", id="crashes"),
    ],
)
def test_an_altered_module_is_the_fault_of_its_owner_however_it_fails(
    place: Place, contents: str, code: str
) -> None:
    (place.site / "library" / "models.py").write_text(contents)

    assert (code, ("library",), ["file-altered"]) == blamed(imported(place))


def test_a_crash_without_any_trace_is_looked_for_in_all_that_is_needed(place: Place) -> None:
    """A lost data file makes native code crash: no frame and no name leads to its owner."""
    facts = place.facts()
    (place.site / "base_data.txt").unlink()
    examination = Examination(facts)
    crash = ProbeResult(outcome=Outcome.CRASH, signal="SIGSEGV", seconds=0.1)

    diagnosis = diagnose(facts, "app", crash, examination.findings_of)

    assert ("base",) == diagnosis.root_causes
    assert [Code.FILE_MISSING] == [finding.code for finding in diagnosis.evidence]


@pytest.mark.parametrize("times", [1, 2])
def test_a_crash_counts_if_it_comes_again(place: Place, times: int) -> None:
    """Threads of native code may lose a race when the process ends, in a healthy package, too."""
    count = place.folder / "count"
    place.add(
        "racy",
        files={
            "racy.py": "import os\n"
            f"with open({str(count)!r}, 'a') as file:\n    file.write('x')\n"
            f"if os.path.getsize({str(count)!r}) <= {times}:\n    os.abort()\n"
        },
    )

    finding, *others = imported(place, "racy")

    assert [Code.WROTE_OUTSIDE] == [each.code for each in others]
    assert Code.CRASH == finding.code
    assert "import racy crashes with SIGABRT" in finding.summary
    assert (times == 2) == finding.is_error
    assert ("and passes when it is run again" in finding.summary) == (times == 1)
    assert any("racy.py" in line for line in finding.evidence)
    assert "xx" == count.read_text()


def test_who_writes_elsewhere_is_told(place: Place) -> None:
    left = place.folder / "left-behind"
    place.add("litters", files={"litters.py": f"open({str(left)!r}, 'w').close()\n"})

    (finding,) = imported(place, "litters")

    assert (Code.WROTE_OUTSIDE, Severity.WARNING) == (finding.code, finding.severity)
    assert f"import litters writes to {left}" == finding.summary
    assert (str(left),) == finding.paths


@pytest.mark.parametrize("severe", ["pass", "raise"])
def test_who_tries_to_reach_another_machine_is_told(place: Place, severe: str) -> None:
    place.add(
        "caller",
        files={
            "caller.py": "import socket\n"
            "try:\n    socket.create_connection(('telemetry.example', 443))\n"
            f"except OSError:\n    {severe}\n"
        },
    )

    *failures, finding = imported(place, "caller")

    assert (severe == "raise") == bool(failures)
    assert (Code.NETWORK_ATTEMPTED, Severity.WARNING) == (finding.code, finding.severity)
    assert "import caller tries to reach telemetry.example" == finding.summary


def test_damage_of_what_is_not_needed_explains_nothing(place: Place) -> None:
    shutil.rmtree(place.site / "bystander")
    examination = Examination(place.facts())
    crash = ProbeResult(outcome=Outcome.CRASH, signal="SIGSEGV", seconds=0.1)

    assert Diagnosis() == diagnose(examination.facts, "app", crash, examination.findings_of)


def test_far_damage_is_not_blamed_where_near_damage_explains(place: Place) -> None:
    (place.site / "library" / "models.py").unlink()
    (place.site / "base_data.txt").unlink()

    assert ("import-error", ("library",), ["file-missing"]) == blamed(imported(place))


def test_a_missing_requirement_is_the_cause(place: Place) -> None:
    """The wheel at hand tells who would bring the module."""
    (place.site / "library").rename(place.folder / "library")
    shutil.rmtree(place.site / "library-1.0.dist-info")

    findings = imported(place)

    assert ("import-error", ("library",), ["not-installed"]) == blamed(findings)
    assert findings[0].repairable


def test_a_missing_requirement_without_a_wheel_is_known_by_its_name(place: Place) -> None:
    shutil.rmtree(place.house)
    (place.site / "library").rename(place.folder / "library")
    shutil.rmtree(place.site / "library-1.0.dist-info")

    findings = imported(place)

    assert ("import-error", ("library",), ["not-installed"]) == blamed(findings)
    assert not findings[0].repairable
    assert findings[0].remedy.startswith("No wheel of library: none of this name")


def test_a_failure_of_intact_files_is_unexplained(place: Place) -> None:
    place.add("wrong", files={"wrong.py": "raise RuntimeError('at the source')\n"})

    (failure,) = imported(place, "wrong")

    assert (
        Code.EXCEPTION,
        "import wrong fails: RuntimeError: at the source",
        (
            "Unexplained: every file involved is as it was installed. "
            "Look whether the versions of wrong and what it imports fit together."
        ),
        (),
        False,
    ) == (
        failure.code,
        failure.summary,
        failure.remedy,
        failure.root_causes,
        failure.repairable,
    )


@pytest.mark.parametrize(
    ("module", "causes", "remedy"),
    [
        pytest.param(
            "undeclared",
            (),
            "careless imports undeclared without requiring it: install what brings that module.",
            id="unknown",
        ),
        pytest.param(
            "idle.sub",
            ("idle-kit",),
            "careless imports idle without requiring it: install idle-kit.",
            id="with-a-wheel-at-hand",
        ),
        pytest.param(
            "json.nothing",
            (),
            "json belongs to Python itself: this interpreter was built without it, or has lost it.",
            id="of-python-itself",
        ),
    ],
)
def test_a_module_that_nobody_declared_is_named(
    place: Place, module: str, causes: tuple[str, ...], remedy: str
) -> None:
    make_wheel(place.house, "idle-kit", files={"idle/__init__.py": ""})
    place.add("careless", files={"careless.py": f"import {module}\n"})

    (failure,) = imported(place, "careless")

    assert Code.IMPORT_ERROR == failure.code
    assert (causes, remedy) == (failure.root_causes, failure.remedy)


# -- two that do not fit


def replace_library(place: Place) -> None:
    shutil.rmtree(place.site / "library")
    shutil.rmtree(place.site / "library-1.0.dist-info")
    place.add("library", "2.0", files={"library/__init__.py": "# M is gone\n"})
    shutil.rmtree(place.site / "adapter-1.0.dist-info")
    (place.site / "adapter.py").unlink()
    place.add("adapter", files={"adapter.py": "from library import M\n"}, requires=["library<2"])


def test_without_a_profile_both_of_an_intact_pair_are_to_blame(place: Place) -> None:
    replace_library(place)

    findings = imported(place)

    assert ("import-error", ("adapter", "library"), ["dependency-conflict"]) == blamed(findings)
    assert "Choose versions of adapter and library that fit, and pin them." == findings[0].remedy
    assert not findings[0].repairable


def test_with_a_profile_the_one_that_drifted_is_to_blame(place: Place) -> None:
    place.groups = {"core": ["library==1.0", "adapter==1.0"]}
    replace_library(place)

    findings = imported(place)

    assert ("import-error", ("library",)) == blamed(findings)[:2]
    assert "Run again with --repair: it reinstalls library." == findings[0].remedy


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param("from library import Gone\n", id="a-name"),
        pytest.param("import library\nlibrary.Gone\n", id="an-attribute"),
        pytest.param("import library.gone\n", id="a-module"),
        pytest.param(
            "raise ValueError('library.models.M size changed, may indicate binary "
            "incompatibility. Expected 96 from C header, got 88 from PyObject')\n",
            id="a-compiled-type",
        ),
    ],
)
def test_two_intact_releases_that_do_not_fit_are_named_as_a_pair(
    place: Place, contents: str
) -> None:
    """Their metadata say that they fit, every file is right, and yet one misses what it wants."""
    place.add("plugin", files={"plugin.py": contents}, requires=["library"])

    (failure,) = imported(place, "plugin")

    assert ("plugin", "library") == failure.root_causes
    assert failure.summary.endswith("; plugin 1.0 and library 1.0 do not fit together")
    assert not failure.repairable
    assert failure.remedy == (
        "Every file of both is right. Choose versions of plugin and library that fit, and pin them."
    )


def test_a_binary_that_misses_a_symbol_does_not_fit_whose_library_it_needs(place: Place) -> None:
    place.add("engine", files={"engine/__init__.py": "", "engine/libengine.so": make_elf()})
    place.add(
        "pedal",
        files={"pedal/__init__.py": "", "pedal/core.so": make_elf(needed=["libengine.so"])},
        requires=["engine"],
    )
    message = f"{place.site}/pedal/core.so: undefined symbol: turn"

    diagnosis = diagnose(place.facts(), "pedal", result(message=message), lambda name: ())

    assert ("pedal", "engine") == diagnosis.pair


@pytest.mark.parametrize(
    ("pins", "causes", "remedy"),
    [
        (
            ["plugin==1.0", "library==1.0"],
            ("plugin", "library"),
            "Change the pin of plugin or of library in the profile profile.",
        ),
        (
            ["plugin==1.0"],
            ("library",),
            "Pin a version of library that fits in the profile profile.",
        ),
        (
            ["bystander==1.0"],
            ("plugin", "library"),
            "Pin versions of plugin and library that fit in the profile profile.",
        ),
    ],
    ids=["both-pinned", "one-pinned", "none-pinned"],
)
def test_the_profile_says_which_pin_of_a_pair_is_off(
    place: Place, pins: list[str], causes: tuple[str, ...], remedy: str
) -> None:
    place.add("plugin", files={"plugin.py": "from library import Gone\n"}, requires=["library"])
    place.groups = {"core": pins}

    (failure,) = imported(place, "plugin")

    assert causes == failure.root_causes
    assert f"Every file of both is right. {remedy}" == failure.remedy


def test_what_lacks_a_name_of_its_own_is_no_pair(place: Place) -> None:
    place.add(
        "circle",
        files={"circle/__init__.py": "from circle.a import b\n", "circle/a.py": "import library\n"},
        requires=["library"],
    )

    (failure,) = imported(place, "circle")

    assert () == failure.root_causes
    assert failure.remedy.startswith("Unexplained: ")


# -- two that do not fit, though nothing is called missing


def pair_of(findings: Sequence[Finding]) -> str:
    """Return what the summary says of two that do not fit; empty where it names none."""
    return findings[0].summary.partition("; ")[2] if findings else ""


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("said", "named"),
    [
        pytest.param("found base-kit 1.5, which is too old", True, id="its-version"),
        pytest.param(
            "Base_Kit (1.5) is incompatible with plugin 1.0", True, id="spelled-otherwise"
        ),
        pytest.param("basis version 1.5 is not supported", True, id="by-its-module"),
        pytest.param("base-kit>=2,<3 is required", True, id="a-requirement"),
        pytest.param("base-kit 1.50 is too new", False, id="another-version"),
        pytest.param("base-kit>=1 is required for this", False, id="a-requirement-that-is-met"),
        pytest.param("base-kit-extras 1.5 is too old", False, id="a-longer-name"),
        pytest.param("version 1.5 is too old", False, id="no-name"),
        pytest.param("base-kit cannot be used here", False, id="no-version"),
        pytest.param("base-kit 1.5 and library 1.0 were found", False, id="a-list-of-versions"),
        pytest.param("bystander 1.0 is too old", False, id="whom-neither-requires"),
        pytest.param(
            "base-kit 1.5: libx.so: cannot open shared object file",
            False,
            id="for-want-of-a-library",
        ),
    ],
)
def test_a_version_that_a_package_refuses_itself_makes_a_pair(
    place: Place, said: str, named: bool
) -> None:
    place.add("base-kit", "1.5", files={"basis.py": ""})
    place.add(
        "plugin",
        files={"plugin.py": f"import basis\nraise SystemError({said!r})\n"},
        requires=["base-kit", "library"],
    )

    findings = imported(place, "plugin")

    assert (("plugin", "base-kit") if named else ()) == findings[0].root_causes
    expected = "plugin 1.0 and base-kit 1.5 do not fit together" if named else ""
    assert expected == pair_of(findings)


def test_who_is_called_may_refuse_the_caller_for_its_version(place: Place) -> None:
    """As generated code calls its runtime, which knows that it is too old for it."""
    check = (
        "def check(made_for):\n"
        "    if made_for > 1:\n"
        "        raise RuntimeError(f'made for runtime-kit {made_for}, this is runtime-kit 1.5')\n"
    )
    place.add("runtime-kit", "1.5", files={"runtime_kit/__init__.py": check})
    place.add(
        "generated",
        files={"generated.py": "import runtime_kit\nruntime_kit.check(2)\n"},
        requires=["runtime-kit"],
    )

    assert ("generated", "runtime-kit") == imported(place, "generated")[0].root_causes


def test_who_tells_its_own_version_while_its_own_import_fails_is_no_half_of_a_pair(
    place: Place,
) -> None:
    """As numpy does, whatever it fails for; pandas then says so in its own words."""
    place.add("wordy", "1.5", files={"wordy.py": "raise ImportError('The wordy version is 1.5')\n"})
    wrapped = (
        "try:\n    import wordy\n"
        "except ImportError as error:\n    raise ImportError(f'wordy: {error}') from error\n"
    )
    place.add("wrapper", files={"wrapper.py": wrapped}, requires=["wordy"])

    (failure,) = imported(place, "wrapper")

    assert ((), "") == (failure.root_causes, pair_of([failure]))


SERVICE = """\
class Client:
    def __init__(self, url):
        self.url = url

    def fetch(self, page, *, size):
        return page

    def close(self): ...


def connect(url):
    return Client(url)


def anything(**options):
    return Client(**options)


def grouped(*items):
    def inner(first, second): ...

    return inner(*items)


class Path: ...
"""


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "call",
    [
        pytest.param("service.connect('x', retries=3)", id="a-keyword-that-is-gone"),
        pytest.param("service.Client(\n    'x',\n    proxy=None,\n)", id="of-a-class"),
        pytest.param("service.Client('x').fetch(1)", id="an-argument-that-is-new"),
        pytest.param("service.connect('x').open()", id="a-method-that-is-gone"),
    ],
)
def test_a_call_that_the_other_s_text_does_not_know_makes_a_pair(place: Place, call: str) -> None:
    place.add("service", "2.0", files={"service/__init__.py": SERVICE})
    place.add("user", files={"user.py": f"import service\n{call}\n"}, requires=["service"])

    findings = imported(place, "user")

    assert Code.EXCEPTION == findings[0].code
    assert ("user", "service") == findings[0].root_causes
    assert "user 1.0 and service 2.0 do not fit together" == pair_of(findings)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("service.anything(url='x', proxy=None)", id="passed-on-by-the-other"),
        pytest.param("service.connect(**{'url': 'x', 'retries': 3})", id="of-words-from-elsewhere"),
        pytest.param("getattr(service.connect('x'), 'op' + 'en')()", id="a-name-that-was-computed"),
        pytest.param("service.Path().walk()", id="a-name-that-the-standard-library-has-too"),
        pytest.param(
            "class Client:\n    def __init__(self): ...\nClient(proxy=1)", id="of-its-own-class"
        ),
        pytest.param("[].fetch()", id="of-a-built-in-type"),
        pytest.param("import json\njson.JSONDecoder(proxy=1)", id="of-the-standard-library"),
    ],
)
def test_a_wrong_call_whose_two_sides_are_not_certain_makes_none(place: Place, code: str) -> None:
    place.add("service", "2.0", files={"service/__init__.py": SERVICE})
    place.add("user", files={"user.py": f"import service\n{code}\n"}, requires=["service"])

    findings = imported(place, "user")

    assert ((), "") == (findings[0].root_causes, pair_of(findings))
    assert findings[0].remedy.startswith("Unexplained: ")


def test_a_call_that_a_probe_gets_wrong_makes_no_pair(place: Place) -> None:
    """The words come from the probe, and `user` only hands them on."""
    place.add("service", "2.0", files={"service/__init__.py": SERVICE})
    place.add(
        "user",
        files={
            "user.py": "import service\ndef go(**words):\n    return service.connect(**words)\n"
        },
        requires=["service"],
    )
    profile = "[probes.user]\ncode = \"import user; user.go(url='x', retries=3)\"\n"
    (place.folder / "own.toml").write_text(profile)
    facts = Facts.gather(
        place.facts().environment, load_profile(place.folder / "own.toml"), place.wheelhouse()
    )

    (failure,) = Examination(facts).answer("user", Check.FUNCTIONAL).findings

    assert "connect() got an unexpected keyword argument 'retries'" in failure.summary
    assert () == failure.root_causes


def test_damage_is_blamed_before_any_pair(place: Place) -> None:
    """The text that was called is not the one that the wheel brought."""
    place.add("service", "2.0", files={"service/__init__.py": SERVICE})
    call = "import service\nservice.connect('x', retries=3)\n"
    place.add("user", files={"user.py": call}, requires=["service<2"])
    with (place.site / "service" / "__init__.py").open("a") as file:
        file.write("# edited\n")

    findings = imported(place, "user")

    assert ("exception", ("service",), ["file-altered"]) == blamed(findings)
    assert "" == pair_of(findings)


def test_metadata_that_excludes_the_version_makes_it_certain(place: Place) -> None:
    """Nothing in the failure leads to `library`: what `adapter` requires does."""
    place.add(
        "odd",
        "3.0",
        files={"odd.py": "raise ValueError('nobody knows why')\n"},
        requires=["library<1"],
    )

    findings = imported(place, "odd")

    assert ("exception", ("library", "odd"), ["dependency-conflict"]) == blamed(findings)
    assert "odd 3.0 and library 1.0 do not fit together: odd requires library<1" == pair_of(
        findings
    )


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("contents", "causes"),
    [
        pytest.param("import undeclared\n", (), id="a-module-of-nobody"),
        pytest.param("from library import Gone\n", ("odd", "library"), id="a-name-of-a-third"),
        pytest.param(
            "import library\nlibrary.Gone\n", ("odd", "library"), id="an-attribute-of-a-third"
        ),
        pytest.param("import base\nbase.Gone\n", ("base", "odd"), id="an-attribute-of-the-second"),
        pytest.param(
            "raise ValueError('base is odd')\n", ("base", "odd"), id="a-word-of-the-second"
        ),
    ],
)
def test_a_conflict_of_versions_explains_only_what_it_can(
    place: Place, contents: str, causes: tuple[str, ...]
) -> None:
    place.add("odd", files={"odd.py": contents}, requires=["base<1", "library", "bystander<1"])

    assert causes == imported(place, "odd")[0].root_causes


def test_a_pair_that_the_profile_asks_for_is_told_with_its_requirement(place: Place) -> None:
    place.groups = {"core": ["plugin==1.0", "library==1.0"]}
    place.add("plugin", files={"plugin.py": "from library import Gone\n"}, requires=["library>1"])

    (failure,) = imported(place, "plugin")

    assert ("plugin", "library") == failure.root_causes
    assert pair_of([failure]).endswith("do not fit together: plugin requires library>1")


def test_what_raises_when_it_is_called_is_told_and_not_blamed(place: Place) -> None:
    """It may have other reasons; the remedy says where to look."""
    place.add("service", "2.0", files={"service.py": "def go():\n    raise TypeError('no')\n"})
    place.add("user", files={"user.py": "import service\nservice.go()\n"}, requires=["service"])

    (failure,) = imported(place, "user")

    assert () == failure.root_causes
    assert failure.remedy == (
        "Unexplained: every file involved is as it was installed. It failed where user calls "
        "service: look whether user 1.0 and service 2.0 fit together."
    )


# -- what is missing: declared, optional, or undeclared


def test_a_missing_requirement_of_another_name_than_its_module_is_found(place: Place) -> None:
    """Nothing at hand tells that `py-thing` brings `thing`; that it is required does."""
    place.add("needy", files={"needy.py": "import thing\n"}, requires=["py-thing", "base"])

    findings = imported(place, "needy")

    assert ("import-error", ("py-thing",), ["not-installed"]) == blamed(findings)


def test_a_missing_requirement_does_not_explain_what_is_missing_elsewhere(place: Place) -> None:
    place.add("needy", files={"needy.py": "import base\n"}, requires=["py-thing", "base"])
    place.add("user", files={"user.py": "import needy\nimport undeclared\n"}, requires=["needy"])

    (failure,) = imported(place, "user")

    assert () == failure.root_causes
    assert "user imports undeclared without requiring it" in failure.remedy


def test_what_only_an_extra_requires_is_called_optional(place: Place) -> None:
    place.add(
        "choosy",
        files={"choosy.py": "import fast_kit\n"},
        requires=['fast-kit>=2; extra == "fast"'],
    )

    (failure,) = imported(place, "choosy")

    assert Severity.WARNING == failure.severity
    assert () == failure.root_causes
    assert failure.remedy == (
        "choosy requires fast_kit only for its extra fast: "
        "install choosy[fast], or what asks for it."
    )


# -- sub-packages


def add_wide(place: Place, contents: str, *, requires: Sequence[str] = ()) -> None:
    place.add(
        "wide",
        files={
            "wide/__init__.py": "",
            "wide/extra/__init__.py": contents,
            "wide/tests/__init__.py": "import library; library.gone\n",
            "wide/_private/__init__.py": "import library; library.gone\n",
            "wide/deep/__init__.py": "",
            "wide/deep/inner/__init__.py": "import library; library.gone\n",
        },
        requires=requires,
    )


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "contents",
    [
        pytest.param("import base\n", id="works"),
        pytest.param("import undeclared\n", id="undeclared"),
        pytest.param("raise ImportError('install the other kit')\n", id="says-so-itself"),
        pytest.param("raise RuntimeError('no display')\n", id="wants-a-device"),
        pytest.param("from library import NewerThanThis\n", id="optional-of-another-version"),
        pytest.param("raise SystemExit(1)\n", id="exits"),
        pytest.param("import os; os._exit(0)\n", id="ends-the-process"),
    ],
)
def test_a_sub_package_that_wants_what_is_not_there_is_not_broken(
    place: Place, contents: str
) -> None:
    add_wide(place, contents)

    assert () == imported(place, "wide")


def test_a_sub_package_that_crashes_deserves_a_look(place: Place) -> None:
    add_wide(place, "import os; os.abort()\n")

    (finding,) = imported(place, "wide")

    assert (Code.CRASH, Severity.WARNING) == (finding.code, finding.severity)
    assert "import wide.extra crashes with SIGABRT" == finding.summary


def test_a_sub_package_is_broken_by_damage(place: Place) -> None:
    """Nothing at the top of `wide` needs `library`: only who goes further in finds out."""
    add_wide(place, "from library import M\n", requires=["library"])
    (place.site / "library" / "models.py").unlink()

    findings = imported(place, "wide")

    assert ("import-error", ("library",), ["file-missing"]) == blamed(findings)
    assert "import wide.extra fails: cannot import name 'M' from 'library'" == findings[0].summary


def test_a_sub_package_is_broken_where_a_requirement_does_not_fit(place: Place) -> None:
    add_wide(place, "from library import Gone\n", requires=["library"])

    (failure,) = imported(place, "wide")

    assert ("wide", "library") == failure.root_causes


def test_a_sub_package_misses_what_its_distribution_requires(place: Place) -> None:
    add_wide(place, "import thing\n", requires=["py-thing"])

    assert ("import-error", ("py-thing",), ["not-installed"]) == blamed(imported(place, "wide"))


def test_the_profile_s_own_imports_are_all_that_is_imported(place: Place) -> None:
    add_wide(place, "from library import Gone\n", requires=["library"])
    profile = '[dependency-groups]\ncore = ["wide"]\n[probes.wide]\nimports = ["wide"]\n'
    (place.folder / "own.toml").write_text(profile)
    facts = Facts.gather(
        place.facts().environment, load_profile(place.folder / "own.toml"), place.wheelhouse()
    )

    assert () == Examination(facts, Limits(timeout=20)).answer("wide", Check.IMPORT).findings


def test_a_second_top_level_name_may_want_an_extra(place: Place) -> None:
    """It is no reason to call a distribution broken, nor to leave its other names unasked."""
    place.add(
        "double",
        files={
            "adapter_double.py": (
                "try:\n    import fast_kit\n"
                "except ImportError as error:\n    raise RuntimeError('no kit') from error\n"
            ),
            "double.py": "",
        },
        requires=['fast-kit; extra == "fast"'],
    )

    assert () == imported(place, "double")

    (place.site / "double.py").write_text("1 / 0\n")

    failure, *_ = imported(place, "double")
    assert "import double fails: ZeroDivisionError: division by zero" == failure.summary


# -- files that nobody owns


def test_a_failure_inside_an_orphan_is_the_environment_s(place: Place) -> None:
    """Somebody copied a module there, and a distribution picks it up."""
    (place.site / "extra_kit.py").write_text("raise RuntimeError('old copy')\n")
    place.add("curious", files={"curious.py": "import extra_kit\n"})

    findings = imported(place, "curious")

    assert ("exception", ("environment",), ["orphan-package"]) == blamed(findings)


def test_an_orphan_on_the_way_to_a_failure_is_not_to_blame(place: Place) -> None:
    (place.site / "extra_kit.py").write_text("import adapter\n")
    place.add("curious", files={"curious.py": "import extra_kit\n"})
    (place.site / "library" / "models.py").unlink()

    assert ("import-error", ("library",), ["file-missing"]) == blamed(imported(place, "curious"))


# -- who is a suspect, and in which order


def result(**changes: object) -> ProbeResult:
    values: dict[str, object] = {"outcome": Outcome.IMPORT_ERROR, "seconds": 0.5, **changes}
    return ProbeResult(**values)  # type: ignore[arg-type] # the tests name the fields


def test_named_modules_come_before_frames_and_the_failing_one_last(place: Place) -> None:
    frames = tuple(
        Frame(file=str(place.site / name), line=1, function="<module>")
        for name in ("app/core.py", "adapter.py")
    )

    found = suspects(place.facts(), "app", result(frames=frames, modules=("library.models",)))

    assert ["library", "adapter", "app"] == list(found)


def test_a_frame_outside_the_target_suspects_nobody(place: Place) -> None:
    frames = (Frame(file="/usr/lib/python3.11/os.py", line=1, function="<module>"),)

    assert ["app"] == list(suspects(place.facts(), "app", result(frames=frames)))


def test_what_was_being_imported_at_a_crash_is_a_suspect(place: Place) -> None:
    crash = result(outcome=Outcome.CRASH, importing="base")

    assert ["base", "app"] == list(suspects(place.facts(), "app", crash))


@pytest.mark.parametrize(
    ("check", "changes", "summary"),
    [
        (
            Check.FUNCTIONAL,
            {"outcome": Outcome.ASSERTION, "message": "1 != 2\nmore"},
            "the probe of app got a wrong result: 1 != 2",
        ),
        (
            Check.FUNCTIONAL,
            {"outcome": Outcome.ASSERTION},
            "the probe of app got a wrong result",
        ),
        (
            Check.FUNCTIONAL,
            {"outcome": Outcome.TIMEOUT, "limit": 2.5, "seconds": 3.9},
            "the probe of app did not end within 2.5 seconds",
        ),
        (
            Check.IMPORT,
            {"outcome": Outcome.CRASH, "signal": "SIGSEGV", "importing": "app.core"},
            "import app.core crashes with SIGSEGV",
        ),
        (
            Check.IMPORT,
            {"outcome": Outcome.CRASH, "exit_status": 3221225477},
            "import app crashes with status 3221225477",
        ),
        (
            Check.IMPORT,
            {"outcome": Outcome.EXITED, "exit_status": 0},
            "import app ended its process without a verdict (status 0)",
        ),
        (
            Check.FUNCTIONAL,
            {"outcome": Outcome.PROBE_ERROR, "exception": "SyntaxError", "message": "bad"},
            "the probe of app itself is wrong: SyntaxError: bad",
        ),
    ],
)
def test_each_end_of_a_probe_has_its_sentence(
    healthy: Place, check: Check, changes: dict[str, object], summary: str
) -> None:
    facts: Facts = healthy.facts()

    finding = explain(
        facts, Probe(name="app", imports=("app",)), check, result(**changes), Diagnosis()
    )

    assert summary == finding.summary
    assert str(changes["outcome"]) == str(finding.code)


def test_a_wrong_probe_judges_nobody(healthy: Place) -> None:
    wrong = result(outcome=Outcome.PROBE_ERROR, exception="NameError", message="x")

    finding = explain(
        healthy.facts(), Probe(name="app", imports=()), Check.FUNCTIONAL, wrong, Diagnosis()
    )

    assert "Mend the probe; the package has not been judged." == finding.remedy
    assert ((), (), False) == (finding.root_causes, finding.paths, finding.repairable)
