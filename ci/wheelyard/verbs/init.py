"""Propose `[tool.wheelyard]`, lock and workflow for a repository as it is, and write them when that is wanted."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import documents
from wheelyard.doors import files
from wheelyard.errors import UsageError
from wheelyard.locking import identifiers

if TYPE_CHECKING:
    from wheelyard.doors.console import Console
    from wheelyard.migrating import Change, Outcome

EPILOG = """\
examples:
  wheelyard init                                       look at the workflows there are, show what would be written, ask
  wheelyard init --dry-run                             only show it
  wheelyard init --from .github/workflows/build.yml    what this workflow does, and no other
  wheelyard init --package python --yes                the package in python/, without asking
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard init` takes."""
    parser.epilog = EPILOG
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="the workflow to carry over")
    parser.add_argument("--package", metavar="DIR", help="the folder of the package (default: found)")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("--json", action="store_true", help="print what was found, and the files, as JSON")


def run(options: Namespace, console: Console) -> None:
    """Show what would be written and how its wheels differ, then write all of it or nothing."""
    from wheelyard import migrating  # noqa: PLC0415  # `init --help` needs no tomlkit

    identifiers.refuse_selectors()
    found = migrating.look(options.project.absolute(), only=options.source, package=options.package)
    if options.json:
        console.json(_document(found))
    else:
        console.data("\n".join(_shown(found)))
    names = ", ".join(change.file.name for change in found.changes)
    if options.dry_run:
        console.say(f"Would write {names}.")
        return
    if not options.yes and not console.can_ask:
        raise UsageError("Nothing was written: there is nobody to ask. Give --yes to write, or --dry-run to look.")
    if options.yes or console.confirm(f"Write {names}?"):
        files.write_all([(change.file.path, change.text.encode()) for change in found.changes])
        console.say(f"Wrote {names}.\nLook at it with `wheelyard plan` and `git diff`, then commit it.")
    else:
        console.say("Nothing was written.")


def _shown(found: Outcome) -> Iterator[str]:
    """All of it for a person: the package, the differences between files, those in wheels, and what is left out."""
    from wheelyard.migration import difference  # noqa: PLC0415

    facts = found.facts
    yield f"package:  {facts.package} ({facts.backend}{', ' if facts.languages else ''}{', '.join(facts.languages)})"
    yield f"carried:  {', '.join(found.today.files) or 'no workflow that runs cibuildwheel'}\n"
    for change in found.changes:
        yield _difference(change)
    if said := difference.text(found.difference):
        yield said
    if found.notes:
        yield "what this leaves to you:"
        yield from (f"  {note}" for note in found.notes)


def _difference(change: Change) -> str:
    """What changes in a file; a new one that wheelyard makes is not worth a page."""
    before, after = change.file.text, change.text.replace("\r\n", "\n")
    if before is None and change.file.name != "pyproject.toml":
        return f"{change.file.name}: new, {len(after.splitlines())} lines\n"
    lines = difflib.unified_diff((before or "").splitlines(), after.splitlines(), change.file.name, "new", lineterm="")
    return "\n".join(lines) + "\n"


def _document(found: Outcome) -> dict[str, object]:
    return {
        "package": found.facts.package,
        "backend": found.facts.backend,
        "languages": found.facts.languages,
        "workflows": found.today.files,
        "files": {change.file.name: change.text for change in found.changes},
        "difference": documents.builtins(found.difference),
        "notes": found.notes,
    }
