"""The build back end of a package, and which of them build for another machine when told to."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from wheelyard.doors import files
from wheelyard.errors import UsageError

# Those that were seen to heed the environment of a cross build, by the module PEP 517 names.
CROSSING = ("mesonpy", "scikit_build_core.build", "setuptools.build_meta")

# Build requirements that would look at this machine whatever they are told, and what is wrong with the wheel then.
_RUST = "it compiles Rust, for which there is neither a linker nor a standard library of the target"
_BLIND: Mapping[str, str] = {
    "maturin": _RUST,
    "numpy": "its headers and npymath are those of this machine",
    "scikit-build": "it asks CMake about this machine's Python, as scikit-build-core does not",
    "setuptools-rust": _RUST,
}

# What a back end says it needs besides, asked in the environment it will run in (PEP 517).
ASK = """\
import json, sys
from build import ProjectBuilder
builder = ProjectBuilder(sys.argv[1])
with open(sys.argv[3], "w") as stream:
    json.dump(sorted(builder.get_requires_for_build("wheel", json.loads(sys.argv[2]))), stream)
"""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """A `[build-system]` table: the module's name without an object, and requirements."""

    name: str
    requires: tuple[str, ...]

    @classmethod
    def of(cls, name: str | None, requires: tuple[str, ...]) -> Self:
        """The back end that a table names; setuptools where none is named, as PEP 518 has it."""
        named = (name or "setuptools.build_meta").partition(":")[0]
        return cls(name=named, requires=requires or ("setuptools>=40.8.0",))


def read(package: Path) -> Backend:
    """The back end of the package in a folder."""
    file = package / "pyproject.toml"
    try:
        table = tomllib.loads(files.text(file)).get("build-system", {}) if file.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} is not valid TOML: {error}.") from None
    return Backend.of(table.get("build-backend"), tuple(map(str, table.get("requires", ()))))


def refusal(backend: Backend) -> str | None:
    """Why a back end cannot be trusted to build for another machine, or None."""
    for requirement in backend.requires:
        name = re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;@(]", requirement.strip(), maxsplit=1)[0]).lower()
        if name in _BLIND:
            return f"[build-system] requires {name}, and {_BLIND[name]}"
    if backend.name not in CROSSING:
        return f"{backend.name} was not seen to heed a cross build, as {', '.join(CROSSING)} were"
    return None
