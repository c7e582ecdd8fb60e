"""What keeps the files that jobs made from being the planned release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from wheelyard import wheels
from wheelyard.errors import FindingsError, IncompleteError, WheelyardError, listed
from wheelyard.planning.plan import Plan
from wheelyard.releasing.manifest import JobReport, Manifest, State
from wheelyard.stores import bundle
from wheelyard.stores.bundle import Piece
from wheelyard.targets import Identifier

SDIST = "sdist"  # the id of the job that makes it, and the pure wheel


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """What keeps a set of files from being the planned release, each a line for a person to read."""

    missing: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()

    def apart_from_missing(self) -> Shortfall:
        """All that is wrong beside what is simply not there yet."""
        return replace(self, missing=())

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


def of(
    plan: Plan,
    pieces: Sequence[Piece],
    *,
    reports: Sequence[JobReport],
    foreign: Iterable[str] = (),
    base: Manifest | None = None,
) -> Shortfall:
    """Compare every file with the plan and with what its job said of it; `base` has files that are kept."""
    made, kept = [piece.file for piece in pieces], [file.file for file in (base.files if base else ())]
    native = (wheels.parse(file, sha256="", size=0) for file in made if bundle.is_native(file))
    lacking = bundle.lacking(plan, (*made, *kept))
    return Shortfall(
        missing=tuple(_why(each, plan, reports) if isinstance(each, Identifier) else each for each in lacking),
        doubled=tuple(_doubled(pieces)),
        unplanned=(*wheels.tally(native, planned=plan.identifiers).unplanned, *_unplanned(plan, pieces, reports)),
        foreign=tuple(sorted(foreign)),
        changed=tuple(_changed(pieces)),
        strange=tuple(_strange(plan, pieces, reports)),
    )


def _why(identifier: Identifier, plan: Plan, reports: Sequence[JobReport]) -> str:
    """A missing identifier with the reason its job gives, or the job that has not reported."""
    for report in reports:
        for result in report.results:
            if result.identifier == identifier and bundle.is_waiting(report, result, plan):
                return (
                    f"{identifier} (cross-built, not tested yet: `wheelyard test {report.job}` on a machine of its own)"
                )
            if result.identifier == identifier and result.state is State.BUILT:
                return f"{identifier} (job {report.job} reported {result.file}, which is not there)"
            if result.identifier == identifier:
                words = f": {result.message.splitlines()[0]}" if result.message else ""
                return f"{identifier} ({result.state} in job {report.job}{words})"
    jobs = [job.id for job in plan.jobs if identifier in job.identifiers]
    silent = [job for job in jobs if job not in {report.job for report in reports}]
    return f"{identifier} (job {listed(silent)} left nothing)" if silent else f"{identifier} (job {listed(jobs)})"


def _doubled(pieces: Sequence[Piece]) -> Iterator[str]:
    """Files of which there is more than one: a name with several contents, a second sdist or pure wheel."""
    digests: dict[str, set[str]] = {}
    for piece in pieces:
        digests.setdefault(piece.file, set()).add(piece.sha256)
    yield from sorted(file for file, found in digests.items() if len(found) > 1)
    for alike in (
        {piece.file for piece in pieces if not piece.file.endswith(".whl")},
        {piece.file for piece in pieces if piece.file.endswith(bundle.PURE)},
    ):
        if len(alike) > 1:
            yield " and ".join(sorted(alike))


def _unplanned(plan: Plan, pieces: Sequence[Piece], reports: Sequence[JobReport]) -> Iterator[str]:
    """Jobs, sdists and pure wheels that the plan does not have."""
    known = {SDIST, *(job.id for job in plan.jobs)}
    yield from (f"job {report.job}" for report in reports if report.job not in known)
    if not plan.sdist:
        yield from (piece.file for piece in pieces if not piece.file.endswith(".whl"))
    if not plan.pure:
        yield from (piece.file for piece in pieces if piece.file.endswith(bundle.PURE))


def _changed(pieces: Iterable[Piece]) -> Iterator[str]:
    """Files whose bytes are not those their job wrote down."""
    for piece in pieces:
        for digest in sorted({str(result.sha256) for result in piece.results} - {piece.sha256}):
            yield f"{piece.where} (SHA-256 {piece.sha256}, its job.json says {digest})"


def _strange(plan: Plan, pieces: Iterable[Piece], reports: Iterable[JobReport]) -> Iterator[str]:
    """A source that is in no commit, jobs of another commit, and files of another project or version."""
    if plan.revision.dirty and plan.revision.commit is not None:
        yield f"all of it (there were changes that are not in {plan.revision.commit[:7]}: commit them, and build again)"
    for report in reports:
        if report.commit != plan.revision.commit:
            yield f"job {report.job} (built of {report.commit}, planned for {plan.revision.commit})"
        elif report.tree is not None and report.tree != plan.revision.tree:
            yield f"job {report.job} (built of other uncommitted changes than those planned)"
    for piece in pieces:
        name, version = bundle.name_and_version(piece.file)
        if name != _canonical(plan.name) or (plan.version is not None and not _same(version, plan.version)):
            yield f"{piece.file} (planned is {plan.name} {plan.version or ''})".replace(" )", ")")


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name  # noqa: PLC0415  # start-up stays fast

    return canonicalize_name(name)


def _same(one: str, other: str) -> bool:
    from packaging.version import Version  # noqa: PLC0415

    return Version(one) == Version(other)
