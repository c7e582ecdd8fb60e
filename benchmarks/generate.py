"""Time `wheelyard generate --check` as a whole process, and rendering for a thousand identifiers.

Run: `python benchmarks/generate.py`. It makes repositories with fresh locks and workflows in a temporary folder.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

RUNS = 10
USUAL = """\
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
# All there is, every identifier five times over.
LARGE = """\
[project]
name = "large"
version = "1.0"

[tool.cibuildwheel]
enable = ["all"]

[tool.wheelyard]
split = "target"
targets = [
  "linux-x86_64", "linux-i686", "linux-aarch64", "linux-armv7l", "linux-ppc64le", "linux-s390x", "linux-riscv64",
  "macos-x86_64", "macos-arm64", "macos-universal2", "windows-AMD64", "windows-x86", "windows-ARM64", "pyodide-wasm32",
  "android-arm64_v8a", "android-x86_64", "ios-arm64_iphoneos", "ios-arm64_iphonesimulator",
  "ios-x86_64_iphonesimulator",
]

[[tool.wheelyard.override]]
select = "*"
variant = "blas"

[[tool.wheelyard.override]]
select = "*"
variant = "lapack"

[[tool.wheelyard.override]]
select = "*"
variant = "mkl"

[[tool.wheelyard.override]]
select = "*"
variant = "blis"
"""


def run(root: Path, *words: str) -> None:
    """Run the command line."""
    command: Sequence[str] = (sys.executable, "-m", "wheelyard", *words, "-q", "-C", str(root))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def timed(root: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor that a check takes, the median of each."""
    clock, processor = [], []
    for _ in range(RUNS):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        run(root, "generate", "--check")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock.append(time.perf_counter() - begun)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(clock), median(processor)


def main() -> None:
    """Print a table."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| what | identifiers | jobs | seconds | of the processor |\n|---|---|---|---|---|")
    for name, text in (("usual", USUAL), ("large", LARGE)):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "pyproject.toml").write_text(text)
            subprocess.run(("git", "init", "-q", folder), check=True)
            run(root, "lock")
            run(root, "generate")
            workflow = (root / ".github/workflows/wheels.yml").read_text()
            rows = re.findall(r"^ +# (\S+-\S.*)$", workflow, re.MULTILINE)
            identifiers = sum(len(row.split()) for row in rows)
            clock, processor = timed(root)
        print(f"| `generate --check`, {name} | {identifiers} | {len(rows)} | {clock:.2f} | {processor:.2f} |")


if __name__ == "__main__":
    main()
