"""A transparency log that answers as Rekor does, in the first version of its API: a promise, a proof and a checkpoint.

The tree is that of RFC 6962, chapter 2; the checkpoint follows transparency.dev's `formats/log/README.md`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from sigstoreca import spki

_SIGNATURE = ec.ECDSA(hashes.SHA256())


class Unfit(Exception):  # noqa: N818  # an answer, not a fault of ours
    """An entry that the log does not take, and why."""


class Log:
    """What was logged, and the key that says so; `name` is the host that it is known by."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(spki(self.key.public_key())).digest()
        self._leaves: list[bytes] = []
        self._guard = threading.Lock()

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._leaves)

    def add(self, proposed: dict[str, Any]) -> dict[str, Any]:
        """The answer to a proposed entry; `Unfit` if its signature does not hold."""
        body = _canonical(_entry(proposed))
        with self._guard:
            self._leaves.append(_leaf(body))
            leaves = tuple(self._leaves)
        index = len(leaves) - 1
        answer = {
            "body": base64.b64encode(body).decode(),
            "integratedTime": int(time.time()),
            "logID": self.id.hex(),
            "logIndex": index,
        }
        promise = self._sign(_canonical(answer))
        verification = {"signedEntryTimestamp": promise, "inclusionProof": self._proof(index, leaves)}
        return {f"{1:016x}{leaves[-1].hex()}": {**answer, "verification": verification}}

    def _proof(self, index: int, leaves: tuple[bytes, ...]) -> dict[str, Any]:
        root = _root(leaves)
        return {
            "logIndex": index,
            "treeSize": len(leaves),
            "rootHash": root.hex(),
            "hashes": [each.hex() for each in _path(index, leaves)],
            "checkpoint": self._checkpoint(len(leaves), root),
        }

    def _checkpoint(self, size: int, root: bytes) -> str:
        note = f"{self.name} - 1\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64decode(self._sign(note.encode()))
        return f"{note}\n\N{EM DASH} {self.name} {base64.b64encode(self.id[:4] + signature).decode()}\n"

    def _sign(self, data: bytes) -> str:
        return base64.b64encode(self.key.sign(data, _SIGNATURE)).decode()


def _entry(proposed: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a proposed entry: the digests of envelope and statement, and its signature."""
    try:
        content = proposed["spec"]["proposedContent"]
        envelope, (verifier,) = json.loads(content["envelope"]), content["verifiers"]
        payload, (signature,) = base64.b64decode(envelope["payload"]), envelope["signatures"]
        kind = envelope["payloadType"]
        signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
        key = x509.load_pem_x509_certificate(base64.b64decode(verifier)).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(base64.b64decode(signature["sig"]), signed, _SIGNATURE)
    except (AssertionError, InvalidSignature, KeyError, TypeError, ValueError) as error:
        raise Unfit(f"error processing entry: {type(error).__name__}") from error
    spec = {
        "envelopeHash": _sha256(content["envelope"].encode()),
        "payloadHash": _sha256(payload),
        "signatures": [{"signature": signature["sig"], "verifier": verifier}],
    }
    return {"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}


def _sha256(data: bytes) -> dict[str, str]:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def _root(leaves: tuple[bytes, ...]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = _half(leaves)
    return hashlib.sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _path(index: int, leaves: tuple[bytes, ...]) -> list[bytes]:
    """The hashes beside the way from a leaf to the root."""
    if len(leaves) == 1:
        return []
    half = _half(leaves)
    if index < half:
        return [*_path(index, leaves[:half]), _root(leaves[half:])]
    return [*_path(index - half, leaves[half:]), _root(leaves[:half])]


def _half(leaves: tuple[bytes, ...]) -> int:
    """The largest power of two below their number."""
    return 1 << (len(leaves) - 1).bit_length() - 1
