"""Resolve the facts the plan rests on and write `wheelyard.lock`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from wheelyard import documents, files, identifiers, lock, locking, workspace
from wheelyard.errors import FindingsError

if TYPE_CHECKING:
    from wheelyard.console import Console
    from wheelyard.locking import Change


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard lock` takes."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the lock is stale")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("--json", action="store_true", help="print the lock and what changed in it")
    parser.epilog = "examples:\n  wheelyard lock\n  wheelyard lock --check"


def run(options: Namespace, console: Console) -> None:
    """Resolve the lock; write it unless told otherwise."""
    place = workspace.enter(options.project)
    identifiers.refuse_selectors()
    change = locking.resolved(place, place.lock())
    if options.json:
        console.json({"changed": not change.none, "come": change.come, "gone": change.gone, "lock": change.after})
    if options.check:
        if not change.none:
            raise FindingsError(locking.stale(change))
        console.say(f"{lock.FILE} is true.")
    elif options.dry_run:
        console.say(f"Would write {place.lock_file}: {_summary(change)}")
    elif change.none:
        console.say(f"{lock.FILE} is as it was: {_summary(change)}")
    else:
        files.write(place.lock_file, documents.dump(change.after))
        console.say(f"Wrote {place.lock_file}: {_summary(change)}")


def _summary(change: Change) -> str:
    after = change.after
    version = after.tools["cibuildwheel"]
    what = f"{len(after.every)} identifiers of {len(after.identifiers)} targets, cibuildwheel {version}."
    return "\n".join((what, *locking.difference(change))) if change.before else what
