"""Real provenance is verified offline, and what is not quite it proves nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypi_attestations")

from attestations import assets
from wheelyard.errors import UsageError
from wheelyard.index.provenance import UntrueError, Witness

pytestmark = pytest.mark.peers

FILE = "pypi_attestations-0.0.19.tar.gz"
REPOSITORY = "trailofbits/pypi-attestations"


@pytest.fixture(scope="module")
def folder() -> Path:
    return assets()


@pytest.fixture
def document(folder: Path) -> bytes:
    return (folder / f"{FILE}.provenance").read_bytes()


@pytest.fixture
def sha256(folder: Path) -> str:
    return hashlib.sha256((folder / FILE).read_bytes()).hexdigest()


def verify(document: bytes, sha256: str, *, file: str = FILE, repository: str | None = REPOSITORY) -> str:
    return Witness(repository, offline=True)(document, file=file, sha256=sha256)


def test_the_workflow_that_published_is_told(document: bytes, sha256: str) -> None:
    assert verify(document, sha256) == "release.yml"


def test_another_repository_is_refused_by_name(document: bytes, sha256: str) -> None:
    with pytest.raises(UntrueError, match=f"published by {REPOSITORY}, not by eve/spam"):
        verify(document, sha256, repository="eve/spam")


def test_other_bytes_are_refused(document: bytes) -> None:
    with pytest.raises(UntrueError, match="for other bytes"):
        verify(document, "0" * 64)


def test_another_file_is_refused(document: bytes, sha256: str) -> None:
    with pytest.raises(UntrueError, match="for another name"):
        verify(document, sha256, file="pypi_attestations-0.0.20.tar.gz")


def test_an_unknown_repository_is_asked_for(document: bytes, sha256: str) -> None:
    with pytest.raises(UsageError, match="--repository"):
        verify(document, sha256, repository=None)


def test_a_publisher_elsewhere_is_refused(folder: Path) -> None:
    file = "gcb_attestation_test-0.0.0.tar.gz"
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    with pytest.raises(UntrueError, match="Google"):
        verify((folder / f"{file}.provenance").read_bytes(), digest, file=file)


def _claims_eve(bundle: dict[str, Any]) -> None:
    bundle["publisher"]["repository"] = REPOSITORY.replace("trailofbits", "eve")


def _signs_otherwise(bundle: dict[str, Any]) -> None:
    envelope = bundle["attestations"][0]["envelope"]
    envelope["signature"] = envelope["signature"][:20] + "AAAA" + envelope["signature"][24:]


def _states_otherwise(bundle: dict[str, Any]) -> None:
    envelope = bundle["attestations"][0]["envelope"]
    envelope["statement"] = envelope["statement"][:-8] + "AAAAAAA="


def _attests_nothing(bundle: dict[str, Any]) -> None:
    bundle["attestations"] = []


def _has_no_certificate(bundle: dict[str, Any]) -> None:
    bundle["attestations"][0]["verification_material"]["certificate"] = "AAAA"


@pytest.mark.parametrize(
    "tamper", [_claims_eve, _signs_otherwise, _states_otherwise, _attests_nothing, _has_no_certificate]
)
def test_a_provenance_that_was_tampered_with_proves_nothing(
    document: bytes, sha256: str, tamper: Callable[[dict[str, Any]], None]
) -> None:
    changed = json.loads(document)
    tamper(changed["attestation_bundles"][0])
    named = changed["attestation_bundles"][0]["publisher"]["repository"]
    with pytest.raises(UntrueError):
        verify(json.dumps(changed).encode(), sha256, repository=named)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b"\xff", b'{"version": 1, "attestation_bundles": [3]}'])
def test_what_is_no_provenance_is_told_so(document: bytes, sha256: str) -> None:
    with pytest.raises(UntrueError, match="no provenance document"):
        verify(document, sha256)
