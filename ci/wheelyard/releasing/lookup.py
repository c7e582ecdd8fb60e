"""Find releases in a store: the one that a verb is about, and the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from wheelyard.building import wheelhouse
from wheelyard.doors import files
from wheelyard.errors import FindingsError, IncompleteError, UsageError, listed
from wheelyard.planning import plan
from wheelyard.releasing import guards
from wheelyard.releasing.manifest import Manifest
from wheelyard.stores import Release, Store
from wheelyard.workspace import Workspace

if TYPE_CHECKING:
    from packaging.version import Version

_MOST = 12  # tags that a message names


def release(store: Store, workspace: Workspace, *, tag: str | None, version: str | None) -> Release:
    """The complete release of a tag, of a version, of what was planned last, or the only one not yet published."""
    tag = tag or _tag(store, workspace, version)
    found = store.find(tag)
    if found is None:
        there = f" There are {listed(store.tags())}." if store.tags() else ""
        raise IncompleteError(f"The store {store.name} has no release {tag}.{there} Run `wheelyard collect` first.")
    if not found.manifest.files:
        raise IncompleteError(
            f"The release {found.where} has no files. An empty release is never published: collect it again."
        )
    _refuse_stranger(found, workspace)
    if missing := found.manifest.missing:
        raise IncompleteError(
            f"The release {found.where} is incomplete; missing: {listed(missing, most=40)}. Build and collect them."
        )
    return found


def _refuse_stranger(found: Release, workspace: Workspace) -> None:
    """Raise `FindingsError` for a release whose manifest is of another project or version than its tag."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415  # start-up stays fast

    made, name = found.manifest, workspace.config.project.name
    expected = workspace.config.tool.release.tag.replace("{version}", made.version)
    if canonicalize_name(made.name) != canonicalize_name(name):
        raise FindingsError(f"The release {found.where} is of {made.name}, and this project is {name}.")
    said = guards.named(found.tag, workspace.config.tool.release.tag)
    if said is not None and not guards.same(said, made.version):
        raise FindingsError(
            f"The release {found.where} is of version {made.version}, whose tag would be {expected}: it was put in the"
            " place of another. Collect it again."
        )


def versions(tags: Iterable[str], *, template: str) -> dict[Version, str]:
    """The versions that tags are of, where they are called as releases are."""
    from packaging.version import Version  # noqa: PLC0415  # start-up stays fast

    named = {tag: guards.named(tag, template) for tag in tags}
    return {Version(said): tag for tag, said in named.items() if said is not None and guards.is_version(said)}


def previous(store: Store, version: str, *, template: str, warn: Callable[[str], None]) -> Manifest | None:
    """The manifest of the newest release before `version`; None where there is none that can be read."""
    from packaging.version import Version  # noqa: PLC0415

    before = {each: tag for each, tag in versions(store.tags(), template=template).items() if each < Version(version)}
    if not before:
        return None
    tag = before[max(before)]
    try:
        found = store.find(tag)
    except (FindingsError, UsageError) as error:
        warn(f"Sizes are not compared with those of {tag}: {error}")
        return None
    return found.manifest if found else None


def _tag(store: Store, workspace: Workspace, version: str | None) -> str:
    version = version or _planned(workspace) or workspace.config.project.version
    if version is None:
        return _waiting(store)
    return workspace.config.tool.release.tag.replace("{version}", version)


def _waiting(store: Store) -> str:
    """The tag of the only release that is not published, where only the build backend knows the version."""
    every, shown = store.tags(), store.tags(published=True)
    waiting = [tag for tag in every if tag not in shown and store.find(tag) is not None]
    if len(waiting) == 1:
        return waiting[0]
    if not waiting and not shown:
        raise IncompleteError(f"The store {store.name} has no release. Run `wheelyard collect` first.")
    tags = " or ".join((waiting or shown)[:_MOST])
    raise UsageError(f"The version is made by the build backend. Say which release: --tag {tags}.")


def _planned(workspace: Workspace) -> str | None:
    path = workspace.wheelhouse / wheelhouse.PLAN
    return plan.load(files.read(path), source=str(path)).version if path.is_file() else None
