"""`[tool.wheelyard]` for what the workflows of a repository do today."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wheelyard.building import macos
from wheelyard.migration import around, deployment, globs
from wheelyard.migration.document import listed
from wheelyard.migration.project import Facts
from wheelyard.migration.today import Today
from wheelyard.planning import runners
from wheelyard.targets import Identifier, Platform, Target

# What a package with native code starts with where no workflow says more.
START = (Target.LINUX_X86_64, Target.LINUX_AARCH64, Target.MACOS_ARM64, Target.MACOS_X86_64, Target.WINDOWS_AMD64)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is there beside the workflows: the store to keep releases in, and the workflow file to write, if named.

    `start` are the targets where no workflow says which.
    """

    store: str | None = None
    file: str | None = None
    start: tuple[Target, ...] = START


def table(
    today: Today, facts: Facts, built: Sequence[frozenset[Identifier]], beside: Surroundings
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The table and notes on what it leaves out; `built` are the identifiers of each call of `today`."""
    notes: list[str] = []
    targets = _targets(facts, built, beside)
    if not today.calls and (lost := [str(target) for target in START if targets and target not in targets]):
        notes.append(f"[tool.cibuildwheel] selects nothing for {', '.join(lost)}: no targets.")
    made: dict[str, Any] = {"targets": [str(target) for target in targets]} if targets else {"pure": True}
    if facts.package != ".":
        made["package"] = facts.package
    notes += [
        f"{call.place}: its options are in a file of their own ({call.config}). Move them into [tool.cibuildwheel]."
        for call in today.calls
        if call.config
    ]
    made |= _machines(today, targets, built, notes)
    made |= _macos(today, built)
    made |= _checkout(today)
    made |= around.steps(today, built, notes)
    made |= _triggers(today, facts, notes)
    made |= _release(today, facts, beside)
    made |= _publish(today, notes)
    made |= _workflow(today, beside)
    return made, tuple(dict.fromkeys(notes))


def _targets(facts: Facts, built: Sequence[frozenset[Identifier]], beside: Surroundings) -> tuple[Target, ...]:
    found = {identifier.target for identifiers in built for identifier in identifiers}
    if found:
        return tuple(target for target in Target if target in found)
    return beside.start if facts.native else ()


def _machines(
    today: Today, targets: Iterable[Target], built: Sequence[frozenset[Identifier]], notes: list[str]
) -> dict[str, Any]:
    """`runners` and `emulate`, where they are not what wheelyard takes anyway."""
    chosen: dict[str, Any] = {}
    emulated: list[str] = []
    for target in targets:
        calls = [call for call, found in zip(today.calls, built, strict=True) if target in {i.target for i in found}]
        if not calls:
            continue
        labels = Counter(call.machine.labels for call in calls)
        (most, _), *others = labels.most_common()
        place = next(call.place for call in calls if call.machine.labels == most)
        if others:
            rest = ", ".join(" ".join(each) for each, _ in others)
            notes.append(f"{place}: {target} is built on {' '.join(most)} and on {rest}: the first is taken for all.")
        if target.platform is Platform.LINUX and not runners.is_native(target, calls[0].machine.arch):
            if runners.default(target, emulated=False) in runners.LABELS:
                notes.append(f"{place}: {target} is emulated here, and will be built on a machine of its own kind.")
            else:
                emulated.append(str(target))
        elif (label := _label(target, most, place, notes)) is not None:
            chosen[str(target)] = label
    return {**({"runners": chosen} if chosen else {}), **({"emulate": emulated} if emulated else {})}


def _label(target: Target, labels: tuple[str, ...], place: str, notes: list[str]) -> str | list[str] | None:
    """What `runners` says of a target; None where the default is the same kind of machine."""
    default = runners.default(target, emulated=False)
    label = labels[0]
    if len(labels) > 1 or label not in (*runners.LABELS, *runners.PARTNER_LABELS, *runners.RETIRED_LABELS):
        return list(labels)
    if label in runners.RETIRED_LABELS:
        notes.append(f"{place}: the runner {label} is retired; {target} is built on {default}.")
        return None
    moving = label.endswith("-latest") and runners.LABELS[label] == runners.LABELS.get(default)
    return None if moving or label == default else label


def _macos(today: Today, built: Sequence[frozenset[Identifier]]) -> dict[str, Any]:
    """The deployment target: one for all of macOS, and overrides where it is another one, or cannot be kept."""
    asked = {
        identifier: call.deployment_target
        for call, found in zip(today.calls, built, strict=True)
        for identifier in found
        if call.platform is Platform.MACOS and call.deployment_target
    }
    every = frozenset().union(*built)
    values = sorted(set(asked.values()))
    chosen = {value: [identifier for identifier in asked if asked[identifier] == value] for value in values}
    pairs = {" ".join(globs.naming(chosen[value], among=every)): value for value in values}
    found: dict[str, Any] = {}
    if len(values) == 1 and all(identifier in asked for identifier in every if identifier.system == "macosx"):
        found, pairs = {"macos": {"deployment-target": values[0]}}, {}
    pairs |= deployment.raised([each for each in every if each.arch != "arm64"], asked.get)
    if pairs:
        found["override"] = [{"select": select, "env": {macos.TARGET: value}} for select, value in pairs.items()]
    return found


def _checkout(today: Today) -> dict[str, Any]:
    found: dict[str, Any] = {}
    submodules, depth = today.checkout.text("submodules"), today.checkout.text("fetch-depth")
    if submodules in {"true", "recursive"}:
        found["submodules"] = submodules if submodules == "recursive" else True
    if depth.isdecimal() and depth != "1":
        found["fetch-depth"] = int(depth)
    return {"checkout": found} if found else {}


def _triggers(today: Today, facts: Facts, notes: list[str]) -> dict[str, Any]:
    """`on`: what starts the workflow."""
    patterns = _patterns(today)
    found: dict[str, Any] = {}
    if patterns and patterns != [f"{_prefix(patterns, facts)}*"]:
        found["tag"] = patterns[0] if len(patterns) == 1 else patterns
    crons = [each.text("cron") for each in today.triggers.tables("schedule") if each.text("cron")]
    if crons:
        found["schedule"] = crons[0] if len(crons) == 1 else crons
    if today.calls and "pull_request" in today.triggers:
        notes.append(
            f"{today.files[0]}: pull requests build wheels today, and will plan only."
            ' [tool.wheelyard.on] pull-request = "full" builds them all, a subset some.'
        )
    if "release" in today.triggers and not patterns:
        notes.append(f"{today.files[0]}: a release starts the builds today; here a tag does, and makes the release.")
    return {"on": found} if found else {}


def _release(today: Today, facts: Facts, beside: Surroundings) -> dict[str, Any]:
    """Where a release lives, and what its tag is called."""
    prefix = _prefix(_patterns(today), facts)
    found = {"store": beside.store} if beside.store else {}
    if prefix != "v":
        found["tag"] = f"{prefix}{{version}}"
    return {"release": found} if found else {}


def _patterns(today: Today) -> list[str]:
    """The tags that start a release today."""
    given = listed(today.triggers.table("push").get("tags"))
    return [str(pattern) for pattern in given if not str(pattern).startswith("!")]


def _prefix(patterns: Iterable[str], facts: Facts) -> str:
    """What stands before the version in a tag."""
    for pattern in patterns:
        start = re.match(r"[^*?+\[\]{}0-9]*", pattern)
        if start and (start[0] or pattern[:1] in "[0123456789"):
            return start[0]
    versions = [found[1] for tag in reversed(facts.tags) if (found := re.fullmatch(r"(.*?)\d+\.\d+\S*", tag))]
    return versions[0] if versions else "v"


def _publish(today: Today, notes: list[str]) -> dict[str, Any]:
    """`publish`; how a release leaves today decides it."""
    found: dict[str, Any] = {}
    test, default = _indexes()
    real = [each for each in today.publishing if not _is_at(each.url, test)]
    for each in real[:1]:
        if each.environment and each.environment != "pypi":
            found["environment"] = str(each.environment)
        if each.url and not _is_at(each.url, default):
            found["index"] = str(each.url)
        if not each.attest:
            found["attest"] = False
        if not each.trusted:
            notes.append(
                f"{each.place}: a password or token publishes today. Configure the trusted publisher that"
                " `wheelyard generate --explain` prints, then delete the secret."
            )
    if real:
        notes.append(f"{real[0].place}: would publish too. Remove it, or its trigger, before the next tag.")
    elif today.calls:
        notes.append("No workflow publishes to an index. The new one does, from a tag.")
    return {"publish": found} if found else {}


def _indexes() -> tuple[str, str]:
    """The domains of TestPyPI and of PyPI, from twine's own settings."""
    from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY  # noqa: PLC0415  # twine is slow to import

    return _host(TEST_REPOSITORY), _host(DEFAULT_REPOSITORY).removeprefix("upload.")


def _is_at(url: str, domain: str) -> bool:
    return _host(url) == domain or _host(url).endswith(f".{domain}")


def _host(url: str) -> str:
    return re.sub(r"^\w+://|[/:?#].*$", "", url)


def _workflow(today: Today, beside: Surroundings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if beside.file is not None:
        found["file"] = beside.file
    if any(each.step.text("uses").startswith(f"{around.MSVC}@") for each in today.around):
        found["msvc"] = True
    return {"workflow": found} if found else {}
