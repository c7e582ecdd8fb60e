"""What the files of a repository say of its package: back end, languages, folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from wheelyard.errors import UsageError, listed

_LANGUAGES = {
    **dict.fromkeys((".c", ".h"), "C"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hpp"), "C++"),
    **dict.fromkeys((".f", ".f90", ".for"), "Fortran"),
    **dict.fromkeys((".pyx", ".pxd"), "Cython"),
    ".rs": "Rust",
    ".go": "Go",
}
_NATIVE_BACKENDS = ("mesonpy", "scikit_build_core", "maturin", "setuptools_rust", "py_build_cmake", "poetry_build")
_EXTENSIONS = re.compile(
    r"ext[_-]modules|cythonize|rust[_-]extensions|cffi_modules|CMakeExtension|Extension\(|mypycify"
)
_ELSEWHERE = {"docs", "doc", "examples", "benchmarks", "tests", "test", ".github"}
MARKS = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A package as its files show it; `tags` are those of the repository."""

    package: str
    backend: str
    languages: tuple[str, ...]
    native: bool
    tags: tuple[str, ...] = ()


def folder(names: Sequence[str]) -> str:
    """The folder of the one package in a repository with these files; `UsageError` where that is not clear."""
    marks = [PurePosixPath(name) for name in names if PurePosixPath(name).name in MARKS]
    folders = sorted({str(path.parent) for path in marks if not _ELSEWHERE & set(path.parts)})
    if "." in folders:
        return "."
    if len(folders) == 1:
        return folders[0]
    if folders:
        raise UsageError(f"There are several packages here: {listed(folders)}. Say which: wheelyard init --package DIR")
    raise UsageError("There is no Python package here: no pyproject.toml, setup.py or setup.cfg. Make one first.")


def facts(
    names: Sequence[str], package: str, pyproject: Mapping[str, Any], sources: Mapping[str, str], *, tags: Sequence[str]
) -> Facts:
    """What is known of the package in the folder `package`; `sources` are its other files that say something."""
    backend = str(pyproject.get("build-system", {}).get("build-backend", "setuptools.build_meta"))
    stated = "\n".join((sources.get("setup.py", ""), str(pyproject.get("tool", {}).get("setuptools", ""))))
    native = backend.startswith(_NATIVE_BACKENDS) or _EXTENSIONS.search(stated) is not None
    return Facts(
        package=package,
        backend=backend,
        languages=_languages(names, package),
        native=native or "cibuildwheel" in pyproject.get("tool", {}) or "Cargo.toml" in sources,
        tags=tuple(tags),
    )


def _languages(names: Sequence[str], package: str) -> tuple[str, ...]:
    """The languages of native code, the most files first."""
    prefix = "" if package == "." else f"{package}/"
    paths = [PurePosixPath(name) for name in names if name.startswith(prefix)]
    counts = Counter(
        _LANGUAGES[path.suffix.lower()]
        for path in paths
        if path.suffix.lower() in _LANGUAGES and not _ELSEWHERE & set(path.parts)
    )
    return tuple(language for language, _ in counts.most_common())
