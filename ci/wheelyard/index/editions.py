"""Tell which edition of a page an answer gives: a cache may have an older one than another had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from wheelyard.doors import web
from wheelyard.index import simple
from wheelyard.index.project import Page

MOVED = {301, 302, 303, 307, 308}
NOT_THERE = {404, 410}
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"')
_MAX_AGE = re.compile(r"\bmax-age=([0-9]{1,9})\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Got:
    """An answer to a GET."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """Where a redirect leads to; empty for any other answer."""
        return web.target(self.url, self.headers.get("Location", "")) if self.status in MOVED else ""


def page(got: Got, before: Page | None) -> Page | None:
    """The page in an answer, which may be that it is the same as before."""
    if got.status == HTTPStatus.NOT_MODIFIED and before is not None:
        found = before
    elif got.status == HTTPStatus.OK:
        found = simple.parse(got.body, content_type=got.headers.get("Content-Type", ""), url=got.url)
    else:
        return None
    etag, age = got.headers.get("ETag", ""), got.headers.get("Age", "")
    lifetime = _MAX_AGE.search(got.headers.get("Cache-Control", ""))
    return replace(
        found,
        serial=simple.serial(got.headers.get("X-PyPI-Last-Serial")) if found.serial is None else found.serial,
        etag=etag if _ETAG.fullmatch(etag) else found.etag,
        age=int(age) if re.fullmatch(r"[0-9]{1,9}", age) else None,
        lifetime=int(lifetime[1]) if lifetime else found.lifetime,
    )


def lags(got: Got, page: Page | None, before: Page) -> bool:
    """Whether an answer comes from before a page that was seen: serials only grow."""
    if before.serial is None:
        return False
    if page is None:
        return got.status in NOT_THERE
    return page.serial is not None and page.serial < before.serial
