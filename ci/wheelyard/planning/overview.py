"""A plan as text that a person likes to read, at any width, with or without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from wheelyard.errors import listed
from wheelyard.planning.plan import Estimate, Plan
from wheelyard.targets import Identifier, sort_key
from wheelyard.words import counted, duration

if TYPE_CHECKING:
    from wheelyard.planning.advice import Advice
    from wheelyard.planning.coverage import Coverage

_LIBCS = ("manylinux", "musllinux")


@dataclass(frozen=True, kw_only=True)
class Style:
    """How the text may look: its width in columns, and whether the terminal knows colour and Unicode."""

    width: int = 80
    colour: bool = False
    unicode: bool = True

    @property
    def marks(self) -> tuple[str, str, str]:
        """Marks for an identifier that is built, one that another one's wheel answers, and one that is not there."""
        return ("●", "○", "·") if self.unicode else ("#", "o", ".")

    def strong(self, text: str) -> str:
        """Text that stands out."""
        return f"\033[1m{text}\033[0m" if self.colour else text

    def faint(self, text: str) -> str:
        """Text that stands back."""
        return f"\033[2m{text}\033[0m" if self.colour else text


def text(plan: Plan, style: Style) -> str:
    """The whole plan: what is built, where, and how long it takes."""
    parts = [style.strong(headline(plan)), *_grids(plan, style)]
    if plan.jobs:
        parts.append("\n".join(_jobs(plan, style)))
    if plan.estimate:
        parts.append(estimate(plan))
    return "\n\n".join(parts) + "\n"


def advice(found: Sequence[Advice], plan: Plan) -> str:
    """What dropping a dimension would save, each with how and what is in the way."""
    if not found:
        return "There is no dimension to drop that would save a wheel.\n"
    blocks = []
    for each in found:
        lines = [f"{each.title}: {_size(plan)} -> {_size(each.plan)}", f"  {each.how}"]
        blocks.append("\n".join((*lines, *(f"  but: {obstacle}" for obstacle in each.obstacles))))
    return "\n\n".join(blocks) + "\n"


def _size(plan: Plan) -> str:
    minutes = duration(plan.estimate.makespan_minutes) if plan.estimate else "0 min"
    return f"{counted(len(plan.expected), 'wheel')}, {counted(len(plan.jobs), 'job')}, {minutes}"


def coverage(found: Coverage, against: str) -> str:
    """What is lost and gained, a line a target."""
    lines = [f"Against {against}:"]
    for word, identifiers in (("lost", found.lost), ("gained", found.gained)):
        for tail, group in groupby(identifiers, key=lambda identifier: identifier.partition("-")[2]):
            lines.append(f"  {word}: {tail}  {' '.join(identifier.python for identifier in group)}")
    return "\n".join(lines if len(lines) > 1 else [f"Against {against}: the same coverage."]) + "\n"


def headline(plan: Plan) -> str:
    """The plan in one line."""
    commit = plan.revision.commit[:7] if plan.revision.commit else "no commit"
    dirty = ", with uncommitted changes" if plan.revision.dirty and plan.revision.commit else ""
    jobs = counted(len(plan.jobs) + len(plan.crossings), "job")
    things = [f"{counted(len(plan.expected), 'wheel')} in {jobs}"] if plan.jobs else []
    things += ["a pure wheel"] if plan.pure else []
    things += ["an sdist"] if plan.sdist else []
    return f"{plan.name} {plan.version or '(version made by the build)'} at {commit}{dirty}: {', '.join(things)}"


def estimate(plan: Plan) -> str:
    """How long it takes, and what it costs where minutes are billed."""
    found = plan.estimate
    assert found is not None  # noqa: S101  # the caller looked
    least = duration(found.lower_bound_minutes)
    lines = (
        f"About {duration(found.makespan_minutes)} until the last wheel; no plan can be quicker than {least}.",
        f"{found.billed_minutes} minutes of runners, ${found.cost_usd:.2f} where the repository is private.",
        _crossed(plan, found),
        f"What would shorten it most: {found.bottleneck}." if found.bottleneck else "",
    )
    return "\n".join(filter(None, lines))


def _crossed(plan: Plan, found: Estimate) -> str:
    """What is cross-built, and what the plan would take if nothing were."""
    if found.native_minutes is None or found.native_usd is None:
        return ""
    targets = sorted({job.target for job in plan.jobs if job.crossing})
    native = f"{duration(found.native_minutes)} and ${found.native_usd:.2f}"
    return f"{listed(targets)}: built on Linux, tested on runners of their own. If those built them: {native}."


