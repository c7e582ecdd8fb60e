"""Every job and every expected wheel, decided before anything runs: `plan.json`."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

import msgspec

from wheelyard import documents
from wheelyard.automation import BuildStep
from wheelyard.errors import UsageError, listed, nearest
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, Target


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What one runner does: one target, one runner, one or more identifiers. Minutes are wall time.

    `steps` are the user's own around the engine; the workflow runs them, `wheelyard build` does not. Where a `crossing`
    builds the wheels, the runner tests them, and the minutes are those of the tests.
    """

    id: str
    target: Target
    runner: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    emulated: bool = False
    variant: str | None = None
    environment: dict[Identifier, dict[str, str]] = {}
    steps: tuple[BuildStep, ...] = ()
    estimate_minutes: float | None = None
    timeout_minutes: int = 360
    crossing: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """What people can call it: by itself, by its target, or by what cross-builds it."""
        return frozenset((self.id, str(self.target), *(("cross", self.crossing) if self.crossing else ())))


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """A runner that cross-builds the wheels of the jobs that name it, before the runners of those jobs test them."""

    id: str
    runner: tuple[str, ...]
    steps: tuple[BuildStep, ...] = ()
    estimate_minutes: float | None = None
    timeout_minutes: int = 360


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """A wheel the release will have: one build that answers `identifiers`, in a file whose name matches `pattern`."""

    identifiers: tuple[Identifier, ...]
    pattern: str
    variant: str | None = None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan will take: until the last wheel, no plan could be quicker than the bound, and what is billed.

    `bottleneck` says what the time hangs on. Minutes are guesses until a release was measured. Where something is
    cross-built, `native_minutes` and `native_usd` are what the plan would take if nothing were.
    """

    makespan_minutes: float
    lower_bound_minutes: float
    billed_minutes: int
    cost_usd: float
    bottleneck: str = ""
    native_minutes: float | None = None
    native_usd: float | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`plan.json`; the version is None where the build backend makes it. The longest jobs come first.

    `only` are the globs that cut it out of a whole one: what it makes completes a release, and is none.
    """

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    name: str
    version: str | None
    package: str
    revision: Revision
    tools: dict[str, str]
    sdist: bool
    pure: bool
    jobs: tuple[Job, ...]
    expected: tuple[Expected, ...]
    only: str | None = None
    estimate: Estimate | None = None
    crossings: tuple[Crossing, ...] = ()

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Every identifier of every job."""
        return tuple(identifier for job in self.jobs for identifier in job.identifiers)

    @property
    def matrices(self) -> tuple[tuple[Job, ...], ...]:
        """The jobs in as many matrices as GitHub takes them in."""
        most = 256
        return tuple(self.jobs[start : start + most] for start in range(0, len(self.jobs), most))

    def crossed(self, crossing: Crossing) -> tuple[Job, ...]:
        """The jobs whose wheels `crossing` builds."""
        return tuple(job for job in self.jobs if job.crossing == crossing.id)

    def called(self, names: Collection[str], *, also: Collection[str] = ()) -> list[Job]:
        """The jobs that go by these names; `UsageError` for a name that no job has and that is not one of `also`."""
        known = {*also, *(name for job in self.jobs for name in job.names)}
        for name in names:
            if name not in known:
                raise UsageError(f"The plan has no job {name!r}.{nearest(name, known)} Jobs: {listed(sorted(known))}.")
        return [job for job in self.jobs if not job.names.isdisjoint(names)]

    def of(self, job: Job) -> tuple[Expected, ...]:
        """The wheels that `job` builds."""
        ours = frozenset(job.identifiers)
        return tuple(e for e in self.expected if e.variant == job.variant and ours.issuperset(e.identifiers))


def load(text: bytes, *, source: str = "plan.json") -> Plan:
    """The plan in `text`."""
    return documents.load(text, Plan, source=source)
