"""Run a program as it would run elsewhere: at another time, for another user, in another language.

What a machine offers is used, and said; folder and hash seed are the builds' own business.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wheelyard.doors import process

_UMASK = 0o077
# A day on: past any date, within what certificates last. Times of files stay true, or every .pyc would be stale and
# written anew; so does the clock that waiting is timed by.
_LATER = "+25h"
_FAKETIME = ("/usr/bin/env", f"FAKETIME={_LATER}", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1")
_USER = ("unshare", "--user", "--map-user=1234", "--map-group=1234")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What goes before a command, its environment, and what is other than here, for people.

    `within` goes before each program that a build starts. It is the clock's: under faketime's library a Python with
    threads, such as wheelyard, spends seconds on waiting.
    """

    prefix: tuple[str, ...]
    within: tuple[str, ...] = ()
    environment: Mapping[str, str]
    told: tuple[str, ...]

    def command(self, *words: str | Path) -> tuple[str, ...]:
        """The command as it runs elsewhere."""
        return (*self.prefix, *map(str, words))


def elsewhere(environ: Mapping[str, str], *, contained: bool, rust: bool = False) -> Surroundings:
    """Surroundings as unlike these as this machine can make them.

    A build that is `contained` sees neither the clock nor the user: for it only what surrounds the container changes.
    One in `rust` keeps its time: rustc's allocator waits for ever in faketime's library.
    """
    if sys.platform == "win32":
        return Surroundings(prefix=(), environment=_environment(environ), told=("another time zone",))
    parts = list(_parts(contained=contained))
    later = () if contained or rust else _clock()
    return Surroundings(
        prefix=tuple(word for prefix, _ in parts for word in prefix),
        within=later,
        environment=_environment(environ),
        told=("another time zone and locale", *(told for _, told in parts), *(("a day later",) if later else ())),
    )


def _clock() -> tuple[str, ...]:
    """What goes before a program to make it a day later, nothing where faketime is not installed.

    faketime itself only says where its library is: each run of it takes a semaphore named after its process, and fails
    where a killed one of that number left its own.
    """
    asked = ("faketime", "-f", _LATER, "sh", "-c", "echo $LD_PRELOAD")
    ended = process.run(asked) if shutil.which(asked[0]) else None
    if ended is None or ended.code != 0:
        return ()
    return (*_FAKETIME, f"LD_PRELOAD={ended.last(1)}")


def _parts(*, contained: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("sh", "-c", f'umask {_UMASK:03o}; exec "$@"', "sh"), f"umask {_UMASK:03o}"
    if not contained and shutil.which(_USER[0]) and process.run((*_USER, "true")).code == 0:
        yield _USER, "user 1234"


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Another language and time zone; `PYTHONHASHSEED` is other in each process unless someone sets it."""
    kept = {name: value for name, value in environ.items() if not name.startswith("LC_") and name != "PYTHONHASHSEED"}
    here = environ.get("LC_ALL") or environ.get("LANG") or ""
    other = "C.UTF-8" if here in {"C", "POSIX"} else "C"
    zone = "WYD-13:45" if environ.get("TZ") != "WYD-13:45" else "UTC"
    return {**kept, "LC_ALL": other, "TZ": zone, "USER": "wheelyard"}
