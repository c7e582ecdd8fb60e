"""The one place that prints: data on stdout, talk on stderr, annotations where GitHub reads them."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from wheelyard import documents
from wheelyard.errors import OutsideError

if TYPE_CHECKING:
    from rich.console import Console as Rich
    from rich.console import RenderableType
    from rich.progress import Progress, TaskID

_WIDE = 400  # columns of a table where no terminal says how many


class Console:
    """Where a verb talks. Colour and live progress are for terminals only; `quiet` leaves data and errors."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a name that the locale cannot print is no failure

    def data(self, text: str) -> None:
        """Print what was asked for."""
        with _printing() as stream:
            stream.write(text if text.endswith("\n") else text + "\n")

    def json(self, value: object) -> None:
        """Print a value as JSON."""
        self.data(documents.dump(value).decode())

    @property
    def width(self) -> int:
        """Columns of what is shown: those of the terminal, and enough for any name where there is none."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDE

    def show(self, renderable: RenderableType) -> None:
        """Print a table or other rich text as data, as wide as the terminal; in a file or pipe no name is broken."""
        from rich.console import Console as Rich  # noqa: PLC0415  # only output for people needs it

        with _printing() as stream:
            Rich(file=stream, width=self.width, highlight=False).print(renderable)

    def say(self, text: str) -> None:
        """Tell a person what is going on."""
        if not self.quiet:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    def warn(self, text: str) -> None:
        """Tell of something that is likely wrong but does not stop the work."""
        self._annotate("warning", text)
        sys.stderr.write(f"warning: {text}\n")

    def error(self, text: str) -> None:
        """Tell why the work stopped."""
        self._annotate("error", text)
        sys.stderr.write(f"error: {text}\n")

    @property
    def can_ask(self) -> bool:
        """Whether there is a person at a terminal."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, question: str) -> bool:
        """Whether the person says yes."""
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Fold the output of a part of the work away in a log on GitHub."""
        if self.on_github:
            self.say(f"::group::{title}")
        try:
            yield
        finally:
            if self.on_github:
                self.say("::endgroup::")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A live display of long work on stderr; nothing where that is no terminal."""
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
        with Progress(*columns, console=self._talk(), transient=True, disable=not self._live()) as progress:
            yield progress

    @contextmanager
    def download(self) -> Iterator[Callable[[str, int, int | None], None]]:
        """A live bar for files that come one after another: told a name, the bytes there are, and how many of all."""
        with self.progress() as progress:
            bars: dict[str, TaskID] = {}

            def tell(name: str, there: int, total: int | None) -> None:
                bar = bars[name] if name in bars else bars.setdefault(name, progress.add_task(name, total=total))
                progress.update(bar, completed=there, total=total, description=f"{name} {there / 1e6:.1f} MB")

            yield tell

    def _live(self) -> bool:
        return sys.stderr.isatty() and not self.quiet and not self.on_github

    def _talk(self) -> Rich:
        from rich.console import Console as Rich  # noqa: PLC0415

        return Rich(file=sys.stderr, highlight=False)

    def _annotate(self, level: str, text: str) -> None:
        """One line for GitHub (https://docs.github.com/actions/reference/workflow-commands-for-github-actions)."""
        if self.on_github:
            escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            sys.stderr.write(f"::{level} title=wheelyard::{escaped}\n")


@contextmanager
def _printing() -> Iterator[TextIO]:
    """The stream for data; that a disk is full is told, and that nobody reads any more is for the command to know."""
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutsideError(f"The output cannot be written: {error.strerror}.") from None
