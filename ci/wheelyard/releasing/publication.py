"""Take one release to one index: look at it, compare, upload, and tell what became of each file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard.config import Tool
from wheelyard.doors import files
from wheelyard.errors import UsageError, listed
from wheelyard.index.waiting import meanwhile
from wheelyard.releasing import checks
from wheelyard.stores import Release, Store

if TYPE_CHECKING:
    from wheelyard.audit import Finding
    from wheelyard.doors.console import Console
    from wheelyard.index.account import Account
    from wheelyard.index.attesting import Attester
    from wheelyard.index.publishing import Publishing
    from wheelyard.index.uploads import Comparison, Sent
    from wheelyard.report.pages import Draft

Audit = Callable[[], "tuple[Finding, ...] | None"]


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One release on its way out: where its files are, how the user wants it done, and its page if one is wanted.

    `trusted` describes the Sigstore that is to attest its files where that is not the public one.
    """

    found: Release
    paths: Mapping[str, Path]
    tool: Tool
    trusted: Path | None
    options: Namespace
    console: Console
    page: Draft | None = None

    @property
    def keep(self) -> int | None:
        """How many versions stay on the index; None for all of them."""
        nightly = self.tool.publish.nightly
        return nightly.keep if self.options.nightly and nightly else None

    def audit(self) -> Audit:
        """Begin to look at the files: importing twine takes as long. What this gives waits for the end."""
        self.console.say(f"checking {len(self.paths)} files of {self.found.where}")
        made, policy, warn = self.found.manifest, self.tool.audit, self.console.warn
        return meanwhile(lambda: checks.refuse(made, self.paths, policy=policy, warn=warn))

    def compare(self, publishing: Publishing, audit: Audit) -> Comparison:
        """Ask the index what it has while the files are looked at; what is wrong with the files is told first."""
        asked = meanwhile(publishing.compare)
        found = audit()
        comparison = asked()
        if found is not None:
            checks.refuse_unrenderable(self.paths.values(), policy=self.tool.audit)
            checks.remember(self.found.manifest, found, policy=self.tool.audit)
        return comparison


def publish(errand: Errand, store: Store) -> None:
    """Bring the index that was asked for to hold the release, then let old nightlies go."""
    audit = None if errand.options.nightly else errand.audit()  # a night without news needs none
    from wheelyard.index import history, retention  # noqa: PLC0415  # twine is slow to import

    console, made, chosen = errand.console, errand.found.manifest, _account(errand)
    keeper = retention.keeper(chosen) if errand.keep else None
    publishing = _publishing(errand, chosen)
    if errand.options.nightly and publishing.is_there():
        console.say(f"{chosen.url} has {made.name} {made.version} of an earlier night. There is nothing new.")
        return
    comparison = errand.compare(publishing, audit or errand.audit())
    if loss := history.lost(made, comparison.before, drop=errand.tool.publish.drop):
        raise loss.error(made, chosen.url)
    for caution in _cautions(errand, publishing, comparison):
        console.warn(caution)
    if comparison.progress:
        console.say(comparison.progress)
    if errand.options.dry_run:
        _foretell(errand, comparison, chosen)
    else:
        mark = partial(store.freeze, errand.found, index=chosen.url)
        _send(errand, publishing, comparison, begin=mark)
        mark(sent=True)
    if keeper is not None and errand.keep is not None:
        for version in retention.stale(comparison.page, project=made.name, keep=errand.keep, newest=made.version):
            console.say(f"{'would delete' if errand.options.dry_run else 'deleting'} {made.name} {version}")
            if not errand.options.dry_run:
                keeper.remove(made.name, version)


def rehearse(errand: Errand) -> None:
    """Do all of it against an index of our own, then install from that."""
    from wheelyard.index import account, embedded, rehearsal  # noqa: PLC0415
    from wheelyard.index.publishing import Publishing  # noqa: PLC0415

    made = errand.found.manifest
    with files.scratch("rehearsal") as scratch, embedded.serve(scratch / "index") as served:
        chosen = account.resolve(served.upload, login=served.login)
        publishing = Publishing(made=made, account=chosen, reader=chosen.reader())
        _send(errand, publishing, errand.compare(publishing, errand.audit()), begin=lambda: None)
        errand.console.say(rehearsal.install(made, errand.paths, served=served, scratch=scratch))


