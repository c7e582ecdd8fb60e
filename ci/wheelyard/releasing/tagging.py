"""What must hold before a release is tagged, a check for each; deciding only, git was asked before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from shlex import quote
from typing import TYPE_CHECKING, ClassVar

import msgspec

from wheelyard.errors import listed
from wheelyard.releasing import guards
from wheelyard.releasing.changelog import Entry
from wheelyard.releasing.standing import Standing, Tag
from wheelyard.revision import Revision
from wheelyard.words import counted

if TYPE_CHECKING:
    from wheelyard.stores.github.wire import Check as CiCheck


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "ok"
    FAILED = "wrong"
    UNREACHABLE = "no answer"
    NOTHING = "nothing there"
    NOT_ASKED = "not asked"  # never to be read as a yes


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at, and in words what was seen or what is wrong and to be done."""

    name: str
    outcome: Outcome
    words: str


class State(StrEnum):
    """Where the tag is."""

    NOWHERE = "nowhere"
    HERE = "here"  # an earlier run made it and did not get to push it
    THERE = "on the remote"


class Tagging(msgspec.Struct, frozen=True, kw_only=True):
    """What `wheelyard tag` saw and does: its checks, the commands of git that are left, and where the tag is now."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    tag: str
    commit: str
    remote: str
    checks: tuple[Check, ...]
    commands: tuple[tuple[str, ...], ...]
    state: State


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The tag that is wanted; `stated` is the version in the project's files, None where the build backend makes it.

    `asked` says that a person named the version, `signed` that git is set up to sign tags.
    """

    tag: str
    version: str
    template: str
    stated: str | None
    asked: bool = False
    signed: bool = False


def judged(name: str, problems: Iterable[str], passed: str) -> Check:
    """A check that passed unless there is a problem."""
    said = "\n".join(problems)
    return Check(name=name, outcome=Outcome.FAILED if said else Outcome.PASSED, words=said or passed)


def state(wish: Wish, standing: Standing) -> State:
    """Where the tag is, if it is the one that this commit is to have; `of_tag` tells of any other."""
    here = standing.tags.get(wish.tag)
    if standing.remote.tags.get(wish.tag) == standing.commit:
        return State.THERE
    return State.HERE if here is not None and here.commit == standing.commit else State.NOWHERE


def of_version(wish: Wish, *, given: str | None = None) -> Check:
    """The version is one, and that of pyproject.toml, or the one `given` by the build backend of the tagged commit."""
    problems = list(guards.of_name(wish.tag, template=wish.template, version=wish.stated))
    if given is not None and given != wish.version:
        problems.append(f"with the tag {wish.tag!r} the build backend makes version {given}, not {wish.version}.")
    source = "by the build backend" if wish.stated is None else "in its files"
    return judged("version", problems, f"{wish.version}, {source}")


def of_changelog(wish: Wish, *, file: str, found: Entry | None) -> Check:
    """The changelog has the version, and does not call it unreleased."""
    words = f"{file}, line {found.line}: {found.heading}" if found else ""
    if found is None:
        problem = [f"{file} has no heading with {wish.version}. Write what changed, and commit it."]
    else:
        problem = [] if found.released else [f"{words}. Put the date there, and commit it."]
    return judged("changelog", problem, words)


def of_tree(revision: Revision, standing: Standing) -> Check:
    """Everything is committed."""
    problems = guards.of_source(revision, changes=standing.changes)
    return judged("tree", problems, f"clean at {standing.commit[:12]}")


def of_branch(standing: Standing, *, wanted: str | None) -> Check:
    """The commit is on the branch that releases are made of: a glob, or the remote's default."""
    remote, branch = standing.remote, standing.branch
    pattern = wanted or remote.default
    problems = []
    if pattern is None:
        problems = [f"{remote.name} says no default branch. Say which: [tool.wheelyard.release] branch."]
    elif branch is None:
        problems = [f"HEAD is on no branch, and releases are made on {pattern}. Switch to it: git switch {pattern}"]
    elif not fnmatchcase(branch, pattern):
        problems = [f"this is {branch}, and releases are made on {pattern} ([tool.wheelyard.release] branch)."]
    return judged("branch", problems, str(branch))


