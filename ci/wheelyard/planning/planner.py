"""Decide every job and every expected wheel: a pure function of config, lock and git."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec.structs import replace

from wheelyard.automation import BuildStep
from wheelyard.building import macos
from wheelyard.config import Concurrency, Config
from wheelyard.errors import UsageError
from wheelyard.locking.lock import Lock
from wheelyard.planning import builds, crossing, durations, rows, runners, schedule, stages
from wheelyard.planning.builds import Build
from wheelyard.planning.plan import Crossing, Estimate, Expected, Job, Plan
from wheelyard.planning.rows import Row
from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule import Batch, Schedule
from wheelyard.planning.stages import Share, Stages
from wheelyard.revision import Revision
from wheelyard.targets import Target

# A job may take this many times its estimate, and at least so many minutes, before it is ended.
PATIENCE = 3
LEAST_TIMEOUT = 60


def make(config: Config, lock: Lock, revision: Revision) -> Plan:
    """The plan of a release.

    Raises `UsageError` for a macOS that an interpreter does not support, for what cannot be cross-built, and when a job
    would take longer than its timeout, by durations that were measured.
    """
    every = builds.of(config, lock)
    asked = [(build.identifier, build.environment.get(build.identifier, {})) for build in every]
    if problem := "\n".join((*macos.refusals(config, asked), *crossing.refusals(config, every))):
        raise UsageError(problem)
    planned = rows.of(config, lock, every)
    slots = slots_of(config)
    if problem := "\n".join(_stranded(planned, slots)):
        raise UsageError(problem)
    found = stages.solve(planned, slots, limit=rows.limit(config))
    jobs = tuple(_jobs(config, tuple(found.shares)))
    crossings = tuple(_crossings(config, found))
    if problem := "\n".join(_too_long(found, jobs, crossings, frozenset(lock.durations))):
        raise UsageError(problem)
    estimate = _estimate(found, slots, limit=rows.limit(config)) if jobs else None
    if estimate and crossings:
        native = [row.lane for row in rows.of(_uncrossed(config), lock, every)]
        estimate = _set_against(estimate, schedule.solve(native, slots))
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
        estimate=estimate,
        crossings=crossings,
    )


def _uncrossed(config: Config) -> Config:
    return replace(config, tool=replace(config.tool, cross=()))


def _set_against(estimate: Estimate, native: Schedule) -> Estimate:
    return replace(estimate, native_minutes=round(native.makespan, 1), native_usd=round(native.cost, 2))


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


def _stranded(planned: Sequence[Row], slots: Slots) -> Iterator[str]:
    """Targets that would queue for ever, because no job may run on their machines."""
    for row in planned:
        if row.lane.pool == "macos" and slots.macos < 1:
            yield f"No macOS runner is allowed, and {row.target} needs one. Allow one, or take the target out."


def _jobs(config: Config, shares: Sequence[Share]) -> Iterator[Job]:
    names = [_name(each.row, each.batch) for each in shares]
    several = Counter(names)
    seen: Counter[str] = Counter()
    for name, each in zip(names, shares, strict=True):
        row, mine, minutes = each.row, each.builds, each.batch.minutes
        seen[name] += 1
        yield Job(
            id=name if several[name] == 1 and _tells(row, each.batch) else f"{name}-{seen[name]}",
            target=row.target,
            runner=row.labels,
            identifiers=tuple(identifier for build in mine for identifier in build.identifiers),
            emulated=row.emulated,
            variant=row.variant,
            environment={identifier: env for build in mine for identifier, env in build.environment.items()},
            steps=() if row.crossed else _steps(config, row.target),
            estimate_minutes=round(minutes, 1),
            timeout_minutes=config.tool.timeout or _timeout(minutes),
            crossing=each.crossing,
        )


def _crossings(config: Config, found: Stages) -> Iterator[Crossing]:
    """What cross-builds; a step that is for every target is for its targets, too."""
    for name, batch in found.crossings.items():
        yield Crossing(
            id=name,
            runner=crossing.RUNNER,
            steps=tuple(step for step in config.tool.steps if step.where == "*"),
            estimate_minutes=round(batch.minutes, 1),
            timeout_minutes=config.tool.timeout or _timeout(batch.minutes),
        )


def _steps(config: Config, target: Target) -> tuple[BuildStep, ...]:
    return tuple(step for step in config.tool.steps if fnmatchcase(target, step.where))


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


def _too_long(
    found: Stages, jobs: Sequence[Job], crossings: Sequence[Crossing], measured: frozenset[str]
) -> Iterator[str]:
    """Jobs that would be ended before they are done; without a measurement nobody knows."""
    shares = tuple(found.shares)
    for job, each in zip(jobs, shares, strict=True):
        if each.batch.minutes > job.timeout_minutes and _known(each.builds, measured):
            way = "a finer split" if len(each.builds) > 1 else "a faster runner"
            qemu = ", or a native runner instead of emulation" if job.emulated else ""
            yield _ended(job.id, each.batch.minutes, job.timeout_minutes, f"{way}{qemu}")
    for made, batch in zip(crossings, found.crossings.values(), strict=True):
        mine = [build for each in shares if each.crossing == made.id for build in each.builds]
        if batch.minutes > made.timeout_minutes and _known(mine, measured):
            yield _ended(made.id, batch.minutes, made.timeout_minutes, "less: a finer split of what it builds")


def _known(mine: Iterable[Build], measured: frozenset[str]) -> bool:
    return bool(measured & {durations.name(build.identifier, build.variant) for build in mine})


def _ended(name: str, minutes: float, timeout: int, way: str) -> str:
    return (
        f"The job {name} would take {minutes:.0f} minutes and is ended after {timeout}."
        f" Give it {way}, or a longer timeout (at most {runners.JOB_MINUTES})."
    )


def _estimate(found: Stages, slots: Slots, *, limit: float) -> Estimate:
    built, tested = found.ends(slots)
    floor = found.floor(slots, limit=limit)
    return Estimate(
        makespan_minutes=round(max(built, tested), 1),
        lower_bound_minutes=round(floor, 1),
        billed_minutes=found.first.billed + found.second.billed,
        cost_usd=round(found.first.cost + found.second.cost, 2),
        bottleneck=_crossing(found) if tested > built else _bottleneck(found.native, slots, found.first, floor),
    )


def _crossing(found: Stages) -> str:
    """What would have the tests of what is cross-built begin earlier."""
    name, batch = max(found.crossings.items(), key=lambda each: each[1].minutes)
    return (
        f"less to cross-build, or a finer split of it: {name} takes {batch.minutes:.0f} min before any of it is tested"
    )


def _bottleneck(native: Sequence[Row], slots: Slots, found: Schedule, floor: float) -> str:
    """What would shorten the plan most."""
    lanes = [row.lane for row in native]
    longest_lane = found.batches[0].lane  # of no row, where it is a crossing
    given = [row for row in native[longest_lane : longest_lane + 1] if row.lane.cut]
    if found.makespan > floor * 1.1 and given:
        return f'split = "auto" for {given[0].target.platform}: about {found.makespan - floor:.0f} min less'
    alone = [(row.lane.minutes((n,)), build) for row in native for n, build in enumerate(row.builds)]
    longest, build = max(alone, key=lambda each: each[0])
    more = schedule.lower_bound(lanes, Slots(total=slots.total * 4, macos=slots.macos))
    more_macos = schedule.lower_bound(lanes, Slots(total=slots.total * 4, macos=slots.macos * 4))
    if floor <= longest * 1.02:
        return f"a quicker {build.identifier}: it takes {longest:.0f} min by itself"
    if more_macos < more * 0.98 or more < floor * 0.98:
        what, least = ("macOS runners", more_macos) if more > floor * 0.98 else ("runners", more)
        return f"more {what} at one time: with four times as many, {least:.0f} min"
    return "quicker builds"
