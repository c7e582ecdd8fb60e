"""Hold what jobs made against the plan, and make the manifest of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wheelyard import wheels
from wheelyard.errors import FindingsError, IncompleteError, WheelyardError, listed
from wheelyard.manifest import File, JobReport, Manifest, Result, State
from wheelyard.plan import Plan
from wheelyard.targets import Identifier

SDIST = "sdist"  # the id of the job that makes it, and the pure wheel


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A file of a job's folder: its digest as it lies there, and the results of the job that speak of it."""

    file: str
    sha256: str
    size: int
    job: JobReport
    results: tuple[Result, ...]
    where: str

    @property
    def is_wheel(self) -> bool:
        """Whether this is a wheel; what is not one is an sdist."""
        return self.file.endswith(".whl")

    @property
    def is_pure(self) -> bool:
        """Whether this is a wheel for any platform. It answers every identifier, and stands in for none."""
        return self.file.endswith("-none-any.whl")


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """What keeps a set of files from being the planned release, each a line for a person to read."""

    missing: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()

    def error(self) -> WheelyardError | None:
        """The one error that tells all of it, or None when the set is the plan, fulfilled."""
        lists = {
            "missing": self.missing,
            "doubled": self.doubled,
            "unplanned": self.unplanned,
            "foreign (no job.json knows them)": self.foreign,
            "changed since they were built": self.changed,
            "of another source": self.strange,
        }
        lines = [f"  {name}: {listed(lines, most=40)}" for name, lines in lists.items() if lines]
        if not lines:
            return None
        kind = (
            FindingsError if not (self.missing or self.doubled or self.unplanned or self.foreign) else IncompleteError
        )
        todo = "Build what is missing, move away what does not belong here, and collect again."
        return kind("\n".join(("The wheelhouse does not hold the planned release:", *lines, todo)))


def shortfall(
    plan: Plan, pieces: Sequence[Piece], *, reports: Sequence[JobReport], foreign: Iterable[str] = ()
) -> Shortfall:
    """Compare every file with the plan and with what its job said of it."""
    native = tuple(_wheel(piece) for piece in pieces if piece.is_wheel and not piece.is_pure)
    tally = wheels.tally(native, planned=plan.identifiers)
    return Shortfall(
        missing=(*(_why(identifier, plan, reports) for identifier in tally.missing), *_absent(plan, pieces)),
        doubled=tuple(_doubled(pieces)),
        unplanned=(*tally.unplanned, *_unplanned(plan, pieces, reports)),
        foreign=tuple(sorted(foreign)),
        changed=tuple(_changed(pieces)),
        strange=tuple(_strange(plan, pieces, reports)),
    )


def manifest_of(plan: Plan, pieces: Iterable[Piece], *, reports: Sequence[JobReport]) -> Manifest:
    """The manifest of a complete set; equal files of several jobs become one entry."""
    entries = {
        piece.file: _entry(piece, plan) for piece in sorted(pieces, key=lambda piece: (piece.file, piece.job.job))
    }
    tools = dict(plan.tools)
    for report in sorted(reports, key=lambda report: report.job):
        tools.update(report.tools)
    return Manifest(
        name=plan.name,
        version=version_of(plan, entries.values()),
        commit=plan.revision.commit,
        source_date=plan.revision.date,
        tools=dict(sorted(tools.items())),
        files=tuple(entries.values()),
    )


def version_of(plan: Plan, entries: Iterable[File]) -> str:
    """The version the plan says, or, where the build backend makes it, the one all files agree on."""
    if plan.version is not None:
        return plan.version
    versions = sorted({_name_and_version(entry.file)[1] for entry in entries})
    if len(versions) != 1:
        raise FindingsError(f"The files have {len(versions)} versions: {listed(versions)}. Build them of one commit.")
    return versions[0]


