"""What a plan must be to become a release, and the part of it that completes an earlier one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from wheelyard.errors import FindingsError, UsageError, nearest
from wheelyard.plan import Job, Plan
from wheelyard.targets import Identifier, selects


def refuse(plan: Plan, *, tag: str, template: str) -> None:
    """Raise with everything that keeps `plan` from being the release `tag`; `template` is how releases are called."""
    problems = tuple(_problems(plan, tag, template))
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
        estimate=None,
    )


def _narrowed(job: Job, wanted: set[Identifier]) -> Job:
    chosen = tuple(identifier for identifier in job.identifiers if identifier in wanted)
    return msgspec.structs.replace(job, identifiers=chosen)


def _problems(plan: Plan, tag: str, template: str) -> Iterator[str]:
    before, _, after = template.partition("{version}")
    if not (tag.startswith(before) and tag.endswith(after) and len(tag) > len(before) + len(after)):
        yield f"a tag is called {template!r} here ([tool.wheelyard.release] tag)."
    elif plan.version is not None and not _same(tag[len(before) : len(tag) - len(after)], plan.version):
        proper = template.replace("{version}", plan.version)
        yield f"the version in pyproject.toml is {plan.version}, and its tag is {proper!r}."
    if plan.revision.commit is None:
        yield "there is no commit."
    if plan.revision.dirty:
        yield "the tree has changes that are in no commit. Commit them, or take them back."


def _same(one: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # only releases need it

    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
