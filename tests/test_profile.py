"""A profile: what it reads, what it wants of a target, and the sentence for each mistake in it."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.profile import (
    Profile,
    ProfileError,
    ProfileNotFoundError,
    Waiver,
    Wanted,
    find_profile,
    load_profile,
)

SHA256 = "0" * 64


@pytest.fixture(scope="module")
def running() -> Environment:
    return Environment.running()


@pytest.fixture
def target(running: Environment) -> Environment:
    """A target that is as unlike any host of these tests as can be."""
    return _target(running, (3, 8, 1))


def _target(running: Environment, version: tuple[int, int, int]) -> Environment:
    text = ".".join(map(str, version))
    markers = dict(
        running.markers,
        python_version=f"{version[0]}.{version[1]}",
        python_full_version=text,
        implementation_version=text,
        sys_platform="plan9",
        platform_system="Plan9",
    )
    return replace(running, root=Path("/target"), version=version, markers=markers)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file, by default the profile, and return its path."""

    def write_file(text: str, name: str = "some.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write_file


def _lock(*packages: str, head: str = "") -> str:
    return f'lock-version = "1.0"\ncreated-by = "a test"\n{head}\n' + "".join(
        f"[[packages]]\n{package}\n" for package in packages
    )


def _package(name: str, version: str, extra: str = "") -> str:
    wheel = f"{name}-{version}-py3-none-any.whl"
    return (
        f'name = "{name}"\nversion = "{version}"\n{extra}\n'
        f'wheels = [{{ path = "../wheelhouse/{wheel}", hashes = {{ sha256 = "{SHA256}" }} }}]'
    )


# --- reading ---------------------------------------------------------------------------------


FULL = """
description = "All of it"
requires-python = ">=3.8"
lock = "pylock.some.toml"
pth = ["distutils-precedence.pth"]
network = "error"

[dependency-groups]
Core_Things = ["Demo[Fast_Path]==1.0", { include-group = "rest" }]
rest = ["other; sys_platform == 'plan9'"]

[probes.Demo]
file = "probes/demo.py"
timeout = 120
imports = ["demo", "demo.sub", "81d243__mypyc"]

[[waivers]]
distribution = "Certi.Fi"
code = "file-altered"
paths = ["*/certifi/cacert.pem"]
reason = "the company's own CA"
expires = 2027-03-31
"""


def test_every_key_is_read(write: Callable[..., Path], tmp_path: Path) -> None:
    write(_lock(_package("demo", "1.0")), "pylock.some.toml")
    probe = write("import demo\n", "probes/demo.py")

    profile = load_profile(write(FULL))

    assert profile.name == "some"
    assert profile.path == tmp_path / "some.toml"
    assert profile.description == "All of it"
    assert profile.requires_python == SpecifierSet(">=3.8")
    assert profile.pth == ("distutils-precedence.pth",)
    assert profile.network is Severity.ERROR
    assert {name: [str(row) for row in rows] for name, rows in profile.groups.items()} == {
        "core-things": ["Demo[Fast_Path]==1.0", 'other; sys_platform == "plan9"'],
        "rest": ['other; sys_platform == "plan9"'],
    }
    spec = profile.probes["demo"]
    assert (spec.code, spec.origin, spec.timeout) == ("import demo\n", str(probe), 120.0)
    assert spec.imports == ("demo", "demo.sub", "81d243__mypyc")
    assert profile.waivers == (
        Waiver(
            distribution="certi-fi",
            code="file-altered",
            paths=("*/certifi/cacert.pem",),
            reason="the company's own CA",
            expires=datetime.date(2027, 3, 31),
        ),
    )


def test_a_traceback_of_inline_code_quotes_no_line_of_the_toml(write: Callable[..., Path]) -> None:
    profile = load_profile(write('[probes.demo]\ncode = "import demo"'))

    assert profile.probes["demo"].origin == "<some.toml: probes.demo>"


def test_pyproject_is_a_profile_and_its_other_tables_are_no_concern(
    write: Callable[..., Path],
) -> None:
    profile = load_profile(
        write(
            """
            [project]
            name = "mine"
            [tool.other]
            pth = 1
            [tool.venv-health]
            pth = ["mine.pth"]
            [dependency-groups]
            test = ["pytest>=9"]
            """,
            "pyproject.toml",
        )
    )

    assert list(profile.groups) == ["test"]
    assert profile.pth == ("mine.pth",)


def test_an_empty_profile_wants_nothing(target: Environment) -> None:
    assert Profile.empty("derived").wanted(target) == {}


# --- extends ---------------------------------------------------------------------------------

BASE = """
description = "The base"
pth = ["base.pth"]
network = "error"
[dependency-groups]
core = ["demo==1.0"]
all = [{ include-group = "core" }, "tail"]
[probes.demo]
code = "import demo"
timeout = 5
[[waivers]]
distribution = "demo"
code = "file-altered"
reason = "of the base"
[[waivers]]
distribution = "other"
code = "file-altered"
reason = "kept"
"""

TOP = """
extends = "base"
pth = ["top.pth"]
[dependency-groups]
core = ["demo==2.0"]
[probes.demo]
timeout = 50
[[waivers]]
distribution = "demo"
code = "file-altered"
reason = "of the top"
"""


def test_the_extending_file_wins_key_by_key(write: Callable[..., Path]) -> None:
    write(BASE, "base.toml")

    profile = load_profile(write(TOP))

    assert (profile.name, profile.description, profile.pth) == ("some", "The base", ("top.pth",))
    assert profile.network is Severity.ERROR
    assert [str(row) for row in profile.groups["core"]] == ["demo==2.0"]
    assert [str(row) for row in profile.groups["all"]] == ["demo==2.0", "tail"]
    assert profile.probes["demo"].code == "import demo"
    assert profile.probes["demo"].timeout == 50
    assert sorted(waiver.reason for waiver in profile.waivers) == ["kept", "of the top"]


def test_a_relative_path_belongs_to_the_file_it_stands_in(write: Callable[..., Path]) -> None:
    write('lock = "pylock.base.toml"\nprobes.demo.file = "demo.py"', "below/base.toml")
    lock = write(_lock(_package("demo", "1.0")), "below/pylock.base.toml")
    write("import demo", "below/demo.py")

    profile = load_profile(write('extends = "below/base.toml"'))

    assert profile.lock is not None
    assert profile.lock.path == lock
    assert profile.probes["demo"].code == "import demo"


def test_pyproject_extends_a_profile_of_the_profiles_folder(write: Callable[..., Path]) -> None:
    write(BASE, "profiles/base.toml")

    profile = load_profile(write('tool.venv-health.extends = "base"', "pyproject.toml"))

    assert profile.description == "The base"


def test_faults_of_both_files_are_told_at_once(write: Callable[..., Path], tmp_path: Path) -> None:
    write("pth = 1", "base.toml")

    with pytest.raises(ProfileError) as caught:
        load_profile(write('extends = "base"\ndescription = 2'))

    assert caught.value.faults == (
        "description: expected text, found 2.",
        (
            f"extends: {tmp_path / 'base.toml'}: "
            "pth: expected an array, each entry the name of a .pth file, found 1."
        ),
    )


def test_a_circle_of_profiles_is_named(write: Callable[..., Path], tmp_path: Path) -> None:
    write('extends = "some"', "base.toml")

    with pytest.raises(ProfileError) as caught:
        load_profile(write('extends = "base"'))

    assert caught.value.faults == (
        (
            f"extends: {tmp_path / 'base.toml'}: extends: these profiles extend each other "
            "in a circle: some.toml -> base.toml -> some.toml."
        ),
    )


# --- mistakes --------------------------------------------------------------------------------

NUMBER = 'expected a requirement, found 2.1. Write it in quotes, with its name: "numpy==2.1".'
ENTRY = 'expected a requirement or { include-group = "NAME" }, found another table.'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "dependency-group = {}",
            'dependency-group: this key is unknown. Did you mean "dependency-groups"?',
            id="key-misspelt",
        ),
        pytest.param(
            '"a b" = 1',
            '"a b": this key is unknown. Known keys: description, requires-python, extends, lock, '
            "pth, network, probes, waivers, dependency-groups.",
            id="key-unknown",
        ),
        pytest.param(
            'network = "none"',
            'network: expected "error" or "warning", found "none".',
            id="network-neither",
        ),
        pytest.param("description = 3", "description: expected text, found 3.", id="text-a-number"),
        pytest.param(
            'description = " "', 'description: expected text, found " ".', id="text-blank"
        ),
        pytest.param(
            'requires-python = "3.11"',
            'requires-python: expected a version specifier such as "==3.11.*", found "3.11".',
            id="python-no-specifier",
        ),
        pytest.param(
            'pth = ["a.pth", "b/c.pth"]',
            'pth[1]: expected the name of a .pth file, found "b/c.pth".',
            id="pth-a-path",
        ),
        pytest.param(
            'lock = "pylock.gone.toml"',
            "lock: there is no file FOLDER/pylock.gone.toml.",
            id="lock-missing",
        ),
        pytest.param(
            'lock = "some.toml"',
            'lock: FOLDER/some.toml: expected a file named like "pylock.NAME.toml" (PEP 751).',
            id="lock-misnamed",
        ),
        pytest.param(
            'dependency-groups = ["demo"]',
            "dependency-groups: expected a table, found an array. "
            "Open it with [dependency-groups].",
            id="groups-an-array",
        ),
        pytest.param(
            'dependency-groups.core = "demo"',
            'dependency-groups.core: expected an array of requirements, found "demo".',
            id="group-a-text",
        ),
        pytest.param(
            'dependency-groups.torch = ["torch", "numpy", 2.1]',
            f"dependency-groups.torch[2]: {NUMBER}",
            id="requirement-a-number",
        ),
        pytest.param(
            "dependency-groups.torch = [true]",
            "dependency-groups.torch[0]: expected a requirement, found true.",
            id="requirement-a-bool",
        ),
        pytest.param(
            'dependency-groups.core = ["torch=2.1"]',
            'dependency-groups.core[0]: expected a requirement such as "numpy==2.1", found '
            '"torch=2.1": Expected semicolon (after name with no version specifier) or end.',
            id="requirement-one-equals-sign",
        ),
        pytest.param(
            'dependency-groups.core = [{ include_group = "rest" }]',
            f"dependency-groups.core[0]: {ENTRY}",
            id="include-misspelt",
        ),
        pytest.param(
            'dependency-groups = { core = [{ include-group = "rset" }], rest = [] }',
            'dependency-groups.core: it includes "rset", there is no such group. '
            'Did you mean "rest"?',
            id="include-of-nothing",
        ),
        pytest.param(
            'dependency-groups.core = [{ include-group = "core" }]',
            "dependency-groups.core: Cyclic dependency group include while resolving core: "
            "core includes itself.",
            id="include-of-itself",
        ),
        pytest.param(
            "dependency-groups = { a_b = [], a-b = [] }",
            "dependency-groups.a-b: another group has the same name, if spelling is normalized.",
            id="group-twice",
        ),
        pytest.param(
            'dependency-groups."a b" = []',
            'dependency-groups."a b": expected a group\'s name of letters, digits, . - _, '
            'found "a b".',
            id="group-name",
        ),
        pytest.param(
            "probes.demo.timeout = 5",
            "probes.demo: expected code, file or imports, found none of them.",
            id="probe-of-nothing",
        ),
        pytest.param(
            "probes.demo = 5",
            "probes.demo: expected a table, found 5. Open it with [probes.demo].",
            id="probe-no-table",
        ),
        pytest.param(
            'probes.demo = { code = "1", file = "demo.py" }',
            "probes.demo.file: expected code or file, found both.",
            id="probe-code-and-file",
        ),
        pytest.param(
            'probes.demo.file = "demo.py"',
            "probes.demo.file: there is no file FOLDER/demo.py.",
            id="probe-file-missing",
        ),
        pytest.param(
            'probes.demo = { code = "1", timeout = 0 }',
            "probes.demo.timeout: expected a number of seconds above 0, found 0.",
            id="timeout-zero",
        ),
        pytest.param(
            'probes.demo = { code = "1", timeout = inf }',
            "probes.demo.timeout: expected a number of seconds above 0, found inf.",
            id="timeout-endless",
        ),
        pytest.param(
            'probes.demo.imports = ["demo", "demo/sub"]',
            'probes.demo.imports[1]: expected a module\'s name, found "demo/sub".',
            id="import-a-path",
        ),
        pytest.param(
            'probes = { a_b.code = "1", a-b.code = "1" }',
            "probes.a-b: another probe is for the same distribution.",
            id="probe-twice",
        ),
        pytest.param(
            "waivers = 1",
            "waivers: expected an array of tables, found 1. Open each with [[waivers]].",
            id="waivers-a-number",
        ),
        pytest.param(
            '[[waivers]]\ncode = "file-altered"\nreason = "so"',
            "waivers[0].distribution: expected a distribution's name, found nothing.",
            id="waiver-of-nobody",
        ),
        pytest.param(
            '[[waivers]]\ndistribution = "demo"\ncode = "file-altered"',
            "waivers[0].reason: expected why this is accepted, found nothing.",
            id="waiver-without-reason",
        ),
        pytest.param(
            '[[waivers]]\ndistribution = "demo"\ncode = "file-altred"\nreason = "so"',
            'waivers[0].code: no finding that can be waived has the code "file-altred". '
            'Did you mean "file-altered"?',
            id="waiver-code-misspelt",
        ),
        pytest.param(
            '[[waivers]]\ndistribution = "demo"\ncode = "waiver-expired"\nreason = "so"',
            'waivers[0].code: no finding that can be waived has the code "waiver-expired".',
            id="waiver-of-its-own-end",
        ),
        pytest.param(
            '[[waivers]]\ndistribution = "demo"\ncode = "crash"\nreason = "so"\n'
            'expires = "2027-03-31"',
            'waivers[0].expires: expected a date such as 2027-03-31, unquoted, found "2027-03-31".',
            id="waiver-date-in-quotes",
        ),
        pytest.param(
            '[[waivers]]\ndistribution = "demo"\ncode = "crash"\nreason = "so"\n'
            "expires = 2027-03-31T00:00:00",
            "waivers[0].expires: expected a date such as 2027-03-31, unquoted, "
            "found 2027-03-31T00:00:00.",
            id="waiver-date-with-time",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(
    write: Callable[..., Path], tmp_path: Path, text: str, fault: str
) -> None:
    path = write(text)

    with pytest.raises(ProfileError) as caught:
        load_profile(path)

    assert str(caught.value) == f"{path}: {fault}".replace("FOLDER", str(tmp_path))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "it cannot be read (No such file or directory).", id="absent"),
        pytest.param(b"\xff", "it is no TOML: it is not UTF-8 (byte 0).", id="not-utf-8"),
        pytest.param(b"a =", "it is no TOML: Invalid value (at end of document).", id="cut-short"),
        pytest.param(
            b"a = " + b"[" * 100_000,
            "it is no TOML that can be read: nested too deeply.",
            id="nested",
        ),
    ],
)
def test_what_is_no_toml_is_said_to_be_none(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "some.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ProfileError) as caught:
        load_profile(path)

    assert str(caught.value) == f"{path}: {reason}"


def test_pyproject_without_our_tables_is_no_profile(write: Callable[..., Path]) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(write('[project]\nname = "mine"', "pyproject.toml"))

    assert caught.value.faults == (
        "expected [dependency-groups] or [tool.venv-health], found neither: this is no profile.",
    )


def test_all_faults_of_a_file_stand_in_one_text(write: Callable[..., Path]) -> None:
    path = write('pth = ["a"]\nlocks = 1\ndescription = 1')

    with pytest.raises(ProfileError) as caught:
        load_profile(path)

    assert str(caught.value).splitlines() == [
        f"{path} has 3 faults:",
        '  locks: this key is unknown. Did you mean "lock"?',
        "  description: expected text, found 1.",
        '  pth[0]: expected the name of a .pth file, found "a".',
    ]


@pytest.mark.parametrize(
    ("package", "fault"),
    [
        pytest.param(
            'name = "demo"',
            "packages[0]: Exactly one of vcs, directory, archive must be set",
            id="no-source",
        ),
        pytest.param(
            _package("Demo", "1.0"),
            "packages[0].name: Name 'Demo' is not normalized",
            id="name-not-normalized",
        ),
        pytest.param(
            _package("demo", "1.0").replace("demo-1.0", "demo-2.0"),
            "packages[0].wheels[0]: Version in 'demo-2.0-py3-none-any.whl' is not consistent",
            id="other-version",
        ),
    ],
)
def test_a_fault_of_the_lock_is_one_of_the_profile(
    write: Callable[..., Path], package: str, fault: str
) -> None:
    lock = write(_lock(package), "pylock.some.toml")

    with pytest.raises(ProfileError) as caught:
        load_profile(write('lock = "pylock.some.toml"'))

    assert caught.value.faults[0].startswith(f"lock: {lock}: {fault}")


@pytest.mark.parametrize(
    "error",
    [
        ProfileError(Path("some.toml"), ["pth: wrong."]),
        ProfileNotFoundError("some", [Path("profiles/some.toml")], " There are: other."),
    ],
    ids=["mistake", "not-found"],
)
def test_errors_survive_the_way_to_another_process(error: UsageError) -> None:
    again = pickle.loads(pickle.dumps(error))

    assert (type(again), str(again)) == (type(error), str(error))


_texts = st.sampled_from(
    [
        "demo",
        "demo==1",
        "demo<1; python_version > 'x'",
        "demo; 'x' in extras",
        "demo===odd",
        "demo @ https://example.org/demo.whl",
        "",
        "base",
        "some.toml",
        "a/b",
        "\\u0000",
        ">=3",
        "x" * 300,
    ]
)
_scalars = (
    _texts.map(lambda text: f'"{text}"')
    | st.integers().map(str)
    | st.sampled_from(["1.5", "nan", "-inf", "true", "2027-03-31", "07:00:00", "9" * 5000])
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                [
                    "include-group",
                    "code",
                    "file",
                    "imports",
                    "timeout",
                    "demo",
                    "distribution",
                    "paths",
                    "reason",
                    "expires",
                ]
            ),
            inner,
            max_size=4,
        ).map(lambda table: f"{{ {', '.join(f'{k} = {v}' for k, v in table.items())} }}")
    ),
    max_leaves=8,
)
_documents = st.dictionaries(
    st.sampled_from(
        [
            "description",
            "requires-python",
            "extends",
            "lock",
            "pth",
            "network",
            "dependency-groups",
            "probes",
            "waivers",
            "tool",
            "other",
        ]
    ),
    _values,
).map(lambda table: "".join(f"{key} = {value}\n" for key, value in table.items()))


