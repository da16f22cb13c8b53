# imports: importlib_metadata
# exercises: the metadata of a distribution written here: name, version, requirements, files with
#   their hashes, entry points by group and name, top-level packages, errors
# versions: >=4.6
import sys
import tempfile
from pathlib import Path

import importlib_metadata as metadata

with tempfile.TemporaryDirectory() as folder:
    info = Path(folder, "probe_sample-1.5.dist-info")
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: Probe.Sample\nVersion: 1.5\nSummary: K\u00e4se\n"
        "Requires-Python: >=3.8\nRequires-Dist: first>=2\n"
        "Requires-Dist: second; extra == 'more'\nProvides-Extra: more\n\nThe description.\n",
        "utf-8",
    )
    (info / "top_level.txt").write_text("probe_sample\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nprobe-run = probe_sample.cli:main\n\n"
        "[probe.plugins]\njoin = os.path:join\nbroken = os.path:no_such_thing\n",
        "utf-8",
    )
    # The hash of b"1\n", in base 64 that is safe in URLs and without padding
    digest = "Q1WkaxnTSNwvV8BG-O9j1FOOu5NgAPPJ7pVKJ0YN2GU"
    (info / "RECORD").write_text(
        "probe_sample/__init__.py,sha256={},2\nprobe_sample-1.5.dist-info/RECORD,,\n".format(
            digest
        ),
        "utf-8",
    )
    Path(folder, "probe_sample").mkdir()
    Path(folder, "probe_sample", "__init__.py").write_bytes(b"1\n")

    (found,) = metadata.distributions(path=[folder])
    assert found.version == "1.5" and found.metadata["Name"] == "Probe.Sample"
    assert found.metadata["Summary"] == "K\u00e4se"
    assert found.metadata.get_all("Provides-Extra") == ["more"]
    assert found.requires == ["first>=2", "second; extra == 'more'"], found.requires
    assert found.metadata.json["requires_python"] == ">=3.8"
    assert found.metadata.json["description"].strip() == "The description."
    assert metadata.Distribution.at(info).version == "1.5"

    # Only this distribution is to be seen: what is wrong with another one is not to be told here.
    sys.path[:] = [folder, *(path for path in sys.path if not path.endswith("-packages"))]
    metadata.MetadataPathFinder().invalidate_caches()
    assert metadata.version("probe-sample") == metadata.version("Probe_Sample") == "1.5"
    module = metadata.files("probe-sample")[0]
    assert (module.name, module.size, module.hash.value) == ("__init__.py", 2, digest)
    assert module.hash.mode == "sha256" and module.read_text() == "1\n"
    assert module.locate().is_file()
    assert metadata.packages_distributions()["probe_sample"] == ["Probe.Sample"]

    (script,) = metadata.entry_points(group="console_scripts", name="probe-run")
    assert (script.module, script.attr, script.extras) == ("probe_sample.cli", "main", [])
    plugins = metadata.entry_points().select(group="probe.plugins")
    assert sorted(plugins.names) == ["broken", "join"]
    assert plugins["join"].load()("a", "b") == str(Path("a", "b"))
    try:
        plugins["broken"].load()
    except AttributeError:
        pass
    else:
        raise AssertionError("an entry point that leads nowhere was loaded")

metadata.MetadataPathFinder().invalidate_caches()
try:
    metadata.version("probe-sample")
except metadata.PackageNotFoundError as error:
    assert error.name == "probe-sample"
else:
    raise AssertionError("a distribution that is gone was found")
