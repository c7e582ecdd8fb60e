"""The state of the source a release is made of, as a value."""

from __future__ import annotations

import msgspec


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """`commit` and `tree` are git object names; `date`, seconds since 1970, is what SOURCE_DATE_EPOCH becomes."""

    commit: str | None
    tree: str
    date: int
    dirty: bool

    def dated(self, date: int | None) -> Revision:
        """The same source with another date, where one is given."""
        return self if date is None else msgspec.structs.replace(self, date=date)
