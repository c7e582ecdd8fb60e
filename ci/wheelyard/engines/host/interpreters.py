"""The CPython interpreters of this machine that can build and test wheels."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import resources

if TYPE_CHECKING:
    from python_discovery import PythonInfo


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """One CPython: `name` as identifiers begin (`cp312`, `cp313t`), `headers` with Python.h or None without."""

    name: str
    version: tuple[int, int, int]
    executable: Path
    headers: Path | None

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.version))} ({self.executable})"


_HOSTED = ("bin/python3", "bin/python3.*t", "python.exe", "python3.*t.exe")


def find(*, machine: str, environ: Mapping[str, str], system: str = sys.platform) -> dict[str, Interpreter]:
    """The newest final release of each minor version for `machine`, those with headers before those without.

    Looked for on PATH, among those of pyenv and uv, in Windows' registry, and in the tool folder of a hosted runner.
    """
    from python_discovery import DiskCache, PythonInfo, iter_interpreters  # noqa: PLC0415  # only builds look for them

    usable: dict[str, Interpreter] = {}
    searched = {**environ, "PATH": os.pathsep.join(_without_shims(environ.get("PATH", "")))}
    cache = DiskCache(resources.cache() / "interpreters")
    asked = (PythonInfo.from_exe(str(path), cache, raise_on_error=False, env=searched) for path in _off_path(environ))
    for info in (*filter(None, asked), *iter_interpreters("cpython", None, cache, searched)):
        found = _usable(info) if is_for(info.sysconfig_platform or "", machine, system) else None
        if found is not None and _better(found, usable.get(found.name)):
            usable[found.name] = found
    return dict(sorted(usable.items(), key=lambda item: item[1].version))


def is_for(says: str, machine: str, system: str) -> bool:
    """Whether a Python of which `sysconfig.get_platform()` says this runs as one of that machine and system.

    One for both kinds of Mac runs as that which this machine is.
    """
    if system == "win32":
        return says == {"AMD64": "win-amd64", "ARM64": "win-arm64", "x86": "win32"}.get(machine)
    if system == "darwin":
        arch = re.fullmatch(r"macosx-[\d.]+-(\w+)", says)
        return arch is not None and machine == (platform.machine() if arch[1] == "universal2" else arch[1])
    return says == f"{system}-{machine}"


def _usable(info: PythonInfo) -> Interpreter | None:
    final = info.version_info.releaselevel == "final" and not info.debug_build
    if not final or info.implementation != "CPython":
        return None
    headers = Path(info.system_include)
    return Interpreter(
        name=f"cp{info.version_info.major}{info.version_info.minor}{'t' if info.free_threaded else ''}",
        version=info.version_info[:3],
        executable=Path(info.system_exe),
        headers=headers if (headers / "Python.h").is_file() else None,
    )


def _better(one: Interpreter, other: Interpreter | None) -> bool:
    if other is None:
        return True
    return (one.headers is not None, one.version) > (other.headers is not None, other.version)


def _without_shims(path: str) -> Iterator[str]:
    """The folders of PATH but pyenv's shims: each of those would be started only to say that it is not set."""
    return (folder for folder in path.split(os.pathsep) if folder and Path(folder).name != "shims")


def _off_path(environ: Mapping[str, str]) -> Iterator[Path]:
    """Interpreters that are installed but not on PATH."""
    pyenv = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "/")) / ".pyenv")
    yield from sorted(pyenv.glob("versions/*/bin/python3"))
    hosted = environ.get("RUNNER_TOOL_CACHE") or environ.get("AGENT_TOOLSDIRECTORY")
    if hosted:
        for name in _HOSTED:
            yield from sorted(Path(hosted).glob(f"Python/*/*/{name}"))
