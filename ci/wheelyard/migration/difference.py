"""The wheels and runners of today set against those of the plan, each difference with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from wheelyard.migration import globs
from wheelyard.migration.calls import Call
from wheelyard.planning.plan import Plan
from wheelyard.targets import Identifier, Target, sort_key


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """Identifiers that come or go for one reason."""

    what: Literal["more", "fewer"]
    identifiers: tuple[Identifier, ...]
    why: str


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """Where a target is built today, and where it will be."""

    target: Target
    today: tuple[str, ...]
    plan: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How many identifiers there are today and in the plan, and all that differs."""

    today: int
    plan: int
    jobs_today: int
    jobs_plan: int
    moved: tuple[Moved, ...]
    runners: tuple[Runner, ...]


def between(
    calls: Sequence[Call],
    before: Sequence[frozenset[Identifier]],
    now: Sequence[frozenset[Identifier]],
    plan: Plan,
    *,
    known: Collection[Identifier],
    versions: Mapping[str, str],
) -> Difference:
    """What differs; `before` and `now` are what each call builds with its own cibuildwheel and with ours."""
    today, same = frozenset().union(*before), frozenset().union(*now)
    planned = frozenset(plan.identifiers)
    moved: dict[tuple[Literal["more", "fewer"], str], list[Identifier]] = {}
    for identifier in sorted(planned ^ today, key=sort_key) if calls else ():
        what: Literal["more", "fewer"] = "more" if identifier in planned else "fewer"
        why = _why(identifier, today=today, same=same, known=known, versions=versions)
        moved.setdefault((what, why), []).append(identifier)
    return Difference(
        today=len(today),
        plan=len(planned),
        jobs_today=len(calls),
        jobs_plan=len(plan.jobs),
        moved=tuple(Moved(what=what, identifiers=tuple(found), why=why) for (what, why), found in moved.items()),
        runners=tuple(_runners(calls, before, plan)),
    )


def _why(
    identifier: Identifier,
    *,
    today: Collection[Identifier],
    same: Collection[Identifier],
    known: Collection[Identifier],
    versions: Mapping[str, str],
) -> str:
    theirs, ours = versions["theirs"], versions["ours"]
    if identifier not in today:
        selected = "pyproject.toml selects it, and no job of the workflow builds it"
        return f"cibuildwheel {ours} builds it too, {theirs} does not" if identifier in same else selected
    if identifier not in known:
        return f"cibuildwheel {ours} does not build it any more"
    return "build, skip or requires-python in pyproject.toml leave it out"


def _runners(calls: Sequence[Call], before: Sequence[frozenset[Identifier]], plan: Plan) -> Iterator[Runner]:
    for target in (target for target in Target if any(job.target is target for job in plan.jobs)):
        labels = Counter(
            " ".join(call.machine.labels)
            for call, found in zip(calls, before, strict=True)
            if any(identifier.target is target for identifier in found)
        )
        planned = dict.fromkeys(" ".join(job.runner) for job in plan.jobs if job.target is target)
        yield Runner(target=target, today=tuple(labels), plan=tuple(planned))


def text(found: Difference) -> str:
    """The difference as a person reads it."""
    if not found.jobs_today:
        return ""
    kept = found.today - sum(len(each.identifiers) for each in found.moved if each.what == "fewer")
    lines = [
        f"wheels: {found.today} today, {found.plan} in the plan, {kept} of them the same",
        f"jobs:   {found.jobs_today} today, {found.jobs_plan} in the plan",
    ]
    for each in found.moved:
        named = " ".join(globs.listing(each.identifiers))
        lines.append(f"  {len(each.identifiers):3} {each.what}: {named}\n      {each.why}")
    width = max((len(each.target) for each in found.runners), default=0)
    for runner in found.runners:
        today, plan = ", ".join(runner.today) or "nowhere", ", ".join(runner.plan)
        lines.append(f"  {runner.target.ljust(width)}  {today if today == plan else f'{today} -> {plan}'}")
    return "\n".join(lines) + "\n"
