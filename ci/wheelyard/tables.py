"""What every table of `[tool.wheelyard]` is: keys with dashes, unknown keys refused."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Labels = str | tuple[str, ...]
NonEmpty = Annotated[str, Meta(min_length=1)]


class Table(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """A TOML table: keys with dashes, unknown keys refused."""