@given(document=_documents)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_the_document_only_a_profile_error_is_raised(
    tmp_path: Path, target: Environment, document: str
) -> None:
    path = tmp_path / "some.toml"
    path.write_text(document, "utf-8")

    outcome = _wanted_or_error(path, target)

    if isinstance(outcome, ProfileError):
        assert outcome.faults
        assert str(outcome).startswith(str(path))
    else:
        assert list(outcome) == sorted(outcome)


def _wanted_or_error(path: Path, target: Environment) -> dict[str, Wanted] | ProfileError:
    try:
        return load_profile(path).wanted(target)
    except ProfileError as error:
        return error


# --- finding ---------------------------------------------------------------------------------


def test_a_name_is_looked_for_upwards(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write("", "profiles/some.toml")
    (tmp_path / "a" / "b").mkdir(parents=True)

    assert find_profile("some", tmp_path / "a" / "b") == path


def test_the_nearest_profile_wins(write: Callable[..., Path], tmp_path: Path) -> None:
    write("", "profiles/some.toml")
    near = write("", "a/profiles/some.toml")

    assert find_profile("some", tmp_path / "a") == near


def test_a_file_is_relative_to_the_folder_pytest_was_called_in(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write("", "a/other.toml")

    assert find_profile("a/other.toml", tmp_path) == path
    assert find_profile(str(path), Path("/")) == path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param(
            "smoe",
            'There is no profile "smoe" (looked for FOLDER/profiles/smoe.toml). '
            'Did you mean "some"?',
            id="name-near-another",
        ),
        pytest.param(
            "quite-different",
            'There is no profile "quite-different" (looked for '
            "FOLDER/profiles/quite-different.toml). There are: other, some.",
            id="name-like-none",
        ),
        pytest.param(
            "a/some.toml",
            'There is no profile "a/some.toml" (looked for FOLDER/a/some.toml).',
            id="file",
        ),
        pytest.param(
            "x" * 300,
            f'There is no profile "{"x" * 300}" (looked for '
            f"FOLDER/profiles/{'x' * 300}.toml). There are: other, some.",
            id="longer-than-any-file-name",
        ),
    ],
)
def test_a_profile_that_is_not_there_is_said_to_be_missing(
    write: Callable[..., Path], tmp_path: Path, name: str, sentence: str
) -> None:
    write("", "profiles/some.toml")
    write("", "profiles/other.toml")
    write("", "profiles/pylock.some.toml")

    with pytest.raises(ProfileNotFoundError) as caught:
        find_profile(name, tmp_path)

    assert str(caught.value) == sentence.replace("FOLDER", str(tmp_path))


