"""The hooks of the pytest plugin; everything else is imported once `--venv-health` is given."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from pytest_venvhealth.environment import Environment
    from pytest_venvhealth.findings import Finding
    from pytest_venvhealth.probes.given import OwnProbe
    from pytest_venvhealth.repair.plan import Plan
    from pytest_venvhealth.repair.routine import Outcome
    from pytest_venvhealth.results import ItemResult, RepairRecord


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, and an ini key for each."""
    group = parser.getgroup("venv-health", "health of Python environments")
    _flag(
        parser,
        group,
        "--venv-health",
        "check every distribution of an environment: installed, files, import, functional",
    )
    _flag(parser, group, "--repair", "heal what fails, offline, from the wheelhouse")
    _flag(parser, group, "--repair-plan", "say what --repair would do, and change nothing")
    _list(
        parser,
        group,
        "--venv",
        "[NAME=]PATH",
        "environment to check: its folder or its interpreter (repeatable; default: the one that "
        "pytest runs in)",
    )
    _text(
        parser,
        group,
        "--venv-profile",
        "NAME|FILE",
        "what should be installed: profiles/NAME.toml, looked for upwards, or a file",
    )
    _list(parser, group, "--venv-group", "GROUP", "check the items of this group only (repeatable)")
    _list(
        parser,
        group,
        "--venv-wheelhouse",
        "DIR",
        "folder of wheels to compare with and to repair from (repeatable; default: wheelhouse/, "
        "looked for upwards)",
    )
    _text(
        parser,
        group,
        "--venv-depth",
        "DEPTH",
        "how far to look: files, import or functional (default: functional)",
    )
    _text(parser, group, "--venv-timeout", "SECONDS", "time limit of a probe (default: 60)")
    _text(
        parser,
        group,
        "--venv-memory",
        "SIZE",
        "memory that a probe may use, such as 4G (default: half of what the machine has)",
    )
    _text(
        parser,
        group,
        "--venv-jobs",
        "N",
        "probes and hashing threads at a time (default: CPU count)",
    )
    _text(
        parser,
        group,
        "--venv-isolation",
        "WAY",
        "fork: probes are forked from processes that have imported what they need; fresh: each "
        "gets an interpreter of its own (default: fork, where the system can)",
    )
    _text(
        parser,
        group,
        "--venv-lock-timeout",
        "SECONDS",
        "how long to wait for another run that repairs the environment (default: 600)",
    )
    _flag(
        parser,
        group,
        "--venv-quick",
        "compare size, times and inode of files with the last full check instead of their hashes",
    )
    _flag(
        parser,
        group,
        "--venv-bytecode",
        "compile every source again and compare it with its cached bytecode",
    )
    _flag(parser, group, "--venv-strict", "fail on warnings, and on what could not be checked")
    _flag(parser, group, "--venv-fail-on-heal", "exit with 1 where something had to be healed")
    _text(parser, group, "--venv-json", "FILE", "write the JSON report to a file of its own")


def _flag(parser: pytest.Parser, group: pytest.OptionGroup, option: str, text: str) -> None:
    group.addoption(option, action="store_true", default=None, help=text)
    parser.addini(_key(option), text, type="bool", default=False)


def _text(
    parser: pytest.Parser, group: pytest.OptionGroup, option: str, metavar: str, text: str
) -> None:
    group.addoption(option, metavar=metavar, default=None, help=text)
    parser.addini(_key(option), text, type="string", default="")


def _list(
    parser: pytest.Parser, group: pytest.OptionGroup, option: str, metavar: str, text: str
) -> None:
    group.addoption(option, metavar=metavar, action="append", default=None, help=text)
    parser.addini(_key(option), text, type="linelist", default=[])


def _key(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")


class HookSpecs:
    """The hooks that a conftest or another plugin may implement."""

    @pytest.hookspec
    def pytest_venvhealth_probes(
        self, environment: Environment, config: pytest.Config
    ) -> Mapping[str, str | os.PathLike[str] | OwnProbe] | None:
        """Give probes: a mapping of distributions to a text, a file, or an `OwnProbe`.

        Called once for each environment, before the items are collected; in a run with `-n` also in
        each worker. A profile's probe of the same distribution counts before it; it counts before
        the one that the distribution ships itself, and before the catalogue's. Of several plugins
        that give one, the one that is called first counts. docs/probes.md has an example.

        Args:
            environment: what will be checked: its name, root, interpreter, Python and platform.
            config: pytest's.
        """

    @pytest.hookspec(firstresult=True)
    def pytest_venvhealth_repair(
        self,
        item: pytest.Item,
        findings: Sequence[Finding],
        rerun: Callable[[], ItemResult],
    ) -> Sequence[RepairRecord] | None:
        """Heal what a failed health item found, and return what was done.

        Called inside the item's own protocol, only under `--repair`. The first implementation that
        returns something else than None ends the search; this project's routine comes last. To
        watch a repair rather than replace it, implement the hook as a wrapper.

        Args:
            item: the failed item.
            findings: its error findings, root causes named.
            rerun: runs the item again and returns how it ended; the last run counts.
        """

    @pytest.hookspec(firstresult=True)
    def pytest_venvhealth_before_repair(self, plan: Plan) -> str | None:
        """Veto a repair: the reason that is returned stands in the report, and nothing is touched.

        Called by this project's routine under the environment's exclusive lock, after the plan was
        made and before anything is changed. None lets it go on.

        Args:
            plan: what would be done: steps with distribution, version, wheel and paths.
        """

    @pytest.hookspec
    def pytest_venvhealth_repaired(self, outcome: Outcome) -> None:
        """Learn how a plan ended: verified, rolled back, or refused.

        Called by this project's routine, in the process (or worker) that carried it out.

        Args:
            outcome: the plan, and a record for each distribution.
        """


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the project's own hooks; a conftest may hold them in a plain run too."""
    pluginmanager.add_hookspecs(HookSpecs)


def _asked(config: pytest.Config) -> bool:
    given = config.known_args_namespace.venv_health
    return bool(config.getini("venv_health") if given is None else given)


@contextlib.contextmanager
def _told_from_outside() -> Generator[None]:
    """Say what to do where this plugin itself, or what it stands on, cannot be imported.

    It cannot heal what it needs to start. Written with nothing but pytest, for all else may be
    damaged.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever a damaged module raises is the answer
        # The one error that pytest tells in a sentence from both hooks.
        raise pytest.UsageError(
            "--venv-health: the plugin cannot start, for something that it runs on is damaged "
            f"({type(error).__name__}: {error}). Heal it from another environment that has this "
            f"plugin: OTHER-PYTHON -m pytest --venv-health --venv={shlex.quote(sys.prefix)} "
            "--repair"
        ) from None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, args: list[str]
) -> Generator[None, object, object]:
    """Set right what `--venv PATH` did to rootdir, and survive a conftest broken by the damage."""
    if not _asked(early_config):
        return (yield)
    with _told_from_outside():
        from pytest_venvhealth.startup import correct_rootdir, tolerate_broken_conftest

    correct_rootdir(early_config, args)
    with tolerate_broken_conftest(early_config):
        return (yield)
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Register the run, if one was asked for."""
    config.addinivalue_line(
        "markers", "venv_health: an item that checks a distribution of an environment"
    )
    if _asked(config):
        with _told_from_outside():
            from pytest_venvhealth.run import register_run

        register_run(config)
    elif config.getoption("repair") or config.getoption("repair_plan"):
        option = "--repair" if config.getoption("repair") else "--repair-plan"
        raise pytest.UsageError(f"{option} needs --venv-health: give both.")
