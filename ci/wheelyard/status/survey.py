"""Ask builds, store and index how far a release has come, beside its plan."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from wheelyard import stores, workspace
from wheelyard.building.wheelhouse import REPORT, JobFolder
from wheelyard.doors import files, git
from wheelyard.errors import OutsideError, UsageError, WheelyardError
from wheelyard.locking import resolving
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan
from wheelyard.releasing import guards, lookup, upstream
from wheelyard.revision import Revision
from wheelyard.status import continuing, stages
from wheelyard.status.continuing import Way
from wheelyard.status.stages import UNKNOWN, Builds, Cell, Source, Status
from wheelyard.stores import Release, Store
from wheelyard.workspace import Workspace

if TYPE_CHECKING:
    from wheelyard.index.project import Page
    from wheelyard.stores.github.client import Client
    from wheelyard.stores.github.wire import Run

T = TypeVar("T")

_PATIENCE = 5.0  # seconds: who only looks is told that a limit is reached
_EVENTS = {"push", "workflow_dispatch"}  # what makes a release; the commit may be that of a pull request too


@dataclass(frozen=True, kw_only=True)
class Answer(Generic[T]):
    """What a source said, or why it did not."""

    value: T | None = None
    error: WheelyardError | None = None

    def source(self, where: str) -> Source:
        """The source for people."""
        return Source(where=where, trouble=str(self.error) if self.error else None)


@dataclass(frozen=True, kw_only=True)
class Built:
    """The builds of a commit: where they are, and the run that makes them where that is on GitHub."""

    where: str
    builds: Builds
    run: Run | None = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """One release, with what it takes to look at it again; `client` asks the GitHub that builds it, if one does.

    `store` is the error where there is none, for want of a token as a rule: plan and index are shown all the same.
    """

    workspace: Workspace
    plan: Plan
    tag: str
    tagged: bool
    store: Store | WheelyardError
    client: Client | None

    def look(self) -> tuple[Status, tuple[WheelyardError, ...]]:
        """Everything as it is now, and the errors of what did not answer: that is unknown, and never nothing."""
        with ThreadPoolExecutor(3) as pool:
            built = pool.submit(_tried, self._built)
            release = pool.submit(_tried, self._release)
            page = pool.submit(_tried, self._page)
        errors = [answer.result().error for answer in (built, release, page)]
        return self._status(built.result(), release.result(), page.result()), tuple(dict.fromkeys(filter(None, errors)))

    def _status(self, built: Answer[Built], release: Answer[Release], page: Answer[Page]) -> Status:
        tool, found = self.workspace.config.tool, built.value
        rows = stages.rows(
            self.plan,
            builds=found.builds if found else stages.unknown,
            release={"*": UNKNOWN} if release.error else stages.of_release(release.value, self.plan),
            index={"*": UNKNOWN} if page.error else self._indexed(page.value, release.value),
        )
        way = Way(
            tag=self.tag,
            tagged=self.tagged,
            workflow=tool.workflow.file if self.client or isinstance(self.store, WheelyardError) else None,
            run=found.run if found else None,
        )
        return Status(
            name=self.plan.name,
            tag=self.tag,
            commit=self.plan.revision.commit,
            builds=built.source(found.where if found else way.workflow or str(self.workspace.wheelhouse)),
            release=release.source(release.value.where if release.value else tool.release.store),
            index=page.source(tool.publish.index),
            rows=rows,
            moving=way.run is not None and not way.run.ended,
            next=continuing.following(rows, release.value, way),
        )

    def _built(self) -> Built:
        self._reached()
        if self.client is not None:
            return _on_github(self.client, self.workspace.config.tool.workflow.file, self.plan)
        house = self.workspace.wheelhouse
        reports = [JobFolder(path=path.parent).report() for path in sorted(house.glob(f"*/{REPORT}"))]
        ours = [report for report in reports if report and report.commit == self.plan.revision.commit]
        return Built(where=str(house), builds=stages.of_reports(ours))

    def _release(self) -> Release | None:
        return self._reached().find(self.tag)

    def _reached(self) -> Store:
        if isinstance(self.store, WheelyardError):
            raise self.store
        return self.store

    def _page(self) -> Page | None:
        from packaging.utils import canonicalize_name  # noqa: PLC0415  # start-up stays fast

        from wheelyard.index import account  # noqa: PLC0415  # twine is slow to import

        reader = account.resolve(self.workspace.config.tool.publish.index).reader()
        return reader.page(canonicalize_name(self.plan.name))

    def _indexed(self, page: Page | None, release: Release | None) -> dict[str, Cell]:
        version = str(guards.named(self.tag, self.workspace.config.tool.release.tag))
        return stages.of_index(page, self.plan, version=version, made=release.manifest if release else None)


def of(place: Workspace, asked: str | None) -> Survey:
    """The survey of a tag, of the version in the project's files, or of the newest version that is tagged here."""
    from wheelyard.stores.github import GitHub  # noqa: PLC0415  # requests is slow to import

    template = place.config.tool.release.tag
    tag = asked or _tag(place, template)
    version = guards.named(tag, template)
    if version is None or not guards.is_version(version):
        raise UsageError(f"{tag!r} is no tag of a release: one is called {template!r} ([tool.wheelyard.release] tag).")
    store = _store(place)
    client = store.client if isinstance(store, GitHub) else None
    if client is not None:
        client.patience = _PATIENCE
    commit = git.ask(place.root, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}")
    tagged = commit is not None or (client is not None and _is_elsewhere(place, tag))
    plan = _plan(place, commit)
    return Survey(workspace=place, plan=plan, tag=tag, tagged=tagged, store=store, client=client)


