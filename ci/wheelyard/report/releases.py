"""A release as a table: its files, and where each came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from wheelyard.report.builds import tested
from wheelyard.words import size

if TYPE_CHECKING:
    from wheelyard.releasing.manifest import Manifest


def table(made: Manifest) -> Table:
    """One row a file: its size, how many identifiers it answers, and the job and engine that made it."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("file", "size", "answers", "tested", "job", "engine", "sha256"):
        shown.add_column(name, justify="right" if name in {"size", "answers"} else "left", overflow="fold")
    for file in made.files:
        shown.add_row(
            file.file,
            size(file.size),
            str(len(file.identifiers) or ""),
            tested(file),
            file.job or "",
            file.engine or "",
            f"{file.sha256[:12]}…",
        )
    return shown
