"""The report says the same in whatever order the items ran, and is valid against its schema."""

from __future__ import annotations

import errno
import json
import pickle
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.reports.json_report import (
    DistributionFacts,
    EnvironmentFacts,
    ReportNotWrittenError,
    build_report,
    item_metadata,
    load_schema,
    write_report,
)
from pytest_venvhealth.results import Action, ItemResult, RepairRecord, RepairResult, Status

pytestmark = pytest.mark.sampled(2)

BLOOM = "lib/python3.11/site-packages/transformers/models/bloom/modeling_bloom.py"
WHEEL = "transformers-4.57.3-py3-none-any.whl"
DOCS = Path(__file__).parent.parent / "docs" / "findings.md"


INSTALLED: dict[str, str | None] = {
    "accelerate": "1.2",
    "peft": "0.13.2",
    "transformers": "4.57.3",
}


def facts(name: str = "llm", versions: dict[str, str | None] = INSTALLED) -> EnvironmentFacts:
    return EnvironmentFacts(
        name=name,
        host="here",
        path=f"/venvs/{name}",
        python="3.11.7",
        implementation="cpython",
        platform="linux-x86_64",
        profile="llm-cpu",
        wheelhouses=("/wheels",),
        distributions=tuple(
            DistributionFacts(name=key, version=version, expected="==1", groups=("core",))
            for key, version in versions.items()
        ),
    )


def item(
    distribution: str,
    check: Check,
    status: Status = Status.HEALTHY,
    findings: Sequence[Finding] = (),
    repairs: Sequence[RepairRecord] = (),
    **more: Any,
) -> ItemResult:
    more.setdefault("environment", "llm")
    return ItemResult(
        nodeid=f"venv-health::{distribution}[{check}]",
        distribution=distribution,
        check=check,
        status=status,
        findings=tuple(findings),
        repairs=tuple(repairs),
        **more,
    )


def finding(distribution: str, code: Code, check: Check, **more: Any) -> Finding:
    more.setdefault("summary", f"{distribution} has {code}.")
    more.setdefault("remedy", "Repair it with: pytest --venv-health --repair")
    return Finding(distribution=distribution, code=code, check=check, **more)


def repair(distribution: str = "transformers", **more: Any) -> RepairRecord:
    values: dict[str, Any] = {
        "version": "4.57.3",
        "wheel": WHEEL,
        "sha256": "a" * 64,
        "items": (f"venv-health::{distribution}[files]",),
        "actions": (Action(action="quarantine", count=4311), Action(action="install", count=4312)),
        "result": RepairResult.VERIFIED,
        "reason": None,
        "seconds": 2.5,
    }
    return RepairRecord(distribution=distribution, **(values | more))


MISSING = finding(
    "transformers",
    Code.FILE_MISSING,
    Check.FILES,
    summary="transformers 4.57.3 is damaged: 1 file is missing.",
    paths=(BLOOM,),
    root_causes=("transformers",),
    repairable=True,
)
IMPORT_FAILS = finding(
    "peft",
    Code.IMPORT_ERROR,
    Check.IMPORT,
    summary="import peft fails: cannot import name 'BloomPreTrainedModel' from 'transformers'",
    root_causes=("transformers",),
    repairable=True,
)


def healed(*findings: Finding) -> list[Finding]:
    return [replace(finding, healed=True) for finding in findings]


def report_of(*results: ItemResult, **versions: str | None) -> dict[str, Any]:
    """Build the report of one environment, and hold it against the schema."""
    report = build_report([facts(versions=INSTALLED | versions)], results)
    Draft202012Validator(load_schema()).validate(report)
    return report


def environment_of(*results: ItemResult, **versions: str | None) -> dict[str, Any]:
    environment: dict[str, Any] = report_of(*results, **versions)["environments"][0]
    return environment


def distributions_of(*results: ItemResult, **versions: str | None) -> dict[str, dict[str, Any]]:
    environment = environment_of(*results, **versions)
    return {entry["name"]: entry for entry in environment["distributions"]}


