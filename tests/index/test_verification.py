"""A published version is held to the manifest's bytes and to its origin, and every difference is told."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fakeindex import FakeIndex, fake_index
from wheelyard.errors import FindingsError, IncompleteError
from wheelyard.index import coremetadata, verification
from wheelyard.index.provenance import UntrueError
from wheelyard.index.reader import Reader
from wheelyard.index.verification import Copy, Tell, Verified
from wheelyard.releasing.manifest import Manifest
from wheelyard.stores import Bundle

NAME, VERSION = "wy_sample", "1.0"


def proof(document: bytes, *, file: str, sha256: str) -> str:
    if document != b"good":
        raise UntrueError("it was published by eve/spam")
    return "wheels.yml"


def copies(bundle: Bundle, *, document: bytes | None = b"good") -> list[Copy]:
    return [Copy(file=file.file, sha256=file.sha256, provenance=document) for file in bundle.manifest.files]


def on_index(index: FakeIndex, *, version: str = VERSION, tell: Tell = lambda _there, _total: None) -> tuple[Copy, ...]:
    return verification.on_index(
        Reader(roots=(index.simple,)), name=NAME, version=version, parallel=len(index.held), tell=tell
    )


def wrong(found: list[Copy], made: Manifest | None, *, attested: bool = False) -> list[Verified]:
    held = verification.verify(found, made=made, attested=attested, proof=proof)
    return [file for file in held if file.wrong]


def test_what_is_as_it_should_be_has_nothing_wrong(bundle: Bundle) -> None:
    held = verification.verify(copies(bundle), made=bundle.manifest, attested=True, proof=proof)
    assert {file.workflow for file in held} == {"wheels.yml"}
    verification.refuse(held, "the index")


def test_other_bytes_than_the_manifests_are_told_with_both_digests(bundle: Bundle) -> None:
    found = copies(bundle)
    found[0] = Copy(file=found[0].file, sha256="0" * 64)
    (file,) = wrong(found, bundle.manifest)
    assert file.wrong == (f"The manifest has SHA-256 {bundle.manifest.files[0].sha256}, its bytes have {'0' * 64}.",)


def test_a_file_that_is_not_there_and_one_too_many_are_told(bundle: Bundle) -> None:
    found = [*copies(bundle)[1:], Copy(file="wy_sample-1.0-py3-none-any.whl", sha256="0" * 64)]
    assert {file.file for file in wrong(found, bundle.manifest)} == {bundle.manifest.files[0].file, found[-1].file}


def test_an_index_that_lies_about_a_digest_is_told(bundle: Bundle) -> None:
    found = [Copy(file=copy.file, sha256=copy.sha256, shown="0" * 64) for copy in copies(bundle)]
    assert len(wrong(found, None)) == len(found)


def test_a_provenance_that_does_not_hold_is_told(bundle: Bundle) -> None:
    (first, *_) = wrong(copies(bundle, document=b"bad"), bundle.manifest)
    assert first.wrong == ("Its provenance does not hold: it was published by eve/spam.",)
    with pytest.raises(FindingsError, match="eve/spam"):
        verification.refuse([first], "the index")


def test_a_file_without_provenance_is_wrong_only_where_all_must_have_one(bundle: Bundle) -> None:
    found = copies(bundle, document=None)
    assert wrong(found, bundle.manifest) == []
    assert len(wrong(found, bundle.manifest, attested=True)) == len(found)


def test_every_file_of_the_version_is_read_from_an_index_with_its_provenance(bundle: Bundle) -> None:
    held = {name: path.read_bytes() for name, path in bundle.paths.items()}
    provenance = dict.fromkeys(held, b"good")
    with fake_index(held={**held, "wy_sample-0.9.tar.gz": b"earlier"}, provenance=provenance) as index:
        found = on_index(index, version="1.0.0")
    assert {copy.file: copy.sha256 for copy in found} == {
        name: hashlib.sha256(content).hexdigest() for name, content in held.items()
    }
    assert {copy.provenance for copy in found} == {b"good"}


def read(bundle: Bundle, **settings: Any) -> list[Verified]:
    held = {name: path.read_bytes() for name, path in bundle.paths.items()}
    with fake_index(held=held, **settings) as index:
        found = on_index(index)
    return wrong(list(found), bundle.manifest)


@pytest.mark.parametrize("html", [pytest.param(False, id="json"), pytest.param(True, id="html")])
def test_the_metadata_an_index_offers_is_that_in_the_wheel(bundle: Bundle, *, html: bool) -> None:
    assert read(bundle, html=html) == []


def test_metadata_that_is_not_what_the_wheel_says_is_told_with_both_hashes(bundle: Bundle) -> None:
    found = read(bundle, offers=lambda metadata: metadata + b"!")
    assert {file.file for file in found} == {name for name in bundle.paths if name.endswith(".whl")}
    ours = {name: coremetadata.inside(path) for name, path in bundle.paths.items()}
    for file in found:
        document = ours[file.file] or b""
        theirs, inside = (coremetadata.digest(one) for one in (document + b"!", document))
        assert file.wrong == (f"The index serves METADATA of SHA-256 {theirs}; that in the file has {inside}.",)


def test_metadata_that_is_not_what_the_page_states_is_told(bundle: Bundle) -> None:
    served = iter(range(1000))
    found = read(bundle, offers=lambda metadata: metadata + str(next(served)).encode())
    assert all("The index states METADATA of SHA-256" in file.wrong[0] for file in found)
    assert len(found) == len(bundle.paths) - 1


def test_a_version_that_is_nowhere_is_told(tmp_path: Path) -> None:
    with fake_index() as index, pytest.raises(IncompleteError, match=r"no file of wy_sample 1\.0"):
        on_index(index)
    with pytest.raises(IncompleteError, match="no file"):
        verification.in_folder(tmp_path, name=NAME, version=VERSION)


class Met(dict[str, bytes]):
    """Files of which none is given before all are asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self.missing = set(files)
        self.barrier = threading.Barrier(len(files))

    def __getitem__(self, name: str) -> bytes:
        if name in self.missing:
            self.missing.discard(name)
            self.barrier.wait(60)
        return super().__getitem__(name)


