"""The METADATA of wheels: that in a file, and what it no longer allows that another did."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from packaging.metadata import parse_email
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from wheelyard.errors import listed
from wheelyard.words import line

MOST_BYTES = 16 << 20  # of a METADATA that is read
_MEMBER = re.compile(r"[^/]+\.dist-info/METADATA")
_PYTHONS = tuple(f"3.{minor}" for minor in range(6, 30))


def inside(wheel: Path | BinaryIO) -> bytes | None:
    """The METADATA in a wheel; None where there is none that can be read."""
    try:
        with ZipFile(wheel) as archive:
            found = next(entry for entry in archive.infolist() if _MEMBER.fullmatch(entry.filename))
            return archive.read(found) if found.file_size <= MOST_BYTES else None
    except (BadZipFile, StopIteration, RuntimeError, NotImplementedError, zlib.error):  # a stranger's file breaks these
        return None


def digest(document: bytes | None) -> str | None:
    """The SHA-256 of a document, if there is one."""
    return None if document is None else hashlib.sha256(document).hexdigest()


def narrowed(before: bytes, now: bytes, *, version: str) -> Iterator[str]:
    """What METADATA no longer allows that of the `version` before did: Pythons, extras."""
    (old, _), (new, _) = parse_email(before), parse_email(now)
    was, wants = old.get("requires_python", ""), new.get("requires_python", "")
    if gone := [python for python in _PYTHONS if _fits(python, was) and not _fits(python, wants)]:
        yield (
            f"Requires-Python is {line(wants)!r} and was {line(was)!r} in {version}:"
            f" with Python {listed(gone, most=4)} people stay with {version}."
        )
    extras = {canonicalize_name(extra) for extra in new.get("provides_extra", [])}
    if lost := [extra for extra in old.get("provides_extra", []) if canonicalize_name(extra) not in extras]:
        yield f"Extras that {version} had are gone: {listed(map(line, lost))}. Installers only warn who asks for one."


def _fits(python: str, requires: str) -> bool:
    """Whether a later release of a Python's line is allowed; what is no specifier, as old projects have, allows all."""
    try:
        return f"{python}.99" in SpecifierSet(requires)
    except InvalidSpecifier:
        return True
