"""Read the pages of the simple repository API, JSON (PEP 691) and HTML (PEP 503), as values.

The format is https://packaging.python.org/en/latest/specifications/simple-repository-api/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from wheelyard.errors import OutsideError

if TYPE_CHECKING:
    from packaging.version import Version

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
ACCEPT = f"{JSON}, {HTML};q=0.2, text/html;q=0.01"

_DISTRIBUTION = re.compile(r".+\.(whl|tar\.gz|zip|tar\.bz2|tgz|egg|exe)", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotSimpleError(OutsideError):
    """The answer is no page of the simple repository API."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One file as an index shows it; `sha256` is hexadecimal, or None where the page does not say it.

    `provenance` is the address of its attestations, where it has any (PEP 740).
    """

    file: str
    url: str
    sha256: str | None = None
    size: int | None = None
    yanked: bool = False
    provenance: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page of one project."""

    files: tuple[Listed, ...] = ()

    def get(self, file: str) -> Listed | None:
        """The file of that name."""
        return next((listed for listed in self.files if listed.file == file), None)


def parse(body: bytes, *, content_type: str, url: str) -> Page:
    """The project page in `body`, which came from `url`; `NotSimpleError` for anything else, an error page say."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {JSON, "application/json"}:
        return _of_json(body, url)
    if kind in {HTML, "text/html"}:
        return _of_html(body, url, marked=kind == HTML)
    raise NotSimpleError(f"{url} answered with {kind or 'no content type'}, not with the page of a package index.")


def _of_json(body: bytes, url: str) -> Page:
    try:
        data = json.loads(body)
        entries = data["files"]
        return Page(files=tuple(_entry(entry, url) for entry in entries))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotSimpleError(
            f"{url} answered with JSON that is no page of a package index: {type(error).__name__} {error}."
        ) from None


def _entry(entry: dict[str, Any], url: str) -> Listed:
    digest = entry.get("hashes", {}).get("sha256")
    size = entry.get("size")
    return Listed(
        file=str(entry["filename"]),
        url=urljoin(url, entry["url"]),
        sha256=_digest(digest),
        size=size if isinstance(size, int) else None,
        yanked=bool(entry.get("yanked", False)),
        provenance=_address(url, entry.get("provenance")),
    )


def _of_html(body: bytes, url: str, *, marked: bool) -> Page:
    """The links of an HTML page; one without a link to any distribution must say that it is a simple page."""
    links = _Links(url)
    links.feed(body.decode(errors="replace"))
    links.close()
    if not links.found and not (marked or links.marked):
        title = f" Its title is {links.title.strip()!r}." if links.title.strip() else ""
        raise NotSimpleError(f"{url} answered with a web page that lists no files of a project.{title}")
    return Page(files=tuple(links.found))


def version_of(file: str, project: str) -> Version | None:
    """The version of a wheel or sdist of a project, by its name; None for any other file."""
    parse = parse_wheel_filename if file.endswith(".whl") else parse_sdist_filename
    try:
        name, version, *_ = parse(file)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return version if name == canonicalize_name(project) else None


class _Links(HTMLParser):
    """Gathers the anchors of a simple page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = url
        self.found: list[Listed] = []
        self.marked = False
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an anchor in, and what the head says of the page."""
        given = dict(attrs)
        self._in_title = tag == "title"
        match tag:
            case "base":
                self.base = urljoin(self.base, given.get("href") or "")
            case "meta" if given.get("name") == "pypi:repository-version":
                self.marked = True
            case "a" if href := given.get("href"):
                self._anchor(href, given)
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        """End the title."""
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        """Keep the title, which says what an error page is about."""
        if self._in_title:
            self.title += data

    def _anchor(self, href: str, given: Mapping[str, str | None]) -> None:
        address, fragment = urldefrag(urljoin(self.base, href))
        file = unquote(urlsplit(address).path.rpartition("/")[2])
        if _DISTRIBUTION.fullmatch(file):
            algorithm, _, digest = fragment.partition("=")
            sha256 = _digest(digest) if algorithm == "sha256" else None
            provenance = _address(self.base, given.get("data-provenance"))
            yanked = "data-yanked" in given
            self.found.append(Listed(file=file, url=address, sha256=sha256, yanked=yanked, provenance=provenance))


def _address(base: str, text: object) -> str | None:
    return urljoin(base, text) if isinstance(text, str) and text else None


def _digest(text: object) -> str | None:
    """A SHA-256 in lower case, or None for what is none."""
    lower = text.lower() if isinstance(text, str) else ""
    return lower if _SHA256.fullmatch(lower) else None
