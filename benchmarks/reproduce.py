"""What building twice costs, and whether every sample is the same bytes: host engine, caches warm.

`reproduce` is one more build and a comparison, so its time is held against that of the build alone:

    python benchmarks/reproduce.py [SAMPLE...]
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ("setuptools_c", "meson_c", "abi3", "no_libc", "ctypes_py3_none", "vendored", "pybind_cpp", "nanobind_cpp")
IDENTIFIER = "cp311-manylinux_x86_64"


def main() -> None:
    """Build each sample once to warm caches, then once more, then reproduce it."""
    names = sys.argv[1:] or SAMPLES
    with tempfile.TemporaryDirectory() as folder:
        ratios = [measured(name, Path(folder) / name) for name in names]
    print(f"median ratio {statistics.median(ratios):.2f} of {len(names)} samples")


def measured(name: str, folder: Path) -> float:
    root = project(name, folder)
    wheelyard(root, "build", "--engine", "host")
    build, _ = wheelyard(root, "build", "--engine", "host", "--fresh")
    again, said = wheelyard(root, "reproduce", "--json")
    verdicts = ", ".join(f"{checked['file'].rpartition('.')[2]} {checked['verdict']}" for checked in said["files"])
    print(f"{name}: build {build:.1f} s, reproduce {again:.1f} s, ratio {again / build:.2f}; {verdicts}", flush=True)
    return again / build


def project(name: str, folder: Path) -> Path:
    """A sample as a repository, for one identifier and without an sdist, whose build is not this program's subject."""
    root = Path(shutil.copytree(ROOT / "tests" / "projects" / name, folder))
    file = root / "pyproject.toml"
    text = file.read_text().replace("[tool.wheelyard]", "[tool.wheelyard]\nsdist = { build = false }")
    file.write_text(re.sub("(?m)^build = .*$", f'build = "{IDENTIFIER}"', text))
    for command in (("init", "-q"), ("add", "-A")):
        subprocess.run(("git", "-C", root, *command), check=True)
    wheelyard(root, "lock")
    subprocess.run(("git", "-C", root, "add", "-A"), check=True)
    who = ("-c", "user.name=b", "-c", "user.email=b@example.org")
    subprocess.run(("git", "-C", root, *who, "commit", "-qm", "All of it"), check=True)
    return root


def wheelyard(root: Path, *arguments: str) -> tuple[float, dict[str, list[dict[str, str]]]]:
    begun = time.perf_counter()
    command = (sys.executable, "-m", "wheelyard", *arguments, "-C", str(root), "-q")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - begun
    assert done.returncode in {0, 1}, done.stderr
    return taken, json.loads(done.stdout) if "--json" in arguments else {}


if __name__ == "__main__":
    main()
