"""Show a complete, published release to everybody."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, ClassVar

import msgspec

from wheelyard import stores
from wheelyard.errors import IncompleteError
from wheelyard.releasing import lookup
from wheelyard.stores import Release, Stage, Store
from wheelyard.workspace import enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard finish                       the release of the plan's version
  wheelyard finish --tag v1.0
  wheelyard finish --without-publish     of a project whose files go to no index

On GitHub the draft becomes the release. It is marked as the latest one if no later version is published, and as a
prerelease if its version is one. What is shown already is left as it is.
"""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What `finish --json` prints; `changed` is false where the release was published already."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    tag: str
    version: str
    where: str
    prerelease: bool
    latest: bool
    changed: bool


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard finish` takes."""
    parser.epilog = EPILOG
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--version", dest="release", metavar="VERSION", help="the release (default: the plan's version)")
    which.add_argument("--tag", help="the release, by its tag")
    parser.add_argument("--without-publish", action="store_true", help="also if its files did not go to an index")
    parser.add_argument("--store", metavar="STORE", help="where it is (default: [tool.wheelyard.release] store)")
    parser.add_argument("--dry-run", action="store_true", help="check everything, publish nothing")
    parser.add_argument("--json", action="store_true", help="print what became of the release")


def run(options: Namespace, console: Console) -> None:
    """Publish the draft in the store, if all of it is there and `publish` sent it to an index."""
    workspace = enter(options.project)
    release = workspace.config.tool.release
    store = stores.choose(options.store or release.store, root=workspace.root, say=console.say)
    found = lookup.release(store, workspace, tag=options.tag, version=options.release)
    if found.stage not in {Stage.SENT, Stage.PUBLISHED} and not options.without_publish:
        some = "Not all files" if found.stage is Stage.FROZEN else "No file"
        raise IncompleteError(
            f"{some} of {found.tag} went to an index yet ({found.where}). Run `wheelyard publish` first, or say"
            " --without-publish."
        )
    finished = _judged(store, found, template=release.tag)
    if finished.changed and not options.dry_run:
        done = store.finish(found, latest=finished.latest)
        finished = msgspec.structs.replace(finished, where=done.where)
    _tell(finished, options, console)


def _judged(store: Store, found: Release, *, template: str) -> Finished:
    """What publishing a release makes of it, among the versions that are published."""
    from packaging.version import Version  # noqa: PLC0415  # start-up stays fast

    version = Version(found.manifest.version)
    others = lookup.versions(store.tags(published=True), template=template)
    return Finished(
        tag=found.tag,
        version=found.manifest.version,
        where=found.where,
        prerelease=version.is_prerelease,
        latest=not version.is_prerelease and all(version >= each for each in others if not each.is_prerelease),
        changed=found.stage is not Stage.PUBLISHED,
    )


def _tell(finished: Finished, options: Namespace, console: Console) -> None:
    if options.json:
        console.json(finished)
    would = "would be published" if options.dry_run else "published"
    kind = "prerelease" if finished.prerelease else "latest" if finished.latest else "not the latest"
    console.say(f"{would}, {kind}: {finished.where}" if finished.changed else f"published already: {finished.where}")
