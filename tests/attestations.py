"""Attestations as an index checks them, by the real pypi-attestations, and real ones out of its sdist."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pypi_attestations import Attestation, Distribution, GitHubPublisher

import validators
from wheelyard.doors import process
from wheelyard.doors.tars import tarfile

_ASSETS = "0.0.30"  # newer ones hold others
_PACKAGES = ("@sigstore/bundle@4.0.0", "@sigstore/protobuf-specs@0.5.2", "@sigstore/verify@3.1.1")
_PROGRAM = Path(__file__).parent / "peers" / "sigstore" / "verify.mjs"


def assets() -> Path:
    """The folder of real files with their real provenance, of the sdist of pypi-attestations; skips without network."""
    requirement = f"pypi-attestations=={_ASSETS}"
    place = validators.kept("pypi-attestations", (requirement,), partial(_unpack, requirement))
    return place / f"pypi_attestations-{_ASSETS}" / "test" / "assets"


def _unpack(requirement: str, place: Path) -> None:
    command = ("-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--no-binary=pypi-attestations")
    ended = process.run((sys.executable, *command, "--dest", place, requirement))
    if ended.code != 0:
        pytest.skip(f"no package index can be reached: {ended.last(1)}")
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(place, filter="data")


def mistake(attestations: str, *, publisher: Mapping[str, str], file: str, sha256: str) -> str | None:
    """What PyPI would say of the attestations of an upload; None where they are right.

    Whom it trusts is in the cache of the Sigstore client, where `FakeSigstore.pose` puts another than the public one.
    """
    try:
        (made,) = [Attestation.model_validate(one) for one in json.loads(attestations)]
    except ValueError as error:
        return f"Malformed attestations: {error}"
    try:
        made.verify(GitHubPublisher.model_validate(publisher), Distribution(name=file, digest=sha256), offline=True)
    except ValueError as error:
        return f"Could not verify the uploaded artifact using the included attestation: {error}"
    return None


def sigstore_js() -> Path:
    """A folder with the implementation for JavaScript, which is another; skips without node and npm."""
    place = validators.node_packages("sigstore-js", _PACKAGES)
    shutil.copy(_PROGRAM, place)
    return place


def signed_by(attestation: Attestation, root: Mapping[str, Any], *, folder: Path) -> str:
    """The issuer and identity of who signed, in the words of sigstore-js; empty where it does not hold."""
    documents = {"bundle.json": attestation.to_bundle().to_json(), "root.json": json.dumps(root)}
    for name, text in documents.items():
        (folder / name).write_text(text)
    ended = subprocess.run(("node", _PROGRAM.name, *documents), cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0 or "VerificationError" in ended.stderr, ended.stderr
    return ended.stdout.strip()
