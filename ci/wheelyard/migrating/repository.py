"""A repository as `init` finds it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wheelyard.doors import files, git
from wheelyard.errors import UsageError
from wheelyard.generating import generated
from wheelyard.generating.generated import File
from wheelyard.migration import project
from wheelyard.migration.project import Facts
from wheelyard.planning import abi

PYPROJECT = "pyproject.toml"
_FOLDER = ".github/workflows"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """The files of the package and the workflows as texts; `top` is the `pyproject.toml` of the repository itself."""

    root: Path
    names: tuple[str, ...]
    package: str
    top: File
    own: File
    sources: Mapping[str, str]

    @property
    def pyproject(self) -> dict[str, Any]:
        """What the package's own `pyproject.toml` says."""
        return _toml(self.own)

    @property
    def options(self) -> dict[str, Any]:
        """`[tool.cibuildwheel]` as it is."""
        found: dict[str, Any] = self.pyproject.get("tool", {}).get("cibuildwheel", {})
        return found

    @property
    def facts(self) -> Facts:
        """What the files say of the package."""
        return project.facts(self.names, self.package, self.pyproject, self.sources, tags=git.tags(self.root))

    def workflows(self, only: Path | None) -> tuple[dict[str, str], str | None]:
        """The texts of all workflows, and the name of the one that was asked for."""
        paths = [name for name in self.names if name.startswith(f"{_FOLDER}/") and name.endswith((".yml", ".yaml"))]
        read = {name: files.read(self.root / name) for name in paths if (self.root / name).is_file()}
        texts = {name: data.decode(errors="replace") for name, data in read.items()}
        if only is None:
            return texts, None
        name = os.path.relpath(only.absolute(), self.root)
        return {**texts, name: files.text(only)}, name


def read(root: Path, package: str | None) -> Repository:
    """The repository at `root`; `UsageError` where it has a `[tool.wheelyard]`, or no package that can be told."""
    top = generated.look(root, Path(PYPROJECT))
    if "wheelyard" in _toml(top).get("tool", {}):
        raise UsageError(
            f"{top.path} has a [tool.wheelyard] already. Change it there, then run `wheelyard lock` and"
            " `wheelyard generate`; `wheelyard docs` lists its keys."
        )
    names = git.names(root)
    chosen = os.path.normpath(package) if package is not None else project.folder(names)
    if package is not None and not any((root / chosen / mark).is_file() for mark in project.MARKS):
        raise UsageError(f"There is no package in {root / chosen}: none of {', '.join(project.MARKS)}.")
    sources = {name: files.text(path) for name in abi.SOURCES if (path := root / chosen / name).is_file()}
    own = top if chosen == "." else generated.look(root, Path(chosen, PYPROJECT))
    return Repository(root=root, names=names, package=chosen, top=top, own=own, sources=sources)


def _toml(file: File) -> dict[str, Any]:
    try:
        return tomllib.loads(file.text or "")
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file.name} is not valid TOML: {error}.") from None
