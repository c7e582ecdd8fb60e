"""Time the whole process of what people wait for: medians of ten runs, in seconds and against a bare interpreter.

Run: `python benchmarks/startup.py`. It makes a small repository with a fresh lock in a temporary folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

RUNS = 10
PROJECT = """\
[project]
name = "example"
version = "1.0"
requires-python = ">=3.10"

[tool.cibuildwheel]
enable = ["pypy"]

[tool.wheelyard]
targets = [
  "linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64", "windows-AMD64", "windows-ARM64", "pyodide-wasm32",
]
"""
EVERY_TARGET = """\
[tool.wheelyard]
targets = [
  "linux-x86_64", "linux-i686", "linux-aarch64", "linux-armv7l", "linux-ppc64le", "linux-s390x", "linux-riscv64",
  "macos-x86_64", "macos-arm64", "macos-universal2", "windows-AMD64", "windows-x86", "windows-ARM64", "pyodide-wasm32",
  "android-arm64_v8a", "android-x86_64", "ios-arm64_iphoneos", "ios-arm64_iphonesimulator",
  "ios-x86_64_iphonesimulator",
]
"""


def main() -> None:
    bare = timed([sys.executable, "-c", "pass"], cwd=Path.cwd())
    print(f"bare interpreter: {bare:.3f} s")
    with tempfile.TemporaryDirectory() as name:
        small = repository(Path(name) / "small", PROJECT)
        every = repository(Path(name) / "every", PROJECT.partition("[tool.wheelyard]")[0] + EVERY_TARGET)
        for title, arguments, cwd, goal in (
            ("wheelyard --help", ["--help"], small, 0.10),
            ("wheelyard plan, fresh lock, 7 targets", ["plan"], small, 0.25),
            ("wheelyard plan --json, fresh lock, 7 targets", ["plan", "--json"], small, 0.25),
            ("wheelyard plan, fresh lock, 19 targets", ["plan"], every, 0.25),
            ("wheelyard lock --check, 19 targets", ["lock", "--check"], every, 1.0),
        ):
            took = timed([sys.executable, "-m", "wheelyard", *arguments], cwd=cwd)
            print(f"{title}: {took:.3f} s (goal {goal:.2f}), {took / bare:.1f} x bare")


def repository(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(text)
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "wheelyard", "lock", "-q"], cwd=folder, check=True)
    return folder


def timed(command: Sequence[str], *, cwd: Path) -> float:
    """The median wall time; `WHEELYARD_BENCH_CPU=1` takes the processor's time instead, for a busy machine."""
    times = []
    for _ in range(RUNS + 1):
        before, begun = os.times(), time.perf_counter()
        subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after, wall = os.times(), time.perf_counter() - begun
        cpu = after.children_user - before.children_user + after.children_system - before.children_system
        times.append(cpu if os.environ.get("WHEELYARD_BENCH_CPU") else wall)
    return median(times[1:])


if __name__ == "__main__":
    main()
