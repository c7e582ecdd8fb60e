"""What git knows of the source: its commit, whether it is clean, and copies of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from wheelyard.doors import process
from wheelyard.errors import OutsideError, UsageError
from wheelyard.revision import Revision


def revision(root: Path) -> Revision:
    """The state of the work tree at `root`, untracked files included, ignored ones not.

    `tree` names the content as git would store it, so equal trees are equal sources. The date is the commit's.
    """
    _refuse_elsewhere(root)
    commit = ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
    tree = _tree(root)
    if commit is None:
        return Revision(commit=None, tree=tree, date=int(time.time()), dirty=True)
    date, committed_tree = call(root, "log", "-1", "--format=%ct %T").split()
    return Revision(commit=commit, tree=tree, date=int(date), dirty=tree != committed_tree)


def _refuse_elsewhere(root: Path) -> None:
    """Raise where `root` is not the top of a repository."""
    if (root / ".git").exists():
        return
    if (top := ask(root, "rev-parse", "--show-toplevel")) is None:
        raise UsageError(
            f"{root} is not a git repository. Run `git init` and commit once: a release is made of a commit."
        )
    folder = root.resolve().relative_to(Path(top).resolve()).as_posix()
    raise UsageError(
        f"{root} is a folder of the repository {top}. Run wheelyard there, with package = {folder!r} in the"
        " [tool.wheelyard] of its pyproject.toml."
    )


def export(root: Path, target: Path) -> None:
    """Make `target` a repository of its own with the same files, history and tags, ignored files left out.

    Back ends that take the version from git find it there; uncommitted changes and submodules come along.
    """
    if ask(root, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        call(target.parent, "init", "--quiet", str(target))
    else:
        call(target.parent, "clone", "--quiet", "--local", "--no-checkout", str(root), str(target))
    _copy_files(root, target)
    if ask(target, "rev-parse", "--verify", "--quiet", "HEAD") is not None:
        call(target, "reset", "--quiet", "--mixed", "HEAD")


def checkout(root: Path, commit: str, target: Path) -> Path:
    """Make `target` a clone of the repository at `root`, at `commit` (a git object name), with its submodules."""
    call(target.parent, "clone", "--quiet", "--local", "--no-checkout", str(root), str(target))
    call(target, "checkout", "--quiet", "--detach", commit)
    if (target / ".gitmodules").is_file():
        call(target, "submodule", "--quiet", "update", "--init", "--recursive")
    return target


def absorb(root: Path) -> None:
    """Have the commit of a copy hold what is in the copy now, under its own name: git sees no difference.

    A replacement (git-replace) does this: tags, history and the commit's name, of which versions are made, stay.
    """
    from wheelyard.doors import files  # noqa: PLC0415  # tempfile is slow to import

    head = call(root, "rev-parse", "HEAD")
    call(root, "add", "--all", ".")
    _, _, rest = call(root, "cat-file", "commit", head, strip=False).partition("\n")
    with files.scratch("commit") as folder:
        (folder / "commit").write_text(f"tree {call(root, 'write-tree')}\n{rest}", encoding="utf-8", newline="\n")
        replacement = call(root, "hash-object", "-t", "commit", "-w", str(folder / "commit"))
    if replacement != head:
        call(root, "replace", head, replacement)


def names(root: Path) -> tuple[str, ...]:
    """Every file of the work tree that git does not ignore, relative to `root`."""
    found = call(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", strip=False)
    return tuple(filter(None, found.split("\0")))


def tags(root: Path) -> tuple[str, ...]:
    """Every tag, the oldest first."""
    return tuple(call(root, "tag", "--sort=creatordate").splitlines())


def _copy_files(root: Path, target: Path) -> None:
    import shutil  # noqa: PLC0415  # planning never copies

    for name in names(root):
        path, copy = root / name, target / name
        if path.is_dir() and not path.is_symlink():
            copy.mkdir(parents=True, exist_ok=True)
            if (path / ".git").exists():
                _copy_files(path, copy)
        elif path.is_symlink() or path.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy, follow_symlinks=False)


def _tree(root: Path) -> str:
    """The tree object of the work tree, made through an index and an object folder of our own."""
    from wheelyard.doors import files  # noqa: PLC0415  # tempfile is slow to import

    with files.scratch("index") as folder:
        index = folder / "index"
        own = Path(call(root, "rev-parse", "--absolute-git-dir"))
        if (own / "index").is_file():
            index.write_bytes((own / "index").read_bytes())  # its stat data make `add` quick
        env = {
            **os.environ,
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": str(folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(own / "objects"),
        }
        call(root, "add", "--all", ".", env=env)
        return call(root, "write-tree", env=env)


def ask(root: Path, *arguments: str) -> str | None:
    """What git prints, or None where it says no."""
    ended = process.run(("git", "-C", root, *arguments))
    return ended.output.strip() if ended.code == 0 else None


def call(root: Path, *arguments: str, env: dict[str, str] | None = None, strip: bool = True) -> str:
    """What git prints; `OutsideError` where it fails."""
    ended = process.run(("git", "-C", root, *arguments), env=env)
    if ended.code != 0:
        raise OutsideError(f"git {arguments[0]} failed in {root}: {ended.last(3)}")
    return ended.output.strip() if strip else ended.output
