"""The builds of a plan as the scheduler sees them: what may share a job, what it takes, and where it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from wheelyard.config import Config, SplitName
from wheelyard.locking.lock import Lock
from wheelyard.planning import durations, runners
from wheelyard.planning.builds import Build
from wheelyard.planning.schedule import Lane, Work
from wheelyard.targets import Platform, Target

# How full a job may be planned: estimates are wrong by some.
FULL = 0.8


@dataclass(frozen=True, kw_only=True)
class Row:
    """Builds of one target and variant, which may share jobs, and where they run.

    Those that are `crossed` only test there; `minutes` are those of the builds, wherever they are.
    """

    target: Target
    variant: str | None
    emulated: bool
    crossed: bool
    labels: tuple[str, ...]
    builds: tuple[Build, ...]
    minutes: tuple[float, ...]
    lane: Lane


def of(config: Config, lock: Lock, every: Sequence[Build]) -> tuple[Row, ...]:
    """The builds as the scheduler sees them: what may share a job, what it takes, and where it runs."""
    minutes = durations.minutes(every, lock.durations, emulated=config.tool.emulate)
    together: dict[tuple[Target, str | None], list[tuple[Build, float]]] = {}
    for build, each in zip(every, minutes, strict=True):
        together.setdefault((build.target, build.variant), []).append((build, each))
    return tuple(_row(config, target, timed) for (target, _), timed in together.items())


def _row(config: Config, target: Target, timed: Sequence[tuple[Build, float]]) -> Row:
    group, minutes = tuple(build for build, _ in timed), tuple(each for _, each in timed)
    labels, crossed = config.tool.labels(target), target in config.tool.cross
    return Row(
        target=target,
        variant=group[0].variant,
        emulated=target in config.tool.emulate,
        crossed=crossed,
        labels=labels,
        builds=group,
        minutes=minutes,
        lane=_testing(config, target, group) if crossed else _building(config, target, timed),
    )


def _building(config: Config, target: Target, timed: Sequence[tuple[Build, float]]) -> Lane:
    labels = config.tool.labels(target)
    contained = target.platform is Platform.LINUX
    before_all = durations.BEFORE_ALL if _before_all(config, target) else 0.0
    return Lane(
        works=tuple(Work(minutes=each, container=b.identifier.system if contained else "") for b, each in timed),
        fixed=durations.FIXED.get(target.platform, durations.FIXED_ELSEWHERE) + (0.0 if contained else before_all),
        each_container=durations.CONTAINER + before_all if contained else 0.0,
        pool=runners.pool(labels),
        price=runners.price(labels),
        limit=limit(config),
        cut=_cut([build for build, _ in timed], _split(config, target)),
    )


def _testing(config: Config, target: Target, group: Sequence[Build]) -> Lane:
    """What tests wheels that a crossing builds; where no split is asked for, `stages` finds the cut."""
    labels = config.tool.labels(target)
    return Lane(
        works=tuple(Work(minutes=durations.of_tests(build)) for build in group),
        fixed=durations.FIXED.get(target.platform, durations.FIXED_ELSEWHERE),
        pool=runners.pool(labels),
        price=runners.price(labels),
        limit=limit(config),
        cut=_cut(group, _split(config, target)),
    )


def limit(config: Config) -> float:
    """Minutes that a job may be planned for."""
    return (config.tool.timeout or runners.JOB_MINUTES) * FULL


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
