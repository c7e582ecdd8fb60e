"""The manifest of what jobs made, on its own or added to what a store has of the release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wheelyard import wheels
from wheelyard.errors import FindingsError, IncompleteError, listed
from wheelyard.planning.plan import Plan
from wheelyard.releasing.manifest import File, Inputs, JobReport, Manifest, Result, State
from wheelyard.targets import Identifier

PURE = "-none-any.whl"
THE_SDIST, THE_PURE = "the sdist", "the pure wheel"  # among what a release lacks


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A file of a job's folder: its digest as it lies there, and the results of the job that speak of it."""

    file: str
    sha256: str
    size: int
    job: JobReport
    results: tuple[Result, ...]
    where: str


def counts(piece: Piece, plan: Plan) -> bool:
    """Whether a file may be in a release: all of it was built, and none of it waits for its own machine to test it."""
    return all(result.state is State.BUILT and not is_waiting(piece.job, result, plan) for result in piece.results)


def is_waiting(job: JobReport, result: Result, plan: Plan) -> bool:
    """Whether a wheel was cross-built as planned, and no machine of its own has tested it yet."""
    planned = any(each.id == job.job and each.crossing for each in plan.jobs)
    return planned and result.built_on is not None and result.tested_on is None


def is_native(file: str) -> bool:
    """Whether this is a wheel for some platform. A pure one answers every identifier, and stands in for none."""
    return file.endswith(".whl") and not file.endswith(PURE)


def base(there: Manifest | None, plan: Plan, *, version: str) -> Manifest | None:
    """The release that a collected set adds to: an incomplete one, or the whole one that a part was built for.

    A release of another commit is none. That a part has nothing to be added to is an error.
    """
    fits = there is not None and (there.version, there.commit) == (version, plan.revision.commit)
    if plan.only is None:
        return there if there is not None and there.missing and fits else None
    if there is None:
        raise IncompleteError(
            f"Only {plan.only} was built, and there is no release {version} that it could complete. Build all of it."
        )
    if not fits:
        raise FindingsError(
            f"Only {plan.only} was built, of commit {plan.revision.commit}, and the release {version} that it would"
            f" complete is of commit {there.commit}. Build the commit of the release."
        )
    return there


def manifest_of(
    plan: Plan, pieces: Iterable[Piece], *, reports: Sequence[JobReport], base: Manifest | None = None
) -> Manifest:
    """The manifest of a set, with the files of `base` that it does not have; equal files of several jobs are one."""
    entries = {file.file: file for file in (base.files if base else ())}
    for piece in sorted(pieces, key=lambda piece: (piece.file, piece.job.job)):
        entries[piece.file] = _entry(piece, plan)
    tools = {**(base.tools if base else {}), **plan.tools}
    for report in sorted(reports, key=lambda report: report.job):
        tools.update(report.tools)
    return Manifest(
        name=plan.name,
        version=version_of(plan, entries),
        commit=plan.revision.commit,
        source_date=plan.revision.date,
        tools=dict(sorted(tools.items())),
        inputs=_inputs(*(report.inputs for report in reports), *((base.inputs,) if base else ())),
        files=tuple(entries[name] for name in sorted(entries)),
        missing=_missing(plan, entries, base),
    )


def _inputs(*every: Inputs) -> Inputs:
    """What went into the jobs: the same of one commit everywhere, but for the SDK of those on macOS."""
    return next((inputs for inputs in every if inputs.sdk), every[0] if every else Inputs())


def version_of(plan: Plan, files: Iterable[str]) -> str:
    """The version the plan says, or, where the build backend makes it, the one all files agree on."""
    if plan.version is not None:
        return plan.version
    versions = sorted({name_and_version(file)[1] for file in files})
    if len(versions) != 1:
        raise FindingsError(f"The files have {len(versions)} versions: {listed(versions)}. Build them of one commit.")
    return versions[0]


def lacking(plan: Plan, files: Iterable[str]) -> tuple[Identifier | str, ...]:
    """What is planned and not among files: identifiers in the plan's order, the sdist, the pure wheel."""
    files = tuple(files)
    native = [file for file in files if is_native(file)]
    tally = wheels.tally((wheels.parse(file, sha256="", size=0) for file in native), planned=plan.identifiers)
    sdist = (THE_SDIST,) if plan.sdist and all(file.endswith(".whl") for file in files) else ()
    pure = (THE_PURE,) if plan.pure and not any(file.endswith(PURE) for file in files) else ()
    return (*tally.missing, *sdist, *pure)


def _missing(plan: Plan, files: Iterable[str], base: Manifest | None) -> tuple[str, ...]:
    """What a set lacks: of the plan, and of what `base` lacked where the plan is a part only."""
    files = tuple(files)
    before = base.missing if base and plan.only is not None else ()
    asked = tuple(Identifier.parse(each) for each in before if each not in {THE_SDIST, THE_PURE})
    native = (wheels.parse(file, sha256="", size=0) for file in files if is_native(file))
    answered = {identifier for wheel in native for identifier in wheel.answers(asked)}
    return tuple(dict.fromkeys((*(each for each in before if each not in answered), *lacking(plan, files))))


def _entry(piece: Piece, plan: Plan) -> File:
    job = piece.job
    wheel = wheels.parse(piece.file, sha256=piece.sha256, size=piece.size) if is_native(piece.file) else None
    return File(
        file=piece.file,
        sha256=piece.sha256,
        size=piece.size,
        identifiers=wheel.answers(plan.identifiers) if wheel else (),
        job=job.job,
        runner=job.runner,
        minutes=max((result.minutes for result in piece.results), default=0.0),
        engine=job.engine,
        image=job.image,
        tested=bool(piece.results) and all(result.tested for result in piece.results),
        built_on=next((result.built_on for result in piece.results if result.built_on), None),
        tested_on=next((result.tested_on for result in piece.results if result.tested_on), None),
    )


def name_and_version(file: str) -> tuple[str, str]:
    """What a distribution's file name says; `FindingsError` when it is no such name."""
    from packaging.utils import InvalidSdistFilename, parse_sdist_filename  # noqa: PLC0415

    if file.endswith(".whl"):
        wheel = wheels.parse(file, sha256="", size=0)
        return wheel.name, str(wheel.version)
    try:
        name, version = parse_sdist_filename(file)
    except InvalidSdistFilename as error:
        raise FindingsError(f"{file} is not the name of an sdist: {error}") from None
    return name, str(version)
