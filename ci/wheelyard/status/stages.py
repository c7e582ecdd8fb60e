"""How far each identifier of a release has come; deciding only, all was asked before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import msgspec

from wheelyard import wheels
from wheelyard.errors import WheelyardError
from wheelyard.index.project import Page
from wheelyard.planning.plan import Plan
from wheelyard.releasing.manifest import JobReport, Manifest, State
from wheelyard.stores import Release, Stage
from wheelyard.targets import sort_key

if TYPE_CHECKING:
    from wheelyard.stores.github.wire import Job, Run

SDIST, PURE = "sdist", "pure wheel"
_SDIST_JOB = "sdist"


class Mark(StrEnum):
    """How a stage stands for one identifier."""

    DONE = "done"
    BUSY = "busy"
    WAITING = "waiting"
    FAILED = "failed"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of one identifier, in a word for people; `link` leads to the log of what failed."""

    mark: Mark
    words: str
    link: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One identifier, the sdist or the pure wheel: its job, and how its build, its release and its index stand."""

    name: str
    job: str
    build: Cell
    release: Cell
    index: Cell


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stage was looked up, and why it could not be."""

    where: str
    trouble: str | None = None


class Step(StrEnum):
    """The stages of a release that somebody has to begin."""

    TAG = "tag"
    BUILD = "build"
    COLLECT = "collect"
    PUBLISH = "publish"
    FINISH = "finish"


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """The first unfinished stage, what is lacking there, and the command that continues it."""

    step: Step
    words: str
    command: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; `moving` says that a run is at work, `next` is None where nothing is left to do."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    name: str
    tag: str
    commit: str | None
    builds: Source
    release: Source
    index: Source
    rows: tuple[Row, ...]
    moving: bool = False
    next: Next | None = None


NOTHING = Cell(mark=Mark.ABSENT, words="")
UNKNOWN = Cell(mark=Mark.UNKNOWN, words="?")

Builds = Callable[[str, str], Cell]  # of a job and the name of a row


def of_run(jobs: Iterable[Job], run: Run) -> Builds:
    """The builds of a run on GitHub, whose jobs are called `Build JOB`, or `Test JOB` where another one built."""
    named = {job.name: _of_job(job) for job in jobs}
    rest = Cell(mark=Mark.ABSENT, words="not run") if run.ended else _waiting("not begun")

    def look(job: str, name: str) -> Cell:
        if name in {SDIST, PURE}:
            return next((cell for title, cell in named.items() if title.startswith("Build the ")), rest)
        return named.get(f"Build {job}", named.get(f"Test {job}", rest))

    return look


def of_reports(reports: Iterable[JobReport]) -> Builds:
    """The builds of a wheelhouse on this machine."""
    found: dict[tuple[str, str], Cell] = {}
    for report in reports:
        for result in report.results:
            pure = (result.file or "").endswith(".whl")
            name = str(result.identifier or (PURE if pure else SDIST))
            done = result.state is State.BUILT
            found[report.job, name] = Cell(mark=Mark.DONE if done else Mark.FAILED, words=result.state)
    return lambda job, name: found.get((job, name), NOTHING)


def nothing(_job: str, _name: str) -> Cell:
    """The builds of a place that has none."""
    return NOTHING


def unknown(_job: str, _name: str) -> Cell:
    """The builds of a place that did not answer."""
    return UNKNOWN


def rows(plan: Plan, *, builds: Builds, release: Mapping[str, Cell], index: Mapping[str, Cell]) -> tuple[Row, ...]:
    """A row for everything that is planned; what a stage says nothing of is absent, or unknown under the name `*`."""

    def row(name: str, job: str) -> Row:
        return Row(
            name=name,
            job=job,
            build=builds(job, name),
            release=release.get(name, release.get("*", NOTHING)),
            index=index.get(name, index.get("*", NOTHING)),
        )

    others = [name for name, planned in ((SDIST, plan.sdist), (PURE, plan.pure)) if planned]
    pairs = [(identifier, job.id) for job in plan.jobs for identifier in job.identifiers]
    return (
        *(row(str(identifier), job) for identifier, job in sorted(pairs, key=lambda pair: sort_key(pair[0]))),
        *(row(name, _SDIST_JOB) for name in others),
    )


def of_release(release: Release | None, plan: Plan) -> dict[str, Cell]:
    """What a release in a store has of the plan."""
    if release is None:
        return {}
    cell = Cell(mark=Mark.DONE, words="published" if release.stage is Stage.PUBLISHED else "draft")
    return {name: cell for file in release.manifest.files for name in _names(file.file, plan)}


def of_index(page: Page | None, plan: Plan, *, version: str, made: Manifest | None) -> dict[str, Cell]:
    """What an index has of a version: the files of a manifest by digest, or without one by what their names answer."""
    ours = {file.file: file.sha256 for file in made.files} if made else {}
    found: dict[str, Cell] = {}
    for shown in page.files if page else ():
        if not _is_of(shown.file, plan.name, version):
            continue
        same = shown.sha256 is None or ours.get(shown.file, shown.sha256) == shown.sha256
        words = ("yanked" if shown.yanked else "there") if same else "other bytes"
        cell = Cell(mark=Mark.DONE if same else Mark.FAILED, words=words)
        found.update(dict.fromkeys(_names(shown.file, plan), cell))
    return found


def _of_job(job: Job) -> Cell:
    if job.status == "in_progress":
        return Cell(mark=Mark.BUSY, words="running")
    if not job.ended:
        return _waiting(job.status or "unknown")
    match job.conclusion:
        case "success":
            return Cell(mark=Mark.DONE, words="built")
        case "skipped":
            return Cell(mark=Mark.ABSENT, words="skipped")
        case "failure":
            return Cell(mark=Mark.FAILED, words="failed", link=job.html_url)
        case other:
            return Cell(mark=Mark.FAILED, words=(other or "no result").replace("_", " "), link=job.html_url)


def _waiting(words: str) -> Cell:
    return Cell(mark=Mark.WAITING, words=words.replace("_", " "))


def _names(file: str, plan: Plan) -> tuple[str, ...]:
    """The rows that a file of the release answers."""
    if not file.endswith(".whl"):
        return (SDIST,)
    if file.endswith("-none-any.whl"):
        return (PURE,)
    try:
        return tuple(map(str, wheels.parse(file, sha256="", size=0).answers(plan.identifiers)))
    except WheelyardError:
        return ()


def _is_of(file: str, name: str, version: str) -> bool:
    """Whether a file that an index shows is a distribution of this version."""
    from packaging.utils import (  # noqa: PLC0415  # start-up stays fast
        InvalidSdistFilename,
        InvalidWheelFilename,
        canonicalize_name,
        parse_sdist_filename,
        parse_wheel_filename,
    )
    from packaging.version import Version  # noqa: PLC0415

    try:
        found = parse_wheel_filename(file)[:2] if file.endswith(".whl") else parse_sdist_filename(file)
    except (InvalidSdistFilename, InvalidWheelFilename):
        return False
    return found == (canonicalize_name(name), Version(version))
