"""The steps around a call of cibuildwheel as `[[tool.wheelyard.steps]]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wheelyard.migration.today import Around, Today
from wheelyard.targets import Identifier, Platform, Target

MSVC = "ilammy/msvc-dev-cmd"
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def steps(today: Today, built: Sequence[frozenset[Identifier]], notes: list[str]) -> dict[str, Any]:
    """Steps before the engine; `notes` takes those that cannot be carried over, each with its place."""
    found: list[dict[str, Any]] = []
    for each in today.around:
        if each.step.text("uses").startswith(f"{MSVC}@"):
            continue
        if (obstacle := _obstacle(each)) is not None:
            notes.append(f"{each.place}: {_named(each)} is not carried over: {obstacle}.")
            continue
        places = list(_places(today, each, built))
        if not places:
            notes.append(f"{each.place}: {_named(each)} is not carried over: it is for some jobs of a target only.")
        found += [{"when": each.when, **({"where": where} if where else {}), **_step(each)} for where in places]
    return {"steps": found} if found else {}


def _obstacle(each: Around) -> str | None:
    """Why a step cannot be carried over."""
    step = each.step
    uses = step.text("uses")
    if each.when == "after":
        return "building here tests and audits, and keeps what was made"
    if each.shell:
        return f"it has a shell or folder of its own ({each.shell})"
    if uses.startswith("./"):
        return "it is an action of this repository"
    if uses and not _PINNED.fullmatch(uses):
        return "an action has to be pinned to a commit. Pin it, and add it to [[tool.wheelyard.steps]]"
    values = (*step.table("with").values(), *step.table("env").values())
    if not (uses or step.text("run")) or not all(isinstance(value, str) for value in values):
        return "a part of it is known only while the workflow runs"
    return None


def _places(today: Today, each: Around, built: Sequence[frozenset[Identifier]]) -> Iterator[str]:
    """Globs of the targets it goes with: all, whole platforms, single ones; none where that cannot be said."""
    if len(each.jobs) == len(today.calls):
        yield ""
        return
    for platform in Platform:
        jobs = {number for number, call in enumerate(today.calls) if call.platform is platform and built[number]}
        if jobs and jobs <= each.jobs:
            yield f"{platform}-*"
        elif jobs & each.jobs:
            with_it, without = _targets(jobs & each.jobs, built), _targets(jobs - each.jobs, built)
            yield from (str(target) for target in Target if target in with_it - without)


def _targets(jobs: Iterable[int], built: Sequence[frozenset[Identifier]]) -> set[Target]:
    return {identifier.target for number in jobs for identifier in built[number]}


def _step(each: Around) -> dict[str, Any]:
    step = each.step
    parts = {key: step.text(key).rstrip() for key in ("name", "run", "uses") if step.text(key)}
    tables = {key: {name: str(value) for name, value in step.table(key).items()} for key in ("with", "env")}
    return {**parts, **{key: table for key, table in tables.items() if table}}


def _named(each: Around) -> str:
    first = (each.step.text("run").strip().splitlines() or [""])[0]
    return repr(each.step.text("name") or each.step.text("uses") or first or "a step")
