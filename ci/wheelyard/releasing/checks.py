"""Look at all files of a release before it is kept, and again before it leaves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from wheelyard.config import Audit as Policy
from wheelyard.doors import process
from wheelyard.errors import FindingsError, listed
from wheelyard.releasing.manifest import Manifest

if TYPE_CHECKING:
    from wheelyard.audit import Finding

_AT_ONCE = 100  # files a command, so that no system's command line is too short


def refuse(made: Manifest, paths: Mapping[str, Path], *, policy: Policy, warn: Callable[[str], None]) -> None:
    """Do both of the following, side by side: what twine looks at, another process can look at meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        rendered = pool.submit(refuse_unrenderable, paths.values())
        refuse_defects(defects(made, paths, policy=policy), warn=warn)
        rendered.result()


def defects(
    made: Manifest, paths: Mapping[str, Path], *, policy: Policy, previous: Manifest | None = None
) -> tuple[Finding, ...]:
    """What the audit finds in the whole set; sizes are compared with those of `previous`, the release before."""
    from wheelyard import audit  # noqa: PLC0415  # readers of binaries are slow to import

    wheels = [path for name, path in paths.items() if name.endswith(".whl")]
    others = [path for name, path in paths.items() if not name.endswith(".whl")]
    planned = {identifier for file in made.files for identifier in file.identifiers}
    sizes = {file.file: file.size for file in (previous.files if previous else ())}
    report = audit.wheels(wheels, policy=policy, planned=planned, previous=sizes)
    return (*report.findings, *(finding for path in others for finding in audit.sdist(path)))


def refuse_defects(found: Sequence[Finding], *, warn: Callable[[str], None]) -> None:
    """Raise the errors together as one `FindingsError`; warnings are passed to `warn`."""
    from wheelyard.audit import Severity  # noqa: PLC0415  # readers of binaries are slow to import

    for line in _alike(finding for finding in found if finding.severity is Severity.WARNING):
        warn(line)
    errors = [str(finding) for finding in found if finding.severity is Severity.ERROR]
    if errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        raise FindingsError("\n".join((f"The audit found {count}:", *(f"  {error}" for error in errors))))


def _alike(findings: Iterable[Finding]) -> Iterator[str]:
    """One line for what is said of several files in the same words."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.rule, finding.message), []).append(finding)
    for found in alike.values():
        names = dict.fromkeys(finding.file for finding in found)
        if len(names) == 1:
            yield from map(str, found)
        else:
            first = found[0]
            yield f"{len(names)} files: {first.message} [{first.rule}] {first.fix} ({listed(names, most=3)})"


def refuse_unrenderable(paths: Iterable[Path]) -> None:
    """Run `twine check`: an index shows the description of a file only if it passes; what is absent, the audit says."""
    every = _distinct(paths)
    parts = (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
    failed = [line for part in parts for line in _twine_check(part)]
    if failed:
        raise FindingsError(
            "\n".join(("twine check found:", *(f"  {line}" for line in failed)))
            + "\nCorrect the description or its content type in pyproject.toml, and build again."
        )


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """One wheel of those with the same METADATA, which is all that twine looks at, and every other file."""
    from twine.exceptions import InvalidDistribution  # noqa: PLC0415  # only this needs twine here
    from twine.wheel import Wheel  # noqa: PLC0415

    chosen: dict[object, Path] = {}
    for path in paths:
        key: object = path
        if path.name.endswith(".whl"):
            with suppress(InvalidDistribution, BadZipFile, OSError):  # twine itself says what is wrong with it
                key = Wheel(str(path)).read()
        chosen.setdefault(key, path)
    return list(chosen.values())


def _twine_check(paths: Iterable[Path]) -> Iterator[str]:
    """What twine says of files that do not pass."""
    names = [str(path) for path in paths]
    env = {**os.environ, "COLUMNS": "1000", "TERM": "xterm"}  # a dumb terminal breaks lines at 80
    ended = process.run((sys.executable, "-m", "twine", "--no-color", "check", *names), env=env)
    if ended.code != 0:
        lines = (" ".join(line.split()) for line in ended.output.splitlines())
        yield from (line for line in lines if line and not line.endswith(("PASSED", "PASSED with warnings")))
