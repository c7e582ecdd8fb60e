"""Nine real projects, each as small tables: the plan has exactly their identifiers on their runners.

Each table says in its first lines what it cannot say the same way; `tests/matrices` holds what the projects run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planning import REVISION
from wheelyard import config
from wheelyard.locking import identifiers, lock
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan

MATRICES = Path(__file__).parent / "matrices"
NAMES = sorted(path.stem for path in MATRICES.glob("*.toml"))

Built = tuple[str, str | None, str, bool]


@pytest.fixture(scope="module", params=NAMES)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Plan]:
    """A project's name and its plan, with the identifiers cibuildwheel gives now."""
    name: str = request.param
    text = (MATRICES / f"{name}.toml").read_text()
    folder = tmp_path_factory.mktemp(name)
    (folder / "pyproject.toml").write_text(text)
    read = config.parse(text, source="pyproject.toml")
    version = identifiers.installed()
    answer = identifiers.ask(read, package=folder, cibuildwheel=version)
    made = lock.made(read, cibuildwheel=version, identifiers=answer.selected)
    return name, planner.make(read, made, REVISION)


def theirs(name: str) -> list[Built]:
    """What the project runs, an entry for each identifier and variant."""
    found: list[Built] = []
    jobs: list[dict[str, Any]] = json.loads((MATRICES / f"{name}.json").read_text())["jobs"]
    for job in jobs:
        for identifier in job["identifiers"]:
            variant = "accelerate" if job["job"].endswith("/accelerate") else None
            found.append((identifier, variant, job["runner"], job["emulated"]))
    return sorted((_as_here(name, built) for built in found), key=repr)


def _as_here(name: str, built: Built) -> Built:
    """What cannot be said the same way, as the tables' first lines tell."""
    identifier, variant, runner, emulated = built
    if name == "markupsafe" and identifier.endswith("x86_64"):
        return identifier, variant, runner, False
    if name == "numpy-release" and identifier == "cp314t-macosx_x86_64":
        return identifier, None, runner, emulated
    return built


def test_a_real_project_is_planned_as_it_is_built(project: tuple[str, Plan]) -> None:
    name, plan = project
    ours = [(str(i), job.variant, job.runner[0], job.emulated) for job in plan.jobs for i in job.identifiers]
    assert sorted(ours, key=repr) == theirs(name)


def test_each_of_their_wheels_is_expected_once(project: tuple[str, Plan]) -> None:
    _, plan = project
    expected = [(identifier, e.variant) for e in plan.expected for identifier in e.identifiers]
    assert len(expected) == len(set(expected)) == len(plan.identifiers)
