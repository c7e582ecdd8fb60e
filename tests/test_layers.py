"""The house has floors: imports point strictly down, values never touch effects, verbs never touch each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import wheelyard

PACKAGE = Path(wheelyard.__file__).parent

# Bottom to top, by room: a module, or a package with all that is in it. A room imports only rooms on lower floors.
FLOORS = (
    {"", "errors", "tables", "revision", "resources", "abi", "words", "ask_cibuildwheel", "standing", "changelog",
     "legacy"},
    {"targets", "files", "process", "web", "diagnosis"},
    {"documents", "runners", "automation", "wheels", "git", "toolbox", "sdist", "generated", "canonical",
     "downloads", "archives", "patches"},
    {"config", "manifest", "plan", "console", "engines", "schedule", "comparison", "surroundings", "sdks"},
    {"lock", "guards", "upstream", "identifiers", "coverage", "wheelhouse", "audit", "index", "stores", "cli",
     "macos", "inputs"},
    {"pins", "builds", "cautions", "workspace", "builder", "artifacts", "release", "tagging", "stages", "page",
     "sessions", "__main__"},
    {"actions", "durations", "locking", "orders", "render", "reproduction", "gathering", "lookup", "migration",
     "reference", "continuing"},
    {"planner", "without_engine"},
    {"report"},
    {"advice", "generation", "publication"},
    {"overview", "readiness", "machine", "prospects", "survey", "migrating"},
    {"verbs"},
)  # fmt: skip
# Rooms that decide and never act: no file, program, network or terminal.
VALUES = {
    "errors", "tables", "revision", "abi", "targets", "documents", "runners", "automation", "wheels", "config", "macos",
    "manifest", "plan", "schedule", "lock", "coverage", "pins", "builds", "cautions", "durations", "planner",
    "advice", "overview", "standing", "changelog", "diagnosis", "guards", "tagging", "page", "words",
    "migration", "legacy", "reference", "stages", "continuing",
}  # fmt: skip
EFFECTS = {
    "files", "process", "git", "upstream", "toolbox", "console", "workspace", "generated", "identifiers", "wheelhouse",
    "canonical", "comparison", "surroundings", "reproduction", "downloads", "archives", "sdks",
    "patches", "inputs", "migrating",
}  # fmt: skip
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
    return names & set(MODULES)


def room(module: str) -> str:
    return module.partition(".")[0]


def test_every_room_has_one_floor() -> None:
    rooms = [name for floor in FLOORS for name in floor]
    assert sorted(rooms) == sorted({room(module) for module in MODULES})


@pytest.mark.parametrize("module", MODULES)
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
    assert printing <= {"ask_cibuildwheel"}  # runs in another environment, whose answer is what it prints
