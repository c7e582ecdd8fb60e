"""The repaired wheel, installed into a fresh environment and tested from a folder of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wheelyard.doors import toolbox
from wheelyard.engines import Order
from wheelyard.engines.host import emulation, tools
from wheelyard.engines.host.building import evaluated
from wheelyard.engines.host.emulation import Emulated
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.layers import placeholders
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.options import Options, resolve
from wheelyard.engines.host.work import Work, passed
from wheelyard.errors import BuildError, listed
from wheelyard.targets import Identifier, sort_key

# Left in the folder tests run in: a runner that looks there, and not where the tests are, must not pass with none.
_TRAP = """\
import unittest


class NoTestsHere(unittest.TestCase):
    def test_tests_are_named(self):
        self.fail("Tests run in an empty folder. Name theirs in test-command ({project}/tests), or set test-sources.")
"""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One test of a wheel, on one interpreter."""

    work: Work
    identifier: Identifier
    options: Options
    interpreter: Interpreter
    environ: Mapping[str, str]

    @property
    def _place(self) -> Path:
        return self.work.place / f"test-{self.identifier}"

    def prepare(self) -> None:
        """Make the environment; it takes as long as a small build, and needs no wheel."""
        self._place.mkdir()
        command = (sys.executable, "-m", "virtualenv", "--quiet", "--no-periodic-update", "--no-setuptools")
        base = ("--python", self.interpreter.executable, self._place / "venv")
        self.work.run("the test environment", (*command, *base), cwd=self._place, env=passed(self.environ))

    def run(self, wheel: Path) -> None:
        """Install the wheel and run test-command; `BuildError` when it fails."""
        python = toolbox.python(self._place / "venv")
        env = self._environment(python)
        if self.options.before_test:
            text = placeholders(self.options.before_test, project=self.work.project, package=self.work.package)
            self._shell("before-test", text, cwd=self.work.project, env=env)
        self._install(wheel, python, env)
        folder = self._folder(self._place / "cwd")
        text = placeholders(
            self.options.test_command, project=self.work.project, package=self.work.package, wheel=wheel
        )
        self._shell("test-command", text, cwd=folder, env=env)

    def _environment(self, python: Path) -> dict[str, str]:
        """What the user's own machine gives, not the toolchain: tests are of the wheel as users have it."""
        own = {
            **passed(self.environ, also=self.options.environment_pass),
            "CIBUILDWHEEL": "1",
            "CIBUILDWHEEL_BUILD_IDENTIFIER": self.identifier,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **self.work.order.pip.environment(),
            **self.work.order.environment,
        }
        env = evaluated(self.work, self.options.environment, own)
        env["PATH"] = os.pathsep.join((str(python.parent), env.get("PATH", os.defpath)))
        env["VIRTUAL_ENV"] = str(python.parents[1])
        return evaluated(self.work, self.options.test_environment, env)

    def _install(self, wheel: Path, python: Path, env: Mapping[str, str]) -> None:
        """Install the wheel with its extras, then what the tests need, in cibuildwheel's order.

        The pip is one that was compiled before: a new environment's own takes twice as long for its first run. It runs
        in the project's folder, for relative names, and must take nothing there for a module of its own.
        """
        outer = tools.front_end(self.work.order.tools, base=self.interpreter.executable, name=self.interpreter.name)
        extras = f"[{','.join(self.options.test_extras)}]" if self.options.test_extras else ""
        groups = tuple(
            part
            for name in self.options.test_groups
            for part in ("--group", f"{self.work.package / 'pyproject.toml'}:{name}")
        )
        pip = self._pip(outer, python)
        self.work.run("installing the wheel", (*pip, f"{wheel}{extras}"), cwd=self.work.project, env=env)
        if self.options.test_requires or groups:
            wanted = (*self.options.test_requires, *groups)
            self.work.run("installing test-requires", (*pip, *wanted), cwd=self.work.project, env=env)
        self._installed(python)

    def _pip(self, outer: Path, _python: Path) -> tuple[str | Path, ...]:
        """The command that installs into the test's environment."""
        return (outer, "-I", "-m", "pip", "--python", _python, "install", "--quiet")

    def _installed(self, python: Path) -> None:
        """What is left to do after an installation: nothing in a real environment."""

    def _folder(self, folder: Path) -> Path:
        """The folder the tests run in, with test-sources copied there from the project."""
        folder.mkdir()
        if not self.options.test_sources:
            (folder / "test_none_are_here.py").write_text(_TRAP)
        for name in self.options.test_sources:
            source, target = self.work.project / name, folder / name
            if not source.exists():
                raise BuildError(f"{self.identifier}: test-sources names {name}, which the project does not have.")
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target)
        return folder

    def _shell(self, what: str, command: str, *, cwd: Path, env: Mapping[str, str]) -> None:
        name = what if self.identifier == self.work.identifier else f"{what} on {self.identifier}"
        self.work.run_shell(name, command, cwd=cwd, env=env)