def statuses_of(*results: ItemResult) -> dict[str, str]:
    return {name: entry["status"] for name, entry in distributions_of(*results).items()}


BROKEN_STORY = (
    item("transformers", Check.INSTALLED),
    item("peft", Check.INSTALLED),
    item("transformers", Check.FILES, Status.BROKEN, [MISSING], verified_against="wheel"),
    item("peft", Check.FILES, verified_against="wheel"),
    item("transformers", Check.IMPORT),
    item("peft", Check.IMPORT, Status.BROKEN, [IMPORT_FAILS, MISSING]),
)


def test_a_broken_distribution_is_named_with_the_one_it_takes_down() -> None:
    environment = environment_of(*BROKEN_STORY)

    peft, transformers = environment["distributions"]
    assert environment["status"] == "broken"
    assert environment["repairs"] == []
    assert transformers == {
        "name": "transformers",
        "version": "4.57.3",
        "expected": "==1",
        "groups": ["core"],
        "status": "broken",
        "depth": None,
        "verified_against": "wheel",
        "findings": [
            {
                "code": "file-missing",
                "severity": "error",
                "check": "files",
                "summary": "transformers 4.57.3 is damaged: 1 file is missing.",
                "paths": [BLOOM],
                "root_causes": ["transformers"],
                "repairable": True,
                "remedy": "Repair it with: pytest --venv-health --repair",
                "healed": False,
            }
        ],
    }
    assert peft["status"] == "broken"
    assert peft["depth"] == "files"
    assert [(entry["code"], entry["root_causes"]) for entry in peft["findings"]] == [
        ("import-error", ["transformers"])
    ]


def test_what_was_repaired_is_healed_and_what_only_suffered_is_healthy() -> None:
    environment = environment_of(
        item("transformers", Check.FILES, Status.HEALED, healed(MISSING), [repair()]),
        item("peft", Check.IMPORT, Status.HEALTHY),
    )

    assert environment["status"] == "healed"
    assert {entry["name"]: entry["status"] for entry in environment["distributions"]} == {
        "peft": "healthy",
        "transformers": "healed",
    }
    assert environment["repairs"] == [
        {
            "distribution": "transformers",
            "version": "4.57.3",
            "wheel": WHEEL,
            "sha256": "a" * 64,
            "for": ["venv-health::transformers[files]"],
            "actions": [
                {"action": "quarantine", "count": 4311},
                {"action": "install", "count": 4312},
            ],
            "result": "verified",
            "reason": None,
            "seconds": 2.5,
        }
    ]


def test_who_met_the_damage_first_does_not_matter() -> None:
    """With workers or in random order peft's import may run, and repair, before any files item."""
    distributions = distributions_of(
        item("peft", Check.IMPORT, Status.HEALED, healed(IMPORT_FAILS, MISSING), [repair()]),
        item("transformers", Check.FILES, verified_against="wheel"),
    )

    peft, transformers = distributions["peft"], distributions["transformers"]
    assert (peft["status"], transformers["status"]) == ("healthy", "healed")
    assert [(entry["code"], entry["healed"]) for entry in peft["findings"]] == [
        ("import-error", True)
    ]
    assert [entry["healed"] for entry in transformers["findings"]] == [True]


def test_a_distribution_that_is_absent_is_not_installed() -> None:
    absent = finding("peft", Code.NOT_INSTALLED, Check.INSTALLED, repairable=True)
    results = [
        item("peft", Check.INSTALLED, Status.NOT_INSTALLED, [absent]),
        item("peft", Check.FILES, Status.UNCHECKED, reason="peft is not installed"),
    ]

    distributions = distributions_of(*results, peft=None)

    assert distributions["peft"]["version"] is None
    assert distributions["peft"]["status"] == "not-installed"
    assert environment_of(*results)["status"] == "broken"


