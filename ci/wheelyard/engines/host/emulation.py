"""CPython of another processor: Debian's, unpacked beside the cache's other tools, run by qemu's user emulation.

Neither root nor multiarch nor binfmt_misc is needed: apt downloads with a state of its own, dpkg-deb unpacks.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from wheelyard import resources
from wheelyard.doors import files
from wheelyard.doors.process import Programs
from wheelyard.engines.host.machines import Machine
from wheelyard.targets import Identifier

# By the machine's own name: Debian's architecture, and qemu's.
_NAMES = {
    "aarch64": ("arm64", "aarch64"),
    "armv7l": ("armhf", "arm"),
    "i686": ("i386", "i386"),
    "ppc64le": ("ppc64el", "ppc64le"),
    "s390x": ("s390x", "s390x"),
}
_COMPLETE = ".wheelyard-complete"


@dataclass(frozen=True, kw_only=True)
class Emulated:
    """A CPython under `root`, and the qemu that runs it."""

    qemu: Path
    root: Path
    python: Path

    def __str__(self) -> str:
        return f"{self.qemu.name.removesuffix('-static')} with Debian's CPython"

    def launcher(self, path: Path, *, site: Path) -> None:
        """Write a program that is this Python, with the packages in `site`."""
        text = (
            "#!/bin/sh\n"
            f'PYTHONPATH="{site}${{PYTHONPATH:+:$PYTHONPATH}}" PYTHONNOUSERSITE=1'
            f' exec "{self.qemu}" -L "{self.root}" "{self.python}" "$@"\n'
        )
        path.write_text(text)
        path.chmod(0o755)


def find(machine: Machine, identifier: Identifier) -> Emulated | None:
    """The emulated Python for an identifier that was fetched before."""
    made = _wanted(machine, identifier)
    return made if made is not None and (made.root / _COMPLETE).exists() else None


def fetch(machine: Machine, identifier: Identifier, *, programs: Programs) -> str | None:
    """Unpack the Python for an identifier into the cache, if it is not there; why it cannot be had, or None."""
    made = _wanted(machine, identifier)
    if made is None:
        return "qemu's user emulation (qemu-user-static), apt and Debian's Python of that version are needed"
    with files.alone(made.root.with_suffix(".lock"), wait=True), files.scratch("foreign") as state:
        if (made.root / _COMPLETE).exists():
            return None
        files.remove(made.root)
        if problem := _unpacked(made, _NAMES[machine.name][0], state, programs):
            return problem
        files.write(made.root / _COMPLETE, b"")
    return None


def _wanted(machine: Machine, identifier: Identifier) -> Emulated | None:
    """What would run that identifier's wheels: this machine's Debian has the same Python for other processors."""
    if machine.name not in _NAMES or machine.system != "linux" or machine.musl or identifier.threaded:
        return None
    debian, qemu = _NAMES[machine.name]
    program = shutil.which(f"qemu-{qemu}-static") or shutil.which(f"qemu-{qemu}")
    name = f"python{'.'.join(map(str, identifier.version))}"
    if program is None or shutil.which("apt-get") is None or not Path("/usr/bin", name).exists():
        return None
    root = resources.cache() / "foreign" / f"{debian}-{name}"
    return Emulated(qemu=Path(program), root=root, python=root / "usr" / "bin" / name)


def _unpacked(made: Emulated, debian: str, state: Path, programs: Programs) -> str | None:
    for name in ("lists/partial", "cache/archives/partial"):
        files.folder(state / name)
    (state / "status").write_bytes(b"")
    settings = {
        "APT::Architecture": debian,
        "APT::Architectures": debian,
        "APT::Sandbox::User": "",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "1",
        "Dir::Cache": state / "cache",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
    }
    options = tuple(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))
    wanted = (made.python.name, "libstdc++6", "ca-certificates")
    install = ("install", "--download-only", "--yes", "--no-install-recommends", *wanted)
    # one archive of several may fail: what can be installed then shows
    programs.run(("apt-get", "-q", *options, "update"), cwd=state, env=dict(os.environ))
    ended = programs.run(("apt-get", "-q", *options, *install), cwd=state, env=dict(os.environ))
    if ended.code != 0:
        return f"apt-get install for {debian} failed: {ended.last(2)}"
    for package in sorted((state / "cache" / "archives").glob("*.deb")):
        ended = programs.run(("dpkg-deb", "-x", package, files.folder(made.root)), cwd=state)
        if ended.code != 0:
            return f"{package.name} could not be unpacked: {ended.last(2)}"
    if debian == "ppc64el":  # the loader's name in programs leads to where only a merged /usr has it
        (made.root / "lib64").mkdir(exist_ok=True)
        (made.root / "lib64" / "ld64.so.2").unlink(missing_ok=True)
        (made.root / "lib64" / "ld64.so.2").symlink_to("../lib/powerpc64le-linux-gnu/ld64.so.2")
    ended = programs.run((made.qemu, "-L", made.root, made.python, "-c", "import ctypes, ssl"), cwd=state)
    return None if ended.code == 0 else f"{made.python.name} of {debian} does not run: {ended.last(2)}"
