"""Ask conftests and other plugins for the probes that they give."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.probes.given import OwnProbe, ProbeFaultError, given_probes

_HOOK = "pytest_venvhealth_probes"


def hooked_probes(config: pytest.Config, environment: Environment) -> dict[str, OwnProbe]:
    """Return the probes that plugins give, by normalized name of the distribution.

    Where several give one for the same distribution, that of the plugin that pytest calls first
    counts.

    Raises:
        UsageError: an implementation fails, or returns what is no probe; the text names it.
    """
    manager = config.pluginmanager
    caller = getattr(config.hook, _HOOK)
    givers = [
        each.plugin
        for each in reversed(caller.get_hookimpls())  # in the order of calls
        if not (each.wrapper or each.hookwrapper)
    ]
    found: dict[str, OwnProbe] = {}
    for giver in givers:
        # One at a time: what they return together does not tell whose is whose.
        others = [other for other in givers if other is not giver]
        name = manager.get_name(giver) or repr(giver)
        try:
            answers = manager.subset_hook_caller(_HOOK, others)(
                environment=environment, config=config
            )
        except (UsageError, pytest.UsageError):
            raise
        except Exception as error:
            raise UsageError(f"{name}: {_HOOK} fails: {_told(error)}.") from error
        for answer in answers:
            try:
                probes = given_probes(answer, giver=name, folder=_folder(giver, config))
            except ProbeFaultError as error:
                raise UsageError(f"{name}: {_HOOK}: {error}.") from None
            found = {**probes, **found}
    return found


def _folder(plugin: object, config: pytest.Config) -> Path:
    """Return what the paths of a plugin are relative to: its own folder."""
    file = getattr(plugin, "__file__", None)
    return Path(file).parent if isinstance(file, str) else config.rootpath


def _told(error: Exception) -> str:
    """Return an exception as the rest of a sentence, with the place that raised it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.filename}, line {last.lineno})"