def _grids(plan: Plan, style: Style) -> Iterator[str]:
    """One grid a platform: Pythons down, architectures across."""
    built: dict[Identifier, int] = {}
    for expected in plan.expected:
        for place, identifier in enumerate(expected.identifiers):
            built[identifier] = min(place, built.get(identifier, place))
    ordered = sorted(built, key=sort_key)
    for platform, group in groupby(ordered, key=lambda identifier: identifier.target.platform):
        yield "\n".join(_grid(platform, {identifier: built[identifier] for identifier in group}, style))
    if ordered:
        yield style.faint(_legend(ordered, built, style))


def _grid(platform: str, built: dict[Identifier, int], style: Style) -> Iterator[str]:
    archs = list(dict.fromkeys(identifier.target.arch for identifier in built))
    pythons = list(
        dict.fromkeys(i.python for i in sorted(built, key=lambda i: (i.interpreter, i.version, i.threaded, i)))
    )
    systems = [system for system in _LIBCS if any(i.system == system for i in built)] if platform == "linux" else [""]
    there = {(i.python, i.target.arch, i.system if platform == "linux" else ""): place for i, place in built.items()}
    margin = max(len(platform), *map(len, pythons)) + 3
    for columns in _folded(archs, style.width - margin):
        yield style.strong(platform.ljust(margin)) + "  ".join(columns)
        for python in pythons:
            cells = [
                "".join(_mark(there.get((python, arch, system)), style) for system in systems).ljust(len(arch))
                for arch in columns
            ]
            yield f"  {python}".ljust(margin) + _dimmed("  ".join(cells).rstrip(), style)


def _mark(place: int | None, style: Style) -> str:
    there, answered, absent = style.marks
    return absent if place is None else answered if place else there


def _dimmed(cells: str, style: Style) -> str:
    absent = style.marks[2]
    return cells.replace(absent, style.faint(absent)) if style.colour else cells


def _folded(names: Sequence[str], width: int) -> Iterator[list[str]]:
    """Column heads in as many lines as they need."""
    line: list[str] = []
    for name in names:
        if line and len("  ".join((*line, name))) > width:
            yield line
            line = []
        line.append(name)
    yield line


def _legend(identifiers: Iterable[Identifier], built: dict[Identifier, int], style: Style) -> str:
    there, answered, _ = style.marks
    words = [f"{there} one wheel"]
    if any(built.values()):
        words.append(f"{answered} answered by the wheel of an older Python")
    libcs = [system for system in _LIBCS if any(identifier.system == system for identifier in identifiers)]
    if len(libcs) > 1:
        words.append(f"linux: {there}{there} {', '.join(libcs)}")
    return "   ".join(words) if len("   ".join(words)) <= style.width else "\n".join(words)


def _jobs(plan: Plan, style: Style) -> Iterator[str]:
    rows = [
        (
            job.id,
            " ".join(job.runner) + (" (QEMU)" if job.emulated else " (tests)" if job.crossing else ""),
            str(len(plan.of(job))),
            "" if job.estimate_minutes is None else duration(job.estimate_minutes),
        )
        for job in plan.jobs
    ]
    rows[:0] = [
        (
            crossing.id,
            " ".join(crossing.runner),
            str(sum(len(plan.of(job)) for job in plan.crossed(crossing))),
            "" if crossing.estimate_minutes is None else duration(crossing.estimate_minutes),
        )
        for crossing in plan.crossings
    ]
    heads = ("job", "runner", "wheels", "estimate" if any(row[3] for row in rows) else "")
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(4)]
    widths[0] = max(12, min(widths[0], style.width - sum(widths[1:]) - 6))
    yield style.strong(_row(heads, widths))
    yield from (_row((_short(row[0], widths[0]), *row[1:]), widths) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, runner, count, minutes = cells
    return "  ".join(
        (name.ljust(widths[0]), runner.ljust(widths[1]), count.rjust(widths[2]), minutes.rjust(widths[3]))
    ).rstrip()


def _short(name: str, width: int) -> str:
    """A name whose middle gives way when it is too long: both ends tell jobs apart."""
    if len(name) <= width:
        return name
    tail = (width - 2) // 2
    return f"{name[: width - 2 - tail]}..{name[-tail:]}"
