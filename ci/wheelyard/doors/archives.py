"""Unpack archives of strangers: every member looked at before anything is written, then all of them or none."""

from __future__ import annotations

import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from typing import Self

from wheelyard.doors import files
from wheelyard.doors.tars import tarfile
from wheelyard.errors import OutsideError

MOST_MEMBERS = 250_000
LARGEST_SUM = 16 << 30
LARGEST_DIRECTORY = 64 << 20
LARGEST_HEADER = 1 << 20
_DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, LZMAError, EOFError, ValueError, RuntimeError)
_HEADERS = (
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
)
_ZIP64 = 0xFFFF
_END_OF_ZIP = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16


@dataclass(frozen=True, kw_only=True)
class _Member:
    """What an archive says of one member; `kind` is one of file, folder, link (symbolic), same (a hard link), other."""

    name: str
    kind: str
    size: int = 0
    to: str = ""


class _UnsafeError(Exception):
    """Why an archive is not unpacked."""


class _TarInfo(tarfile.TarInfo):
    """A member whose long name or other extra header is not read into memory whatever it says of its size."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read one block."""
        member = super().frombuf(buf, encoding, errors)
        if member.type in _HEADERS and member.size > LARGEST_HEADER:
            raise _UnsafeError(f"a header in it says that it has {member.size:,} bytes.")
        return member


def is_archive(path: Path) -> bool:
    """Whether a file is a tar archive, compressed or not, or a zip archive."""
    return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)


def unpack(archive: Path, into: Path, *, name: str, drop_links: bool = False) -> tuple[str, ...]:
    """Make `into` a folder with what is in an archive; a single folder at its top is stepped into.

    `name` is what people know the archive as. Symbolic links out of it are refused, or with `drop_links` left out:
    the names of those are what is given. What a killed run left half-made is made anew.
    """
    beside = into.with_name(f".{into.name}.partial")
    files.remove(beside)
    try:
        dropped = _unpack(archive, beside, drop_links=drop_links)
        files.folder(into.parent)
        _top(beside).rename(into)
    except _UnsafeError as error:
        raise OutsideError(f"{name} is not unpacked: {error} Nothing of it was written.") from None
    except _DAMAGE as error:
        raise OutsideError(f"{name} cannot be unpacked: {error}. It is damaged, or no tar or zip archive.") from None
    except OSError as error:
        raise OutsideError(f"{name} cannot be unpacked into {into}: {error.strerror or error}.") from None
    finally:
        files.remove(beside)
    return dropped


def _unpack(archive: Path, into: Path, *, drop_links: bool) -> tuple[str, ...]:
    if zipfile.is_zipfile(archive):
        _refuse_many(archive)
        with zipfile.ZipFile(archive) as opened:
            _checked(map(_of_zip, opened.infolist()), drop_links=False)
            opened.extractall(into)  # every member was looked at
        return ()
    with tarfile.open(archive, tarinfo=_TarInfo) as tar:
        dropped = _checked(map(_of_tar, tar), drop_links=drop_links)
        tar.extractall(into, members=(member for member in tar if member.name not in dropped), filter="data")
    return tuple(sorted(dropped))


def _top(folder: Path) -> Path:
    """The folder, or the one that is all it holds."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink() else folder


def _of_tar(member: tarfile.TarInfo) -> _Member:
    kinds = ((member.isreg, "file"), (member.isdir, "folder"), (member.issym, "link"), (member.islnk, "same"))
    kind = next((kind for is_it, kind in kinds if is_it()), "other")
    return _Member(name=member.name, kind=kind, size=member.size, to=member.linkname)


def _of_zip(entry: zipfile.ZipInfo) -> _Member:
    """Links in zip archives are refused: Python would write them as files."""
    linked = stat.S_ISLNK(entry.external_attr >> 16)
    kind = "other" if linked else "folder" if entry.filename.endswith("/") else "file"
    return _Member(name=entry.filename, kind=kind, size=entry.file_size)


def _checked(members: Iterable[_Member], *, drop_links: bool) -> frozenset[str]:
    """The links to leave out, after every member was looked at; memory is bounded by the number of members allowed."""
    left, links, dropped = LARGEST_SUM, set[str](), set[str]()
    for number, member in enumerate(members, start=1):
        left -= member.size
        if number > MOST_MEMBERS or left < 0:
            raise _UnsafeError(f"it has more than {MOST_MEMBERS:,} members, or {LARGEST_SUM >> 30} GiB in all.")
        place = _inside(member.name, member)
        if through := next((link for link in _and_parents(place) if link in links), None):
            raise _UnsafeError(f"the member {member.name!r} would be written through the link {through!r}.")
        if member.kind == "other":
            raise _UnsafeError(f"the member {member.name!r} is neither a file nor a folder.")
        if member.kind == "same":
            _inside(member.to, member)
        elif member.kind == "link":
            links.add(place)
            if _escapes(member.to, below=posixpath.dirname(place)):
                if not drop_links:
                    raise _UnsafeError(f"the link {member.name!r} leads out of the archive, to {member.to!r}.")
                dropped.add(member.name)
    return frozenset(dropped)


def _inside(name: str, member: _Member) -> str:
    parts = re.split(r"[/\\]", name)
    if ".." in parts or not parts[0] or re.match("[A-Za-z]:", name):
        raise _UnsafeError(f"the member {member.name!r} would be written outside, or nowhere ({name!r}).")
    return posixpath.normpath(name)


def _and_parents(place: str) -> Iterator[str]:
    while place and place != ".":
        yield place
        place = posixpath.dirname(place)


def _escapes(to: str, *, below: str) -> bool:
    there = posixpath.normpath(posixpath.join(below, to))
    return to.startswith(("/", "\\")) or there == ".." or there.startswith("../")


def _refuse_many(archive: Path) -> None:
    """Refuse a zip archive for what its end says, before Python reads a directory of that size into memory."""
    with archive.open("rb") as stream:
        stream.seek(max(0, archive.stat().st_size - (1 << 16) - _END_OF_ZIP.size))
        end = stream.read()
    *_, entries, directory, _, _ = _END_OF_ZIP.unpack_from(end, end.rfind(b"PK\5\6"))
    if entries == _ZIP64 or directory > LARGEST_DIRECTORY:
        raise _UnsafeError(f"it says that it has {_ZIP64:,} members or more.")
