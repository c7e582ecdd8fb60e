"""Attest that this very job publishes a file (PEP 740), through pypi-attestations and the public Sigstore."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from wheelyard.errors import OutsideError, UsageError
from wheelyard.releasing.manifest import File

if TYPE_CHECKING:
    from sigstore.sign import Signer

_AGAIN = "Run the same command again later, or set attest = false in [tool.wheelyard.publish]."


class Attester(Protocol):
    """Makes attestations."""

    def attest(self, file: File) -> str:
        """The attestation of a file, as JSON; `OutsideError` where none can be had."""
        ...


class Sigstore:
    """Attests by the identity of this job; the certificate for it is got once, and again when it has expired."""

    def __init__(self, opened: Callable[[], Signer]) -> None:
        """`opened` gives what signs."""
        self._open = opened
        self._signer: Signer | None = None

    def attest(self, file: File) -> str:
        """The attestation of a file, by its name and digest."""
        from pypi_attestations import Attestation, AttestationError, Distribution  # noqa: PLC0415  # slow, an extra

        distribution = Distribution(name=file.file, digest=file.sha256)
        try:
            self._signer = self._signer or self._open()
            try:
                made = Attestation.sign(self._signer, distribution)
            except AttestationError:
                self._signer = self._open()  # a certificate lives for minutes only
                made = Attestation.sign(self._signer, distribution)
        except Exception as error:  # no class covers what three services, their clients and the network raise
            words = " ".join(f"{type(error).__name__} {error}".split())[:300]
            raise OutsideError(f"{file.file} cannot be attested: {words}. {_AGAIN}") from error
        return made.model_dump_json()


def attester() -> Attester | None:
    """What attests in this job; None where the job has no identity of its own.

    Raises:
        UsageError: it has one, and pypi-attestations is not installed.
    """
    if "ACTIONS_ID_TOKEN_REQUEST_TOKEN" not in os.environ:
        return None
    try:
        import pypi_attestations as _  # noqa: F401, PLC0415
    except ImportError:
        raise UsageError(
            "attest = true, and pypi-attestations is not installed. Install wheelyard[attest] in the job, or set"
            " attest = false in [tool.wheelyard.publish]."
        ) from None
    return Sigstore(_public)


def _public() -> Signer:
    """A signer of the public Sigstore, for the identity of this job."""
    from sigstore.models import ClientTrustConfig  # noqa: PLC0415
    from sigstore.oidc import IdentityToken, detect_credential  # noqa: PLC0415
    from sigstore.sign import Signer, SigningContext  # noqa: PLC0415

    token = detect_credential()
    if token is None:
        raise OutsideError("The job has an identity and was given no token for it.")
    trusted = ClientTrustConfig.production()
    trusted.force_tlog_version = 1  # as pypi-attestations does: PyPI reads no entries of the second one yet
    return Signer(IdentityToken(token), SigningContext.from_trust_config(trusted))
