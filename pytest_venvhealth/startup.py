"""Mend what pytest does before a plugin's options are known."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from _pytest.config import ConftestImportFailure
from _pytest.config.findpaths import determine_setup

BROKEN_CONFTEST = pytest.StashKey[str]()
"""What to say of a conftest that could not be imported."""


def correct_rootdir(config: pytest.Config, args: list[str]) -> None:
    """Determine rootdir and ini file again where `--venv PATH` was taken for a path argument.

    pytest looks for rootdir before it loads plugins, and does not know then that `--venv` takes a
    value. Without this the target would become rootdir, with its ini file and a cache in it.

    Args:
        args: the command line as pytest will parse it; changed in place where `addopts` differ.
    """
    known = config.known_args_namespace
    rootpath, inipath, inicfg, ignored = determine_setup(
        inifile=known.inifilename,
        override_ini=known.override_ini,
        args=_real_paths(known.file_or_dir),
        rootdir_cmd_arg=known.rootdir or None,
        invocation_dir=config.invocation_params.dir,
    )
    if (rootpath, inipath) == (config.rootpath, config.inipath):
        return
    wrong_addopts = _addopts(config)
    if known.confcutdir in (str(config.rootpath), str(config.inipath and config.inipath.parent)):
        known.confcutdir = str(inipath.parent if inipath else rootpath)
    # pytest has no public way to say this; the tests watch these names on every supported version.
    config._rootpath = rootpath
    config._inipath = inipath
    # Public until pytest 9.0.
    setattr(config, "_inicfg" if hasattr(config, "_inicfg") else "inicfg", inicfg)
    config._ignored_config_files = ignored
    config._inicache.clear()
    config._parser.extra_info.update(rootdir=str(rootpath), inifile=str(inipath))
    right_addopts = _addopts(config)
    if wrong_addopts != right_addopts:
        rest = args[len(wrong_addopts) :] if args[: len(wrong_addopts)] == wrong_addopts else args
        args[:] = right_addopts + rest


def _addopts(config: pytest.Config) -> list[str]:
    value = config.getini("addopts")
    return shlex.split(value) if isinstance(value, str) else list(value)


def _real_paths(arguments: list[str]) -> list[str]:
    return [argument for argument in arguments if not argument.startswith("venv-health")]


def keep_cache_out(config: pytest.Config, roots: Iterable[Path]) -> bool:
    """Give pytest's cache another folder where it would lie inside a target; tell if so.

    That is so if pytest is called inside the environment. `--lf` remembers nothing then.
    """
    cache = getattr(config, "cache", None)
    folder = getattr(cache, "_cachedir", None)
    if (
        cache is None
        or folder is None
        or not any(Path(folder).is_relative_to(root) for root in roots)
    ):
        return False
    elsewhere = tempfile.TemporaryDirectory(prefix="venvhealth-cache-")
    config.add_cleanup(elsewhere.cleanup)
    cache._cachedir = Path(elsewhere.name)  # pytest has no public way to move it
    return True


@contextlib.contextmanager
def tolerate_broken_conftest(config: pytest.Config) -> Iterator[None]:
    """Go on without a conftest that cannot be imported, if health items alone were asked for.

    The damage that the run is to find may be the very reason. With paths, pytest's own error
    stands: those tests need their conftest.
    """
    try:
        yield
    except ConftestImportFailure as error:
        if _real_paths(config.known_args_namespace.file_or_dir):
            raise
        shown = os.path.relpath(error.path, Path.cwd())
        config.stash[BROKEN_CONFTEST] = (
            f"{shown} could not be imported ({type(error.cause).__name__}: {error.cause}); "
            "the health items run without it."
        )
