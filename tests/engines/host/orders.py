"""Orders for the host engine, as tests make them."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wheelyard.engines import Order
from wheelyard.targets import Identifier

ARCH = platform.machine()


def order(
    project: Path, scratch: Path, *identifiers: str, options: Mapping[str, Any] | None = None, package: str = "."
) -> Order:
    """An order for `project`; identifiers may leave out the architecture: `cp311-manylinux`."""
    scratch.mkdir(parents=True, exist_ok=True)
    named = (name if name.count("_") else f"{name}_{ARCH}" for name in identifiers)
    return Order(
        project=project,
        package=project / package,
        identifiers=tuple(map(Identifier.parse, named)),
        options=options or {},
        tools={},
        source_date=1700000000,
        scratch=scratch,
        log=scratch.parent / f"{scratch.name}.log",
    )