def _store(place: Workspace) -> Store | WheelyardError:
    try:
        return stores.choose(place.config.tool.release.store, root=place.root)
    except WheelyardError as error:
        return error


def _tag(place: Workspace, template: str) -> str:
    if (version := place.config.project.version) is not None:
        return template.replace("{version}", version)
    tagged = lookup.versions(upstream.tags(place.root), template=template)
    if not tagged:
        raise UsageError("The version is made by the build backend. Say which release: wheelyard status TAG")
    return tagged[max(tagged)]


def _is_elsewhere(place: Workspace, tag: str) -> bool:
    """Whether the remote has a tag that is not here: then its plan is not here either."""
    try:
        remote = upstream.choose(place.root, None)
        there = upstream.ask(place.root, remote).tags
    except (OutsideError, UsageError):
        return False
    if tag in there:
        raise UsageError(f"{tag} is on {remote} and not here, and with it its plan. Run: git fetch {remote} --tags")
    return False


def _plan(place: Workspace, commit: str | None) -> Plan:
    """The plan of a tagged commit, made of what it holds; without one, of what is here."""
    if commit is None or commit == git.ask(place.root, "rev-parse", "HEAD"):
        return planner.make(place.config, resolving.current(place).after, git.revision(place.root))
    with files.scratch("status") as scratch:
        then = workspace.of_commit(place.root, commit, scratch)
        date, tree = git.call(place.root, "log", "-1", "--format=%ct %T", commit).split()
        revision = Revision(commit=commit, tree=tree, date=int(date), dirty=False)
        return planner.make(then.config, resolving.current(then).after, revision)


def _on_github(client: Client, workflow: str, plan: Plan) -> Built:
    """The newest run of the workflow for the commit of a plan."""
    from wheelyard.stores.github import actions  # noqa: PLC0415

    runs = actions.runs(client, workflow, commit=plan.revision.commit) if plan.revision.commit else ()
    run = next((run for run in runs if run.event in _EVENTS), None)
    if run is None:
        return Built(where=workflow, builds=stages.nothing)
    return Built(where=run.html_url, builds=stages.of_run(actions.jobs(client, run), run), run=run)


def _tried(look: Callable[[], T | None]) -> Answer[T]:
    try:
        return Answer(value=look())
    except WheelyardError as error:
        return Answer(error=error)
