# imports: zipp
# exercises: paths within a ZIP file in memory and on disk: reading, writing, walking, globbing,
#   folders that are only implied, names, suffixes and parents
# versions: >=3.17
import io
import tempfile
import zipfile
from pathlib import Path

import zipp

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    archive.writestr("top.txt", "top")
    archive.writestr("a/b/deep.tar.gz", b"\x00\x01")
    archive.writestr("a/k\u00e4se.txt", "k\u00e4se\nbrot\n".encode("utf-8"))
    archive.writestr("empty/", "")
archive = zipfile.ZipFile(buffer)
archive.filename = "probe.zip"  # some releases cannot do without a name
root = zipp.Path(archive)

assert sorted(child.name for child in root.iterdir()) == ["a", "empty", "top.txt"]
assert root.joinpath("a", "b").is_dir() and (root / "a").exists() and not (root / "a").is_file()
assert (root / "top.txt").is_file() and (root / "top.txt").read_text(encoding="utf-8") == "top"
deep = root / "a" / "b" / "deep.tar.gz"
assert deep.read_bytes() == b"\x00\x01" and deep.at == "a/b/deep.tar.gz"
assert (deep.stem, deep.suffix, deep.suffixes) == ("deep.tar", ".gz", [".tar", ".gz"])
assert deep.parent.name == "b" and deep.parent.parent == root / "a"
with (root / "a" / "k\u00e4se.txt").open("r", encoding="utf-8") as lines:
    assert [line.strip() for line in lines] == ["k\u00e4se", "brot"]
assert list((root / "empty").iterdir()) == []
assert [path.at for path in root.glob("*.txt")] == ["top.txt"]
assert [path.at for path in root.glob("a/k*.t?t")] == ["a/k\u00e4se.txt"]
assert [path.at for path in root.rglob("*.gz")] == ["a/b/deep.tar.gz"]
assert (
    deep.match("*.gz") and not (root / "none").exists() and len({root, zipp.Path(root.root)}) == 1
)
for wrong, error in (("a", IsADirectoryError), ("none", FileNotFoundError)):
    try:
        (root / wrong).open()
    except error:
        pass
    else:
        raise AssertionError("{} was opened".format(wrong))

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "new.zip")
    with zipfile.ZipFile(file, "w") as archive:
        stream = zipp.Path(archive, "made/new.txt").open("w", encoding="utf-8")
        stream.write("written")
        stream.close()
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["made/new.txt"] and archive.read("made/new.txt") == b"written"
    path = zipp.Path(str(file), "made/")
    assert path.is_dir() and path.joinpath("new.txt").read_text(encoding="utf-8") == "written"
    path.root.close()
