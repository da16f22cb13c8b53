# imports: zipp
# exercises: paths within a ZIP file: reading, writing, walking, globbing, folders that are only
#   implied, names, suffixes and parents
# versions: >=3.17.0
import zipfile

import zipp

with zipfile.ZipFile("probe.zip", "w") as archive:
    archive.writestr("top.txt", "top")
    archive.writestr("a/b/deep.tar.gz", b"\x00\x01")
    archive.writestr("a/k\u00e4se.txt", "k\u00e4se\nbrot\n".encode("utf-8"))
    archive.writestr("empty/", "")
root = zipp.Path("probe.zip")

assert sorted(child.name for child in root.iterdir()) == ["a", "empty", "top.txt"]
assert root.joinpath("a", "b").is_dir() and (root / "a").exists() and not (root / "a").is_file()
assert (root / "top.txt").is_file() and (root / "top.txt").read_text(encoding="utf-8") == "top"
deep = root / "a" / "b" / "deep.tar.gz"
assert deep.read_bytes() == b"\x00\x01" and deep.at == "a/b/deep.tar.gz"
assert (deep.stem, deep.suffix, deep.parent.name) == ("deep.tar", ".gz", "b")
with (root / "a" / "k\u00e4se.txt").open("r", encoding="utf-8") as lines:
    assert [line.strip() for line in lines] == ["k\u00e4se", "brot"]
assert list((root / "empty").iterdir()) == []
assert [path.at for path in root.glob("a/k*.t?t")] == ["a/k\u00e4se.txt"]
assert [path.at for path in root.rglob("*.gz")] == ["a/b/deep.tar.gz"]
for wrong, error in (("a", IsADirectoryError), ("none", FileNotFoundError)):
    try:
        (root / wrong).open()
    except error:
        pass
    else:
        raise AssertionError("{} was opened".format(wrong))
root.root.close()

with zipfile.ZipFile("new.zip", "w") as archive:
    stream = zipp.Path(archive, "made/new.txt").open("w", encoding="utf-8")
    stream.write("written")
    stream.close()
with zipfile.ZipFile("new.zip") as archive:
    assert archive.namelist() == ["made/new.txt"] and archive.read("made/new.txt") == b"written"
