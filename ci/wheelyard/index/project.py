"""What an index shows of one project: its files, and which edition of the page that says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

if TYPE_CHECKING:
    from packaging.version import Version


class Status(StrEnum):
    """What an index says of a whole project.

    The words are those of https://packaging.python.org/en/latest/specifications/project-status-markers/.
    """

    ACTIVE = "active"
    ARCHIVED = "archived"
    QUARANTINED = "quarantined"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The METADATA of a file, which an index offers beside it (PEP 658); `sha256` is None where the page has none."""

    url: str
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One file as an index shows it; `sha256` is hexadecimal, or None where the page does not say it.

    `size` is in bytes, `provenance` is the address of its attestations, where it has any (PEP 740).
    """

    file: str
    url: str
    sha256: str | None = None
    size: int | None = None
    yanked: bool = False
    metadata: Metadata | None = None
    provenance: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page of one project, and which edition of it that is.

    `serial` is the number of the project's last change, which only grows; PyPI and its mirrors say it
    (PyPI's documentation, "Index API"). `etag`, `age` and `lifetime`, both in seconds, are what caches say of it.
    """

    files: tuple[Listed, ...] = ()
    status: Status = Status.ACTIVE
    reason: str = ""
    serial: int | None = None
    etag: str | None = None
    age: int | None = None
    lifetime: int | None = None

    @property
    def marked(self) -> str:
        """The status in words, with the reason where there is one: "archived (moved to eggs)"."""
        return f"{self.status} ({self.reason})" if self.reason else str(self.status)

    @property
    def edition(self) -> str:
        """The edition in words, as far as it is known: "serial 12, 35 s old, kept for up to 600 s"."""
        facts = (("serial {}", self.serial), ("{} s old", self.age), ("kept for up to {} s", self.lifetime))
        return ", ".join(words.format(fact) for words, fact in facts if fact is not None)

    @property
    def size(self) -> int | None:
        """The bytes of all files together; None where the page does not say each."""
        sizes = [listed.size for listed in self.files]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def get(self, file: str) -> Listed | None:
        """The file of that name."""
        return next((listed for listed in self.files if listed.file == file), None)


def version_of(file: str, project: str) -> Version | None:
    """The version of a wheel or sdist of a project, by its name; None for any other file."""
    parse = parse_wheel_filename if file.endswith(".whl") else parse_sdist_filename
    try:
        name, version, *_ = parse(file)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return version if name == canonicalize_name(project) else None
