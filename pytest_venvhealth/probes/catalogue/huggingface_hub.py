# imports: huggingface_hub, huggingface_hub.utils
# exercises: addresses of files, the cache's layout read back (one file, a snapshot, a scan), card
#   metadata and templates, hashes of an upload, patterns, a model mixin's files
# versions: >=0.19
import hashlib
import importlib.util
import json
import os

import huggingface_hub as hub
from huggingface_hub.utils import HFValidationError, filter_repo_objects, validate_repo_id

url = hub.hf_hub_url("org/name", "a b.bin", subfolder="x", repo_type="dataset", revision="r/1")
assert url.endswith("/datasets/org/name/resolve/r%2F1/x/a%20b.bin"), url
validate_repo_id("org/some.name-1")
for wrong in ("a/b/c", "-name", "na--me"):
    try:
        validate_repo_id(wrong)
    except HFValidationError:
        pass
    else:
        raise AssertionError(wrong + " was accepted")

# A cache as a download leaves it: the branch's name leads to a commit, the commit to its files.
cache, commit = os.path.abspath("hub"), "0123456789" * 4
folder = os.path.join(cache, "models--org--name")
snapshot = os.path.join(folder, "snapshots", commit)
os.makedirs(snapshot)
os.makedirs(os.path.join(folder, "refs"))
with open(os.path.join(folder, "refs", "main"), "w") as file:
    file.write(commit)
with open(os.path.join(snapshot, "config.json"), "w") as file:
    file.write('{"layers": 2}')
path = hub.hf_hub_download("org/name", "config.json", cache_dir=cache, local_files_only=True)
with open(path) as file:
    assert json.load(file) == {"layers": 2}
assert hub.try_to_load_from_cache("org/name", "config.json", cache_dir=cache) == path
assert hub.try_to_load_from_cache("org/name", "none.json", cache_dir=cache) is None
found = hub.snapshot_download("org/name", cache_dir=cache, local_files_only=True)
assert os.path.samefile(found, snapshot), found
try:
    hub.hf_hub_download("org/name", "none.json", cache_dir=cache, local_files_only=True)
except FileNotFoundError:
    pass
else:
    raise AssertionError("a file that is not in the cache was found")
(repo,) = hub.scan_cache_dir(cache).repos
assert (repo.repo_id, repo.repo_type, repo.size_on_disk) == ("org/name", "model", 13), repo
assert [revision.commit_hash for revision in repo.revisions] == [commit]

card = hub.ModelCard("---\nlicense: mit\ntags:\n- a\n- b\n---\n# Title\n")
assert card.data.license == "mit" and card.data.tags == ["a", "b"], card.data
assert card.text.strip() == "# Title"
card.save("README.md")
hub.metadata_save("README.md", {"license": "apache-2.0"})
with open("README.md", encoding="utf-8") as file:
    assert file.read().replace("\r\n", "\n").startswith("---\nlicense: apache-2.0\n---\n# Title")
if importlib.util.find_spec("jinja2") is not None:
    text = hub.ModelCard.from_template(hub.ModelCardData(language="nl"), model_id="X1").content
    assert text.startswith("---\nlanguage: nl\n") and "X1" in text and "## Uses" in text

operation = hub.CommitOperationAdd(path_in_repo="a.bin", path_or_fileobj=b"abc")
assert operation.upload_info.sha256 == hashlib.sha256(b"abc").digest()
names = ["a.py", "b/c.json", "b/d.txt"]
assert list(
    filter_repo_objects(names, allow_patterns=["*.py", "b/*"], ignore_patterns="*.txt")
) == [
    "a.py",
    "b/c.json",
]


class Model(hub.ModelHubMixin):
    def _save_pretrained(self, save_directory):
        (save_directory / "weights").write_bytes(b"\1\2")


Model().save_pretrained("saved", config={"size": 3})
with open(os.path.join("saved", "config.json")) as file:
    assert json.load(file)["size"] == 3
assert os.path.getsize(os.path.join("saved", "weights")) == 2
