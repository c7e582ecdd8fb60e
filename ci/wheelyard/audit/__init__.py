"""Look at wheels, of any platform on any machine, and say what is wrong with them.

Reading is one pass over the archive; every rule is a pure function of what that pass found. Failing to look raises.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from wheelyard.audit import archive
from wheelyard.audit.contents import Contents
from wheelyard.audit.findings import Audited, Finding, Report, Severity, UnreadError
from wheelyard.audit.policy import ignores
from wheelyard.audit.rule import Hit
from wheelyard.audit.rules import FAMILIES, RULES, UNUSED_IGNORE, across
from wheelyard.config import Audit as Policy
from wheelyard.config import Ignore
from wheelyard.doors import files
from wheelyard.errors import ConfigError, OutsideError, nearest
from wheelyard.targets import Identifier

__all__ = ["Audited", "Finding", "Policy", "Report", "Severity", "UnreadError", "sdist", "wheel", "wheels"]

OWN_POLICY = Policy()
AT_ONCE = 4  # inflating and hashing need no interpreter lock; large binaries are read one at a time all the same
_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def wheel(path: Path, *, policy: Policy = OWN_POLICY) -> tuple[Finding, ...]:
    """What is wrong with one wheel, errors first, without what the policy accepts.

    Raises:
        OutsideError: it could not be looked at.
        ConfigError: the policy names a rule that there is not.
    """
    _check(policy)
    return _audited(archive.read(path), policy, set()).findings


def wheels(
    paths: Iterable[Path],
    *,
    policy: Policy = OWN_POLICY,
    planned: Iterable[Identifier] | None = None,
    previous: Mapping[str, int] | None = None,
) -> Report:
    """What is wrong with each wheel, and with the set: do its members agree, does it answer what is `planned`.

    `previous` has the sizes in bytes of the last release's files, by file name.

    Raises:
        UnreadError: some could not be looked at; it has the report of the others.
        ConfigError: the policy names a rule that there is not.
    """
    _check(policy)
    paths = tuple(paths)
    names = Counter(path.name for path in paths)
    used: set[Ignore] = set()
    audited: list[Audited] = []
    summaries: list[across.Summary] = []
    unread: list[str] = []
    for path, contents in _read(paths):
        if isinstance(contents, OutsideError):
            unread.append(str(contents))
            continue
        audited.append(_audited(contents, policy, used))
        digest = files.sha256(path) if names[path.name] > 1 else None
        if (summary := across.summary(contents, digest=digest)) is not None:
            summaries.append(summary)
    sizes = {across.key(file): size for file, size in (previous or {}).items()}
    found = list(across.findings(summaries, planned=planned, previous=sizes))
    report = Report(wheels=tuple(audited), across=(*_accepted(found, policy, used), *_unused(policy, used)))
    if unread:
        raise UnreadError("\n".join(unread), report=report)
    return report


def _read(paths: Iterable[Path]) -> Iterator[tuple[Path, Contents | OutsideError]]:
    """The contents of wheels in order, some read at a time."""

    def read(path: Path) -> tuple[Path, Contents | OutsideError]:
        try:
            return path, archive.read(path)
        except OutsideError as error:
            return path, error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ahead: deque[Future[tuple[Path, Contents | OutsideError]]] = deque()
        for path in paths:
            ahead.append(pool.submit(read, path))
            if len(ahead) > AT_ONCE:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def sdist(path: Path) -> tuple[Finding, ...]:
    """What is wrong with a source distribution: its metadata, as twine and PyPI judge it.

    Raises:
        OutsideError: it could not be looked at.
    """
    from wheelyard.audit import source  # noqa: PLC0415  # most audits see no sdist

    return source.findings(path)


def _audited(contents: Contents, policy: Policy, used: set[Ignore]) -> Audited:
    found: list[Finding] = []
    ignored: list[Finding] = []
    for rule in (rule for family in FAMILIES.values() for rule in family):
        for finding in rule.findings(contents, policy):
            if (ignore := ignores(policy, rule.id, contents)) is None:
                found.append(finding)
            else:
                used.add(ignore)
                ignored.append(finding)
    found.sort(key=lambda finding: _ORDER[finding.severity])
    return Audited(file=contents.file, findings=tuple(found), ignored=tuple(ignored))


def _accepted(found: Iterable[Finding], policy: Policy, used: set[Ignore]) -> Iterable[Finding]:
    """The findings about the set that no ignore accepts; `select` sees their file's name only."""
    for finding in found:
        ignore = ignores(policy, finding.rule, Contents(file=finding.file, size=0))
        if ignore is None:
            yield finding
        else:
            used.add(ignore)


def _unused(policy: Policy, used: set[Ignore]) -> Iterable[Finding]:
    for ignore in policy.ignore:
        if ignore not in used:
            message = f"No finding of {ignore.rule} on {ignore.select!r} ({ignore.reason})."
            yield UNUSED_IGNORE.finding(Hit(message=message), file="[tool.wheelyard.audit]")


def _check(policy: Policy) -> None:
    """Refuse a policy that names rules there are not, all at once."""
    mistakes = [
        f"ignore[{place}].rule: there is no rule {ignore.rule!r}.{nearest(ignore.rule, RULES)}"
        for place, ignore in enumerate(policy.ignore)
        if ignore.rule not in RULES
    ]
    if mistakes:
        raise ConfigError("[tool.wheelyard.audit]", mistakes)
