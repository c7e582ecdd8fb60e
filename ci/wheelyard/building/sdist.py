"""Make the source distribution and the wheel without native code, and unpack an sdist."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from wheelyard.doors import files
from wheelyard.doors.process import Ended, Programs
from wheelyard.doors.tars import tarfile
from wheelyard.errors import BuildError

_TRACEBACK = re.compile(r'^Traceback .*\n +File "[^"]*[\\/]build[\\/]__main__\.py"', re.MULTILINE)


def build(package: Path, *, into: Path, log: Path, env: Mapping[str, str], programs: Programs) -> Path:
    """The sdist of the package in a folder, made by `build` in an isolated environment, run from an empty folder.

    `env` comes over this process's environment. From inside the package's folder a `build.py` there would run instead.
    """
    return _made("sdist", package, into=into, log=log, env=env, programs=programs)


def wheel(package: Path, *, into: Path, log: Path, env: Mapping[str, str], programs: Programs) -> Path:
    """The wheel without native code of the package in a folder, made in the same way."""
    made = _made("wheel", package, into=into, log=log, env=env, programs=programs)
    if not made.name.endswith("-none-any.whl"):
        raise BuildError(
            f"{made.name} is not pure, and pure = true in [tool.wheelyard] asks for a wheel for any platform."
            " Take that out, or have the build backend leave its native code out when no compiler is asked for."
        )
    return made


def _made(kind: str, package: Path, *, into: Path, log: Path, env: Mapping[str, str], programs: Programs) -> Path:
    out = files.folder(into / "out")
    command = (sys.executable, "-m", "build", f"--{kind}", "--outdir", str(out), str(package))
    ended = programs.run(command, cwd=files.folder(into / "empty"), env={**os.environ, **env}, log=log)
    if ended.code != 0:
        raise BuildError(f"The {kind} could not be built. The end of {log}:\n{_last(ended)}")
    made = sorted(out.glob("*.tar.gz" if kind == "sdist" else "*.whl"))
    if len(made) != 1:
        raise BuildError(f"The build backend ended well but gave {len(made)} {kind}s, not one. Its output is in {log}.")
    return made[0]


def _last(ended: Ended) -> str:
    """The end of what pip and the back end said; the traceback of `build` itself that may follow tells nothing."""
    return replace(ended, output=_TRACEBACK.split(ended.output)[0]).last()


def version(package: Path) -> str:
    """The version that the build backend of the package in a folder gives it, asked in an isolated environment."""
    with files.scratch("empty") as empty:
        command = (sys.executable, "-m", "build", "--metadata", str(package))
        ended = Programs().run(command, cwd=empty)
    found = re.search(r'^\s*"version": "([^"]+)"', ended.output, re.MULTILINE)
    if ended.code != 0 or found is None:
        raise BuildError(f"The build backend could not be asked for the version:\n{_last(ended)}")
    return found[1]


def unpack(archive: Path, into: Path) -> Path:
    """The project folder inside an sdist; members that would land elsewhere are refused (PEP 721)."""
    files.folder(into)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(into, filter="data")
    except tarfile.TarError as error:
        raise BuildError(f"{archive.name} cannot be unpacked: {error}") from None
    tops = [path for path in into.iterdir() if path.is_dir()]
    if len(tops) != 1:
        raise BuildError(f"{archive.name} holds {len(tops)} folders at its top; an sdist has one, NAME-VERSION.")
    return tops[0]
