"""What a workflow's template gets to see: everything decided, so that it only loops and prints."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields

from wheelyard import __version__, automation
from wheelyard.automation import ExtraJob, PullRequest
from wheelyard.config import Config
from wheelyard.locking import pins
from wheelyard.locking.lock import Pin
from wheelyard.planning.plan import Plan
from wheelyard.render import builds, crossings, gates
from wheelyard.render.builds import Action, Builds
from wheelyard.render.crossings import Stage
from wheelyard.render.gates import Chain, Permission
from wheelyard.render.quoting import Expression, Uses

# Indexes that take a workflow's own identity (PyPI's documentation, Trusted publishers).
TRUSTED = ("pypi", "testpypi")


@dataclass(frozen=True, kw_only=True)
class Extra:
    """A job of the user's own."""

    id: str
    title: str
    needs: tuple[str, ...]
    runner: str | tuple[str, ...]
    timeout: int
    environment: str | None
    permissions: tuple[Permission, ...]
    checkout: bool
    steps: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True)
class Events:
    """What starts the workflow, and what a run is then about."""

    tags: tuple[str, ...]
    pull_request: PullRequest | None
    schedules: tuple[str, ...]
    dispatch: bool
    concurrency: Expression
    plan_condition: Expression | None
    source_ref: Expression
    tag: Expression
    only: Expression | str

    @property
    def release(self) -> bool:
        """Whether any of them makes a release."""
        return bool(self.tags) or self.dispatch


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """What every job begins with."""

    install: str
    publish_install: str
    python: str
    submodules: bool | str
    depth: int


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """Where releases go. `store` is a folder for a directory store, None for a store that keeps things itself.

    `attest` is for the files of the release, `signed` for what the index gets: the job that uploads attests those.
    """

    store: str | None
    attest: bool
    signed: bool
    index: str
    trusted: bool
    environment: str
    test_environment: str | None
    nightly: str | None


@dataclass(frozen=True, kw_only=True)
class View:
    """The whole workflow."""

    version: str
    package: str
    source: str
    title: str
    file: str
    repository: str | None
    events: Events
    set_up: SetUp
    uploads: Uploads
    release: bool
    preflight: tuple[str, ...]
    sdist: bool
    sdist_title: str
    sdist_needs: tuple[str, ...]
    sdist_clauses: tuple[Expression, ...]
    from_sdist: bool
    builds: tuple[Builds, ...]
    cross: tuple[Stage, ...]
    tests: tuple[Stage, ...]
    deployment_target: str | None
    sdk: str | None
    needs: Mapping[str, tuple[str, ...]]
    gates: Mapping[str, tuple[str, ...]]
    extras: tuple[Extra, ...]
    permissions: Mapping[str, tuple[Permission, ...]]
    binfmt: str
    uses: Mapping[str, Uses]

    @property
    def names(self) -> dict[str, object]:
        """Every value by the name that templates know it by: those of the parts stand beside our own."""
        parts = {"events": self.events, "set_up": self.set_up, "uploads": self.uploads}
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in parts}
        return {**own, **{name: value for part in parts.values() for name, value in vars(part).items()}}


def make(config: Config, plan: Plan, pinned: Mapping[str, Pin], *, by_tag: bool = False) -> View:
    """The view of a plan; with `by_tag` actions are named by their tags, for linters that know those only."""
    tool, workflow = config.tool, config.tool.workflow
    events, uploads = _events(config), _uploads(config)
    preflight = events.release and uploads.store is None
    first = ("plan", gates.PREFLIGHT) if preflight else ("plan",)
    needs = (*first, "sdist") if plan.sdist and tool.sdist.wheels_from_sdist else first
    matrices = builds.of(config, plan, events.pull_request, needs=needs)
    cross = crossings.cross(config, plan, events.pull_request, needs=needs)
    tests = crossings.tests(config, plan, after=cross)
    stages = (*(each.id for each in matrices), *(each.id for each in (*cross, *tests)))
    chain = Chain(
        preflight=preflight,
        sdist=plan.sdist or plan.pure,
        builds=[each for each in stages if each != builds.SUBSET],
        test=tool.publish.test_first,
        finish=uploads.store is None,
        extras=workflow.jobs,
    )
    extras = tuple(_extra(job, chain) for job in workflow.jobs)
    return View(
        version=__version__,
        package=config.project.name,
        source=config.source,
        title=workflow.name,
        file=workflow.file,
        repository=workflow.repository,
        events=events,
        set_up=_set_up(config, attest=uploads.signed),
        uploads=uploads,
        release=events.release,
        preflight=gates.preflight(repository=workflow.repository) if preflight else (),
        sdist=chain.sdist,
        sdist_title=_sdist_title(plan),
        sdist_needs=first,
        sdist_clauses=gates.ready(first, gates.build(events.pull_request, subset=True)),
        from_sdist=plan.sdist and tool.sdist.wheels_from_sdist,
        builds=matrices,
        cross=cross,
        tests=tests,
        deployment_target=tool.macos.deployment_target,
        sdk=tool.macos.sdk,
        needs={
            **{place: chain.needs(place) for place in gates.GATED},
            gates.REPORT: _reported(chain, stages, events),
        },
        gates={place: gates.gate(place, chain.needs(place), repository=workflow.repository) for place in gates.GATED},
        extras=extras,
        permissions=_permissions(stages, uploads, extras),
        binfmt=pins.BINFMT,
        uses={name: _uses(name, pin, by_tag=by_tag) for name, pin in pinned.items()},
    )


