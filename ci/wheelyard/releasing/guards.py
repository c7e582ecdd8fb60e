"""What a plan must be to become a release, and the part of it that completes an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from wheelyard.errors import FindingsError, UsageError, listed, nearest
from wheelyard.planning.plan import Job, Plan
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, selects


def refuse(plan: Plan, *, tag: str, template: str) -> None:
    """Raise with everything that keeps `plan` from being the release `tag`; `template` is how releases are called."""
    problems = (*of_name(tag, template=template, version=plan.version), *of_source(plan.revision))
    if problems:
        raise FindingsError("\n".join((f"{tag!r} cannot be released:", *(f"  {problem}" for problem in problems))))


def only(plan: Plan, glob: str) -> Plan:
    """The plan with those identifiers alone that `glob` selects, to complete a release that has the rest.

    All jobs stay, though some build nothing then: a workflow's matrix is written for all.
    """
    known = [identifier for identifier in plan.identifiers if selects(glob, identifier)]
    if not known:
        raise UsageError(f"{glob!r} selects none of the planned identifiers.{nearest(glob, plan.identifiers)}")
    kept = [each for each in plan.expected if any(identifier in known for identifier in each.identifiers)]
    wanted = {identifier for each in kept for identifier in each.identifiers}
    return msgspec.structs.replace(
        plan,
        sdist=False,
        pure=False,
        jobs=tuple(_narrowed(job, wanted) for job in plan.jobs),
        expected=tuple(kept),
        only=glob,
        estimate=None,
    )


def _narrowed(job: Job, wanted: set[Identifier]) -> Job:
    chosen = tuple(identifier for identifier in job.identifiers if identifier in wanted)
    return msgspec.structs.replace(job, identifiers=chosen)


def named(tag: str, template: str) -> str | None:
    """The version in a tag's name; None where that is not what releases are called."""
    before, _, after = template.partition("{version}")
    fits = tag.startswith(before) and tag.endswith(after) and len(tag) > len(before) + len(after)
    return tag[len(before) : len(tag) - len(after)] if fits else None


def of_name(tag: str, *, template: str, version: str | None) -> Iterator[str]:
    """What keeps `tag` from being the name of the release of `version`, None where the build backend makes that."""
    said = named(tag, template)
    if said is None:
        yield f"a tag is called {template!r} here ([tool.wheelyard.release] tag)."
    elif version is not None and not same(said, version):
        proper = template.replace("{version}", version)
        yield f"the project's version is {version}, and its tag is {proper!r}."
    elif not is_version(said):
        yield f"{said!r} is no version (https://packaging.python.org/en/latest/specifications/version-specifiers/)."


def of_source(revision: Revision, *, changes: Sequence[str] = ()) -> Iterator[str]:
    """What keeps the source from being that of a release; `changes` are paths that are in no commit."""
    if revision.commit is None:
        yield "there is no commit."
    if revision.dirty or changes:
        which = f": {listed(changes)}" if changes else ""
        yield f"the tree has changes that are in no commit{which}. Commit them, or take them back."


def is_version(text: str) -> bool:
    """Whether an installer can read a version."""
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # only releases need it

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def same(one: str, other: str) -> bool:
    """Whether two texts are the same version, 1.0 and 1.0.0 say."""
    from packaging.version import Version  # noqa: PLC0415

    return Version(one) == Version(other) if is_version(one) and is_version(other) else one == other
