"""What files beside `pyproject.toml` say of a package: read, never run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any


def name(sources: Mapping[str, str]) -> str | None:
    """The name in these texts; None where it is not written out."""
    metadata = re.search(r"^\[metadata\]([^\[]*)", sources.get("setup.cfg", ""), re.MULTILINE)
    written = re.search(r"^name\s*[=:]\s*(\S+)\s*$", metadata[1] if metadata else "", re.MULTILINE)
    return written[1] if written else _argument(sources.get("setup.py", ""), "name")


def version(pyproject: Mapping[str, Any], sources: Mapping[str, str]) -> str | None:
    """The version that maturin takes from `Cargo.toml`, as PEP 440 spells it; None where it is not written there."""
    backend = pyproject.get("build-system", {}).get("build-backend")
    if backend != "maturin" or "manifest-path" in pyproject.get("tool", {}).get("maturin", {}):
        return None
    try:
        written = tomllib.loads(sources.get("Cargo.toml", "")).get("package", {}).get("version")
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # start-up stays fast

    try:
        return str(Version(written))
    except (InvalidVersion, TypeError):  # no version, or that of the workspace
        return None


def python_requires(sources: Mapping[str, str]) -> str | None:
    """The Pythons that these texts name, which cibuildwheel heeds too."""
    for file in ("setup.cfg", "setup.py"):
        if found := re.search(r"""(?m)^[^#\n]*\bpython_requires\s*=\s*["']?([^"'#\n]+)""", sources.get(file, "")):
            return found[1].strip()
    return None


def _argument(text: str, keyword: str) -> str | None:
    """A text that is given to `setup()`, itself or by the name of a variable."""
    import ast  # noqa: PLC0415  # only a package without [project] needs it

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    known = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        if getattr(call.func, "id", getattr(call.func, "attr", "")) not in {"setup", "dict"}:
            continue
        for given in call.keywords:
            value = given.value
            found = known.get(value.id) if isinstance(value, ast.Name) else getattr(value, "value", None)
            if given.arg == keyword and isinstance(found, str):
                return found
    found = known.get("NAME")
    return found if isinstance(found, str) else None
