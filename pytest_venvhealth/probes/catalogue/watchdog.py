# imports: watchdog, watchdog.events, watchdog.observers, watchdog.observers.polling
# exercises: two snapshots of a folder compared; an observer that polls and, where the system allows
#   it, the native one; patterns
# versions: >=2.0
import threading
from pathlib import Path

from watchdog.events import PatternMatchingEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver
from watchdog.utils.dirsnapshot import DirectorySnapshot, DirectorySnapshotDiff

folder = Path("watched").resolve()
folder.mkdir()
old, moved, new = folder / "old.txt", folder / "moved.txt", folder / "new.txt"
old.write_text("old")
before = DirectorySnapshot(str(folder))
old.rename(moved)
new.write_text("new")
difference = DirectorySnapshotDiff(before, DirectorySnapshot(str(folder)))
assert difference.files_moved == [(str(old), str(moved))] and difference.files_deleted == []
assert difference.files_created == [str(new)]


class Handler(PatternMatchingEventHandler):
    def __init__(self):
        super().__init__(patterns=["**/*.txt"], ignore_patterns=["**/*skip*"])
        self.seen = set()
        self.started, self.done = threading.Event(), threading.Event()

    def on_created(self, event):
        self.seen.add(Path(event.src_path).name)
        self.started.set()
        if event.src_path.endswith("last.txt"):
            self.done.set()


for observer in (PollingObserver(timeout=0.05), Observer()):
    place = folder / type(observer).__name__
    (place / "deep").mkdir(parents=True)
    handler = Handler()
    observer.schedule(handler, str(place), recursive=True)
    try:
        observer.start()
    except OSError:
        continue  # the system's limit of watches is reached, or it has none
    # An observer may take its first look only after its start.
    tries = 0
    while not handler.started.wait(0.1) and tries < 100:
        tries += 1
        (place / "start{}.txt".format(tries)).write_text("x")
    for path in ("skip.txt", "other.bin", "deep/a.txt", "last.txt"):
        (place / path).write_text("x")
    assert handler.done.wait(10), "nothing was heard of the last file"
    observer.stop()
    observer.join()
    seen = {name for name in handler.seen if not name.startswith("start")}
    assert seen == {"a.txt", "last.txt"}, seen
