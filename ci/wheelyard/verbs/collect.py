"""Gather the wheels of all jobs into one complete release."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import stores
from wheelyard.building import wheelhouse
from wheelyard.doors import files
from wheelyard.errors import FindingsError, IncompleteError, UsageError, listed
from wheelyard.page import Facts
from wheelyard.planning import planner
from wheelyard.releasing import artifacts, checks, gathering, lookup
from wheelyard.releasing.gathering import Gathered
from wheelyard.releasing.manifest import Manifest
from wheelyard.report import pages
from wheelyard.stores import Bundle, Change, Release, Saved, Stage, Store, bundle, shortfalls
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console
    from wheelyard.report.pages import Draft

EPILOG = """\
examples:
  wheelyard collect                              the wheelhouse of this machine
  wheelyard collect --wheelhouse a --wheelhouse b    those of several
  wheelyard collect --dry-run                    check everything, write nothing
  wheelyard collect --partial                    keep what there is, for a later run to complete
  wheelyard collect --preflight --tag v1.0       before anything is built: could the release be made?

A release is collected in full or not at all, and the same command twice gives the same release.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard collect` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--wheelhouse", type=Path, action="append", metavar="DIR", help="where wheels are (default: wheelhouse)"
    )
    parser.add_argument(
        "--artifacts", type=Path, metavar="DIR", help="what a workflow's jobs uploaded, with several attempts of some"
    )
    parser.add_argument(
        "--checksums", type=Path, metavar="FILE", help="write the digests of all files, as sha256sum does"
    )
    parser.add_argument("--tag", metavar="TAG", help="the tag this is run for: refuse a release that has another")
    parser.add_argument("--replace", action="store_true", help="put this release in the place of an unpublished one")
    parser.add_argument(
        "--partial", action="store_true", help="keep an incomplete set, which nothing publishes; exit 3"
    )
    parser.add_argument("--preflight", action="store_true", help="collect nothing; see that a release could be made")
    parser.add_argument("--only", metavar="GLOBS", help="with --preflight: what will be built to complete a release")
    parser.add_argument("--store", metavar="STORE", help="where it is (default: [tool.wheelyard.release] store)")
    parser.add_argument("--dry-run", action="store_true", help="check everything, say what would be written")
    parser.add_argument("--json", action="store_true", help="print the manifest")
    pages.arguments(parser)


@dataclass(frozen=True, kw_only=True)
class _Errand:
    """One release on its way into a store; `scratch` is for files that the store has and this machine has not."""

    workspace: Workspace
    store: Store
    options: Namespace
    console: Console
    scratch: Path
    page: Draft


def run(options: Namespace, console: Console) -> None:
    """Make the release in the store, if what the jobs made is the plan, fulfilled."""
    workspace = enter(options.project)
    store = stores.choose(options.store or workspace.config.tool.release.store, root=workspace.root, say=console.say)
    if options.preflight:
        _preflight(workspace, store, options, console)
        return
    if options.only:
        raise UsageError("--only goes with --preflight. What was built says itself what it is a part of.")
    folders = _folders(options, workspace)
    with gathering.alone(folders), files.scratch("collect") as scratch:
        gathered = gathering.gather(folders)
        with pages.kept(_facts(gathered, folders, workspace), options) as page:
            errand = _Errand(
                workspace=workspace, store=store, options=options, console=console, scratch=scratch, page=page
            )
            saved = _collect(errand, gathered)
    if options.checksums:
        lines = "".join(f"{file.sha256}  {file.file}\n" for file in saved.release.manifest.files)
        files.write(options.checksums.absolute(), lines.encode())
    _tell(saved, options, console)
    if missing := saved.release.manifest.missing:
        raise IncompleteError(
            f"{saved.release.where} is kept and incomplete; missing: {listed(missing, most=40)}. Collect them too:"
            " until then nothing is published."
        )


def _facts(gathered: Gathered, folders: Sequence[Path], workspace: Workspace) -> Facts:
    """What a page says before anything is judged."""
    reports = tuple(report for folder in folders for report in wheelhouse.reports(folder))
    return Facts(plan=gathered.plan, slots=planner.slots_of(workspace.config), reports=reports)


def _preflight(workspace: Workspace, store: Store, options: Namespace, console: Console) -> None:
    """What can be seen before the builds."""
    tool, version = workspace.config.tool, workspace.config.project.version
    tag = options.tag or (version and tool.release.tag.replace("{version}", version))
    extending, environment = bool(options.only), tool.publish.environment
    for warning in store.preflight(tag, extending=extending, environment=environment):
        console.warn(warning)
    done = "completed" if extending else "made"
    console.say(f"The release {tag or 'of the version to come'} can be {done} in the store {store.name}.")


def _folders(options: Namespace, workspace: Workspace) -> tuple[Path, ...]:
    """Where wheels are: wheelhouses, or the artifacts that count."""
    given = options.wheelhouse or (() if options.artifacts else (workspace.wheelhouse,))
    chosen = artifacts.newest(options.artifacts.absolute()) if options.artifacts else ()
    return (*(folder.absolute() for folder in given), *chosen)


def _collect(errand: _Errand, gathered: Gathered) -> Saved:
    """Judge what was gathered, together with what the store has of an unfinished release, and keep it."""
    made = _bundle(errand, gathered)
    errand.console.say(f"auditing {len(made.paths)} files")
    tool, warn, page = errand.workspace.config.tool, errand.console.warn, errand.page
    previous = lookup.previous(errand.store, made.manifest.version, template=tool.release.tag, warn=warn)
    found = checks.defects(made.manifest, made.paths, policy=tool.audit, previous=previous)
    page.facts = replace(page.facts, findings=found, previous=previous)
    checks.refuse_defects(found, warn=warn)
    checks.refuse_unrenderable(made.paths.values(), policy=tool.audit)
    saved = errand.store.save(made, replace=errand.options.replace, dry_run=errand.options.dry_run)
    if not errand.options.dry_run:
        checks.remember(made.manifest, found, policy=tool.audit)
        page.facts = replace(page.facts, release=saved.release.manifest, where=saved.release.where)
        if tool.release.report and saved.release.stage is Stage.DRAFT:
            errand.store.attach(saved.release, pages.attached(page.facts))
    return saved


def _bundle(errand: _Errand, gathered: Gathered) -> Bundle:
    """The release these files make; an error where they are not the plan, fulfilled."""
    plan, options = gathered.plan, errand.options
    if not gathered.pieces:
        raise IncompleteError(
            f"No job left a file, and {len(plan.identifiers)} identifiers are planned. An empty release is"
            " never made: run `wheelyard build`, or see that the artifacts of the build jobs were downloaded."
        )
    version = bundle.version_of(plan, (piece.file for piece in gathered.pieces))
    tag = errand.workspace.config.tool.release.tag.replace("{version}", version)
    there = errand.store.find(tag)
    base = bundle.base(there.manifest if there else None, plan, version=version)
    short = shortfalls.of(plan, gathered.pieces, reports=gathered.reports, foreign=gathered.foreign, base=base)
    if error := (short.apart_from_missing() if options.partial else short).error():
        raise error
    if options.tag and tag != options.tag:
        raise FindingsError(
            f"The files are of version {version}, whose tag is {tag}, and this is {options.tag}."
            " Tag the commit that has the version, and release that."
        )
    made = bundle.manifest_of(plan, gathered.pieces, reports=gathered.reports, base=base)
    paths = {piece.file: Path(piece.where) for piece in gathered.pieces}
    return Bundle(tag=tag, manifest=made, paths={**_kept(errand, there, made, known=paths), **paths})


def _kept(errand: _Errand, there: Release | None, made: Manifest, *, known: Iterable[str]) -> dict[str, Path]:
    """Those files of a release that only the store has, fetched to be judged with the others."""
    names = {file.file for file in made.files} - set(known)
    if there is None or not names:
        return {}
    errand.console.say(f"reading {len(names)} files of {there.where}")
    paths = errand.store.fetch(there, folder=errand.scratch)
    return {name: paths[name] for name in names}


def _tell(saved: Saved, options: Namespace, console: Console) -> None:
    if options.json:
        console.json(saved.release.manifest)
    else:
        from wheelyard.report import releases  # noqa: PLC0415  # rich is slow to import

        console.show(releases.table(saved.release.manifest))
    would = "would be " if options.dry_run and saved.change is not Change.UNCHANGED else ""
    console.say(f"{would}{saved.change}: {saved.release.where}")