@pytest.mark.parametrize("code", [Code.NOT_INSTALLED, Code.VERSION_DRIFT])
def test_what_was_absent_or_off_its_pin_is_healed_by_a_repair(code: Code) -> None:
    seen = finding("peft", code, Check.INSTALLED, root_causes=("peft",))

    statuses = statuses_of(
        item("peft", Check.INSTALLED, Status.HEALED, healed(seen), [repair("peft")]),
        item("peft", Check.FILES),
    )

    assert statuses == {"peft": "healed"}


def test_a_version_off_its_pin_is_broken() -> None:
    drift = finding("peft", Code.VERSION_DRIFT, Check.INSTALLED, root_causes=("peft",))

    assert statuses_of(item("peft", Check.INSTALLED, Status.BROKEN, [drift])) == {"peft": "broken"}


WARNING = finding("peft", Code.FOREIGN_FILE, Check.FILES, severity=Severity.WARNING)
ALTERED = finding("peft", Code.FILE_ALTERED, Check.FILES, paths=("lib/a.py",))


@pytest.mark.parametrize(
    ("results", "status"),
    [
        pytest.param([item("peft", Check.FILES)], "healthy", id="nothing-found"),
        pytest.param([item("peft", Check.FILES, findings=[WARNING])], "healthy", id="warning"),
        pytest.param(
            [item("peft", Check.FILES, Status.HEALED, healed(WARNING))], "healed", id="cleared"
        ),
        pytest.param(
            [item("peft", Check.FILES, Status.UNCHECKED), item("peft", Check.IMPORT)],
            "unchecked",
            id="one-item-could-not-tell",
        ),
        pytest.param(
            [item("peft", Check.FILES, Status.UNCHECKED, repairs=[repair("peft")])],
            "unchecked",
            id="unchecked-is-worse-than-healed",
        ),
        pytest.param(
            [item("peft", Check.FILES, Status.WAIVED, [ALTERED], reason="ours")],
            "waived",
            id="waived",
        ),
        pytest.param(
            [
                item("peft", Check.FILES, Status.WAIVED, [ALTERED], reason="ours"),
                item("transformers", Check.IMPORT, Status.HEALTHY, [ALTERED]),
            ],
            "waived",
            id="waived-though-another-item-saw-it",
        ),
        pytest.param(
            [
                item("transformers", Check.IMPORT, Status.WAIVED, [ALTERED], reason="ours"),
            ],
            "broken",
            id="a-waiver-of-another-distribution",
        ),
        pytest.param(
            [
                item("peft", Check.IMPORT, Status.WAIVED, [ALTERED], reason="ours"),
                item("peft", Check.FUNCTIONAL, Status.BROKEN, [ALTERED]),
            ],
            "broken",
            id="waived-by-one-of-two-items",
        ),
        pytest.param(
            [
                item("peft", Check.IMPORT, Status.WAIVED, [ALTERED], reason="ours"),
                item("peft", Check.FUNCTIONAL, Status.NOT_INSTALLED, [ALTERED]),
            ],
            "broken",
            id="waived-by-one-and-not-by-the-other",
        ),
        pytest.param(
            [item("peft", Check.FILES, Status.WAIVED, [ALTERED], [repair("peft")])],
            "healed",
            id="repaired-beside-a-waiver",
        ),
        pytest.param(
            [item("peft", Check.IMPORT, Status.BROKEN)], "broken", id="failed-without-a-finding"
        ),
        pytest.param(
            [item("peft", Check.FILES, Status.HEALED, healed(ALTERED), [repair("transformers")])],
            "healed",
            id="healed-without-a-cause-elsewhere",
        ),
    ],
)
def test_the_status_of_a_distribution(results: list[ItemResult], status: str) -> None:
    assert statuses_of(*results)["peft"] == status


UNHEALED_COPY = item("peft", Check.IMPORT, Status.BROKEN, [IMPORT_FAILS, MISSING])
HEALED_COPY = item(
    "accelerate", Check.IMPORT, Status.HEALED, healed(MISSING), [repair("transformers")]
)


