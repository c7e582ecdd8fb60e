"""Install what an index serves into a clean environment, and import it from an empty folder."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from wheelyard.doors import files, process, toolbox
from wheelyard.errors import FindingsError, OutsideError
from wheelyard.index.embedded import Served
from wheelyard.releasing.manifest import Manifest

_EXTENSIONS = (".so", ".pyd")
_OTHER_SOURCES = {"PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CONSTRAINT", "PIP_REQUIRE_HASHES"}


def install(made: Manifest, paths: Mapping[str, Path], *, served: Served, scratch: Path) -> str:
    """Install the version from the index alone, its dependencies from the user's own, and import every module of it.

    Gives a sentence on what was done, also where no wheel fits this machine. A wheel that does not install or import
    is a `FindingsError`.
    """
    fitting = _fitting(made)
    if fitting is None:
        return f"No wheel of {made.name} {made.version} is for this machine's Python: nothing was installed."
    python = toolbox.create(scratch / "environment", base=Path(sys.executable))
    wanted = f"{made.name}=={made.version}"
    alone = ("--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--index-url", served.simple)
    others = {name: value for name, value in os.environ.items() if name not in _OTHER_SOURCES}
    _pip(python, (*alone, wanted), env={**others, "PIP_CONFIG_FILE": os.devnull})
    _pip(python, (wanted,), env=dict(os.environ))
    modules = top_level(paths[fitting])
    empty = files.folder(scratch / "empty")
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    ended = process.run((str(python), "-I", "-c", code, *modules), cwd=empty)
    if ended.code != 0:
        raise FindingsError(f"{fitting} was installed and cannot be imported: {ended.last(5)}")
    return f"Installed {fitting} from {served.simple} and imported {', '.join(modules)}."


def _fitting(made: Manifest) -> str | None:
    """The wheel pip would take here, if there is one."""
    from packaging.tags import sys_tags  # noqa: PLC0415
    from packaging.utils import parse_wheel_filename  # noqa: PLC0415

    ranks = {tag: rank for rank, tag in enumerate(sys_tags())}
    best: tuple[int, str] | None = None
    for file in (file.file for file in made.files if file.file.endswith(".whl")):
        rank = min((ranks[tag] for tag in parse_wheel_filename(file)[3] if tag in ranks), default=None)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, file)
    return best[1] if best else None


def top_level(wheel: Path) -> tuple[str, ...]:
    """The names a wheel makes importable: packages and modules at its top."""
    with zipfile.ZipFile(wheel) as archive:
        return _importable(archive.namelist())


def _importable(names: Iterable[str]) -> tuple[str, ...]:
    found = set()
    for name in names:
        top, _, rest = name.partition("/")
        if rest == "__init__.py" or (rest.startswith("__init__.") and rest.endswith(_EXTENSIONS)):
            found.add(top)
        elif not rest and (top.endswith(".py") or top.endswith(_EXTENSIONS)):
            found.add(top.partition(".")[0])
    return tuple(sorted(name for name in found if name.isidentifier()))


def _pip(python: Path, arguments: tuple[str, ...], *, env: Mapping[str, str]) -> None:
    ended = process.run((str(python), "-m", "pip", "--disable-pip-version-check", "install", *arguments), env=env)
    if ended.code != 0:
        raise OutsideError(f"pip could not install {arguments[-1]}: {ended.last(5)}")
