"""Which machines the host engine builds for from here: every back end's sample, for every machine, built and tested.

Prints the table of docs/cross-building.md. The first run of a machine makes zig's C library (and C++ library) for it, a
minute or two each on one processor; a Python of another processor is fetched where qemu is installed:

    python benchmarks/crossing.py [--targets linux-aarch64,...] [SAMPLE...]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = f"cp{sys.version_info.major}{sys.version_info.minor}"
SAMPLES = (
    *("setuptools_c", "abi3", "ctypes_py3_none", "cffi_api", "cython_cpp", "pybind_cpp"),
    *("meson_c", "meson_cpp", "nanobind_cpp", "nanobind_abi3"),
)
TARGETS = (
    *("linux-x86_64", "linux-aarch64", "linux-i686", "linux-armv7l", "linux-ppc64le", "linux-s390x", "linux-riscv64"),
    *("windows-AMD64", "windows-ARM64", "macos-x86_64", "macos-arm64"),
)


def main() -> None:
    """Build each sample for every machine and print how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", nargs="*", default=SAMPLES)
    parser.add_argument("--targets", default=",".join(TARGETS))
    options = parser.parse_args()
    found: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for sample in options.samples:
            outcomes = build(sample, Path(folder) / sample, options.targets.split(","))
            for identifier, outcome in outcomes.items():
                found.setdefault(identifier.partition("-")[2], {})[sample] = outcome
                print(f"{sample} {identifier}: {outcome}", flush=True)
    print(f"\n| machine | {' | '.join(options.samples)} |\n|---|{'---|' * len(options.samples)}")
    for machine, row in found.items():
        cells = (row.get(sample, "").partition(":")[0] for sample in options.samples)
        print(f"| {machine} | {' | '.join(cells)} |")


def build(sample: str, folder: Path, targets: list[str]) -> dict[str, str]:
    """How each identifier of a sample ended."""
    root = Path(shutil.copytree(ROOT / "tests" / "projects" / sample, folder))
    file = root / "pyproject.toml"
    text = file.read_text().replace('targets = ["linux-x86_64"]', f"targets = {targets}\nsdist = {{ build = false }}")
    python = "cp312" if sample == "nanobind_abi3" else PYTHON
    skipped = "*-musllinux_{i686,armv7l,ppc64le,s390x,riscv64}"
    file.write_text(re.sub("(?m)^build = .*$", f'build = "{python}-*"\nskip = "{skipped}"', text))
    git(root, "init", "-q")
    wheelyard(root, "lock")
    git(root, "add", "-A")
    git(root, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", "All of it")
    said = wheelyard(root, "build", "--engine", "host", "--json", *targets)
    results = [result for report in json.loads(said) for result in report["results"]]
    return {result["identifier"]: outcome(result) for result in results}


def outcome(result: dict[str, str]) -> str:
    if result["state"] != "built":
        return f"{result['state']}: {' '.join((result['message'] or '').split())[:300]}"
    if result["tested"]:
        return "built, tested with qemu" if "qemu" in (result["message"] or "") else "built, tested"
    return "built, not run"


def git(root: Path, *words: str) -> None:
    subprocess.run(("git", "-C", root, *words), check=True)


def wheelyard(root: Path, *words: str) -> str:
    command = (sys.executable, "-m", "wheelyard", *words, "-C", str(root), "-q")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    main()
