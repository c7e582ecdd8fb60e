"""Deployment targets that an interpreter cannot keep: said in an override, where cibuildwheel only raises them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from wheelyard.building import macos
from wheelyard.migration import globs
from wheelyard.targets import Identifier, Platform, macos_version


def raised(identifiers: Collection[Identifier], asked: Callable[[Identifier], str | None]) -> dict[str, str]:
    """The oldest macOS there is, by a pattern of the identifiers that are asked to run on an older one."""
    found: dict[str, list[Identifier]] = {}
    for identifier in sorted(identifiers):
        if identifier.target.platform is Platform.MACOS and (wanted := asked(identifier)):
            least = macos.floor(identifier)
            if macos_version(wanted) < macos_version(least):
                found.setdefault(least, []).append(identifier)
    return {" ".join(globs.naming(each, among=identifiers)): least for least, each in found.items()}


def overrides(options: Mapping[str, Any], identifiers: Collection[Identifier]) -> list[dict[str, Any]]:
    """Overrides of `[tool.cibuildwheel]`, whose own target counts more than that of a job."""
    found = raised(identifiers, lambda identifier: macos.stated(options, identifier))
    return [
        {"select": select, "inherit": {"environment": "append"}, "environment": {macos.TARGET: least}}
        for select, least in found.items()
    ]
