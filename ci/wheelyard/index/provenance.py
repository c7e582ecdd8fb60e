"""Verify who published a file, by its provenance (PEP 740), through pypi-attestations."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wheelyard.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from pypi_attestations import Distribution


class UntrueError(Exception):
    """A provenance that does not hold for the file, and why."""


def verify(document: bytes, *, file: str, sha256: str, repository: str | None, offline: bool) -> str:
    """The workflow of `repository` (owner/name on GitHub) that published the file; `UntrueError` where none did.

    With `offline` the public Sigstore's keys are those that came with its client, and nothing is asked for newer ones.

    Raises:
        OutsideError: the keys cannot be got.
        UsageError: the repository is not known, or pypi-attestations is not installed.
    """
    try:
        from pypi_attestations import Distribution  # noqa: PLC0415  # slow to import, and an extra
    except ImportError:
        raise UsageError("pypi-attestations verifies provenance. Install wheelyard[attest].") from None
    if repository is None:
        raise UsageError(f"Who should have published {file} is not known. Say --repository OWNER/NAME.")
    logging.getLogger("sigstore").setLevel(logging.ERROR)  # it warns that it is offline, which is what was asked for
    try:
        workflows = tuple(_workflows(document, Distribution(name=file, digest=sha256), repository, offline=offline))
    except (UntrueError, OutsideError):
        raise
    except Exception as error:  # whatever a hostile document breaks, it proves nothing
        raise UntrueError(" ".join(str(error).split())[:300] or type(error).__name__) from error
    if not workflows:
        raise UntrueError("it holds no attestation")
    return workflows[0]


def _workflows(document: bytes, distribution: Distribution, repository: str, *, offline: bool) -> Iterator[str]:
    """The workflow of each attestation, after it was verified."""
    from pydantic import ValidationError  # noqa: PLC0415  # as slow
    from pypi_attestations import GitHubPublisher, Provenance  # noqa: PLC0415
    from sigstore.errors import NetworkError, TUFError  # noqa: PLC0415

    try:
        bundles = Provenance.model_validate_json(document).attestation_bundles
    except ValidationError:
        raise UntrueError("it is no provenance document") from None
    for bundle in bundles:
        publisher = bundle.publisher
        if not isinstance(publisher, GitHubPublisher):
            raise UntrueError(f"it was published from {publisher.kind}, not by {repository} on GitHub")
        if publisher.repository != repository:
            raise UntrueError(f"it was published by {publisher.repository}, not by {repository}")
        for attestation in bundle.attestations:
            try:
                attestation.verify(publisher, distribution, offline=offline)
            except (NetworkError, TUFError) as error:
                raise OutsideError(f"The keys of the public Sigstore cannot be got: {error}.") from None
            yield publisher.workflow
