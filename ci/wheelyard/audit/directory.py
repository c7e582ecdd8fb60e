"""What the end record and the directory of a zip archive say, checked before anything believes it."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from wheelyard.audit.contents import Trouble

MOST_MEMBERS = 60_000
LARGEST_DIRECTORY = 64 << 20

# The end records of https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.14 to 4.3.16.
_END = struct.Struct("<4s4H2LH")
_END_64_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_UNICODE_NAME, _ENCRYPTED = 0x800, 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def troubles(stream: BinaryIO, size: int) -> Iterator[Trouble]:
    """Whether there is an end record, nothing after it, and a directory of a size that makes sense."""
    if size == 0:
        yield Trouble(rule="archive-unreadable", message="The file is empty.")
        return
    end = _end_record(stream, size)
    if end is None:
        yield Trouble(
            rule="archive-unreadable",
            message="This is no zip archive, or its end is missing: the file may be truncated.",
        )
        return
    entries, directory, behind = end
    if behind:
        yield Trouble(rule="archive-trailing", message=f"{behind:,} bytes follow the end of the archive.")
    if entries > MOST_MEMBERS or directory > LARGEST_DIRECTORY:
        yield Trouble(
            rule="archive-bomb",
            message=f"The archive says it has {entries:,} members in a directory of {directory:,} bytes; not read.",
        )


def _end_record(stream: BinaryIO, size: int) -> tuple[int, int, int] | None:
    """How many members, how many bytes of directory, and how many bytes follow the end."""
    tail_size = min(size, (1 << 16) + _END.size)
    stream.seek(-tail_size, os.SEEK_END)
    tail = stream.read(tail_size)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        return None
    *_, entries, directory, _, comment = _END.unpack_from(tail, at)
    behind = max(0, len(tail) - at - _END.size - comment)
    start = at - _END_64_LOCATOR.size
    if start >= 0 and tail[start : start + 4] == b"PK\6\7":
        _, _, end_at, _ = _END_64_LOCATOR.unpack_from(tail, start)
        stream.seek(min(end_at, size))
        record = stream.read(_END_64.size)
        if len(record) == _END_64.size and record[:4] == b"PK\6\6":
            *_, entries, directory, _ = _END_64.unpack(record)
    stream.seek(0)
    return entries, directory, behind


def entry_troubles(entries: Sequence[zipfile.ZipInfo], *, size: int) -> Iterator[Trouble]:
    """What is wrong with the entries of the directory, before any of them is inflated."""
    if len(entries) > MOST_MEMBERS:
        yield Trouble(rule="archive-bomb", message=f"The archive has {len(entries):,} members; not read.")
        return
    if sum(entry.compress_size for entry in entries) > size:
        yield Trouble(
            rule="archive-bomb", message="Members overlap: together they are larger than the archive; not read."
        )
        return
    for name, times in Counter(entry.filename for entry in entries).items():
        if times > 1:
            yield Trouble(rule="archive-duplicate", path=name, message=f"The archive has {times} members of this name.")
    yield from _case(entries)
    for entry in entries:
        yield from _entry(entry)


def _entry(entry: zipfile.ZipInfo) -> Iterator[Trouble]:
    name = entry.filename
    if why := unsafe(entry.orig_filename):
        yield Trouble(rule="archive-path", path=name, message=f"The name {entry.orig_filename!r} {why}.")
    if not name.isascii() and not entry.flag_bits & _UNICODE_NAME:
        yield Trouble(
            rule="archive-encoding", path=name, message="The name has other letters than ASCII and is not marked UTF-8."
        )
    if entry.flag_bits & _ENCRYPTED:
        yield Trouble(rule="archive-encrypted", path=name, message="The member is encrypted.")
    elif entry.compress_type not in _METHODS:
        yield Trouble(
            rule="archive-compression", path=name, message=f"The member is compressed by method {entry.compress_type}."
        )
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        yield Trouble(rule="archive-symlink", path=name, message="The member is a symbolic link.")
    elif kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        yield Trouble(rule="archive-symlink", path=name, message=f"The member is a special file (mode {kind:o}).")


def unsafe(name: str) -> str | None:
    """Why unpacking a member of this name could write where it must not."""
    if "\0" in name:
        return "has a NUL in it"
    if "\\" in name:
        return "has a backslash in it"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "is absolute"
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        return "leads out of the folder it is unpacked to"
    if "" in parts or "." in parts:
        return "has an empty or a dot part"
    return None


def _case(entries: Sequence[zipfile.ZipInfo]) -> Iterator[Trouble]:
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry.filename
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            message = f"{other!r} differs by upper and lower case only: on macOS and Windows one replaces the other."
            yield Trouble(rule="archive-case", path=name, message=message)
