# imports: fsspec, fsspec.implementations.local
# exercises: files in memory and on disk through one interface, compression, a ZIP file, chained
#   addresses, copies kept in a cache, a mapping
# versions: >=2022.5.0
import os
import zipfile

import fsspec

memory = fsspec.filesystem("memory")
memory.pipe({"/probe/a.txt": b"one\ntwo\n", "/probe/sub/b.bin": bytes(range(256))})
assert memory.cat_file("/probe/sub/b.bin", start=10, end=13) == b"\x0a\x0b\x0c"
assert sorted(memory.find("/probe")) == ["/probe/a.txt", "/probe/sub/b.bin"]
assert memory.glob("/probe/**/*.bin") == ["/probe/sub/b.bin"]
assert memory.info("/probe/sub/b.bin")["size"] == 256 and memory.isdir("/probe/sub")
with memory.open("/probe/a.txt", "r") as file:
    assert [line.strip() for line in file] == ["one", "two"]
memory.cp("/probe/a.txt", "/probe/c.txt")
memory.rm("/probe/a.txt")
assert not memory.exists("/probe/a.txt") and memory.cat("/probe/c.txt") == b"one\ntwo\n"

here = os.path.abspath("data").replace(os.sep, "/")
local = fsspec.filesystem("file", auto_mkdir=True)
local.pipe_file(here + "/in/x.txt", b"hello")
assert local.cat(here + "/in/x.txt") == b"hello"
with fsspec.open(here + "/x.txt.gz", "wt", compression="infer", encoding="utf-8") as file:
    file.write("caf\u00e9" * 100)
with open(os.path.join("data", "x.txt.gz"), "rb") as file:
    assert file.read(2) == b"\x1f\x8b"
with fsspec.open(here + "/x.txt.gz", "rt", compression="gzip", encoding="utf-8") as file:
    assert file.read() == "caf\u00e9" * 100

with zipfile.ZipFile(os.path.join("data", "z.zip"), "w") as archive:
    archive.writestr("deep/one.txt", "from the archive")
with fsspec.open("zip://deep/one.txt::file://" + here + "/z.zip") as file:
    assert file.read() == b"from the archive"
chained = "simplecache::memory://probe/c.txt"
with fsspec.open(chained, simplecache={"cache_storage": os.path.abspath("kept")}) as file:
    assert file.read()[4:] == b"two\n"
assert len(os.listdir("kept")) == 1

store = fsspec.get_mapper("memory://mapped")
store["x/y"] = b"value"
assert store["x/y"] == b"value" and list(store) == ["x/y"]
