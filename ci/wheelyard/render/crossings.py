"""The jobs of the workflow that cross-build on Linux, and those that test on machines of the targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from wheelyard.automation import PullRequest
from wheelyard.config import Config
from wheelyard.planning import runners
from wheelyard.planning.plan import Crossing, Job, Plan
from wheelyard.render import builds, gates
from wheelyard.render.builds import MOST_ROWS, Action
from wheelyard.render.quoting import Expression
from wheelyard.targets import Identifier

CROSS, TEST = "cross", "test"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a matrix: a crossing, or a job that tests what its `crossing` built.

    `pythons` are the interpreters to set up, one a line; `python` says whether GitHub has them for the machine.
    """

    job: str
    runner: str | tuple[str, ...]
    timeout: int
    identifiers: tuple[Identifier, ...]
    crossing: str | None
    pythons: str
    python: bool


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A job with a matrix that cross-builds, or one that tests what was."""

    id: str
    clauses: tuple[Expression, ...]
    needs: tuple[str, ...]
    only: Expression | str
    rows: tuple[Row, ...]
    before: tuple[Action, ...] = ()
    after: tuple[Action, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether any row is on a machine that has to bring its own Pythons."""
        return not all(row.python for row in self.rows)


def cross(config: Config, plan: Plan, pull: PullRequest | None, *, needs: tuple[str, ...]) -> tuple[Stage, ...]:
    """What cross-builds: nothing where the plan has none of it."""
    rows = [_row(each, [i for job in plan.crossed(each) for i in job.identifiers]) for each in plan.crossings]
    steps = [step for crossing in plan.crossings[:1] for step in crossing.steps]
    stage = Stage(
        id=CROSS,
        clauses=gates.ready(needs, gates.build(pull, subset=False)),
        needs=needs,
        only=builds.only(config),
        rows=(),
        before=tuple(builds.action(step) for step in steps if step.when == "before"),
        after=tuple(builds.action(step) for step in steps if step.when == "after"),
    )
    return tuple(_matrices(stage, rows))


def tests(config: Config, plan: Plan, *, after: Sequence[Stage]) -> tuple[Stage, ...]:
    """What tests the wheels that the stages `after` which it comes have built."""
    rows = [_row(job, job.identifiers, crossing=job.crossing) for job in plan.jobs if job.crossing]
    needs = ("plan", *(stage.id for stage in after))
    stage = Stage(id=TEST, clauses=gates.succeeded(needs), needs=needs, only=builds.only(config), rows=())
    return tuple(_matrices(stage, rows))


def _matrices(stage: Stage, rows: Sequence[Row]) -> Iterator[Stage]:
    """One job for as many rows as a matrix may have."""
    for number, start in enumerate(range(0, len(rows), MOST_ROWS), start=1):
        name = stage.id if number == 1 else f"{stage.id}-{number}"
        yield replace(stage, id=name, rows=tuple(rows[start : start + MOST_ROWS]))


def _row(job: Job | Crossing, identifiers: Sequence[Identifier], *, crossing: str | None = None) -> Row:
    return Row(
        job=job.id,
        runner=job.runner[0] if len(job.runner) == 1 else job.runner,
        timeout=job.timeout_minutes,
        identifiers=tuple(identifiers),
        crossing=crossing,
        pythons="\n".join(_pythons(identifiers)),
        python=runners.machine(job.runner) is not None,
    )


def _pythons(identifiers: Iterable[Identifier]) -> list[str]:
    """What actions/setup-python calls the interpreters of identifiers."""
    found = {(identifier.version, identifier.threaded) for identifier in identifiers}
    return [f"{major}.{minor}{'t' if threaded else ''}" for (major, minor), threaded in sorted(found)]
