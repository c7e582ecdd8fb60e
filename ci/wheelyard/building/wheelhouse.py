"""The folder that builds fill: one folder a job, with its wheels, its logs and its `job.json`."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wheelyard import documents
from wheelyard.doors import files
from wheelyard.errors import UsageError, listed
from wheelyard.releasing import manifest
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.targets import Identifier

REPORT = "job.json"
PLAN = "plan.json"
SDIST = "sdist"
LOCK = ".lock"


def key(*facts: object) -> str:
    """A digest of everything that a job's wheels depend on: equal keys, equal wheels."""
    return hashlib.sha256(msgspec.json.encode(facts, enc_hook=str, order="deterministic")).hexdigest()[:32]


def jobs(house: Path) -> tuple[Path, ...]:
    """The folders of jobs in a wheelhouse; one job's folder may also be given itself."""
    if (house / REPORT).is_file():
        return (house,)
    return tuple(sorted(path.parent for path in house.glob(f"*/{REPORT}")))


def reports(house: Path) -> tuple[JobReport, ...]:
    """What each job in a wheelhouse says of itself; a build whose file is gone counts as failed."""
    found = ((path, JobFolder(path=path).report()) for path in jobs(house))
    return tuple(_with_losses(path, report) for path, report in found if report is not None)


def _with_losses(folder: Path, report: JobReport) -> JobReport:
    return msgspec.structs.replace(
        report,
        results=tuple(
            result
            if result.file is None or (folder / Path(result.file).name).is_file()
            else msgspec.structs.replace(
                result, state=State.FAILED, file=None, message=f"The job reported {result.file}, which is not there."
            )
            for result in report.results
        ),
    )


@dataclass(frozen=True, kw_only=True)
class JobFolder:
    """The folder of one job."""

    path: Path

    @property
    def logs(self) -> Path:
        """Where each identifier's log is."""
        return self.path / "logs"

    def report(self) -> JobReport | None:
        """What an earlier run left, if it left anything."""
        file = self.path / REPORT
        return manifest.load_job(files.read(file), source=str(file)) if file.exists() else None

    def foreign(self, report: JobReport | None) -> tuple[str, ...]:
        """Distributions in the folder that no run of wheelyard reported."""
        known = {result.file for result in report.results} if report else set()
        found = (path.name for path in self.path.glob("*") if path.name.endswith((".whl", ".tar.gz")))
        return tuple(sorted(name for name in found if name not in known))

    def standing(self, report: JobReport) -> tuple[Result, ...]:
        """The results whose file is still there, byte for byte."""
        return tuple(
            result
            for result in report.results
            if result.state is State.BUILT
            and result.file is not None
            and Path(result.file).name == result.file
            and (self.path / result.file).is_file()
            and files.sha256(self.path / result.file) == result.sha256
        )


class Ledger:
    """The `job.json` of a running job, written whole after each result, so that a kill loses only what was running."""

    def __init__(self, folder: JobFolder, *, fresh: JobReport) -> None:
        """Go on with what an earlier run of the same key left; start anew when the key is another."""
        self.folder = folder
        earlier = folder.report()
        if foreign := folder.foreign(earlier):
            raise UsageError(
                f"{folder.path} holds files that no build reported: {listed(foreign)}."
                " Move them away, then build again."
            )
        same = earlier is not None and earlier.key == fresh.key
        standing = folder.standing(earlier) if earlier and same else ()
        self._results = {_row(result): result for result in standing}
        self._fresh = fresh
        self._guard = threading.Lock()
        self._forget(earlier.results if earlier else ())
        for partial in folder.path.glob(".*.partial"):
            partial.unlink()
        self._write()

    def done(self, identifiers: Iterable[Identifier]) -> bool:
        """Whether all of these were built by an earlier run."""
        return all(str(identifier) in self._results for identifier in identifiers)

    def add(self, results: Iterable[Result], *, wheel: Path | None = None) -> None:
        """Report results, then put their wheel in place.

        In this order a kill between the two leaves a report without its file, which the next run builds again; the
        other way round it would leave a file that nobody knows.
        """
        new = {_row(result): result for result in results}
        with self._guard:
            old = [self._results[row] for row in new if row in self._results]
            self._results.update(new)
            self._write()
            self._forget(old)
            if wheel is not None:
                files.place(wheel, self.folder.path / wheel.name)

    @property
    def report(self) -> JobReport:
        """The job as it stands."""
        results = tuple(self._results[row] for row in sorted(self._results))
        return msgspec.structs.replace(self._fresh, results=results)

    def _forget(self, earlier: Iterable[Result]) -> None:
        """Take away the files of results that no longer count; never any outside of the folder."""
        kept = {result.file for result in self._results.values()}
        for name in {result.file for result in earlier if result.file is not None} - kept:
            (self.folder.path / Path(name).name).unlink(missing_ok=True)

    def _write(self) -> None:
        files.write(self.folder.path / REPORT, documents.dump(self.report))


def _row(result: Result) -> str:
    return str(result.identifier or result.file)