def _entry(piece: Piece, plan: Plan) -> File:
    job = piece.job
    answers = _wheel(piece).answers(plan.identifiers) if piece.is_wheel and not piece.is_pure else ()
    return File(
        file=piece.file,
        sha256=piece.sha256,
        size=piece.size,
        identifiers=answers,
        job=job.job,
        runner=job.runner,
        minutes=max((result.minutes for result in piece.results), default=0.0),
        engine=job.engine,
        image=job.image,
        tested=bool(piece.results) and all(result.tested for result in piece.results),
    )


def _wheel(piece: Piece) -> wheels.Wheel:
    return wheels.parse(piece.file, sha256=piece.sha256, size=piece.size)


def _why(identifier: Identifier, plan: Plan, reports: Sequence[JobReport]) -> str:
    """A missing identifier with the reason its job gives, or the job that has not reported."""
    for report in reports:
        for result in report.results:
            if result.identifier == identifier and result.state is State.BUILT:
                return f"{identifier} (job {report.job} reported {result.file}, which is not there)"
            if result.identifier == identifier:
                words = f": {result.message.splitlines()[0]}" if result.message else ""
                return f"{identifier} ({result.state} in job {report.job}{words})"
    jobs = [job.id for job in plan.jobs if identifier in job.identifiers]
    silent = [job for job in jobs if job not in {report.job for report in reports}]
    return f"{identifier} (job {listed(silent)} left nothing)" if silent else f"{identifier} (job {listed(jobs)})"


def _absent(plan: Plan, pieces: Sequence[Piece]) -> Iterator[str]:
    """What is planned and is no build of an identifier."""
    if plan.sdist and all(piece.is_wheel for piece in pieces):
        yield "the sdist"
    if plan.pure and not any(piece.is_pure for piece in pieces):
        yield "the pure wheel"


def _doubled(pieces: Sequence[Piece]) -> Iterator[str]:
    """Files of which there is more than one: a name with several contents, a second sdist or pure wheel."""
    digests: dict[str, set[str]] = {}
    for piece in pieces:
        digests.setdefault(piece.file, set()).add(piece.sha256)
    yield from sorted(file for file, found in digests.items() if len(found) > 1)
    for alike in (
        {piece.file for piece in pieces if not piece.is_wheel},
        {piece.file for piece in pieces if piece.is_pure},
    ):
        if len(alike) > 1:
            yield " and ".join(sorted(alike))


def _unplanned(plan: Plan, pieces: Sequence[Piece], reports: Sequence[JobReport]) -> Iterator[str]:
    """Jobs, sdists and pure wheels that the plan does not have."""
    known = {SDIST, *(job.id for job in plan.jobs)}
    yield from (f"job {report.job}" for report in reports if report.job not in known)
    if not plan.sdist:
        yield from (piece.file for piece in pieces if not piece.is_wheel)
    if not plan.pure:
        yield from (piece.file for piece in pieces if piece.is_pure)


def _changed(pieces: Iterable[Piece]) -> Iterator[str]:
    """Files whose bytes are not those their job wrote down."""
    for piece in pieces:
        for digest in sorted({str(result.sha256) for result in piece.results} - {piece.sha256}):
            yield f"{piece.where} (SHA-256 {piece.sha256}, its job.json says {digest})"


def _strange(plan: Plan, pieces: Iterable[Piece], reports: Iterable[JobReport]) -> Iterator[str]:
    """Jobs of another commit, and files of another project or version."""
    for report in reports:
        if report.commit != plan.revision.commit:
            yield f"job {report.job} (built of {report.commit}, planned for {plan.revision.commit})"
        elif report.tree is not None and report.tree != plan.revision.tree:
            yield f"job {report.job} (built of other uncommitted changes than those planned)"
    for piece in pieces:
        name, version = _name_and_version(piece.file)
        if name != _canonical(plan.name) or (plan.version is not None and not _same(version, plan.version)):
            yield f"{piece.file} (planned is {plan.name} {plan.version or ''})".replace(" )", ")")


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name  # noqa: PLC0415  # start-up stays fast

    return canonicalize_name(name)


def _same(one: str, other: str) -> bool:
    from packaging.version import Version  # noqa: PLC0415

    return Version(one) == Version(other)


def _name_and_version(file: str) -> tuple[str, str]:
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
