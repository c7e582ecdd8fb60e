"""Files that ship with the package, and folders that outlive a run."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGED = Path(__file__).parent / "templates"
_REPOSITORY = Path(__file__).parents[2] / "templates"


def templates() -> Path:
    """The folder of templates: inside the installed package, or at the top of the repository."""
    return _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY


def data(name: str) -> bytes:
    """A file of facts that ships inside the package."""
    return (Path(__file__).parent / "data" / name).read_bytes()


def cache() -> Path:
    """The folder for what can be made again: tools, toolchains, downloads. `WHEELYARD_CACHE` moves it."""
    if chosen := os.environ.get("WHEELYARD_CACHE"):
        return Path(chosen).absolute()
    from platformdirs import user_cache_path  # noqa: PLC0415  # start-up stays fast

    return user_cache_path("wheelyard", appauthor=False)
