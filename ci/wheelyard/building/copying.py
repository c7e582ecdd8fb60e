"""The clean copy of the repository that a run works in, with all that goes into it besides the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from wheelyard.building import inputs, orders
from wheelyard.doors import files, git
from wheelyard.workspace import Workspace

if TYPE_CHECKING:
    from wheelyard.doors.console import Console


@contextmanager
def copied(run: orders.Run, workspace: Workspace, *, macos: bool, console: Console) -> Iterator[orders.Run]:
    """The run with its copy in place, for jobs on `macos` or not; its work folder is removed at the end."""
    files.remove(run.work)
    files.folder(run.work)
    tool = workspace.config.tool
    try:
        git.export(workspace.root, run.source)
        with console.download() as tell:
            fetcher = replace(run.requirements.fetcher, tell=tell)
            clean = not run.plan.revision.dirty
            found, remarks = inputs.put(tool, run.source, fetcher=fetcher, clean=clean, macos=macos)
        for remark in remarks:
            console.warn(remark)
        yield replace(run, inputs=found)
    finally:
        files.remove(run.work)
