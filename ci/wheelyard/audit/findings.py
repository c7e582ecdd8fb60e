"""What an audit says: findings, and the report that gathers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from wheelyard.errors import OutsideError


class Severity(StrEnum):
    """How much a finding matters: an error stops a release, a warning is likely wrong, info is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says of one wheel; `path` is the member it speaks of, or None for the wheel as a whole."""

    rule: str
    severity: Severity
    file: str
    path: str | None = None
    message: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.path}" if self.path else self.file
        return f"{where}: {self.message} [{self.rule}] {self.fix}"


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One wheel and what was found; `ignored` are findings that the policy accepts, with its reason in the config."""

    file: str
    findings: tuple[Finding, ...]
    ignored: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A set of wheels; `across` are findings about the set, or about the policy, and not about one wheel."""

    wheels: tuple[Audited, ...]
    across: tuple[Finding, ...] = ()

    def with_sdists(self, sdists: Iterable[Audited]) -> Report:
        """The report with what was found in source distributions after the wheels."""
        return Report(wheels=(*self.wheels, *sdists), across=self.across)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, wheel by wheel, those about the set last."""
        return (*(finding for wheel in self.wheels for finding in wheel.findings), *self.across)

    @property
    def errors(self) -> int:
        """How many findings stop a release."""
        return sum(1 for _ in self.of(Severity.ERROR))

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return sum(1 for _ in self.of(Severity.WARNING))

    def of(self, severity: Severity) -> Iterator[Finding]:
        """The findings of one severity."""
        return (finding for finding in self.findings if finding.severity is severity)


class UnreadError(OutsideError):
    """Some wheels could not be looked at; `report` is of the others."""

    def __init__(self, message: str, *, report: Report) -> None:
        super().__init__(message)
        self.report = report
