"""`venv-health wheelhouse fill|verify|prune`: the wheels that a repair installs from."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from pytest_venvhealth.commands.access import say, tell
from pytest_venvhealth.commands.fill_progress import progress_of_this_process, rate_text
from pytest_venvhealth.environment import Environment
from pytest_venvhealth.errors import UsageError
from pytest_venvhealth.profile import Profile, find_profile, load_profile
from pytest_venvhealth.reports.wording import counted, size_text
from pytest_venvhealth.wheelhouse import nearest_wheelhouse
from pytest_venvhealth.wheels.fill import Filled, fill
from pytest_venvhealth.wheels.needed import Needed, needed
from pytest_venvhealth.wheels.pip_call import Pip
from pytest_venvhealth.wheels.prune import prune, unneeded
from pytest_venvhealth.wheels.verify import verify


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands."""
    group = commands.add_parser(
        "wheelhouse",
        help="fill, verify or prune the folder of wheels that repairs install from",
        description="The wheelhouse: a folder of the wheels that an environment was made from.",
        epilog="Example: venv-health wheelhouse fill --venv .venv",
    )
    actions = group.add_subparsers(metavar="ACTION", required=True)
    filled = actions.add_parser(
        "fill",
        help="fetch the wheels that are missing",
        description="Fetch the wheels that are missing, with pip, for the environment's Python and "
        "platform. A profile's lock says which, by hash; an environment alone: what is installed "
        "in it. Run it again to go on where it stopped.",
        epilog="Example: venv-health wheelhouse fill --profile llm --venv .venv",
    )
    _add_selection(filled)
    for option, metavar, text in (
        ("--index-url", "URL", "the package index, instead of pip's configured one"),
        ("--proxy", "URL", "the proxy on the way there"),
    ):
        filled.add_argument(option, metavar=metavar, help=text)
    for option, metavar, text in (
        ("--extra-index-url", "URL", "an index besides; repeatable"),
        ("--find-links", "WHERE", "a folder or page of wheels; repeatable"),
    ):
        filled.add_argument(option, metavar=metavar, action="append", default=[], help=text)
    filled.add_argument(
        "--python",
        default=sys.executable,
        metavar="PYTHON",
        help="whose pip fetches (default: the one that runs this program)",
    )
    filled.set_defaults(run=_fill)
    checked = actions.add_parser(
        "verify",
        help="is every wheel whole, and every wheel that is needed there?",
        description="Read every wheel: name, hash, contents, RECORD. With a profile or an "
        "environment: is all there that it needs? Exit status 1 where something is wrong.",
        epilog="Example: venv-health wheelhouse verify --profile llm --venv .venv",
    )
    _add_selection(checked)
    checked.add_argument("--json", action="store_true", help="as one JSON object")
    checked.set_defaults(run=_verify)
    pruned = actions.add_parser(
        "prune",
        help="list the wheels that nobody needs, or move them aside",
        description="List the wheels that no given profile and environment needs; with --yes move "
        "them into WHEELHOUSE/.pruned. Nothing is deleted.",
        epilog="Example: venv-health wheelhouse prune --profile llm --venv .venv",
    )
    _add_selection(pruned, several=True)
    pruned.add_argument("--yes", action="store_true", help="move them aside")
    pruned.set_defaults(run=_prune)


