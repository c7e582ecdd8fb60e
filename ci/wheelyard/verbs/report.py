"""Write the page of a release again, from all that is known of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import stores
from wheelyard.building import wheelhouse
from wheelyard.doors import files, git
from wheelyard.errors import IncompleteError, WheelyardError, listed
from wheelyard.locking import resolving
from wheelyard.page import Facts, make
from wheelyard.planning import plan, planner
from wheelyard.releasing import artifacts, lookup
from wheelyard.report import pages
from wheelyard.stores import Release, Store
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.audit import Finding
    from wheelyard.doors.console import Console
    from wheelyard.planning.plan import Plan

EPILOG = """\
examples:
  wheelyard report --open               what there is now, in the browser
  wheelyard report --tag v1.0           the page of a release in the store
  wheelyard report --artifacts DIR      of a run on GitHub, whatever became of its jobs
  wheelyard report --index pypi         ask the index, too, what it has
  wheelyard report --json               the values the page is drawn from
"""

PAGE = "report.html"


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard report` takes."""
    parser.epilog = EPILOG
    parser.add_argument("--tag", help="a release in the store (default: what was planned last, and the release of it)")
    parser.add_argument("--index", metavar="NAME-OR-URL", help="ask this index which files it has")
    parser.add_argument("--wheelhouse", type=Path, metavar="DIR", help="where builds are (default: wheelhouse)")
    parser.add_argument("--artifacts", type=Path, metavar="DIR", help="what a workflow's jobs uploaded, failed or not")
    parser.add_argument("--no-audit", action="store_true", help="do not look into the wheels again")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"where it goes (default: wheelhouse/{PAGE})")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="add the same in Markdown to that file")
    parser.add_argument("--open", action="store_true", help="show the page in the browser")
    parser.add_argument("--json", action="store_true", help="print the values instead of writing the page")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written")


def run(options: Namespace, console: Console) -> None:
    """Write the page, or print its values."""
    workspace = enter(options.project)
    store = stores.choose(workspace.config.tool.release.store, root=workspace.root, say=console.say)
    house = (options.wheelhouse or workspace.wheelhouse).absolute()
    if options.tag:
        facts = pages.released(_release(store, options.tag), store, workspace, warn=console.warn)
    else:
        folders = artifacts.newest(options.artifacts.absolute(), failed=True) if options.artifacts else (house,)
        facts = _here(workspace, folders)
        if not options.no_audit:
            facts = replace(facts, findings=_findings(folders, facts, workspace))
        facts = _with_release(facts, store, workspace, console)
    if options.index:
        facts = _asked(facts, options.index)
    page = make(facts)
    if options.json:
        console.json(page)
        return
    output = options.output.absolute() if options.output else house / PAGE
    if options.dry_run:
        console.data(f"would write {output}")
        return
    if not options.output:
        files.unversioned(house)
    files.write(output, pages.html(page))
    if options.summary:
        pages.summarise(page, options.summary)
    console.say(f"{page.headline}: {output}")
    if options.open:
        import webbrowser  # noqa: PLC0415  # only on request

        webbrowser.open(output.as_uri())


def _release(store: Store, tag: str) -> Release:
    """A release of the store, complete or not."""
    found = store.find(tag)
    if found is None:
        there = f" There are {listed(store.tags())}." if store.tags() else ""
        raise IncompleteError(f"The store {store.name} has no release {tag}.{there} Run `wheelyard collect` first.")
    return found


def _here(workspace: Workspace, folders: Sequence[Path]) -> Facts:
    """What was planned last, and what became of it in wheelhouses."""
    reports = tuple(report for folder in folders for report in wheelhouse.reports(folder))
    return Facts(plan=_plan(workspace, folders), slots=planner.slots_of(workspace.config), reports=reports)


def _plan(workspace: Workspace, folders: Sequence[Path]) -> Plan:
    """The plan that lies with what was built, or the one that is true now."""
    for path in (folder / wheelhouse.PLAN for folder in folders):
        if path.is_file():
            return plan.load(files.read(path), source=str(path))
    return planner.make(workspace.config, resolving.current(workspace).after, git.revision(workspace.root))


def _findings(folders: Sequence[Path], facts: Facts, workspace: Workspace) -> tuple[Finding, ...] | None:
    """What the audit says of the wheels that count, or None where there are none."""
    names = {result.file for report in facts.built_of_this() for result in report.results}
    inside = (path for folder in folders for job in wheelhouse.jobs(folder) for path in sorted(job.glob("*.whl")))
    wheels = [path for path in inside if path.name in names]
    if not wheels:
        return None
    from wheelyard import audit  # noqa: PLC0415  # readers of binaries are slow to import

    return audit.wheels(wheels, policy=workspace.config.tool.audit).findings


def _with_release(facts: Facts, store: Store, workspace: Workspace, console: Console) -> Facts:
    """The facts with the release that was made of the plan, where there is one, and the release before it."""
    planned, template = facts.plan, workspace.config.tool.release.tag
    if planned.version is None:
        return facts
    tag = template.replace("{version}", planned.version)
    try:
        previous = lookup.previous(store, planned.version, template=template, warn=console.warn)
        found = store.find(tag)
    except WheelyardError as error:
        console.warn(f"The page says nothing of the release, as it could not be looked at: {error}")
        return facts
    facts = replace(facts, previous=previous)
    if found is None:
        return facts
    if found.manifest.commit != planned.revision.commit:
        console.warn(f"{found.where} is of another commit than this plan, so it is left out. See it with --tag {tag}.")
        return facts
    return replace(facts, release=found.manifest, where=found.where)


def _asked(facts: Facts, index: str) -> Facts:
    """The facts with what an index has of the release."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415  # only on request

    from wheelyard.index import account, uploads  # noqa: PLC0415

    if facts.release is None:
        raise IncompleteError("There is no release to look for on an index. Run `wheelyard collect` first.")
    chosen = account.resolve(index)
    compared = uploads.compare(facts.release.files, chosen.reader().page(canonicalize_name(facts.release.name)))
    clashing = {clash.file for clash in compared.clashes}
    sent = [uploads.sent(file, uploads.Outcome.THERE) for file in compared.there]
    sent += [uploads.sent(file, uploads.Outcome.UNSENT) for file in compared.missing]
    sent += [
        uploads.sent(file, uploads.Outcome.REFUSED, f"{chosen.url} has this name with other bytes.")
        for file in facts.release.files
        if file.file in clashing
    ]
    return replace(facts, sent=tuple(sent), index=chosen.url)
