"""A certificate authority that certifies as Fulcio does, with word from a log of certificates embedded in each.

The extensions are those of Fulcio's `docs/oid-info.md`, the embedded timestamp that of RFC 6962, chapter 3.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANIZATION = "sigstore.test"
_ARC = "1.3.6.1.4.1.57264.1"
_TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_SIGNATURE = ec.ECDSA(hashes.SHA256())
_GITHUB = "https://github.com"
# The number of an extension, and the claims it is made of. The first six are bare text, the others are DER.
_EXTENSIONS = {
    1: "{iss}",
    2: "{event_name}",
    3: "{sha}",
    4: "{workflow}",
    5: "{repository}",
    6: "{ref}",
    8: "{iss}",
    9: _GITHUB + "/{job_workflow_ref}",
    10: "{job_workflow_sha}",
    11: "{runner_environment}",
    12: _GITHUB + "/{repository}",
    13: "{sha}",
    14: "{ref}",
    15: "{repository_id}",
    16: _GITHUB + "/{repository_owner}",
    17: "{repository_owner_id}",
    18: _GITHUB + "/{workflow_ref}",
    19: "{workflow_sha}",
    20: "{event_name}",
    21: _GITHUB + "/{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
    22: "{repository_visibility}",
}


def spki(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key in DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


class Authority:
    """A root, an intermediate that certifies, and the key of the log of certificates."""

    def __init__(self) -> None:
        self.log = ec.generate_private_key(ec.SECP256R1())
        self._key = ec.generate_private_key(ec.SECP256R1())
        root = ec.generate_private_key(ec.SECP256R1())
        self._root = _authority("root", root.public_key(), issuer="root", signer=root, depth=1)
        self._intermediate = _authority("intermediate", self._key.public_key(), issuer="root", signer=root, depth=0)

    @property
    def chain(self) -> tuple[x509.Certificate, x509.Certificate]:
        """What a leaf is issued by, and what that is."""
        return self._intermediate, self._root

    def certify(self, key: ec.EllipticCurvePublicKey, claims: dict[str, Any], *, seconds: int) -> x509.Certificate:
        """A certificate for the identity of `claims` that ends `seconds` from now, seen by the log."""
        builder = self._leaf(key, claims, seconds=seconds)
        timestamps = self._timestamps(builder.sign(self._key, hashes.SHA256()).tbs_certificate_bytes)
        embedded = x509.UnrecognizedExtension(_TIMESTAMPS, _der(0x04, timestamps))
        return builder.add_extension(embedded, critical=False).sign(self._key, hashes.SHA256())

    def _leaf(self, key: ec.EllipticCurvePublicKey, claims: dict[str, Any], *, seconds: int) -> x509.CertificateBuilder:
        end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
        identity = x509.UniformResourceIdentifier(f"{_GITHUB}/{claims['job_workflow_ref']}")
        builder = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(self._intermediate.subject)
        builder = builder.public_key(key).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(end - dt.timedelta(minutes=10)).not_valid_after(end)
        builder = builder.add_extension(_usage(digital_signature=True), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName([identity]), critical=True)
        for extension in _extensions(claims):
            builder = builder.add_extension(extension, critical=False)
        return builder

    def _timestamps(self, precertificate: bytes) -> bytes:
        """The list of one timestamp that the log promises for a certificate which does not hold it yet."""
        issuer = hashlib.sha256(spki(self._key.public_key())).digest()
        now = int(dt.datetime.now(dt.UTC).timestamp() * 1000)
        entry = issuer + len(precertificate).to_bytes(3, "big") + precertificate
        signature = self.log.sign(struct.pack("!BBQH", 0, 0, now, 1) + entry + b"\0\0", _SIGNATURE)
        log = hashlib.sha256(spki(self.log.public_key())).digest()
        one = struct.pack("!B32sQHBBH", 0, log, now, 0, 4, 3, len(signature)) + signature
        return struct.pack("!HH", len(one) + 2, len(one)) + one


def _extensions(claims: dict[str, Any]) -> Iterator[x509.UnrecognizedExtension]:
    for number, template in _EXTENSIONS.items():
        text = template.format_map(claims).encode()
        value = text if number <= 6 else _der(0x0C, text)
        yield x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{_ARC}.{number}"), value)


def _authority(
    name: str, key: ec.EllipticCurvePublicKey, *, issuer: str, signer: ec.EllipticCurvePrivateKey, depth: int
) -> x509.Certificate:
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer)).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begin).not_valid_after(begin + dt.timedelta(days=30))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return builder.add_extension(above, critical=False).sign(signer, hashes.SHA256())


def _name(common: str) -> x509.Name:
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION)
    return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _der(tag: int, content: bytes) -> bytes:
    """A value in DER, of less than 64 kB."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    if 0x80 <= size < 0x100:
        length = bytes([0x81, size])
    return bytes([tag]) + length + content
