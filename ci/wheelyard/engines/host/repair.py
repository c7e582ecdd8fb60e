"""From the backend's wheel to one that any Linux since glibc 2.17 can install."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from wheelyard.engines.host import tools
from wheelyard.engines.host.building import evaluated
from wheelyard.engines.host.layers import placeholders
from wheelyard.engines.host.options import Options
from wheelyard.engines.host.work import Work, passed


def repaired(wheel: Path, *, work: Work, options: Options, tag: str, environ: Mapping[str, str]) -> Path:
    """The wheel with its tag `tag` and the libraries it needs inside.

    A project's own repair command runs with auditwheel on PATH and AUDITWHEEL_PLAT set, as in cibuildwheel's images.
    """
    target = work.folder("repaired")
    if options.repair == "":
        return wheel
    base = {name: value for name, value in passed(environ).items() if name != "LD_LIBRARY_PATH"}
    env = evaluated(work, options.environment, {**base, **work.order.environment})
    programs = tools.auditwheel(work.order.tools)
    env |= {
        "PATH": os.pathsep.join((str(programs), env.get("PATH", os.defpath))),
        "SOURCE_DATE_EPOCH": str(work.order.source_date),
    }
    if options.repair is None:
        # Libraries are taken from where the project says they are, never from this machine's own folders.
        found_in = env.pop("LD_LIBRARY_PATH", "")
        command = (programs / "auditwheel", "repair", "--plat", tag, "--only-plat", "--ldpaths", found_in)
        ended = work.run("the repair", (*command, "-w", target, wheel), cwd=work.folder("repairing"), env=env)
    else:
        env["AUDITWHEEL_PLAT"] = tag
        text = placeholders(options.repair, wheel=wheel, dest_dir=target, project=work.project, package=work.package)
        ended = work.run_shell("repair-wheel-command", text, cwd=work.project, env=env)
    wheels = sorted(target.glob("*.whl"))
    if len(wheels) != 1:
        names = ", ".join(wheel.name for wheel in wheels) or "none"
        raise work.failure(f"the repair ended well but did not make one wheel ({names})", ended.output)
    return wheels[0]
