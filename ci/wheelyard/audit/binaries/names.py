"""Names in a table of strings, within bounds: a damaged table must cost neither time nor memory."""

from __future__ import annotations

LONGEST = 1 << 14
ROOM = 1 << 20
MOST_SHARED = 8


class Names:
    """Zero-ended names in `table`. Linkers let names share their ends, so that all together may be longer than it."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        self._left = len(table) * MOST_SHARED + ROOM

    def at(self, start: int) -> str:
        """The name that begins at `start`; `ValueError` when names share more than any linker lets them."""
        end = self._table.find(b"\0", start, start + LONGEST)
        name = self._table[start : end if end >= 0 else start + LONGEST]
        self._left -= len(name)
        if self._left < 0:
            raise ValueError("the names of symbols overlap more than any linker makes them")
        return name.decode("utf-8", "replace")
