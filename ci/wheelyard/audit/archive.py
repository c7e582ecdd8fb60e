"""Read a wheel once, front to back: every member inflated and hashed, nothing written, nothing unpacked to disk.

Memory is bounded by the largest binary, one at a time however many wheels are read side by side; a member that is no
binary passes through in pieces. What the archive says of
itself is believed only within the limits below.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, BinaryIO

from wheelyard.audit import binaries, directory, marks
from wheelyard.audit.binaries import Binary, UnreadableError
from wheelyard.audit.contents import Contents, Mark, Member, Trouble
from wheelyard.errors import OutsideError

CHUNK = 1 << 20
LARGEST_BINARY = 3 << 30
LARGEST_TEXT = 32 << 20
LARGEST_MEMBER = 8 << 30
LARGEST_SUM = 32 << 30
SUSPICIOUS = 64 << 20  # below this a ratio says nothing
LARGEST_RATIO = 400
LARGE = 8 << 20  # a binary above this is held by one reader at a time
_ENCRYPTED = 0x1
_ONE = threading.Lock()

_TEXTS = frozenset({"METADATA", "WHEEL", "RECORD", "entry_points.txt", "DELVEWHEEL", "top_level.txt"})
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, UnicodeError)


def read(path: Path) -> Contents:
    """The contents of the wheel at `path`, with whatever trouble reading it ran into.

    Raises:
        OutsideError: it could not be looked at: absent, a folder, not permitted, changed meanwhile, a failing disk.
    """
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            kind = "a folder" if stat.S_ISDIR(before.st_mode) else "no regular file"
            raise OutsideError(f"{path} cannot be audited: it is {kind}. Give wheels, or folders that hold wheels.")
        with path.open("rb") as stream:
            contents = _Reading(path.name, stream, before.st_size).contents()
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror or error}. Nothing was audited of it.") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OutsideError(f"{path} changed while it was read. Audit it again when whatever writes it has ended.")
    return contents


class _Reading:
    """One pass over one archive, and what it gathers."""

    def __init__(self, file: str, stream: BinaryIO, size: int) -> None:
        self.file, self.stream, self.size = file, stream, size
        self.members: list[Member] = []
        self.binaries: list[Binary] = []
        self.texts: dict[str, bytes] = {}
        self.marks: list[tuple[Mark, str, str]] = []
        self.troubles: list[Trouble] = []
        self.whole = True

    def contents(self) -> Contents:
        """Read all that can be read."""
        self._trouble(directory.troubles(self.stream, self.size))
        if self.whole:
            try:
                with zipfile.ZipFile(self.stream) as archive:
                    self._trouble(directory.entry_troubles(archive.infolist(), size=self.size))
                    if self.whole:
                        self._read_all(archive)
            except _DAMAGE as error:
                self._trouble([Trouble(rule="archive-unreadable", message=f"The archive cannot be read: {error}.")])
        return Contents(
            file=self.file,
            size=self.size,
            members=tuple(self.members),
            binaries=tuple(self.binaries),
            texts=self.texts,
            marks=tuple(self.marks),
            troubles=tuple(self.troubles),
            whole=self.whole,
        )

    def _trouble(self, troubles: Iterator[Trouble] | list[Trouble]) -> None:
        for trouble in troubles:
            self.troubles.append(trouble)
            if trouble.rule in {"archive-unreadable", "archive-bomb"}:
                self.whole = False

    def _read_all(self, archive: zipfile.ZipFile) -> None:
        left = LARGEST_SUM
        for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
            left -= entry.file_size
            if entry.filename.endswith("/"):  # `is_dir` of Python 3.11 fails on an empty name
                continue
            if entry.flag_bits & _ENCRYPTED:
                self.members.append(Member(name=entry.filename, size=entry.file_size, digest=None))
            elif (why := _bomb(entry)) or left < 0:
                why = why or f"more than {LARGEST_SUM >> 30} GiB in all when inflated"
                self._trouble([Trouble(rule="archive-bomb", path=entry.filename, message=f"Not inflated: {why}.")])
                self.members.append(Member(name=entry.filename, size=entry.file_size, digest=None))
            else:
                self._read_member(archive, entry)

    def _read_member(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        digest: bytes | None = None
        try:
            with archive.open(entry) as member:
                digest = self._take(entry, member)
        except OSError as error:
            if error.errno not in {None, errno.EINVAL}:
                raise
            self._damaged(entry, error)
        except _DAMAGE as error:
            self._damaged(entry, error)
        program = bool(entry.external_attr >> 16 & 0o111)
        self.members.append(Member(name=entry.filename, size=entry.file_size, digest=digest, program=program))

    def _damaged(self, entry: zipfile.ZipInfo, error: Exception) -> None:
        message = f"The member cannot be inflated: {error}."
        self._trouble([Trouble(rule="archive-unreadable", path=entry.filename, message=message)])

    def _take(self, entry: zipfile.ZipInfo, member: IO[bytes]) -> bytes:
        """Hash a member, and keep what the rules need of it."""
        first = member.read(CHUNK)
        name = entry.filename
        if binaries.format_of(first[:8]) is not None:
            return self._take_binary(entry, first, member)
        hasher = hashlib.sha256(first)
        text = [first] if _is_text_we_keep(name) and entry.file_size <= LARGEST_TEXT else None
        seen = marks.Marks(name, first)
        while chunk := member.read(CHUNK):
            hasher.update(chunk)
            seen.take(chunk)
            if text is not None:
                text.append(chunk)
        if text is not None:
            self.texts[name] = b"".join(text)
        self.marks.extend(seen.found())
        return hasher.digest()

    def _take_binary(self, entry: zipfile.ZipInfo, first: bytes, member: IO[bytes]) -> bytes:
        if entry.file_size > LARGEST_BINARY:
            self._trouble(
                [Trouble(rule="binary-unreadable", path=entry.filename, message="Larger than 3 GiB: not read.")]
            )
            return _hash_rest(first, member)
        with _ONE if entry.file_size > LARGE else nullcontext():
            return self._keep_binary(entry, first, member)

    def _keep_binary(self, entry: zipfile.ZipInfo, first: bytes, member: IO[bytes]) -> bytes:
        data = first if len(first) == entry.file_size else b"".join((first, *iter(lambda: member.read(CHUNK), b"")))
        try:
            binary = binaries.read(entry.filename, data)
        except UnreadableError as error:
            message = f"It starts like a binary and cannot be read as one: {error}."
            self._trouble([Trouble(rule="binary-unreadable", path=entry.filename, message=message)])
        else:
            if binary is not None:
                self.binaries.append(binary)
        return hashlib.sha256(data).digest()


def _bomb(entry: zipfile.ZipInfo) -> str | None:
    """Why a member is not inflated, from what the directory says of it."""
    if entry.file_size > LARGEST_MEMBER:
        return f"it says it is {entry.file_size:,} bytes large"
    if entry.file_size > SUSPICIOUS and entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1):
        return f"{entry.compress_size:,} bytes say they inflate to {entry.file_size:,}"
    return None


def _is_text_we_keep(name: str) -> bool:
    folder, _, base = name.rpartition("/")
    return folder.endswith(".dist-info") and "/" not in folder and base in _TEXTS


def _hash_rest(first: bytes, member: IO[bytes]) -> bytes:
    hasher = hashlib.sha256(first)
    while chunk := member.read(CHUNK):
        hasher.update(chunk)
    return hasher.digest()
