# imports: git
# exercises: a repository made, read and changed through the git program: blobs and commits by their
#   known hashes, the index, branches, tags, differences, history, configuration, a clone, errors
# versions: >=3.1
import hashlib
import os
import shutil
from pathlib import Path

os.environ.update(
    GIT_CONFIG_NOSYSTEM="1",
    GIT_CONFIG_GLOBAL=os.devnull,
    GIT_TERMINAL_PROMPT="0",
    LC_ALL="C",
)
import git

if shutil.which("git") is not None:
    repo = git.Repo.init("work")
    with repo.config_writer() as config:
        config.set_value("user", "name", "Ada").set_value("user", "email", "ada@example.com")
        config.set_value("core", "autocrlf", "false")
    assert repo.config_reader().get_value("user", "email") == "ada@example.com"

    path = Path(repo.working_tree_dir, "hello.txt")
    path.write_bytes(b"hello\n")
    assert repo.untracked_files == ["hello.txt"] and repo.bare is False
    repo.index.add(["hello.txt"])
    ada = git.Actor("Ada", "ada@example.com")
    day = "2024-02-29T12:00:00+0000"
    first = repo.index.commit(
        "first\n", author=ada, committer=ada, author_date=day, commit_date=day
    )
    blob = first.tree / "hello.txt"

    def hashed(kind, data):
        return hashlib.sha1(b"%s %d\0%s" % (kind, len(data), data)).hexdigest()

    assert blob.hexsha == "ce013625030ba8dba906f756967f9e9ca394464a" == hashed(b"blob", b"hello\n")
    tree = hashed(b"tree", b"100644 hello.txt\0" + bytes.fromhex(blob.hexsha))
    who = "Ada <ada@example.com> 1709208000 +0000"
    text = "tree {0}\nauthor {1}\ncommitter {1}\n\nfirst\n".format(tree, who)
    assert first.tree.hexsha == tree and first.hexsha == hashed(b"commit", text.encode())
    assert blob.data_stream.read() == b"hello\n" and blob.size == 6
    assert not repo.is_dirty()

    main = repo.active_branch
    side = repo.create_head("side")
    side.checkout()
    path.write_bytes(b"hello\nthere\n")
    assert repo.is_dirty()
    (change,) = repo.index.diff(None, create_patch=True)
    assert b"+there" in change.diff and change.a_path == "hello.txt"
    repo.index.add(["hello.txt"])
    second = repo.index.commit("second")
    (change,) = first.diff(second)
    assert change.change_type == "M" and list(second.parents) == [first]
    assert second.stats.total["insertions"] == 1 and second.stats.total["deletions"] == 0
    repo.create_tag("v1", ref=first, message="one")
    assert repo.tags["v1"].commit == first and repo.tags["v1"].tag.message.strip() == "one"
    main.checkout()
    assert path.read_bytes() == b"hello\n" and repo.head.commit == first
    repo.git.merge("side", "--ff-only")
    assert repo.head.commit == second and repo.merge_base(main, "v1") == [first]
    assert [commit.message.strip() for commit in repo.iter_commits()] == ["second", "first"]
    blame = repo.blame("HEAD", "hello.txt")
    assert [(commit.hexsha, lines) for commit, lines in blame] == [
        (first.hexsha, ["hello"]),
        (second.hexsha, ["there"]),
    ]

    clone = repo.clone(str(Path("copy").resolve()))
    assert clone.head.commit.hexsha == second.hexsha and "v1" in clone.tags
    assert clone.remotes.origin.fetch()[0].commit == second
    try:
        repo.git.checkout("nowhere")
    except git.GitCommandError as error:
        assert error.status != 0
    else:
        raise AssertionError("a branch came from nowhere")
    try:
        git.Repo(str(Path("copy").resolve().parent))
    except git.InvalidGitRepositoryError:
        pass
    else:
        raise AssertionError("a folder was taken for a repository")
    clone.close()
    repo.close()
