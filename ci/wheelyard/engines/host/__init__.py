"""The `host` engine: wheels for this machine's own architecture on glibc Linux, without a container.

The compiler is zig from PyPI, which makes code for glibc 2.17 whatever the machine has; the rest is the field's own
programs: build, auditwheel, patchelf, virtualenv, pip.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Thread

from wheelyard import files, process
from wheelyard.engines import Made, Order
from wheelyard.engines.host import elf, gates, options, refusals, repair, tools, zig
from wheelyard.engines.host.building import Build
from wheelyard.engines.host.interpreters import Interpreter, find
from wheelyard.engines.host.refusals import lowest
from wheelyard.engines.host.testing import Trial
from wheelyard.engines.host.work import Work, begun, passed
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import BuildError, OutsideError, WheelyardError, listed
from wheelyard.process import Ended, Programs
from wheelyard.targets import Identifier, answered, sort_key

_CPP_SOURCES = (".cc", ".cpp", ".cxx", ".hpp")


class Host:
    """Builds with the interpreters and for the processor of this machine."""

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
        return (
            refusals.of_target(order, machine=self._machine)
            or refusals.of_network(order)
            or refusals.of_interpreters(order, self._interpreters())
            or refusals.of_commands(order, options.resolve(order.options, lowest(order), self._environ))
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
            program, *_ = [future.result() for future in made]
        ended = self._warm("cc", program, programs)
        if ended.code != 0:
            raise OutsideError(f"zig cannot compile on this machine: {ended.last(5)}")
        if any(_has_cpp(project) for project in {order.project for order in orders}):
            Thread(target=self._warm_aside, args=("c++", program, programs), name="warm c++").start()

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
        arch = zig.ARCHS[self._machine]
        chosen = options.resolve(order.options, identifier, self._environ)
        with begun(order, identifier, programs) as work, ThreadPoolExecutor(max_workers=1) as aside:
            trials = tuple(self._trials(work))
            ready = aside.submit(_prepare, trials)
            program = tools.zig(order.tools)
            toolchain = zig.make(work.place / "toolchain", arch=arch, zig=program, headers=interpreter.headers)
            build = Build(
                work=work, options=chosen, interpreter=interpreter, toolchain=toolchain, environ=self._environ
            )
            built = build.wheel()
            _check(built, work, toolchain, repaired=False)
            wheel = repair.repaired(built, work=work, options=chosen, tag=arch.tag, environ=self._environ)
            _check(wheel, work, toolchain, repaired=True)
            ready.result()
            for trial in trials:
                trial.run(wheel)
            return Made(
                wheel=work.keep(wheel),
                tested=len(trials) == len(order.identifiers),
                notes=(*chosen.notes, *_notes(wheel, toolchain), *self._untested(order)),
            )

    def _interpreters(self) -> Mapping[str, Interpreter]:
        """Those given, or those found on this machine the first time someone asks."""
        if self._found is None:
            self._found = find(machine=self._machine, environ=self._environ)
        return self._found

    def _trials(self, work: Work) -> Iterator[Trial]:
        """A test for each identifier that has a test-command, and an interpreter here."""
        for identifier in sorted(work.order.identifiers, key=sort_key):
            chosen = options.resolve(work.order.options, identifier, self._environ)
            interpreter = self._interpreters().get(identifier.python)
            if chosen.test_command and interpreter is not None:
                yield Trial(
                    work=work, identifier=identifier, options=chosen, interpreter=interpreter, environ=self._environ
                )

    def _untested(self, order: Order) -> Iterator[str]:
        """A sentence for the identifiers that the wheel answers and that this machine cannot test."""
        there = self._interpreters()
        missing = [it for it in sorted(order.identifiers, key=sort_key) if it.python not in there]
        if missing:
            yield f"Not tested on {listed(missing)}: this machine has no such interpreter."

    def _warm(self, driver: str, program: Path, programs: Programs) -> Ended:
        """Have zig make the run-time libraries that every link with `driver` needs."""
        with files.scratch("warm") as folder:
            toolchain = zig.make(folder / "toolchain", arch=zig.ARCHS[self._machine], zig=program)
            source = folder / ("probe.cpp" if driver == "c++" else "probe.c")
            source.write_text(zig.PROBES[driver])
            command = (toolchain.programs / driver, "-shared", "-fPIC", source, "-o", folder / "probe.so")
            return programs.run(command, cwd=folder, env=passed(self._environ))

    def _warm_aside(self, driver: str, program: Path, programs: Programs) -> None:
        """The same, for nobody who waits: if it fails or is stopped, the builds that need it say so."""
        with suppress(KeyboardInterrupt, OSError, WheelyardError):
            self._warm(driver, program, programs)


def unsupported(machine: str) -> str | None:
    """Why this engine cannot work on a machine of that name that runs this system, or None."""
    if sys.platform != "linux":
        return f"The host engine works on Linux; this machine runs {sys.platform}. Use the cibuildwheel engine."
    if platform.libc_ver()[0] != "glibc":
        return "The host engine needs a machine with glibc. Use the cibuildwheel engine."
    if machine not in zig.ARCHS:
        return f"The host engine knows {listed(zig.ARCHS)}; this machine is {machine}. Use the cibuildwheel engine."
    return None


def _prepare(trials: Sequence[Trial]) -> None:
    for trial in trials:
        trial.prepare()


def _has_cpp(project: Path) -> bool:
    return any(name.endswith(_CPP_SOURCES) for _, _, names in os.walk(project) for name in names)


def _check(wheel: Path, work: Work, toolchain: Toolchain, *, repaired: bool) -> None:
    """Hold the wheel to the gates; those that speak of a finished wheel only once it is `repaired`."""
    binaries = elf.binaries(wheel)
    found = list(gates.problems(binaries, linked=toolchain.notes().linked) if repaired or not binaries else ())
    if repaired:
        found += _wrong_tags(wheel, work.order.identifiers)
    if found:
        output = work.order.log.read_text(errors="replace")
        raise work.failure("\n".join((f"{wheel.name} is not fit for release", *found)).removesuffix("."), output)


def _wrong_tags(wheel: Path, identifiers: Sequence[Identifier]) -> Iterator[str]:
    from packaging.utils import parse_wheel_filename  # noqa: PLC0415  # start-up stays fast

    tags = parse_wheel_filename(wheel.name)[3]
    missing = sorted(set(identifiers).difference(answered(identifiers, tags)), key=sort_key)
    if missing:
        yield (
            f"Its tags do not answer {listed(missing)}. Set the tag in the build backend (py_limited_api, python-tag),"
            " leave repair-wheel-command as it is, or run `wheelyard lock` if the identifiers changed."
        )


def _notes(wheel: Path, toolchain: Toolchain) -> Iterator[str]:
    """What a person should know of how the wheel was made."""
    calls = toolchain.notes()
    if calls.altered:
        yield f"Left out although it changes what the files offer, because zig cannot do it: {listed(calls.altered)}."
    if calls.left_out:
        yield f"Compiler flags left out, unknown to zig or about folders of this machine: {listed(calls.left_out)}."
    yield from gates.notes(elf.binaries(wheel))


ENGINE = Host()