# --- wanted ----------------------------------------------------------------------------------


def test_markers_hold_for_the_target_not_for_the_host(
    write: Callable[..., Path], target: Environment
) -> None:
    profile = load_profile(
        write(
            """
            [dependency-groups]
            core = [
                "old; python_version < '3.9'",
                "new; python_version >= '3.9'",
                "there; sys_platform == 'plan9'",
                "here; sys_platform != 'plan9'",
                "never; extra == 'x'",
            ]
            """
        )
    )

    assert list(profile.wanted(target)) == ["old", "there"]


def test_groups_and_lock_are_wanted_together(
    write: Callable[..., Path], target: Environment
) -> None:
    never = "marker = \"sys_platform == 'linux'\""
    packages = [_package("demo", "2.13.0+cpu"), _package("tail", "3"), _package("x", "1", never)]
    write(_lock(*packages), "pylock.some.toml")
    text = """
    lock = "pylock.some.toml"
    [dependency-groups]
    core = ["Demo[Fast_Path]==2.13.0", "pinned==1.5", "free>=1"]
    more = ["pinned[b]<2"]
    """

    wanted = load_profile(write(text)).wanted(target)

    assert list(wanted) == ["demo", "free", "pinned", "tail"]
    assert wanted["demo"] == Wanted(
        name="demo",
        specifier=SpecifierSet("==2.13.0"),
        expected="2.13.0+cpu",
        groups=("core",),
        extras=frozenset({"fast-path"}),
        wheel="demo-2.13.0+cpu-py3-none-any.whl",
        sha256=SHA256,
        locked=True,
    )
    assert (wanted["tail"].expected, wanted["tail"].groups) == ("3", ())
    assert (wanted["pinned"].expected, wanted["pinned"].groups) == ("1.5", ("core", "more"))
    assert wanted["free"].expected is None


