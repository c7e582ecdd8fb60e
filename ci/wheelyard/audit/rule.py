"""What a rule is: an id, what it says, and a pure function from the contents of a wheel to hits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wheelyard.audit.findings import Finding, Severity
from wheelyard.config import Audit

if TYPE_CHECKING:
    from wheelyard.audit.contents import Contents

Policy = Audit
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One place where a rule is broken: the member, or None for the wheel itself, and what is wrong there."""

    path: str | None = None
    message: str


Check = Callable[["Contents", Policy], Iterable[Hit]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: `says` is the defect in one sentence, `why` what goes wrong for people, `source` where that is said."""

    id: str
    severity: Severity
    says: str
    fix: str
    why: str = ""
    source: str = ""
    check: Check | None = None

    def findings(self, contents: Contents, policy: Policy) -> Iterator[Finding]:
        """What this rule says of a wheel; rules about a set of wheels have no check of their own."""
        if self.check is not None:
            for hit in self.check(contents, policy):
                yield self.finding(hit, file=contents.file)

    def finding(self, hit: Hit, *, file: str) -> Finding:
        """A hit as a finding."""
        return Finding(
            rule=self.id, severity=self.severity, file=file, path=hit.path, message=hit.message, fix=self.fix
        )
