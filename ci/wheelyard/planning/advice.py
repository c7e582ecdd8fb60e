"""What would make a release smaller or sooner there, in this plan's own numbers, and what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from wheelyard.config import Config
from wheelyard.locking.lock import Lock
from wheelyard.planning import builds, durations, planner
from wheelyard.planning.abi import Abi
from wheelyard.planning.plan import Plan
from wheelyard.targets import Identifier, Target


@dataclass(frozen=True, kw_only=True)
class Advice:
    """A dimension that could go: what it is, the plan without it, how to do it, and what is in the way."""

    title: str
    plan: Plan
    how: str
    obstacles: tuple[str, ...] = ()


Change = Callable[[Config, Lock], tuple[Config, Lock] | None]

# What building tools mean for the limited API; the first words of a requirement decide.
_TOOLS = {
    "pybind11": "pybind11 does not offer the limited API; nanobind does, from CPython 3.12 on.",
    "nanobind": "nanobind's limited API starts with CPython 3.12.",
    "cython": "Cython needs 3.1 or newer for the limited API, and is slower with it.",
    "mypy": "mypyc makes no code for the limited API.",
    "numpy": "NumPy's C API has its own rules in the limited API: see its documentation before trying.",
}


def of(config: Config, lock: Lock, plan: Plan) -> tuple[Advice, ...]:
    """Every change that would save wheels, minutes or jobs, the most wheels first."""
    found = []
    lock = _timed(config, lock)
    for title, change, how, obstacles in _ideas(config, plan):
        changed = change(config, lock)
        if changed is not None:
            other = planner.make(*changed, revision=plan.revision)
            if _smaller(other, plan):
                found.append(Advice(title=title, plan=other, how=how, obstacles=tuple(obstacles)))
    return tuple(sorted(found, key=lambda advice: len(advice.plan.expected)))


def _timed(config: Config, lock: Lock) -> Lock:
    """The lock with a duration for every build, so that all plans are compared by the same clock."""
    every = builds.of(config, lock)
    minutes = durations.minutes(every, lock.durations, emulated=config.tool.emulate)
    table = {durations.name(b.identifier, b.variant): m for b, m in zip(every, minutes, strict=True)}
    return msgspec.structs.replace(lock, durations={**table, **lock.durations})


def _smaller(other: Plan, plan: Plan) -> bool:
    return bool(other.jobs) and len(other.expected) < len(plan.expected)


def _ideas(config: Config, plan: Plan) -> Iterator[tuple[str, Change, str, tuple[str, ...]]]:
    versions = sorted({i.version for i in plan.identifiers if i.interpreter == "cp" and not i.threaded})
    if versions and config.abi is None:
        yield _limited(config, plan, versions[0])
    if config.abi is None or config.abi.kind != "none":
        yield (
            "py3-none",
            _with_abi(Abi(kind="none", stated="advice")),
            'Load the library with cffi or ctypes, and set abi = "py3-none" in [tool.wheelyard].',
            ("Nothing in the code may include Python.h.",),
        )
    yield (
        "universal2 instead of two macOS wheels",
        _universal,
        "Replace both macOS targets by macos-universal2.",
        ("Each wheel is about twice as large, and vendored libraries have to be universal too.",),
    )
    for title, gone, how in _droppable(plan):
        yield f"without {title}", _without(gone), how, ()


def _limited(config: Config, plan: Plan, oldest: tuple[int, int]) -> tuple[str, Change, str, tuple[str, ...]]:
    tag = f"cp{oldest[0]}{oldest[1]}"
    needs = [re.split(r"[^a-z0-9]", need.lower())[0] for need in config.project.build_requires]
    obstacles = [sentence for tool, sentence in _TOOLS.items() if tool in needs]
    apart = sum(i.threaded or i.interpreter != "cp" for i in plan.identifiers)
    if apart:
        obstacles.append(f"{apart} wheels stay as they are: free-threaded Pythons, PyPy and GraalPy have no abi3.")
    return (
        f"abi3 from {tag}",
        _with_abi(Abi(kind="abi3", since=oldest, stated="advice")),
        f"Compile with Py_LIMITED_API=0x{oldest[0]:02x}{oldest[1]:02x}0000, tag the wheel {tag}-abi3.",
        tuple(obstacles),
    )


def _droppable(plan: Plan) -> Iterator[tuple[str, Callable[[Identifier], bool], str]]:
    """Groups of identifiers that a project may do without."""
    systems = {identifier.system for identifier in plan.identifiers}
    if {"manylinux", "musllinux"} <= systems:
        yield "musllinux", lambda i: i.system == "musllinux", 'skip = "*-musllinux_*"'
    yield "PyPy and GraalPy", lambda i: i.interpreter != "cp", "Take pypy and graalpy out of enable."
    yield "free-threaded Pythons", lambda i: i.threaded, 'skip = "cp3*t-*"'
    small = {Target.LINUX_I686, Target.LINUX_ARMV7L, Target.WINDOWS_X86}
    yield (
        "32-bit platforms",
        lambda i: i.target in small,
        "Take linux-i686, linux-armv7l and windows-x86 out of targets.",
    )
    emulated = {job.target for job in plan.jobs if job.emulated}
    yield "emulation", lambda i: i.target in emulated, "Take the targets out, or give them native runners."
    if versions := sorted({i.version for i in plan.identifiers}):
        oldest = versions[0]
        newer = f"{oldest[0]}.{oldest[1] + 1}"
        yield f"Python {oldest[0]}.{oldest[1]}", lambda i: i.version == oldest, f'requires-python = ">={newer}"'


def _with_abi(abi: Abi) -> Change:
    return lambda config, lock: (msgspec.structs.replace(config, abi=abi), lock)


def _without(gone: Callable[[Identifier], bool]) -> Change:
    """The plan without the identifiers that `gone` names; None where there are none."""

    def change(config: Config, lock: Lock) -> tuple[Config, Lock] | None:
        kept = {target: tuple(i for i in found if not gone(i)) for target, found in lock.identifiers.items()}
        if kept == lock.identifiers or not any(kept.values()):
            return None
        return config, msgspec.structs.replace(lock, identifiers=kept)

    return change


def _universal(config: Config, lock: Lock) -> tuple[Config, Lock] | None:
    """CPython for both architectures as one target."""
    both = (Target.MACOS_X86_64, Target.MACOS_ARM64)
    if not all(lock.of(target) for target in both) or lock.of(Target.MACOS_UNIVERSAL2):
        return None
    pythons = {i.python for target in both for i in lock.of(target) if i.interpreter == "cp"}
    universal = tuple(Identifier.parse(f"{python}-macosx_universal2") for python in sorted(pythons))
    kept = {
        target: tuple(i for i in found if target not in both or i.interpreter != "cp")
        for target, found in lock.identifiers.items()
    }
    tool = msgspec.structs.replace(config.tool, targets=(*config.tool.targets, Target.MACOS_UNIVERSAL2))
    return msgspec.structs.replace(config, tool=tool), msgspec.structs.replace(
        lock, identifiers={**kept, Target.MACOS_UNIVERSAL2: universal}
    )
