"""How long builds take: wheelyard against plain cibuildwheel, and the host engine against containers.

Needs podman with the image of scripts/local_image.py, and CPython 3.9 and 3.13 on this machine. Sdists are left out,
since plain cibuildwheel makes none. Every figure is wall time of whole commands, caches warm, both sides in one run:

    python benchmarks/build.py
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ("setuptools_c", "meson_c")
PAIR = ("cp39-manylinux_x86_64", "cp313-manylinux_x86_64")
ONE = "cp313-manylinux_x86_64"
REPEATS = 2
CONTAINERS = {
    "CONTAINERS_CONF": str(ROOT / "tests" / "peers" / "podman" / "containers.conf"),
    "CIBW_CONTAINER_ENGINE": "podman",
    "CIBW_MANYLINUX_X86_64_IMAGE": "localhost/manylinux_2_31_x86_64:local",
}


def main() -> None:
    """Run each pair of commands, interleaved, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        four = [project(sample, folder / sample, build="cp3{9,13}-manylinux_x86_64") for sample in SAMPLES]
        one = project("setuptools_c", folder / "one", build=ONE)
        wheelyard(one, "host")  # zig's run-time libraries, made once a machine
        compare("4 identifiers", "wheelyard", lambda: each(four, "cibuildwheel"), "cibuildwheel", lambda: plain(four))
        compare("1 identifier", "host engine", lambda: wheelyard(one, "host"), "cibuildwheel", lambda: plain([one]))


def compare(what: str, ours: str, run_ours: Callable[[], None], other: str, run_other: Callable[[], None]) -> None:
    pairs = [(timed(run_ours), timed(run_other)) for _ in range(REPEATS)]
    left, right = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(
        f"{what}: {ours} {left:.1f} s, {other} {right:.1f} s, ratio {ratio:.2f} (median of {REPEATS} pairs)", flush=True
    )


def timed(run: Callable[[], None]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def project(sample: str, folder: Path, *, build: str) -> Path:
    """A sample as a repository, without an sdist, for the identifiers that `build` selects."""
    shutil.copytree(ROOT / "tests" / "projects" / sample, folder)
    file = folder / "pyproject.toml"
    lines = [f'build = "{build}"' if line.startswith("build = ") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join((*lines, "sdist = { build = false }", "")))
    git = ("git", "-C", str(folder), "-c", "user.name=b", "-c", "user.email=b@example.org")
    run((*git, "init", "-q"))
    run((sys.executable, "-m", "wheelyard", "lock", "-C", str(folder)))
    run((*git, "add", "-A"))
    run((*git, "commit", "-qm", sample))
    return folder


def each(projects: list[Path], engine: str) -> None:
    for folder in projects:
        wheelyard(folder, engine)


def wheelyard(folder: Path, engine: str) -> None:
    shutil.rmtree(folder / "wheelhouse", ignore_errors=True)
    env = CONTAINERS if engine == "cibuildwheel" else {}
    run((sys.executable, "-m", "wheelyard", "build", "-C", str(folder), "--engine", engine), env=env)


def plain(projects: list[Path]) -> None:
    """What a person types without wheelyard: one project after the other, the same identifiers and image."""
    for folder in projects:
        out = folder.with_name(f"{folder.name}-plain")
        run(
            (sys.executable, "-m", "cibuildwheel", "--platform", "linux", "--output-dir", str(out), str(folder)),
            env=CONTAINERS,
        )


def run(command: tuple[str, ...], *, env: dict[str, str] | None = None) -> None:
    cwd = Path(command[-1]) if command[2] == "cibuildwheel" else None
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


if __name__ == "__main__":
    main()
