"""Uploads: as a table when they ended, and live while they run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from wheelyard.index.uploads import Outcome, Sent
from wheelyard.words import size

if TYPE_CHECKING:
    from rich.progress import Progress

    from wheelyard.doors.console import Console
    from wheelyard.releasing.manifest import File

_COLOURS = {
    Outcome.UPLOADED: "green",
    Outcome.THERE: "green",
    Outcome.WAITING: "yellow",
    Outcome.ALTERED: "red",
    Outcome.REFUSED: "red",
    Outcome.FAILED: "red",
    Outcome.UNSENT: "yellow",
}


def table(reports: Iterable[Sent]) -> Table:
    """One row a file: how it ended, and what the index said where it did not go well."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("file", "size", "result", "the index says"):
        made.add_column(name, justify="right" if name == "size" else "left", overflow="fold")
    for report in reports:
        result = Text(report.outcome, style=_COLOURS[report.outcome])
        made.add_row(report.file, size(report.size), result, Text(report.words))
    return made


class Live:
    """Progress of uploads: bytes and rate over all files, and a line for each that ended."""

    def __init__(self, console: Console, progress: Progress, *, files: int, total: int) -> None:
        self._console, self._progress = console, progress
        self._bar = progress.add_task("uploading", total=total)
        self._done: dict[str, int] = {}
        self._guard = threading.Lock()
        self._files, self._total, self._ended = files, total, 0
        self._begun = time.monotonic()

    def progress(self, file: File, done: int) -> None:
        """Move the bar."""
        with self._guard:
            self._done[file.file] = min(done, file.size)
            sum_ = sum(self._done.values())
        rate = sum_ / max(time.monotonic() - self._begun, 0.001)
        words = f"{size(sum_)} of {size(self._total)}, {size(int(rate))}/s"
        self._progress.update(self._bar, completed=sum_, description=words)

    def ended(self, report: Sent) -> None:
        """Say how it ended for a file."""
        with self._guard:
            self._ended += 1
            count = self._ended
        said = f"[{count}/{self._files}] {report.outcome} {report.file} ({size(report.size)})"
        if self._progress.disable:
            self._console.say(said)
        else:
            self._progress.console.print(said, highlight=False, markup=False)


@contextmanager
def live(console: Console, *, files: int, total: int) -> Iterator[Live]:
    """Show uploads while they run; `total` is in bytes."""
    with console.progress() as progress:
        yield Live(console, progress, files=files, total=total)
