"""Keep releases as folders: `<store>/<tag>/` with its files, `manifest.json` and `SHA256SUMS`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote

from wheelyard import documents
from wheelyard.doors import files
from wheelyard.errors import FindingsError, OutsideError, UsageError, listed
from wheelyard.releasing import manifest
from wheelyard.releasing.manifest import File, Manifest
from wheelyard.stores import Bundle, Change, Release, Saved, Say, Stage, comparing, silent
from wheelyard.stores.comparing import MANIFEST, REPORT, SUMS

FROZEN = ".frozen"
SENT = ".sent"
PUBLISHED = ".published"
LOCK = ".lock"


@dataclass(frozen=True, kw_only=True)
class Directory:
    """The store `directory`: a release appears by one rename, so it is there in full or not at all."""

    folder: Path
    name: str = "directory"

    def tags(self, *, published: bool = False) -> tuple[str, ...]:
        """The tags of the releases that are there."""
        found = self.folder.glob(f"*/{PUBLISHED if published else MANIFEST}") if self.folder.is_dir() else ()
        return tuple(sorted(unquote(path.parent.name) for path in found if not path.parent.name.startswith(".")))

    def find(self, tag: str) -> Release | None:
        """The release of `tag`; a folder of that name that holds no manifest is refused, not overwritten."""
        place = self._place(tag)
        if not _exists(place):
            return None
        file = place / MANIFEST
        if not file.is_file():
            raise UsageError(f"{place} is no release of wheelyard: it has no {MANIFEST}. Move it away, then try again.")
        made = manifest.load(files.read(file), source=str(file))
        comparing.refuse_odd_names(made, source=str(file))
        return Release(tag=tag, manifest=made, stage=_stage(place), where=str(place))

    def save(self, bundle: Bundle, *, replace: bool = False, dry_run: bool = False) -> Saved:
        """Make `<store>/<tag>/` hold exactly the bundle; a second collector waits for the first."""
        if dry_run:
            return self._saved(bundle, self.find(bundle.tag), replace=replace)
        with files.alone(files.unversioned(self.folder) / LOCK, wait=True):
            self._sweep(bundle.tag)
            saved = self._saved(bundle, self.find(bundle.tag), replace=replace)
            if saved.change is not Change.UNCHANGED:
                marks = (FROZEN, PUBLISHED) if saved.change is Change.EXTENDED else (FROZEN, SENT, PUBLISHED)
                self._write(bundle, marks)
            return saved

    def fetch(self, release: Release, *, folder: Path) -> Mapping[str, Path]:
        """The files where they lie, after each was compared with the manifest; `folder` stays empty."""
        del folder  # nothing has to be downloaded
        place = self._place(release.tag)
        if wrong := tuple(_differences(place, release.manifest)):
            raise FindingsError(
                f"The release {release.where} is not what its {MANIFEST} says:\n"
                + "\n".join(f"  {line}" for line in wrong)
                + "\nCollect it again from its wheelhouse."
            )
        return {file.file: place / file.file for file in release.manifest.files}

    def freeze(self, release: Release, *, index: str, sent: bool = False) -> None:
        """Leave a mark in the folder: from now on its bytes are fixed."""
        marks = {FROZEN: f"Files of this release went to {index}: its bytes are fixed.\n"}
        if sent:
            marks[SENT] = f"{index} has all files of this release.\n"
        for name, words in marks.items():
            if not (mark := self._place(release.tag) / name).exists():
                files.write(mark, words.encode())

    def attach(self, release: Release, page: bytes) -> None:
        """Write the page into the folder."""
        files.write(self._place(release.tag) / REPORT, page)

    def finish(self, release: Release, *, latest: bool) -> Release:
        """Leave a mark in the folder; `latest` means nothing here, where nobody is led to a release."""
        del latest
        self.fetch(release, folder=self.folder)  # that is, look at every file once more
        mark = self._place(release.tag) / PUBLISHED
        if not mark.exists():
            files.write(mark, b"This release is published: files may be added, and none changed.\n")
        return replace(release, stage=Stage.PUBLISHED)

    def preflight(self, tag: str | None, *, extending: bool, environment: str) -> tuple[str, ...]:
        """See that the store's folder could be written to; of the `environment` nothing is known here."""
        del environment
        place = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        if not (place.is_dir() and os.access(place, os.W_OK)):
            raise OutsideError(f"{place} cannot be written to. Choose another `store` in [tool.wheelyard.release].")
        return comparing.preflight(self.find(tag) if tag else None, extending=extending)

    def _place(self, tag: str) -> Path:
        comparing.refuse_odd_tag(tag)
        return self.folder / quote(tag, safe="+!,=@ ")

    def _beside(self, tag: str, role: str) -> Path:
        """A hidden neighbour of a release's folder, on the same file system."""
        place = self._place(tag)
        return place.with_name(f".{place.name}.{role}")

    def _sweep(self, tag: str) -> None:
        """Undo what a killed run left half done; held under the store's lock, so that it is nobody's."""
        place, aside = self._place(tag), self._beside(tag, "replaced")
        files.remove(self._beside(tag, "partial"))
        if aside.exists() and not place.exists():
            aside.rename(place)  # killed between the two renames: the old release, and its mark, are still the truth
        files.remove(aside)

    def _saved(self, bundle: Bundle, there: Release | None, *, replace: bool) -> Saved:
        """What saving this bundle means for the store as it is; an error where it may not be."""
        change = comparing.change(there, bundle, replace=replace)
        if there is not None and change is Change.UNCHANGED:
            if not tuple(_differences(self._place(bundle.tag), there.manifest)):
                return Saved(release=there, change=change)
            change = Change.REPAIRED
        stage = there.stage if there is not None else Stage.DRAFT
        if change is Change.EXTENDED and stage is Stage.SENT:
            stage = Stage.FROZEN
        where = str(self._place(bundle.tag))
        return Saved(
            release=Release(tag=bundle.tag, manifest=bundle.manifest, stage=stage, where=where),
            change=change,
            written=tuple(file.file for file in bundle.manifest.files),
        )

    def _write(self, bundle: Bundle, marks: Iterable[str]) -> None:
        """Fill a folder beside the release, flush it to disk, and rename it into place."""
        partial = self._beside(bundle.tag, "partial")
        try:
            self._fill(partial, bundle, marks)
            self._swap(partial, bundle.tag)
        except BaseException:
            files.remove(partial)
            raise

    def _fill(self, partial: Path, bundle: Bundle, marks: Iterable[str]) -> None:
        for file in bundle.manifest.files:
            files.place(bundle.paths[file.file], partial / file.file)
        document = documents.dump(bundle.manifest)
        files.write(partial / MANIFEST, document)
        files.write(partial / SUMS, comparing.sums(bundle.manifest, document))
        for mark in (self._place(bundle.tag) / name for name in marks):
            if mark.exists():
                files.place(mark, partial / mark.name)
        if wrong := tuple(_differences(partial, bundle.manifest)):
            raise OutsideError(f"Files changed while they were collected: {listed(wrong)} Collect them again.")

    def _swap(self, partial: Path, tag: str) -> None:
        place, aside = self._place(tag), self._beside(tag, "replaced")
        try:
            _sync(partial)
            if place.exists():
                place.rename(aside)
            partial.rename(place)
            _sync(self.folder)
        except OSError as error:
            raise OutsideError(f"The release {place} cannot be put in place: {error.strerror}.") from None
        files.remove(aside)


