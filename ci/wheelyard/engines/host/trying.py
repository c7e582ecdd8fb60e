"""Test a wheel that exists, wherever it was built: on the Pythons of its own machine, or on emulated ones."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from wheelyard.doors.process import Programs
from wheelyard.engines import Order
from wheelyard.engines.host import emulation, imports, interpreters, machines
from wheelyard.engines.host.emulation import Emulated
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.options import Options, resolve
from wheelyard.engines.host.refusals import lowest
from wheelyard.engines.host.testing import EmulatedTrial, Trial
from wheelyard.engines.host.work import Work, begun
from wheelyard.targets import Identifier, Platform, Target, sort_key

_SYSTEMS = {Platform.LINUX: "linux", Platform.MACOS: "darwin", Platform.WINDOWS: "win32"}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A wheel that passed: the kind of machine it ran on, and what a person should know."""

    on: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What runs the wheels of a target here."""

    target: Target
    programs: Programs = field(default_factory=Programs)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @cached_property
    def own(self) -> Mapping[str, Interpreter]:
        """The interpreters that are the target's own; none where this is another system."""
        system = _SYSTEMS.get(self.target.platform)
        if system != sys.platform:
            return {}
        return interpreters.find(machine=self.target.arch, environ=self.environ, system=system)

    @cached_property
    def _here(self) -> Mapping[str, Interpreter]:
        return interpreters.find(machine=platform.machine(), environ=self.environ)

    def lacks(self, identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
        """Those identifiers that nothing here can run."""
        return tuple(
            i for i in identifiers if i.system == "musllinux" or (i.python not in self.own and not self._emulated(i))
        )

    def _emulated(self, identifier: Identifier) -> Emulated | None:
        machine = machines.of(identifier)
        if machine is None or identifier.python not in self._here:
            return None
        emulation.fetch(machine, identifier, programs=self.programs)
        return emulation.find(machine, identifier)

    def test(self, order: Order, wheel: Path) -> Tried:
        """Install a wheel and run its tests on every identifier of an order; `BuildError` where one fails."""
        with begun(order, lowest(order), self.programs) as work:
            trials = [self._trial(work, identifier, wheel) for identifier in sorted(order.identifiers, key=sort_key)]
            for trial in trials:
                trial.prepare()
                trial.run(wheel)
        plain = [str(t.identifier) for t in trials if not _asked(order, t.identifier, self.environ)]
        emulated = [str(trial.emulated) for trial in trials if isinstance(trial, EmulatedTrial)]
        return Tried(
            on=emulated[0] if emulated else self.target,
            notes=(f"Installed and imported on {', '.join(plain)}, where no test-command is to run.",) if plain else (),
        )

    def _trial(self, work: Work, identifier: Identifier, wheel: Path) -> Trial:
        own, machine = self.own.get(identifier.python), machines.of(identifier)
        emulated = None if own else self._emulated(identifier)
        trial = Trial(
            work=work,
            identifier=identifier,
            options=_options(work.order, identifier, wheel, self.environ),
            interpreter=own or self._here[identifier.python],
            environ=self.environ,
        )
        return EmulatedTrial(**vars(trial), emulated=emulated, machine=machine) if emulated and machine else trial


def _asked(order: Order, identifier: Identifier, environ: Mapping[str, str]) -> bool:
    return bool(resolve(order.options, identifier, environ).test_command)


def _options(order: Order, identifier: Identifier, wheel: Path, environ: Mapping[str, str]) -> Options:
    """The project's, or where it has no test-command, or skips it, those of the least test: to import the modules."""
    chosen = resolve(order.options, identifier, environ)
    if chosen.test_command:
        return chosen
    return replace(
        chosen,
        test_command=f'python -c "import {", ".join(("sys", *imports.modules(wheel)))}"',
        before_test="",
        test_sources=(),
        test_requires=(),
        test_extras=(),
        test_groups=(),
        test_environment=(),
    )
