"""Find the entry of a version in a changelog, whatever the shape of its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

# Where projects keep theirs, the first that is there.
FILES = tuple(
    f"{name}{suffix}" for name in ("CHANGELOG", "CHANGES", "NEWS", "HISTORY") for suffix in (".md", ".rst", "", ".txt")
)

_MARKED = re.compile(r"\s{0,3}(#{1,6}|={1,6})\s*\S")  # Markdown, AsciiDoc
_UNDERLINE = re.compile(r"([^\w\s])\1{2,}\s*")  # reStructuredText and Markdown, set under a heading
_PLAIN = re.compile(r"[*-]*\s*\[?(?:version |release |v)?\d", re.IGNORECASE)  # a line of its own that begins with it
_VERSION = re.compile(r"(?<![\w.+-])v?\d[\w.+!-]*", re.IGNORECASE)
_OPEN = re.compile(r"unreleased|not yet released|in development|\bTB[AD]\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A heading and its line, counted from 1; `released` is False where it says that this is still to come."""

    line: int
    heading: str

    @property
    def released(self) -> bool:
        """Whether the heading does not say otherwise."""
        return _OPEN.search(self.heading) is None


def entry(text: str, version: str) -> Entry | None:
    """The first heading that names `version`, however it is spelled: `## [1.0.0] - 2026-01-01`, `Version 1.0`, ..."""
    for found in headings(text):
        if any(_same(word, version) for word in _VERSION.findall(found.heading)):
            return found
    return None


def headings(text: str) -> Iterator[Entry]:
    """Every line that is a heading in one of the usual forms."""
    lines = text.splitlines()
    for number, (line, below) in enumerate(pairwise((*lines, "")), start=1):
        if not line.strip() or _UNDERLINE.fullmatch(line.strip()):
            continue
        if _MARKED.match(line) or _UNDERLINE.fullmatch(below.strip()) or _PLAIN.match(line):
            yield Entry(line=number, heading=line.strip())


def _same(word: str, version: str) -> bool:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # only releases need it

    try:
        return Version(word.rstrip(".,-")) == Version(version)
    except InvalidVersion:
        return False
