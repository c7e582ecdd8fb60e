"""From a copy of the project to the wheel its build backend makes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wheelyard.doors import toolbox
from wheelyard.engines.host import shell, tools
from wheelyard.engines.host.backends import ASK, Backend, read
from wheelyard.engines.host.crossing import Crossing
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.layers import placeholders
from wheelyard.engines.host.options import Options
from wheelyard.engines.host.work import Work, passed
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import BuildError


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build: what is worked on, with which options, interpreter and toolchain, and `crossing` for what machine."""

    work: Work
    options: Options
    interpreter: Interpreter
    toolchain: Toolchain
    environ: Mapping[str, str]
    crossing: Crossing | None = None

    def wheel(self) -> Path:
        """Run before-all and before-build, then the front end; the one wheel it made, not yet repaired."""
        python = self._front_end()
        env = self._environment(python)
        for name, command in (("before-all", self.options.before_all), ("before-build", self.options.before_build)):
            if command:
                text = placeholders(command, project=self.work.project, package=self.work.package)
                self.work.run_shell(name, text, cwd=self.work.project, env=env)
        target = self.work.folder("built")
        # from an empty folder, so that no build.py of the project's is taken for the program `build`
        empty = self.work.folder("empty")
        command_line: tuple[str | Path, ...]
        if self.crossing is None:
            command_line = self._command(python, target)
        else:
            backend = read(self.work.package)
            env = self._required(self.crossing, backend, python, env, empty)
            settings = (f"-C{setting}" for setting in self.crossing.settings(backend.name, python))
            plain = ("--no-isolation", "--skip-dependency-check", *settings)
            command_line = (*self._command(python, target, front_end="build"), *plain)
        ended = self.work.run("the build", command_line, cwd=empty, env=env)
        wheels = sorted(target.glob("*.whl"))
        if len(wheels) != 1:
            names = ", ".join(wheel.name for wheel in wheels) or "none"
            raise self.work.failure(f"the build ended well but did not make one wheel ({names})", ended.output)
        if wheels[0].name.endswith("-any.whl"):
            raise BuildError(
                f"{self.work.identifier}: the build made {wheels[0].name}, a wheel without native code, where one for"
                " this platform is planned. Make the backend build the extension, or set pure = true and no targets."
            )
        return wheels[0]

    def _required(
        self, crossing: Crossing, backend: Backend, python: Path, env: dict[str, str], empty: Path
    ) -> dict[str, str]:
        """Install what the back end requires, on this machine and for it; the environment the back end runs in.

        An isolated build would install in that environment, where pip would take itself to be on the other machine.
        """
        pip = (python, "-m", "pip", "install", "--quiet")
        self.work.run("installing build requirements", (*pip, *backend.requires), cwd=empty, env=env)
        env = {**env, **crossing.environment}
        answer = empty / "requires.json"
        settings = json.dumps(dict(setting.partition("=")[::2] for setting in self.options.config_settings))
        asked = (python, "-c", ASK, self.work.package, settings, answer)
        self.work.run("asking for more build requirements", asked, cwd=empty, env=env)
        plain = {name: value for name, value in env.items() if name not in crossing.environment}
        if more := json.loads(answer.read_text()):
            self.work.run("installing build requirements", (*pip, *more), cwd=empty, env=plain)
        return env

    def _front_end(self) -> Path:
        """The Python that `python` and `pip` of the project's own commands are.

        Commands may install into it, and a build without isolation uses what they installed: then it is this order's
        own, else one that all orders share.
        """
        tool_versions = self.work.order.tools
        base = self.interpreter.executable
        own = self.options.before_all or self.options.before_build or not self._isolated() or self.crossing
        if not own:
            return tools.front_end(tool_versions, base=base, name=self.interpreter.name)
        python = toolbox.create(self.work.place / "python", base=base)
        env = {**os.environ, **self.work.order.pip.environment()}
        toolbox.install(python, tools.build_requirements(tool_versions), env=env)
        return python

    def _isolated(self) -> bool:
        return not {"-n", "--no-isolation", "--no-build-isolation"}.intersection(self.options.front_end.arguments)

    def _environment(self, python: Path) -> dict[str, str]:
        """The build's environment: ours cut down, the toolchain, then what the project sets over it."""
        own = {
            **passed(self.environ, also=self.options.environment_pass),
            **self.toolchain.variables(),
            "CIBUILDWHEEL": "1",
            "CIBUILDWHEEL_BUILD_IDENTIFIER": self.work.identifier,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "SOURCE_DATE_EPOCH": str(self.work.order.source_date),
            "TMPDIR": str(self.work.folder("tmp")),
            **self.work.order.pip.environment(),
            **self.work.order.environment,
        }
        own["PATH"] = _first(own.get("PATH", os.defpath), python.parent)
        chosen = evaluated(self.work, self.options.environment, own)
        # whatever PATH the project set, its plain `cc` and `gcc` are ours
        return {**chosen, "PATH": _first(chosen["PATH"], self.toolchain.programs)}

    def _command(self, python: Path, target: Path, *, front_end: str = "") -> tuple[str | Path, ...]:
        options, package = self.options, self.work.package
        own = {"project": self.work.project, "package": package}
        settings = tuple(f"-C{placeholders(setting, **own)}" for setting in options.config_settings)
        level = options.verbosity
        head: tuple[str | Path, ...]
        if (front_end or options.front_end.name) == "pip":
            quiet = _repeated("q", -level) + _repeated("v", level)
            head = (python, "-m", "pip", "wheel", package, "--no-deps", "--wheel-dir", target)
        else:
            quiet = _repeated("q", -level) + _repeated("v", level - 1)
            head = (python, "-m", "build", "--wheel", "--outdir", target, package)
        return (*head, *settings, *options.front_end.arguments, *quiet)


def evaluated(work: Work, assignments: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with a project's assignments made, in its own folder as cibuildwheel does."""
    return shell.evaluate(
        assignments, environment=environment, folder=work.project, programs=work.programs, log=work.order.log
    )


def _first(path: str, folder: Path) -> str:
    """PATH with `folder` before all others."""
    return os.pathsep.join((str(folder), path))


def _repeated(letter: str, times: int) -> tuple[str, ...]:
    return (f"-{letter * times}",) if times > 0 else ()
