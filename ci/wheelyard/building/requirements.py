"""What pip installs for builds: kept in the cache where there is a network, given to pip where there is none.

pip itself says what it installs, whoever calls it and in whatever container, in the installation report that PIP_REPORT
asks of it (https://pip.pypa.io/en/stable/reference/installation-report/): the back end's dynamic requirements and what
a project's own commands install are there, too. The report goes through a named pipe, because each call of pip would
write a file anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import msgspec

from wheelyard import documents, resources
from wheelyard.doors import files
from wheelyard.doors.downloads import Fetcher, Pin
from wheelyard.engines import Pip
from wheelyard.errors import BuildError, OutsideError, UsageError
from wheelyard.releasing.manifest import Input

_REMEDY = "Run `wheelyard build --fetch` once, with a network, then this again."


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What pip installed for one build: the URL and the SHA-256 of each file."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    files: tuple[Input, ...]


class _Archive(msgspec.Struct):
    hashes: dict[str, str] = {}


class _Source(msgspec.Struct):
    url: str
    archive_info: _Archive | None = None


class _Installed(msgspec.Struct):
    download_info: _Source


class _Report(msgspec.Struct):
    """The part of pip's installation report that says where things came from."""

    install: tuple[_Installed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """How the builds of one run get what pip installs; with `fetch` it is kept for later ones that are offline."""

    fetcher: Fetcher
    fetch: bool = False

    @contextmanager
    def of(self, *build: str, folder: Path) -> Iterator[Pip]:
        """Pip's settings for one build, known by the words of `build`, with files of ours in `folder`.

        A build that fails keeps nothing. `UsageError` when there is no network and nothing was kept.
        """
        record = resources.cache() / "requirements" / f"{_key(build)}.json"
        if self.fetcher.offline:
            with _explained():
                yield Pip(links=(*self._kept(record, build, files.folder(folder / "requirements")), *_own_links()))
        elif self.fetch:
            with _reported(files.folder(folder / "requirements") / "report") as (pip, pins):
                yield pip
            for pin in pins:
                self.fetcher.get(pin)
            kept = tuple(Input(name=pin.url, sha256=pin.sha256) for pin in pins)
            files.write(record, documents.dump(Kept(files=kept)))
        else:
            yield Pip()

    def _kept(self, record: Path, build: tuple[str, ...], folder: Path) -> Iterator[Path]:
        """The folder, with the files that were kept, each of them looked at."""
        if record.is_file():
            for file in documents.load(files.read(record), Kept, source=str(record)).files:
                pin = Pin(url=file.name, sha256=file.sha256)
                files.place(self.fetcher.get(pin), folder / Path(unquote(pin.name)).name)
            yield folder
        elif not _own_links():
            raise UsageError(f"What pip installs for {build[-1]} was not kept. {_REMEDY}")


ONLINE = Requirements(fetcher=Fetcher())


def _key(build: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(build).encode()).hexdigest()[:32]


@contextmanager
def _reported(pipe: Path) -> Iterator[tuple[Pip, list[Pin]]]:
    """Pip's settings, and a list that is filled at the end with what it installed from an index."""
    os.mkfifo(pipe)
    pins: list[Pin] = []
    held = os.open(pipe, os.O_RDWR)  # with it neither pip nor the reader waits for the other to open the pipe
    with ThreadPoolExecutor(1) as aside, pipe.open("rb") as stream:
        said = aside.submit(stream.read)
        try:
            yield Pip(report=pipe), pins
        finally:
            os.close(held)
        try:
            pins += dict.fromkeys(_pins(said.result().decode()))
        except ValueError as error:
            raise OutsideError(
                f"What pip reported of its installations cannot be read: {error}. See that the project's commands run"
                " one pip at a time."
            ) from None


def _pins(text: str) -> Iterator[Pin]:
    """The files in reports that follow one another; those of this machine stay where they are."""
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        report, position = decoder.raw_decode(text, position)
        for installed in msgspec.convert(report, _Report).install:
            source = installed.download_info
            sha256 = source.archive_info.hashes.get("sha256") if source.archive_info else None
            if sha256 and not source.url.startswith("file:"):
                yield Pin(url=source.url, sha256=sha256)


@contextmanager
def _explained() -> Iterator[None]:
    """Say what to do where pip does not find something."""
    try:
        yield
    except BuildError as error:
        if "No matching distribution found" not in str(error):
            raise
        raise BuildError(f"{error}\nThere is no network, and pip has what was kept. {_REMEDY}") from None


def _own_links() -> tuple[Path, ...]:
    """The folders in which the user's own settings have pip look."""
    return tuple(Path(name).absolute() for name in os.environ.get("PIP_FIND_LINKS", "").split() if "://" not in name)
