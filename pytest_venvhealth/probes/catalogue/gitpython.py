# imports: git
# exercises: a repository made, read and changed: blobs and commits by their known hashes, the
#   index, branches, differences, history
# needs: the git program, else nothing is checked
# versions: >=3.1
import hashlib
import os
import shutil
from pathlib import Path

os.environ.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull, LC_ALL="C")
import git


def hashed(kind, data):
    return hashlib.sha1(b"%s %d\0%s" % (kind, len(data), data)).hexdigest()


if shutil.which("git") is not None:
    repo = git.Repo.init("work")
    with repo.config_writer() as config:
        config.set_value("user", "name", "Ada").set_value("user", "email", "ada@example.com")
        config.set_value("core", "autocrlf", "false")
    path = Path(repo.working_tree_dir, "hello.txt")
    path.write_bytes(b"hello\n")
    assert repo.untracked_files == ["hello.txt"]

    repo.index.add(["hello.txt"])
    day = "2024-02-29T12:00:00+0000"
    first = repo.index.commit("first\n", author_date=day, commit_date=day)
    blob = first.tree / "hello.txt"
    assert blob.hexsha == "ce013625030ba8dba906f756967f9e9ca394464a" == hashed(b"blob", b"hello\n")
    tree = hashed(b"tree", b"100644 hello.txt\0" + bytes.fromhex(blob.hexsha))
    who = "Ada <ada@example.com> 1709208000 +0000"
    text = "tree {0}\nauthor {1}\ncommitter {1}\n\nfirst\n".format(tree, who)
    assert first.tree.hexsha == tree and first.hexsha == hashed(b"commit", text.encode())
    assert not repo.is_dirty()

    main = repo.active_branch
    repo.create_head("side").checkout()
    path.write_bytes(b"hello\nthere\n")
    assert repo.is_dirty()
    repo.index.add(["hello.txt"])
    second = repo.index.commit("second")
    (change,) = first.diff(second, create_patch=True)
    assert b"+there" in change.diff and list(second.parents) == [first]
    main.checkout()
    assert path.read_bytes() == b"hello\n" and repo.head.commit == first
    repo.git.merge("side", "--ff-only")
    assert [commit.message.strip() for commit in repo.iter_commits()] == ["second", "first"]
    repo.close()