@pytest.mark.parametrize(
    ("results", "is_healed"),
    [
        pytest.param(
            [item("transformers", Check.FILES, Status.BROKEN, [MISSING]), HEALED_COPY],
            False,
            id="the-owner-still-sees-it",
        ),
        pytest.param(
            [
                item("transformers", Check.FILES, Status.BROKEN, [*healed(MISSING), MISSING]),
                HEALED_COPY,
            ],
            False,
            id="the-owner-saw-it-again-after-its-repair",
        ),
        pytest.param(
            [item("transformers", Check.FILES, Status.HEALED, healed(MISSING)), UNHEALED_COPY],
            True,
            id="the-owner-healed-it",
        ),
        pytest.param(
            [item("transformers", Check.FILES), UNHEALED_COPY, HEALED_COPY],
            True,
            id="the-owner-saw-nothing-after-a-repair",
        ),
        pytest.param(
            [item("transformers", Check.FILES), UNHEALED_COPY],
            False,
            id="the-owner-saw-nothing-and-nobody-repaired",
        ),
        pytest.param(
            [item("transformers", Check.FILES, Status.UNCHECKED), UNHEALED_COPY],
            False,
            id="the-owner-could-not-tell",
        ),
        pytest.param(
            [
                item("transformers", Check.FILES, Status.UNCHECKED),
                item("transformers", Check.INSTALLED, repairs=[repair()]),
                UNHEALED_COPY,
            ],
            False,
            id="the-owner-could-not-tell-after-a-repair",
        ),
        pytest.param([UNHEALED_COPY, HEALED_COPY], True, id="no-owner-and-one-healed-copy"),
        pytest.param([UNHEALED_COPY], False, id="no-owner"),
    ],
)
def test_the_owner_of_a_check_has_the_last_word(results: list[ItemResult], is_healed: bool) -> None:
    findings = distributions_of(*results)["transformers"]["findings"]

    assert [entry["healed"] for entry in findings] == [is_healed]


@pytest.mark.parametrize(
    ("ended", "depth"),
    [
        pytest.param({}, None, id="nothing-ran"),
        pytest.param({Check.FILES: Status.HEALTHY}, "files", id="files"),
        pytest.param(
            {Check.FILES: Status.HEALED, Check.IMPORT: Status.HEALTHY}, "import", id="healed"
        ),
        pytest.param(
            {Check.FILES: Status.WAIVED, Check.FUNCTIONAL: Status.HEALTHY}, "functional", id="gap"
        ),
        pytest.param(
            {Check.FILES: Status.BROKEN, Check.IMPORT: Status.HEALTHY}, None, id="files-fail"
        ),
        pytest.param(
            {
                Check.FILES: Status.HEALTHY,
                Check.IMPORT: Status.HEALTHY,
                Check.FUNCTIONAL: Status.BROKEN,
            },
            "import",
            id="functional-fails",
        ),
        pytest.param(
            {Check.FILES: Status.UNCHECKED, Check.IMPORT: Status.HEALTHY}, "import", id="skipped"
        ),
    ],
)
def test_depth_is_the_deepest_check_that_passed(
    ended: dict[Check, Status], depth: str | None
) -> None:
    results = [item("peft", check, status) for check, status in ended.items()]

    assert distributions_of(item("peft", Check.INSTALLED), *results)["peft"]["depth"] == depth


def test_findings_of_the_environment_stand_apart_and_count() -> None:
    dead = finding(ENVIRONMENT, Code.INTERPRETER_BROKEN, Check.INTERPRETER)

    environment = environment_of(
        item(ENVIRONMENT, Check.INTERPRETER, Status.BROKEN, [dead]), item("peft", Check.FILES)
    )

    assert [entry["name"] for entry in environment["distributions"]] == ["peft"]
    assert [entry["code"] for entry in environment["findings"]] == ["interpreter-broken"]
    assert environment["status"] == "broken"


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        pytest.param([Status.HEALTHY, Status.WAIVED], "healthy", id="waived-counts-as-healthy"),
        pytest.param([Status.HEALED, Status.HEALTHY], "healed", id="healed"),
        pytest.param([Status.UNCHECKED, Status.HEALED], "unchecked", id="unchecked"),
        pytest.param([Status.BROKEN, Status.UNCHECKED], "broken", id="broken"),
        pytest.param([Status.NOT_INSTALLED, Status.HEALED], "broken", id="not-installed-is-broken"),
        pytest.param([], "unchecked", id="nothing-ran"),
    ],
)
def test_the_worst_state_is_the_environment_s(ended: list[Status], status: str) -> None:
    results = [
        item(
            name,
            Check.FILES,
            state,
            healed(finding(name, Code.FILE_ALTERED, Check.FILES)) if state is Status.HEALED else [],
        )
        for name, state in zip(("peft", "transformers"), ended, strict=False)
    ]

    assert report_of(*results)["status"] == status