@pytest.mark.parametrize(
    ("wanted", "version", "admitted"),
    [
        pytest.param(
            Wanted(name="d", specifier=SpecifierSet("==2.13.0"), expected="2.13.0"),
            "2.13.0+cpu",
            True,
            id="pin-and-local-version",
        ),
        pytest.param(
            Wanted(name="d", specifier=SpecifierSet("==2.13.0"), expected="2.13.0"),
            "2.13.1",
            False,
            id="pin-and-other-release",
        ),
        pytest.param(
            Wanted(name="d", specifier=SpecifierSet(">=2"), expected=None),
            "3.0rc1",
            True,
            id="range-and-pre-release",
        ),
        pytest.param(
            Wanted(
                name="d", specifier=SpecifierSet("==2.13.0"), expected="2.13.0+cpu", locked=True
            ),
            "2.13.0+cpu",
            True,
            id="lock-and-same-build",
        ),
        pytest.param(
            Wanted(
                name="d", specifier=SpecifierSet("==2.13.0"), expected="2.13.0+cpu", locked=True
            ),
            "2.13.0+cu126",
            False,
            id="lock-and-other-build",
        ),
        pytest.param(
            Wanted(name="d", specifier=SpecifierSet("==2.13.0"), expected="2.13.0", locked=True),
            "2.13.0+cpu",
            False,
            id="lock-without-local-version",
        ),
    ],
)
def test_which_versions_are_admitted(wanted: Wanted, version: str, admitted: bool) -> None:
    assert wanted.admits(Version(version)) is admitted


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [("==1.5", "1.5"), ("==1.*", None), ("==1.5,>=1", "1.5"), (">=1", None), ("", None)],
)
def test_a_single_pin_is_what_is_expected(
    write: Callable[..., Path], target: Environment, specifier: str, expected: str | None
) -> None:
    profile = load_profile(write(f'dependency-groups.core = ["demo{specifier}"]'))

    assert profile.wanted(target)["demo"].expected == expected


