"""GitHub's REST API as values: the requests to make, and what is needed of the answers.

Reference: https://docs.github.com/en/rest/releases/releases and https://docs.github.com/en/rest/releases/assets; of
runs and checks, https://docs.github.com/en/rest/actions and https://docs.github.com/en/rest/checks/runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from wheelyard.errors import OutsideError

T = TypeVar("T")

VERSION = "2022-11-28"  # https://docs.github.com/en/rest/about-the-rest-api/api-versions
JSON = "application/vnd.github+json"
BYTES = "application/octet-stream"
PAGE = (
    100  # the most a page can have; https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
)
MOST_ASSETS = 1000  # https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases#storage-and-bandwidth-quotas
MOST_BYTES = (2 << 30) - 1  # "each file must be under 2 GiB", ibidem

COMPLETED = "completed"
READ, WRITE = "contents: read", "contents: write"
_SECONDARY = re.compile(r"rate limit|abuse", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request: `path` is below the API's address, or a whole URL; `does` and `needs` are for messages.

    `also` are statuses beside 2xx that are answers and no errors; `repeatable` says that sending it twice is as once,
    and `known` that GitHub showed before what it is about: if that is not found now, it is gone.
    """

    does: str
    method: str = "GET"
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    accept: str = JSON
    needs: str = READ
    also: frozenset[int] = frozenset()
    repeatable: bool = True
    known: bool = False

    @property
    def writes(self) -> bool:
        """Whether it counts against the limits on content that is made."""
        return self.method != "GET"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer; the names of headers are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def has_next(self) -> bool:
        """Whether there is another page."""
        return re.search(r';\s*rel="?next"?', self.headers.get("link", "")) is not None

    @property
    def words(self) -> str:
        """What GitHub says of an error, on one line; it comes from outside, and may be long."""
        try:
            said = msgspec.json.decode(self.body, type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        parts = [said.message, *(_one(error) for error in said.errors if not isinstance(said.errors, str))]
        line = " ".join("; ".join(part for part in parts if part).split())
        return "".join(character for character in line if character.isprintable())

    def is_about(self, code: str) -> bool:
        """Whether it is an error with this code, such as `already_exists`."""
        try:
            said = msgspec.json.decode(self.body, type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return any(isinstance(error, _Mistake) and error.code == code for error in said.errors)


class _Mistake(msgspec.Struct, frozen=True):
    resource: str = ""
    field: str = ""
    code: str = ""
    message: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    """https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed."""

    message: str = ""
    errors: list[_Mistake | str] | str = []


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release, or a draft of one: drafts are listed only, and only to those who may write."""

    id: int
    tag_name: str
    draft: bool
    html_url: str
    upload_url: str
    body: str | None = None
    prerelease: bool = False
    immutable: bool = False


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a release; `state` is `starter` until all bytes have come, `digest` is `sha256:HEX` or absent."""

    id: int
    name: str
    state: str
    size: int
    label: str | None = None
    digest: str | None = None

    @property
    def sha256(self) -> str | None:
        """The SHA-256 that GitHub made of it."""
        kind, _, value = (self.digest or "").partition(":")
        return value.lower() if kind == "sha256" else None


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """A repository; its name may be another than the one asked for, when it moved."""

    full_name: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is carried out on GitHub; `conclusion` is there once it has ended."""

    status: str | None
    conclusion: str | None = None

    @property
    def ended(self) -> bool:
        """Whether there is a conclusion."""
        return self.status == COMPLETED


class Check(Work, frozen=True, kw_only=True):
    """A check of a commit."""

    name: str


class Run(Work, frozen=True, kw_only=True):
    """A run of a workflow."""

    id: int
    event: str
    created_at: str
    html_url: str


class Job(Work, frozen=True, kw_only=True):
    """A job in the latest attempt of a run."""

    name: str
    html_url: str | None = None


def decode(answer: Answer, model: type[T]) -> T:
    """The JSON of an answer as a value; whoever answers anything else is not GitHub."""
    try:
        return msgspec.json.decode(answer.body, type=model)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OutsideError(f"The answer is not GitHub's ({error}). Look at GITHUB_API_URL and the proxy.") from None


def key(name: str) -> str:
    """The form in which names of assets are compared: GitHub makes a full stop of characters it does not like.

    https://docs.github.com/en/rest/releases/assets#upload-a-release-asset says that it does, and not which; so both
    sides are brought into the form that has none of them.
    """
    return re.sub(r"[^A-Za-z0-9_-]+", ".", name).strip(".")


def pause(answer: Answer, *, attempt: int, now: float) -> float | None:
    """How many seconds GitHub wants us to wait, or None where that is not what it says; `now` is the time here.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    """
    if answer.status not in {403, 429}:
        return None
    after, left = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-remaining")
    if after.isdecimal():
        return float(after)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if left == "0" and reset.isdecimal():
        return max(0.0, float(reset) - _their_time(answer, now)) + 1.0
    if answer.status == 429 or _SECONDARY.search(answer.words):  # noqa: PLR2004
        return 60.0 * 2.0**attempt
    return None


def query(request: Request) -> str:
    """The query of a request as it is sent: a plus is `%2B`, or GitHub takes it for a space."""
    return f"?{urlencode(request.query, quote_via=quote)}" if request.query else ""


def _one(error: _Mistake | str) -> str:
    if isinstance(error, str):
        return error
    return error.message or " ".join(part for part in (error.resource, error.field, error.code) if part)


def _their_time(answer: Answer, now: float) -> float:
    """The time where the answer was made: the clock here may be wrong."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return now
