"""Attest that this very job publishes a file (PEP 740), through pypi-attestations and a Sigstore."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import requests

from wheelyard.doors import crew, web
from wheelyard.errors import OutsideError, UsageError, WheelyardError
from wheelyard.index import answers, trust
from wheelyard.index.waiting import meanwhile
from wheelyard.releasing.manifest import File
from wheelyard.words import line

if TYPE_CHECKING:
    from pypi_attestations import Distribution
    from sigstore.sign import Signer

ATTEMPTS = 4
SECONDS = 60.0  # for one attempt: the clients of Fulcio and Rekor would wait without end
_AGAIN = "Run the same command again later, or set attest = false in [tool.wheelyard.publish]."
_REFUSED = "It has to take identities of this job's issuer; else set attest = false in [tool.wheelyard.publish]."


class Attester(Protocol):
    """Makes attestations; called from several threads."""

    def attest(self, file: File) -> str:
        """The attestation of a file, as JSON; `OutsideError` where none can be had."""
        ...


def attested(files: Iterable[File], attester: Attester, *, parallel: int) -> dict[str, str]:
    """The attestation of every file by its name: of one alone, which gets the certificate, then several at a time."""
    first, *others = files
    made = {first.file: attester.attest(first)}

    def one(file: File) -> None:
        made[file.file] = attester.attest(file)

    crew.each(others, one, parallel=parallel)
    return made


class Sigstore:
    """Attests by the identity of this job, with one certificate for all files; a new one when that has expired."""

    def __init__(
        self,
        opened: Callable[[], Signer],
        *,
        seconds: float = SECONDS,
        pause: Callable[[float], None] = time.sleep,
        say: Callable[[str], None] = lambda _words: None,
    ) -> None:
        """`opened` gives what signs; an attempt that lasts longer than `seconds` is given up; `say` hears of those."""
        self._open = opened
        self._seconds = seconds
        self._pause = pause
        self._say = say
        self._signer: Signer | None = None

    def attest(self, file: File) -> str:
        """The attestation of a file, by its name and digest; what passes is waited for."""
        from pypi_attestations import Distribution  # noqa: PLC0415  # slow, an extra

        distribution = Distribution(name=file.file, digest=file.sha256)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return meanwhile(partial(self._signed, distribution), seconds=self._seconds)()
            except WheelyardError:
                raise
            except Exception as error:  # no class covers what three services, their clients and the network raise
                fault = _fault(error)
                if attempt == ATTEMPTS or not fault.passes:
                    raise fault.told(file, attempt) from error
            self._say(f"attesting {file.file} again: {fault.words}")
            self._pause(fault.wait if fault.wait is not None else web.backoff(attempt - 1))
        raise AssertionError

    def _signed(self, distribution: Distribution) -> str:
        """One attempt. After an expiry each thread gets a certificate: a lock might be held by a silent one."""
        from pypi_attestations import Attestation, AttestationError  # noqa: PLC0415  # slow, an extra

        signer = self._signer = self._signer or self._open()
        try:
            return Attestation.sign(signer, distribution).model_dump_json()
        except AttestationError:  # a certificate lives for minutes only
            self._signer = None
            raise


@dataclass(frozen=True, kw_only=True)
class _Fault:
    """Why there is no attestation; `passes` says whether to try again, after `wait` seconds if that is known."""

    words: str
    passes: bool
    wait: float | None = None
    advice: str = _AGAIN

    def told(self, file: File, attempts: int) -> OutsideError:
        """The error for people."""
        times = f" ({attempts} attempts)" if attempts > 1 else ""
        return OutsideError(f"{file.file} cannot be attested: {self.words}{times}. No file was sent. {self.advice}")


def _fault(error: Exception) -> _Fault:
    """What went wrong, by the trouble with HTTP that the clients wrap and do not tell."""
    from pypi_attestations import AttestationError  # noqa: PLC0415  # slow, an extra
    from sigstore.oidc import IdentityError  # noqa: PLC0415

    match _cause(error):
        case requests.RequestException() as trouble:
            return _troubled(trouble)
        case TimeoutError():
            return _Fault(words="Sigstore gave no answer in time", passes=True)
        case AttestationError():
            return _Fault(words="the certificate for it expired", passes=True, wait=0.0)
        case IdentityError():
            return _Fault(words=f"the job got no valid identity: {line(str(error))}", passes=True)
        case _:
            return _Fault(words=f"{type(error).__name__} {line(str(error))}", passes=False)


def _troubled(trouble: requests.RequestException) -> _Fault:
    """What trouble with Fulcio or Rekor means."""
    if trouble.response is not None:
        return _answered(trouble.response)
    if isinstance(trouble, requests.JSONDecodeError):
        return _Fault(words="Sigstore's answer is no JSON", passes=False)
    where = urlsplit(str(trouble.request.url)).netloc if trouble.request is not None else "Sigstore"
    return _Fault(words=f"{where}: {web.trouble(trouble)}", passes=web.passes(trouble))


def _answered(response: requests.Response) -> _Fault:
    """What a refusal by Fulcio or Rekor means, in its own words."""
    said = answers.words(response.status_code, reason=response.reason, body=response.text)
    passes = response.status_code in web.AGAIN
    return _Fault(
        words=f"{urlsplit(response.url).netloc} answered {said}",
        passes=passes,
        wait=answers.seconds(response.headers.get("Retry-After")),
        advice=_AGAIN if passes else _REFUSED,
    )


def _cause(error: BaseException) -> BaseException:
    """The trouble with HTTP that an exception was raised for, or the exception."""
    inner: BaseException | None = error
    while inner is not None and not isinstance(inner, requests.RequestException):
        inner = inner.__cause__ or inner.__context__
    return inner or error


def attester(file: Path | None, *, say: Callable[[str], None]) -> Attester | None:
    """What attests in this job, by the public Sigstore or that of `file`; None where the job has no identity.

    `say` hears of attempts that failed and are made again.

    Raises:
        UsageError: it has one, and pypi-attestations is not installed, or the file describes no Sigstore.
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
    if file is not None:
        trust.instance(file)  # told before anything is checked, sent or signed
    return Sigstore(partial(_signer, file), say=say)


def _signer(file: Path | None) -> Signer:
    """A signer with a certificate for the identity of this job."""
    from sigstore.oidc import IdentityToken, detect_credential  # noqa: PLC0415
    from sigstore.sign import Signer, SigningContext  # noqa: PLC0415

    trusted = trust.instance(file)
    if file is None:
        trusted.force_tlog_version = 1  # as pypi-attestations does: PyPI reads no entries of the second one yet
    token = detect_credential()
    if token is None:
        raise OutsideError("The job has an identity and was given no token for it.")
    return Signer(IdentityToken(token), SigningContext.from_trust_config(trusted))
