"""Numbers as people say them, and words of others on one line."""

from __future__ import annotations

_LONG = 100  # minutes that are told in hours
_MOST = 500  # characters of what others say


def counted(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(minutes: float) -> str:
    """Minutes as people say them."""
    whole = max(1, round(minutes))
    return f"{whole} min" if whole < _LONG else f"{whole // 60} h {whole % 60:02d} min"


def spent(minutes: float) -> str:
    """Minutes that were measured: short ones in seconds."""
    return duration(minutes) if minutes >= 1 else f"{max(1, round(60 * minutes))} s"


def size(count: int) -> str:
    """A number of bytes as people write it: 412 B, 18.3 kB, 2.4 MB."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def line(text: str) -> str:
    """What others say, as one line of what can be printed: a line break may be a command to a terminal or to GitHub."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:_MOST]
