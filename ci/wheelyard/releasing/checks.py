"""Look at all files of a release before it is kept, and again before it leaves."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from wheelyard.config import Audit as Policy
from wheelyard.errors import FindingsError, listed
from wheelyard.releasing import verdicts
from wheelyard.releasing.manifest import Manifest

if TYPE_CHECKING:
    from wheelyard.audit import Finding

_ABSENT = "description-missing"  # the audit's rule


def refuse(
    made: Manifest, paths: Mapping[str, Path], *, policy: Policy, warn: Callable[[str], None]
) -> tuple[Finding, ...] | None:
    """Audit the whole set, and raise the errors; what is left is for `remember`.

    None is for a set that was remembered on this machine, and not audited: its warnings are passed on again. `paths`
    have the bytes that the manifest says.
    """
    passed = verdicts.recall(verdicts.key(made, policy))
    for line in passed or ():
        warn(line)
    if passed is not None:
        return None
    found = defects(made, paths, policy=policy)
    refuse_defects(found, warn=warn)
    return found


def remember(made: Manifest, found: Sequence[Finding], *, policy: Policy) -> None:
    """Note that all checks passed, with these findings; how sizes grew depends on more than this release: left out."""
    from wheelyard.audit.rules.across import GROWTH  # noqa: PLC0415  # readers of binaries are slow to import

    lasting = (finding for finding in found if finding.rule != GROWTH.id)
    verdicts.keep(verdicts.key(made, policy), _warnings(lasting))


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

    for line in _warnings(found):
        warn(line)
    errors = [str(finding) for finding in found if finding.severity is Severity.ERROR]
    if errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        raise FindingsError("\n".join((f"The audit found {count}:", *(f"  {error}" for error in errors))))


def _warnings(findings: Iterable[Finding]) -> Iterator[str]:
    """The warnings, in one line what is said of several files in the same words."""
    from wheelyard.audit import Severity  # noqa: PLC0415

    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in (finding for finding in findings if finding.severity is Severity.WARNING):
        alike.setdefault((finding.rule, finding.message), []).append(finding)
    for found in alike.values():
        names = dict.fromkeys(finding.file for finding in found)
        if len(names) == 1:
            yield from map(str, found)
        else:
            first = found[0]
            yield f"{len(names)} files: {first.message} [{first.rule}] {first.fix} ({listed(names, most=3)})"


def refuse_unrenderable(paths: Iterable[Path], *, policy: Policy) -> None:
    """Do what `twine check --strict` does; a description may be absent where the policy accepts just that."""
    strict = all(ignore.rule != _ABSENT for ignore in policy.ignore)
    said = ((path.name, _twine_check(path, strict=strict)) for path in _distinct(paths))
    failed = [f"  {name}: {words}" for name, words in said if words is not None]
    if failed:
        raise FindingsError(
            "\n".join(("twine check --strict found:", *failed))
            + "\nCorrect readme, the description, in pyproject.toml, and build again. To publish without one, accept"
            f" {_ABSENT} with a reason: ignore, in [tool.wheelyard.audit]."
        )


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """One wheel of those with the same METADATA, which is all that twine looks at, and every other file."""
    from wheelyard.index import coremetadata  # noqa: PLC0415  # `--help` needs none of it

    chosen: dict[object, Path] = {}
    for path in paths:
        document = coremetadata.inside(path) if path.name.endswith(".whl") else None
        chosen.setdefault(document or path, path)
    return list(chosen.values())


def _twine_check(path: Path, *, strict: bool) -> str | None:
    """What twine says of a file that does not pass."""
    from twine.commands import check  # noqa: PLC0415  # slow to import
    from twine.exceptions import TwineException  # noqa: PLC0415

    said = io.StringIO()
    listener = logging.StreamHandler(said)
    log = logging.getLogger(check.__name__)
    log.addHandler(listener)
    try:
        with redirect_stdout(io.StringIO()):
            failed = check.check([str(path)], strict=strict)
    except (TwineException, BadZipFile, OSError) as error:
        return str(error)
    finally:
        log.removeHandler(listener)
    return " ".join(said.getvalue().split()) if failed else None