@dataclass(frozen=True, kw_only=True)
class EmulatedTrial(Trial):
    """One test of a wheel for another processor; pip runs here, and is told for whom it installs."""

    emulated: Emulated
    machine: Machine

    def prepare(self) -> None:
        """Make a folder like an environment's, whose Python is the emulated one."""
        programs = self.work.folder(f"test-{self.identifier}/venv/bin")
        for name in ("python", "python3"):
            self.emulated.launcher(programs / name, site=self._site)
        self._site.mkdir(parents=True)
        # what a test starts with sys.executable must be this program, because the kernel runs no other
        (self._site / "sitecustomize.py").write_text(f"import sys\nsys.executable = {str(programs / 'python')!r}\n")

    @property
    def _site(self) -> Path:
        version = ".".join(map(str, self.identifier.version))
        return self._place / "venv" / "lib" / f"python{version}" / "site-packages"

    def _pip(self, outer: Path, _python: Path) -> tuple[str | Path, ...]:
        version = self.identifier.python.removeprefix("cp")
        abis = ("--abi", self.identifier.python, "--abi", "abi3", "--abi", "none")
        platforms = (word for tag in self._tags() for word in ("--platform", tag))
        whose = ("--implementation", "cp", "--python-version", version, *abis, *platforms)
        head = (outer, "-I", "-m", "pip", "install", "--quiet", "--upgrade", "--only-binary=:all:")
        return (*head, "--target", self._site, *whose)

    def _tags(self) -> Iterator[str]:
        """The platforms whose wheels Debian's glibc runs; pip takes each as it is written."""
        for minor in (*range(5, 32), 34, 35, 36):
            yield f"manylinux_2_{minor}_{self.machine.name}"
        yield f"manylinux2014_{self.machine.name}"

    def _installed(self, python: Path) -> None:
        """Have the programs that packages brought run by the emulated Python."""
        for script in (self._site / "bin").glob("*"):
            _, _, rest = script.read_bytes().partition(b"\n")
            (python.parent / script.name).write_bytes(f"#!{python}\n".encode() + rest)
            (python.parent / script.name).chmod(0o755)


def trials(
    work: Work, machine: Machine, *, foreign: bool, found: Mapping[str, Interpreter], environ: Mapping[str, str]
) -> Iterator[Trial]:
    """A test for each identifier that has a test-command, and an interpreter that this machine runs."""
    for identifier in sorted(work.order.identifiers, key=sort_key):
        chosen = resolve(work.order.options, identifier, environ)
        interpreter = found.get(identifier.python)
        if not chosen.test_command or interpreter is None:
            continue
        trial = Trial(work=work, identifier=identifier, options=chosen, interpreter=interpreter, environ=environ)
        if not foreign:
            yield trial
        elif emulated := emulation.find(machine, identifier):
            yield EmulatedTrial(**vars(trial), emulated=emulated, machine=machine)


def untested(order: Order, made: Sequence[Trial], *, foreign: bool, found: Mapping[str, Interpreter]) -> Iterator[str]:
    """What a person should know of the tests of a wheel: how they ran, or on which identifiers they did not."""
    run = {trial.identifier for trial in made}
    here = run if foreign else {identifier for identifier in order.identifiers if identifier.python in found}
    missing = sorted(set(order.identifiers) - here, key=sort_key)
    if foreign and not run:
        yield "Built, not run."
    elif missing:
        yield f"Not tested on {listed(missing)}: this machine has no such interpreter."
    yield from dict.fromkeys(f"Tested with {trial.emulated}." for trial in made if isinstance(trial, EmulatedTrial))
