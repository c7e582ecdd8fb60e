"""A wheel as a value: what its file name and its digest say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wheelyard.errors import FindingsError
from wheelyard.targets import Identifier, answered

if TYPE_CHECKING:
    from packaging.tags import Tag
    from packaging.version import Version


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """One wheel; `name` is the canonical project name, `size` is in bytes, `sha256` is hexadecimal."""

    file: str
    name: str
    version: Version
    tags: frozenset[Tag]
    sha256: str
    size: int

    def answers(self, identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
        """Those of `identifiers` this wheel is installable on."""
        return tuple(answered(identifiers, self.tags))


def parse(file: str, *, sha256: str, size: int) -> Wheel:
    """The wheel called `file`; `FindingsError` when the name is not a wheel's name."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415  # start-up stays fast

    try:
        name, version, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename as error:
        raise FindingsError(f"{file} is not the name of a wheel: {error}") from None
    return Wheel(file=file, name=name, version=version, tags=tags, sha256=sha256, size=size)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A set of wheels set against the identifiers that are planned."""

    missing: tuple[Identifier, ...]
    doubled: tuple[str, ...]
    unplanned: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every identifier is answered, and by planned wheels only."""
        return not (self.missing or self.doubled or self.unplanned)


def tally(wheels: Iterable[Wheel], *, planned: Iterable[Identifier]) -> Tally:
    """Compare what there is with what was planned: one file name with two contents is doubled."""
    planned = tuple(planned)
    wheels = tuple(wheels)
    contents: dict[str, set[str]] = {}
    for wheel in wheels:
        contents.setdefault(wheel.file, set()).add(wheel.sha256)
    answers = {wheel.file: wheel.answers(planned) for wheel in wheels}
    there = {identifier for found in answers.values() for identifier in found}
    return Tally(
        missing=tuple(identifier for identifier in planned if identifier not in there),
        doubled=tuple(sorted(file for file, digests in contents.items() if len(digests) > 1)),
        unplanned=tuple(sorted(file for file, found in answers.items() if not found)),
    )
