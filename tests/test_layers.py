"""The house has floors: imports point strictly down, values never touch effects, verbs never touch each other."""

from __future__ import annotations

import ast
from pathlib import Path

import wheelyard

PACKAGE = Path(wheelyard.__file__).parent

# Bottom to top; within a row no module imports another. `values` decide, `effects` act, `plug-ins` and `steps` do both.
FLOORS: tuple[tuple[str, frozenset[str]], ...] = (
    ("values", frozenset({"", "errors"})),
    ("values", frozenset({"targets", "revision"})),
    ("values", frozenset({"documents"})),
    ("values", frozenset({"config", "wheels", "manifest"})),
    ("values", frozenset({"lock", "plan"})),
    ("effects", frozenset({"process", "files", "resources", "console"})),
    ("effects", frozenset({"git", "toolbox", "wheelhouse", "workspace"})),
)


def modules() -> dict[str, Path]:
    """Every module of the package by its name below `wheelyard`."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports(path: Path) -> set[str]:
    """The modules of the package that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    known = modules()
    short = {
        name.removeprefix("wheelyard").removeprefix(".") for name in found if name.partition(".")[0] == "wheelyard"
    }
    return {name for name in short if name in known and name}