def of_step(standing: Standing) -> Check:
    """The remote's branch is at this very commit."""
    where = f"{standing.branch} of {standing.remote.name}"
    return judged("in step", _apart(standing, where), f"with {where}")


def _apart(standing: Standing, where: str) -> Iterator[str]:
    ahead, behind = standing.ahead, standing.behind
    if standing.shallow:
        yield "the clone is shallow: neither versions nor branches can be told by it. Run: git fetch --unshallow"
    elif standing.branch is None:
        yield "HEAD is on no branch that could be compared."
    elif ahead is None or behind is None:
        yield f"{standing.remote.name} has no branch {standing.branch}. Push it, and see its tests pass."
    elif ahead and behind:
        more, less = counted(behind, "commit"), counted(ahead, "commit")
        yield f"{where} went another way: it has {more} more, and lacks {less}. Rebase or merge."
    elif ahead:
        yield f"{where} lacks {counted(ahead, 'commit')}. Push, and see the tests pass."
    elif behind:
        yield f"{where} is {counted(behind, 'commit')} further. Run: git pull --ff-only"


def of_tag(wish: Wish, standing: Standing) -> Check:
    """The name is free here and there, or an earlier run of the same gave it to this very commit."""
    return judged("tag", _taken(wish, standing), _SEEN[state(wish, standing)].format(tag=wish.tag))


_SEEN = {
    State.NOWHERE: "{tag} is free",
    State.HERE: "{tag} is here already, and not on the remote",
    State.THERE: "{tag} is on the remote already, at this commit",
}


def _taken(wish: Wish, standing: Standing) -> Iterator[str]:
    here, there = standing.tags.get(wish.tag), standing.remote.tags.get(wish.tag)
    if there is not None and there != standing.commit:
        yield f"{standing.remote.name} has {wish.tag} at {there[:12]}. Tags are never moved: raise the version."
    elif here is not None and here.commit != standing.commit:
        yield f"{wish.tag} is here at {here.commit[:12]}. If it is a mistake: git tag --delete {quote(wish.tag)}"
    elif here is not None and there is None and (lacks := _lacks(here, wish)):
        yield f"{wish.tag} is here without {lacks}. Have it made anew: git tag --delete {quote(wish.tag)}"


def _lacks(tag: Tag, wish: Wish) -> str | None:
    """What a tag that is to be pushed should have."""
    if not tag.annotated:
        return "message and date"
    return "a signature" if wish.signed and not tag.signed else None


def of_others(wish: Wish, standing: Standing) -> Check:
    """No other release is tagged on this commit: which version it is would be chance."""
    every = {name: tag.commit for name, tag in standing.tags.items()} | dict(standing.remote.tags)
    others = [
        name
        for name, commit in sorted(every.items())
        if commit == standing.commit and name != wish.tag and _is_release(name, wish.template)
    ]
    problems = [f"{listed(others)} is on this commit too, and version from git would be either. Commit first."]
    return judged("no other release", problems if others else (), "on this commit")


def of_checks(checks: Sequence[CiCheck]) -> Check:
    """What was checked on the commit passed; a check that was left out, or is neutral, is no objection."""
    if not checks:
        return Check(name="CI", outcome=Outcome.NOTHING, words="GitHub knows no check of this commit")
    open_ = sorted({check.name for check in checks if not check.ended})
    bad = sorted({f"{check.name} ({check.conclusion})" for check in checks if _is_bad(check)})
    problems = [f"did not pass: {listed(bad)}. Mend it, and tag what passes."] if bad else []
    problems += [f"still at work: {listed(open_)}. Wait for it."] if open_ else []
    return judged("CI", problems, f"{counted(len(checks), 'check')} passed")


def _is_bad(check: CiCheck) -> bool:
    return check.ended and check.conclusion not in {"success", "neutral", "skipped"}


def _is_release(tag: str, template: str) -> bool:
    version = guards.named(tag, template)
    return version is not None and guards.is_version(version)
