"""One order at work: its folders, its environment, and commands run with their output in the log."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wheelyard.doors import files
from wheelyard.doors.process import Ended, Programs
from wheelyard.engines import Order
from wheelyard.engines.host import shell
from wheelyard.engines.host.advice import advice
from wheelyard.errors import BuildError
from wheelyard.targets import Identifier

# What a build may know of the machine: its programs, the user's own pip settings, how to reach the network.
_PASSED = frozenset(
    {
        "CARGO_HOME",
        "CURL_CA_BUNDLE",
        "HOME",
        "LANG",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "NETRC",
        "PATH",
        "REQUESTS_CA_BUNDLE",
        "RUSTUP_HOME",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TERM",
        "TZ",
        "USER",
    }
)
# Without these no program of Windows starts, or finds a folder for its files.
_PASSED_ON_WINDOWS = frozenset(
    {
        "ALLUSERSPROFILE",
        "APPDATA",
        "COMSPEC",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "NUMBER_OF_PROCESSORS",
        "OS",
        "PATHEXT",
        "PROCESSOR_ARCHITECTURE",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "PROGRAMFILES(X86)",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "USERNAME",
        "USERPROFILE",
        "WINDIR",
    }
)
_PASSED_PREFIXES = ("LC_", "PIP_", "XDG_")
_PASSED_PROXIES = frozenset({"all_proxy", "ftp_proxy", "http_proxy", "https_proxy", "no_proxy"})


@dataclass(frozen=True, kw_only=True)
class Work:
    """Where one order is worked on: `place` is its scratch folder, or one whose path shells and PATH can hold.

    `project` is the order's own copy of the repository and `package` the package's folder in it.
    """

    order: Order
    identifier: Identifier
    place: Path
    programs: Programs

    @property
    def project(self) -> Path:
        """The copy of the repository."""
        return self.place / "project"

    @property
    def package(self) -> Path:
        """The package's folder in the copy."""
        return self.project / self.order.package.relative_to(self.order.project)

    def folder(self, name: str) -> Path:
        """A new folder of this work."""
        path = self.place / name
        path.mkdir(parents=True)
        return path

    def run(self, what: str, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> Ended:
        """Run one step; `BuildError` with the tool's last lines and what to do when it fails."""
        self.say(f"{what}: {' '.join(map(str, command))}")
        # one umask whoever runs it, because the modes of files end up in wheels
        masked = () if sys.platform == "win32" else ("sh", "-c", 'umask 022; exec "$@"', "sh")
        ended = self.programs.run((*masked, *command), cwd=cwd, env=env, log=self.order.log)
        if ended.code != 0:
            raise self.failure(f"{what} failed with exit code {ended.code}", ended.output)
        return ended

    def run_shell(self, what: str, command: str, *, cwd: Path, env: Mapping[str, str]) -> Ended:
        """Run a command of the project's through the shell: on Windows cmd, as cibuildwheel does."""
        return self.run(what, shell.command(command, place=self.place), cwd=cwd, env=env)

    def failure(self, what: str, output: str) -> BuildError:
        """The error of a step: what happened, the tool's last lines, what to do."""
        last = Ended(code=0, output=output).last()
        return BuildError("\n".join((f"{self.identifier}: {what}.", last, advice(output, log=self.order.log))))

    def keep(self, wheel: Path) -> Path:
        """The wheel in the order's scratch folder, wherever it was made."""
        if wheel.is_relative_to(self.order.scratch.absolute()):
            return wheel
        return files.place(wheel, self.order.scratch / wheel.name)

    def say(self, text: str) -> None:
        """Write a line of our own into the log."""
        with self.order.log.open("a", encoding="utf-8") as stream:
            stream.write(f"[wheelyard] {text}\n")


@contextmanager
def begun(order: Order, identifier: Identifier, programs: Programs) -> Iterator[Work]:
    """The work of one order, with its copy of the project made."""
    with _plain(order.scratch) as place:
        shutil.copytree(order.project, place / "project", symlinks=True)
        yield Work(order=order, identifier=identifier, place=place, programs=programs)


def passed(environ: Mapping[str, str], *, also: Sequence[str] = ()) -> dict[str, str]:
    """What a build gets to see of our environment: no compiler flags, no PYTHON*, no secrets, unless asked for."""
    known = _PASSED | _PASSED_ON_WINDOWS if sys.platform == "win32" else _PASSED
    return {
        name: value
        for name, value in environ.items()
        if name in known or name in also or name.startswith(_PASSED_PREFIXES) or name.lower() in _PASSED_PROXIES
    }


@contextmanager
def _plain(folder: Path) -> Iterator[Path]:
    """`folder`, or a temporary one if its path has what make, PATH or an unquoted command would trip over.

    A link with a better name would not do: tools resolve it.
    """
    folder = folder.absolute()
    if re.fullmatch(r"[\w/.+-]+", str(folder), re.ASCII):
        yield folder
    else:
        with files.scratch("build") as elsewhere:
            yield elsewhere
