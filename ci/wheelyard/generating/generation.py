"""The files that a workspace should have for its releases on GitHub, held against those it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wheelyard.errors import FindingsError, UsageError
from wheelyard.generating import generated
from wheelyard.generating.generated import File
from wheelyard.locking import pins, resolving
from wheelyard.locking.lock import Lock
from wheelyard.planning import planner
from wheelyard.render import drift, workflow
from wheelyard.render.drift import Drift
from wheelyard.render.workflow import Workflow
from wheelyard.revision import Revision
from wheelyard.workspace import Workspace

WORKFLOWS = Path(".github/workflows")
NOXFILE = Path("noxfile.py")
_SESSIONS = "wheelyard.sessions"

# The workflow is made of config and lock alone: no commit is part of it.
_ANY = Revision(commit=None, tree="", date=0, dirty=False)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A workspace with its lock, the workflow these make, and the file it belongs in."""

    workspace: Workspace
    lock: Lock
    workflow: Workflow
    file: File

    @property
    def noxfile(self) -> File:
        """What the workflow's commands run."""
        return generated.look(self.workspace.root, NOXFILE)

    @property
    def drift(self) -> Drift | None:
        """How the file differs from the workflow; None when it does not, or is not there."""
        if self.file.text is None:
            return None
        return drift.of(self.file.text, self.workflow.text, pinned=pins.effective(self.lock), name=self.file.name)


def task(workspace: Workspace) -> Task:
    """The task of the committed lock; a workflow is never made of one that is not committed."""
    change = resolving.current(workspace)
    if not change.none:
        raise FindingsError(resolving.stale(change))
    return of(workspace, change.after)


def of(workspace: Workspace, locked: Lock) -> Task:
    """The task of a lock."""
    made = workflow.make(
        workspace.config,
        planner.make(workspace.config, locked, _ANY),
        pins.effective(locked),
        custom=_custom(workspace),
    )
    file = generated.look(workspace.root, WORKFLOWS / workspace.config.tool.workflow.file)
    return Task(workspace=workspace, lock=locked, workflow=made, file=file)


def _custom(workspace: Workspace) -> Path | None:
    """The user's own templates."""
    name = workspace.config.tool.workflow.templates
    if name is None:
        return None
    folder = workspace.root / name
    if not folder.is_dir():
        raise UsageError(f"[tool.wheelyard.workflow] templates: there is no folder {folder}.")
    return folder


def problem(task: Task) -> str | None:
    """Why the files will not do, and the command that mends them; None when they are as they should be."""
    if task.file.text is None:
        return f"There is no {task.file.name}. Run `wheelyard generate` and commit it."
    if (found := task.drift) is not None:
        said = "\n".join(f"  {reason}" for reason in found.reasons)
        return f"{task.file.name} is not what it would be now.\n{said}\nTo mend it: {found.command}"
    return lacking(task.noxfile)


def lacking(noxfile: File) -> str | None:
    """Why the workflow's commands would find no session."""
    if noxfile.text is None:
        return f"There is no {noxfile.name}, which the workflow runs. Run `wheelyard generate` and commit it."
    if _SESSIONS not in noxfile.text:
        return f"{noxfile.name} registers none of the sessions that the workflow runs. Add: import {_SESSIONS}"
    return None
