"""Look at all that a release needs before it is tagged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard.building import sdist
from wheelyard.doors import files, git
from wheelyard.errors import OutsideError, WheelyardError
from wheelyard.generating import generation
from wheelyard.locking import resolving
from wheelyard.releasing import changelog, guards, tagging, upstream
from wheelyard.releasing.tagging import Check, Outcome, Wish, judged
from wheelyard.revision import Revision
from wheelyard.workspace import Workspace

if TYPE_CHECKING:
    from wheelyard.releasing.standing import Standing


def version(workspace: Workspace, *, tag: str | None = None) -> str:
    """The version that the build backend gives this commit, or would give it if it had `tag`: it is asked in a copy."""
    with files.scratch("tag") as scratch:
        copy = files.folder(scratch / "source")
        git.export(workspace.root, copy)
        if tag is not None:
            git.call(copy, "update-ref", f"refs/tags/{tag}", "HEAD")
        return sdist.version(copy / workspace.config.tool.package)


def checks(
    workspace: Workspace, wish: Wish, revision: Revision, *, remote: str
) -> tuple[tuple[Check, ...], Standing | None]:
    """Every check, whatever the others said, and the standing they were made of, if the remote answered."""
    found = [_attempted("version", lambda: _version(workspace, wish)), _changelog(workspace, wish)]
    standing = None
    try:
        standing = upstream.look(workspace.root, remote=remote)
    except OutsideError as error:
        found.append(Check(name="remote", outcome=Outcome.UNREACHABLE, words=str(error)))
        found.append(judged("tree", guards.of_source(revision), "clean"))
    else:
        found += (
            tagging.of_tree(revision, standing),
            tagging.of_branch(standing, wanted=workspace.config.tool.release.branch),
            tagging.of_step(standing),
            tagging.of_tag(wish, standing),
            tagging.of_others(wish, standing),
        )
    found += (*_made(workspace), _ci(workspace, str(revision.commit), remote))
    return tuple(found), standing


def _attempted(name: str, look: Callable[[], Check]) -> Check:
    """A check; what keeps it from being made is what is wrong."""
    try:
        return look()
    except WheelyardError as error:
        return judged(name, [str(error)], "")


def _version(workspace: Workspace, wish: Wish) -> Check:
    given = version(workspace, tag=wish.tag) if wish.stated is None and wish.asked else None
    return tagging.of_version(wish, given=given)


def _changelog(workspace: Workspace, wish: Wish) -> Check:
    path = _changelog_file(workspace)
    if path is None:
        words = "no changelog, unless [tool.wheelyard.release] changelog names one"
        return Check(name="changelog", outcome=Outcome.NOTHING, words=words)
    name = path.relative_to(workspace.root).as_posix()
    return _attempted(
        "changelog",
        lambda: tagging.of_changelog(wish, file=name, found=changelog.entry(files.text(path), wish.version)),
    )


def _changelog_file(workspace: Workspace) -> Path | None:
    """The changelog that the configuration names, or the first usual one of the package, then of the repository."""
    if (name := workspace.config.tool.release.changelog) is not None:
        return workspace.root / name
    for folder in (workspace.package, workspace.root):
        there = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
        for name in changelog.FILES:
            if name.lower() in there:
                return there[name.lower()]
    return None


def _made(workspace: Workspace) -> tuple[Check, Check]:
    """What is generated: the lock, and of that the workflow."""
    lock = _attempted("lock", lambda: _lock(workspace))
    if lock.outcome is not Outcome.PASSED:
        return lock, Check(name="workflow", outcome=Outcome.NOT_ASKED, words="the lock comes first")
    return lock, _attempted("workflow", lambda: _workflow(workspace))


def _lock(workspace: Workspace) -> Check:
    change = resolving.current(workspace)
    return judged("lock", () if change.none else (resolving.stale(change),), "fresh")


def _workflow(workspace: Workspace) -> Check:
    tool = workspace.config.tool
    there = (workspace.root / generation.WORKFLOWS / tool.workflow.file).exists()
    if not there and not tool.release.store.startswith("github"):
        return Check(name="workflow", outcome=Outcome.NOTHING, words="no workflow, and the store is not GitHub")
    said = generation.problem(generation.task(workspace))
    return judged("workflow", [said] if said else (), "fresh")


def _ci(workspace: Workspace, commit: str, remote: str) -> Check:
    """What GitHub says of the commit, where it can be asked."""
    from wheelyard.stores import github  # noqa: PLC0415  # requests is slow to import
    from wheelyard.stores.github import actions  # noqa: PLC0415

    try:
        client = github.client(workspace.config.tool.release.store, workspace.root, remote=remote)
        return tagging.of_checks(actions.checks(client, commit))
    except WheelyardError as error:
        return Check(name="CI", outcome=Outcome.NOT_ASKED, words=str(error))
