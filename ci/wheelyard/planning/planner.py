"""Decide every job and every expected wheel: a pure function of config, lock and git."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import assert_never

from wheelyard.building import macos
from wheelyard.config import Concurrency, Config, SplitName
from wheelyard.errors import UsageError
from wheelyard.locking.lock import Lock
from wheelyard.planning import builds, durations, runners, schedule
from wheelyard.planning.builds import Build
from wheelyard.planning.plan import Estimate, Expected, Job, Plan
from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule import Batch, Lane, Schedule, Work
from wheelyard.revision import Revision
from wheelyard.targets import Platform, Target

# A job may take this many times its estimate, and at least so many minutes, before it is ended.
PATIENCE = 3
LEAST_TIMEOUT = 60
# How full a job may be planned: estimates are wrong by some.
FULL = 0.8


@dataclass(frozen=True, kw_only=True)
class Row:
    """Builds of one target and variant, which may share jobs, and where they run."""

    target: Target
    variant: str | None
    emulated: bool
    labels: tuple[str, ...]
    builds: tuple[Build, ...]
    lane: Lane


def make(config: Config, lock: Lock, revision: Revision) -> Plan:
    """The plan of a release.

    Raises `UsageError` for a macOS that an interpreter does not support, and when a job would take longer than its
    timeout, by durations that were measured.
    """
    every = builds.of(config, lock)
    asked = [(build.identifier, build.environment.get(build.identifier, {})) for build in every]
    if problem := "\n".join(macos.refusals(config, asked)):
        raise UsageError(problem)
    rows = lanes(config, lock, every)
    slots = slots_of(config)
    if problem := "\n".join(_stranded(rows, slots)):
        raise UsageError(problem)
    found = schedule.solve([row.lane for row in rows], slots)
    jobs = tuple(_jobs(config, rows, found))
    measured = frozenset(lock.durations)
    if problem := "\n".join(_too_long(rows, found, jobs, measured)):
        raise UsageError(problem)
    return Plan(
        name=config.project.name,
        version=config.project.version,
        package=config.tool.package,
        revision=revision.dated(config.tool.source_date),
        tools=lock.tools,
        sdist=config.tool.sdist.build,
        pure=config.tool.pure,
        jobs=jobs,
        expected=tuple(_expected(config, every)),
        estimate=_estimate(rows, slots, found) if jobs else None,
    )


def _expected(config: Config, every: Sequence[Build]) -> Iterator[Expected]:
    """The wheel of every build, and the one for any platform."""
    for build in every:
        yield Expected(identifiers=build.identifiers, pattern=build.pattern, variant=build.variant)
    if config.tool.pure:
        yield Expected(identifiers=(), pattern=builds.pure_pattern(config.project))


def slots_of(config: Config) -> Slots:
    """How many jobs run at one time."""
    asked = config.tool.concurrency
    return Slots(total=asked.total, macos=asked.macos) if isinstance(asked, Concurrency) else runners.PLANS[asked]


def _stranded(rows: Sequence[Row], slots: Slots) -> Iterator[str]:
    """Targets that would queue for ever, because no job may run on their machines."""
    for row in rows:
        if row.lane.pool == "macos" and slots.macos < 1:
            yield f"No macOS runner is allowed, and {row.target} needs one. Allow one, or take the target out."


def lanes(config: Config, lock: Lock, every: Sequence[Build]) -> tuple[Row, ...]:
    """The builds as the scheduler sees them: what may share a job, what it takes, and where it runs."""
    minutes = durations.minutes(every, lock.durations, emulated=config.tool.emulate)
    together: dict[tuple[Target, str | None], list[tuple[Build, float]]] = {}
    for build, each in zip(every, minutes, strict=True):
        together.setdefault((build.target, build.variant), []).append((build, each))
    return tuple(_row(config, target, timed) for (target, _), timed in together.items())


def _row(config: Config, target: Target, timed: Sequence[tuple[Build, float]]) -> Row:
    group = tuple(build for build, _ in timed)
    emulated = target in config.tool.emulate
    asked = config.tool.runners.get(target) or runners.default(target, emulated=emulated)
    labels = (asked,) if isinstance(asked, str) else asked
    contained = target.platform is Platform.LINUX
    before_all = durations.BEFORE_ALL if _before_all(config, target) else 0.0
    lane = Lane(
        works=tuple(Work(minutes=each, container=b.identifier.system if contained else "") for b, each in timed),
        fixed=durations.FIXED.get(target.platform, durations.FIXED_ELSEWHERE) + (0.0 if contained else before_all),
        each_container=durations.CONTAINER + before_all if contained else 0.0,
        pool=runners.pool(labels),
        price=runners.price(labels),
        limit=(config.tool.timeout or runners.JOB_MINUTES) * FULL,
        cut=_cut(group, _split(config, target)),
    )
    variant = group[0].variant
    return Row(target=target, variant=variant, emulated=emulated, labels=labels, builds=group, lane=lane)


def _before_all(config: Config, target: Target) -> bool:
    options = config.cibuildwheel
    platform = options.get(target.platform, {})
    return bool(options.get("before-all") or (isinstance(platform, dict) and platform.get("before-all")))


def _split(config: Config, target: Target) -> SplitName:
    split = config.tool.split
    return split.get(target.platform, "auto") if isinstance(split, dict) else split


def _cut(group: Sequence[Build], split: SplitName) -> tuple[tuple[int, ...], ...] | None:
    """The division of builds into jobs along one dimension; None leaves it to the scheduler."""
    if split == "auto":
        return None
    jobs: dict[str, list[int]] = {}
    for place, build in enumerate(group):
        jobs.setdefault(_dimension(build, split), []).append(place)
    return tuple(tuple(job) for job in jobs.values())


def _dimension(build: Build, split: SplitName) -> str:
    match split:
        case "target" | "auto":
            return ""
        case "libc":
            return build.identifier.system
        case "python":
            return build.identifier.python
        case "identifier":
            return build.identifier
        case _:
            assert_never(split)


def _jobs(config: Config, rows: Sequence[Row], found: Schedule) -> Iterator[Job]:
    names = [_name(rows[batch.lane], batch) for batch in found.batches]
    several = Counter(names)
    seen: Counter[str] = Counter()
    for name, batch in zip(names, found.batches, strict=True):
        row = rows[batch.lane]
        mine = [row.builds[place] for place in batch.works]
        seen[name] += 1
        yield Job(
            id=name if several[name] == 1 and _tells(row, batch) else f"{name}-{seen[name]}",
            target=row.target,
            runner=row.labels,
            identifiers=tuple(identifier for build in mine for identifier in build.identifiers),
            emulated=row.emulated,
            variant=row.variant,
            environment={identifier: env for build in mine for identifier, env in build.environment.items()},
            steps=tuple(step for step in config.tool.steps if fnmatchcase(row.target, step.where)),
            estimate_minutes=round(batch.minutes, 1),
            timeout_minutes=config.tool.timeout or _timeout(batch.minutes),
        )


def _name(row: Row, batch: Batch) -> str:
    """A job's name says what is in it: an identifier, a target with one libc or Python, or a target."""
    mine = [row.builds[place].identifier for place in batch.works]
    systems = {identifier.system for identifier in mine}
    pythons = {identifier.python for identifier in mine}
    if len(mine) == 1 and len(row.builds) > 1:
        name = str(mine[0])
    elif len(pythons) == 1 and len(row.builds) > len(mine):
        name = f"{row.target}-{mine[0].python}"
    elif len(systems) == 1 and len({build.identifier.system for build in row.builds}) > 1:
        name = f"{row.target}-{mine[0].system}"
    else:
        name = str(row.target)
    return f"{name}-{row.variant}" if row.variant else name