def test_the_worst_environment_is_the_report_s() -> None:
    report = build_report(
        [facts("llm"), facts("tools")],
        [item("peft", Check.FILES), item("peft", Check.FILES, Status.BROKEN, environment="tools")],
    )

    assert [entry["status"] for entry in report["environments"]] == ["healthy", "broken"]
    assert report["status"] == "broken"
    assert build_report([], [])["status"] == "unchecked"


def test_what_no_item_asked_about_is_left_out() -> None:
    assert set(distributions_of(item("peft", Check.FILES))) == {"peft"}


def test_a_missing_dependency_that_nobody_listed_is_told() -> None:
    absent = finding("tqdm", Code.NOT_INSTALLED, Check.INSTALLED)

    tqdm = distributions_of(item("peft", Check.IMPORT, Status.BROKEN, [absent]))["tqdm"]

    assert (tqdm["status"], tqdm["version"], tqdm["groups"]) == ("not-installed", None, [])


def test_two_wordings_of_one_damage_are_one_finding_and_two_errors_are_two() -> None:
    """A probe's path only says where an error was raised; a damaged file is known by its path."""
    reworded = replace(MISSING, summary="A file is missing.")
    errors = [replace(IMPORT_FAILS, summary=text, paths=("lib/a.py",)) for text in ("One.", "Two.")]

    distributions = distributions_of(
        item("transformers", Check.FILES, Status.BROKEN, [MISSING]),
        item("peft", Check.IMPORT, Status.BROKEN, [reworded, *errors]),
    )

    assert [seen["summary"] for seen in distributions["transformers"]["findings"]] == [
        MISSING.summary
    ]
    assert [seen["summary"] for seen in distributions["peft"]["findings"]] == ["One.", "Two."]


def test_errors_come_first_and_then_the_order_of_the_checks() -> None:
    crash = finding("peft", Code.CRASH, Check.IMPORT)
    drift = finding("peft", Code.VERSION_DRIFT, Check.INSTALLED)

    findings = distributions_of(
        item("peft", Check.IMPORT, Status.BROKEN, [WARNING, crash, ALTERED, drift])
    )["peft"]["findings"]

    assert [seen["code"] for seen in findings] == [
        "version-drift",
        "file-altered",
        "crash",
        "foreign-file",
    ]


def test_the_wording_does_not_depend_on_who_came_first() -> None:
    copies = [
        item("peft", Check.IMPORT, Status.BROKEN, [replace(MISSING, summary="A file is gone.")]),
        item("accelerate", Check.IMPORT, Status.BROKEN, [MISSING]),
    ]

    assert report_of(*copies) == report_of(*reversed(copies))


def test_a_result_of_an_unknown_environment_is_refused() -> None:
    with pytest.raises(ValueError, match="results of an unknown environment: elsewhere"):
        build_report([facts()], [item("peft", Check.FILES, environment="elsewhere")])


