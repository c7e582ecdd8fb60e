"""One call of cibuildwheel as a step of a workflow makes it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wheelyard.migration.document import Table
from wheelyard.planning import runners
from wheelyard.targets import Platform

ACTIONS = ("pypa/cibuildwheel", "joerick/cibuildwheel")  # its name today, and the one it had
# Options of the command line, and of the action, that decide which wheels there are.
_TAKEN = ("--only", "--archs", "--platform", "--config-file", "--enable")
_IGNORED = ("--output-dir",)
_INSTALLED = re.compile(r"\bcibuildwheel(?:\[[\w,-]+\])?\s*(?:==|@|~=)\s*v?(\d+(?:\.\d+)*)")
_TAG = re.compile(r"v?(\d+(?:\.\d+)*)$")
_RUN = re.compile(r"(?<![\w./-])cibuildwheel(?![-./\w])")
_NO_RUN = re.compile(r"^\s*#|\becho\b|\b(?:pip3?(?:\.exe)?|pipx|uv|uv tool|uv pip)\s+install\b")
_SYSTEMS = {"manylinux": "linux", "musllinux": "linux", "macosx": "macos", "win": "windows"}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where a job runs: its labels, and the system and architecture these have."""

    labels: tuple[str, ...]
    system: str
    arch: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """What decides about the wheels of one call; `place` is file and line, `version` of cibuildwheel if it is known."""

    job: str
    place: str
    machine: Machine
    environment: Mapping[str, str]
    arguments: tuple[str, ...]
    package: str
    version: str | None
    deployment_target: str = ""

    @property
    def _given(self) -> dict[str, str]:
        return dict(zip(self.arguments[::2], self.arguments[1::2], strict=True))

    @property
    def config(self) -> str:
        """The file that the options are in, where that is not the package's pyproject.toml."""
        return self._given.get("--config-file") or self.environment.get("CIBW_CONFIG_FILE", "")

    @property
    def platform(self) -> Platform:
        """The platform that is built for."""
        given = self._given
        named = given.get("--platform") or self.environment.get("CIBW_PLATFORM", "")
        if only := re.match(r"\w+-([a-z]+)", given.get("--only", "")):
            named = _SYSTEMS.get(only[1], only[1])
        return Platform(named) if named in set(Platform) else Platform(self.machine.system)


def is_call(step: Table) -> bool:
    """Whether a step runs cibuildwheel."""
    return step.text("uses").partition("@")[0] in ACTIONS or _command(step.text("run")) != ""


def names(step: Table) -> bool:
    """Whether a step has to do with cibuildwheel at all."""
    return _RUN.search(step.text("run")) is not None


def version(step: Table, text: str) -> str | None:
    """The cibuildwheel that a step uses or installs; `text` is the file's, where a pin has its tag as a comment."""
    action, _, ref = step.text("uses").partition("@")
    if action not in ACTIONS:
        found = _INSTALLED.search(step.text("run"))
        return found[1] if found else None
    if re.fullmatch("[0-9a-f]{40}", ref):
        comment = re.search(rf"{action}@{ref}[\"']?[ \t]+#[ \t]*v?(\d+(?:\.\d+)*)", text)
        return comment[1] if comment else None
    tag = _TAG.match(ref)
    return tag[1] if tag else None


def arguments(step: Table) -> tuple[tuple[str, ...], str, dict[str, str]]:
    """Options and their values, the package's folder, and variables that are set in the command itself."""
    if step.text("run"):
        return _of_command(step.text("run"))
    given = step.table("with")
    options = [(f"--{name}", given.text(name)) for name in ("only", "config-file") if given.text(name)]
    return tuple(part for option in options for part in option), given.text("package-dir") or ".", {}


def _command(script: str) -> str:
    """The first command of a script that runs cibuildwheel; empty where there is none."""
    joined = re.sub(r"[\\`]\r?\n\s*", " ", script)
    every = re.split(r"\r?\n|&&|;", joined)
    runs = (command for command in every if _RUN.search(command) and not _NO_RUN.search(command))
    return next((command for command in runs if "--print-build-identifiers" not in command), "")


def _of_command(script: str) -> tuple[tuple[str, ...], str, dict[str, str]]:
    words = iter(_words(_command(script)))
    variables: dict[str, str] = {}
    for word in words:
        if re.fullmatch(r"cibuildwheel([=@~]\S*)?", word):
            break
        if found := re.fullmatch(r"(CIBW_\w+)=(.*)", word, re.DOTALL):
            variables[found[1]] = found[2]
    return *_options(words), variables


def _options(words: Iterator[str]) -> tuple[tuple[str, ...], str]:
    taken: list[str] = []
    package = "."
    for word in words:
        if word in {"||", "|", ">", "2>&1"} or word.startswith("#"):
            break
        name, sign, value = word.partition("=")
        if name in (*_TAKEN, *_IGNORED):
            value = value if sign else next(words, "")
            taken += (name, value) if name in _TAKEN else ()
        elif not word.startswith("-"):
            package = word
    return tuple(taken), package.rstrip("/\\") or "."


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def machine(labels: tuple[str, ...]) -> Machine | None:
    """What a runner with these labels is; None when its name does not tell."""
    for label in labels:
        label = runners.RETIRED_LABELS.get(label, label)  # noqa: PLW2901  # what took its place is the same kind
        if found := runners.LABELS.get(label) or runners.PARTNER_LABELS.get(label):
            return Machine(labels=labels, system=found[0], arch=found[1])
    words = {word for label in labels for word in re.split(r"[-_.\s]", label.lower())}
    starts = {"linux": ("linux", "ubuntu"), "macos": ("macos", "mac"), "windows": ("windows", "win")}
    system = next((name for name, ways in starts.items() if any(word.startswith(ways) for word in words)), None)
    known = ("aarch64", "ppc64le", "s390x", "riscv64")
    arch = next((arch for arch in known if arch in words), "aarch64" if words & {"arm", "arm64"} else "x86_64")
    if system is None:
        return None
    spelt = {("macos", "aarch64"): "arm64", ("windows", "aarch64"): "ARM64", ("windows", "x86_64"): "AMD64"}
    return Machine(labels=labels, system=system, arch=spelt.get((system, arch), arch))
