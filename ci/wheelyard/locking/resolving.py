"""The lock of a workspace: as it is committed, or resolved again where that is stale."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wheelyard.config import Config
from wheelyard.errors import ConfigError, listed, nearest
from wheelyard.locking import identifiers, lock, pins
from wheelyard.locking.identifiers import Answer
from wheelyard.locking.lock import Lock, Pin
from wheelyard.locking.pins import Use
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


def resolved(workspace: Workspace, committed: Lock | None, *, given: Iterable[Use] = ()) -> Change:
    """The committed lock and one resolved now, by the locked cibuildwheel: but for pins given, all else stays."""
    locked = committed.tools.get("cibuildwheel") if committed else None
    version = locked or identifiers.installed()
    kept = {**pins.DEFAULTS, **(committed.pins if committed else {})}
    kept |= pins.newer(given, kept)
    return _change(workspace, committed, version, kept, committed.durations if committed else {})


def upgraded(
    workspace: Workspace, committed: Lock | None, measured: Mapping[str, float], *, given: Iterable[Use] = ()
) -> Change:
    """The committed lock and one with the newest cibuildwheel, the newest pins known or given, and new durations."""
    version = identifiers.newest()
    moved = _newer_pins(committed.pins if committed else {})
    moved |= pins.newer(given, moved)
    known = {**(committed.durations if committed else {}), **measured}
    change = _change(workspace, committed, version, moved, known)
    alive = change.after.every
    durations = {name: known[name] for name in known if name.partition("/")[0] in alive}
    return _change(workspace, committed, version, moved, durations) if durations != known else change


def _newer_pins(locked: Mapping[str, Pin]) -> dict[str, Pin]:
    """The newer of the locked and our own pin of every action: a bot may have been ahead of this wheelyard."""

    def age(pin: Pin) -> tuple[int, ...]:
        return tuple(int(number) for number in re.findall(r"\d+", pin.tag))

    ahead = {
        action: pin
        for action, pin in locked.items()
        if action not in pins.DEFAULTS or age(pin) > age(pins.DEFAULTS[action])
    }
    return {**pins.DEFAULTS, **ahead}


def _change(
    workspace: Workspace,
    committed: Lock | None,
    cibuildwheel: str,
    moved: Mapping[str, Pin],
    durations: Mapping[str, float],
) -> Change:
    answer = identifiers.ask(workspace.config, package=workspace.package, cibuildwheel=cibuildwheel)
    if problems := tuple(_problems(workspace.config, answer)):
        raise ConfigError(f"the selection in {workspace.config.source}", problems)
    after = lock.made(
        workspace.config, cibuildwheel=cibuildwheel, identifiers=answer.selected, pins=moved, durations=durations
    )
    return Change(before=committed, after=after)


def stale(change: Change) -> str:
    """Why the committed lock will not do, with the wheels that come and go."""
    if change.before is None:
        return f"There is no {lock.FILE}, so the identifiers were resolved now. Run `wheelyard lock` and commit it."
    lines = difference(change) or ("The identifiers are the same, but not what they were resolved from.",)
    return "\n  ".join((f"{lock.FILE} is stale. Run `wheelyard lock` and commit it.", *lines))


def difference(change: Change) -> tuple[str, ...]:
    """What changes, a line each: versions, identifiers that come and that go, pins, durations."""
    before = change.before
    if before is None:
        return ()
    after = change.after
    lines = [
        f"{tool}: {before.tools.get(tool, 'none')} -> {version}"
        for tool, version in after.tools.items()
        if before.tools.get(tool) != version
    ]
    lines += [f"{w}: {listed(found, most=20)}" for w, found in (("come", change.come), ("gone", change.gone)) if found]
    lines += [
        f"{action}: {before.pins[action].tag if action in before.pins else 'none'} -> {pin.tag}"
        for action, pin in after.pins.items()
        if before.pins.get(action) != pin
    ]
    moved = sum(
        after.durations.get(name) != before.durations.get(name) for name in {**before.durations, **after.durations}
    )
    return (*lines, *([f"durations: {moved} changed"] if moved else []))


def _problems(config: Config, answer: Answer) -> Iterator[str]:
    """Patterns of `build` that select nothing, and targets that get no wheel; a pure package has neither."""
    if not config.tool.targets:
        return
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