def _reported(chain: Chain, stages: tuple[str, ...], events: Events) -> tuple[str, ...]:
    """Every job of ours that the report waits for, whatever becomes of it."""
    made = (*(["sdist"] if chain.sdist else []), *stages)
    sent = ("collect", *([gates.TEST] if chain.test else []), "publish", *(["finish"] if chain.finish else []))
    return ("plan", *([gates.PREFLIGHT] if chain.preflight else []), *made, *(sent if events.release else ()))


def _events(config: Config) -> Events:
    on = config.tool.on
    pull, schedules = automation.pull_request(on), automation.schedules(on)
    return Events(
        tags=automation.tags(on, config.tool.release.tag),
        pull_request=pull,
        schedules=schedules,
        dispatch=on.dispatch,
        concurrency=gates.concurrency(pull, dispatch=on.dispatch),
        plan_condition=gates.plan(pull, schedule=bool(schedules)),
        source_ref=gates.source_ref(dispatch=on.dispatch),
        tag=gates.tag(dispatch=on.dispatch),
        only=Expression("inputs.only") if on.dispatch else "",
    )


def _uploads(config: Config) -> Uploads:
    publish = config.tool.publish
    kind, _, folder = config.tool.release.store.partition(":")
    nightly = publish.nightly.index if publish.nightly and automation.schedules(config.tool.on) else None
    return Uploads(
        store=(folder or "dist/releases") if kind == "directory" else None,
        attest=publish.attest,
        signed=publish.attest and (publish.index in TRUSTED or publish.trust_config is not None),
        index=publish.index,
        trusted=publish.index in TRUSTED,
        environment=publish.environment,
        test_environment="testpypi" if publish.test_first else None,
        nightly=nightly,
    )


def _set_up(config: Config, *, attest: bool) -> SetUp:
    workflow, checkout = config.tool.workflow, config.tool.checkout
    extra = "[attest]" if attest else ""
    # A version made by the back end is often read from tags, so that needs all of the history.
    depth = checkout.fetch_depth
    return SetUp(
        install=shlex.join(workflow.install or (f"wheelyard=={__version__}",)),
        publish_install=shlex.join(workflow.install or (f"wheelyard{extra}=={__version__}",)),
        python=workflow.python,
        submodules=checkout.submodules,
        depth=depth if depth is not None else int(config.project.version is not None),
    )


def _permissions(
    stages: tuple[str, ...], uploads: Uploads, extras: tuple[Extra, ...]
) -> dict[str, tuple[Permission, ...]]:
    ours = gates.permissions(
        stages,
        github=uploads.store is None,
        attest=uploads.attest,
        trusted=uploads.trusted,
        signed=uploads.signed,
        test=uploads.test_environment is not None,
        nightly=uploads.nightly is not None,
    )
    return {**ours, **{extra.id: extra.permissions for extra in extras}}


def _uses(action: str, pin: Pin, *, by_tag: bool) -> Uses:
    return Uses(action=action, ref=pin.tag) if by_tag else Uses(action=action, ref=pin.sha, tag=pin.tag)


def _sdist_title(plan: Plan) -> str:
    return "Build " + " and ".join((*(["the sdist"] if plan.sdist else []), *(["the pure wheel"] if plan.pure else [])))


def _extra(job: ExtraJob, chain: Chain) -> Extra:
    why = job.reason or "asked for in [tool.wheelyard.workflow]"
    held = tuple(Permission(scope=scope, level=level, why=why) for scope, level in job.permissions.items())
    if job.checkout and "contents" not in job.permissions:
        held = (Permission(scope="contents", level="read", why="check out the source"), *held)
    return Extra(
        id=job.id,
        title=job.name or job.id,
        needs=tuple(dict.fromkeys(("plan", *chain.after(job.after)))),
        runner=job.runner,
        timeout=job.timeout,
        environment=job.environment,
        permissions=held,
        checkout=job.checkout,
        steps=tuple(builds.action(step, expressions=True) for step in job.steps),
    )