def _add_selection(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    more = "; repeatable" if several else ""
    parser.add_argument(
        "--profile",
        metavar="NAME|FILE",
        action="append" if several else "store",
        default=[] if several else None,
        help=f"`profiles/NAME.toml`, looked for from here upwards, or a file{more}",
    )
    parser.add_argument(
        "--venv",
        type=Path,
        metavar="PATH",
        help="the environment that the wheels are for: its folder, or an interpreter in it",
    )
    parser.add_argument(
        "--wheelhouse",
        type=Path,
        metavar="DIR",
        help="the folder (default: the nearest folder `wheelhouse`, from here upwards)",
    )


def _fill(given: argparse.Namespace) -> int:
    folder = _folder(given)
    options: list[str] = []
    for name in ("index_url", "proxy"):
        value = getattr(given, name)
        options += [f"--{name.replace('_', '-')}", value] if value else []
    for name in ("extra_index_url", "find_links"):
        for value in getattr(given, name):
            options += [f"--{name.replace('_', '-')}", value]
    wanted = needed(_profile(given.profile), _environment(given.venv), folder)
    progress = progress_of_this_process()
    try:
        with _ended_by_signals():
            done = fill(wanted, folder, Pip(python=given.python, options=tuple(options)), progress)
    except KeyboardInterrupt:
        progress.make_room()
        say(f"Interrupted; what lies in {folder} is whole. Run it again to go on.")
        return 130
    progress.make_room()
    return _tell_filled(done)


def _tell_filled(done: Filled) -> int:
    for old, new in done.renamed:
        tell(f"renamed {old} to {new}: it has the hash of that wheel")
    size = sum(wheel.size for wheel in done.arrived)
    if done.arrived:
        tell(
            f"{counted(len(done.arrived), 'wheel')} fetched, {size_text(size)} in "
            f"{done.seconds:.1f} s ({rate_text(size, done.seconds)}); "
            f"{done.there:,} there before, in {done.folder}"
        )
    else:
        tell(f"nothing fetched; {counted(done.there, 'wheel')} there before, in {done.folder}")
    for lost in done.lost:
        say(str(lost))
    if done.stopped is not None:
        say(str(done.stopped))
    elif done.lost:
        say(f"{counted(len(done.lost), 'wheel')} could not be had.")
    return 1 if done.lost or done.stopped is not None else 0


def _verify(given: argparse.Namespace) -> int:
    folder = _folder(given)
    wanted = None
    if given.profile or given.venv:
        wanted = needed(_profile(given.profile), _environment(given.venv), folder)
    found = verify(folder, wanted, _fill_command(given, folder))
    if given.json:
        told = {
            "wheelhouse": str(folder),
            "wheels": found.wheels,
            "bytes": found.size,
            "needed": found.needed,
            "faults": [fault.as_json() for fault in found.faults],
        }
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return 1 if found.faults else 0
    for fault in found.faults:
        tell(str(fault))
    what = f"{counted(found.wheels, 'wheel')}, {size_text(found.size)}, in {folder}"
    if found.faults:
        tell(f"{counted(len(found.faults), 'fault')}: {what}")
        return 1
    complete = f"; all {found.needed:,} that are needed are there" if found.needed else ""
    tell(f"whole: {what}{complete}")
    return 0


def _prune(given: argparse.Namespace) -> int:
    if not given.profile and given.venv is None:
        raise UsageError("Nothing says which wheels are needed: give --profile, --venv, or both.")
    folder = _folder(given)
    environment = _environment(given.venv)
    wanted: list[Needed] = []
    unlocked: list[Profile] = []
    for name in given.profile:
        profile = load_profile(find_profile(name, Path.cwd()))
        if profile.lock is None:
            unlocked.append(profile)
        else:
            wanted.append(needed(profile, None, folder))
    if environment is not None:
        wanted.append(needed(None, environment, folder))
    files = unneeded(folder, wanted, unlocked)
    for file in files:
        tell(f"{size_text(file.size):>7}  {file.path.name}")
    what = f"{counted(len(files), 'wheel')}, {size_text(sum(file.size for file in files))}"
    if not files:
        tell(f"every wheel in {folder} is needed")
    elif given.yes:
        tell(f"moved {what}, into {prune(files)}")
    else:
        tell(f"{what}, that nobody needs; --yes moves them into {folder / '.pruned'}")
    return 0


def _folder(given: argparse.Namespace) -> Path:
    if given.wheelhouse is not None:
        named: Path = given.wheelhouse
        return named.expanduser().absolute()
    return next(iter(nearest_wheelhouse(Path.cwd())), Path.cwd() / "wheelhouse")


def _profile(name: str | None) -> Profile | None:
    return load_profile(find_profile(name, Path.cwd())) if name is not None else None


def _environment(path: Path | None) -> Environment | None:
    return Environment.at(path.expanduser()) if path is not None else None


def _fill_command(given: argparse.Namespace, folder: Path) -> str:
    command = ["venv-health", "wheelhouse", "fill"]
    command += ["--profile", given.profile] if given.profile else []
    command += ["--venv", str(given.venv)] if given.venv else []
    if not given.profile and not given.venv:
        command += ["--profile", "NAME"]
    return shlex.join([*command, "--wheelhouse", str(folder)])


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let what ends a program politely end it as Ctrl-C does: children first, nothing left over."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    former = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
