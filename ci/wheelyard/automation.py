"""What `[tool.wheelyard]` says of the generated workflow: when it runs, and what surrounds the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wheelyard.errors import nearest
from wheelyard.tables import Labels, NonEmpty, Table
from wheelyard.targets import Target

Level = Literal["read", "write"]
Place = Literal["plan", "build", "collect", "publish", "finish"]
PLACES: tuple[Place, ...] = ("plan", "build", "collect", "publish", "finish")
OTHERS = (
    "preflight",
    "sdist",
    "subset",
    "cross",
    "test",
    "publish-test",
    "nightly",
    "report",
)  # no places for others' jobs

# The permissions a job's token can have (https://docs.github.com/actions/reference/workflow-syntax-for-github-actions).
SCOPES = (
    *("actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions", "id-token"),
    *("issues", "models", "packages", "pages", "pull-requests", "security-events", "statuses"),
)
_USES = re.compile(r"[\w.-]+/[\w.-]+(/[\w./-]+)?@[0-9a-f]{40}( +# ?\S+)?")
_NAME = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]*$")]


class Checkout(Table, frozen=True, kw_only=True):
    """How jobs get the source. A `fetch_depth` of None is all history where the build backend makes the version."""

    submodules: bool | Literal["recursive"] = False
    """Whether submodules come along, and theirs. Example: `submodules = "recursive"`"""
    fetch_depth: Annotated[int, Meta(ge=0)] | None = None
    """Commits of history, 0 for all (default: all where the back end makes the version). Example: `fetch-depth = 0`"""


class Step(Table, frozen=True, kw_only=True):
    """A command, or an action pinned to a commit, of the user's own."""

    name: NonEmpty | None = None
    """What the log calls it. Example: `name = "Install NASM"`"""
    run: NonEmpty | None = None
    """A command for the machine's own shell. Example: `run = "choco install nasm --no-progress"`"""
    uses: NonEmpty | None = None
    """An action at one commit. Example: `uses = "owner/action@0123456789abcdef0123456789abcdef01234567 # v1"`"""
    with_: dict[str, str | int | bool] = msgspec.field(default_factory=dict, name="with")
    """What the action takes. Example: `with = { cache = false }`"""
    env: dict[str, str] = msgspec.field(default_factory=dict)
    """Environment variables of the step. Example: `env = { LEVEL = "2" }`"""


class BuildStep(Step, frozen=True, kw_only=True):
    """A step before or after the engine, in the jobs of the targets that `where` matches."""

    when: Literal["before", "after"]
    """Before or after the engine, in the same job. Example: `when = "before"`"""
    where: NonEmpty = "*"
    """Targets, as a glob. Example: `where = "windows-*"`"""


class PullRequest(Table, frozen=True, kw_only=True):
    """What a pull request does: with `subset` it builds these identifiers, with `label` only where it has that."""

    mode: Literal["plan", "full"] | None = None
    """What is built: nothing but the plan, or all. Example: `mode = "full"`"""
    subset: NonEmpty | None = None
    """Identifiers that are built, as globs. Example: `subset = "cp312-manylinux_x86_64"`"""
    label: NonEmpty | None = None
    """Build only where the pull request has this label. Example: `label = "wheels"`"""
    paths: tuple[NonEmpty, ...] = ()
    """Files that a pull request has to touch. Example: `paths = ["src/**"]`"""
    branches: tuple[NonEmpty, ...] = ()
    """Branches that it has to be for. Example: `branches = ["main"]`"""


class On(Table, frozen=True, kw_only=True):
    """What starts the workflow; a `tag` of True is the tag of `[tool.wheelyard.release]`."""

    tag: bool | NonEmpty | tuple[NonEmpty, ...] = True
    """Tags that start a release; true is the tag of `release`. Example: `tag = "v*"`"""
    pull_request: bool | Literal["plan", "full"] | PullRequest = "plan"
    """What a pull request starts. Example: `pull-request = { subset = "cp312-*", label = "wheels" }`"""
    schedule: NonEmpty | tuple[NonEmpty, ...] | None = None
    """Cron lines at which all is built and nothing released. Example: `schedule = "42 1 * * 0"`"""
    dispatch: bool = True
    """Whether a release can be started by hand. Example: `dispatch = false`"""


class ExtraJob(Table, frozen=True, kw_only=True):
    """A job of the user's own, after one of ours and, if it is to hold another up, before that."""

    id: _NAME
    """The name of the job in the file. Example: `id = "acceptance"`"""
    name: NonEmpty | None = None
    """Its name for people. Example: `name = "Acceptance tests"`"""
    after: Place = "plan"
    """The job of ours that it waits for. Example: `after = "collect"`"""
    before: Place | None = None
    """The job of ours that waits for it. Example: `before = "publish"`"""
    runner: Labels = "ubuntu-24.04"
    """Where it runs. Example: `runner = "ubuntu-24.04"`"""
    timeout: Annotated[int, Meta(ge=1, le=360)] = 30
    """Minutes after which it is ended. Example: `timeout = 30`"""
    environment: NonEmpty | None = None
    """Its environment on GitHub. Example: `environment = "acceptance"`"""
    permissions: dict[str, Level] = msgspec.field(default_factory=dict)
    """What its token may. Example: `permissions = { contents = "read" }`"""
    reason: NonEmpty | None = None
    """Why it needs them, as a comment beside the permissions. Example: `reason = "read the test data"`"""
    checkout: bool = False
    """Whether it has the source. Example: `checkout = true`"""
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    """What it does. Example: `steps = [{ run = "make acceptance" }]`"""


