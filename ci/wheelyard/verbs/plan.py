"""Show every job and every wheel of the release, before anything runs."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import workspace
from wheelyard.config import Concurrency
from wheelyard.doors import git
from wheelyard.locking import resolving
from wheelyard.planning import cautions, overview, planner, runners
from wheelyard.releasing import guards
from wheelyard.report import pages

if TYPE_CHECKING:
    from packaging.version import Version

    from wheelyard.config import Config
    from wheelyard.doors.console import Console
    from wheelyard.locking.lock import Lock
    from wheelyard.planning.coverage import Coverage
    from wheelyard.planning.plan import Plan
    from wheelyard.workspace import Workspace

EPILOG = """\
examples:
  wheelyard plan                              what is built, where, and how long it takes
  wheelyard plan --json > plan.json
  wheelyard plan --concurrency team           with the slots of a GitHub Team account
  wheelyard plan --concurrency 8:2            with 8 jobs at one time, 2 of them on macOS
  wheelyard plan --durations minutes.json     with these durations instead of the lock's
  wheelyard plan --against pypi               what is lost and gained since the last upload
  wheelyard plan --advise                     what could be left out, and what that saves
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard plan` takes."""
    parser.add_argument("--json", action="store_true", help="print plan.json instead of a table")
    parser.add_argument(
        "--durations", type=Path, metavar="FILE", help="a manifest, or a table of identifiers and minutes"
    )
    parser.add_argument(
        "--concurrency", type=_slots, metavar="SLOTS", help="free, pro, team, enterprise, or TOTAL:MACOS"
    )
    parser.add_argument(
        "--against", metavar="WHAT", help="compare with a manifest, a folder of wheels, `release`, or an index"
    )
    parser.add_argument("--advise", action="store_true", help="say what dropping a dimension would save")
    parser.add_argument("--tag", help="refuse unless this commit can be released under that tag")
    parser.add_argument("--only", metavar="GLOB", help="these identifiers alone, to complete an earlier release")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write plan.json there, too")
    pages.arguments(parser)
    parser.epilog = EPILOG


def run(options: Namespace, console: Console) -> None:
    """Print the plan; nothing is written but what `--output`, `--report` and `--summary` ask for."""
    place = workspace.enter(options.project)
    change = resolving.current(place)
    if not change.none:
        console.warn(resolving.stale(change))
    config, lock = _adjusted(place.config, change.after, options, console)
    plan = planner.make(config, lock, git.revision(place.root))
    if options.only is not None:
        plan = guards.only(plan, options.only)
    if options.tag is not None:
        guards.refuse(plan, tag=options.tag, template=config.tool.release.tag)
    _written(plan, config, options)
    if options.json:
        console.json(plan)
        return
    for caution in cautions.of(config, lock, plan):
        console.warn(caution)
    console.data(overview.text(plan, _style()))
    if options.against:
        console.data("\n" + overview.coverage(_coverage(place, plan, options.against), options.against))
    if options.advise:
        from wheelyard.planning import advice  # noqa: PLC0415  # only on request

        console.data("\n" + overview.advice(advice.of(config, lock, plan), plan))


def _written(plan: Plan, config: Config, options: Namespace) -> None:
    """Leave the plan where the next jobs and readers of the run find it."""
    from wheelyard import documents  # noqa: PLC0415
    from wheelyard.doors import files  # noqa: PLC0415

    if options.output is not None:
        files.write(options.output.absolute(), documents.dump(plan))
    if pages.wanted(options):
        from wheelyard.page import Facts  # noqa: PLC0415  # most runs leave none

        pages.leave(Facts(plan=plan, slots=planner.slots_of(config)), options)


def _slots(text: str) -> str | Concurrency:
    if text in runners.PLANS:
        return text
    total, _, macos = text.partition(":")
    if total.isdecimal() and int(total) > 0 and macos.isdecimal():
        return Concurrency(total=int(total), macos=int(macos))
    raise ArgumentTypeError(f"{text!r} is neither {', '.join(runners.PLANS)} nor TOTAL:MACOS, such as 20:5")


def _adjusted(config: Config, lock: Lock, options: Namespace, console: Console) -> tuple[Config, Lock]:
    """Config and lock with what the command line says instead."""
    from msgspec.structs import replace  # noqa: PLC0415

    if options.concurrency is not None:
        config = replace(config, tool=replace(config.tool, concurrency=options.concurrency))
    if options.durations is not None:
        from wheelyard.doors import files  # noqa: PLC0415
        from wheelyard.planning import durations  # noqa: PLC0415

        table = durations.parse(files.read(options.durations), source=str(options.durations))
        unknown = [name for name in table if name.partition("/")[0] not in lock.every]
        if unknown:
            console.warn(f"{options.durations}: not in this plan, so not used: {', '.join(sorted(unknown)[:8])}.")
        lock = replace(lock, durations=table)
    return config, lock


def _coverage(place: Workspace, plan: Plan, against: str) -> Coverage:
    from wheelyard.planning import coverage  # noqa: PLC0415

    return coverage.compare(plan, _files(place, against))


def _files(place: Workspace, against: str) -> Sequence[str]:
    """The file names of what the plan is compared with."""
    from wheelyard import stores  # noqa: PLC0415
    from wheelyard.doors import files  # noqa: PLC0415
    from wheelyard.releasing import manifest  # noqa: PLC0415

    path = Path(against)
    if path.is_dir():
        return [each.name for each in path.iterdir()]
    if path.is_file():
        return [file.file for file in manifest.load(files.read(path), source=against).files]
    if against == "release":
        store = stores.choose(place.config.tool.release.store, root=place.root)
        found = [release for tag in store.tags() if (release := store.find(tag)) is not None]
        newest = max(found, key=lambda release: release.manifest.source_date, default=None)
        return [file.file for file in newest.manifest.files] if newest else ()
    return _newest(place.config, against)


def _newest(config: Config, index: str) -> Sequence[str]:
    """The wheels of the newest version that an index shows."""
    from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename  # noqa: PLC0415

    from wheelyard.index import account  # noqa: PLC0415

    page = account.resolve(index).reader().page(canonicalize_name(config.project.name))
    versions: dict[Version, list[str]] = {}
    for listed in page.files if page else ():
        try:
            versions.setdefault(parse_wheel_filename(listed.file)[1], []).append(listed.file)
        except InvalidWheelFilename:
            continue  # an sdist, or a name no installer takes
    return versions[max(versions)] if versions else ()


def _style() -> overview.Style:
    """What the reader's terminal can show."""
    import shutil  # noqa: PLC0415  # only people need it

    terminal = sys.stdout.isatty()
    return overview.Style(
        width=shutil.get_terminal_size((100, 24)).columns,
        colour=terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
        unicode="utf" in (sys.stdout.encoding or "").lower(),
    )
