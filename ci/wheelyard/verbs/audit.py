"""Look for defects in wheels, of this project or any other."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard.errors import FindingsError, OutsideError

if TYPE_CHECKING:
    from wheelyard.audit.findings import Report
    from wheelyard.console import Console


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard audit` takes."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="FILE-OR-FOLDER", help="wheels, or folders with wheels")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.epilog = "examples:\n  wheelyard audit dist/\n  wheelyard audit --json some.whl\n"


def run(options: Namespace, console: Console) -> None:
    """Audit wheels; findings of severity error are exit code 1."""
    from wheelyard import audit  # noqa: PLC0415  # `--help` needs none of it

    report = audit.wheels(tuple(wheels_in(options.paths)))
    if options.json:
        console.json(document(report))
    else:
        show(report, console)
    if report.errors:
        raise FindingsError(f"{report.errors} errors in {len(report.wheels)} wheels.")


def wheels_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The wheels among files and folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.glob("*.whl"))
        if not found:
            raise OutsideError(f"There are no wheels in {path}. Nothing was audited.")
        yield from found


def document(report: Report) -> dict[str, object]:
    """The report as JSON."""
    return {"wheels": report.wheels, "across": report.across, "errors": report.errors, "warnings": report.warnings}


def show(report: Report, console: Console) -> None:
    """Print the report."""
    for wheel in report.wheels:
        for finding in wheel.findings:
            console.data(f"{finding.severity} {finding}")
    console.data(f"{len(report.wheels)} wheels, {report.errors} errors, {report.warnings} warnings")
