"""The house has floors: imports point strictly down, values never touch effects, verbs never touch each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import wheelyard

PACKAGE = Path(wheelyard.__file__).parent

# Bottom to top, by room: a module, or a package with all that is in it. A room imports only rooms on lower floors.
# Packages such as `planning` are corridors: they hold rooms of several floors, and nothing of their own.
FLOORS = (
    {"", "errors", "tables", "revision", "resources", "planning.abi", "words", "locking.ask_cibuildwheel",
     "releasing.standing", "releasing.changelog", "planning.legacy"},
    {"targets", "doors.files", "doors.process", "doors.web", "doors.crew", "doors.tars", "machine.diagnosis"},
    {"documents", "planning.runners", "automation", "wheels", "doors.git", "doors.toolbox", "building.sdist",
     "generating.generated", "building.canonical", "doors.downloads", "doors.archives", "building.patches"},
    {"config", "releasing.manifest", "planning.plan", "doors.console", "engines", "planning.schedule",
     "building.comparison", "building.surroundings", "building.sdks"},
    {"locking.lock", "releasing.guards", "releasing.upstream", "locking.identifiers", "planning.coverage",
     "building.wheelhouse", "audit", "index", "stores", "cli", "building.macos", "building.inputs",
     "building.requirements", "releasing.verdicts"},
    {"locking.pins", "planning.builds", "planning.cautions", "workspace", "building.builder", "releasing.artifacts",
     "releasing.checks", "releasing.tagging", "status.stages", "page", "sessions", "__main__"},
    {"locking.actions", "planning.durations", "locking.resolving", "building.orders", "render",
     "building.reproduction", "releasing.gathering", "releasing.lookup", "migration", "reference",
     "status.continuing"},
    {"planning.crossing", "building.without_engine", "building.copying", "building.testing"},
    {"planning.rows"},
    {"planning.stages"},
    {"planning.planner"},
    {"report"},
    {"planning.advice", "generating.generation", "releasing.publication"},
    {"planning.overview", "releasing.readiness", "machine.inventory", "machine.prospects", "status.survey",
     "migrating"},
    {"verbs"},
)  # fmt: skip
# Rooms that decide and never act: no file, program, network or terminal.
VALUES = {
    "errors", "tables", "revision", "planning.abi", "targets", "documents", "planning.runners", "automation",
    "wheels", "config", "building.macos", "releasing.manifest", "planning.plan", "planning.schedule", "locking.lock",
    "planning.coverage", "locking.pins", "planning.builds", "planning.cautions", "planning.durations",
    "planning.planner", "planning.advice", "planning.overview", "releasing.standing", "releasing.changelog",
    "machine.diagnosis", "releasing.guards", "releasing.tagging", "page", "words", "migration", "planning.legacy",
    "reference", "status.stages", "status.continuing", "planning.crossing", "planning.rows", "planning.stages",
}  # fmt: skip
EFFECTS = {
    "doors.files", "doors.process", "doors.git", "releasing.upstream", "doors.toolbox", "doors.console", "workspace",
    "generating.generated", "locking.identifiers", "building.wheelhouse", "building.canonical",
    "building.comparison", "building.surroundings", "building.reproduction", "doors.downloads", "doors.archives",
    "building.sdks", "building.patches", "building.inputs", "building.requirements", "migrating",
}  # fmt: skip
ROOMS = {name for floor in FLOORS for name in floor}
CORRIDORS = {name.partition(".")[0] for name in ROOMS if "." in name} - ROOMS
ACTING = {"subprocess", "socket", "requests", "shutil", "tempfile", "urllib", "http"}


def modules() -> dict[str, Path]:
    """Every module of the package, by its name below `wheelyard`."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] != "templates":
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


def imported(path: Path) -> set[str]:
    """What a file imports, wherever in the file, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def own(path: Path) -> set[str]:
    """Those modules of the package that a file imports."""
    names = {name.removeprefix("wheelyard.") for name in imported(path) if name.startswith("wheelyard.")}
    return names & set(MODULES) - CORRIDORS


def room(module: str) -> str:
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in ROOMS), parts[0])


def test_every_room_has_one_floor() -> None:
    rooms = [name for floor in FLOORS for name in floor]
    assert sorted(rooms) == sorted({room(module) for module in MODULES} - CORRIDORS)


@pytest.mark.parametrize("corridor", sorted(CORRIDORS))
def test_corridors_are_empty(corridor: str) -> None:
    (sentence,) = ast.parse(MODULES[corridor].read_text()).body
    assert isinstance(sentence, ast.Expr)


@pytest.mark.parametrize("module", sorted(MODULES.keys() - CORRIDORS))
def test_imports_point_strictly_down(module: str) -> None:
    level = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    others = {name for name in own(MODULES[module]) if room(name) != room(module)}
    assert [name for name in others if level[room(name)] >= level[room(module)]] == []


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) in VALUES])
def test_values_never_touch_effects(module: str) -> None:
    reached = {room(name) for name in own(MODULES[module])} & EFFECTS
    assert reached | {name for name in imported(MODULES[module]) if room(name) in ACTING} == set()


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("verbs.")])
def test_verbs_never_import_each_other(module: str) -> None:
    assert [name for name in own(MODULES[module]) if name.startswith("verbs.") and name != module] == []


def test_only_the_console_prints() -> None:
    printing = {
        module
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"locking.ask_cibuildwheel"}  # runs in another environment, whose answer is what it prints
