"""Verify who published a file, by its provenance (PEP 740), through pypi-attestations."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from wheelyard.errors import UsageError, WheelyardError
from wheelyard.index import trust
from wheelyard.words import line

if TYPE_CHECKING:
    from pypi_attestations import Attestation, Distribution, GitHubPublisher
    from sigstore.verify import Verifier


_ISSUER = "https://token.actions.githubusercontent.com"
# The workflow a certificate is for, with what it ran at; and the commit and the ref: Fulcio's docs/oid-info.md.
_WORKFLOW = "1.3.6.1.4.1.57264.1.18"
_REVISIONS = ("1.3.6.1.4.1.57264.1.13", "1.3.6.1.4.1.57264.1.14")


class UntrueError(Exception):
    """A provenance that does not hold for the file, and why."""


class Witness:
    """Says which workflow of a repository published a file; whom to trust for that is looked up once for all files."""

    def __init__(
        self,
        repository: str | None,
        *,
        workflow: str | None = None,
        trusted: Path | None = None,
        offline: bool = False,
    ) -> None:
        """`repository` is owner/name on GitHub, `workflow` the only file there that may have published, if it is given.

        `trusted` and `offline` are those of `trust.instance`.
        """
        self._repository = repository
        self._workflow = workflow
        self._trusted = trusted
        self._offline = offline

    def __call__(self, document: bytes, *, file: str, sha256: str) -> str:
        """The workflow that published the file; `UntrueError` where none did.

        Raises:
            OutsideError: the keys of the public Sigstore cannot be got.
            UsageError: the repository is not known, or pypi-attestations is not installed.
        """
        try:
            from pypi_attestations import Distribution  # noqa: PLC0415  # slow to import, and an extra
        except ImportError:
            raise UsageError("pypi-attestations verifies provenance. Install wheelyard[attest].") from None
        if self._repository is None:
            raise UsageError(f"Who should have published {file} is not known. Say --repository OWNER/NAME.")
        try:
            workflows = tuple(self._workflows(document, Distribution(name=file, digest=sha256)))
        except WheelyardError:
            raise
        except Exception as error:  # whatever a hostile document breaks or says, it proves nothing
            raise UntrueError(line(str(error)) or type(error).__name__) from error
        if not workflows:
            raise UntrueError("it holds no attestation")
        return workflows[0]

    @cached_property
    def _verifier(self) -> Verifier:
        from sigstore.verify import Verifier  # noqa: PLC0415  # as slow

        logging.getLogger("sigstore").setLevel(logging.ERROR)  # it warns that it is offline, which was asked for
        return Verifier(trusted_root=trust.instance(self._trusted, offline=self._offline).trusted_root)

    def _workflows(self, document: bytes, distribution: Distribution) -> Iterator[str]:
        """The workflow of each attestation, after it was verified."""
        from pydantic import ValidationError  # noqa: PLC0415  # as slow
        from pypi_attestations import GitHubPublisher, Provenance  # noqa: PLC0415

        try:
            bundles = Provenance.model_validate_json(document).attestation_bundles
        except ValidationError:
            raise UntrueError("it is no provenance document") from None
        for bundle in bundles:
            publisher = bundle.publisher
            if not isinstance(publisher, GitHubPublisher):
                raise UntrueError(f"it was published from {publisher.kind}, not by {self._repository} on GitHub")
            if publisher.repository != self._repository:
                raise UntrueError(f"it was published by {publisher.repository}, not by {self._repository}")
            if self._workflow not in {None, publisher.workflow}:
                raise UntrueError(
                    f"it was published by the workflow {publisher.workflow}, not by {self._workflow} (if that was right"
                    f" then, say --workflow {publisher.workflow})"
                )
            for attestation in bundle.attestations:
                self._verify(attestation, publisher, distribution)
                yield publisher.workflow

    def _verify(self, attestation: Attestation, publisher: GitHubPublisher, distribution: Distribution) -> None:
        """Do what `Attestation.verify` does, which knows the public Sigstore only and looks up its keys every time."""
        from pypi_attestations import AttestationType  # noqa: PLC0415  # as slow
        from sigstore.verify import policy  # noqa: PLC0415

        home = f"https://github.com/{publisher.repository}"
        identity = policy.AllOf([policy.OIDCIssuerV2(_ISSUER), policy.OIDCSourceRepositoryURI(home)])
        self._verifier.verify_dsse(attestation.to_bundle(), identity)
        claims = attestation.certificate_claims
        workflow = f"{home}/.github/workflows/{publisher.workflow}"
        if claims.get(_WORKFLOW) not in {f"{workflow}@{claims[at]}" for at in _REVISIONS if at in claims}:
            raise UntrueError(f"it names {publisher.workflow}, and its certificate is for {claims.get(_WORKFLOW)}")
        statement = attestation.statement
        AttestationType(statement["predicateType"])
        (subject,) = statement["subject"]
        if _parsed(subject["name"]) != _parsed(distribution.name):
            raise UntrueError(f"it is for another name, {subject['name']}")
        if subject["digest"].get("sha256") != distribution.digest:
            raise UntrueError(f"it is for other bytes, of SHA-256 {subject['digest'].get('sha256')}")


def _parsed(file: str) -> object:
    """What a file name says; two spellings of it say the same."""
    return parse_wheel_filename(file) if file.endswith(".whl") else parse_sdist_filename(file)
