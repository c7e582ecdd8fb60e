"""The steps and the matrix rows of the workflow's builds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from wheelyard.automation import PullRequest, Step
from wheelyard.config import Config
from wheelyard.errors import UsageError, listed
from wheelyard.planning import runners
from wheelyard.planning.plan import Job, Plan
from wheelyard.render import gates
from wheelyard.render.quoting import Expression, Uses, Value
from wheelyard.targets import Identifier, Platform, Target, selects

# What one job's matrix may hold (https://docs.github.com/actions/reference/limits).
MOST_ROWS = 256

# The job that builds what pull requests try.
SUBSET = "subset"

# What QEMU calls our targets (https://github.com/tonistiigi/binfmt).
_QEMU = {
    Target.LINUX_X86_64: "amd64",
    Target.LINUX_I686: "386",
    Target.LINUX_AARCH64: "arm64",
    Target.LINUX_ARMV7L: "arm",
    Target.LINUX_PPC64LE: "ppc64le",
    Target.LINUX_S390X: "s390x",
    Target.LINUX_RISCV64: "riscv64",
}
# What ilammy/msvc-dev-cmd calls them.
_MSVC = {Target.WINDOWS_AMD64: "amd64", Target.WINDOWS_X86: "amd64_x86", Target.WINDOWS_ARM64: "arm64"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a matrix: a planned job. `python` says whether GitHub has a Python for its machine."""

    job: str
    target: Target
    runner: str | tuple[str, ...]
    timeout: int
    identifiers: tuple[Identifier, ...]
    qemu: str
    msvc: str
    python: bool


@dataclass(frozen=True, kw_only=True)
class Action:
    """A step of the user's own; `condition` is None where it is for every row."""

    name: str | None
    run: str | None
    uses: Uses | None
    arguments: Mapping[str, Value]
    env: Mapping[str, Value]
    condition: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Builds:
    """A job with a matrix of builds: all of them, or those of pull requests."""

    id: str
    title: str
    clauses: tuple[Expression, ...]
    needs: tuple[str, ...]
    only: Expression | str
    rows: tuple[Row, ...]
    before: tuple[Action, ...]
    after: tuple[Action, ...]

    @property
    def emulated(self) -> bool:
        """Whether any row needs QEMU."""
        return any(row.qemu for row in self.rows)

    @property
    def msvc(self) -> bool:
        """Whether any row wants MSVC on its PATH."""
        return any(row.msvc for row in self.rows)

    @property
    def macos(self) -> bool:
        """Whether any row is on macOS."""
        return any(row.target.platform is Platform.MACOS for row in self.rows)

    @property
    def bare(self) -> bool:
        """Whether any row is on a machine that has to bring its own Python."""
        return not all(row.python for row in self.rows)


def of(config: Config, plan: Plan, pull: PullRequest | None, *, needs: tuple[str, ...]) -> tuple[Builds, ...]:
    """The jobs that build and test: one for everything, after those it needs, and one for what pull requests try."""
    rows = tuple(_row(config, job) for job in plan.jobs if job.crossing is None)
    if pull and pull.subset:
        _refuse_crossed(plan, pull.subset)
    if not rows:
        return ()
    every = Builds(
        id="build",
        title="Build",
        clauses=gates.ready(needs, gates.build(pull, subset=False)),
        needs=needs,
        only=only(config),
        rows=rows,
        before=_steps(config, "before", rows),
        after=_steps(config, "after", rows),
    )
    matrices = tuple(_matrices(every))
    return (*matrices, _subset(every, pull, pull.subset)) if pull and pull.subset else matrices


def only(config: Config) -> Expression | str:
    """Which identifiers a run builds."""
    return Expression("inputs.only || '*'") if config.tool.on.dispatch else "*"


def _refuse_crossed(plan: Plan, glob: str) -> None:
    """A subset is built and tested in one job."""
    crossed = [identifier for job in plan.jobs if job.crossing for identifier in job.identifiers]
    if chosen := [identifier for identifier in crossed if selects(glob, identifier)]:
        raise UsageError(
            f"on.pull-request.subset: {glob!r} selects {listed(chosen)}, which another runner cross-builds. Select what"
            " is built where it is tested, or have pull requests build all of it: mode = 'full'."
        )


def _matrices(every: Builds) -> Iterator[Builds]:
    """One job for as many rows as a matrix may have."""
    for number, start in enumerate(range(0, len(every.rows), MOST_ROWS), start=1):
        name = every.id if number == 1 else f"{every.id}-{number}"
        yield replace(every, id=name, rows=every.rows[start : start + MOST_ROWS])


def _subset(every: Builds, pull: PullRequest, glob: str) -> Builds:
    """The jobs that build the identifiers a pull request tries."""
    rows = tuple(row for row in every.rows if any(selects(glob, identifier) for identifier in row.identifiers))
    if not rows:
        raise UsageError(f"on.pull-request.subset: {glob!r} selects none of the planned identifiers.")
    if len(rows) > MOST_ROWS:
        raise UsageError(f"on.pull-request.subset: {glob!r} needs {len(rows)} jobs, at most {MOST_ROWS} are possible.")
    needs = tuple(need for need in every.needs if need != gates.PREFLIGHT)
    return replace(every, id=SUBSET, title="Try", clauses=(gates.subset(pull),), needs=needs, only=glob, rows=rows)


def _row(config: Config, job: Job) -> Row:
    return Row(
        job=job.id,
        target=job.target,
        runner=job.runner[0] if len(job.runner) == 1 else job.runner,
        timeout=job.timeout_minutes,
        identifiers=job.identifiers,
        qemu=_QEMU.get(job.target, "") if job.emulated else "",
        msvc=_MSVC.get(job.target, "") if config.tool.workflow.msvc else "",
        python=runners.machine(job.runner) is not None,
    )


def _steps(config: Config, when: str, rows: Sequence[Row]) -> tuple[Action, ...]:
    return tuple(action(step, _condition(step.where, rows)) for step in config.tool.steps if step.when == when)


def _condition(where: str, rows: Sequence[Row]) -> Expression | None:
    """Which rows a step is for; None for all."""
    targets = list(dict.fromkeys(row.target for row in rows))
    chosen = [target for target in targets if fnmatchcase(target, where)]
    if chosen == targets:
        return None
    return Expression(" || ".join(f"matrix.target == '{target}'" for target in chosen) or "false")


def action(step: Step, condition: Expression | None = None, *, expressions: bool = False) -> Action:
    """A step of the user's own as the template prints it."""
    uses = None
    if step.uses is not None:
        action, _, rest = step.uses.partition("@")
        ref, _, tag = rest.partition("#")
        uses = Uses(action=action, ref=ref.strip(), tag=tag.strip() or None)
    return Action(
        name=step.name,
        run=step.run,
        uses=uses,
        arguments={name: _given(value, expressions=expressions) for name, value in step.with_.items()},
        env={name: _given(value, expressions=expressions) for name, value in step.env.items()},
        condition=condition,
    )


def _given(value: str | int | bool, *, expressions: bool) -> Value:  # noqa: FBT001  # as TOML has it
    """A value of the user's; in a job of the user's own one that is an expression in full stays one."""
    if expressions and isinstance(value, str) and (found := re.fullmatch(r"\$\{\{ *(.+?) *\}\}", value)):
        return Expression(found[1])
    return value