MISFITS: Mapping[str, tuple[str, str, str]] = {
    "profile-for-another-python": (
        'requires-python = "==3.11.*"',
        _lock(),
        (
            "FOLDER/some.toml: requires-python: this profile is for Python ==3.11.*, "
            "/target has 3.8.1."
        ),
    ),
    "lock-for-another-python": (
        "",
        _lock(head='requires-python = "==3.11.*"'),
        (
            "FOLDER/pylock.some.toml: requires-python: this lock is for Python ==3.11.*, "
            "/target has 3.8.1."
        ),
    ),
    "lock-for-another-platform": (
        "",
        _lock(head="environments = [\"sys_platform == 'linux'\"]"),
        (
            'FOLDER/pylock.some.toml: environments: this lock is for sys_platform == "linux", '
            "/target is cpython 3.8.1 on PLATFORM."
        ),
    ),
    "lock-without-a-wheel-that-fits": (
        "",
        _lock(_package("demo", "1.0").replace("py3-none-any", "cp27-cp27m-win32")),
        (
            "FOLDER/pylock.some.toml: packages: No wheel found matching the provided tags for "
            "package 'demo' at packages[0], and no sdist available as a fallback."
        ),
    ),
    "pin-outside-the-lock": (
        'dependency-groups.core = ["demo==2.0"]',
        _lock(_package("demo", "1.0")),
        (
            "FOLDER/some.toml: dependency-groups.core: demo==2.0 is asked for, "
            "pylock.some.toml locks 1.0."
        ),
    ),
    "groups-against-each-other": (
        'dependency-groups = { a = ["demo==2.0"], b = ["demo<2"] }',
        _lock(),
        (
            "FOLDER/some.toml: dependency-groups: a asks for demo==2.0 and b asks for demo<2: "
            "no version is all of this."
        ),
    ),
    "group-against-itself": (
        'dependency-groups.a = ["demo==2.0", "demo<2"]',
        _lock(),
        (
            "FOLDER/some.toml: dependency-groups: a asks for demo==2.0 and a asks for demo<2: "
            "no version is all of this."
        ),
    ),
    "marker-of-another-standard": (
        "dependency-groups.a = [\"demo; 'x' in extras\"]",
        _lock(),
        (
            'FOLDER/some.toml: dependency-groups.a: demo; "x" in extras: '
            "its marker has no value for an environment ('extras')."
        ),
    ),
}


