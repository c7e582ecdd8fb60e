"""Upload a complete release to a package index with twine."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import files, generated, lookup, release, stores
from wheelyard.config import Tool
from wheelyard.errors import UsageError, listed
from wheelyard.index.waiting import meanwhile
from wheelyard.report import pages
from wheelyard.stores import Release, Store
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.console import Console
    from wheelyard.index.account import Account
    from wheelyard.index.publishing import Publishing
    from wheelyard.index.uploads import Comparison, Sent
    from wheelyard.report.pages import Draft

EPILOG = """\
examples:
  wheelyard publish                                  to the index of [tool.wheelyard.publish]
  wheelyard publish --index testpypi                 to another that twine knows, or a section of .pypirc
  wheelyard publish --index https://host/legacy/     to any address twine can upload to
  wheelyard publish --nightly                        to the index of [tool.wheelyard.publish.nightly], deleting old ones
  wheelyard publish --rehearse                       to an index of its own on this machine, and install from it
  wheelyard publish --verify 1.2                     that the index has the release's bytes, published by its workflow

User name and token come from where twine looks for them: TWINE_USERNAME and TWINE_PASSWORD, .pypirc, the keyring,
trusted publishing. After an interruption the same command sends only what the index does not have.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard publish` takes."""
    parser.epilog = EPILOG
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--version", dest="release", metavar="VERSION", help="the release (default: the plan's version)")
    which.add_argument("--tag", help="the release, by its tag")
    which.add_argument(
        "--verify", type=_version, metavar="VERSION", help="compare what is there with manifest and provenance"
    )
    parser.add_argument("--index", metavar="NAME-OR-URL", help="where to (default: [tool.wheelyard.publish] index)")
    parser.add_argument("--nightly", action="store_true", help="to the index for nightlies, keeping the newest")
    parser.add_argument("--simple", metavar="URL", help="where the index shows its files; none to compare nothing")
    parser.add_argument("--parallel", type=_count, default=4, metavar="N", help="uploads at a time (default: 4)")
    parser.add_argument("--wait", type=float, default=60, metavar="S", help="seconds for files to show (default: 60)")
    parser.add_argument("--rehearse", action="store_true", help="publish to a throw-away index and install from it")
    parser.add_argument("--offline", type=Path, metavar="DIR", help="verify files and FILE.provenance of a folder")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="who should have published it, on GitHub")
    parser.add_argument("--dry-run", action="store_true", help="check and compare everything, upload nothing")
    parser.add_argument("--json", action="store_true", help="print what became of each file")
    pages.arguments(parser)


@dataclass(frozen=True, kw_only=True)
class _Errand:
    """One release on its way out: where its files are, and how the user wants it done."""

    found: Release
    paths: Mapping[str, Path]
    tool: Tool
    options: Namespace
    console: Console
    page: Draft

    @property
    def keep(self) -> int | None:
        """How many versions stay on the index; None for all of them."""
        nightly = self.tool.publish.nightly
        return nightly.keep if self.options.nightly and nightly else None

    def compare(self, publishing: Publishing) -> Comparison:
        """Look at the files while the index is asked what it has; what is wrong with the files is told first."""
        asked = meanwhile(publishing.compare)
        self.console.say(f"checking {len(self.paths)} files of {self.found.where}")
        release.refuse(self.found.manifest, self.paths, policy=self.tool.audit, warn=self.console.warn)
        return asked()


def run(options: Namespace, console: Console) -> None:
    """Publish the store's release; a second run sends only what the first one did not."""
    workspace = enter(options.project)
    if options.verify:
        _verify(workspace, options, console)
        return
    store = stores.choose(workspace.config.tool.release.store, root=workspace.root, say=console.say)
    found = lookup.release(store, workspace, tag=options.tag, version=options.release)
    facts = pages.released(found, store, workspace, warn=console.warn if pages.wanted(options) else None)
    with pages.kept(facts, options) as page, files.scratch("publish") as scratch:
        paths = store.fetch(found, folder=scratch)
        tool = workspace.config.tool
        errand = _Errand(found=found, paths=paths, tool=tool, options=options, console=console, page=page)
        if options.rehearse:
            _rehearse(errand)
        else:
            _publish(errand, store)


def _publish(errand: _Errand, store: Store) -> None:
    from wheelyard.index import attesting, history, retention  # noqa: PLC0415  # twine is slow to import
    from wheelyard.index.publishing import Publishing  # noqa: PLC0415

    options, made, wanted = errand.options, errand.found.manifest, errand.tool.publish
    chosen = _account(errand)
    keeper = retention.keeper(chosen) if errand.keep else None
    attests = wanted.attest and chosen.is_pypi and chosen.is_trusted and not options.dry_run
    publishing = Publishing(
        made=made,
        account=chosen,
        reader=None if options.simple == "none" else chosen.reader(options.simple),
        attester=attesting.attester() if attests else None,
    )
    comparison = errand.compare(publishing)
    if loss := history.lost(made, comparison.page, drop=wanted.drop):
        raise loss.error(made, chosen.url)
    for caution in publishing.cautions(comparison):
        errand.console.warn(caution)
    if options.dry_run:
        for line in comparison.foretold(chosen.url):
            errand.console.data(line)
    else:
        begin = partial(store.freeze, errand.found, index=chosen.url)
        if not comparison.missing:  # an earlier run sent it all; the store may have lost its mark since
            begin()
        _send(errand, publishing, comparison, begin=begin)
    if keeper is not None and errand.keep is not None:
        old = retention.stale(comparison.page, project=made.name, keep=errand.keep, newest=made.version)
        for version in old:
            errand.console.say(f"{'would delete' if options.dry_run else 'deleting'} {made.name} {version}")
            if not options.dry_run:
                keeper.remove(made.name, version)


def _account(errand: _Errand) -> Account:
    """The index that was asked for, after everything that speaks against it was said."""
    from wheelyard.index import account, limits  # noqa: PLC0415  # twine is slow to import

    options, console, wanted, made = errand.options, errand.console, errand.tool.publish, errand.found.manifest
    if options.nightly and wanted.nightly is None:
        raise UsageError("There is no index for nightlies. Say which: index, in [tool.wheelyard.publish.nightly].")
    usual = wanted.nightly.index if options.nightly and wanted.nightly else wanted.index
    if name := account.overridden():
        console.warn(f"{name} is set and not used: the index is that of --index or [tool.wheelyard.publish].")
    chosen = account.resolve(options.index or usual)
    for caution in limits.cautions(made, chosen.url) if chosen.is_pypi else ():
        console.warn(caution)
    if console.on_github and chosen.is_pypi and not chosen.is_trusted:
        console.warn("A long-lived token is used. With trusted publishing none can be stolen, and files are attested.")
    return chosen


def _send(errand: _Errand, publishing: Publishing, comparison: Comparison, *, begin: Callable[[], None]) -> None:
    """Upload, show what became of each file, and raise for those the index does not have."""
    from wheelyard.index.uploads import refuse  # noqa: PLC0415  # only a publication needs them
    from wheelyard.report import uploads  # noqa: PLC0415  # rich is slow to import

    options, missing = errand.options, comparison.missing
    with uploads.live(errand.console, files=len(missing), total=sum(file.size for file in missing)) as watch:
        reports = publishing.send(
            comparison, errand.paths, parallel=options.parallel, watch=watch, wait=options.wait, begin=begin
        )
    if not options.rehearse:
        errand.page.facts = replace(errand.page.facts, sent=reports, index=publishing.account.url)
    _tell(errand, publishing.account, reports)
    refuse(reports, publishing.account.url)


def _tell(errand: _Errand, chosen: Account, reports: Sequence[Sent]) -> None:
    from wheelyard.index.uploads import Outcome, Published  # noqa: PLC0415

    made, console = errand.found.manifest, errand.console
    if errand.options.json:
        console.json(Published(name=made.name, version=made.version, index=chosen.url, files=tuple(reports)))
    else:
        from wheelyard.report import uploads  # noqa: PLC0415

        console.show(uploads.table(reports))
    late = [report.file for report in reports if report.outcome is Outcome.WAITING]
    if late:
        console.warn(
            f"{chosen.url} took {len(late)} files and does not show them yet: {listed(late)}. Run the same command"
            " later to see that they are there."
        )


def _rehearse(errand: _Errand) -> None:
    """Do all of it against an index of our own, then install from that."""
    from wheelyard.index import account, embedded, rehearsal  # noqa: PLC0415
    from wheelyard.index.publishing import Publishing  # noqa: PLC0415

    made = errand.found.manifest
    with files.scratch("rehearsal") as scratch, embedded.serve(scratch / "index") as served:
        chosen = account.resolve(served.upload, login=served.login)
        publishing = Publishing(made=made, account=chosen, reader=chosen.reader())
        _send(errand, publishing, errand.compare(publishing), begin=lambda: None)
        errand.console.say(rehearsal.install(made, errand.paths, served=served, scratch=scratch))


def _verify(workspace: Workspace, options: Namespace, console: Console) -> None:
    """Hold a published version, on an index or in a folder, to what it should be."""
    from wheelyard.index import account, provenance, verification  # noqa: PLC0415  # twine is slow to import
    from wheelyard.report import verified  # noqa: PLC0415

    tool, name, version = workspace.config.tool, workspace.config.project.name, options.verify
    if options.offline:
        copies = verification.in_folder(options.offline, name=name, version=version)
        source, attested = str(options.offline), tool.publish.attest
    else:
        chosen = account.resolve(options.index or tool.publish.index)
        copies = verification.on_index(chosen.reader(options.simple), name=name, version=version)
        source, attested = chosen.url, tool.publish.attest and chosen.is_pypi
    store = stores.choose(tool.release.store, root=workspace.root, say=console.say)
    found = store.find(tool.release.tag.replace("{version}", version))
    publisher = options.repository or tool.workflow.repository or generated.remote(workspace.root)
    proof = partial(provenance.verify, repository=publisher, offline=options.offline is not None)
    held = verification.verify(copies, made=found.manifest if found else None, attested=attested, proof=proof)
    if options.json:
        compared = found is not None
        console.json(
            verification.Verification(name=name, version=version, source=source, manifest=compared, files=held)
        )
    else:
        console.show(verified.table(held))
    if found is None:
        console.warn(f"The store {store.name} has no release of {version}: there was no manifest to compare with.")
    verification.refuse(held, source)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def _version(text: str) -> str:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # only this option needs it

    try:
        return str(Version(text))
    except InvalidVersion:
        raise ArgumentTypeError(f"{text!r} is no version") from None