def test_a_repair_that_several_items_report_is_told_once() -> None:
    for_files = repair(items=("venv-health::transformers[files]",))
    for_peft = repair(items=("venv-health::peft[import]",), seconds=2.6)
    refused = repair("accelerate", result=RepairResult.REFUSED, reason="no wheel", actions=())

    repairs = environment_of(
        item("transformers", Check.FILES, Status.HEALED, healed(MISSING), [for_files]),
        item("peft", Check.IMPORT, Status.HEALED, healed(IMPORT_FAILS), [for_peft, refused]),
    )["repairs"]

    assert [(entry["distribution"], entry["for"], entry["seconds"]) for entry in repairs] == [
        ("accelerate", ["venv-health::accelerate[files]"], 2.5),
        ("transformers", ["venv-health::peft[import]", "venv-health::transformers[files]"], 2.6),
    ]


def test_repairs_with_different_ends_stay_apart() -> None:
    rolled_back = repair(result=RepairResult.ROLLED_BACK, reason="peft[import] failed as before")

    repairs = environment_of(
        item("transformers", Check.FILES, Status.HEALED, healed(MISSING), [rolled_back, repair()])
    )["repairs"]

    assert sorted(entry["result"] for entry in repairs) == ["rolled-back", "verified"]


def test_the_metadata_of_an_item_answer_its_own_question() -> None:
    on_the_way = [MISSING, finding("peft", Code.FILE_ALTERED, Check.FILES)]
    findings = [*on_the_way, IMPORT_FAILS]
    result = item("peft", Check.IMPORT, Status.BROKEN, findings, seconds=1.23456)

    assert item_metadata(result) == {
        "environment": "llm",
        "distribution": "peft",
        "check": "import",
        "status": "broken",
        "codes": ["import-error"],
        "root_causes": ["transformers"],
        "seconds": 1.235,
    }


