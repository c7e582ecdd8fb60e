"""Look at wheels, of any platform on any machine, and say what is wrong with them.

Reading is one pass over the archive; every rule is a pure function of what that pass found. Failing to look raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wheelyard.audit import archive
from wheelyard.audit.findings import Audited, Finding, Report, Severity
from wheelyard.audit.rules import FAMILIES
from wheelyard.config import Audit as Policy
from wheelyard.targets import Identifier

__all__ = ["Audited", "Finding", "Policy", "Report", "Severity", "sdist", "wheel", "wheels"]

OWN_POLICY = Policy()


def wheel(path: Path, *, policy: Policy = OWN_POLICY) -> tuple[Finding, ...]:
    """What is wrong with one wheel, errors first.

    Raises:
        OutsideError: it could not be looked at.
    """
    contents = archive.read(path)
    found = (finding for rules in FAMILIES.values() for rule in rules for finding in rule.findings(contents, policy))
    return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))


def wheels(
    paths: Iterable[Path], *, policy: Policy = OWN_POLICY, planned: Iterable[Identifier] | None = None
) -> Report:
    """What is wrong with each wheel, and with the set: does it answer what is `planned`, do its members agree."""
    del planned
    return Report(wheels=tuple(Audited(file=path.name, findings=wheel(path, policy=policy)) for path in paths))


def sdist(path: Path) -> tuple[Finding, ...]:
    """What is wrong with a source distribution: its metadata, as twine and PyPI judge it."""
    from wheelyard.audit import source  # noqa: PLC0415

    return source.findings(path)
