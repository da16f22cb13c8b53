"""The words a person reads, exact for the main stories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_venvhealth.findings import ENVIRONMENT, Check, Code, Finding, Severity
from pytest_venvhealth.reports.json_report import DistributionFacts, EnvironmentFacts, build_report
from pytest_venvhealth.reports.terminal import (
    failure_lines,
    header_lines,
    plan_lines,
    summary_lines,
)
from pytest_venvhealth.results import Action, ItemResult, RepairRecord, RepairResult, Status

BLOOM = "lib/python3.11/site-packages/transformers/models/bloom/modeling_bloom.py"
WHEEL = "transformers-4.57.3-py3-none-any.whl"
REMEDY = f"Run again with --repair: it installs {WHEEL}."
VERSIONS = {"accelerate": "1.2.1", "numpy": "2.1.0", "peft": "0.13.2", "transformers": "4.57.3"}

MISSING = Finding(
    code=Code.FILE_MISSING,
    check=Check.FILES,
    distribution="transformers",
    summary="transformers 4.57.3 is damaged: 1 file is missing.",
    remedy=REMEDY,
    paths=(BLOOM,),
    root_causes=("transformers",),
    repairable=True,
)
IMPORT_FAILS = Finding(
    code=Code.IMPORT_ERROR,
    check=Check.IMPORT,
    distribution="peft",
    summary="import peft fails: cannot import name 'BloomPreTrainedModel' from 'transformers'",
    remedy="Run again with --repair: it reinstalls transformers.",
    root_causes=("transformers",),
    repairable=True,
    evidence=tuple(f"frame {number}" for number in range(1, 8)),
)


def environment(name: str = "llm", **more: Any) -> EnvironmentFacts:
    values: dict[str, Any] = {
        "host": "here",
        "path": f"/venvs/{name}",
        "python": "3.11.7",
        "implementation": "cpython",
        "platform": "linux-x86_64",
        "profile": "llm-cpu",
        "wheelhouses": ("/wheels",),
        "distributions": tuple(
            DistributionFacts(name=key, version=version, expected=None, groups=("core",))
            for key, version in VERSIONS.items()
        ),
    }
    return EnvironmentFacts(name=name, **(values | more))


def item(
    distribution: str,
    check: Check = Check.FILES,
    status: Status = Status.HEALTHY,
    findings: tuple[Finding, ...] = (),
    repairs: tuple[RepairRecord, ...] = (),
    **more: Any,
) -> ItemResult:
    more.setdefault("environment", "llm")
    return ItemResult(
        nodeid=f"venv-health::{distribution}[{check}]",
        distribution=distribution,
        check=check,
        status=status,
        findings=findings,
        repairs=repairs,
        **more,
    )


def repair(distribution: str = "transformers", **more: Any) -> RepairRecord:
    values: dict[str, Any] = {
        "version": "4.57.3",
        "wheel": WHEEL,
        "sha256": "a" * 64,
        "items": ("venv-health::transformers[files]",),
        "actions": (Action(action="quarantine", count=4311), Action(action="install", count=4312)),
        "result": RepairResult.VERIFIED,
        "reason": None,
        "seconds": 2.5,
    }
    return RepairRecord(distribution=distribution, **(values | more))


def healed(*findings: Finding) -> tuple[Finding, ...]:
    return tuple(replace(finding, healed=True) for finding in findings)


def damaged(distribution: str, code: Code, check: Check = Check.FILES, **more: Any) -> Finding:
    values: dict[str, Any] = {"summary": f"{distribution} has {code}.", "remedy": "Mend it."}
    return Finding(distribution=distribution, code=code, check=check, **(values | more))


def summary_of(*results: ItemResult, alone: bool = False) -> list[str]:
    report = build_report([environment()], results)
    return [line.text for line in summary_lines(report, () if alone else results)]


# -- header


def test_the_header_names_target_python_profile_wheelhouse_and_count() -> None:
    assert header_lines(environment(), repair=False, plan=False) == [
        "venv-health: llm (/venvs/llm), CPython 3.11.7, 4 distributions",
        "profile: llm-cpu (group core), wheelhouse: /wheels",
    ]


def test_the_header_without_profile_and_wheelhouse_says_so() -> None:
    facts = environment(profile=None, wheelhouses=(), distributions=())

    assert header_lines(facts, repair=True, plan=False) == [
        "venv-health: llm (/venvs/llm), CPython 3.11.7, 0 distributions",
        "profile: none, derived from what is installed, wheelhouse: none",
        "repair: on, offline, from the wheelhouse",
    ]


def test_the_header_says_that_a_plan_changes_nothing() -> None:
    facts = environment(wheelhouses=("/a", "/b"))

    assert header_lines(facts, repair=False, plan=True)[1:] == [
        "profile: llm-cpu (group core), wheelhouses: /a, /b",
        "repair: planned only, nothing is changed",
    ]


# -- an item that fails


def test_a_damaged_distribution_tells_the_file_and_what_to_do() -> None:
    result = item("transformers", status=Status.BROKEN, findings=(MISSING,))

    assert failure_lines(result, verbose=0) == [
        "transformers 4.57.3 is damaged: 1 file is missing.",
        f"  {BLOOM}",
        REMEDY,
    ]


def test_one_that_only_suffers_tells_its_root_cause() -> None:
    result = item("peft", Check.IMPORT, Status.BROKEN, (IMPORT_FAILS,))

    assert failure_lines(result, verbose=0) == [
        "import peft fails: cannot import name 'BloomPreTrainedModel' from 'transformers'",
        "  | frame 4",
        "  | frame 5",
        "  | frame 6",
        "  | frame 7",
        "Root cause: transformers.",
        "Run again with --repair: it reinstalls transformers.",
    ]


def test_a_root_cause_that_a_diagnosis_saw_is_told_with_its_files() -> None:
    fails = replace(IMPORT_FAILS, evidence=())
    result = item("peft", Check.IMPORT, Status.BROKEN, (MISSING, fails))

    assert failure_lines(result, verbose=0) == [
        "import peft fails: cannot import name 'BloomPreTrainedModel' from 'transformers'",
        f"Root cause: transformers (file-missing): {MISSING.summary}",
        f"  {BLOOM}",
        "Run again with --repair: it reinstalls transformers.",
    ]


def test_one_that_fails_of_its_own_damage_tells_that_as_the_root_cause() -> None:
    crash = damaged("transformers", Code.CRASH, Check.IMPORT, root_causes=("transformers",))
    result = item("transformers", Check.IMPORT, Status.BROKEN, (crash, MISSING))

    assert failure_lines(result, verbose=0) == [
        "transformers has crash.",
        f"Root cause: transformers (file-missing): {MISSING.summary}",
        f"  {BLOOM}",
        "Mend it.",
    ]


def test_what_explains_nothing_is_told_as_seen() -> None:
    crash = damaged("peft", Code.CRASH, Check.IMPORT)
    result = item("peft", Check.IMPORT, Status.BROKEN, (crash, MISSING))

    assert failure_lines(result, verbose=0)[1] == (
        f"Seen as well: transformers (file-missing): {MISSING.summary}"
    )


def test_two_that_do_not_fit_are_both_named() -> None:
    conflict = damaged(
        "peft", Code.DEPENDENCY_CONFLICT, Check.INSTALLED, root_causes=("peft", "transformers")
    )
    result = item("peft", Check.INSTALLED, Status.BROKEN, (conflict,))

    assert failure_lines(result, verbose=0)[1] == "Root causes: peft and transformers."


@pytest.mark.parametrize(
    ("verbose", "shown", "last"),
    [
        pytest.param(0, 10, "  and 37 more, all in the JSON report", id="the-first-ten"),
        pytest.param(1, 47, "  lib/46.py", id="all-with-v"),
    ],
)
def test_long_lists_of_files_are_short_unless_asked_for(
    verbose: int, shown: int, last: str
) -> None:
    paths = tuple(f"lib/{number:02}.py" for number in range(47))
    result = item("transformers", status=Status.BROKEN, findings=(replace(MISSING, paths=paths),))

    lines = failure_lines(result, verbose=verbose)

    assert len([line for line in lines if line.startswith("  lib/")]) == shown
    assert lines[-2] == last


def test_v_shows_more_of_the_target_s_traceback() -> None:
    result = item("peft", Check.IMPORT, Status.BROKEN, (IMPORT_FAILS,))

    lines = failure_lines(result, verbose=1)

    assert len([line for line in lines if line.startswith("  | ")]) == 7


@pytest.mark.parametrize("verbose", [-1, -2])
def test_q_shows_what_is_wrong_and_none_of_the_traceback(verbose: int) -> None:
    result = item("peft", Check.IMPORT, Status.BROKEN, (IMPORT_FAILS,))

    lines = failure_lines(result, verbose=verbose)

    assert lines[0] == IMPORT_FAILS.summary
    assert not [line for line in lines if line.startswith("  | ")]


def test_a_refused_repair_is_not_recommended_again() -> None:
    refused = repair(result=RepairResult.REFUSED, reason="No wheel of it", actions=())
    result = item("transformers", status=Status.BROKEN, findings=(MISSING,), repairs=(refused,))

    assert failure_lines(result, verbose=0) == [
        "transformers 4.57.3 is damaged: 1 file is missing.",
        f"  {BLOOM}",
        "The repair of transformers was refused, nothing was touched: No wheel of it.",
    ]


def test_a_refusal_that_says_what_to_do_is_said_once() -> None:
    why = "No wheel of transformers==4.57.3. Put one there."
    helpless = replace(MISSING, repairable=False, remedy=why)
    refused = repair(result=RepairResult.REFUSED, reason=why, wheel=None, actions=())
    result = item("transformers", status=Status.BROKEN, findings=(helpless,), repairs=(refused,))

    assert failure_lines(result, verbose=0)[2:] == [
        f"The repair of transformers was refused, nothing was touched: {why}"
    ]


def test_a_rolled_back_repair_says_why_and_that_nothing_is_lost() -> None:
    back = repair(result=RepairResult.ROLLED_BACK, reason="It fails as before.")
    result = item("transformers", status=Status.BROKEN, findings=(MISSING,), repairs=(back,))

    assert failure_lines(result, verbose=0)[2:] == [
        "The repair of transformers was rolled back, the old files are back: It fails as before."
    ]


def test_what_a_repair_healed_and_what_it_left_is_told_apart() -> None:
    result = item(
        "transformers",
        Check.IMPORT,
        Status.BROKEN,
        (*healed(MISSING), damaged("transformers", Code.CRASH, Check.IMPORT)),
        (repair(),),
        notes=("An unfinished repair was rolled back.",),
    )

    assert failure_lines(result, verbose=0) == [
        "transformers has crash.",
        "Healed: transformers 4.57.3 is damaged: 1 file is missing.",
        f"Repaired: transformers 4.57.3 was installed from {WHEEL}.",
        "Mend it.",
        "An unfinished repair was rolled back.",
    ]


def test_errors_come_before_warnings() -> None:
    warning = damaged("peft", Code.LEFTOVER, severity=Severity.WARNING)
    error = damaged("peft", Code.CRASH)

    lines = failure_lines(item("peft", findings=(warning, error)), verbose=0)

    assert lines == ["peft has crash.", "Warning: peft has leftover.", "Mend it."]


def test_an_item_that_could_not_tell_says_why() -> None:
    result = item("peft", status=Status.UNCHECKED, reason="no hash in RECORD")

    assert failure_lines(result, verbose=0) == ["no hash in RECORD."]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param("lib/\x1b[2J.py", "  lib/\\x1b[2J.py", id="an-escape-sequence"),
        pytest.param("lib/a\nb.py", "  lib/a\\nb.py", id="a-line-feed"),
        pytest.param("lib/\udcff.py", "  lib/\\udcff.py", id="bytes-that-are-no-utf-8"),
        pytest.param("lib/naïve.py", "  lib/naïve.py", id="letters-stay"),
    ],
)
def test_a_file_s_name_cannot_act_on_the_terminal(path: str, shown: str) -> None:
    result = item("transformers", findings=(replace(MISSING, paths=(path,)),))

    assert failure_lines(result, verbose=0)[1] == shown


# -- the closing summary

HEALTHY = item("numpy")
BROKEN_STORY = (
    HEALTHY,
    item("transformers", Check.FILES, Status.BROKEN, (MISSING,)),
    item("peft", Check.IMPORT, Status.BROKEN, (IMPORT_FAILS,)),
    item(
        "accelerate",
        Check.FUNCTIONAL,
        Status.BROKEN,
        (
            damaged(
                "accelerate",
                Code.CRASH,
                Check.FUNCTIONAL,
                summary="the probe of accelerate crashes with SIGSEGV",
                root_causes=("transformers",),
            ),
        ),
    ),
)


def test_all_healthy_is_one_line() -> None:
    assert summary_of(HEALTHY) == ["1 distribution: 1 healthy"]


def test_one_root_shows_whom_it_takes_down() -> None:
    assert summary_of(*BROKEN_STORY) == [
        "transformers 4.57.3  broken  1 file missing → takes down accelerate, peft",
        "    accelerate 1.2.1  broken  the probe of accelerate crashes with SIGSEGV",
        (
            "    peft 0.13.2  broken  import peft fails: cannot import name 'BloomPreTrainedModel' "
            "from 'transformers'"
        ),
        "4 distributions: 1 healthy, 3 broken",
        "Run again with --repair to heal this; --repair-plan shows what that would do.",
    ]


def test_a_root_that_takes_many_down_is_told_once() -> None:
    victims = [
        item(name, Check.IMPORT, Status.BROKEN, (replace(IMPORT_FAILS, distribution=name),))
        for name in ("accelerate", "datasets", "numpy", "peft")
    ]

    lines = summary_of(BROKEN_STORY[1], *victims)

    assert lines[:2] == [
        (
            "transformers 4.57.3  broken  1 file missing "
            "→ takes down accelerate, datasets, numpy, peft"
        ),
        "5 distributions: 5 broken",
    ]


def test_what_nothing_explains_says_so() -> None:
    alone = replace(IMPORT_FAILS, root_causes=())

    lines = summary_of(item("peft", Check.IMPORT, Status.BROKEN, (alone,)))

    assert lines[0].endswith("from 'transformers' (unexplained)")


def test_the_environment_as_a_root_cause_reads_as_a_sentence() -> None:
    failing = item(
        "peft", Check.IMPORT, Status.BROKEN, (replace(IMPORT_FAILS, root_causes=(ENVIRONMENT,)),)
    )

    assert summary_of(failing)[0].endswith("(root cause: the environment)")
    assert "Root cause: the environment." in failure_lines(failing, verbose=0)


def test_damage_says_why_and_what_fails_by_it_is_only_named() -> None:
    own = replace(IMPORT_FAILS, distribution="transformers")
    used = replace(own, check=Check.FUNCTIONAL, summary="the probe of transformers fails")

    lines = summary_of(
        item("transformers", Check.FILES, Status.BROKEN, (MISSING,)),
        item("transformers", Check.IMPORT, Status.BROKEN, (own, MISSING)),
        item("transformers", Check.FUNCTIONAL, Status.BROKEN, (used, MISSING)),
    )

    assert lines[0] == "transformers 4.57.3  broken  1 file missing (import and use fail)"


def test_one_sign_is_enough_below_the_root() -> None:
    also = damaged("peft", Code.EXCEPTION, Check.FUNCTIONAL, root_causes=("transformers",))

    lines = summary_of(
        *BROKEN_STORY, item("peft", Check.FUNCTIONAL, Status.BROKEN, findings=(also,))
    )

    assert lines[2].endswith("from 'transformers' and 1 more finding")


def test_healed_says_what_was_done_and_whom_it_brought_back() -> None:
    lines = summary_of(
        HEALTHY,
        item("transformers", Check.FILES, Status.HEALED, healed(MISSING), (repair(),)),
        item("peft", Check.IMPORT, Status.HEALED, healed(IMPORT_FAILS)),
    )

    assert lines == [
        (
            "transformers 4.57.3  healed  1 file missing; reinstalled 4.57.3 from "
            f"{WHEEL}, 4,312 files → heals peft"
        ),
        "3 distributions: 2 healthy, 1 healed",
        "Everything that was broken is healed.",
    ]


def test_a_root_cause_that_no_item_looked_at_is_told_by_its_repair() -> None:
    """`-k peft --repair` runs no item of transformers."""
    lines = summary_of(item("peft", Check.IMPORT, Status.HEALED, healed(IMPORT_FAILS), (repair(),)))

    assert lines[0] == (
        f"transformers 4.57.3  healed  reinstalled 4.57.3 from {WHEEL}, 4,312 files → heals peft"
    )


def test_a_root_cause_that_is_not_listed_is_named_on_the_line() -> None:
    lines = summary_of(item("peft", Check.IMPORT, Status.BROKEN, (IMPORT_FAILS,)))

    assert lines[0].endswith("from 'transformers' (root cause: transformers)")


def test_two_releases_that_do_not_fit_are_named_as_a_pair() -> None:
    conflict = damaged(
        "peft",
        Code.DEPENDENCY_CONFLICT,
        Check.INSTALLED,
        summary="peft 0.13.2 requires transformers>=5; transformers 4.57.3 is installed.",
        root_causes=("peft", "transformers"),
    )

    assert summary_of(item("peft", Check.INSTALLED, Status.BROKEN, (conflict,))) == [
        (
            "peft 0.13.2  broken  requires transformers>=5; transformers 4.57.3 is "
            "installed (root causes: peft and transformers)"
        ),
        "1 distribution: 1 broken",
        "A repair from a wheelhouse cannot heal this: see what each line says.",
    ]


def test_two_that_blame_each_other_both_keep_a_line() -> None:
    lines = summary_of(
        item("peft", findings=(damaged("peft", Code.CRASH, root_causes=("numpy",)),)),
        item("numpy", findings=(damaged("numpy", Code.CRASH, root_causes=("peft",)),)),
    )

    assert [line.split("  ")[0] for line in lines[:2]] == ["numpy 2.1.0", "peft 0.13.2"]


def test_what_is_not_installed_tells_the_version_that_is_wanted() -> None:
    absent = damaged("peft", Code.NOT_INSTALLED, Check.INSTALLED, repairable=True)
    facts = environment(
        distributions=(
            DistributionFacts(name="peft", version=None, expected="0.13.2", groups=("core",)),
        )
    )
    report = build_report([facts], [item("peft", Check.INSTALLED, Status.NOT_INSTALLED, (absent,))])

    assert [line.text for line in summary_lines(report)][:2] == [
        "peft  not-installed  wanted 0.13.2",
        "1 distribution: 1 not installed",
    ]


def test_a_version_that_was_put_right_was_installed() -> None:
    drift = damaged(
        "peft",
        Code.VERSION_DRIFT,
        Check.INSTALLED,
        summary="peft 0.12.0 is installed; the profile llm-cpu wants 0.13.2.",
        root_causes=("peft",),
    )
    done = repair("peft", version="0.13.2", wheel="peft-0.13.2-py3-none-any.whl")

    lines = summary_of(item("peft", Check.INSTALLED, Status.HEALED, healed(drift), (done,)))

    assert lines[0] == (
        "peft 0.13.2  healed  peft 0.12.0 is installed; the profile llm-cpu wants 0.13.2; "
        "installed 0.13.2 from peft-0.13.2-py3-none-any.whl, 4,312 files"
    )


def test_unchecked_and_waived_tell_their_reasons() -> None:
    altered = damaged("numpy", Code.FILE_ALTERED, paths=("lib/cacert.pem",))

    lines = summary_of(
        item("peft", status=Status.UNCHECKED, reason="no hash in RECORD."),
        item("numpy", Check.FILES, Status.WAIVED, (altered,), reason="the company's own CA"),
    )

    assert lines == [
        "peft 0.13.2  unchecked  no hash in RECORD",
        "numpy 2.1.0  waived  1 file altered: the company's own CA",
        "2 distributions: 1 waived, 1 unchecked",
        "What is unchecked could not be judged; it is not known to be healthy.",
    ]


def test_the_report_alone_is_enough() -> None:
    unchecked = item("peft", status=Status.UNCHECKED, reason="no hash in RECORD.")

    assert summary_of(unchecked, alone=True)[0] == "peft 0.13.2  unchecked  could not tell"
    assert summary_of(*BROKEN_STORY, alone=True) == summary_of(*BROKEN_STORY)


def test_warnings_are_told_and_counted() -> None:
    leftover = damaged(
        ENVIRONMENT,
        Code.LEFTOVER,
        Check.SITE_PACKAGES,
        summary="1 leftover of an interrupted pip.",
        severity=Severity.WARNING,
    )

    assert summary_of(HEALTHY, item(ENVIRONMENT, Check.SITE_PACKAGES, findings=(leftover,))) == [
        "environment  warning  1 leftover of an interrupted pip",
        "1 distribution: 1 healthy; 1 warning",
    ]


@pytest.mark.parametrize(
    ("status", "finding_is_healed", "line"),
    [
        pytest.param(Status.BROKEN, False, "environment  broken  It is dead", id="broken"),
        pytest.param(Status.WAIVED, False, "environment  waived  It is dead: known", id="waived"),
        pytest.param(Status.HEALED, True, "environment  healed  It is dead", id="healed"),
    ],
)
def test_the_environment_itself_has_a_line(
    status: Status, finding_is_healed: bool, line: str
) -> None:
    dead = damaged(ENVIRONMENT, Code.INTERPRETER_BROKEN, Check.INTERPRETER, summary="It is dead.")
    seen = replace(dead, healed=finding_is_healed)

    lines = summary_of(
        item(ENVIRONMENT, Check.INTERPRETER, status, (seen,), reason="known"), HEALTHY
    )

    assert lines[0].startswith(line)


@pytest.mark.parametrize(
    ("record", "line", "closing"),
    [
        pytest.param(
            repair(result=RepairResult.REFUSED, reason="No wheel of it"),
            "    repair refused: No wheel of it.",
            "Not every repair succeeded: remove the reason given above, then repeat it.",
            id="refused",
        ),
        pytest.param(
            repair(result=RepairResult.ROLLED_BACK, reason="It fails as before."),
            "    repair rolled back: It fails as before.",
            "Not every repair succeeded: remove the reason given above, then repeat it.",
            id="rolled-back",
        ),
        pytest.param(
            repair(),
            f"    repaired, and still not well: reinstalled 4.57.3 from {WHEEL}, 4,312 files",
            "What is still broken could not be healed by a repair: see what each line says.",
            id="verified",
        ),
    ],
)
def test_a_broken_one_tells_how_its_repair_ended(
    record: RepairRecord, line: str, closing: str
) -> None:
    lines = summary_of(
        item("transformers", status=Status.BROKEN, findings=(MISSING,), repairs=(record,))
    )

    assert lines == [
        "transformers 4.57.3  broken  1 file missing",
        line,
        "1 distribution: 1 broken",
        closing,
    ]


def test_what_stays_in_quarantine_is_named() -> None:
    kept = tuple(f"lib/mine{number}.py" for number in range(5))
    actions = (*repair().actions, Action(action="quarantine", paths=kept))

    lines = summary_of(
        item(
            "transformers", Check.FILES, Status.HEALED, healed(MISSING), (repair(actions=actions),)
        )
    )

    assert lines[1] == (
        "quarantine keeps 5 files of transformers: "
        "lib/mine0.py, lib/mine1.py, lib/mine2.py and 2 more"
    )


def test_what_a_rollback_put_back_is_in_no_quarantine() -> None:
    actions = (Action(action="quarantine", paths=("lib/mine.py",)),)
    back = repair(result=RepairResult.ROLLED_BACK, reason="It fails as before.", actions=actions)

    lines = summary_of(item("transformers", status=Status.BROKEN, repairs=(back,)))

    assert not any("quarantine" in line for line in lines)


def test_many_findings_are_counted() -> None:
    findings = tuple(
        damaged("peft", Code.EXCEPTION, summary=f"It fails {number}.") for number in range(5)
    )

    assert summary_of(item("peft", status=Status.BROKEN, findings=findings))[0] == (
        "peft 0.13.2  broken  It fails 0, It fails 1, It fails 2 and 2 more findings"
    )


def test_notes_are_told_once() -> None:
    note = "An unfinished repair was rolled back."

    assert summary_of(item("peft", notes=(note,)), item("numpy", notes=(note,)))[0] == note


def test_several_environments_have_a_block_each() -> None:
    report = build_report([environment("llm"), environment("tools")], [HEALTHY])

    assert [line.text for line in summary_lines(report)] == [
        "llm (/venvs/llm)",
        "1 distribution: 1 healthy",
        "",
        "tools (/venvs/tools)",
        "no distribution was checked: unchecked",
        "What is unchecked could not be judged; it is not known to be healthy.",
    ]


def test_broken_is_red_and_healed_is_green() -> None:
    report = build_report(
        [environment()],
        [
            item("peft", status=Status.BROKEN),
            item("transformers", Check.FILES, Status.HEALED, healed(MISSING), (repair(),)),
        ],
    )

    assert [dict(line.markup) for line in summary_lines(report)][:3] == [
        {"red": True},
        {"green": True, "bold": True},
        {"red": True, "bold": True},
    ]


# -- the plan

STEP: dict[str, Any] = {
    "distribution": "transformers",
    "version": "4.57.3",
    "from_version": "4.57.3",
    "wheel": WHEEL,
    "sha256": "a" * 64,
    "reason": "1 file is missing.",
    "for": ["venv-health::transformers[files]"],
    "quarantine": [f"lib/{number}.py" for number in range(4311)],
    "clean": ["lib/mine.py"],
    "reuse": 0,
    "install": 4312,
}


def plan_of(*steps: dict[str, Any], **more: Any) -> list[str]:
    plan = {"environment": "llm", "steps": steps, "refusals": [], **more}
    return [line.text for line in plan_lines(plan)]


def test_a_plan_tells_each_step_in_order_and_that_nothing_was_changed() -> None:
    assert plan_of(STEP) == [
        "Repair plan for llm: 1 distribution to install.",
        f"1. transformers: reinstall 4.57.3 from {WHEEL}",
        "     why: 1 file is missing.",
        "     for: venv-health::transformers[files]",
        "     quarantine: 4,311 files: lib/0.py, lib/1.py, lib/2.py and 4,308 more",
        "     clean: 1 file: lib/mine.py",
        "     install: 4,312 files",
        f"     sha256: {'a' * 64}",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        pytest.param(None, "install 4.57.3", id="absent"),
        pytest.param("4.57.3", "reinstall 4.57.3", id="the-same"),
        pytest.param("4.50.0", "replace 4.50.0 with 4.57.3", id="another"),
    ],
)
def test_a_step_says_whether_the_version_changes(before: str | None, verb: str) -> None:
    step = {**STEP, "from_version": before, "quarantine": [], "clean": [], "sha256": None}

    assert plan_of(step)[1:] == [
        f"1. transformers: {verb} from {WHEEL}",
        "     why: 1 file is missing.",
        "     for: venv-health::transformers[files]",
        "     install: 4,312 files",
        "     sha256: none locked, verified by its own RECORD",
        "Nothing was changed.",
    ]


def test_a_plan_tells_its_refusals_and_leftovers() -> None:
    refusals = [{"distribution": "peft", "reason": "No wheel of it"}]

    assert plan_of(refusals=refusals, leftovers=["lib/~eft"]) == [
        "Repair plan for llm: 0 distributions to install, 1 refused.",
        "Leftovers to quarantine: lib/~eft",
        "Refused: peft: No wheel of it.",
        "Nothing was changed.",
    ]


def test_an_empty_plan_says_so() -> None:
    assert plan_of() == ["Repair plan for llm: nothing to do."]
