"""Show how far a release has come: plan, builds, store and index beside one another."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from wheelyard.errors import OutsideError, WheelyardError
from wheelyard.status import survey
from wheelyard.status.stages import Status
from wheelyard.status.survey import Survey
from wheelyard.workspace import enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

_WIDE = 90  # columns that a table with jobs takes
_PATIENCE = 5  # looks without an answer before it is given up

EPILOG = """\
examples:
  wheelyard status                the release of this version
  wheelyard status v1.4.0
  wheelyard status --watch        until nothing moves any more

What does not answer is shown as `?`, which is not the same as nothing, and ends in its own exit code.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard status` takes."""
    parser.epilog = EPILOG
    parser.add_argument("tag", nargs="?", metavar="TAG", help="the release (default: of the project's version)")
    parser.add_argument("--watch", action="store_true", help="look again until nothing moves any more")
    parser.add_argument("--every", type=float, default=20, metavar="S", help="seconds between two looks (default: 20)")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")


def run(options: Namespace, console: Console) -> None:
    """Look, once or until nothing moves, and raise what did not answer."""
    surveyed = survey.of(enter(options.project), options.tag)
    status, errors = _watched(surveyed, options, console) if options.watch else surveyed.look()
    if options.json:
        console.json(status)
    else:
        from wheelyard.report import status as report  # noqa: PLC0415  # rich is slow to import

        console.show(report.table(status, wide=console.width >= _WIDE))
        console.data(report.summary(status))
    for error in errors[1:]:
        console.warn(str(error))
    if errors:
        raise errors[0]


def _watched(surveyed: Survey, options: Namespace, console: Console) -> tuple[Status, tuple[WheelyardError, ...]]:
    """The last look, after showing each on the way."""
    from wheelyard.report import status as report  # noqa: PLC0415

    silent = 0
    with report.live(console) as show:
        while True:
            status, errors = surveyed.look()
            show(status)
            silent = silent + 1 if errors else 0
            lasting = silent == _PATIENCE or any(not isinstance(error, OutsideError) for error in errors)
            if lasting or not (errors or status.moving):
                return status, errors
            time.sleep(options.every)
