"""Keep releases on GitHub: a draft until its files are on the index, then published.

The manifest is the last file that is written: a release that has none is not there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from wheelyard.doors import crew, files
from wheelyard.errors import FindingsError, IncompleteError, UsageError, listed
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle, Release, Saved, Say, Stage, comparing, silent
from wheelyard.stores.comparing import MANIFEST
from wheelyard.stores.github import access, calls, drafts, holding, saving, wire
from wheelyard.stores.github.client import Client
from wheelyard.stores.github.holding import Holding
from wheelyard.stores.github.pace import Pace
from wheelyard.stores.github.shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """The store `github`: one release a tag, its files as assets."""

    client: Client
    say: Say = silent
    parallel: int = 4
    name: str = "github"

    def tags(self, *, published: bool = False) -> tuple[str, ...]:
        """The tags of the releases that are there, complete or not."""
        found = drafts.all_of(self.client)
        return tuple(sorted({each.tag_name for each in found if not (published and each.draft)}))

    def find(self, tag: str) -> Release | None:
        """The release of `tag`, if its manifest is there: without it, files were still on their way."""
        held = self._held(tag)
        return held.release if held else None

    def save(self, bundle: Bundle, *, replace: bool = False, dry_run: bool = False) -> Saved:
        """Bring the one draft of the tag to hold the bundle; what is there already is not sent again."""
        saving.refuse_limits(bundle)
        first, *others = self._found(bundle.tag) or (None,)
        held = holding.read(self._shelf(first)) if first else None
        work = saving.work(held, bundle, may_replace=replace)
        if dry_run:
            return self._saved(bundle, work, first)
        shelf = held.shelf if held else self._shelf(self._made(bundle))
        if not work.is_nothing:
            with files.scratch("release") as scratch:
                shelf.look()
                saving.carry_out(work, shelf, scratch=scratch)
            others = [*drafts.later(self.client, shelf.release)]
        drafts.drop_spare(self.client, others, holds=shelf.holds)
        return self._saved(bundle, work, shelf.release)

    def fetch(self, release: Release, *, folder: Path) -> Mapping[str, Path]:
        """Every file downloaded into `folder`, several at a time, and compared with the manifest."""
        held = self._known(release)
        paths = {file.file: folder / file.file for file in release.manifest.files}
        wrong: list[str] = []

        def fetch(file: File) -> None:
            asset = held.shelf.get(file.file)
            digest = self.client.download(calls.download(asset), paths[file.file]) if asset else "nothing"
            if digest != file.sha256:
                wrong.append(f"{file.file} has SHA-256 {digest}, the manifest says {file.sha256}.")

        files.folder(folder)
        crew.each(release.manifest.files, fetch, parallel=self.parallel)
        if wrong:
            raise FindingsError("\n".join((f"{release.where} is not what its manifest says:", *sorted(wrong))))
        return paths

    def freeze(self, release: Release, *, index: str, sent: bool = False) -> None:
        """Leave a mark in the notes of the release, which no page shows: from now on its bytes are fixed."""
        held = self._known(release)
        if held.stage is Stage.DRAFT or (sent and held.stage is Stage.FROZEN):
            found = held.shelf.release
            self.client.ask(calls.annotate(found, holding.marked(found, index=index, sent=sent)))

    def attach(self, release: Release, page: bytes) -> None:
        """Bring the page there as one more asset."""
        shelf = self._known(release).shelf
        saving.refuse_immutable(shelf.release)
        with files.scratch("page") as scratch:
            saving.attach(shelf, comparing.REPORT, page, scratch=scratch)

    def finish(self, release: Release, *, latest: bool) -> Release:
        """Publish the draft, if it shows all that the manifest says."""
        held = self._known(release)
        if held.stage is Stage.PUBLISHED:
            return release
        wrong = [file.file for file in release.manifest.files if not held.shelf.shows(file)]
        if wrong or not held.is_closed:
            raise IncompleteError(f"{release.where} does not show {listed(wrong) or MANIFEST}. Collect it again.")
        prerelease = _is_prerelease(release.manifest.version)
        done = self.client.read(calls.publish(held.shelf.release, prerelease=prerelease, latest=latest), wire.Release)
        if done.draft:
            raise FindingsError(f"{release.where} is still a draft, though GitHub did not refuse to publish it.")
        return replace(release, stage=Stage.PUBLISHED, where=done.html_url)

    def preflight(self, tag: str | None, *, extending: bool, environment: str) -> tuple[str, ...]:
        """Ask GitHub whether the token may make releases, and look at the release and the environment."""
        self.client.ask(calls.probe(tag or "v0", does="make a release"))
        held = self._held(tag) if tag else None
        if held and not held.shelf.release.draft and (held.release is None or held.shelf.release.immutable):
            raise FindingsError(
                f"{held.shelf.release.html_url} is published already, and nothing can be added to it. Raise the"
                " version, or delete that release."
            )
        warnings = comparing.preflight(held.release if held else None, extending=extending)
        return (*warnings, *self._unprotected(environment))

    def _unprotected(self, environment: str) -> tuple[str, ...]:
        """What to be warned of where nothing is known to protect publishing."""
        try:
            answer = self.client.ask(calls.environment(environment))
        except UsageError as error:  # a token that may make releases need not be one that may look at this
            return (f"Whether there is an environment {environment!r} could not be seen: {error}",)
        return (_NO_ENVIRONMENT.format(environment),) if answer.status == HTTPStatus.NOT_FOUND else ()

    def _found(self, tag: str) -> tuple[wire.Release, ...]:
        comparing.refuse_odd_tag(tag)
        found = drafts.of(self.client, tag)
        if not found:  # or there is a draft, and this token may not see it
            self.client.ask(calls.probe(tag, does="see drafts"))
        return found

    def _held(self, tag: str) -> Holding | None:
        found = self._found(tag)
        return holding.read(self._shelf(found[0])) if found else None

    def _known(self, release: Release) -> Holding:
        held = self._held(release.tag)
        if held is None:
            raise IncompleteError(f"{release.where} is no longer there. Collect it again.")
        return held

    def _shelf(self, release: wire.Release) -> Shelf:
        return Shelf(client=self.client, release=release, parallel=self.parallel, say=self.say)

    def _made(self, bundle: Bundle) -> wire.Release:
        made = bundle.manifest
        return drafts.make(self.client, bundle.tag, commit=made.commit, prerelease=_is_prerelease(made.version))

    def _saved(self, bundle: Bundle, work: saving.Work, found: wire.Release | None) -> Saved:
        where = found.html_url if found else f"https://{self.client.place.host}/{self.client.place.name}"
        stage = holding.stage(found) if found else Stage.DRAFT
        release = Release(tag=bundle.tag, manifest=work.made, stage=stage, where=where)
        return Saved(release=release, change=work.change, written=tuple(item.name for item in work.send))


_IMPATIENT = 5.0  # seconds: who only looks says that a limit is reached
_NO_ENVIRONMENT = (
    "GitHub shows this token no environment {!r}. Make it in the repository's settings and say who may use it: one that"
    " a workflow names and nobody made is made without any protection."
)


def client(store: str, root: Path, *, remote: str = "origin") -> Client:
    """A client that waits for no limit, of the repository that releases are kept in, or else of git's remote."""
    name, _, place = store.partition(":")
    found = access.find(place if name == "github" else "", root, remote=remote)
    return Client(place=found, token=access.token(found), patience=_IMPATIENT)


def make(place: str, root: Path, say: Say = silent) -> GitHub:
    """The store `github`, `github:OWNER/NAME` or `github:https://HOST/OWNER/NAME`."""
    found = access.find(place, root)
    return GitHub(client=Client(place=found, token=access.token(found), pace=Pace(say=say)), say=say)


def _is_prerelease(version: str) -> bool:
    from packaging.version import Version  # noqa: PLC0415  # start-up stays fast

    return Version(version).is_prerelease
