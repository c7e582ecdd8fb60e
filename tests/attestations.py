"""Attestations without the public Sigstore: made by the real pypi-attestations, and real ones out of its sdist."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
import tarfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pypi_attestations import Attestation, AttestationError, AttestationType
from sigstore import dsse
from sigstore.models import Bundle, TransparencyLogEntry
from sigstore.oidc import ExpiredIdentity
from sigstore_models.rekor.v1 import TransparencyLogEntry as Inner

import validators
from wheelyard.doors import process

if TYPE_CHECKING:
    from sigstore.sign import Signer

_ASSETS = "0.0.30"  # newer ones hold others
_USAGE = (True, False, False, False, False, False, False, False, False)  # digital signatures only
_ANY = base64.b64encode(b"any").decode()
_ENTRY = {
    "logIndex": "1",
    "logId": {"keyId": _ANY},
    "kindVersion": {"kind": "dsse", "version": "0.0.1"},
    "integratedTime": "1",
    "inclusionPromise": {"signedEntryTimestamp": _ANY},
    "inclusionProof": {
        "logIndex": "1",
        "rootHash": _ANY,
        "treeSize": "2",
        "hashes": [],
        "checkpoint": {"envelope": "any"},
    },
    "canonicalizedBody": _ANY,
}


class Untrusted:
    """Signs as sigstore does, with a certificate and a log entry of nobody; it refuses the first `expired` times."""

    def __init__(self, *, expired: int = 0) -> None:
        self.signed = 0
        self._expired = expired
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(minutes=10))
        builder = builder.add_extension(x509.KeyUsage(*_USAGE), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        self._certificate = builder.sign(self._key, hashes.SHA256())

    def sign_dsse(self, statement: dsse.Statement) -> Bundle:
        if self._expired:
            self._expired -= 1
            raise ExpiredIdentity
        self.signed += 1
        entry = TransparencyLogEntry(Inner.from_dict(_ENTRY))
        return Bundle._from_parts(self._certificate, dsse._sign(self._key, statement), entry)


def untrusted(*, expired: int = 0) -> Signer:
    signer: Any = Untrusted(expired=expired)
    return signer  # type: ignore[no-any-return]


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


def mistake(attestations: str, *, file: str, sha256: str) -> str | None:
    """What PyPI would say of the attestations of an upload, signatures apart; None where they are right."""
    try:
        (made,) = [Attestation.model_validate(one) for one in json.loads(attestations)]
        made.to_bundle()
    except (ValueError, AttestationError) as error:
        return f"malformed attestation: {type(error).__name__}"
    (subject,) = made.statement["subject"]
    if made.statement["predicateType"] != AttestationType.PYPI_PUBLISH_V1.value:
        return "unknown predicate"
    if (subject["name"], subject["digest"]["sha256"]) != (file, sha256):
        return f"subject does not match distribution name: {subject['name']} != {file}"
    return None
