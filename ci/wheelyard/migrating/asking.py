"""What the calls of today's workflows build, as cibuildwheel itself says: the version they use, and ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wheelyard.errors import OutsideError
from wheelyard.locking import identifiers
from wheelyard.locking.identifiers import Reply, Run
from wheelyard.migration import selection
from wheelyard.migration.calls import Call
from wheelyard.targets import Identifier, Platform, Target

# Stands instead of the project's own options, so that all identifiers there are come out.
_ANY = (("CIBW_BUILD", "*"), ("CIBW_SKIP", "none"), ("CIBW_PROJECT_REQUIRES_PYTHON", ">=3"))
_GONE = ("CIBW_FREE_THREADED_SUPPORT", "CIBW_PRERELEASE_PYTHONS")


@dataclass(frozen=True, kw_only=True)
class Built:
    """The identifiers of each call: with its own cibuildwheel and with ours, and what ours has in each group."""

    before: tuple[frozenset[Identifier], ...]
    now: tuple[frozenset[Identifier], ...]
    by_group: Mapping[str, frozenset[Identifier]]
    versions: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def known(self) -> frozenset[Identifier]:
        """All that ours can build."""
        return union(self.by_group.values())

    @property
    def wanted(self) -> tuple[frozenset[Identifier], ...]:
        """Of each call: what it builds today, as far as that still is to be had, and what ours adds."""
        return tuple(now | (before & self.known) for now, before in zip(self.now, self.before, strict=True))


def union(sets: Iterable[frozenset[Identifier]]) -> frozenset[Identifier]:
    """All identifiers of all sets."""
    return frozenset().union(*sets)


def ask(calls: Sequence[Call], *, root: Path) -> Built:
    """Ask for every call; nothing is asked where there is none."""
    ours = identifiers.installed()
    if not calls:
        return Built(before=(), now=(), by_group={}, versions={"ours": ours, "theirs": ours}, notes=())
    package = root / calls[0].package
    by_group: dict[str, frozenset[Identifier]] = {}
    if any(call.version or "CIBW_ENABLE" in call.environment for call in calls):
        by_group = _groups({call.platform for call in calls}, root=root, package=package, version=ours)
    now = _replies([_modern(call, by_group) for call in calls], root=root, version=ours)
    before, notes = _before(calls, now, root=root)
    refused = [
        f"{call.place}: cibuildwheel {ours} refuses it: {reply.refusal}"
        for call, reply in zip(calls, now, strict=True)
        if reply.refusal
    ]
    theirs = sorted({call.version for call in calls if call.version})
    return Built(
        before=tuple(reply.identifiers for reply in before),
        now=tuple(reply.identifiers for reply in now),
        by_group=by_group or {"": union(reply.identifiers for reply in now)},
        versions={"ours": ours, "theirs": " and ".join(theirs) or ours},
        notes=(*notes, *refused),
    )


def selected(targets: Iterable[Target], *, package: Path) -> frozenset[Identifier]:
    """What the options in the folder `package` select for these targets."""
    runs = [Run(platform=t.platform, machine="arm64", arguments=("--archs", t.arch)) for t in targets]
    replies = identifiers.of_runs(runs, root=package, package=package, cibuildwheel=identifiers.installed())
    return union(reply.identifiers for reply in replies)


def _modern(call: Call, by_group: Collection[str]) -> Call:
    """The call without what only an older cibuildwheel takes: groups that are gone, variables that became groups."""
    variables = {name: value for name, value in call.environment.items() if name not in _GONE}
    if enabled := [group for group in variables.pop("CIBW_ENABLE", "").split() if group in by_group]:
        variables["CIBW_ENABLE"] = " ".join(enabled)
    return replace(call, environment=variables)


def _before(calls: Sequence[Call], now: Sequence[Reply], *, root: Path) -> tuple[list[Reply], list[str]]:
    """The replies of the cibuildwheel that each call uses; of ours where that cannot be told or had."""
    found, notes = list(now), []
    for version in sorted({call.version or "" for call in calls}):
        places = [number for number, call in enumerate(calls) if (call.version or "") == version]
        if not version:
            notes.append(f"{calls[places[0]].place}: which cibuildwheel it uses cannot be told; ours was asked.")
            continue
        try:
            exact = _exact(version)
            replies = _replies([calls[number] for number in places], root=root, version=exact)
        except OutsideError as error:
            notes.append(f"cibuildwheel {version} could not be asked, ours was: {str(error).splitlines()[0]}")
            continue
        for number, reply in zip(places, replies, strict=True):
            found[number] = reply
    return found, notes


def _exact(version: str) -> str:
    """A version as pip takes it: `3.1` is the newest of its patches."""
    return version if version.count(".") > 1 else f"{version}.*"


def _replies(calls: Sequence[Call], *, root: Path, version: str) -> tuple[Reply, ...]:
    by_package: dict[str, list[int]] = {}
    for number, call in enumerate(calls):
        by_package.setdefault(call.package, []).append(number)
    found: dict[int, Reply] = {}
    for package, places in by_package.items():
        runs = [_run(calls[number]) for number in places]
        replies = identifiers.of_runs(runs, root=root, package=root / package, cibuildwheel=version)
        found |= dict(zip(places, replies, strict=True))
    return tuple(found[number] for number in range(len(calls)))


def _run(call: Call) -> Run:
    pairs = zip(call.arguments[::2], call.arguments[1::2], strict=True)
    options = tuple(part for pair in pairs if pair[0] != "--platform" for part in pair)
    variables = tuple(pair for pair in call.environment.items() if pair[0] != "CIBW_PLATFORM")
    return Run(platform=call.platform, machine=call.machine.arch, arguments=options, environment=variables)


def _groups(
    platforms: Iterable[Platform], *, root: Path, package: Path, version: str
) -> dict[str, frozenset[Identifier]]:
    """What ours has without any group, which is called "", and with each."""
    names = ("", *selection.GROUPS, "all")
    order = sorted(platforms)
    runs = [
        Run(
            platform=platform,
            machine="arm64",
            arguments=("--archs", "all"),
            environment=(*_ANY, ("CIBW_ENABLE", name)),
        )
        for name in names
        for platform in order
    ]
    replies = iter(identifiers.of_runs(runs, root=root, package=package, cibuildwheel=version))
    found = {name: [next(replies) for _ in order] for name in names}
    known = {name: each for name, each in found.items() if not any("enable" in reply.refusal for reply in each)}
    return {name: union(reply.identifiers for reply in each) for name, each in known.items()}
