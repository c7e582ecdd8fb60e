"""What a page is made of: the plan, and whatever is known of its fulfilment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from wheelyard.errors import UsageError
from wheelyard.index.uploads import Outcome, Sent
from wheelyard.planning.plan import Expected, Job, Plan
from wheelyard.planning.runners import Slots
from wheelyard.releasing.manifest import File, JobReport, Manifest, Result
from wheelyard.revision import Revision
from wheelyard.stores.bundle import PURE
from wheelyard.targets import Identifier, Target, selects

if TYPE_CHECKING:
    from wheelyard.audit.findings import Finding

_ARRIVED = {Outcome.UPLOADED, Outcome.THERE, Outcome.WAITING, Outcome.ALTERED}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A plan, the reports of its jobs, the release made of them, and what an index took of that.

    `findings` is None where nobody looked, and `previous` the last release, where there is one.
    """

    plan: Plan
    slots: Slots
    reports: tuple[JobReport, ...] = ()
    release: Manifest | None = None
    where: str | None = None
    previous: Manifest | None = None
    sent: tuple[Sent, ...] = ()
    index: str | None = None
    findings: tuple[Finding, ...] | None = None

    def built_of_this(self) -> tuple[JobReport, ...]:
        """The reports of jobs that built the planned source, and not an earlier state of it."""
        source = self.plan.revision
        return tuple(
            report for report in self.reports if report.commit == source.commit and report.tree in {None, source.tree}
        )

    def results(self) -> dict[tuple[Identifier | None, str | None], tuple[JobReport, Result]]:
        """How each identifier of each variant ended, the sdist and the pure wheel left out."""
        return {
            (result.identifier, report.variant): (report, result)
            for report in self.built_of_this()
            for result in report.results
            if result.identifier is not None
        }

    @cached_property
    def outcomes(self) -> dict[str, Sent]:
        """What became of each file at the index."""
        return {sent.file: sent for sent in self.sent}

    def arrived(self, file: str) -> bool:
        """Whether the index has a file."""
        return file in self.outcomes and self.outcomes[file].outcome in _ARRIVED


def part_of(plan: Plan, jobs: Sequence[Job], *, sdist: bool, only: str = "*") -> Plan:
    """Of a plan what some jobs do of the identifiers that `only` selects, and whether the job `sdist` is among them."""
    builds = [expected for expected in plan.expected if expected.identifiers]
    kept = tuple(e for job in jobs for e in plan.of(job) if any(selects(only, i) for i in e.identifiers))
    wanted = {identifier for expected in kept for identifier in expected.identifiers}
    return msgspec.structs.replace(
        plan,
        jobs=tuple(
            msgspec.structs.replace(job, identifiers=tuple(i for i in job.identifiers if i in wanted)) for job in jobs
        ),
        expected=kept,
        sdist=plan.sdist and sdist,
        pure=plan.pure and sdist,
        estimate=plan.estimate if len(kept) == len(builds) else None,
    )


def plan_of(release: Manifest) -> Plan:
    """What the plan of a release must have been, where the release is all there is of it."""
    rows = tuple(_rows(release))
    lacking = (Expected(identifiers=(identifier,), pattern="") for identifier in _identifiers(release.missing))
    return Plan(
        name=release.name,
        version=release.version,
        package=".",
        revision=Revision(commit=release.commit, tree="", date=release.source_date, dirty=False),
        tools=release.tools,
        sdist="the sdist" in release.missing or any(not file.file.endswith(".whl") for file in release.files),
        pure="the pure wheel" in release.missing or any(file.file.endswith(PURE) for file in release.files),
        jobs=tuple(job for job, _ in rows),
        expected=(*(expected for _, wheels in rows for expected in wheels), *lacking),
    )


def _identifiers(names: Iterable[str]) -> Iterator[Identifier]:
    """Those of the names that are identifiers."""
    for name in names:
        with suppress(UsageError):
            yield Identifier.parse(name)


def _rows(release: Manifest) -> Iterator[tuple[Job, tuple[Expected, ...]]]:
    """Each job with its wheels. One that built what another had built before was a variant, and is called as itself."""

    def origin(file: File) -> tuple[str, Target]:
        return file.job or "", file.identifiers[0].target

    seen: set[Identifier] = set()
    for (name, target), files in groupby(sorted((f for f in release.files if f.identifiers), key=origin), key=origin):
        wheels = tuple(files)
        identifiers = tuple(identifier for file in wheels for identifier in file.identifiers)
        variant = name if seen.intersection(identifiers) else None
        seen.update(identifiers)
        job = Job(id=name, target=target, runner=wheels[0].runner, identifiers=identifiers, variant=variant)
        yield job, tuple(Expected(identifiers=f.identifiers, pattern=f.file, variant=variant) for f in wheels)
