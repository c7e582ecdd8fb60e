"""Ask git how a repository stands to its remote, and give the remote a tag."""

from __future__ import annotations

import re
from pathlib import Path

from wheelyard.doors import git, process
from wheelyard.errors import OutsideError, UsageError, listed, nearest
from wheelyard.releasing.standing import Remote, Standing, Tag

# An answer of ls-remote: an object and a ref, or a symbolic ref and what it stands for; anything else is talk.
_REF = re.compile(r"(?P<object>[0-9a-f]{40}|[0-9a-f]{64})\trefs/(?P<kind>heads|tags)/(?P<name>.+)")
_DEFAULT = re.compile(r"ref: refs/heads/(?P<name>.+)\tHEAD")


def look(root: Path, *, remote: str) -> Standing:
    """The repository at `root` beside `remote`, which is asked; no ref here or there is changed.

    Raises `OutsideError` where the remote does not answer, `UsageError` where there is no commit.
    """
    commit = git.ask(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if commit is None:
        raise UsageError(f"{root} has no commit. A release is made of one: commit what is to be released.")
    answer = ask(root, remote)
    branch = git.ask(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    shallow = git.call(root, "rev-parse", "--is-shallow-repository") == "true"
    tip = answer.branches.get(branch or "")
    ahead, behind = _distance(root, commit, tip, answer, branch) if tip and branch and not shallow else (None, None)
    return Standing(
        commit=commit,
        branch=branch,
        shallow=shallow,
        changes=_changes(root),
        tags=tags(root),
        remote=answer,
        ahead=0 if tip == commit else ahead,
        behind=0 if tip == commit else behind,
    )


def choose(root: Path, asked: str | None) -> str:
    """The remote that releases go to: the one asked for, that of this branch, the only one there is, or `origin`."""
    names = git.call(root, "remote").split()
    branch = git.ask(root, "symbolic-ref", "--quiet", "--short", "HEAD") or ""
    own = git.ask(root, "config", f"branch.{branch}.remote")
    if asked is not None and asked not in names:
        raise UsageError(f"There is no remote {asked!r}.{nearest(asked, names)} Remotes: {listed(names) or 'none'}.")
    if not names:
        raise UsageError("The repository has no remote. Add the one it is released from: git remote add origin URL")
    chosen = asked or (own if own in names else names[0] if len(names) == 1 else "origin")
    if chosen not in names:
        raise UsageError(f"The repository has several remotes ({listed(names)}). Say which one: --remote {names[0]}")
    return chosen


def ask(root: Path, name: str) -> Remote:
    """What a remote has."""
    command = ("git", "ls-remote", "--symref", name, "HEAD", "refs/heads/*", "refs/tags/*")
    ended = process.attended(command, cwd=root)
    if ended.code != 0:
        raise OutsideError(f"The remote {name} does not answer: {ended.last(3) or 'git said why above.'}")
    refs: dict[str, dict[str, str]] = {"heads": {}, "tags": {}}
    default = None
    for line in ended.output.splitlines():
        if found := _REF.fullmatch(line):
            refs[found["kind"]][found["name"].removesuffix("^{}")] = found["object"]  # the commit comes after its tag
        elif found := _DEFAULT.fullmatch(line):
            default = found["name"]
    return Remote(name=name, default=default, branches=refs["heads"], tags=refs["tags"])


def tags(root: Path) -> dict[str, Tag]:
    """The tags of the repository itself."""
    signed = "%(if)%(contents:signature)%(then)signed%(end)"
    form = f"--format=%(objecttype) %(objectname) %(*objectname) {signed} %(refname:strip=2)"
    found = {}
    for line in git.call(root, "for-each-ref", form, "refs/tags").splitlines():
        kind, own, peeled, signature, name = line.split(" ", 4)
        found[name] = Tag(commit=peeled or own, annotated=kind == "tag", signed=bool(signature))
    return found


def signs(root: Path) -> bool:
    """Whether git is set up to sign tags: `tag.gpgSign` says so, or it says nothing and there is a key."""
    said = git.ask(root, "config", "--type=bool", "tag.gpgSign")
    return said == "true" or (said is None and bool(git.ask(root, "config", "user.signingKey")))


def is_name(root: Path, tag: str) -> bool:
    """Whether git takes `tag` for the name of one."""
    return not tag.startswith("-") and git.ask(root, "check-ref-format", f"refs/tags/{tag}") is not None


def _distance(root: Path, commit: str, tip: str, remote: Remote, branch: str | None) -> tuple[int, int]:
    """How many commits are only here and only there; what is there is fetched first if it is not known."""
    if git.ask(root, "cat-file", "-e", f"{tip}^{{commit}}") is None:
        command = (
            "git",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-recurse-submodules",
            remote.name,
            f"refs/heads/{branch}",
        )
        ended = process.attended(command, cwd=root)
        if ended.code != 0:
            raise OutsideError(f"{branch} of {remote.name} cannot be fetched: {ended.last(3)}")
    ahead, behind = git.call(root, "rev-list", "--left-right", "--count", f"{commit}...{tip}").split()
    return int(ahead), int(behind)


def _changes(root: Path) -> tuple[str, ...]:
    """Paths with changes that are in no commit, untracked files and what is inside submodules included."""
    listing = git.call(root, "status", "--porcelain", "-z", "--ignore-submodules=none", "--no-renames", strip=False)
    return tuple(line[3:] for line in listing.split("\0") if line)
