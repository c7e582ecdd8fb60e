"""Releases at every stage, as facts for a page: of a small plan, and of a large one like numpy's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from wheelyard.audit.findings import Finding, Severity
from wheelyard.index import uploads
from wheelyard.index.uploads import Outcome
from wheelyard.page import Facts
from wheelyard.planning.plan import Estimate, Expected, Job, Plan
from wheelyard.planning.runners import DEFAULTS, Slots
from wheelyard.releasing.manifest import File, JobReport, Manifest, Result, State
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, Target

SLOTS = Slots(total=20, macos=5)
REVISION = Revision(commit="c0ffee0" + 33 * "0", tree=40 * "1", date=1_700_000_000, dirty=False)
SYSTEMS = {
    "manylinux_x86_64": "manylinux_2_28_x86_64",
    "musllinux_x86_64": "musllinux_1_2_x86_64",
    "manylinux_aarch64": "manylinux_2_28_aarch64",
    "musllinux_aarch64": "musllinux_1_2_aarch64",
    "macosx_arm64": "macosx_11_0_arm64",
    "macosx_x86_64": "macosx_10_13_x86_64",
    "manylinux_i686": "manylinux_2_28_i686",
    "win_amd64": "win_amd64",
    "win32": "win32",
    "win_arm64": "win_arm64",
}
PYTHONS = ("cp310", "cp311", "cp312", "cp313", "cp314", "cp313t", "cp314t", "pp311")
Fate = Callable[[Identifier], State | None]  # None: the job never came to it


def planned(name: str = "spam", *, version: str = "2.0", each: int = 4, pythons: tuple[str, ...] = PYTHONS) -> Plan:
    """A plan of every Python on every platform, `each` wheels a job."""
    jobs = []
    for tail in SYSTEMS:
        every = tuple(Identifier(f"{python}-{tail}") for python in pythons)
        for number, start in enumerate(range(0, len(every), each), 1):
            mine = every[start : start + each]
            jobs.append(_job(f"{tail}-{number}", mine[0].target, mine, minutes=3.0 * len(mine) + number))
    jobs.sort(key=lambda job: -(job.estimate_minutes or 0))
    expected = tuple(Expected(identifiers=(i,), pattern="*") for job in jobs for i in job.identifiers)
    estimate = Estimate(
        makespan_minutes=26.0, lower_bound_minutes=25.0, billed_minutes=214, cost_usd=3.75, bottleneck="quicker builds"
    )
    return Plan(
        name=name, version=version, package=".", revision=REVISION, tools={"cibuildwheel": "4.3.5"}, sdist=True,
        pure=False, jobs=tuple(jobs), expected=expected, estimate=estimate,
    )  # fmt: skip


def _job(name: str, target: Target, identifiers: tuple[Identifier, ...], *, minutes: float) -> Job:
    return Job(id=name, target=target, runner=(DEFAULTS[target],), identifiers=identifiers, estimate_minutes=minutes)


def reported(plan: Plan, fate: Fate = lambda _: State.BUILT, *, message: str = "") -> tuple[JobReport, ...]:
    """What the jobs of a plan say when each identifier ends as `fate` has it."""
    reports = [_report(job.id, job.target, tuple(_results(plan, job, fate, message))) for job in plan.jobs]
    if plan.sdist:
        archive = f"{plan.name}-{plan.version}.tar.gz"
        made = Result(identifier=None, state=State.BUILT, minutes=0.4, file=archive, sha256=_sha(archive), size=900_000)
        reports.append(_report("sdist", None, (made,)))
    return tuple(report for report in reports if report.results)


def _results(plan: Plan, job: Job, fate: Fate, message: str) -> Iterator[Result]:
    for expected in plan.of(job):
        for identifier in expected.identifiers:
            state = fate(expected.identifiers[0])
            if state is State.BUILT:
                python = expected.identifiers[0].python
                file = f"{plan.name}-{plan.version}-{python.removesuffix('t')}-{python}-{_tail(identifier)}.whl"
                size = 1_000_000 + int(_sha(file)[:4], 16) * 4
                yield Result(
                    identifier=identifier, state=state, minutes=2.5, file=file, sha256=_sha(file), size=size,
                    tested="aarch64" not in file,
                )  # fmt: skip
            elif state is not None:
                log = f"logs/{identifier}.log"
                yield Result(identifier=identifier, state=state, minutes=1.0, message=message or "no", log=log)


def _tail(identifier: Identifier) -> str:
    return SYSTEMS[identifier.partition("-")[2]]


def _report(job: str, target: Target | None, results: tuple[Result, ...]) -> JobReport:
    return JobReport(
        job=job, target=target, runner=("ubuntu-24.04",), key="k", engine="cibuildwheel", tools={},
        commit=REVISION.commit, tree=REVISION.tree, source_date=REVISION.date, results=results,
    )  # fmt: skip


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def released(plan: Plan, reports: tuple[JobReport, ...], *, version: str = "2.0", factor: float = 1.0) -> Manifest:
    """The manifest of what was built; `factor` is what its sizes are multiplied by."""
    files: dict[str, File] = {}
    for report in reports:
        for result in report.results:
            if result.file is not None:
                before = files[result.file].identifiers if result.file in files else ()
                files[result.file] = File(
                    file=result.file.replace("-2.0", f"-{version}"),
                    sha256=result.sha256 or "",
                    size=int((result.size or 0) * factor),
                    identifiers=(*before, result.identifier) if result.identifier else (),
                    job=report.job,
                    minutes=result.minutes,
                    engine=report.engine,
                    tested=result.tested,
                )
    return Manifest(
        name=plan.name, version=version, commit=REVISION.commit, source_date=REVISION.date,
        tools={"cibuildwheel": "4.3.5"}, files=tuple(files.values()),
    )  # fmt: skip


def complete() -> Facts:
    """A release that is on the index in full."""
    plan = planned()
    reports = reported(plan)
    made = released(plan, reports)
    return Facts(
        plan=plan,
        slots=SLOTS,
        reports=reports,
        release=made,
        where="https://github.com/spam/spam/releases/tag/v2.0",
        previous=released(plan, reports, version="1.9", factor=0.96),
        sent=tuple(uploads.sent(file, Outcome.UPLOADED) for file in made.files),
        index="pypi",
        findings=(),
    )


def half_failed(message: str = "ld: cannot find -lz\nThe last lines are in the log.") -> Facts:
    """Builds of which musllinux failed on Arm, PyPy was refused, and a job of macOS left nothing."""
    plan = planned()

    def fate(identifier: Identifier) -> State | None:
        if "musllinux_aarch64" in identifier:
            return State.FAILED
        if identifier.interpreter == "pp":
            return State.REFUSED
        return None if identifier.target is Target.MACOS_ARM64 else State.BUILT

    return Facts(plan=plan, slots=SLOTS, reports=reported(plan, fate, message=message))


def empty() -> Facts:
    """A plan of nothing."""
    nothing = Plan(
        name="spam", version=None, package=".", revision=REVISION, tools={}, sdist=False, pure=False, jobs=(),
        expected=(),
    )  # fmt: skip
    return Facts(plan=nothing, slots=SLOTS)


def large() -> Facts:
    """A release of 180 wheels from 40 jobs, with a release before it and findings on many files."""
    pythons = tuple(f"cp3{minor}{thread}" for minor in range(9, 18) for thread in ("", "t"))
    plan = planned(each=5, pythons=pythons)
    reports = reported(plan)
    made = released(plan, reports)
    findings = tuple(
        Finding(
            rule="debug-symbols", severity=Severity.WARNING, file=file.file, path="spam/_core.so",
            message="3.1 MB of debug symbols are in it.", fix="Strip it.",
        )
        for file in made.files[::3]
    )  # fmt: skip
    sent = tuple(uploads.sent(file, Outcome.UPLOADED) for file in made.files)
    return replace(complete(), plan=plan, reports=reports, release=made, sent=sent, findings=findings)
