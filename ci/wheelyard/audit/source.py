"""Look at a source distribution: its metadata, as twine and PyPI judge it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from wheelyard.audit.directory import unsafe
from wheelyard.audit.findings import Finding, Severity
from wheelyard.audit.rules import metadata
from wheelyard.doors.tars import tarfile
from wheelyard.errors import OutsideError

MOST_MEMBERS = 200_000
LARGEST_METADATA = 32 << 20
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, ValueError)


def findings(path: Path) -> tuple[Finding, ...]:
    """What is wrong with the sdist at `path`.

    Raises:
        OutsideError: it could not be looked at.
    """
    try:
        return tuple(_findings(path))
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror or error}. Nothing was audited of it.") from None


def _findings(path: Path) -> Iterator[Finding]:
    if not path.name.endswith(".tar.gz"):
        yield _finding(
            path, "sdist-name", "An sdist is a .tar.gz file (PEP 625).", "Build it with a PEP 517 front end."
        )
        return
    try:
        raw, unsafe_names = _read(path)
    except _DAMAGE as error:
        yield _finding(path, "archive-unreadable", f"The archive cannot be read: {error}.", "Build it again.")
        return
    for name, why in unsafe_names:
        yield _finding(path, "archive-path", f"The name {name!r} {why}.", "Name members by relative paths.")
    if raw is None:
        yield _finding(path, "sdist-metadata", "There is no PKG-INFO at the top.", "Build it with a PEP 517 back end.")
        return
    fields = BytesParser(policy=compat32).parsebytes(raw)
    for rule, messages in (
        ("metadata-invalid", metadata.invalid(raw)),
        ("metadata-refused", metadata.refused(fields)),
        ("description-broken", metadata.broken_description(fields)),
        ("description-missing", metadata.undescribed(fields)),
    ):
        known = next(known for known in metadata.RULES if known.id == rule)
        for message in messages:
            yield _finding(path, rule, message, known.fix, severity=known.severity)


def _read(path: Path) -> tuple[bytes | None, list[tuple[str, str]]]:
    """PKG-INFO, and the names that would be unpacked where they must not."""
    raw: bytes | None = None
    wrong: list[tuple[str, str]] = []
    with tarfile.open(path, "r|gz") as archive:
        for count, member in enumerate(archive):
            if count > MOST_MEMBERS:
                raise ValueError(f"it has more than {MOST_MEMBERS:,} members")
            if why := unsafe(member.name):
                wrong.append((member.name, why))
            if member.isfile() and member.name.count("/") == 1 and member.name.endswith("/PKG-INFO"):
                stream = archive.extractfile(member)
                raw = stream.read(LARGEST_METADATA) if stream else None
    return raw, wrong


def _finding(path: Path, rule: str, message: str, fix: str, *, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule=rule, severity=severity, file=path.name, message=message, fix=fix)
