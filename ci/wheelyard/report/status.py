"""How far a release has come, as a table, and live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from wheelyard.status.stages import Cell, Mark, Row, Status

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

_COLOURS = {
    Mark.DONE: "green",
    Mark.BUSY: "cyan",
    Mark.WAITING: "cyan",
    Mark.FAILED: "red",
    Mark.ABSENT: "dim",
    Mark.UNKNOWN: "yellow",
}
_MOST = 6  # failures whose logs are named
_STAGES: dict[str, Callable[[Row], Cell]] = {
    "build": lambda row: row.build,
    "release": lambda row: row.release,
    "index": lambda row: row.index,
}


def table(status: Status, *, wide: bool = True) -> Table:
    """One row for everything that is planned, a column for each stage; a `wide` one has room for the jobs."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("identifier", *(["job"] if wide else []), *_STAGES):
        made.add_column(name, no_wrap=name in _STAGES, overflow="fold")
    for row in status.rows:
        cells = (_text(stage(row)) for stage in _STAGES.values())
        made.add_row(row.name, *([row.job] if wide else []), *cells)
    return made


def summary(status: Status) -> str:
    """What is done of each stage and where that is, and what is next."""
    commit = f" at {status.commit[:12]}" if status.commit else ""
    lines = [f"{status.name} {status.tag}{commit}"]
    for (name, stage), source in zip(_STAGES.items(), (status.builds, status.release, status.index), strict=True):
        lines.append(f"{name}: {_count(status, stage)} ({source.where})")
    lines += [f"failed: {job}: {link}" for job, link in list(_failed(status).items())[:_MOST]]
    if status.next is None:
        return "\n".join((*lines, "All is done."))
    return "\n".join((*lines, f"next: {status.next.step}: {status.next.words}", f"  {status.next.command}"))


@contextmanager
def live(console: Console) -> Iterator[Callable[[Status], None]]:
    """Show looks at a release as they come: bars on a terminal, elsewhere a line for each stage that changed."""
    with console.progress() as progress:
        bars = {name: progress.add_task(name, total=None) for name in _STAGES}
        before: dict[str, str] = {}
        told: set[str] = set()

        def show(status: Status) -> None:
            for job, link in _failed(status).items():
                if job not in told:
                    console.say(f"failed: {job}: {link}")
            told.update(_failed(status))
            for name, stage in _STAGES.items():
                words = f"{name}: {_count(status, stage)}"
                done = sum(stage(row).mark is Mark.DONE for row in status.rows)
                progress.update(bars[name], total=len(status.rows), completed=done, description=words)
                if progress.disable and before.get(name) != words:
                    console.say(words)
                before[name] = words

        yield show


def _failed(status: Status) -> dict[str, str]:
    """The jobs that failed, with where their logs are."""
    return {row.job: row.build.link for row in status.rows if row.build.link}


def _count(status: Status, stage: Callable[[Row], Cell]) -> str:
    """How many are done, and what else there is: `12 of 40, 3 running, 1 failed`."""
    cells = [stage(row) for row in status.rows]
    done = sum(cell.mark is Mark.DONE for cell in cells)
    others = Counter(cell.words for cell in cells if cell.mark not in {Mark.DONE, Mark.ABSENT, Mark.UNKNOWN})
    unknown = [] if all(cell.mark is not Mark.UNKNOWN for cell in cells) else ["not known"]
    known = [] if unknown else [f"{done} of {len(cells)}"]
    return ", ".join((*known, *unknown, *(f"{number} {words}" for words, number in sorted(others.items()))))


def _text(cell: Cell) -> Text:
    return Text(cell.words or "-", style=_COLOURS[cell.mark])