def _tells(row: Row, batch: Batch) -> bool:
    """Whether a job's name says all that is in it, so that it needs no number."""
    mine = {row.builds[place].identifier for place in batch.works}
    systems, pythons = {i.system for i in mine}, {i.python for i in mine}
    same_libc = {build.identifier for build in row.builds if build.identifier.system in systems}
    same_python = {build.identifier for build in row.builds if build.identifier.python in pythons}
    return len(mine) == 1 or mine == same_libc or (len(pythons) == 1 and mine == same_python)


def _timeout(minutes: float) -> int:
    """Whole tens of minutes after which a job is surely stuck."""
    return min(runners.JOB_MINUTES, max(LEAST_TIMEOUT, math.ceil(PATIENCE * minutes / 10) * 10))


def _too_long(rows: Sequence[Row], found: Schedule, jobs: Sequence[Job], measured: frozenset[str]) -> Iterator[str]:
    """Jobs that would be ended before they are done; without a measurement nobody knows."""
    for job, batch in zip(jobs, found.batches, strict=True):
        row = rows[batch.lane]
        mine = [row.builds[place] for place in batch.works]
        if batch.minutes > job.timeout_minutes and measured & {durations.name(b.identifier, b.variant) for b in mine}:
            way = "a finer split" if len(mine) > 1 else "a faster runner"
            qemu = ", or a native runner instead of emulation" if job.emulated else ""
            yield (
                f"The job {job.id} would take {batch.minutes:.0f} minutes and is ended after {job.timeout_minutes}."
                f" Give it {way}{qemu}, or a longer timeout (at most {runners.JOB_MINUTES})."
            )


def _estimate(rows: Sequence[Row], slots: Slots, found: Schedule) -> Estimate:
    lanes = [row.lane for row in rows]
    floor = schedule.lower_bound(lanes, slots)
    return Estimate(
        makespan_minutes=round(found.makespan, 1),
        lower_bound_minutes=round(floor, 1),
        billed_minutes=found.billed,
        cost_usd=round(found.cost, 2),
        bottleneck=_bottleneck(rows, slots, found, floor),
    )


def _bottleneck(rows: Sequence[Row], slots: Slots, found: Schedule, floor: float) -> str:
    """What would shorten the plan most."""
    lanes = [row.lane for row in rows]
    given = [rows[batch.lane] for batch in found.batches[:1] if rows[batch.lane].lane.cut]
    if found.makespan > floor * 1.1 and given:
        return f'split = "auto" for {given[0].target.platform}: about {found.makespan - floor:.0f} min less'
    alone = [(row.lane.minutes((n,)), build) for row in rows for n, build in enumerate(row.builds)]
    longest, build = max(alone, key=lambda each: each[0])
    more = schedule.lower_bound(lanes, Slots(total=slots.total * 4, macos=slots.macos))
    more_macos = schedule.lower_bound(lanes, Slots(total=slots.total * 4, macos=slots.macos * 4))
    if floor <= longest * 1.02:
        return f"a quicker {build.identifier}: it takes {longest:.0f} min by itself"
    if more_macos < more * 0.98 or more < floor * 0.98:
        what, least = ("macOS runners", more_macos) if more > floor * 0.98 else ("runners", more)
        return f"more {what} at one time: with four times as many, {least:.0f} min"
    return "quicker builds"
