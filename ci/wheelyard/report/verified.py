"""A published version that was verified, as a table."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from wheelyard.index.verification import Verified


def table(files: Iterable[Verified]) -> Table:
    """One row a file: its bytes, who published it, and what is not right."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("file", "sha256", "published by", "result"):
        made.add_column(name, overflow="fold")
    for file in files:
        result = Text(" ".join(file.wrong), style="red") if file.wrong else Text("as it should be", style="green")
        made.add_row(file.file, f"{file.sha256[:12]}…" if file.sha256 else "", file.workflow or "", result)
    return made
