"""Ask an index what it shows: every request has a timeout, and is tried again with growing pauses."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO, TypeVar
from urllib.parse import urlsplit

import requests

from wheelyard.doors import web
from wheelyard.errors import OutsideError
from wheelyard.index import editions, simple
from wheelyard.index.editions import MOVED, NOT_THERE, Got
from wheelyard.index.project import Listed, Metadata, Page

TIMEOUT = (10.0, 30.0)  # seconds to connect, and between two pieces of an answer
ATTEMPTS = 4
LOOKS = 3  # at a cache that shows an older page than one seen before
MOST_BYTES = 128 << 20
_REDIRECTS = 5

T = TypeVar("T")

Login = tuple[str, str]
Tell = Callable[[int], None]


@dataclass(kw_only=True)
class Reader:
    """Reads the simple pages of one index.

    `roots` are the places where its simple pages may be, the first that is one is kept; `known` says that the only root
    is surely the right one. `login` gives user name and password when an index asks for them, never to another host.
    A page that was read is asked for again only if it changed, as PyPI's documentation ("API") wants it.
    """

    roots: tuple[str, ...]
    known: bool = False
    login: Callable[[], Login | None] = lambda: None
    verify: str | None = None
    pause: Callable[[float], None] = time.sleep
    _session: requests.Session = field(default_factory=requests.Session, init=False)
    _login: Login | None = field(default=None, init=False)
    _found: bool = field(default=False, init=False)
    _newest: dict[str, Page] = field(default_factory=dict, init=False)

    def page(self, project: str) -> Page | None:
        """The newest page of a project that was seen, or None where the index surely has none of that name."""
        silent = []
        for root in self.roots:
            got, page = self._look(f"{root}{project}/")
            if got.status not in {*NOT_THERE, *MOVED} and page is None:
                raise OutsideError(f"{got.url} answered {web.status(got.status)}. {_advice(got.status)}")
            if page is not None or self._lacks(got, root, project):
                self.roots, self._found = (root,), True
                return page
            silent.append(f"{got.url} ({f'a redirect to {web.address(got.target)}' if got.target else got.status})")
        raise OutsideError(
            f"No simple page of an index was found at {' or '.join(silent)}, so what it holds cannot be compared."
            " Say where it is with --simple URL, or give --simple none to upload without comparing."
        )

    def _lacks(self, got: Got, root: str, project: str) -> bool:
        """Whether an answer says that an index has no such project.

        pypiserver says it by leading to the same project on another index; a portal leads to a page for people.
        """
        if not got.target:
            return self.known or self._found or self._is_root(root)
        leads_there = urlsplit(got.target).path.rstrip("/").endswith(f"/{project}")
        downgrades = web.downgrades(got.url, got.target)
        return leads_there and not downgrades and not self.known and self._is_root(root)

    def _look(self, url: str, *, looks: int = LOOKS) -> tuple[Got, Page | None]:
        """An answer and the page it gives.

        Each node of a large index's cache may lag: one that knows less than another did before is asked again, and
        what it does not show is never taken for not there.
        """
        before = self._newest.get(url)
        got = self._get(url, accept=simple.ACCEPT, etag=before.etag if before else None)
        page = editions.page(got, before)
        if before is None or not editions.lags(got, page, before):
            self._newest.update({url: page} if page else {})
            return got, page
        if looks == 1:
            return got, before
        self.pause(web.backoff(LOOKS - looks))
        return self._look(url, looks=looks - 1)

    def digest(self, listed: Listed, *, into: BinaryIO | None = None, tell: Tell = lambda _count: None) -> str:
        """The SHA-256 of a file by its bytes, which go `into` a file that is empty; `tell` hears how many came."""

        def hashed(response: requests.Response) -> str:
            if response.status_code != HTTPStatus.OK:
                raise OutsideError(f"{listed.url} answered {web.status(response.status_code)}.")
            digest = hashlib.sha256()
            if into is not None:
                into.truncate(into.seek(0))
            for piece in response.iter_content(1 << 20):
                digest.update(piece)
                tell(len(piece))
                if into is not None:
                    into.write(piece)
            return digest.hexdigest()

        return self._ask(listed.url, accept="*/*", use=hashed, anywhere=True)

    def document(self, url: str, *, accept: str) -> bytes:
        """What lies at an address that a page names."""
        got = self._get(url, accept=accept, anywhere=True)
        if got.status != HTTPStatus.OK:
            raise OutsideError(f"{url} answered {web.status(got.status)}. {_advice(got.status)}")
        return got.body

    def metadata(self, offered: Metadata) -> bytes:
        """The METADATA that an index offers beside a wheel; `OutsideError` where it is not what the page states."""
        document = self.document(offered.url, accept="*/*")
        digest = hashlib.sha256(document).hexdigest()
        if offered.sha256 not in {None, digest}:
            raise OutsideError(f"{offered.url} has SHA-256 {digest}, and its page states {offered.sha256}.")
        return document

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _is_root(self, root: str) -> bool:
        """Whether a place answers as the list of projects does; a long one is not read to its end."""

        def lists(response: requests.Response) -> bool:
            next(response.iter_content(1 << 16), b"")  # all of a short one: then its connection is kept
            kind = response.headers.get("Content-Type", "").partition(";")[0]
            return response.status_code == HTTPStatus.OK and kind in {simple.JSON, simple.HTML, "text/html"}

        return self._ask(root, accept=simple.ACCEPT, use=lists)

    def _get(self, url: str, *, accept: str, etag: str | None = None, anywhere: bool = False) -> Got:
        def taken(response: requests.Response) -> Got:
            body = bytearray()
            for piece in response.iter_content(1 << 16):
                body += piece
                if len(body) > MOST_BYTES:
                    raise OutsideError(f"{url} answers with more than {MOST_BYTES >> 20} MiB, too much for an index.")
            return Got(status=response.status_code, url=url, headers=response.headers, body=bytes(body))

        return self._ask(url, accept=accept, etag=etag, use=taken, anywhere=anywhere)

    def _ask(
        self,
        url: str,
        *,
        accept: str,
        use: Callable[[requests.Response], T],
        etag: str | None = None,
        anywhere: bool = False,
    ) -> T:
        """What `use` makes of an answer; asked again after passing troubles, also those in the middle of a body.

        With `anywhere`, for what is held to a hash or a signature, redirects to another host are followed, too.
        """
        wanted = {"Accept": accept, "Cache-Control": "no-cache", **({"If-None-Match": etag} if etag else {})}
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                with self._follow(url, wanted, anywhere=anywhere) as response:
                    if response.status_code not in web.AGAIN or last:
                        return use(response)
                    wait = _retry_after(response)
            except requests.RequestException as error:
                if last or not web.passes(error):
                    advice = " Check the address, or try again later." if web.passes(error) else ""
                    raise OutsideError(f"{url} cannot be read: {web.trouble(error)}.{advice}") from None
                wait = None
            self.pause(wait if wait is not None else web.backoff(attempt))
        raise AssertionError(url)

    def _follow(self, url: str, wanted: Mapping[str, str], *, anywhere: bool) -> requests.Response:
        """An answer after the redirects within its own host, or anywhere that is as safe, the body not yet read."""
        here = url
        for _ in range(_REDIRECTS):
            response = self._admitted(here, wanted)
            target = web.target(here, response.headers.get("Location", ""))
            follows = web.same_host(here, target) or (anywhere and not web.downgrades(here, target))
            if response.status_code not in MOVED or not follows:
                return response
            response.close()
            here = target
        raise OutsideError(f"{url} redirects more than {_REDIRECTS} times.")

    def _admitted(self, url: str, wanted: Mapping[str, str]) -> requests.Response:
        """One request; the index may ask for user name and password, which only its own host gets."""
        ours = any(web.same_host(url, root) for root in self.roots)
        response = self._send(url, wanted, self._login if ours else None)
        refused = response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
        if refused and ours and self._login is None and (login := self.login()):
            response.close()
            self._login = login
            response = self._send(url, wanted, login)
        return response

    def _send(self, url: str, wanted: Mapping[str, str], login: Login | None) -> requests.Response:
        with web.addresses():
            return self._session.get(
                url,
                headers=dict(wanted),
                auth=login,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
                verify=self.verify if self.verify is not None else True,
            )


def _retry_after(response: requests.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return min(float(text), 60.0) if text.isdecimal() else None


def _advice(status: int) -> str:
    if status in {401, 403, 407}:
        return "Check the user name and the token: TWINE_USERNAME and TWINE_PASSWORD, .pypirc or the keyring."
    return "Try again later, or look at the index's status page."
