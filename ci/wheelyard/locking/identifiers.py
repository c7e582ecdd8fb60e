"""The build identifiers of a project, from the locked cibuildwheel itself and the same on every machine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wheelyard.config import Config
from wheelyard.doors import files, process, toolbox
from wheelyard.doors.process import Ended
from wheelyard.errors import OutsideError, UsageError, listed
from wheelyard.targets import Identifier, Platform, Target

_ASK = Path(__file__).with_name("ask_cibuildwheel.py")

# Variables of cibuildwheel that change which identifiers there are.
_SELECTORS = (
    "CIBW_BUILD",
    "CIBW_SKIP",
    "CIBW_ARCHS",
    "CIBW_ENABLE",
    "CIBW_PLATFORM",
    "CIBW_CONFIG_FILE",
    "CIBW_PROJECT_REQUIRES_PYTHON",
    "CIBW_ALLOW_EMPTY",
    "CIBW_FREE_THREADED_SUPPORT",
    "CIBW_PRERELEASE_PYTHONS",
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What cibuildwheel said: the identifiers selected for each target, and those it has for all there are.

    `enabled` are those outside of groups that `enable` would have to name, `known` are all.
    """

    selected: dict[Target, tuple[Identifier, ...]]
    enabled: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of cibuildwheel on a machine, with its options and variables."""

    platform: Platform
    machine: str
    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What cibuildwheel said of one run: its identifiers, or the words of a refusal."""

    identifiers: frozenset[Identifier] = frozenset()
    refusal: str = ""


def refuse_selectors() -> None:
    """Stop when the environment would make cibuildwheel build something else than the plan says."""
    found = sorted(name for name in os.environ if name in _SELECTORS or name.startswith(("CIBW_ARCHS_", "CIBW_BUILD_")))
    if found:
        raise UsageError(
            f"{listed(found)} in the environment would change which wheels there are, behind the plan's back."
            f" Unset {'it' if len(found) == 1 else 'them'}, or put the selection into [tool.cibuildwheel]."
        )


def ask(config: Config, *, package: Path, cibuildwheel: str) -> Answer:
    """The identifiers of every target in `config`, for the package in the folder `package`.

    Raises:
        UsageError: cibuildwheel refuses the options or knows nothing of a target.
        OutsideError: cibuildwheel could not be run.
    """
    if not config.tool.targets:
        return Answer(selected={})
    archs = {
        platform: ",".join(target.arch for target in targets)
        for platform, targets in _by_platform(config.tool.targets).items()
    }
    question = json.dumps({"package": str(package), "archs": archs})
    answers = _answered(process.run((_python(cibuildwheel), "-P", _ASK, question), cwd=package), cibuildwheel)
    for platform, answer in answers.items():
        if answer["refusal"]:
            raise _refused(Platform(platform), answer["refusal"], config=config, cibuildwheel=cibuildwheel)
    return Answer(
        selected=_by_target(config, (text for answer in answers.values() for text in answer["selected"])),
        enabled=frozenset(text for answer in answers.values() for text in answer["enabled"]),
        known=frozenset(text for answer in answers.values() for text in answer["known"]),
    )


def of_runs(runs: Sequence[Run], *, root: Path, package: Path, cibuildwheel: str) -> tuple[Reply, ...]:
    """What each of `runs` would build, as that version of cibuildwheel says; asked from the folder `root`."""
    asked = [
        {"platform": r.platform, "machine": r.machine, "arguments": r.arguments, "environment": dict(r.environment)}
        for r in runs
    ]
    question = json.dumps({"package": str(package), "runs": asked})
    answers = _answered(process.run((_python(cibuildwheel), "-P", _ASK, question), cwd=root), cibuildwheel)
    return tuple(
        Reply(identifiers=frozenset(map(Identifier.parse, found)), refusal=_last_words(refusal))
        for found, refusal in answers
    )


def _answered(ended: Ended, cibuildwheel: str) -> Any:  # noqa: ANN401  # JSON, of one form or the other
    lines = ended.output.rstrip().splitlines()
    if ended.code != 0 or not lines or not lines[-1].startswith(("{", "[")):
        raise OutsideError(
            f"cibuildwheel {cibuildwheel} could not be asked for its identifiers: {ended.last(5)}\n"
            "Run `wheelyard lock --upgrade` to move to another version."
        )
    return json.loads(lines[-1])


def _by_platform(targets: Iterable[Target]) -> dict[Platform, list[Target]]:
    found: dict[Platform, list[Target]] = {}
    for target in targets:
        found.setdefault(target.platform, []).append(target)
    return found


def _by_target(config: Config, texts: Iterable[str]) -> dict[Target, tuple[Identifier, ...]]:
    every = [Identifier.parse(text) for text in texts]
    return {
        target: tuple(identifier for identifier in every if identifier.target is target)
        for target in config.tool.targets
    }


def _refused(platform: Platform, refusal: str, *, config: Config, cibuildwheel: str) -> UsageError:
    """What to tell of a refusal: its last words, and which targets they are about."""
    targets = [target for target in config.tool.targets if target.platform is platform]
    return UsageError(
        f"cibuildwheel {cibuildwheel} refuses {listed(targets)}: {_last_words(refusal) or 'no reason given'}\n"
        "Correct [tool.cibuildwheel], take the target out, or move on with `wheelyard lock --upgrade`."
    )


def _last_words(refusal: str) -> str:
    """The line of a refusal that says why."""
    words = [line.strip() for line in refusal.splitlines() if line.strip() and not line.startswith("usage:")]
    return next((line for line in reversed(words) if not line.startswith(("File ", "Traceback"))), "")


def installed() -> str:
    """The version of cibuildwheel that is installed together with wheelyard."""
    from importlib.metadata import version  # noqa: PLC0415  # a fresh lock never asks

    return version("cibuildwheel")


def newest() -> str:
    """The newest cibuildwheel that pip can install here, with all it needs."""
    with files.scratch("newest") as folder:
        report = folder / "report.json"
        pip = toolbox.environment("pip", ["pip"])
        command = (pip, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--dry-run")
        ended = process.run((*command, "--ignore-installed", "--report", report, "cibuildwheel"), cwd=folder)
        if ended.code != 0:
            raise OutsideError(
                f"pip could not tell the newest cibuildwheel: {ended.last(3)}\n"
                "Check the network and pip's settings (`pip config list`), then run the same command again."
            )
        found = json.loads(files.read(report))["install"]
    return next(str(each["metadata"]["version"]) for each in found if each["metadata"]["name"] == "cibuildwheel")


def _python(cibuildwheel: str) -> Path:
    """The Python that has exactly this version."""
    if cibuildwheel == installed():
        return Path(sys.executable)
    return toolbox.environment("cibuildwheel", [f"cibuildwheel=={cibuildwheel}"])
