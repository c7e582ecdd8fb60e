"""Take three packages that others wrote from their sdists to an index, and install them from it.

`scripts/bootstrap.py demo` runs this in an environment that holds wheelyard. The engine, the store and the index are
the embedded ones: no container, no account. Everything lies in `.bootstrap/demo/`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from wheelyard.doors import toolbox
from wheelyard.doors.console import Console
from wheelyard.doors.tars import tarfile
from wheelyard.index import embedded

PLACE = Path(__file__).resolve().parents[1] / ".bootstrap" / "demo"
PYTHON = f"cp{sys.version_info.major}{sys.version_info.minor}"
TABLES = """

[tool.cibuildwheel]
build = "{python}-manylinux_{machine}"
test-command = '''python -c "{test}"'''

[tool.wheelyard]
targets = ["linux-{machine}"]
"""


@dataclass(kw_only=True)
class Package:
    """A package to release; `test` is a line of Python that shows it at work. The rest is filled in on the way."""

    name: str
    version: str
    language: str
    test: str
    module: str
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def requirement(self) -> str:
        """The package at its version."""
        return f"{self.name}=={self.version}"

    @property
    def project(self) -> Path:
        """The unpacked sdist, as a repository."""
        return PLACE / "projects" / self.name

    @property
    def release(self) -> Path:
        """The folder of its release."""
        return self.project / "dist" / "releases" / f"v{self.version}"


PACKAGES = (
    Package(
        name="ujson",
        version="6.1.0",
        language="C++",
        module="ujson",
        test="import ujson; assert ujson.loads(ujson.dumps({'a': [1.5, None]})) == {'a': [1.5, None]}",
    ),
    Package(
        name="msgpack",
        version="1.2.4",
        language="C, Cython",
        module="msgpack._cmsgpack",
        test="import msgpack._cmsgpack as m; assert m.unpackb(m.Packer().pack([1, b'x'])) == [1, b'x']",
    ),
    Package(
        name="markupsafe",
        version="3.0.4",
        language="C",
        module="markupsafe._speedups",
        test="import markupsafe._speedups as s; assert s._escape_inner('<b>') == '&lt;b&gt;'",
    ),
)


def main() -> int:
    """Release the packages one after the other, and show what happened."""
    begun = time.monotonic()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    say(f"Fetching {', '.join(package.requirement for package in PACKAGES)}")
    with ThreadPoolExecutor(len(PACKAGES)) as pool:
        list(pool.map(fetch, PACKAGES))
    for package in PACKAGES:
        say(f"\n{package.requirement} ({package.language})")
        step(package, "build", "build", "--engine", "host")
        step(package, "collect", "collect")
    with embedded.serve(PLACE / "index") as served:
        login = {"TWINE_USERNAME": served.login[0], "TWINE_PASSWORD": served.login[1]}
        for package in PACKAGES:
            step(package, "publish", "publish", "--version", package.version, "--index", served.upload, env=login)
        say(f"\nInstalling all three from {served.simple} into a clean environment")
        seen = install(served.simple)
    show(seen, seconds=time.monotonic() - begun)
    return 0


def fetch(package: Package) -> None:
    """Make a repository of a package's sdist, with a table for wheelyard in its pyproject.toml."""
    folder = PLACE / "sdists" / package.name
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet")
    run((*pip, "--no-deps", "--no-binary", ":all:", "--dest", str(folder), package.requirement))
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (source,) = (path for path in folder.iterdir() if path.is_dir())
    package.project.parent.mkdir(exist_ok=True)
    source.rename(package.project)
    file = package.project / "pyproject.toml"
    machine = os.uname().machine
    file.write_text(
        without(file.read_text(), "tool.cibuildwheel")
        + TABLES.format(python=PYTHON, machine=machine, test=package.test)
    )
    git = ("git", "-C", str(package.project), "-c", "user.name=demo", "-c", "user.email=demo@example.org")
    run((*git, "init", "--quiet"))
    run((*git, "add", "--all"))
    run((*git, "commit", "--quiet", "--message", f"{package.name} {package.version} as its sdist has it"))
    run((sys.executable, "-m", "wheelyard", "lock", "-C", str(package.project), "--quiet"))
    run((*git, "add", "wheelyard.lock"))
    run((*git, "commit", "--quiet", "--message", "Lock what wheelyard builds"))
    run((*git, "tag", package.version))  # some take their version from it


def without(text: str, table: str) -> str:
    """TOML without a table and its sub-tables: the demo builds for one Python only."""
    kept, skipping = [], False
    for line in text.splitlines():
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            skipping = header[1] == table or header[1].startswith(f"{table}.")
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


def step(package: Package, title: str, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run one verb of wheelyard as a user would, its progress in plain sight."""
    begun = time.monotonic()
    command = (sys.executable, "-m", "wheelyard", *arguments, "-C", str(package.project))
    run(command, env={**os.environ, **(env or {})}, quiet=False)
    package.steps[title] = time.monotonic() - begun


def install(simple: str) -> dict[str, str]:
    """Install all packages from the index and nothing else, import their native modules; gives where each came from."""
    python = toolbox.create(PLACE / "clean", base=Path(sys.executable))
    requirements = [package.requirement for package in PACKAGES]
    alone = (
        "--isolated",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-cache-dir",
        "--only-binary",
        ":all:",
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    run((str(python), "-m", "pip", *alone, "--index-url", simple, *requirements), env=env)
    names = [package.module for package in PACKAGES]
    code = f"import importlib, json; print(json.dumps({{n: importlib.import_module(n).__file__ for n in {names}}}))"
    printed = run((str(python), "-I", "-c", code), cwd=PLACE / "index")
    found: dict[str, str] = json.loads(printed)
    return found


def show(seen: dict[str, str], *, seconds: float) -> None:
    """The table of what happened, and where to look further."""
    table = Table(title="What happened", title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in ("package", "in", "build", "collect", "publish", "wheel", "imported"):
        table.add_column(column)
    for package in PACKAGES:
        (wheel,) = package.release.glob("*.whl")
        spent = (f"{package.steps[name]:.1f} s" for name in ("build", "collect", "publish"))
        table.add_row(package.requirement, package.language, *spent, wheel.name, Path(seen[package.module]).name)
    say("")
    Console().show(table)
    say("\nThe releases, each with its manifest and checksums, and the index:")
    for place in (*(package.release for package in PACKAGES), PLACE / "index"):
        say(f"  {place.as_uri()}")
    say(f"All of it took {seconds:.0f} s.")


def run(
    command: tuple[str, ...], *, env: dict[str, str] | None = None, cwd: Path | None = None, quiet: bool = True
) -> str:
    """Run a program; what it printed, where that is not for the user. A failure ends the demo with its words."""
    done = subprocess.run(command, env=env, cwd=cwd, check=False, text=True, stdout=subprocess.PIPE if quiet else None)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with exit code {done.returncode}.\n{done.stdout or ''}")
    return done.stdout or ""


def say(text: str) -> None:
    """Tell what comes next."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
