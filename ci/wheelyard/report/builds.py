"""The builds of jobs: as a table when they ended, and live while they run."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from wheelyard.releasing.manifest import File, JobReport, Result, State
from wheelyard.words import size

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from wheelyard.building.builder import Task
    from wheelyard.doors.console import Console

_COLOURS = {State.BUILT: "green", State.FAILED: "red", State.REFUSED: "yellow"}


def table(reports: Iterable[JobReport]) -> Table:
    """One row an identifier: how it ended, its wheel, size and minutes."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("identifier", "result", "tested", "size", "time", "file"):
        made.add_column(name, justify="right" if name in {"size", "time"} else "left", overflow="fold")
    for report in reports:
        for result in report.results:
            made.add_row(
                str(result.identifier or report.job),
                Text(result.state, style=_COLOURS[result.state]),
                tested(result),
                size(result.size) if result.size is not None else "",
                f"{result.minutes * 60:.1f} s" if result.minutes else "",
                result.file or _first_line(result.message).removeprefix(f"{result.identifier}: ").rstrip(":"),
            )
    return made


def tested(result: Result | File) -> str:
    """Whether tests ran, and where, if not where it was built; that nobody has run what was cross-built yet."""
    if result.tested:
        return f"on {result.tested_on}" if result.tested_on else "yes"
    return "built, not run" if result.built_on else ""


class Live:
    """Progress of builds: a bar over all, a line for each that runs with the last words of its log."""

    def __init__(self, console: Console, progress: Progress, *, total: int) -> None:
        self._console, self._progress = console, progress
        self._all = progress.add_task("builds", total=total)
        self._lines: dict[str, tuple[TaskID, Path]] = {}
        self._guard = threading.Lock()
        self._count, self._total = 0, total

    def started(self, task: Task) -> None:
        """Show that a build runs."""
        with self._guard:
            self._lines[task.title] = (self._progress.add_task(task.title, total=None), task.order.log)
        if self._progress.disable:
            self._console.say(f"building {task.title} with {task.engine.name}")

    def ended(self, task: Task, result: Result) -> None:
        """Take its line away and say how it ended."""
        with self._guard:
            line, _ = self._lines.pop(task.title)
            self._count += 1
            count = self._count
        self._progress.remove_task(line)
        self._progress.advance(self._all)
        said = f"[{count}/{self._total}] {result.state} {task.title} in {result.minutes * 60:.1f} s"
        self._progress.console.print(said, highlight=False, markup=False) if not self._progress.disable else (
            self._console.say(said)
        )
        if result.state is State.FAILED:
            self._failed(task, result)

    def refresh(self) -> None:
        """Show the last line of each running build's log."""
        with self._guard:
            for title, (line, log) in self._lines.items():
                self._progress.update(line, description=f"{title}  [dim]{_last_words(log)}[/dim]")

    def _failed(self, task: Task, result: Result) -> None:
        with self._console.group(f"log of {task.title}"):
            self._console.say(result.message or "")
            if self._console.on_github and task.order.log.exists():
                self._console.say(task.order.log.read_text(errors="replace"))


@contextmanager
def live(console: Console, *, total: int) -> Iterator[Live]:
    """Show builds while they run."""
    with console.progress() as progress:
        shown = Live(console, progress, total=total)
        ended = threading.Event()

        def tick() -> None:
            while not ended.wait(0.5):
                shown.refresh()

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield shown
        finally:
            ended.set()
            ticker.join()


def _last_words(log: Path) -> str:
    from rich.markup import escape  # noqa: PLC0415

    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 400))
            lines = stream.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return escape(lines[-1].strip()[:60]) if lines else ""


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]
