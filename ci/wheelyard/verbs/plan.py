"""Show every job and every wheel of the release, before anything runs."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from wheelyard import git, locking, overview, planner, workspace

if TYPE_CHECKING:
    from wheelyard.console import Console


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard plan` takes."""
    parser.add_argument("--json", action="store_true", help="print plan.json instead of a table")
    parser.epilog = "example:\n  wheelyard plan --json > plan.json"


def run(options: Namespace, console: Console) -> None:
    """Print the plan; nothing is written."""
    place = workspace.enter(options.project)
    change = locking.current(place)
    if not change.none:
        console.warn(locking.stale(change))
    plan = planner.make(place.config, change.after, git.revision(place.root))
    if options.json:
        console.json(plan)
    else:
        console.data(overview.text(plan, _style()))


def _style() -> overview.Style:
    """What the reader's terminal can show."""
    import shutil  # noqa: PLC0415  # only people need it

    terminal = sys.stdout.isatty()
    return overview.Style(
        width=shutil.get_terminal_size((100, 24)).columns,
        colour=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        unicode="utf" in (sys.stdout.encoding or "").lower(),
    )
