"""The one door to the file system: whole writes, digests, and one run at a time in a folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wheelyard.errors import OutsideError, UsageError

CHUNK = 1 << 20


def read(path: Path) -> bytes:
    """The bytes of a file; `UsageError` when it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def text(path: Path) -> str:
    """The UTF-8 text of a file."""
    try:
        return read(path).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None


def write(path: Path, data: bytes) -> None:
    """Write a file whole: beside it, flushed to disk, then moved over it. A kill leaves the old file or the new one."""
    try:
        _beside(path, data).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_all(wanted: Sequence[tuple[Path, bytes]]) -> None:
    """Write files all or none: all beside their places first, then moved there in this order.

    A failure or an interruption puts back what was there; a kill between two moves leaves the first ones written.
    """
    before = {path: path.read_bytes() if path.is_file() else None for path, _ in wanted}
    copies: dict[Path, Path] = {}
    path = Path()
    try:
        for path, data in wanted:
            copies[path] = _beside(path, data)
        for path, copy in copies.items():
            copy.replace(path)
    except BaseException as error:
        for each, copy in copies.items():
            if copy.exists():
                copy.unlink()
            else:
                _restore(each, before[each])
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _beside(path: Path, data: bytes) -> Path:
    """A temporary file with `data` beside `path`, on disk."""
    handle, name = tempfile.mkstemp(dir=folder(path.parent), prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        write(path, data)


def _unwritable(path: Path, error: OSError) -> OutsideError:
    return OutsideError(f"{path} cannot be written: {error.strerror}. Free the disk, or choose another folder.")


def folder(path: Path) -> Path:
    """Make a folder and its parents; `OutsideError` when that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(f"The folder {path} cannot be made: {error.strerror}. Choose another one.") from None
    return path


def unversioned(path: Path) -> Path:
    """Make a folder that git looks away from: what is made there does not make the source another one."""
    ignore = folder(path) / ".gitignore"
    if not ignore.exists():
        write(ignore, b"*\n")
    return path


def place(source: Path, target: Path) -> Path:
    """Copy a file to its final name whole, like `write`, without holding it in memory."""
    folder(target.parent)
    beside = target.with_name(f".{target.name}.partial")
    try:
        with source.open("rb") as reader, beside.open("wb") as writer:
            shutil.copyfileobj(reader, writer, CHUNK)
            writer.flush()
            os.fsync(writer.fileno())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutsideError(
            f"{target} cannot be written: {error.strerror}. Free the disk or choose another folder."
        ) from None
    return target


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove(path: Path) -> None:
    """Remove a folder and all in it, if it is there."""
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A temporary folder of our own, removed at the end whatever happens."""
    with tempfile.TemporaryDirectory(prefix=f"wheelyard-{prefix}-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


@contextmanager
def alone(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold `path` as a lock, so that one run at a time works in its folder; a killed run holds nothing."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  # only verbs that write need it

    folder(path.parent)
    try:
        lock = FileLock(path, timeout=-1 if wait else 0).acquire()
    except Timeout:
        raise UsageError(
            f"Another run works in {path.parent}. Wait for it to end, or give this one its own folder."
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    with lock:
        yield