NAMES = st.sampled_from(["peft", "transformers", ENVIRONMENT])
CHECKS = st.sampled_from([Check.INSTALLED, Check.FILES, Check.IMPORT])
FINDINGS = st.builds(
    Finding,
    code=st.sampled_from([Code.FILE_MISSING, Code.IMPORT_ERROR, Code.NOT_INSTALLED]),
    check=CHECKS,
    distribution=NAMES,
    summary=st.sampled_from(["It is damaged.", "It fails."]),
    remedy=st.just("Repair it."),
    severity=st.sampled_from(list(Severity)),
    paths=st.sampled_from([(), ("lib/a.py",), ("lib/a.py", "lib/\udcff.py")]),
    root_causes=st.lists(NAMES, max_size=2).map(tuple),
    repairable=st.booleans(),
    healed=st.booleans(),
)
ACTIONS = st.sampled_from(
    [Action(action="install", count=3), Action(action="quarantine", paths=("lib/mine.py",))]
)
REPAIRS = st.builds(
    repair,
    distribution=NAMES,
    wheel=st.sampled_from([None, WHEEL]),
    items=st.lists(st.sampled_from(["a", "b", "c"]), max_size=2).map(tuple),
    actions=st.lists(ACTIONS, max_size=2).map(tuple),
    result=st.sampled_from(list(RepairResult)),
    seconds=st.sampled_from([0.0, 1.5]),
).map(
    lambda record: replace(
        record, reason=None if record.result is RepairResult.VERIFIED else "It failed as before."
    )
)
RESULTS = st.lists(
    st.builds(
        item,
        distribution=NAMES,
        check=CHECKS,
        status=st.sampled_from(list(Status)),
        findings=st.lists(FINDINGS, max_size=3),
        repairs=st.lists(REPAIRS, max_size=2),
        verified_against=st.sampled_from([None, "wheel", "record", "stat"]),
        environment=st.sampled_from(["llm", "tools"]),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, database=None)
@given(results=RESULTS, data=st.data())
def test_the_order_of_the_results_changes_nothing(
    results: list[ItemResult], data: st.DataObject
) -> None:
    """Also: whatever the items say, the report is valid, and each finding is told once."""
    environments = [facts("llm"), facts("tools")]
    shuffled = data.draw(st.permutations(results))

    report = build_report(environments, results)

    assert build_report(environments, shuffled) == report
    VALIDATOR.validate(report)
    for environment in report["environments"]:
        for entry in [environment, *environment["distributions"]]:
            told = [
                (seen["check"], seen["code"], tuple(seen["paths"]), seen["summary"])
                for seen in entry["findings"]
            ]
            assert len(set(told)) == len(told)


VALIDATOR = Draft202012Validator(load_schema())


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(load_schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(["status"], "waived", id="no-state-of-an-environment"),
        pytest.param(["environments", 0, "distributions", 0, "status"], "fine", id="no-status"),
        pytest.param(["environments", 0, "distributions", 0, "depth"], "installed", id="no-depth"),
        pytest.param(["environments", 0, "distributions", 0, "more"], 1, id="unknown-key"),
        pytest.param(["environments", 0, "repairs", 0, "reason"], "why", id="verified-with-reason"),
        pytest.param(["environments", 0, "repairs", 0, "result"], "refused", id="refused-without"),
        pytest.param(
            ["environments", 0, "repairs", 0, "actions", 0], {"action": "clean"}, id="empty-action"
        ),
        pytest.param(["environments", 0, "repairs", 0, "sha256"], "abc", id="no-hash"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_know(
    path: list[str | int], value: object
) -> None:
    report = report_of(
        item("transformers", Check.FILES, Status.HEALED, healed(MISSING), [repair()])
    )
    place: Any = report
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(ValidationError):
        VALIDATOR.validate(report)


def test_the_schema_knows_every_check_and_status() -> None:
    definitions = load_schema()["$defs"]

    assert definitions["finding"]["properties"]["check"]["enum"] == [str(check) for check in Check]
    assert set(definitions["distribution"]["properties"]["status"]["enum"]) == set(map(str, Status))
    assert definitions["repair"]["properties"]["result"]["enum"] == list(map(str, RepairResult))


def test_a_report_is_written_whole_into_a_folder_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.json"
    report = report_of(*BROKEN_STORY)

    write_report(path, report)
    write_report(path, report)

    assert json.loads(path.read_text("ascii")) == report
    assert [entry.name for entry in path.parent.iterdir()] == ["report.json"]


def test_a_file_name_that_is_no_utf_8_is_written(tmp_path: Path) -> None:
    odd = replace(MISSING, paths=("lib/\udcff.py",))
    report = report_of(item("transformers", Check.FILES, Status.BROKEN, [odd]))

    write_report(tmp_path / "report.json", report)

    assert json.loads((tmp_path / "report.json").read_text("ascii")) == report


def test_a_report_that_cannot_be_written_says_where_and_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "report.json"

    with pytest.raises(ReportNotWrittenError) as caught:
        write_report(path, report_of())

    assert str(caught.value).startswith(f"The report could not be written to {path}: ")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_full_disk_leaves_the_old_report_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(ReportNotWrittenError, match="No space left on device"):
        write_report(path, report_of())

    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
    assert path.read_text() == "old"


def test_a_folder_in_the_report_s_place_is_no_place(tmp_path: Path) -> None:
    with pytest.raises(ReportNotWrittenError, match="Is a directory"):
        write_report(tmp_path, report_of())

    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """As /dev/stdout is one: whoever replaced it would take it from everybody."""
    link, real = tmp_path / "link", tmp_path / "real.json"
    real.write_text("old")
    link.symlink_to(real)

    write_report(link, report_of())

    assert link.is_symlink()
    assert json.loads(real.read_text("ascii"))["status"] == "unchecked"


def test_the_documentation_has_a_heading_for_every_code() -> None:
    headings = re.findall(r"^### `(.*)`$", DOCS.read_text("utf-8"), re.MULTILINE)

    assert headings == [str(code) for code in Code]


def test_the_documentation_tells_of_every_code_the_same_four_things() -> None:
    sections = re.split(r"^### .*$", DOCS.read_text("utf-8"), flags=re.MULTILINE)[1:]

    for section in sections:
        meaning, *rest = [part for part in section.split("\n\n") if part.strip()]
        assert not meaning.startswith("**")
        labels = [part.split(":**")[0].lstrip("*") for part in rest if part.startswith("**")]
        assert labels == ["Cause", "Remedy", "Not seen"]
