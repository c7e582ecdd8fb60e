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
LARGE = "large"  # one extension of many files, which takes twenty seconds or more
SAMPLES = (
    *("setuptools_c", "meson_c", "abi3", "no_libc", "ctypes_py3_none", "vendored", "pybind_cpp", "nanobind_cpp"),
    LARGE,
)
IDENTIFIER = "cp311-manylinux_x86_64"
ROUNDS = 3
FILES = 100


def main() -> None:
    """Build each sample once to warm caches, then build and reproduce it in turns."""
    names = sys.argv[1:] or SAMPLES
    with tempfile.TemporaryDirectory() as folder:
        ratios = [measured(name, Path(folder) / name) for name in names]
    print(f"median ratio {statistics.median(ratios):.2f} of {len(names)} samples")


def measured(name: str, folder: Path) -> float:
    """The median of reproduce's time over that of the build before it, and the verdicts."""
    root = project(name, folder)
    wheelyard(root, "build", "--engine", "host")
    rounds = [in_turns(root) for _ in range(ROUNDS)]
    build, again, verdicts = min(rounds)
    ratio = statistics.median(again / build for build, again, _ in rounds)
    print(f"{name}: build {build:.1f} s, reproduce {again:.1f} s, median ratio {ratio:.2f}; {verdicts}", flush=True)
    return ratio


def in_turns(root: Path) -> tuple[float, float, str]:
    build, _ = wheelyard(root, "build", "--engine", "host", "--fresh")
    again, said = wheelyard(root, "reproduce", "--json")
    return build, again, ", ".join(f"{each['file'].rpartition('.')[2]} {each['verdict']}" for each in said["files"])


def project(name: str, folder: Path) -> Path:
    """A sample as a repository, for one identifier and without an sdist, whose build is not this program's subject."""
    sample = "setuptools_c" if name == LARGE else name
    root = Path(shutil.copytree(ROOT / "tests" / "projects" / sample, folder))
    if name == LARGE:
        enlarge(root)
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


def enlarge(root: Path) -> None:
    """Give the extension many more files to compile."""
    names = [f"src/more_{number}.c" for number in range(FILES)]
    for number, name in enumerate(names):
        lines = (f"double f{number}_{i}(double x) {{ return x * {i} + {number}; }}" for i in range(400))
        (root / name).write_text("\n".join(lines) + "\n")
    setup = root / "setup.py"
    setup.write_text(setup.read_text().replace('["src/_core.c"]', f'["src/_core.c", *{names!r}]'))


def wheelyard(root: Path, *arguments: str) -> tuple[float, dict[str, list[dict[str, str]]]]:
    begun = time.perf_counter()
    command = (sys.executable, "-m", "wheelyard", *arguments, "-C", str(root), "-q")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - begun
    assert done.returncode in {0, 1}, done.stderr
    return taken, json.loads(done.stdout) if "--json" in arguments else {}


if __name__ == "__main__":
    main()
