"""What is looked for in the bytes of files that are no binaries, piece by piece as they pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wheelyard.audit.contents import Mark

_KEY_START = b"PRIVATE KEY-----"
_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\r?\n(?:[A-Za-z-]+: [^\n]*\n|\r?\n)*[A-Za-z0-9+/=]{40}")
_OVERLAP = 400


class Marks:
    """The marks in one member; a pattern that lies across two pieces is found too."""

    def __init__(self, name: str, first: bytes) -> None:
        self._name = name
        self._tail = b""
        self._key = False
        self.take(first)

    def take(self, chunk: bytes) -> None:
        """Look at one more piece."""
        if not self._key and (_KEY_START in chunk or _KEY_START in self._tail + chunk[:_OVERLAP]):
            self._key = _KEY.search(self._tail + chunk) is not None
        self._tail = chunk[-_OVERLAP:]

    def found(self) -> Iterator[tuple[Mark, str, str]]:
        """What was seen: the mark, the member, and its text."""
        if self._key:
            yield "private-key", self._name, ""