def make(place: str, root: Path, say: Say = silent) -> Directory:
    """The store `directory:PLACE`; nothing takes so long here that it had to be talked of."""
    del say
    return Directory(folder=(root / (place or "dist/releases")).absolute())


def _stage(place: Path) -> Stage:
    if (place / PUBLISHED).exists():
        return Stage.PUBLISHED
    if (place / SENT).exists():
        return Stage.SENT
    return Stage.FROZEN if (place / FROZEN).exists() else Stage.DRAFT


def _differences(place: Path, made: Manifest) -> Iterator[str]:
    """Each way in which a folder is not what the manifest says."""
    with ThreadPoolExecutor() as pool:  # hashing needs no interpreter lock
        for found in pool.map(lambda file: tuple(_difference(place / file.file, file)), made.files):
            yield from found
    known = {MANIFEST, SUMS, REPORT, *(file.file for file in made.files)}
    with suppress(FileNotFoundError):
        for path in sorted(place.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                yield f"{path.name} is not part of the release."
    document, listing = (path.read_bytes() if path.is_file() else None for path in (place / MANIFEST, place / SUMS))
    if document is None or listing is None or listing != comparing.sums(made, document):
        yield f"{SUMS} is missing or does not belong to the {MANIFEST}."


def _difference(path: Path, file: File) -> Iterator[str]:
    try:
        digest = files.sha256(path)
    except FileNotFoundError:
        yield f"{file.file} is missing."
    except OSError as error:
        raise OutsideError(f"{path} cannot be read: {error.strerror}.") from None
    else:
        if digest != file.sha256:
            yield f"{file.file} has SHA-256 {digest}, the manifest says {file.sha256}."


def _exists(place: Path) -> bool:
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise OutsideError(f"{place} cannot be read: {error.strerror}.") from None
    return True


def _sync(folder: Path) -> None:
    """Flush a folder's entries to disk, where the system can (Windows cannot open folders)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
