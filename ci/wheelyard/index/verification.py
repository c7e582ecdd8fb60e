"""Hold a published version to what it should be: the manifest's bytes, published by the right workflow."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import Version

from wheelyard.doors import crew, files
from wheelyard.errors import FindingsError, IncompleteError
from wheelyard.index import coremetadata
from wheelyard.index.project import Listed, Metadata, Status, version_of
from wheelyard.index.provenance import UntrueError
from wheelyard.index.reader import Reader
from wheelyard.releasing.manifest import Manifest

Tell = Callable[[int, int | None], None]

# PyPI's documentation, chapter "Index API", part "Integrity API".
_INTEGRITY = "application/vnd.pypi.integrity.v1+json, application/json;q=0.5"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The METADATA beside a wheel on an index: the SHA-256 its page states, that of its bytes, that in the wheel."""

    stated: str | None
    served: str | None
    inside: str | None


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A file as it was published: the SHA-256 of its bytes, the one it is `shown` with, and what is beside it."""

    file: str
    sha256: str
    shown: str | None = None
    metadata: Beside | None = None
    provenance: bytes | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """One file; `workflow` is the one that provably published it, `wrong` is all that is not right."""

    file: str
    sha256: str | None
    workflow: str | None = None
    wrong: tuple[str, ...] = ()


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What `publish --verify --json` prints; `manifest` says whether there was one to compare with."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    name: str
    version: str
    source: str
    manifest: bool
    files: tuple[Verified, ...]


class Proof(Protocol):
    """Proves by a provenance which workflow published a file, or raises `UntrueError`."""

    def __call__(self, document: bytes, *, file: str, sha256: str) -> str:
        """The workflow."""
        ...


def on_index(reader: Reader, *, name: str, version: str, parallel: int, tell: Tell) -> tuple[Copy, ...]:
    """Every file of a version, downloaded to know its bytes; `IncompleteError` where there is none.

    `tell` hears how many bytes are there, and of how many where the page says that; it is called by one thread a time.
    """
    page = reader.page(canonicalize_name(name))
    found = [listed for listed in (page.files if page else ()) if version_of(listed.file, name) == Version(version)]
    if not found:
        marked = f" The project is {page.marked} there." if page and page.status is not Status.ACTIVE else ""
        raise IncompleteError(f"The index has no file of {name} {version}.{marked}")
    total, there, guard = _sum(listed.size for listed in found), 0, threading.Lock()
    copies: dict[str, Copy] = {}

    def heard(count: int) -> None:
        nonlocal there
        with guard:
            there += count
            tell(there, total)

    def take(listed: Listed) -> None:
        copies[listed.file] = _copy(reader, listed, heard)

    crew.each(found, take, parallel=parallel)
    return tuple(copies[listed.file] for listed in found)


def _sum(sizes: Iterable[int | None]) -> int | None:
    """What all take together, if each is known."""
    every = tuple(sizes)
    known = [size for size in every if size is not None]
    return sum(known) if len(known) == len(every) else None


def _copy(reader: Reader, listed: Listed, tell: Callable[[int], None]) -> Copy:
    with tempfile.TemporaryFile() as whole:
        sha256 = reader.digest(listed, into=whole, tell=tell)
        inside = coremetadata.inside(whole) if listed.metadata else None
    return Copy(
        file=listed.file,
        sha256=sha256,
        shown=listed.sha256,
        metadata=_beside(reader, listed.metadata, inside=inside) if listed.metadata else None,
        provenance=reader.document(listed.provenance, accept=_INTEGRITY) if listed.provenance else None,
    )


def _beside(reader: Reader, offered: Metadata, *, inside: bytes | None) -> Beside:
    served = reader.document(offered.url, accept="*/*")
    return Beside(stated=offered.sha256, served=coremetadata.digest(served), inside=coremetadata.digest(inside))


def in_folder(folder: Path, *, name: str, version: str) -> tuple[Copy, ...]:
    """Every file of a version in a folder; the provenance of FILE, as an index gives it, is `FILE.provenance`."""
    found = [path for path in sorted(folder.glob("*")) if version_of(path.name, name) == Version(version)]
    if not found:
        raise IncompleteError(f"There is no file of {name} {version} in {folder}.")
    beside = {path: path.with_name(f"{path.name}.provenance") for path in found}
    return tuple(
        Copy(
            file=path.name,
            sha256=files.sha256(path),
            provenance=files.read(document) if document.is_file() else None,
        )
        for path, document in beside.items()
    )


def verify(copies: Iterable[Copy], *, made: Manifest | None, attested: bool, proof: Proof) -> tuple[Verified, ...]:
    """Each file there is and each that should be, with what is wrong with it.

    `made` is the version's manifest, if there is one; `attested` says that every file must have a provenance.
    """
    found = tuple(_verified(copy, made=made, attested=attested, proof=proof) for copy in copies)
    there = {file.file for file in found}
    missing = [file for file in (made.files if made else ()) if file.file not in there]
    lost = ("The manifest has it, and it is not there.",)
    return (*found, *(Verified(file=file.file, sha256=None, wrong=lost) for file in missing))


def report(held: tuple[Verified, ...], *, name: str, version: str, source: str, made: Manifest | None) -> Verification:
    """All of it, to be printed."""
    return Verification(name=name, version=version, source=source, manifest=made is not None, files=held)


def refuse(held: Iterable[Verified], source: str) -> None:
    """Raise `FindingsError` with all that is wrong."""
    every = tuple(held)
    lines = [f"  {file.file}: {' '.join(file.wrong)}" for file in every if file.wrong]
    if lines:
        raise FindingsError(
            "\n".join((f"{len(lines)} of {len(every)} files of {source} are not what they should be:", *lines))
            + "\nDo not install them, and yank the version there, until it is known who changed what."
        )


def _verified(copy: Copy, *, made: Manifest | None, attested: bool, proof: Proof) -> Verified:
    wrong, workflow = list(_differences(copy, made)), None
    if copy.provenance is not None:
        try:
            workflow = proof(copy.provenance, file=copy.file, sha256=copy.sha256)
        except UntrueError as error:
            wrong.append(f"Its provenance does not hold: {error}.")
    elif attested:
        wrong.append("It has no provenance.")
    return Verified(file=copy.file, sha256=copy.sha256, workflow=workflow, wrong=tuple(wrong))


def _differences(copy: Copy, made: Manifest | None) -> Iterator[str]:
    if copy.shown not in {None, copy.sha256}:
        yield f"The index shows SHA-256 {copy.shown}, its bytes have {copy.sha256}."
    if (beside := copy.metadata) and beside.stated not in {None, beside.served}:
        yield f"The index states METADATA of SHA-256 {beside.stated} and serves one of {beside.served}."
    if beside and beside.served != beside.inside:
        yield f"The index serves METADATA of SHA-256 {beside.served}; that in the file has {beside.inside}."
    if made is None:
        return
    ours = next((file.sha256 for file in made.files if file.file == copy.file), None)
    if ours is None:
        yield "The manifest does not have it."
    elif ours != copy.sha256:
        yield f"The manifest has SHA-256 {ours}, its bytes have {copy.sha256}."