@pytest.mark.parametrize(("profile", "lock", "sentence"), MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_the_target_is_said(
    write: Callable[..., Path],
    tmp_path: Path,
    target: Environment,
    profile: str,
    lock: str,
    sentence: str,
) -> None:
    write(lock + ("" if "[[packages]]" in lock else "packages = []"), "pylock.some.toml")
    loaded = load_profile(write(f'lock = "pylock.some.toml"\n{profile}'))

    with pytest.raises(ProfileError) as caught:
        loaded.wanted(target)

    expected = sentence.replace("FOLDER", str(tmp_path)).replace("PLATFORM", target.platform)
    assert str(caught.value) == expected


def test_an_environment_of_unknown_version_is_not_the_profiles_fault(
    write: Callable[..., Path], running: Environment
) -> None:
    write(_lock(_package("demo", "1.0"), head='requires-python = ">=3.8"'), "pylock.some.toml")
    text = 'lock = "pylock.some.toml"\nrequires-python = ">=3.8"\ndependency-groups.a = ["tail"]'

    wanted = load_profile(write(text)).wanted(_target(running, (3, 0, 0)))

    assert list(wanted) == ["tail"]


def test_a_group_that_the_lock_knows_is_selected_in_it(
    write: Callable[..., Path], target: Environment
) -> None:
    in_group = "marker = \"'more' in dependency_groups\""
    in_other = "marker = \"'other' in dependency_groups\""
    packages = [_package("demo", "1.0", in_group), _package("tail", "1.0", in_other)]
    write(_lock(*packages, head='dependency-groups = ["more", "other"]'), "pylock.some.toml")
    text = 'lock = "pylock.some.toml"\ndependency-groups.more = ["demo"]'

    assert list(load_profile(write(text)).wanted(target)) == ["demo"]


# --- waivers ---------------------------------------------------------------------------------

WAIVER = Waiver(
    distribution="certifi",
    code="file-altered",
    paths=("*/certifi/cacert.pem", "*/certifi/extra/*"),
    reason="the company's own CA",
    expires=datetime.date(2027, 3, 31),
)
SITE = "lib/python3.11/site-packages"
FINDING = Finding(
    code=Code.FILE_ALTERED,
    check=Check.FILES,
    distribution="certifi",
    summary="1 file is altered.",
    remedy="Reinstall it.",
    paths=(f"{SITE}/certifi/cacert.pem",),
)


@pytest.mark.parametrize(
    ("finding", "matched"),
    [
        pytest.param(FINDING, True, id="the-waived"),
        pytest.param(
            replace(FINDING, paths=(*FINDING.paths, f"{SITE}/certifi/extra/deep/x.pem")),
            True,
            id="star-crosses-a-slash",
        ),
        pytest.param(
            replace(FINDING, paths=(*FINDING.paths, f"{SITE}/certifi/core.py")),
            False,
            id="one-path-more",
        ),
        pytest.param(replace(FINDING, paths=()), False, id="no-path"),
        pytest.param(replace(FINDING, code=Code.FILE_MISSING), False, id="other-code"),
        pytest.param(replace(FINDING, distribution="pip"), False, id="other-distribution"),
        pytest.param(
            replace(FINDING, paths=(f"{SITE}/CERTIFI/cacert.pem",)), False, id="other-case"
        ),
    ],
)
def test_a_waiver_covers_all_of_a_finding_or_nothing(finding: Finding, matched: bool) -> None:
    assert WAIVER.matches(finding) is matched


def test_a_waiver_without_paths_covers_any() -> None:
    waiver = replace(WAIVER, paths=())

    assert waiver.matches(FINDING)
    assert waiver.matches(replace(FINDING, paths=()))


def test_a_waiver_holds_on_its_last_day() -> None:
    assert not WAIVER.expired(datetime.date(2027, 3, 31))
    assert WAIVER.expired(datetime.date(2027, 4, 1))
    assert not replace(WAIVER, expires=None).expired(datetime.date(9999, 1, 1))


def test_the_environments_own_findings_can_be_waived(write: Callable[..., Path]) -> None:
    text = f'[[waivers]]\ndistribution = "{ENVIRONMENT}"\ncode = "leftover"\nreason = "harmless"'

    (waiver,) = load_profile(write(text)).waivers

    finding = replace(FINDING, distribution=ENVIRONMENT, code=Code.LEFTOVER)
    assert waiver.matches(finding)
