"""Resolve the facts the plan rests on and write `wheelyard.lock`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import documents, workspace
from wheelyard.doors import files
from wheelyard.errors import FindingsError, UsageError
from wheelyard.locking import identifiers, lock, pins, resolving
from wheelyard.planning import durations
from wheelyard.words import counted

if TYPE_CHECKING:
    from wheelyard.doors.console import Console
    from wheelyard.locking.pins import Use
    from wheelyard.locking.resolving import Change
    from wheelyard.workspace import Workspace

GITHUB = "github"
EPILOG = """\
examples:
  wheelyard lock                                          resolve what is stale
  wheelyard lock --check                                  only say whether it is
  wheelyard lock --upgrade --dry-run                      what the newest cibuildwheel and actions would change
  wheelyard lock --pins ../other/.github/workflows/ci.yml    take the actions that are newer there
  wheelyard lock --pins github                            ask for the newest release of each action; needs a token
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard lock` takes."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the lock is stale")
    parser.add_argument(
        "--upgrade",
        action="store_true",
        help="move to the newest cibuildwheel and action pins, and take in the durations of the last release",
    )
    parser.add_argument("--durations", type=Path, metavar="FILE", help="with --upgrade: durations to take in instead")
    parser.add_argument(
        "--pins", metavar="FILE", help=f"take newer actions from a workflow, a lock or a table; `{GITHUB}` asks there"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("--json", action="store_true", help="print the lock and what changed in it")
    parser.epilog = EPILOG


def run(options: Namespace, console: Console) -> None:
    """Resolve the lock; write it unless told otherwise."""
    if options.durations and not options.upgrade:
        raise UsageError("--durations belongs to --upgrade. Give both, or neither.")
    place = workspace.enter(options.project)
    identifiers.refuse_selectors()
    given = _pins(options.pins, place, console) if options.pins else ()
    if options.upgrade:
        change = resolving.upgraded(place, place.lock(), _durations(place, options), given=given)
    else:
        change = resolving.resolved(place, place.lock(), given=given)
    if options.json:
        console.json({"changed": not change.none, "come": change.come, "gone": change.gone, "lock": change.after})
    if options.check and not change.none:
        raise FindingsError(resolving.stale(change))
    for line in resolving.difference(change):
        console.say(line)
    if change.none:
        console.say(f"{lock.FILE} is as it should be: {_summary(change)}")
    elif options.dry_run:
        console.say(f"Would write {place.lock_file}: {_summary(change)}")
    else:
        files.write(place.lock_file, documents.dump(change.after))
        console.say(f"Wrote {place.lock_file}: {_summary(change)}")


def _pins(source: str, place: Workspace, console: Console) -> tuple[Use, ...]:
    """The actions in a file, or on GitHub as they are now."""
    if source != GITHUB:
        return pins.read(files.text(Path(source)), source=source)
    from wheelyard.locking import actions  # noqa: PLC0415  # requests is slow to import

    known = (committed := place.lock()) and committed.pins
    return tuple(actions.newest(sorted({**pins.DEFAULTS, **(known or {})}), root=place.root, warn=console.warn))


def _durations(place: Workspace, options: Namespace) -> dict[str, float]:
    given: Path | None = options.durations
    return _last_release(place) if given is None else durations.parse(files.read(given), source=str(given))


def _last_release(place: Workspace) -> dict[str, float]:
    """The durations in the manifest of the newest release in the store, if there is any."""
    from wheelyard import stores  # noqa: PLC0415  # only an upgrade reads releases

    store = stores.choose(place.config.tool.release.store, root=place.root)
    releases = [found for tag in store.tags() if (found := store.find(tag)) is not None]
    if not releases:
        return {}
    return durations.of_manifest(max(releases, key=lambda release: release.manifest.source_date).manifest)


def _summary(change: Change) -> str:
    after, version = change.after, change.after.tools["cibuildwheel"]
    built, targets = counted(len(after.every), "identifier"), counted(len(after.identifiers), "target")
    return f"{built} of {targets}, cibuildwheel {version}."
