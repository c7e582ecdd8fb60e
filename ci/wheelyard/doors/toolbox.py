"""Pinned tools in virtual environments of their own, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from wheelyard import resources
from wheelyard.doors import files, process
from wheelyard.errors import OutsideError

_COMPLETE = ".wheelyard-complete"


def environment(name: str, requirements: Sequence[str], *, base: Path | None = None) -> Path:
    """The Python of a cached environment that holds exactly `requirements`, made now if it is not there.

    `base` is the interpreter to make it of (default: this one). A half-made environment of a killed run is made anew.
    """
    base = base or Path(sys.executable)
    place = _place(name, requirements, base)
    with files.alone(place.with_suffix(".lock"), wait=True):
        if not (place / _COMPLETE).exists():
            files.remove(place)
            create(place, base=base)
            install(python(place), requirements)
            files.write(place / _COMPLETE, b"")
    return python(place)


def is_made(name: str, requirements: Sequence[str]) -> bool:
    """Whether the environment is there already."""
    return (_place(name, requirements, Path(sys.executable)) / _COMPLETE).exists()


def _place(name: str, requirements: Sequence[str], base: Path) -> Path:
    digest = hashlib.sha256("\n".join((os.fspath(base.resolve()), *requirements)).encode()).hexdigest()[:12]
    return resources.cache() / "tools" / f"{name}-{digest}"


def create(place: Path, *, base: Path) -> Path:
    """Make an empty virtual environment with pip at `place`; gives its Python."""
    command = (sys.executable, "-m", "virtualenv", "--quiet", "--no-periodic-update", "--python", str(base), str(place))
    ended = process.run(command)
    if ended.code != 0:
        raise OutsideError(f"No virtual environment of {base} could be made in {place}: {ended.last(1)}")
    return python(place)


def install(interpreter: Path, requirements: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
    """Install `requirements` with pip, which takes its index and proxies from the user's own settings.

    Each is a line as in a requirements file, with `--hash` where only known bytes may be installed.
    """
    with files.scratch("requirements") as folder:
        (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements))
        head = (str(interpreter), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        ended = process.run((*head, "-r", str(folder / "requirements.txt")), env=env)
    if ended.code != 0:
        check = "Check the network and pip's settings (`pip config list`), then run the same command again."
        todo = "Run `wheelyard build --fetch` once, with a network." if "PIP_NO_INDEX" in os.environ else check
        raise OutsideError(f"pip could not install {', '.join(requirements)}: {ended.last(5)}\n{todo}")


def python(place: Path) -> Path:
    """The interpreter of the environment at `place`."""
    return place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def program(interpreter: Path, name: str) -> Path:
    """A program that lies beside an environment's interpreter."""
    return interpreter.with_name(f"{name}.exe" if sys.platform == "win32" else name)
