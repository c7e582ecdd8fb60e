"""Write the workflow that releases this package, or say how the one there is differs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from wheelyard import documents, files, generated, lock, locking, pins, planner, resources
from wheelyard.errors import FindingsError, UsageError
from wheelyard.generated import File
from wheelyard.lock import Lock
from wheelyard.render import claims, drift, workflow
from wheelyard.render.workflow import Workflow
from wheelyard.revision import Revision
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.console import Console

EPILOG = """\
examples:
  wheelyard generate              write .github/workflows/wheels.yml
  wheelyard generate --check      exit 1 with the difference when that file is not what it would be now
  wheelyard generate --absorb     take the pins that a bot moved in it into wheelyard.lock
  wheelyard generate --explain    what to configure at the index, and what each job may do
"""
WORKFLOWS = Path(".github/workflows")
NOXFILE = Path("noxfile.py")
_SESSIONS = "wheelyard.sessions"

# The workflow is made of config and lock alone: no commit is part of it.
_ANY = Revision(commit=None, tree="", date=0, dirty=False)


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


@dataclass(frozen=True, kw_only=True)
class _Task:
    """A workspace with its lock, the workflow these make, and the file it belongs in."""

    workspace: Workspace
    lock: Lock
    workflow: Workflow
    file: File

    @property
    def noxfile(self) -> File:
        """What the workflow's commands run."""
        return generated.look(self.workspace.root, NOXFILE)


def run(options: Namespace, console: Console) -> None:
    """Write the workflow, or compare, or explain it."""
    workspace = enter(options.project)
    task = _task(workspace, _lock(workspace))
    if options.explain:
        _explain(task, options, console)
    elif options.check:
        _check(task, options, console)
    else:
        _refuse(task, options)
        _write(_absorbed(task, options, console) if options.absorb else task, options, console)


def _lock(workspace: Workspace) -> Lock:
    """The committed lock; a workflow is never made of one that is not committed."""
    change = locking.current(workspace)
    if not change.none:
        raise FindingsError(locking.stale(change))
    return change.after


def _task(workspace: Workspace, locked: Lock) -> _Task:
    tool = workspace.config.tool.workflow
    made = workflow.make(
        workspace.config,
        planner.make(workspace.config, locked, _ANY),
        pins.effective(locked),
        custom=_custom(workspace),
    )
    file = generated.look(workspace.root, WORKFLOWS / tool.file)
    return _Task(workspace=workspace, lock=locked, workflow=made, file=file)


def _custom(workspace: Workspace) -> Path | None:
    """The user's own templates."""
    name = workspace.config.tool.workflow.templates
    if name is None:
        return None
    folder = workspace.root / name
    if not folder.is_dir():
        raise UsageError(f"[tool.wheelyard.workflow] templates: there is no folder {folder}.")
    return folder


def _check(task: _Task, options: Namespace, console: Console) -> None:
    """Raise with the difference, who likely made it, and the command that mends it."""
    found = None
    if task.file.text is not None:
        pinned = pins.effective(task.lock)
        found = drift.of(task.file.text, task.workflow.text, pinned=pinned, name=task.file.name)
    if options.json:
        missing = task.file.text is None
        console.json({"file": task.file.name, "missing": missing, "drift": documents.builtins(found)})
    if task.file.text is None:
        raise FindingsError(f"There is no {task.file.name}. Run `wheelyard generate` and commit it.")
    if found is not None:
        if not options.json:
            console.data(found.diff)
        said = "\n".join(f"  {reason}" for reason in found.reasons)
        raise FindingsError(f"{task.file.name} is not what it would be now.\n{said}\nTo mend it: {found.command}")
    if (lacking := _lacking(task.noxfile)) is not None:
        raise FindingsError(lacking)
    console.say(f"{task.file.name} is what it should be.")


def _lacking(noxfile: File) -> str | None:
    """Why the workflow's commands would find no session."""
    if noxfile.text is None:
        return f"There is no {noxfile.name}, which the workflow runs. Run `wheelyard generate` and commit it."
    if _SESSIONS not in noxfile.text:
        return f"{noxfile.name} registers none of the sessions that the workflow runs. Add: import {_SESSIONS}"
    return None


def _absorbed(task: _Task, options: Namespace, console: Console) -> _Task:
    """The task with the pins of the file in the lock."""
    if task.file.text is None:
        raise UsageError(f"There is no {task.file.name} to take pins from. Run `wheelyard generate`.")
    found = pins.newer(task.file.text, pins.effective(task.lock))
    if not found:
        console.say(f"{task.file.name} has no pins that are newer.")
        return task
    for action, pin in found.items():
        console.say(f"{'would take' if options.dry_run else 'taken'} into {lock.FILE}: {action} {pin.tag} ({pin.sha})")
    locked = msgspec.structs.replace(task.lock, pins=dict(sorted({**task.lock.pins, **found}.items())))
    if not options.dry_run:
        files.write(task.workspace.lock_file, documents.dump(locked))
    return _task(task.workspace, locked)


def _write(task: _Task, options: Namespace, console: Console) -> None:
    """Write what is not as it should be."""
    wanted = [(task.file, task.workflow.text)]
    if task.noxfile.text is None:
        wanted.append((task.noxfile, files.text(resources.templates() / NOXFILE.name)))
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
    if task.noxfile.text is not None and (lacking := _lacking(task.noxfile)):
        console.warn(lacking)


def _refuse(task: _Task, options: Namespace) -> None:
    """Raise when writing would lose what somebody else wrote; to absorb pins is to keep them."""
    generated.refuse_odd(task.file)
    if options.force or task.file.text is None:
        return
    pinned = pins.effective(task.lock)
    found = drift.of(task.file.text, task.workflow.text, pinned=pinned, name=task.file.name)
    allowed = (drift.GENERATE, drift.ABSORB) if options.absorb else (drift.GENERATE,)
    if found is not None and found.command not in allowed:
        said = " ".join(found.reasons)
        raise UsageError(f"{task.file.name} would lose what others wrote. {said} To go on: {found.command}")


def _explain(task: _Task, options: Namespace, console: Console) -> None:
    """Print what to configure outside of the repository, and what each job may do."""
    claim = claims.of(task.workflow.view, remote=generated.remote(task.workspace.root))
    if options.json:
        console.json(documents.builtins(claim))
    else:
        console.data(claims.text(claim))
