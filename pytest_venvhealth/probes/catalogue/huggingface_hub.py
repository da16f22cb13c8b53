# imports: huggingface_hub, huggingface_hub.utils
# exercises: addresses of files, the cache's layout read back, card metadata and the template of
#   cards, the hash of an upload, patterns
# versions: >=0.19
import hashlib
import importlib.util
from pathlib import Path

import huggingface_hub as hub
from huggingface_hub.utils import filter_repo_objects

url = hub.hf_hub_url("org/name", "a b.bin", subfolder="x", repo_type="dataset", revision="r/1")
assert url.endswith("/datasets/org/name/resolve/r%2F1/x/a%20b.bin"), url

# A cache as a download leaves it: the branch's name leads to a commit, the commit to its files.
commit = "0123456789" * 4
folder = Path("hub/models--org--name").resolve()
snapshot = folder / "snapshots" / commit
snapshot.mkdir(parents=True)
(folder / "refs").mkdir()
(folder / "refs/main").write_text(commit)
(snapshot / "config.json").write_text("{}")
path = hub.hf_hub_download("org/name", "config.json", cache_dir="hub", local_files_only=True)
assert Path(path).samefile(snapshot / "config.json"), path
(repo,) = hub.scan_cache_dir("hub").repos
assert (repo.repo_id, repo.repo_type, repo.size_on_disk) == ("org/name", "model", 2), repo

card = hub.ModelCard("---\nlicense: mit\ntags:\n- a\n- b\n---\n# Title\n")
assert card.data.license == "mit" and card.data.tags == ["a", "b"], card.data
if importlib.util.find_spec("jinja2") is not None:
    text = hub.ModelCard.from_template(hub.ModelCardData(language="nl"), model_id="X1").content
    assert text.startswith("---\nlanguage: nl\n") and "X1" in text and "## Uses" in text

operation = hub.CommitOperationAdd(path_in_repo="a.bin", path_or_fileobj=b"abc")
assert operation.upload_info.sha256 == hashlib.sha256(b"abc").digest()
names = ["a.py", "b/c.json", "b/d.txt"]
kept = filter_repo_objects(names, allow_patterns=["*.py", "b/*"], ignore_patterns="*.txt")
assert list(kept) == ["a.py", "b/c.json"]
