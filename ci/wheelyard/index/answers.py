"""What an index's answer to an upload means: taken, refused, or worth another try, in the index's own words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from http import HTTPStatus

from wheelyard.doors.web import address
from wheelyard.words import line


class Verdict(StrEnum):
    """What to do after an answer."""

    TAKEN = "taken"
    REFUSED = "refused"
    LOOK = "look"  # the index says it has a file of that name: its page says with which bytes
    AGAIN = "again"
    STALE = "stale"  # credentials were refused: a token that lives for minutes only may be got anew


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer to an upload: its status, the index's words, and the seconds it asks us to wait, if it does."""

    verdict: Verdict
    words: str = ""
    wait: float | None = None


MOST_SECONDS = 300.0  # that an index may ask us to wait
MOST_LETTERS = 1 << 13  # of a body that is looked at
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_THERE = re.compile(r"already exists?|already been (used|uploaded)|duplicate", re.IGNORECASE)
_SAME = re.compile(r"identical file", re.IGNORECASE)  # devpi's page for bytes that it has
_PAGE = re.compile(r"<!doctype html|<html", re.IGNORECASE)
# A pattern in the index's words, and what to do about it; the first that fits is said.
_ADVICE = (
    (r"invalid-publisher", "Configure the trusted publisher for this repository, workflow and environment."),
    (r"attestation", "Publish from the trusted workflow itself, or set attest = false in [tool.wheelyard.publish]."),
    (r"already exists", "If the same command does not find the file there in some minutes, raise the version."),
    (r"\bname '?\S+ (isn't allowed|is too similar)", "Choose another name for the project in pyproject.toml."),
    (r"already been used", "A name that was used once can never be used again, even if deleted: raise the version."),
    (r"metadata.version|unknown metadata", "Upgrade twine and packaging: they are too old for this metadata."),
    (r"classifier", "Correct `classifiers` in pyproject.toml and build again."),
    (r"too large|exceeds|file size", "Make the file smaller, or ask the index for a higher limit."),
    (r"isn't allowed|not allowed to upload|permission", "Use a token of this project, or have its owner add you."),
    (r"unsupported platform tag", "Repair the wheel: an index takes no raw linux tag."),
    (r"local version|can't use .*\+", "Publish a version without a local part (what follows the +)."),
)
# Parts of a page that only repeat the status, unless nothing else is there.
_SILENT = ("script|style|title|h1", "script|style")
_ADVICE_BY_STATUS = {
    401: "Check the user name and the token: TWINE_USERNAME and TWINE_PASSWORD, .pypirc or the keyring.",
    403: "Check that the token is valid for this project and this index.",
    404: "Check the address: uploads go to another one than installs come from.",
    405: "Check the address: uploads go to another one than installs come from.",
    413: "Make the file smaller, or ask the index for a higher limit.",
}


def judge(
    status: int, *, reason: str = "", body: str = "", retry_after: str | None = None, location: str | None = None
) -> Answer:
    """The meaning of a status line, a body, and the headers Retry-After and Location."""
    said = words(status, reason=reason, body=body)
    if status in range(200, 300):
        if _PAGE.search(body[:2000]) and not _SAME.search(said):
            return Answer(verdict=Verdict.LOOK, words=f"a web page ({said}). {_ADVICE_BY_STATUS[404]}")
        return Answer(verdict=Verdict.TAKEN, words=said)
    if status in range(300, 400):
        target = f" to {address(location)}" if location else ""
        advice = "Files go to no address but the one given: give that one, if it is meant."
        return Answer(verdict=Verdict.REFUSED, words=f"{said}, a redirect{target}. {advice}")
    if status == HTTPStatus.CONFLICT or (status in {400, 403} and _THERE.search(said)):
        return Answer(verdict=Verdict.LOOK, words=said)
    if status in _AGAIN:
        return Answer(verdict=Verdict.AGAIN, words=said, wait=seconds(retry_after))
    verdict = Verdict.STALE if status in {401, 403} else Verdict.REFUSED
    return Answer(verdict=verdict, words=advised(status, said))


def words(status: int, *, reason: str = "", body: str = "") -> str:
    """What the index said, as one line: the status, and the most telling of reason, JSON and page."""
    standard = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    text = _of_body(body[:MOST_LETTERS])
    if reason and reason.lower() != standard.lower():
        text = reason
    return line(f"{status} {text or reason or standard}")


def _of_body(body: str) -> str:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict):
        told = (data.get(key) for key in ("message", "detail", "error", "errors"))
        return next((text if isinstance(text, str) else json.dumps(text) for text in told if text), "")
    plain = (_text(re.sub(rf"<({tags})\b.*?</\1>", " ", body, flags=re.DOTALL | re.IGNORECASE)) for tags in _SILENT)
    return next((text for text in plain if text), "")


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def advised(status: int, said: str) -> str:
    """The index's words with what to do about them."""
    for pattern, advice in _ADVICE:
        if re.search(pattern, said, re.IGNORECASE):
            return f"{said} {advice}"
    advice = _ADVICE_BY_STATUS.get(status, "")
    return f"{said} {advice}".strip()


def seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds, at most five minutes; the form with a date is left to our own backoff."""
    return (
        min(float(retry_after), MOST_SECONDS) if retry_after is not None and retry_after.strip().isdecimal() else None
    )
