"""Files pinned by their SHA-256: fetched once over https, kept in the cache, the same bytes or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from wheelyard import __version__, resources
from wheelyard.doors import files
from wheelyard.errors import OutsideError

if TYPE_CHECKING:
    import requests

Tell = Callable[[str, int, int | None], None]

ATTEMPTS = 5
TIMEOUT = (15.0, 60.0)  # seconds to connect, and between two pieces
LARGEST = 4 << 30
_REDIRECTS = 8


@dataclass(frozen=True, kw_only=True)
class Pin:
    """Where a file is, and its SHA-256 in hexadecimal."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """What the file is called there."""
        return urlsplit(self.url).path.rpartition("/")[2]


class _FailedError(Exception):
    """One place did not give the file; `passing` if it may the next time."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """How pinned files are fetched.

    `mirrors` puts other beginnings of a URL in place of its own, and is tried first. With `offline` only the cache is
    asked. `tell` hears a file's name, how many bytes are there, and how many there will be where that is known.
    `pause` is in seconds, before the second attempt; it doubles.
    """

    mirrors: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    tell: Tell = lambda _name, _there, _all: None
    pause: float = 1.0

    def get(self, pin: Pin) -> Path:
        """The file, looked at byte for byte even where it was fetched before; several processes may ask at once.

        Raises `OutsideError` when no place gives it, or all give something else.
        """
        place = resources.cache() / "downloads" / pin.sha256
        if _is(place, pin):
            return place
        with files.alone(place.with_suffix(".lock"), wait=True):
            if not _is(place, pin):
                self._fetch(pin, place)
        return place

    def places(self, url: str) -> Iterator[str]:
        """Where a file is asked for: first at the mirrors."""
        for start, other in self.mirrors.items():
            if url.startswith(start):
                yield other + url.removeprefix(start)
        yield url

    def _fetch(self, pin: Pin, place: Path) -> None:
        if self.offline:
            raise OutsideError(
                f"{pin.url} is not in the cache ({place.parent}), and this run does without a network."
                " Run the same command once with one; a build, with --fetch in place of --offline."
            )
        partial = place.with_suffix(".partial")
        reasons = []
        for url in self.places(pin.url):
            try:
                self._whole(url, pin, partial)
            except _FailedError as error:
                reasons.append(f"  {url}: {error}")
            else:
                partial.replace(place)
                return
        todo = "See that it can be reached from here, or name a mirror of it: mirrors in [tool.wheelyard]."
        raise OutsideError("\n".join((f"{pin.name} could not be fetched:", *reasons, todo)))

    def _whole(self, url: str, pin: Pin, partial: Path) -> None:
        """The file from one place, in `partial`; what an earlier run left there is gone on with, and doubted."""
        doubtful = partial.exists() and partial.stat().st_size > 0
        self._patiently(url, partial)
        if doubtful and not _is(partial, pin):
            partial.unlink()
            self._patiently(url, partial)
        if not _is(partial, pin):
            found = files.sha256(partial)
            partial.unlink()
            raise _FailedError(
                f"its SHA-256 is {found}, {pin.sha256} is pinned. It was replaced there, or the pin is wrong:"
                " compare with what its makers publish before you change the pin."
            )

    def _patiently(self, url: str, partial: Path) -> None:
        from wheelyard.doors import web  # noqa: PLC0415  # requests is slow to import, and what is cached needs none of it

        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(self.pause * web.backoff(attempt - 1))
            try:
                self._receive(url, partial)
            except _FailedError as error:
                if not error.passing or attempt == ATTEMPTS - 1:
                    raise
            else:
                break

    def _receive(self, url: str, partial: Path) -> None:
        """One attempt, from where the last one ended."""
        import requests  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        from wheelyard.doors import web  # noqa: PLC0415

        try:
            with requests.Session() as session, partial.open("ab") as stream:
                start = stream.tell()
                with _answer(session, url, start=start) as response:
                    there = _begin(response, start)
                    stream.truncate(there)
                    _refuse_failure(response)
                    length = response.headers.get("Content-Length", "")
                    total = there + int(length) if length.isdecimal() else None
                    for piece in response.raw.stream(files.CHUNK, decode_content=False):
                        there += stream.write(piece)
                        if there > LARGEST:
                            stream.truncate(0)
                            raise _FailedError(f"it is larger than {LARGEST >> 30} GiB.")
                        self.tell(urlsplit(url).path.rpartition("/")[2], there, total)
        except requests.RequestException as error:
            raise _FailedError(f"{web.trouble(error)}.", passing=web.passes(error)) from None
        except HTTPError as error:
            raise _FailedError(f"the connection broke: {web.trouble(error)}.", passing=True) from None
        except OSError as error:
            raise OutsideError(f"{partial} cannot be written: {error.strerror}. Free the disk.") from None


def _is(place: Path, pin: Pin) -> bool:
    return place.is_file() and files.sha256(place) == pin.sha256


def _answer(session: requests.Session, url: str, *, start: int) -> requests.Response:
    """The answer to a request, through redirects, every one over https; what is in transit is the file's own bytes."""
    headers = {"Accept-Encoding": "identity", "User-Agent": f"wheelyard/{__version__}"}
    if start:
        headers["Range"] = f"bytes={start}-"
    for _ in range(_REDIRECTS):
        if urlsplit(url).scheme != "https":
            place = url.partition("?")[0]
            raise _FailedError(f"it leads to {place}, which is not https: anybody on the way could replace the file.")
        response = session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=TIMEOUT)
        if not response.is_redirect:
            return response
        response.close()
        url = urljoin(url, response.headers["Location"])
    raise _FailedError(f"it redirects more than {_REDIRECTS} times.")


def _begin(response: requests.Response, start: int) -> int:
    """Where in the file the answer begins: at `start` if the server goes on there, or will; else at 0."""
    goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    return start if goes_on or response.status_code not in {200, 206, 416} else 0


def _refuse_failure(response: requests.Response) -> None:
    from wheelyard.doors import web  # noqa: PLC0415

    if (code := response.status_code) not in {200, 206}:
        raise _FailedError(f"it answered {web.status(code)}.", passing=code in {*web.AGAIN, 416})
