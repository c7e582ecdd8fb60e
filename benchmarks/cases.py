"""The releases that scheduling is measured on: nine real matrices, and numpy's and mypy's own measured durations."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from wheelyard import config
from wheelyard.config import Config
from wheelyard.locking import lock
from wheelyard.locking.lock import Lock
from wheelyard.planning import builds, durations, planner, rows
from wheelyard.planning.rows import Row
from wheelyard.planning.runners import Slots
from wheelyard.targets import Identifier, Target

HERE = Path(__file__).parent
MATRICES = HERE.parent / "tests/matrices"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One release: its rows as the planner hands them to the scheduler, and the jobs the project itself runs."""

    name: str
    config: Config
    lock: Lock
    rows: tuple[Row, ...]
    own: tuple[frozenset[str], ...]

    @property
    def slots(self) -> Slots:
        """What GitHub gives a free account."""
        return planner.slots_of(self.config)


def measured() -> list[dict[str, Any]]:
    """Public durations of real CI runs, each with its source."""
    points: list[dict[str, Any]] = json.loads((MATRICES / "durations.json").read_text())["points"]
    return points


def table(project: str) -> dict[str, float]:
    """Measured minutes of a project's identifiers, less what every job pays; `x/variant` for variants."""
    found: dict[str, float] = {}
    for point in measured():
        if point["kind"] == "identifier" and point["project"].startswith(project):
            name = point["job"].replace("/openblas", "")
            found[name] = max(0.1, point["minutes"] - durations.FIXED_ELSEWHERE - durations.CONTAINER)
    return found


def every() -> Iterator[Case]:
    """Nine matrices with durations, then the two projects that published theirs for each identifier."""
    for path in sorted(MATRICES.glob("*.toml")):
        yield _matrix(path)
    for project in ("numpy", "mypy"):
        yield _published(project)


def _matrix(path: Path) -> Case:
    """A matrix with a spread of durations around the median of its platform: seeded, so always the same."""
    found = json.loads(path.with_suffix(".json").read_text())
    parsed = config.parse(path.read_text(), source=path.name)
    parsed = _with(parsed, split="auto")
    own = tuple(frozenset(job["identifiers"]) for job in found["jobs"] if job["identifiers"])
    identifiers = {Identifier.parse(name) for job in own for name in job}
    chance = random.Random(path.stem)  # noqa: S311  # no secret, only a spread
    size = chance.choice((0.1, 0.4, 1.0, 3.0))
    minutes = {
        str(name): round(_typical(parsed, name) * size * chance.uniform(0.7, 1.5), 2) for name in sorted(identifiers)
    }
    return _case(path.stem, parsed, identifiers, minutes, own)


def _published(project: str) -> Case:
    minutes = table(project)
    names = {re.sub(r"/.*", "", name) for name in minutes}
    identifiers = {Identifier.parse(name) for name in names}
    targets = ", ".join(f'"{target}"' for target in sorted({i.target for i in identifiers}))
    text = f'[project]\nname = "{project}"\n[tool.wheelyard]\ntargets = [{targets}]\n'
    variants = " ".join(name.partition("/")[0] for name in minutes if "/" in name)
    if variants:
        text += f'[[tool.wheelyard.override]]\nselect = "{variants}"\nvariant = "accelerate"\n'
    only = {name.partition("/")[0]: minutes[name] for name in minutes if name.partition("/")[0] not in minutes}
    parsed = config.parse(text, source=project)
    own = tuple(frozenset((name.partition("/")[0],)) for name in minutes)
    return _case(f"{project} (measured)", parsed, identifiers, {**only, **minutes}, own)


def _case(
    name: str, parsed: Config, identifiers: set[Identifier], minutes: dict[str, float], own: tuple[frozenset[str], ...]
) -> Case:
    by_target: dict[Target, tuple[Identifier, ...]] = {
        target: tuple(i for i in identifiers if i.target is target) for target in parsed.tool.targets
    }
    made = lock.made(parsed, cibuildwheel="4.3.3", identifiers=by_target)
    made = replace(made, durations=minutes)
    planned = rows.of(parsed, made, builds.of(parsed, made))
    return Case(name=name, config=parsed, lock=made, rows=planned, own=own)


def _typical(parsed: Config, identifier: Identifier) -> float:
    if identifier.target in parsed.tool.emulate:
        return durations.EMULATED_PRIOR
    return durations.PRIORS[identifier.target.platform]


def _with(parsed: Config, **changes: object) -> Config:
    return replace(parsed, tool=replace(parsed.tool, **changes))
