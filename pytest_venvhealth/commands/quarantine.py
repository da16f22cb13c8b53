"""`venv-health quarantine list|restore|discard`: what repairs have set aside."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pytest_venvhealth.commands.access import open_environment, say, tell
from pytest_venvhealth.commands.listing import as_json, list_lines
from pytest_venvhealth.repair.quarantine import discard, list_repairs, restore, select
from pytest_venvhealth.reports.wording import counted, size_text

_FILES_SHOWN = 20


def add_parser(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Declare the commands."""
    group = commands.add_parser(
        "quarantine",
        help="list, restore or discard what repairs have set aside",
        description="What repairs have set aside. Nothing there is deleted unless you discard it.",
        epilog="Example: venv-health quarantine list --venv .venv",
    )
    actions = group.add_subparsers(metavar="ACTION", required=True)
    shown = actions.add_parser(
        "list",
        parents=[common],
        help="what was set aside, why, by which repair, how large",
        epilog="Example: venv-health quarantine list --venv .venv --json",
    )
    shown.add_argument("--json", action="store_true", help="as one JSON object, with every file")
    shown.add_argument("--all", action="store_true", help="name every file, however many")
    shown.set_defaults(run=_list)
    back = actions.add_parser(
        "restore",
        parents=[common],
        help="put files back where they lay",
        epilog="Example: venv-health quarantine restore --venv .venv "
        "lib/python3.11/site-packages/demo/settings.ini",
    )
    _add_selection(back)
    back.add_argument(
        "--overwrite",
        action="store_true",
        help="where something lies there already: it goes into quarantine in its turn",
    )
    back.set_defaults(run=_restore)
    away = actions.add_parser(
        "discard",
        parents=[common],
        help="delete files in quarantine for good",
        epilog="Example: venv-health quarantine discard --venv .venv 20261123T1015 --yes",
    )
    _add_selection(away)
    away.add_argument("--yes", action="store_true", help="do not ask")
    away.set_defaults(run=_discard)


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="+",
        metavar="WHAT",
        help="a repair's id or its beginning, or the old path of a file or a folder, as listed",
    )
    parser.add_argument(
        "--repair", metavar="ID", help="of several files of one path: the one that this set aside"
    )


def _list(given: argparse.Namespace) -> int:
    root = open_environment(given).root
    history = list_repairs(root)
    if given.json:
        sys.stdout.write(json.dumps(as_json(root, history), indent=2) + "\n")
        return 0
    for text in list_lines(root, history, most=None if given.all else _FILES_SHOWN):
        tell(text)
    return 0


def _restore(given: argparse.Namespace) -> int:
    root = open_environment(given).root
    files = select(root, given.names, transaction=given.repair, folder=Path.cwd())
    done = restore(root, files, overwrite=given.overwrite, lock_timeout=given.lock_timeout, say=say)
    for path in done.paths:
        tell(f"restored {path}")
    for path in done.replaced:
        tell(f"set aside {path}, which lay there ({done.transaction})")
    return 0


def _discard(given: argparse.Namespace) -> int:
    root = open_environment(given).root
    files = select(root, given.names, transaction=given.repair, for_undo=True, folder=Path.cwd())
    what = f"{counted(len(files), 'file')}, {size_text(sum(file.size for file in files))}"
    if not given.yes:
        if not sys.stdin.isatty():
            say(f"Nothing was discarded ({what}): nobody is there to ask. Give --yes.")
            return 1
        for file in files[:_FILES_SHOWN]:
            tell(f"  {file.path}")
        if len(files) > _FILES_SHOWN:
            tell(f"  and {len(files) - _FILES_SHOWN:,} more")
        answer = input(f"Delete {what} for good? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            say("Nothing was discarded.")
            return 1
    gone = discard(root, files, lock_timeout=given.lock_timeout, say=say)
    tell(f"discarded {counted(gone, 'file')}")
    touched = {file.transaction for file in files}
    for past in list_repairs(root):
        if past.id in touched and past.is_repair:
            tell(f"{past.id} can no longer be undone.")
    return 0
