"""Walk through one workflow as a release would run it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from wheelyard.migration import calls, expressions, matrix, today
from wheelyard.migration.calls import Call
from wheelyard.migration.document import Table, line, listed
from wheelyard.migration.today import Around, Publishing, Today

PUBLISH = "pypa/gh-action-pypi-publish"
# What every workflow has and ours does by itself.
_PLUMBING = (
    *("actions/checkout", "actions/setup-python", "actions/upload-artifact", "actions/download-artifact"),
    *("actions/cache", "actions/attest-build-provenance", "astral-sh/setup-uv", "docker/setup-qemu-action"),
)
_DEEPEST = 4
_UNKNOWN = "it is known only while the workflow runs"
_OTHERS = re.compile(r"PyO3/maturin-action|\bmaturin (build|publish)\b|\bbdist_wheel\b|\bpip wheel\b|--wheel\b")
_INSTALLS = re.compile(r"\b(pip3?(\.exe)?|pipx|uv|uv tool|uv pip)\s+install\b")


class _Open(Table):
    """A context of which only a part is known before a run."""

    partial = True


class Walk:
    """Walks through one workflow and those of this repository that it calls."""

    def __init__(self, loaded: Mapping[str, Table], texts: Mapping[str, str]) -> None:
        self._loaded = loaded
        self._texts = texts
        self._calls: list[Call] = []
        self._around: dict[tuple[str, str], Around] = {}
        self._publishing: list[Publishing] = []
        self._notes: list[str] = []
        self._checkout = Table()
        self._emulated = False

    def workflow(self, name: str) -> Today:
        """What the workflow `name` does when a release starts it."""
        started = today.triggers(self._loaded[name])
        if set(started) != {"workflow_call"}:
            github = _github(started)
            by_hand = github["event_name"] == "workflow_dispatch"
            self._jobs(name, {"github": github, "inputs": _Open() if by_hand else Table()}, depth=0)
        return Today(
            files=(name,),
            calls=tuple(self._calls),
            around=tuple(self._around.values()),
            publishing=tuple(self._publishing),
            triggers=started,
            checkout=self._checkout,
            emulated=self._emulated,
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _jobs(self, name: str, scope: dict[str, Any], *, depth: int) -> None:
        workflow = self._loaded[name]
        scope = {**scope, "env": _Open(expressions.filled(workflow.table("env"), scope))}
        for job_id, job in workflow.table("jobs").items():
            if not isinstance(job, Table) or expressions.condition(job.text("if"), scope) is False:
                continue
            if job.text("uses"):
                self._called(name, job_id, job, scope, depth=depth)
            elif _interesting(job):
                for leg in self._legs(name, job_id, job, scope):
                    self._job(name, job_id, job, {**scope, "matrix": leg})
            elif other := next((step for step in job.tables("steps") if _OTHERS.search(_says(step))), None):
                place = f"{name}:{other.line}"
                self._notes.append(f"{place}: {job_id} builds wheels without cibuildwheel, which is left to you.")

    def _called(self, name: str, job_id: str, job: Table, scope: dict[str, Any], *, depth: int) -> None:
        """A workflow that a job calls: followed when it is of this repository."""
        place = f"{name}:{line(job['uses'], job.line)}"
        callee = job.text("uses").removeprefix("./")
        if callee not in self._loaded or depth >= _DEEPEST:
            if "cibuildwheel" in callee or "wheel" in f"{callee} {job_id}".lower():
                self._notes.append(
                    f"{place}: the job {job_id} calls {job.text('uses')}, which is not in this repository."
                )
            return
        declared = today.triggers(self._loaded[callee]).table("workflow_call").table("inputs")
        defaults = {key: each.text("default") for key, each in declared.items() if isinstance(each, Table)}
        for leg in self._legs(name, job_id, job, scope):
            given = expressions.filled(job.table("with"), {**scope, "matrix": leg})
            self._jobs(callee, {**scope, "inputs": Table({**defaults, **given})}, depth=depth + 1)

    def _legs(self, name: str, job_id: str, job: Table, scope: dict[str, Any]) -> Iterator[Table]:
        """The values of `matrix` in each job."""
        strategy = job.table("strategy")
        if "matrix" not in strategy:
            yield Table()
            return
        known = expressions.filled(strategy["matrix"], scope)
        unknown = [key for key, each in known.items() if each is None] if isinstance(known, Table) else ["matrix"]
        for key in unknown:
            place = f"{name}:{line(strategy['matrix'], strategy.line)}"
            self._notes.append(f"{place}: {key} of the job {job_id}: {_UNKNOWN}, so its jobs could not be read.")
        if isinstance(known, Table) and not unknown:
            yield from (Table(leg) for leg in matrix.legs(known))

    def _job(self, name: str, job_id: str, job: Table, scope: dict[str, Any]) -> None:
        """One job of a matrix: its steps with what is known of them."""
        title = _title(job_id, scope["matrix"])
        steps = [step for step in job.tables("steps") if expressions.condition(step.text("if"), scope) is not False]
        self._publishes(name, job, steps, scope)
        at = [number for number, step in enumerate(steps) if calls.is_call(step)]
        if not at:
            return
        labels = _labels(expressions.filled(job.get("runs-on"), scope))
        machine = calls.machine(labels)
        if machine is None:
            place = f"{name}:{line(job.get('runs-on'), job.line)}"
            why = f"{' '.join(labels)!r} does not say which system it runs" if labels else _UNKNOWN
            self._notes.append(f"{place}: the runner of {job_id}: {why}, so what it builds could not be read.")
            return
        scope = {**scope, "runner": _Open(os=machine.system, arch=machine.arch)}
        steps = [step for step in steps if expressions.condition(step.text("if"), scope) is not False]
        at = [number for number, step in enumerate(steps) if calls.is_call(step)]
        version = next((found for step in steps if (found := calls.version(step, self._texts[name]))), None)
        begun = len(self._calls)
        for number in at:
            self._call(name, title, steps[number], _environment(job, scope), scope, machine=machine, version=version)
        self._beside(name, steps, at, scope, jobs=frozenset(range(begun, len(self._calls))))

    def _call(
        self,
        name: str,
        title: str,
        step: Table,
        environment: Table,
        scope: dict[str, Any],
        *,
        machine: calls.Machine,
        version: str | None,
    ) -> None:
        filled = expressions.filled(step, {**scope, "env": _Open({**scope["env"], **environment})})
        filled["run"] = filled.text("run") or step.text("run")  # where it cannot be filled, its options are still there
        options, package, variables = calls.arguments(filled)
        every = {**scope["env"], **environment, **filled.table("env"), **variables}
        for key in [key for key, value in every.items() if key.startswith("CIBW_") and not isinstance(value, str)]:
            origin = step.table("env").get(key)
            self._notes.append(
                f"{name}:{line(origin, step.line)}: {key}: {_UNKNOWN}. Move it into [tool.cibuildwheel]."
            )
        self._calls.append(
            Call(
                job=title,
                place=f"{name}:{step.line}",
                machine=machine,
                environment={key: str(value) for key, value in every.items() if _ours(key, value)},
                arguments=options,
                package=package,
                version=version,
                deployment_target=str(every.get("MACOSX_DEPLOYMENT_TARGET") or ""),
            )
        )

    def _beside(
        self, name: str, steps: list[Table], at: list[int], scope: dict[str, Any], *, jobs: frozenset[int]
    ) -> None:
        """The steps around the calls of one job."""
        for number, step in enumerate(steps):
            action = step.text("uses").partition("@")[0]
            self._emulated |= action == "docker/setup-qemu-action"
            if action == "actions/checkout" and not step.table("with").text("repository"):
                self._checkout = self._checkout or expressions.filled(step.table("with"), scope)
            if "GITHUB_ENV" in step.text("run") and "CIBW_" in step.text("run"):
                found = ", ".join(dict.fromkeys(re.findall(r"CIBW_\w+", step.text("run"))))
                self._notes.append(
                    f"{name}:{step.line}: a step sets {found} while it runs. Move it into [tool.cibuildwheel]."
                )
            elif number not in at and action not in _PLUMBING and not _installs(step) and not calls.names(step):
                self._keep(name, step, "before" if number < at[0] else "after", scope, jobs=jobs)

    def _keep(
        self, name: str, step: Table, when: Literal["before", "after"], scope: dict[str, Any], *, jobs: frozenset[int]
    ) -> None:
        place = f"{name}:{step.line}"
        filled = expressions.filled(step, scope)
        key = (place, repr(filled))
        before = self._around.get(key)
        joined = jobs | before.jobs if before else jobs
        shell = step.text("shell") or step.text("working-directory")
        self._around[key] = Around(place=place, when=when, step=filled, shell=shell, jobs=joined)

    def _publishes(self, name: str, job: Table, steps: list[Table], scope: dict[str, Any]) -> None:
        named = job.get("environment")
        environment = expressions.filled(named.get("name") if isinstance(named, Table) else named, scope)
        for step in steps:
            given = step.table("with")
            if step.text("uses").startswith(f"{PUBLISH}@"):
                self._publishing.append(
                    Publishing(
                        place=f"{name}:{step.line}",
                        environment=environment or "",
                        url=given.text("repository-url") or given.text("repository_url"),
                        attest=given.text("attestations") != "false",
                        trusted="password" not in given,
                    )
                )
            elif re.search(r"\btwine\s+upload\b", step.text("run")):
                found = Publishing(place=f"{name}:{step.line}", environment=environment or "", trusted=False)
                self._publishing.append(found)


def _github(triggers: Table) -> _Open:
    """The context `github` of the run that makes a release."""
    event = next((name for name in ("push", "release", "workflow_dispatch", "schedule") if name in triggers), "push")
    known = {"event_name": event, "ref": "refs/tags/v1.0.0", "ref_name": "v1.0.0", "ref_type": "tag", "base_ref": ""}
    return _Open({**known, "workspace": ".", "head_ref": ""})


def _interesting(job: Table) -> bool:
    """Whether a job builds wheels or publishes; others are nobody's business here."""
    return any(
        calls.is_call(step) or step.text("uses").startswith(PUBLISH) or "twine" in step.text("run")
        for step in job.tables("steps")
    )


def _environment(job: Table, scope: dict[str, Any]) -> Table:
    found: Table = expressions.filled(job.table("env"), scope)
    return found


def _ours(key: str, value: object) -> bool:
    return key.startswith("CIBW_") and isinstance(value, str)


def _labels(value: object) -> tuple[str, ...]:
    """The labels of `runs-on`, which is a text, a list or a table with labels."""
    if isinstance(value, Table):
        value = value.get("labels")
    return tuple(str(each) for each in listed(value) if each)


def _says(step: Table) -> str:
    """What a step runs."""
    return f"{step.text('uses')}\n{step.text('run')}"


def _installs(step: Table) -> bool:
    """Whether a step does no more than install what builds wheels."""
    lines = [each.strip() for each in step.text("run").splitlines()]
    lines = [each for each in lines if each and not each.startswith("#")]
    return bool(lines) and all(_INSTALLS.search(each) for each in lines)


def _title(job_id: str, leg: Mapping[str, Any]) -> str:
    values = [str(value) for value in leg.values() if isinstance(value, str) and value]
    return f"{job_id} ({', '.join(values[:4])})" if values else job_id
