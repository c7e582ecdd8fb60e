"""At GitHub's door: who may do what, the limits on asking and writing, and uploads and downloads of bytes."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from fakegithub import documents
from fakegithub.documents import REPOSITORY_ID, Home, Json
from fakegithub.world import Asset, Refused, Release, World

_HOUR = 3600
# What the hosts are called for clients that take this GitHub for their proxy; gh knows these as a GitHub's.
NAMES = {
    "api": "http://api.github.localhost",
    "uploads": "http://uploads.github.localhost",
    "storage": "http://storage.example",
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; `body` is what was sent, but for uploads."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    accept: str = ""
    content_type: str = ""
    size: int | None = None
    body: bytes = b""

    @property
    def json(self) -> Json:
        """The object in the body."""
        try:
            given = json.loads(self.body or b"{}")
        except ValueError:
            raise Refused(400, "Problems parsing JSON") from None
        if not isinstance(given, dict):
            raise Refused(400, "Body should be a JSON object")
        return given


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer; a Path is a file to send."""

    status: int = 200
    body: Json | list[Json] | Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(refused: Refused) -> Answer:
    """An error as an answer."""
    return Answer(status=refused.status, body=refused.body, headers=refused.headers)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A request that was let in: the path inside the repository (`^` before one outside), and what it may."""

    request: Request
    inside: str
    may_write: bool


@dataclass(kw_only=True)
class Door:
    """Lets requests in, counts them, and takes bytes."""

    world: World
    hosts: Mapping[str, str]
    asked: deque[float] = field(default_factory=deque)
    written: deque[float] = field(default_factory=deque)

    @property
    def home(self) -> Home:
        """The repository under the name it has now."""
        rules = self.world.rules
        hosts = NAMES if rules.proxied else self.hosts
        api, uploads = hosts["api"], hosts["uploads"]
        if rules.enterprise:
            api, uploads = api + documents.ENTERPRISE, api + documents.ENTERPRISE_UPLOADS
        return Home(api=api, uploads=uploads, storage=hosts["storage"], name=rules.moved or rules.repository)

    def enter(self, request: Request) -> Entry:
        """Let a request in, or refuse it."""
        rules = self.world.rules
        if _exceeded(self.asked, rules.requests_an_hour, _HOUR, now=self.world.now()):
            raise Refused(403, "API rate limit exceeded for user ID 7.")
        self.asked.append(self.world.now())
        if request.token is not None and request.token not in rules.tokens:
            raise Refused(401, "Bad credentials")
        role = rules.tokens.get(request.token or "", "none")
        found = re.fullmatch(r"/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(/.*)?", request.path)
        if not found:
            return Entry(request=request, inside=f"^{request.path}", may_write=False)
        name, number, inside = found.groups()
        if name and rules.moved and name.lower() == rules.repository.lower():
            raise self._moved(request, inside or "")
        known = name.lower() == self.home.name.lower() if name else int(number) == REPOSITORY_ID
        if not known or (rules.private and role == "none"):
            raise Refused(404, "Not Found")
        return Entry(request=request, inside=inside or "", may_write=role == "write")

    def _moved(self, request: Request, inside: str) -> Refused:
        query = f"?{urlencode(request.query)}" if request.query else ""
        url = f"{self.home.api}/repositories/{REPOSITORY_ID}{inside}{query}"
        status = 301 if request.method in {"GET", "HEAD"} else 307
        refused = Refused(status, "Moved Permanently", headers={"Location": url})
        refused.body["url"] = url
        return refused

    def writing(self, entry: Entry) -> None:
        """Let only writers write, and no faster than GitHub allows content to be made."""
        if not entry.may_write:
            raise Refused(403, "Resource not accessible by integration")
        rules, now = self.world.rules, self.world.now()
        limits = ((rules.writes_an_hour, 60 * rules.minute), (rules.writes_a_minute, rules.minute))
        for most, seconds in limits:
            if _exceeded(self.written, most, seconds, now=now):
                wait = self.written[-most] + seconds - now
                raise Refused(
                    403,
                    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                    headers={"Retry-After": str(max(1, -int(-wait // 1)))},
                )
        self.written.append(now)

    def headers(self) -> dict[str, str]:
        """What every answer says of the primary limit."""
        limit = self.world.rules.requests_an_hour
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - len(self.asked))),
            "X-RateLimit-Used": str(len(self.asked)),
            "X-RateLimit-Reset": str(int((self.asked[0] if self.asked else self.world.now()) + _HOUR)),
            "X-RateLimit-Resource": "core",
        }

    def begin_upload(self, request: Request) -> tuple[Release, Asset]:
        """Take an upload on before its bytes are read."""
        entry = self.enter(request)
        found = re.fullmatch(r"/releases/(\d+)/assets", entry.inside)
        if request.method != "POST" or not found:
            raise Refused(404, "Not Found")
        self.writing(entry)
        release = self.world.release(int(found[1]))
        name, label = request.query.get("name", ""), request.query.get("label", "")
        kind = request.content_type or "application/octet-stream"
        return release, self.world.begin(release, name=name, label=label, content_type=kind, size=request.size)

    def end_upload(self, release: Release, asset: Asset, *, size: int, sha256: str) -> Answer:
        """The answer to an upload whose bytes have all come."""
        self.world.end(release, asset, size=size, sha256=sha256)
        shown = documents.asset(self.home, release, asset, digests=self.world.rules.digests)
        return Answer(status=201, body=shown)

    def stored(self, path: str, query: Mapping[str, str], *, authorized: bool) -> Answer:
        """The answer of the host that keeps the bytes: it knows signatures, and no tokens."""
        if authorized:
            return Answer(status=400, body={"Code": "InvalidArgument", "Message": "Only one auth mechanism allowed"})
        if float(query.get("se", "0")) < self.world.now():
            return Answer(status=403, body={"Code": "AuthenticationFailed", "Message": "Signature is not valid now"})
        file = self.world.folder / path.rpartition("/")[2]
        return Answer(body=file) if file.is_file() else Answer(status=404)


def _exceeded(moments: deque[float], most: int, seconds: float, *, now: float) -> bool:
    """Whether `most` moments lie within the last seconds; those an hour back are forgotten, and those to come."""
    while moments and not now - _HOUR <= moments[0] <= now:
        moments.popleft()
    return sum(1 for moment in moments if moment > now - seconds) >= most
