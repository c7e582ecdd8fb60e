"""What is looked for in the bytes of files that are no binaries, piece by piece as they pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wheelyard.audit.contents import Mark

_KEY_START = b"PRIVATE KEY-----"
_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\r?\n(?:[A-Za-z-]+: [^\n]*\n|\r?\n)*[A-Za-z0-9+/=]{40}")
_OVERLAP = 400

# Files that builds write; in code and documents, such paths are examples.
_WRITTEN_BY_BUILDS = re.compile(
    r".*(\.(pc|cmake|la|cfg|ini|prl|pri)|(config|version|build_?info|sysconfig\w*)\w*\.(py|json|h)|/direct_url\.json)"
)
_BUILD_PATH = re.compile(
    rb"(?:/home/[\w.-]+/|/Users/[\w.-]+/|/root/[\w.-]+/|/tmp/(?:pip|build|tmp|cibw)[\w-]*/|/__w/|/project/"
    rb"|[A-Za-z]:[\\/]+(?:Users|a)[\\/]+[\w.-]+)[\w./\\+@-]*"
)


class Marks:
    """The marks in one member; a pattern that lies across two pieces is found too."""

    def __init__(self, name: str, first: bytes) -> None:
        self._name = name
        self._tail = b""
        self._key = False
        self._written = _WRITTEN_BY_BUILDS.fullmatch(name) is not None
        self._path = b""
        self.take(first)

    def take(self, chunk: bytes) -> None:
        """Look at one more piece."""
        if not self._key and (_KEY_START in chunk or _KEY_START in self._tail + chunk[:_OVERLAP]):
            self._key = _KEY.search(self._tail + chunk) is not None
        if self._written and not self._path and (found := _BUILD_PATH.search(self._tail + chunk)):
            self._path = found[0]
        self._tail = chunk[-_OVERLAP:]

    def found(self) -> Iterator[tuple[Mark, str, str]]:
        """What was seen: the mark, the member, and its text."""
        if self._key:
            yield "private-key", self._name, ""
        if self._path:
            yield "build-path", self._name, self._path.decode("utf-8", "replace")[:120]
