"""The stable ABI, from the data that abi3audit uses."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def added() -> dict[str, tuple[int, int]]:
    """The Python that each symbol of the stable ABI came with."""
    from abi3info import DATAS, FUNCTIONS  # noqa: PLC0415  # 50 ms, and only wheels for the stable ABI need it

    symbols: list[tuple[Any, Any]] = [*FUNCTIONS.items(), *DATAS.items()]
    return {symbol.name: (known.added.major, known.added.minor) for symbol, known in symbols}


def outside(names: frozenset[str]) -> tuple[str, ...]:
    """Symbols of the Python C API that are not in the stable ABI of any version."""
    return tuple(sorted(name for name in names if name not in added() and not name.startswith("PyInit_")))


def newer(names: frozenset[str], *, than: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """Symbols that came into the stable ABI later, and when."""
    found = {name: added()[name] for name in sorted(names) if name in added()}
    return {name: version for name, version in found.items() if version > than}
