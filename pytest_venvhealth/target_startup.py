"""Run inside the target: start it as `site` does, and write down what each start-up file does.

Standard library only, Python 3.8 and later. Called as
`python -I -S target_startup.py LOG FACTS_SCRIPT OUTPUT [ONLY]`, where ONLY is the one start-up file
to run. Each line of LOG is `["begin", PATH, []]` or `["end", PATH, [FOLDER, …]]`, with the folders
that the file put on `sys.path`. A file that is begun and never ended is where Python got stuck.
"""

import importlib.util
import json
import os
import runpy
import site
import sys
from typing import Any, Callable, List, Optional


def watch(log: int, only: Optional[str]) -> None:
    """Let `site` tell, from now on, which start-up file it runs.

    Source: `addpackage` and `execsitecustomize` in CPython's `Lib/site.py`.
    """

    def watched(path: str, run: Callable[[], Any]) -> Any:
        if only not in (None, path):
            return None
        before = set(sys.path)
        tell(log, "begin", path, [])
        result = run()
        tell(log, "end", path, [folder for folder in sys.path if folder not in before])
        return result

    def watch_module(name: str) -> None:
        run = getattr(site, "exec" + name, None)

        def run_watched() -> None:
            spec = importlib.util.find_spec(name)
            if run is not None and spec is not None and spec.origin:
                watched(spec.origin, run)

        setattr(site, "exec" + name, run_watched)

    add = getattr(site, "addpackage", None)
    if add is not None:

        def add_watched(sitedir: str, name: str, known_paths: Any) -> Any:
            return watched(os.path.join(sitedir, name), lambda: add(sitedir, name, known_paths))

        site.addpackage = add_watched  # type: ignore[assignment]
    watch_module("sitecustomize")
    watch_module("usercustomize")


def tell(log: int, kind: str, path: str, folders: List[str]) -> None:
    """Write one event at once: the next moment may end the process."""
    os.write(log, json.dumps([kind, path, folders]).encode() + b"\n")


def main() -> None:
    """Start up, watched, and then answer as `target_facts.py` does."""
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    watch(log, sys.argv[4] if len(sys.argv) > 4 else None)
    script = sys.argv[2]
    sys.argv[:] = [script, sys.argv[3]]
    site.main()
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
