"""`build`, `skip` and `enable` of `[tool.cibuildwheel]`, so that the wheels of today are the ones selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wheelyard.migration import globs
from wheelyard.migration.calls import Call
from wheelyard.targets import Identifier

# What `enable` names (https://cibuildwheel.pypa.io/en/stable/options/#enable); an older cibuildwheel refuses some.
GROUPS = (
    *("cpython-freethreading", "cpython-prerelease", "cpython-experimental-riscv64", "pypy", "pypy-eol", "graalpy"),
    *("pyodide-prerelease", "pyodide-eol"),
)


def groups(wanted: Collection[Identifier], by_group: Mapping[str, Collection[Identifier]]) -> list[str]:
    """The groups without which some wanted identifier is not there; "" is what there is without any."""
    base = by_group.get("", ())
    return [name for name in GROUPS if any(each in wanted and each not in base for each in by_group.get(name, ()))]


def uniform(calls: Sequence[Call], present: Mapping[str, Any]) -> dict[str, str]:
    """`build` and `skip` where every call has the same, and the table has none."""
    found = {}
    for key in ("build", "skip"):
        values = {call.environment.get(f"CIBW_{key.upper()}", "") for call in calls}
        platforms = any(name.startswith(f"CIBW_{key.upper()}_") for call in calls for name in call.environment)
        if len(values) == 1 and any(values) and not platforms and key not in present:
            found[key] = values.pop()
    return found


def narrowed(wanted: Collection[Identifier], selected: Collection[Identifier]) -> str:
    """What `skip` needs beside, so that of all `selected` only the `wanted` are left."""
    extra = [each for each in selected if each not in wanted]
    return " ".join(globs.naming(extra, among=selected)) if extra else ""
