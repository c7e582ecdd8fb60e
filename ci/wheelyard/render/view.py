"""What a workflow's template gets to see: everything decided, so that it only loops and prints."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from wheelyard import __version__, automation, pins
from wheelyard.automation import ExtraJob, PullRequest
from wheelyard.config import Config
from wheelyard.lock import Pin
from wheelyard.plan import Plan
from wheelyard.render import builds, gates
from wheelyard.render.builds import Action, Builds
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
class View:
    """The whole workflow. `store` is a folder for a directory store, None for a store that keeps things itself."""

    version: str
    package: str
    source: str
    title: str
    file: str
    repository: str | None
    tags: tuple[str, ...]
    pull_request: PullRequest | None
    schedules: tuple[str, ...]
    dispatch: bool
    concurrency: Expression
    install: str
    publish_install: str
    python: str
    submodules: bool | str
    depth: int
    plan_condition: Expression | None
    preflight: tuple[str, ...]
    sdist: bool
    sdist_title: str
    sdist_needs: tuple[str, ...]
    sdist_clauses: tuple[Expression, ...]
    from_sdist: bool
    builds: tuple[Builds, ...]
    deployment_target: str | None
    sdk: str | None
    release: bool
    source_ref: Expression
    tag: Expression
    only: Expression | str
    needs: Mapping[str, tuple[str, ...]]
    gates: Mapping[str, tuple[str, ...]]
    store: str | None
    attest: bool
    index: str
    trusted: bool
    environment: str
    test_environment: str | None
    nightly: str | None
    extras: tuple[Extra, ...]
    permissions: Mapping[str, tuple[Permission, ...]]
    binfmt: str
    uses: Mapping[str, Uses]


def make(config: Config, plan: Plan, pinned: Mapping[str, Pin], *, by_tag: bool = False) -> View:
    """The view of a plan; with `by_tag` actions are named by their tags, for linters that know those only."""
    tool, on, workflow = config.tool, config.tool.on, config.tool.workflow
    pull = automation.pull_request(on)
    tags = automation.tags(on, tool.release.tag)
    directory = tool.release.store.startswith("directory")
    trusted = tool.publish.index in TRUSTED
    extra = "[attest]" if tool.publish.attest and trusted else ""
    release = bool(tags) or on.dispatch
    first = ("plan", gates.PREFLIGHT) if release and not directory else ("plan",)
    matrices = builds.of(config, plan, pull, first=first)
    chain = Chain(
        preflight=gates.PREFLIGHT in first,
        sdist=plan.sdist or plan.pure,
        builds=[each.id for each in matrices if each.id != builds.SUBSET],
        test=tool.publish.test_first,
        finish=not directory,
        extras=workflow.jobs,
    )
    nightly = tool.publish.nightly.index if tool.publish.nightly and automation.schedules(on) else None
    needs = {place: chain.needs(place) for place in ("collect", gates.TEST, "publish", "finish", gates.NIGHTLY)}
    extras = tuple(_extra(job, chain) for job in workflow.jobs)
    ours = gates.permissions(
        [each.id for each in matrices],
        github=not directory,
        attest=tool.publish.attest,
        trusted=trusted,
        test=chain.test,
        nightly=nightly is not None,
    )
    return View(
        version=__version__,
        package=config.project.name,
        source=config.source,
        title=workflow.name,
        file=workflow.file,
        repository=workflow.repository,
        tags=tags,
        pull_request=pull,
        schedules=automation.schedules(on),
        dispatch=on.dispatch,
        concurrency=gates.concurrency(pull, dispatch=on.dispatch),
        install=shlex.join(workflow.install or (f"wheelyard=={__version__}",)),
        publish_install=shlex.join(workflow.install or (f"wheelyard{extra}=={__version__}",)),
        python=workflow.python,
        submodules=tool.checkout.submodules,
        depth=_depth(config),
        plan_condition=gates.plan(pull, schedule=bool(automation.schedules(on))),
        preflight=gates.preflight(repository=workflow.repository) if chain.preflight else (),
        sdist=chain.sdist,
        sdist_title=_sdist_title(plan),
        sdist_needs=first,
        sdist_clauses=gates.ready(first, gates.build(pull, subset=True)),
        from_sdist=plan.sdist and tool.sdist.wheels_from_sdist,
        builds=matrices,
        deployment_target=tool.macos.deployment_target,
        sdk=tool.macos.sdk,
        release=release,
        source_ref=gates.source_ref(dispatch=on.dispatch),
        tag=gates.tag(dispatch=on.dispatch),
        only=Expression("inputs.only") if on.dispatch else "",
        needs=needs,
        gates={
            place: gates.gate(
                needs[place],
                repository=workflow.repository,
                when=gates.SCHEDULED if place == gates.NIGHTLY else gates.RELEASES,
            )
            for place in needs
        },
        store=(tool.release.store.partition(":")[2] or "dist/releases") if directory else None,
        attest=tool.publish.attest,
        index=tool.publish.index,
        trusted=trusted,
        environment=tool.publish.environment,
        test_environment="testpypi" if chain.test else None,
        nightly=nightly,
        extras=extras,
        permissions={**ours, **{extra.id: extra.permissions for extra in extras}},
        binfmt=pins.BINFMT,
        uses={name: _uses(name, pin, by_tag=by_tag) for name, pin in pinned.items()},
    )


def _uses(action: str, pin: Pin, *, by_tag: bool) -> Uses:
    return Uses(action=action, ref=pin.tag) if by_tag else Uses(action=action, ref=pin.sha, tag=pin.tag)


def _sdist_title(plan: Plan) -> str:
    return "Build " + " and ".join((*(["the sdist"] if plan.sdist else []), *(["the pure wheel"] if plan.pure else [])))


def _depth(config: Config) -> int:
    """How much history a checkout has; a version made by the back end is often read from tags."""
    asked = config.tool.checkout.fetch_depth
    if asked is not None:
        return asked
    return 0 if config.project.version is None else 1


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
