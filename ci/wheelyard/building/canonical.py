"""Archives that say nothing of the machine and the moment they were made on: the same content, the same bytes.

What the members hold stays as it is; their order, times, modes and compression become fixed
(https://reproducible-builds.org/docs/archives/). The rows of RECORD are put in order and otherwise kept, so that a
wrong hash is still there for the audit to find.
"""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import stat
import time
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from wheelyard.doors import files
from wheelyard.doors.tars import tarfile
from wheelyard.errors import BuildError, listed

_UNREADABLE = (EOFError, RuntimeError, gzip.BadGzipFile, tarfile.TarError, zipfile.BadZipFile, zlib.error)
_OLDEST, _NEWEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)  # what a zip archive can say


def distribution(source: Path, *, into: Path, date: int) -> Path:
    """A wheel or an sdist made canonical, under its name in the folder `into`; `date` is in seconds since 1970.

    An archive that cannot be read, or that holds two members of one name, is a `BuildError`.
    """
    target = files.folder(into) / source.name
    try:
        (_wheel if source.name.endswith(".whl") else _sdist)(source, target, date)
    except (
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
    ) as e:
        raise BuildError(f"{source.name} cannot be read as an archive: {e}. See what the build did to it.") from None
    return target


def _wheel(source: Path, target: Path, date: int) -> None:
    """Members sorted, `.dist-info` after all else and RECORD last, as the specification of wheels recommends."""
    moment = min(max(time.gmtime(date)[:6], _OLDEST), _NEWEST)
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w") as made:
        members = sorted((member for member in given.infolist() if not member.is_dir()), key=_place)
        _refuse_doubled(source, [member.filename for member in members])
        for member in members:
            plain = zipfile.ZipInfo(member.filename, moment)
            plain.compress_type, plain.create_system = zipfile.ZIP_DEFLATED, 3
            plain.external_attr = _mode(member.external_attr >> 16) << 16
            if _is_record(member.filename):
                made.writestr(plain, _ordered(given.read(member)))
            else:
                plain.file_size = member.file_size
                with given.open(member) as reader, made.open(plain, "w") as writer:
                    shutil.copyfileobj(reader, writer, files.CHUNK)


def _sdist(source: Path, target: Path, date: int) -> None:
    """Members sorted, hard links after what they name; nobody's, and dated `date` like the gzip around them."""
    with (
        tarfile.open(source) as given,
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=date) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as made,
    ):
        members = sorted(given.getmembers(), key=lambda member: (member.islnk(), member.name))
        _refuse_doubled(source, [member.name for member in members])
        for member in members:
            plain = member.replace(
                mtime=date, mode=_mode(member.mode, folder=member.isdir()), uid=0, gid=0, uname="", gname="", deep=False
            )
            plain.pax_headers = {}  # names that need one get it anew
            made.addfile(plain, given.extractfile(member) if member.isreg() else None)


def _place(member: zipfile.ZipInfo) -> tuple[bool, bool, str]:
    return member.filename.partition("/")[0].endswith(".dist-info"), _is_record(member.filename), member.filename


def _is_record(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder.endswith(".dist-info") and file == "RECORD"


def _mode(mode: int, *, folder: bool = False) -> int:
    """The kind of file as it is, for everyone to read, and to run if its owner could."""
    return (stat.S_IFMT(mode) or stat.S_IFREG) | (0o755 if folder or mode & 0o100 else 0o644)


def _ordered(record: bytes) -> bytes:
    try:
        rows = list(csv.reader(io.StringIO(record.decode(), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return record
    text = io.StringIO(newline="")
    own = [row for row in rows if row and _is_record(row[0])]
    csv.writer(text, lineterminator="\n").writerows([*sorted(row for row in rows if row and row not in own), *own])
    return text.getvalue().encode()


def _refuse_doubled(archive: Path, names: list[str]) -> None:
    if doubled := [name for name, times in Counter(names).items() if times > 1]:
        raise BuildError(f"{archive.name} holds {listed(doubled)} more than once. Make the backend write each once.")
