"""Write the workflow that releases this package, or say how the one there is differs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

import msgspec

from wheelyard import documents, resources
from wheelyard.doors import files
from wheelyard.errors import FindingsError, UsageError
from wheelyard.generating import generated, generation
from wheelyard.generating.generation import Task
from wheelyard.locking import lock, pins
from wheelyard.render import claims, drift, workflow
from wheelyard.workspace import enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard generate              write .github/workflows/wheels.yml
  wheelyard generate --check      exit 1 with the difference when that file is not what it would be now
  wheelyard generate --absorb     take the pins that a bot moved in it into wheelyard.lock
  wheelyard generate --explain    what to configure at the index, and what each job may do
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard generate` takes."""
    parser.epilog = EPILOG
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is not what it would be")
    what.add_argument("--absorb", action="store_true", help="take newer pins in the file into the lock, then write")
    what.add_argument(
        "--explain", action="store_true", help="print the trusted publisher, and permissions with reasons"
    )
    parser.add_argument("--force", action="store_true", help="overwrite what wheelyard did not write, and hand edits")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; say what would be written")
    parser.add_argument("--json", action="store_true", help="print what was found or written as JSON")


def run(options: Namespace, console: Console) -> None:
    """Write the workflow, or compare, or explain it."""
    task = generation.task(enter(options.project))
    if options.explain:
        _explain(task, options, console)
    elif options.check:
        _check(task, options, console)
    else:
        _refuse(task, options)
        _write(_absorbed(task, options, console) if options.absorb else task, options, console)


def _check(task: Task, options: Namespace, console: Console) -> None:
    """Raise with the difference, who likely made it, and the command that mends it."""
    found = task.drift
    if options.json:
        missing = task.file.text is None
        console.json({"file": task.file.name, "missing": missing, "drift": documents.builtins(found)})
    elif found is not None:
        console.data(found.diff)
    if (said := generation.problem(task)) is not None:
        raise FindingsError(said)
    console.say(f"{task.file.name} is what it should be.")


def _absorbed(task: Task, options: Namespace, console: Console) -> Task:
    """The task with the pins of the file in the lock."""
    if task.file.text is None:
        raise UsageError(f"There is no {task.file.name} to take pins from. Run `wheelyard generate`.")
    found = pins.newer(pins.used(task.file.text), pins.effective(task.lock))
    if not found:
        console.say(f"{task.file.name} has no pins that are newer.")
        return task
    for action, pin in found.items():
        console.say(f"{'would take' if options.dry_run else 'taken'} into {lock.FILE}: {action} {pin.tag} ({pin.sha})")
    locked = msgspec.structs.replace(task.lock, pins=dict(sorted({**task.lock.pins, **found}.items())))
    if not options.dry_run:
        files.write(task.workspace.lock_file, documents.dump(locked))
    return generation.of(task.workspace, locked)


def _write(task: Task, options: Namespace, console: Console) -> None:
    """Write what is not as it should be."""
    wanted = [(task.file, task.workflow.text)]
    if task.noxfile.text is None:
        wanted.append((task.noxfile, files.text(resources.templates() / generation.NOXFILE)))
    changed = [(file, text) for file, text in wanted if file.text != text]
    workflow.verify(task.workflow.text)
    for file, text in changed:
        if not options.dry_run:
            files.write(file.path, text.encode())
        console.say(f"{'Would write' if options.dry_run else 'Wrote'} {file.name}.")
    if not changed:
        console.say(f"{task.file.name} is as it was.")
    if options.json:
        console.json({"written": [file.name for file, _ in changed], "dry_run": options.dry_run})
    if task.noxfile.text is not None and (lacking := generation.lacking(task.noxfile)):
        console.warn(lacking)


def _refuse(task: Task, options: Namespace) -> None:
    """Raise when writing would lose what somebody else wrote; to absorb pins is to keep them."""
    generated.refuse_odd(task.file)
    if options.force or task.file.text is None:
        return
    found = task.drift
    allowed = (drift.GENERATE, drift.ABSORB) if options.absorb else (drift.GENERATE,)
    if found is not None and found.command not in allowed:
        said = " ".join(found.reasons)
        raise UsageError(f"{task.file.name} would lose what others wrote. {said} To go on: {found.command}")


def _explain(task: Task, options: Namespace, console: Console) -> None:
    """Print what to configure outside of the repository, and what each job may do."""
    claim = claims.of(task.workflow.view, remote=generated.remote(task.workspace.root))
    if options.json:
        console.json(documents.builtins(claim))
    else:
        console.data(claims.text(claim))
