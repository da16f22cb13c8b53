# imports: watchdog, watchdog.events, watchdog.observers, watchdog.observers.polling
# exercises: what happens to files in a folder: snapshots compared, an observer that polls and,
#   where the system allows it, the native one; patterns
# versions: >=2.0
import os
import threading
from pathlib import Path

from watchdog.events import PatternMatchingEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver
from watchdog.utils.dirsnapshot import DirectorySnapshot, DirectorySnapshotDiff

folder = Path("watched").resolve()
(folder / "sub").mkdir(parents=True)
(folder / "old.txt").write_text("old")
(folder / "goes.txt").write_text("goes")
before = DirectorySnapshot(str(folder), recursive=True)
(folder / "old.txt").rename(folder / "moved.txt")
(folder / "sub" / "new.txt").write_text("new")
(folder / "goes.txt").unlink()
difference = DirectorySnapshotDiff(before, DirectorySnapshot(str(folder), recursive=True))


def name(path):
    return os.path.relpath(path, str(folder)).replace(os.sep, "/")


assert [(name(old), name(new)) for old, new in difference.files_moved] == [("old.txt", "moved.txt")]
assert [name(path) for path in difference.files_created] == ["sub/new.txt"]
assert [name(path) for path in difference.files_deleted] == ["goes.txt"]
assert {name(path) for path in difference.dirs_modified} <= {".", "sub"}


class Handler(PatternMatchingEventHandler):
    def __init__(self):
        super().__init__(patterns=["**/*.txt"], ignore_patterns=["**/*skip*"])
        self.seen = set()
        self.started, self.done = threading.Event(), threading.Event()

    def on_any_event(self, event):
        self.seen.add((event.event_type, os.path.basename(event.src_path)))
        self.started.set()
        if os.path.basename(event.src_path) == "last.txt":
            self.done.set()


def watch(observer, label):
    """Return what the handler was told of four new files."""
    place = folder / label
    (place / "deep").mkdir(parents=True)
    handler = Handler()
    observer.schedule(handler, str(place), recursive=True)
    observer.start()
    try:
        # An observer may take its first look only after its start.
        for number in range(200):
            (place / "start{}.txt".format(number)).write_text("x")
            if handler.started.wait(0.1):
                break
        for path in ("skip.txt", "other.bin", "deep/a.txt", "last.txt"):
            (place / path).write_text("x")
        assert handler.done.wait(30), "nothing was heard of the last file"
    finally:
        observer.stop()
        observer.join(30)
    assert not observer.is_alive()
    return handler.seen


seen = watch(PollingObserver(timeout=0.05), "polled")
assert {("created", "a.txt"), ("created", "last.txt")} <= seen, seen
assert not {name for _, name in seen} & {"skip.txt", "other.bin"}, seen
try:
    seen = watch(Observer(), "native")
except OSError:
    pass  # the system's limit of watches is reached, or it has none
else:
    assert ("created", "last.txt") in seen and ("created", "a.txt") in seen, seen
    assert not {name for _, name in seen} & {"skip.txt", "other.bin"}, seen
