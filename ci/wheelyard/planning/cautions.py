"""What in a plan is legal and likely to hurt."""

from __future__ import annotations

from collections.abc import Iterator

from wheelyard.config import Config
from wheelyard.locking.lock import Lock
from wheelyard.planning import runners
from wheelyard.planning.plan import Crossing, Job, Plan
from wheelyard.targets import Target


def of(config: Config, lock: Lock, plan: Plan) -> Iterator[str]:
    """Each caution, a sentence with what to do."""
    for target in config.tool.targets:
        labels = config.tool.runners.get(target)
        if labels is None and target not in config.tool.emulate and runners.DEFAULTS[target] in runners.PARTNER_LABELS:
            yield (
                f"{target} runs on {runners.DEFAULTS[target]!r}, which a repository has to apply for once."
                f" Add {target} to emulate to use QEMU instead."
            )
    intel = [
        job
        for job in plan.jobs
        if job.target is Target.MACOS_ARM64 and runners.machine(job.runner) == ("macos", "x86_64")
    ]
    if any(identifier.interpreter != "cp" for job in intel for identifier in job.identifiers):
        yield "PyPy and GraalPy for macos-arm64 cannot be built on an Intel runner. Take 'macos-15'."
    every: tuple[Job | Crossing, ...] = (*plan.crossings, *plan.jobs)
    long = [job for job in every if (job.estimate_minutes or 0) > job.timeout_minutes]
    if long and not lock.durations:
        names = ", ".join(job.id for job in long[:4])
        yield f"Going by what other projects take, these jobs may exceed their timeout: {names}. Split them finer."
    if plan.crossings and "cpython-prerelease" in (config.cibuildwheel.get("enable") or ()):
        yield "What is cross-built is built and tested by final releases of CPython only: skip the others there."
    if len(plan.jobs) > runners.MATRIX_JOBS:
        yield f"{len(plan.jobs)} jobs are more than the {runners.MATRIX_JOBS} of one matrix; they are cut into several."
