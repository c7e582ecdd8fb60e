"""The lock of a workspace: as it is committed, or resolved again where that is stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wheelyard import identifiers, lock
from wheelyard.config import Config
from wheelyard.errors import ConfigError, listed, nearest
from wheelyard.identifiers import Answer
from wheelyard.lock import Lock
from wheelyard.targets import Identifier, selects
from wheelyard.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Change:
    """What differs between the committed lock and the one that is true now."""

    before: Lock | None
    after: Lock

    @property
    def come(self) -> tuple[Identifier, ...]:
        """Identifiers that are new."""
        known = self.before.every if self.before else frozenset()
        return tuple(
            identifier for found in self.after.identifiers.values() for identifier in found if identifier not in known
        )

    @property
    def gone(self) -> tuple[Identifier, ...]:
        """Identifiers that are no more."""
        before = self.before.identifiers if self.before else {}
        return tuple(
            identifier for found in before.values() for identifier in found if identifier not in self.after.every
        )

    @property
    def none(self) -> bool:
        """Whether the committed lock is true to the byte's meaning."""
        return self.before == self.after


def current(workspace: Workspace) -> Change:
    """The committed lock where it is fresh, else that and the one resolved now; nothing is written.

    Raises `UsageError` when the environment holds selectors of cibuildwheel or the lock cannot be read.
    """
    identifiers.refuse_selectors()
    committed = workspace.lock()
    if committed is not None and lock.is_fresh(committed, workspace.config):
        return Change(before=committed, after=committed)
    return resolved(workspace, committed)


def resolved(workspace: Workspace, committed: Lock | None, *, cibuildwheel: str | None = None) -> Change:
    """The committed lock and one resolved now, with the version of cibuildwheel that is locked unless one is given."""
    locked = committed.tools.get("cibuildwheel") if committed else None
    version = cibuildwheel or locked or identifiers.installed()
    answer = identifiers.ask(workspace.config, package=workspace.package, cibuildwheel=version)
    if problems := tuple(_problems(workspace.config, answer)):
        raise ConfigError(f"the selection in {workspace.config.source}", problems)
    after = lock.made(workspace.config, cibuildwheel=version, identifiers=answer.selected, previous=committed)
    return Change(before=committed, after=after)


def stale(change: Change) -> str:
    """Why the committed lock will not do, with the wheels that come and go."""
    if change.before is None:
        return f"There is no {lock.FILE}, so the identifiers were resolved now. Run `wheelyard lock` and commit it."
    lines = difference(change) or ("The identifiers are the same, but not what they were resolved from.",)
    return "\n  ".join((f"{lock.FILE} is stale. Run `wheelyard lock` and commit it.", *lines))


def difference(change: Change) -> tuple[str, ...]:
    """The identifiers that come and those that go, a line each."""
    lines = (("come", change.come), ("gone", change.gone))
    return tuple(f"{word}: {listed(found, most=20)}" for word, found in lines if found)


def _problems(config: Config, answer: Answer) -> Iterator[str]:
    """Patterns of `build` that select nothing, and targets that get no wheel."""
    build = config.cibuildwheel.get("build", "*")
    for pattern in build.split() if isinstance(build, str) else map(str, build):
        matched = {identifier for identifier in answer.known if selects(pattern, identifier)}
        if not matched:
            close = nearest(pattern, answer.known)
            yield f"[tool.cibuildwheel] build: {pattern!r} matches no identifier of this cibuildwheel.{close}"
        elif not matched & answer.enabled:
            yield f"[tool.cibuildwheel] build: {pattern!r} matches only a group that enable does not name."
    for target, selected in answer.selected.items():
        if not selected:
            known = [identifier for identifier in sorted(answer.known) if Identifier(identifier).target is target]
            yield (
                f"targets: nothing is selected for {target}. build, skip, enable and requires-python"
                f" ({config.project.requires_python or 'not given'}) leave none of {listed(known, most=4)}."
                f" Select one, or take {target} out of the targets."
            )
