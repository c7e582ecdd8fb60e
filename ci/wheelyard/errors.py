"""Everything that can go wrong, as one tree with one exit code a class.

A message has three parts: what happened, the names involved, what to do. Only `cli` catches these.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of `wheelyard`, the same for every verb."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    OUTSIDE = 4
    BUILD = 5
    BUG = 70
    INTERRUPTED = 130


class WheelyardError(Exception):
    """Something a person can act on."""

    exit = Exit.BUG


class FindingsError(WheelyardError):
    """The thing looked at is not right: audit findings, drift of a generated file, a stale lock."""

    exit = Exit.FINDINGS


class UsageError(WheelyardError):
    """The command or its surroundings cannot work as asked."""

    exit = Exit.USAGE


class ConfigError(UsageError):
    """Every mistake found in one document, each a whole sentence with its path."""

    def __init__(self, source: str, mistakes: Iterable[str], *, hint: str = "") -> None:
        """Keep the mistakes apart, for annotations, and join them for people, with a hint that is for all of them."""
        self.source = source
        self.mistakes = tuple(mistakes)
        count = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        lines = (f"{count} in {source}:", *(f"  {mistake}" for mistake in self.mistakes), *([hint] if hint else []))
        super().__init__("\n".join(lines))


class IncompleteError(WheelyardError):
    """What there is does not fulfil the plan."""

    exit = Exit.INCOMPLETE


class OutsideError(WheelyardError):
    """The network, an index, a store, a file system or a program of somebody else failed."""

    exit = Exit.OUTSIDE


class BuildError(WheelyardError):
    """At least one identifier could not be built."""

    exit = Exit.BUILD


def nearest(name: str, legal: Iterable[str]) -> str:
    """' Did you mean X?' for the legal name closest to `name`, or nothing."""
    close = get_close_matches(name, sorted(legal), n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else ""


def listed(names: Iterable[str], *, most: int = 12) -> str:
    """Names joined by commas, with the number of those left out."""
    every = list(names)
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest
