"""The engine that builds everywhere cibuildwheel does: the locked version, through its command line."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wheelyard.doors import files, process, toolbox
from wheelyard.doors.process import Programs
from wheelyard.engines import Made, Order, containers
from wheelyard.engines.host import layers, options
from wheelyard.engines.host.layers import Reader
from wheelyard.errors import BuildError
from wheelyard.targets import Platform

_SYSTEMS = {Platform.LINUX: "", Platform.MACOS: "darwin", Platform.WINDOWS: "win32", Platform.IOS: "darwin"}

_HOST = "/host"  # where a container made by cibuildwheel has this machine's files

# What cibuildwheel's exit codes mean (cibuildwheel/errors.py: FatalError.return_code of each class).
_CODES = {
    2: "Its configuration is not right: the lines above say what to correct in [tool.cibuildwheel].",
    3: "It found nothing to build: [tool.cibuildwheel] leaves out what the lock has. Run `wheelyard lock`.",
    5: "The build backend gave a wheel without native code. See that the extension is really built.",
    8: "repair-wheel-command must leave exactly one wheel in {dest_dir}.",
    10: "The build backend ended well but left no wheel.",
}


class Cibuildwheel:
    """Runs the locked cibuildwheel in its own environment, for exactly the identifiers of an order."""

    name = "cibuildwheel"

    def unavailable(self, order: Order) -> str | None:
        """Why containers, or the system, are not there for this order."""
        wanted = order.identifiers[0].target.platform
        system = _SYSTEMS.get(wanted)
        if system and sys.platform != system:
            return f"Wheels for {wanted} are built on {wanted} only."
        return self._no_container(order) if wanted is Platform.LINUX else None

    def refuses(self, order: Order) -> str | None:
        """Whether another architecture would be needed that this machine cannot emulate."""
        target = order.identifiers[0].target
        if order.offline and target.platform is not Platform.LINUX:
            return f"On {target.platform} nothing takes the network away from a build. Leave --offline out."
        if target.platform is not Platform.LINUX or target.arch in runs_here():
            return None
        return (
            f"This machine runs no {target.arch} programs. Register qemu for it"
            " (`docker run --privileged --rm tonistiigi/binfmt --install all`), or build on a runner that does."
        )

    def prepare(self, orders: Sequence[Order], *, programs: Programs) -> None:  # noqa: ARG002  # pip and pull are no builds to stop
        """Make the environment of the locked cibuildwheel, and fetch the images that are not here."""
        for order in orders:
            _python(order)
        linux = [order for order in orders if order.identifiers[0].target.platform is Platform.LINUX]
        needed = {(containers.engine(_read(order)), image(order)) for order in linux}
        for program, name in sorted(needed):
            if not containers.is_here(program, name):
                containers.pull(program, name)

    def build(self, order: Order, *, programs: Programs) -> Made:
        """Build, repair and test with one call of cibuildwheel, in the copy of the repository."""
        out = files.folder(order.scratch / "out")
        project = _own_copy(order)
        package = project / order.package.relative_to(order.project)
        output = ("--output-dir", str(out), str(package))
        program = toolbox.program(_python(order), "cibuildwheel")  # `-m` would import a build.py of the project
        command = (str(program), *_selection(order), *output)
        try:
            ended = programs.run(command, cwd=project, env=_environment(order), log=order.log)
        except KeyboardInterrupt:
            containers.remove(containers.engine(_read(order)), _label(order))
            raise
        if ended.code != 0:
            hint = _CODES.get(ended.code, "The whole log says more.")
            raise BuildError(
                f"cibuildwheel failed with exit code {ended.code}:\n{ended.last()}\n{hint} Log: {order.log}"
            )
        made = sorted(out.glob("*.whl"))
        if len(made) != 1:
            names = ", ".join(wheel.name for wheel in made) or "none"
            raise BuildError(
                f"cibuildwheel ended well and left {len(made)} wheels for {order.identifiers[0]}, not one: {names}."
                f" See {order.log}, and test-skip, repair-wheel-command and the build backend."
            )
        return Made(wheel=made[0], tested=_tested(order), image=_recorded_image(order), notes=tuple(_notes(order)))

    def _no_container(self, order: Order) -> str | None:
        program = containers.engine(_read(order))
        if reason := containers.silent(program):
            return reason
        name = image(order)
        if containers.is_here(program, name):
            return None
        if order.offline:
            return f"The image {name} is not here. `wheelyard build --fetch` pulls it, with a network."
        host = containers.registry(name)
        if host is None or host.startswith("localhost") or not containers.is_reachable(host):
            return f"The image {name} is not here and cannot be pulled."
        return None


ENGINE = Cibuildwheel()
TOOLS: Mapping[str, str] = {}  # its version is in the lock


def _read(order: Order) -> Reader:
    return layers.over(order.options, order.identifiers[0], os.environ)


def _python(order: Order) -> Path:
    """The interpreter of the locked cibuildwheel's environment."""
    return toolbox.environment("cibuildwheel", [f"cibuildwheel=={order.tools['cibuildwheel']}"])


def image(order: Order) -> str:
    """The image that an order's container is made of, as the locked cibuildwheel and the options choose it."""
    ended = process.run((_python(order), "-c", "import cibuildwheel; print(cibuildwheel.__path__[0])"))
    pinned = Path(ended.output.strip()) / "resources" / "pinned_docker_images.cfg"
    return containers.image(_read(order), order.identifiers[0], pinned=pinned)


def _recorded_image(order: Order) -> str | None:
    if order.identifiers[0].target.platform is not Platform.LINUX:
        return None
    return containers.digest(containers.engine(_read(order)), image(order))


def _selection(order: Order) -> tuple[str, ...]:
    """One identifier is asked for with `--only`; several, which one wheel answers, by selectors in `_environment`."""
    if len(order.identifiers) == 1:
        return ("--only", order.identifiers[0])
    target = order.identifiers[0].target
    return ("--platform", target.platform, "--archs", target.arch, "--enable", "all")


def _environment(order: Order) -> dict[str, str]:
    """Our environment with the order's variables, which a container gets to see as well."""
    own = {**order.pip.environment(below=_HOST), **order.environment}
    env = {**os.environ, **own, "SOURCE_DATE_EPOCH": str(order.source_date), "PYTHONUNBUFFERED": "1"}
    if len(order.identifiers) > 1:
        env |= {"CIBW_BUILD": " ".join(order.identifiers), "CIBW_SKIP": ""}
    if own:
        passed = (*containers.inherited(os.environ, _read(order)), *own)
        env["CIBW_ENVIRONMENT_PASS_LINUX"] = " ".join(passed)
    if order.identifiers[0].target.platform is Platform.LINUX:
        network = ("--network=none",) if order.offline else ()
        env["CIBW_CONTAINER_ENGINE"] = containers.created_with(_read(order), f"--label={_label(order)}", *network)
    if _shadowed(order):
        env["CIBW_BUILD_FRONTEND"] = "pip"
    if _read(order).last("audit-command") is None:
        env["CIBW_AUDIT_COMMAND"] = ""  # wheelyard's own audit looks at every wheel, with abi3audit's data
    return env


def _label(order: Order) -> str:
    """What tells this order's container from all others."""
    return f"wheelyard={hashlib.sha256(str(order.scratch).encode()).hexdigest()[:16]}"


def _shadowed(order: Order) -> bool:
    """Whether `python -m build`, which cibuildwheel runs at the top of the repository, would run a file of it."""
    front_end = options.resolve(order.options, order.identifiers[0], os.environ).front_end.name
    there = (order.project / "build.py").exists() or (order.project / "build" / "__main__.py").exists()
    return there and front_end.startswith("build")


def _own_copy(order: Order) -> Path:
    """The repository to work in: containers copy it themselves, elsewhere builds would write into each other's."""
    if order.identifiers[0].target.platform is Platform.LINUX:
        return order.project
    return Path(shutil.copytree(order.project, order.scratch / "source", symlinks=True))


def _tested(order: Order) -> bool:
    """Whether every identifier has a test command: a failed one would have failed the build."""
    return all(options.resolve(order.options, name, os.environ).test_command for name in order.identifiers)


def _notes(order: Order) -> Iterator[str]:
    if _shadowed(order):
        yield "Built with pip: a file called build at the top of the repository hides the front end of that name."


def runs_here(machine: str | None = None) -> frozenset[str]:
    """The architectures whose Linux programs run here: by the kernel, through binfmt_misc, or in containers' own Linux.

    macOS and Windows run containers in a Linux of the same processor, which they call by another name.
    """
    machine = machine or platform.machine()
    linux = {"AMD64": "x86_64", "arm64": "aarch64", "ARM64": "aarch64"}.get(machine, machine)
    own = {"x86_64": {"x86_64", "i686"}, "aarch64": {"aarch64", "armv7l"}}.get(linux, {linux})
    registered = Path("/proc/sys/fs/binfmt_misc")
    emulated = {path.name.removeprefix("qemu-") for path in registered.glob("qemu-*")} if registered.is_dir() else set()
    names = {"arm": "armv7l", "i386": "i686"}
    return frozenset(own | {names.get(name, name) for name in emulated})
