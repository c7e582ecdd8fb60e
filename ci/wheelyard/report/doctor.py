"""A diagnosis as tables."""

from __future__ import annotations

from itertools import groupby

from rich.table import Table
from rich.text import Text

from wheelyard.machine.diagnosis import Diagnosis, State

_COLOURS = {State.READY: "green", State.ABSENT: "yellow", State.SILENT: "red"}


def table(found: Diagnosis) -> Table:
    """One row a thing that was looked at, with how to get it below what is absent."""
    made = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(2):
        made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for sign in found.signs:
        words = Text(sign.words)
        if sign.fix:
            words.append(f"\n{sign.fix}", style="bold")
        made.add_row(Text(sign.state, style=_COLOURS[sign.state]), sign.name, words)
    return made


def targets(found: Diagnosis) -> Table:
    """One row a target: how many of its wheels can be built here, by which engine, or why not all."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("target", "wheels", "engine", "why not all"):
        made.add_column(name, overflow="fold")
    for target, group in groupby(sorted(found.jobs, key=lambda job: job.target), key=lambda job: job.target):
        jobs = list(group)
        count = f"{sum(job.possible for job in jobs)} of {sum(job.wheels for job in jobs)}"
        engines = dict.fromkeys(job.engine for job in jobs if job.engine)
        made.add_row(target, count, " ".join(engines), next((job.why for job in jobs if job.why), ""))
    return made
