"""From the options to a run: read every target once, and register the hooks."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from pytest_venvhealth.collection import HealthCollection
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError, VenvHealthError
from pytest_venvhealth.examination import Examination, Limits
from pytest_venvhealth.facts import Facts
from pytest_venvhealth.healing import (
    Care,
    Healer,
    recover_unfinished,
    repair_stamp,
    shared_with_others,
)
from pytest_venvhealth.last_seen import LastSeen
from pytest_venvhealth.probe_hook import hooked_probes
from pytest_venvhealth.profile import Profile, find_profile, load_profile
from pytest_venvhealth.progress import PROGRESS, ProgressLine
from pytest_venvhealth.protocol import HealthProtocol
from pytest_venvhealth.questions import probes_for_nobody
from pytest_venvhealth.reporting import HealthReporting
from pytest_venvhealth.run_memory import RunMemory
from pytest_venvhealth.settings import Settings, read_settings
from pytest_venvhealth.startup import keep_cache_out
from pytest_venvhealth.surroundings import Surroundings
from pytest_venvhealth.wheelhouse import Wheelhouse

_NO_MEMORY = (
    "--venv-quick: every file is hashed, for nothing is remembered between runs. "
    "That needs pytest's cache, outside the environment, and a POSIX system."
)


def register_run(config: pytest.Config) -> None:
    """Read what the options name, and register the plugin's hooks for this run.

    Raises:
        pytest.UsageError: something that the user named cannot be used.
    """
    say = _speaker(config)
    news: list[str] = []
    try:
        settings = read_settings(config)
        care = Care(
            repair=settings.repair,
            lock_timeout=settings.lock_timeout,
            run_process=os.getppid() if hasattr(config, "workerinput") else os.getpid(),
            say=say,
            before=lambda plan: config.hook.pytest_venvhealth_before_repair(plan=plan),
            after=lambda outcome: config.hook.pytest_venvhealth_repaired(outcome=outcome),
        )
        examinations = _examinations(config, settings, care, news.append)
        # Every worker of a run has the same id, so that they share one count of repairs.
        worker = getattr(config, "workerinput", None)
        run_id = worker["testrunuid"] if worker else uuid.uuid4().hex
        healers = {
            name: Healer(examination, _memory(examination, run_id, worker), care)
            for name, examination in examinations.items()
        }
        protocol = HealthProtocol(settings, healers)
        collection = HealthCollection(config, settings, examinations, protocol.ask)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    moved = keep_cache_out(config, [healer.root for healer in healers.values()])
    if settings.quick and (moved or not _can_remember(config)):
        news.append(_NO_MEMORY)
    doubts = tuple(probes_for_nobody(examinations))
    reporting = HealthReporting(config, settings, examinations, news, doubts)
    config.pluginmanager.register(collection, "venv-health-collection")
    config.pluginmanager.register(protocol, "venv-health-protocol")
    config.pluginmanager.register(reporting, "venv-health-reporting")
    if not hasattr(config, "workerinput"):
        progress = ProgressLine(
            config, lambda: [each for one in examinations.values() for each in one.ahead.running()]
        )
        config.pluginmanager.register(progress, PROGRESS)


def _memory(examination: Examination, run_id: str, worker: object) -> RunMemory:
    root = examination.facts.environment.root
    return RunMemory(root, run_id, has_workers=worker is not None)


def _speaker(config: pytest.Config) -> Callable[[str], None]:
    """Return a function that tells the user what cannot wait for the summary."""
    worker = getattr(config, "workerinput", None)

    def say(text: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            progress = config.pluginmanager.get_plugin(PROGRESS)
            if progress is not None:
                progress.make_room()
            reporter.ensure_newline()
            reporter.write_line(f"venv-health: {text}", yellow=True)
        elif worker is None:
            # Before pytest's own reporter is there; a worker's words would reach nobody.
            sys.stderr.write(f"venv-health: {text}\n")

    return say


def _can_remember(config: pytest.Config) -> bool:
    # Windows has no time of the last change that a program could not set.
    return getattr(config, "cache", None) is not None and os.name == "posix"


def _last_seen(config: pytest.Config, environment: Environment) -> LastSeen | None:
    """Return what full checks of `environment` found right, kept in pytest's cache."""
    if not _can_remember(config):
        return None

    def folder() -> Path:
        assert config.cache is not None
        return config.cache.mkdir("venv-health")

    return LastSeen(environment, folder)


def _examinations(
    config: pytest.Config, settings: Settings, care: Care, tell: Callable[[str], None]
) -> dict[str, Examination]:
    """Read every target once.

    Args:
        tell: gets a sentence for each repair that was cut short and is rolled back first.
    Raises:
        UsageError: something that the user named cannot be used.
    """
    profile_path = find_profile(settings.profile, settings.start) if settings.profile else None
    wheelhouse = Wheelhouse.at(settings.wheelhouses)
    surroundings = Surroundings.of(os.environ, Path.cwd())
    is_worker = hasattr(config, "workerinput")
    found: dict[str, Examination] = {}
    for target in settings.targets:
        environment = Environment.at(target.path, name=target.name)
        if environment.name in found:
            raise UsageError(
                f"Two environments are named {environment.name}. "
                "Give each a name of its own: --venv=NAME=PATH."
            )
        try:
            recovered = recover_unfinished(environment.root, care)
        except VenvHealthError as error:
            recovered = f"An earlier repair was cut short and could not be rolled back: {error}"
        if recovered is not None:
            tell(recovered)
        profile = load_profile(profile_path) if profile_path else Profile.empty(environment.name)
        given = hooked_probes(config, environment)
        facts = Facts.gather(environment, profile, wheelhouse, surroundings, given=given)
        limits = Limits(
            timeout=settings.timeout,
            memory=settings.memory,
            jobs=settings.jobs,
            probes=1 if is_worker else settings.jobs,
            # A worker does not know yet which of the items it will get.
            ahead=not is_worker,
            isolation=settings.isolation,
            quick=settings.quick,
            bytecode=settings.bytecode,
        )
        found[environment.name] = Examination(
            facts,
            limits,
            _last_seen(config, environment),
            guard=partial(shared_with_others, environment.root, care),
            stamp=partial(repair_stamp, environment.root),
        )
    return found