def _account(errand: Errand) -> Account:
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


def _cautions(errand: Errand, publishing: Publishing, comparison: Comparison) -> Iterator[str]:
    """What is to be said before the first byte: of the project, of the room it has, of the version before."""
    from wheelyard.index import coremetadata, limits  # noqa: PLC0415  # twine is slow to import

    yield from publishing.cautions(comparison)
    chosen, before = publishing.account, comparison.before
    limit = None if errand.options.nightly else errand.tool.publish.project_limit
    if chosen.is_pypi or limit is not None:
        yield from limits.of_project(errand.found.manifest, comparison, chosen.url, limit=limit)
    wheel = next((path for name, path in errand.paths.items() if name.endswith(".whl")), None)
    ours = coremetadata.inside(wheel) if wheel else None
    if before and before.metadata and ours:
        yield from coremetadata.narrowed(before.metadata, ours, version=str(before.version))
    if before and before.trouble:
        yield f"What this release asks for is not compared with {before.version}: {before.trouble}"


def _publishing(errand: Errand, chosen: Account) -> Publishing:
    """How files get to the index: read before and after unless it shows none, attested where it takes that."""
    from wheelyard.index.publishing import Publishing  # noqa: PLC0415

    options = errand.options
    return Publishing(
        made=errand.found.manifest,
        account=chosen,
        reader=None if options.simple == "none" else chosen.reader(options.simple),
        attester=_attester(errand, chosen),
    )


def _attester(errand: Errand, chosen: Account) -> Attester | None:
    """What attests the files: PyPI takes attestations from a trusted job alone, and only the public Sigstore's."""
    from wheelyard.index import attesting  # noqa: PLC0415

    options, private = errand.options, errand.trusted is not None
    takes = private or (chosen.is_pypi and chosen.is_trusted)
    if options.dry_run or options.nightly or not errand.tool.publish.attest or not takes:
        return None
    found = attesting.attester(errand.trusted, say=errand.console.say)
    if found is None and private:
        errand.console.warn(
            "No file is attested: this is no job with an identity. On GitHub Actions give it `permissions: id-token:"
            " write`."
        )
    return found


def _foretell(errand: Errand, comparison: Comparison, chosen: Account) -> None:
    """Say what would be done."""
    if errand.options.json:
        _print(errand, chosen, comparison.unsent())
    else:
        for line in comparison.foretold(chosen.url):
            errand.console.data(line)


def _send(errand: Errand, publishing: Publishing, comparison: Comparison, *, begin: Callable[[], None]) -> None:
    """Upload, show what became of each file, and raise for those the index does not have."""
    from wheelyard.index.uploads import refuse  # noqa: PLC0415  # only a publication needs them
    from wheelyard.report import uploads  # noqa: PLC0415  # rich is slow to import

    options, missing = errand.options, comparison.missing
    if publishing.attester and missing:
        errand.console.say(f"attesting {len(missing)} files")
    with uploads.live(errand.console, files=len(missing), total=sum(file.size for file in missing)) as watch:
        reports = publishing.send(
            comparison, errand.paths, parallel=options.parallel, watch=watch, wait=options.wait, begin=begin
        )
    if errand.page and not options.rehearse:
        errand.page.facts = replace(errand.page.facts, sent=reports, index=publishing.account.url)
    _tell(errand, publishing.account, reports)
    refuse(reports, publishing.account.url)


def _tell(errand: Errand, chosen: Account, reports: Sequence[Sent]) -> None:
    from wheelyard.index.uploads import Outcome  # noqa: PLC0415
    from wheelyard.report import uploads  # noqa: PLC0415

    if errand.options.json:
        _print(errand, chosen, reports)
    else:
        errand.console.show(uploads.table(reports))
    late = [report.file for report in reports if report.outcome is Outcome.WAITING]
    if late:
        errand.console.warn(
            f"{chosen.url} took {len(late)} files and does not show them yet: {listed(late)}. Run the same command"
            " later to see that they are there."
        )


def _print(errand: Errand, chosen: Account, reports: Sequence[Sent]) -> None:
    from wheelyard.index.uploads import Published  # noqa: PLC0415

    made = errand.found.manifest
    errand.console.json(Published(name=made.name, version=made.version, index=chosen.url, files=tuple(reports)))
