"""Look for defects in wheels, of this project or any other."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheelyard.errors import FindingsError, OutsideError, UsageError, listed, nearest

if TYPE_CHECKING:
    from wheelyard.audit import Finding, Report
    from wheelyard.config import Audit
    from wheelyard.doors.console import Console

SDIST = ".tar.gz"


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard audit` takes."""
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="FILE-OR-FOLDER", help="wheels, sdists, folders (default: wheelhouse)"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write the report for GitHub code scanning as well")
    parser.add_argument("--strict", action="store_true", help="warnings are exit code 1, too")
    parser.add_argument("--explain", metavar="RULE", help="say what a rule is about; 'all' lists every rule")
    parser.epilog = (
        "examples:\n  wheelyard audit dist/            any wheels, without any config\n"
        "  wheelyard audit --json some.whl\n  wheelyard audit --explain elf-needed"
    )


def run(options: Namespace, console: Console) -> None:
    """Audit wheels: findings of severity error are exit code 1, a wheel that could not be looked at is 4."""
    if options.explain:
        console.data(explanation(options.explain))
        return
    from wheelyard import audit  # noqa: PLC0415  # `--help` needs none of it

    wheels, sdists = _files(options.paths or [options.project / "wheelhouse"])
    try:
        report, unread = audit.wheels(wheels, policy=policy(options.project)), None
    except audit.UnreadError as error:
        report, unread = error.report, error
    report = report.with_sdists(audit.Audited(file=path.name, findings=audit.sdist(path)) for path in sdists)
    _tell(report, options, console)
    if unread is not None:
        raise unread
    if report.errors or (options.strict and report.warnings):
        raise FindingsError(f"{_counts(report.findings)} in {len(report.wheels)} files.")


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The wheels and the sdists among files and in folders; other files beside them are nobody's business."""
    found = [file for path in paths for file in _in(path)]
    sdists = [file for file in found if file.name.endswith(SDIST)]
    return [file for file in found if file not in sdists], sdists


def _in(path: Path) -> Iterator[Path]:
    if not path.is_dir() or path.name.endswith(".whl"):
        yield path
        return
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise OutsideError(f"The folder {path} cannot be read: {error.strerror}. Nothing was audited.") from None
    of_jobs = (file for folder in inside if folder.is_dir() for file in sorted(folder.glob("*")))
    found = list(_distributions(inside)) or list(_distributions(of_jobs))
    if not found:
        raise OutsideError(
            f"There are no wheels in {path.resolve()}. Nothing was audited; give files, or a folder with wheels."
        )
    yield from found


def _distributions(paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if path.name.endswith((".whl", SDIST)))


def policy(project: Path) -> Audit:
    """The policy of the project in `project`, where it has one; else only what holds for every wheel."""
    import tomllib  # noqa: PLC0415  # `--help` needs none of it

    from wheelyard import config, workspace  # noqa: PLC0415
    from wheelyard.doors import files  # noqa: PLC0415

    source = project / "pyproject.toml"
    if not source.is_file():
        return config.Audit()
    try:
        tables = tomllib.loads(files.text(source)).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source} is not valid TOML: {error}.") from None
    return workspace.enter(project).config.tool.audit if "wheelyard" in tables else config.Audit()


def explanation(name: str) -> str:
    """All there is to say of a rule, or a line on each."""
    from wheelyard.audit.rules import RULES  # noqa: PLC0415

    if name == "all":
        return "\n".join(f"{rule.severity:8} {rule.id:24} {rule.says}" for rule in RULES.values())
    rule = RULES.get(name)
    if rule is None:
        raise UsageError(f"There is no rule {name!r}.{nearest(name, RULES)} `--explain all` lists every rule.")
    parts = (f"{rule.id} ({rule.severity})", rule.says, rule.why, f"To fix: {rule.fix}", rule.source)
    return "\n".join(part for part in parts if part)


def _tell(report: Report, options: Namespace, console: Console) -> None:
    if options.sarif:
        from wheelyard import documents  # noqa: PLC0415
        from wheelyard.audit import sarif  # noqa: PLC0415
        from wheelyard.doors import files  # noqa: PLC0415

        files.write(options.sarif, documents.dump(sarif.document(report)))
    if options.json:
        console.json(document(report))
    else:
        for line in (*_table(report), *_fixes(report.findings)):
            console.data(line)
    if console.on_github:
        _annotate(report, console)


def document(report: Report) -> dict[str, Any]:
    """The report as JSON: findings by file, those about the set apart."""
    return {
        "wheels": [{"file": one.file, "findings": [_plain(each) for each in one.findings]} for one in report.wheels],
        "across": [{"file": each.file, **_plain(each)} for each in report.across],
        "errors": report.errors,
        "warnings": report.warnings,
    }


def _plain(finding: Finding) -> dict[str, str | None]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix,
    }


def _table(report: Report) -> Iterator[str]:
    """One section a file; a defect that many members share is told once."""
    for one in report.wheels:
        yield f"{one.file}: {_counts(one.findings) if one.findings else 'ok'}"
        yield from (f"  {severity:8} {rule:20} {said}" for severity, rule, said in _lines(one.findings))
    if report.across:
        yield "the set as a whole:"
    for finding in report.across:
        yield f"  {finding.severity:8} {finding.rule:20} {finding.file}: {finding.message}"


def _lines(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    together: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        together.setdefault((finding.severity, finding.rule, finding.message), []).append(finding.path or "")
    for (severity, rule, message), paths in together.items():
        where = listed([path for path in paths if path], most=2)
        yield severity, rule, f"{where}: {message}" if where else message


def _fixes(findings: Sequence[Finding]) -> Iterator[str]:
    """How to fix each rule that was broken, once."""
    if findings:
        yield "what to do:"
    yield from dict.fromkeys(f"  {finding.rule}: {finding.fix}" for finding in findings)


def _annotate(report: Report, console: Console) -> None:
    for finding in report.findings:
        if finding.severity == "error":
            console.error(str(finding))
        elif finding.severity == "warning":
            console.warn(str(finding))


def _counts(findings: Sequence[Finding]) -> str:
    """`2 errors and 1 warning`; notes are counted only where there is nothing else."""
    counts = {name: sum(finding.severity == name for finding in findings) for name in ("error", "warning", "info")}
    told = {name: count for name, count in counts.items() if count and name != "info"} or {"note": counts["info"]}
    return " and ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in told.items())
