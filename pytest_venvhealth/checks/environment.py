"""Is the environment itself sound: interpreter, start-up, scripts, site-packages?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_venvhealth.checks import Answer
from pytest_venvhealth.checks.interpreter import check_interpreter
from pytest_venvhealth.checks.leaks import check_leaks
from pytest_venvhealth.checks.pth import check_pth_paths
from pytest_venvhealth.checks.room import check_room
from pytest_venvhealth.checks.scripts import check_scripts
from pytest_venvhealth.checks.shadowing import check_shadowing
from pytest_venvhealth.checks.site_packages import check_site_packages
from pytest_venvhealth.checks.startup import check_startup
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.findings import Check, Finding


def check_environment(facts: Facts, check: Check) -> Answer:
    """Ask one question of the environment itself.

    Args:
        check: one of interpreter, startup, scripts, site-packages.
    """
    if check is Check.STARTUP and facts.environment.interpreter_error:
        return Answer(unchecked="the interpreter does not start")
    questions: dict[Check, tuple[Callable[[Facts], Iterator[Finding]], ...]] = {
        Check.INTERPRETER: (check_interpreter,),
        Check.STARTUP: (check_startup, check_pth_paths, check_shadowing, check_leaks),
        Check.SCRIPTS: (check_scripts,),
        Check.SITE_PACKAGES: (check_site_packages, check_room),
    }
    return Answer(findings=tuple(each for ask in questions[check] for each in ask(facts)))
