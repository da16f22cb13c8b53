# imports: importlib_metadata
# exercises: the metadata of a distribution written here: name, version, requirements, files with
#   their hashes, entry points by group and name, top-level packages
# versions: >=4.6.0
import sys
from pathlib import Path

import importlib_metadata as metadata

info = Path("site", "probe_sample-1.5.dist-info")
info.mkdir(parents=True)
(info / "METADATA").write_text(
    "Metadata-Version: 2.1\nName: Probe.Sample\nVersion: 1.5\nSummary: K\u00e4se\n"
    "Requires-Python: >=3.8\nRequires-Dist: first>=2\nRequires-Dist: second; extra == 'more'\n"
    "Provides-Extra: more\n\nThe description.\n",
    "utf-8",
)
(info / "top_level.txt").write_text("probe_sample\n", "utf-8")
(info / "entry_points.txt").write_text(
    "[console_scripts]\nprobe-run = probe_sample.cli:main\n[probe.plugins]\njoin = os.path:join\n",
    "utf-8",
)
# The hash of b"1\n", in base 64 that is safe in URLs and without padding
digest = "Q1WkaxnTSNwvV8BG-O9j1FOOu5NgAPPJ7pVKJ0YN2GU"
(info / "RECORD").write_text("probe_sample.py,sha256={},2\n".format(digest), "utf-8")
Path("site", "probe_sample.py").write_bytes(b"1\n")

(found,) = metadata.distributions(path=["site"])
assert found.version == "1.5" and found.metadata["Name"] == "Probe.Sample"
assert found.metadata["Summary"] == "K\u00e4se"
assert found.requires == ["first>=2", "second; extra == 'more'"], found.requires
assert found.metadata.json["requires_python"] == ">=3.8"
assert found.metadata.json["description"].strip() == "The description."

# Only this distribution is to be seen: what is wrong with another one is not to be told here.
sys.path[:] = ["site", *(path for path in sys.path if not path.endswith("-packages"))]
metadata.MetadataPathFinder().invalidate_caches()
assert metadata.version("probe-sample") == metadata.version("Probe_Sample") == "1.5"
(module,) = metadata.files("probe-sample")
assert (module.name, module.size, module.hash.value) == ("probe_sample.py", 2, digest)
assert module.read_text() == "1\n" and module.locate().is_file()
assert metadata.packages_distributions()["probe_sample"] == ["Probe.Sample"]

(script,) = metadata.entry_points(group="console_scripts", name="probe-run")
assert (script.module, script.attr, script.extras) == ("probe_sample.cli", "main", [])
plugins = metadata.entry_points().select(group="probe.plugins")
assert plugins["join"].load()("a", "b") == str(Path("a", "b"))
try:
    metadata.version("no-such-distribution")
except metadata.PackageNotFoundError as error:
    assert error.name == "no-such-distribution"
else:
    raise AssertionError("a distribution that is not there was found")
