"""Decide every job and every expected wheel: a pure function of config, lock and git."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from wheelyard import builds, runners
from wheelyard.builds import Build
from wheelyard.config import Config, SplitName
from wheelyard.lock import Lock
from wheelyard.plan import Expected, Job, Plan
from wheelyard.revision import Revision
from wheelyard.targets import Target


def make(config: Config, lock: Lock, revision: Revision) -> Plan:
    """The plan of a release."""
    every = builds.of(config, lock)
    return Plan(
        name=config.project.name,
        version=config.project.version,
        package=config.tool.package,
        revision=revision,
        tools=lock.tools,
        sdist=config.tool.sdist.build,
        pure=config.tool.pure,
        jobs=tuple(_job(config, name, batch) for name, batch in _batches(config, every).items()),
        expected=tuple(Expected(identifiers=b.identifiers, pattern=b.pattern, variant=b.variant) for b in every),
    )


def _batches(config: Config, every: Iterable[Build]) -> dict[str, list[Build]]:
    """What each job builds, by the job's name."""
    found: dict[str, list[Build]] = {}
    for build in every:
        found.setdefault(_name(build, _split(config, build.target)), []).append(build)
    return found


def _split(config: Config, target: Target) -> SplitName:
    split = config.tool.split
    return split.get(target.platform, "auto") if isinstance(split, dict) else split


def _name(build: Build, split: SplitName) -> str:
    """The name of the job a build belongs to, when jobs are cut along one dimension."""
    match split:
        case "target":
            name = str(build.target)
        case "libc" | "auto":
            libc = f"-{build.identifier.system}" if build.identifier.system in {"manylinux", "musllinux"} else ""
            name = f"{build.target}{libc}"
        case "python":
            name = f"{build.target}-{build.identifier.python}"
        case "identifier":
            name = str(build.identifier)
        case _:
            assert_never(split)
    return name if build.variant is None else f"{name}-{build.variant}"


def _job(config: Config, name: str, batch: list[Build]) -> Job:
    target = batch[0].target
    emulated = target in config.tool.emulate
    labels = config.tool.runners.get(target) or runners.default(target, emulated=emulated)
    return Job(
        id=name,
        target=target,
        runner=(labels,) if isinstance(labels, str) else labels,
        identifiers=tuple(identifier for build in batch for identifier in build.identifiers),
        emulated=emulated,
        variant=batch[0].variant,
        environment={identifier: env for build in batch for identifier, env in build.environment.items()},
        timeout_minutes=config.tool.timeout or runners.JOB_MINUTES,
    )