def test_files_are_downloaded_side_by_side_and_their_bytes_are_told(bundle: Bundle) -> None:
    told: list[tuple[int, int | None]] = []
    every = sum(file.size for file in bundle.manifest.files)
    with fake_index(held=Met({name: path.read_bytes() for name, path in bundle.paths.items()})) as index:
        found = on_index(index, tell=lambda there, total: told.append((there, total)))
    assert {copy.file: copy.sha256 for copy in found} == {file.file: file.sha256 for file in bundle.manifest.files}
    assert told == sorted(told)
    assert told[-1] == (every, every)


def test_files_of_a_quarantined_project_are_said_to_be_withheld() -> None:
    fake = fake_index(status={"status": "quarantined"})
    with fake as index, pytest.raises(IncompleteError, match=r"The project is quarantined there\."):
        on_index(index)


def test_a_folder_is_read_with_the_documents_beside_its_files(bundle: Bundle) -> None:
    name, path = next(iter(bundle.paths.items()))
    path.with_name(f"{name}.provenance").write_bytes(b"good")
    found = verification.in_folder(path.parent, name=NAME, version=VERSION)
    assert {copy.file for copy in found} == set(bundle.paths)
    assert {copy.file for copy in found if copy.provenance} == {name}


def test_what_is_printed_says_where_it_was_found(bundle: Bundle) -> None:
    held = verification.verify(copies(bundle), made=None, attested=False, proof=proof)
    report = verification.report(held, name=NAME, version=VERSION, source="x", made=None)
    printed = msgspec.json.decode(msgspec.json.encode(report))
    assert (printed["schema"], printed["source"], printed["manifest"]) == (1, "x", False)
