"""Carry requests to GitHub and answers back: patience, limits, redirects, and whose fault it was."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from wheelyard import __version__
from wheelyard.doors import files, web
from wheelyard.errors import OutsideError
from wheelyard.stores.github import faults, wire
from wheelyard.stores.github.access import Place
from wheelyard.stores.github.pace import Pace
from wheelyard.stores.github.wire import Answer, Request

TIMEOUT = (30.0, 60.0)  # seconds to connect or to send a piece, and between two pieces of an answer
UPLOAD_TIMEOUT = (30.0, 300.0)  # GitHub looks at all of a file before it answers
ATTEMPTS = 5
LONGEST = 65 * 60.0  # seconds to wait for a limit to end; the primary one lasts an hour
MOST_BYTES = 64 << 20  # of an answer that is kept in memory
_REDIRECTS = 5
_WORDS = 300

T = TypeVar("T")


class LostError(OutsideError):
    """There was no answer, so nobody knows whether the request did its work: look before it is sent again."""


class _Bearer(requests.auth.AuthBase):
    """The token, or none: with it requests looks for no other in ~/.netrc, and sends none to another host."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(kw_only=True)
class Client:
    """Requests to one repository; may be used from many threads at once.

    Raises:
        UsageError: the token, its permissions or the repository are not right.
        OutsideError: GitHub failed, or refused for another reason, with its own words.
        LostError: a request that must not be sent twice got no answer.
    """

    place: Place
    token: str = field(repr=False)
    pace: Pace = field(default_factory=Pace)
    now: Callable[[], float] = time.time
    patience: float = LONGEST  # seconds to wait at most for a limit to end
    _local: threading.local = field(default_factory=threading.local, init=False, repr=False)

    def ask(self, request: Request) -> Answer:
        """The answer to a request, its status one of 2xx or of `request.also`."""
        return self._checked(request, self._persist(request, lambda: self._kept(request)))

    def read(self, request: Request, model: type[T]) -> T:
        """The JSON of an answer as a value of `model`."""
        return wire.decode(self.ask(request), model)

    def pages(self, make: Callable[[int], Request], model: type[T]) -> Iterator[T]:
        """Every element of a list, asked for page by page; `make` gives the request for a page."""
        for page in count(1):
            answer = self.ask(make(page))
            yield from wire.decode(answer, list[model])  # type: ignore[valid-type]  # made for this call
            if not answer.has_next:
                return

    def upload(self, request: Request, path: Path) -> Answer:
        """Send a file, streamed from disk; a `LostError` where it is not known whether it arrived."""
        self._refuse_stranger(request.path)

        def send() -> Answer:
            with path.open("rb") as stream:
                headers = {"Content-Type": wire.BYTES}
                with self._send(request, self._url(request), stream, headers, UPLOAD_TIMEOUT) as response:
                    return _answer(response, _body(response))

        try:
            return self._checked(request, self._persist(request, send))
        except OSError as error:
            raise OutsideError(f"{path} cannot be read: {error.strerror}.") from None

    def download(self, request: Request, path: Path | None = None) -> str:
        """The SHA-256 of bytes; with `path` they are there afterwards, in full or not at all."""
        beside = Path(os.devnull) if path is None else path.with_name(f".{path.name}.partial")
        hashed = hashlib.sha256()

        def fetch() -> Answer:
            nonlocal hashed
            hashed = hashlib.sha256()
            with self._follow(request) as response, beside.open("wb") as stream:
                if response.status_code != HTTPStatus.OK:
                    return _answer(response, _body(response))
                for piece in response.iter_content(files.CHUNK):
                    hashed.update(piece)
                    stream.write(piece)
                return _answer(response, b"")

        try:
            self._checked(request, self._persist(request, fetch))
            if path is not None:
                beside.replace(path)
        except OSError as error:
            raise OutsideError(f"{path} cannot be written: {error.strerror}. Free the disk.") from None
        finally:
            if path is not None:
                beside.unlink(missing_ok=True)
        return hashed.hexdigest()

    def plain(self, words: str) -> str:
        """Words from outside, without the token, should they have it, and not longer than a person reads."""
        return words.replace(self.token, "***")[:_WORDS]

    def _persist(self, request: Request, send: Callable[[], Answer]) -> Answer:
        """Send until there is an answer to keep: after passing troubles, and when a limit has ended."""
        limited = attempt = 0
        while True:
            self.pace.wait(writes=request.writes)
            last = attempt >= ATTEMPTS - 1 or not request.repeatable
            try:
                answer = send()
            except requests.RequestException as error:
                self._refuse_trouble(request, error, last=last)
                attempt += 1
                self.pace.sleep(web.backoff(attempt))
                continue
            wait = wire.pause(answer, attempt=limited, now=self.now())
            if wait is not None and limited < ATTEMPTS:  # it was not carried out, so anything may be sent again
                self._hold(wait)
                limited += 1
            elif answer.status in web.AGAIN and not last:
                attempt += 1
                self.pace.sleep(web.backoff(attempt))
            else:
                return answer

    def _hold(self, wait: float) -> None:
        if wait > self.patience:
            rest = f"{wait / 60:.0f} minutes" if wait > 90 else f"{wait:.0f} seconds"  # noqa: PLR2004  # 1.5 minutes
            raise OutsideError(f"GitHub takes requests again in {rest}. Run the same command then.")
        self.pace.hold(wait)

    def _refuse_trouble(self, request: Request, error: requests.RequestException, *, last: bool) -> None:
        if not last and web.passes(error):
            return
        words = f"GitHub could not be reached to {request.does}: {self.plain(web.trouble(error))}."
        if request.repeatable or not web.passes(error):
            raise OutsideError(f"{words} Run the same command again.") from None
        raise LostError(f"{words} Run the same command again.") from None

    def _kept(self, request: Request) -> Answer:
        with self._follow(request) as response:
            return _answer(response, _body(response))

    def _follow(self, request: Request) -> requests.Response:
        """The answer after redirects: within the same host for all, elsewhere for downloads and without the token."""
        url = self._url(request)
        for _ in range(_REDIRECTS):
            ours = web.same_host(self.place.api, url)
            response = self._send(request, url, request.body, {"Accept": request.accept}, TIMEOUT, ours=ours)
            target = urljoin(url, response.headers.get("Location", ""))
            elsewhere = not web.same_host(self.place.api, target)
            if not response.is_redirect or (elsewhere and request.accept != wire.BYTES):
                return response
            response.close()
            url = target
        raise OutsideError(f"GitHub redirects more than {_REDIRECTS} times, asked to {request.does}.")

    def _send(
        self,
        request: Request,
        url: str,
        data: bytes | BinaryIO | None,
        headers: Mapping[str, str],
        timeout: tuple[float, float],
        *,
        ours: bool = True,
    ) -> requests.Response:
        """One request; the token goes only to hosts that are `ours`."""
        said = {"User-Agent": f"wheelyard/{__version__}", "X-GitHub-Api-Version": wire.VERSION} if ours else {}
        return self._session().request(
            request.method,
            url,
            data=data,
            headers={**said, **headers},
            auth=_Bearer(self.token if ours else None),
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )

    def _session(self) -> requests.Session:
        """A connection of this thread's own."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _url(self, request: Request) -> str:
        base = "" if "://" in request.path else self.place.root
        return f"{base}{request.path}{wire.query(request)}"

    def _refuse_stranger(self, address: str) -> None:
        """Uploads go to a host of GitHub's own, which the token may be sent to."""
        api, parts = urlsplit(self.place.api), urlsplit(address)
        own = {api.hostname, f"uploads.{(api.hostname or '').removeprefix('api.')}"}
        if parts.hostname not in own or (parts.scheme, api.scheme) not in {("https", "https"), ("http", "http")}:
            raise OutsideError(f"GitHub names {parts.hostname!r} to upload to, which is not its own. Nothing was sent.")

    def _checked(self, request: Request, answer: Answer) -> Answer:
        if answer.status in range(200, 300) or answer.status in request.also:
            return answer
        if not request.repeatable and answer.status in web.AGAIN:
            raise LostError(f"GitHub answered {web.status(answer.status)}, asked to {request.does}. Try again.")
        raise faults.error(request, answer, repository=self.place.name, words=self.plain(answer.words))


def _answer(response: requests.Response, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=headers, body=body)


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(1 << 16):
        body += piece
        if len(body) > MOST_BYTES:
            raise OutsideError(f"An answer of more than {MOST_BYTES >> 20} MiB is none of GitHub's.")
    return bytes(body)
