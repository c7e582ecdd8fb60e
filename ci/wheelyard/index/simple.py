"""Read the pages of the simple repository API, JSON (PEP 691) and HTML (PEP 503), as values.

The format is https://packaging.python.org/en/latest/specifications/simple-repository-api/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from wheelyard.errors import OutsideError
from wheelyard.index.project import Listed, Metadata, Page, Status
from wheelyard.words import line

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
ACCEPT = f"{JSON}, {HTML};q=0.2, text/html;q=0.01"

_DISTRIBUTION = re.compile(r".+\.(whl|tar\.gz|zip|tar\.bz2|tgz|egg|exe)", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ADVICE = "Try again later, or say where its simple pages are with --simple URL."
_SERIAL = re.compile(r"(?:SERIAL )?([0-9]{1,18})")


class NotSimpleError(OutsideError):
    """The answer is no page of the simple repository API."""


def parse(body: bytes, *, content_type: str, url: str) -> Page:
    """The project page in `body`, which came from `url`; `NotSimpleError` for anything else, an error page say."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {JSON, "application/json"}:
        return _of_json(body, url)
    if kind in {HTML, "text/html"}:
        return _of_html(body, url, marked=kind == HTML)
    said = kind or "no content type"
    raise NotSimpleError(f"{url} answered with {said}, not with the page of a package index. {_ADVICE}")


def _of_json(body: bytes, url: str) -> Page:
    try:
        data = json.loads(body)
        marked = data.get("project-status") or {}
        return Page(
            files=_named(_entry(entry, url) for entry in data["files"]),
            status=_status(marked.get("status")),
            reason=line(str(marked.get("reason") or "")),
            serial=serial((data.get("meta") or {}).get("_last-serial")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotSimpleError(
            f"{url} answered with JSON that is no page of a package index: {type(error).__name__} {error}. {_ADVICE}"
        ) from None


def _entry(entry: dict[str, Any], url: str) -> Listed:
    digest = entry.get("hashes", {}).get("sha256")
    size = entry.get("size")
    address = _joined(url, entry["url"])
    return Listed(
        file=str(entry["filename"]),
        url=address,
        sha256=_digest(digest),
        size=size if type(size) is int and size >= 0 else None,
        yanked=bool(entry.get("yanked", False)),
        metadata=_metadata(address, entry.get("core-metadata", entry.get("dist-info-metadata"))),
        provenance=_address(url, entry.get("provenance")),
    )


def _of_html(body: bytes, url: str, *, marked: bool) -> Page:
    """The links of an HTML page; one without a link to any distribution must say that it is a simple page."""
    links = _Links(url)
    try:
        links.feed(body.decode(errors="replace"))
        links.close()
    except ValueError as error:
        raise NotSimpleError(f"{url} answered with a web page of no use: {error}. {_ADVICE}") from None
    if not links.found and not (marked or links.marked):
        title = f" Its title is {line(links.title)!r}." if links.title.strip() else ""
        raise NotSimpleError(f"{url} answered with a web page that lists no files of a project.{title} {_ADVICE}")
    return Page(files=_named(links.found), status=links.status, reason=links.reason, serial=links.serial)


def _named(files: Iterable[Listed]) -> tuple[Listed, ...]:
    """The files whose names can be said; no file of anybody has another one."""
    return tuple(listed for listed in files if listed.file.isprintable())


def serial(text: object) -> int | None:
    """The serial in a header, a document or a comment, or None for what is none."""
    match = _SERIAL.fullmatch(str(text).strip())
    return int(match[1]) if match else None


class _Links(HTMLParser):
    """Gathers the anchors of a simple page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.base = url
        self.found: list[Listed] = []
        self.marked = False
        self.status = Status.ACTIVE
        self.reason = ""
        self.serial: int | None = None
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an anchor in, and what the head says of the page."""
        given = dict(attrs)
        self._in_title = tag == "title"
        match tag:
            case "base":
                self.base = _joined(self.base, given.get("href") or "")
            case "meta":
                self._meta(given.get("name"), given.get("content"))
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

    def handle_comment(self, data: str) -> None:
        """Take the serial in, which PyPI and its mirrors leave in a comment."""
        self.serial = serial(data) if data.startswith("SERIAL ") else self.serial

    def _meta(self, name: str | None, content: str | None) -> None:
        self.marked = self.marked or (name or "").startswith("pypi:")
        match name:
            case "pypi:project-status":
                self.status = _status(content)
            case "pypi:project-status-reason":
                self.reason = line(content or "")
            case _:
                pass

    def _anchor(self, href: str, given: Mapping[str, str | None]) -> None:
        address, fragment = urldefrag(_joined(self.base, href))
        file = unquote(urlsplit(address).path.rpartition("/")[2])
        if _DISTRIBUTION.fullmatch(file):
            offered = given.get("data-core-metadata", given.get("data-dist-info-metadata"))
            listed = Listed(
                file=file,
                url=address,
                sha256=_hash(fragment).get("sha256"),
                yanked="data-yanked" in given,
                metadata=_metadata(address, None if offered is None else _hash(offered) or offered == "true"),
                provenance=_address(self.base, given.get("data-provenance")),
            )
            self.found.append(listed)


def _address(base: str, text: object) -> str | None:
    return _joined(base, text) if isinstance(text, str) and text else None


def _joined(base: str, text: str) -> str:
    """The address that a page names; `ValueError` for what is none."""
    address = urljoin(base, text)
    if not address.isprintable():
        raise ValueError(f"{address[:100]!r} is no address")
    return address


def _metadata(url: str, offered: object) -> Metadata | None:
    """What a page offers beside the file at `url`: true, or its hashes (PEP 714, which renamed the key of PEP 658)."""
    if not offered:
        return None
    digest = offered.get("sha256") if isinstance(offered, dict) else None
    return Metadata(url=f"{urldefrag(url).url}.metadata", sha256=_digest(digest))


def _status(text: object) -> Status:
    """A project's status; a word of a later specification stops nobody."""
    known = {str(status): status for status in Status}
    return known.get(text, Status.ACTIVE) if isinstance(text, str) else Status.ACTIVE


def _hash(text: str) -> dict[str, str]:
    """The digest by its algorithm in `sha256=...`; nothing in what is none."""
    algorithm, equals, digest = text.partition("=")
    return {algorithm: digest} if equals else {}


def _digest(text: object) -> str | None:
    """A SHA-256 in lower case, or None for what is none."""
    lower = text.lower() if isinstance(text, str) else ""
    return lower if _SHA256.fullmatch(lower) else None