class Workflow(Table, frozen=True, kw_only=True):
    """The generated file, and what its jobs install: `install` is what follows `pip install`."""

    file: Annotated[str, Meta(pattern=r"^[\w.-]+\.ya?ml$")] = "wheels.yml"
    """The file in `.github/workflows`. Example: `file = "release.yml"`"""
    name: NonEmpty = "Wheels"
    """Its name on GitHub. Example: `name = "Release"`"""
    templates: NonEmpty | None = None
    """A folder of templates that come before ours. Example: `templates = "ci/templates"`"""
    install: tuple[NonEmpty, ...] = ()
    """What its jobs install, as `pip install` takes it. Example: `install = ["wheelyard==1.0"]`"""
    python: Annotated[str, Meta(pattern=r"^3\.\d+(\.\d+)?$")] = "3.13"
    """The Python that its jobs run. Example: `python = "3.13"`"""
    repository: Annotated[str, Meta(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    """The one repository that may release. Example: `repository = "owner/name"`"""
    msvc: bool = False
    """Whether MSVC is on the PATH of jobs on Windows. Example: `msvc = true`"""
    jobs: tuple[ExtraJob, ...] = ()


def mistakes(
    *, targets: Sequence[Target], on: On, steps: Sequence[BuildStep], workflow: Workflow, tag: str
) -> Iterator[str]:
    """What the schema cannot say; `tag` is how `[tool.wheelyard.release]` calls a release."""
    yield from _of_on(on, tag)
    for number, step in enumerate(steps):
        yield from _of_step(step, f"steps[{number}]")
        if not any(fnmatchcase(target, step.where) for target in targets):
            yield f"steps[{number}].where: {step.where!r} matches none of the targets."
    if "${{" in workflow.name or not workflow.name.isprintable():
        yield f"workflow.name: {workflow.name!r} cannot be a name on GitHub. Take out what is no plain character."
    ids = [job.id for job in workflow.jobs]
    for number, job in enumerate(workflow.jobs):
        yield from _of_job(job, f"workflow.jobs[{number}]", ids)


def pull_request(on: On) -> PullRequest | None:
    """What a pull request does, in one form; None where it starts nothing."""
    asked = on.pull_request
    if isinstance(asked, PullRequest):
        return asked if asked.subset else msgspec.structs.replace(asked, mode=asked.mode or "full")
    if asked is False:
        return None
    return PullRequest(mode="plan" if asked is True else asked)


def tags(on: On, tag: str) -> tuple[str, ...]:
    """The patterns of tags that start a release."""
    if isinstance(on.tag, bool):
        return (tag.replace("{version}", "*"),) if on.tag else ()
    return (on.tag,) if isinstance(on.tag, str) else on.tag


def schedules(on: On) -> tuple[str, ...]:
    """The cron lines."""
    return (on.schedule,) if isinstance(on.schedule, str) else on.schedule or ()


def _of_on(on: On, tag: str) -> Iterator[str]:
    patterns, pull = tags(on, tag), pull_request(on)
    if not patterns and pull is None and not schedules(on) and not on.dispatch:
        yield "on: nothing starts the workflow. Leave out `tag = false`, or set pull-request, schedule or dispatch."
    samples = [tag.replace("{version}", version) for version in ("1", "1.2", "1.2.3", "2026.1.2", "0.1.0rc1")]
    if patterns and not any(_matches(pattern, sample) for pattern in patterns for sample in samples):
        yield (
            f"on.tag: {' and '.join(map(repr, patterns))} would never match a tag such as {samples[2]!r}, which is what"
            " release.tag makes. Change one of the two."
        )
    if pull and pull.mode and pull.subset:
        yield f"on.pull-request: mode = {pull.mode!r} and a subset contradict each other. Give one of them."
    for line in schedules(on):
        if len(line.split()) != 5:  # noqa: PLR2004  # minute, hour, day, month, weekday
            yield f"on.schedule: {line!r} is no cron line of five fields, such as '42 1 * * 0'."
    texts = (*patterns, *schedules(on), *((*pull.paths, *pull.branches) if pull else ()))
    for text in texts:
        if "${{" in text or not text.isprintable():
            yield f"on: {text!r} cannot be matched by GitHub. Take out what is no plain character."


def _matches(pattern: str, tag: str) -> bool:
    """GitHub's filter patterns (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax)."""
    text = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    for character in "?+[]-":
        text = text.replace(re.escape(character), character)
    try:
        return re.fullmatch(text, tag) is not None
    except re.error:
        return False


def _of_step(step: Step, path: str) -> Iterator[str]:
    if (step.run is None) == (step.uses is None):
        yield f"{path}: a step has either run or uses."
    if step.uses is not None and not _USES.fullmatch(step.uses):
        yield (
            f"{path}.uses: {step.uses!r} is not pinned. Give the 40 hexadecimal digits of a commit:"
            " 'owner/action@<commit> # v1.2.3'."
        )
    if step.run is not None and "${{" in step.run:
        yield f"{path}.run: an expression inside a command lets strangers' text into the shell. Hand it over in env."
    if step.run is not None and step.with_:
        yield f"{path}.with: only a step that uses an action takes it."
    for name in step.env:
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            yield f"{path}.env: {name!r} is no name of an environment variable."


def _of_job(job: ExtraJob, path: str, ids: Sequence[str]) -> Iterator[str]:
    if job.id in (*PLACES, *OTHERS) or ids.count(job.id) > 1:
        yield f"{path}.id: there is another job called {job.id!r}."
    if job.before is not None and PLACES.index(job.before) <= PLACES.index(job.after):
        yield f"{path}.before: {job.before} does not come after {job.after}."
    for scope in sorted(set(job.permissions) - set(SCOPES)):
        yield f"{path}.permissions: there is no permission {scope!r}.{nearest(scope, SCOPES)}"
    for number, step in enumerate(job.steps):
        yield from _of_step(step, f"{path}.steps[{number}]")
