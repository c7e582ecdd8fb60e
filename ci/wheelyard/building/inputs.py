"""What a build is made of besides the commit: pinned sources and patches in the copy of it, the SDK."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wheelyard.building import patches, sdks
from wheelyard.config import Source, Tool
from wheelyard.doors import archives, files, git
from wheelyard.doors.downloads import Fetcher, Pin
from wheelyard.errors import UsageError
from wheelyard.releasing.manifest import Input, Inputs

_FILES = (".whl", ".jar")  # archives that are used as they are


def put(
    tool: Tool, tree: Path, *, fetcher: Fetcher, clean: bool, macos: bool = False
) -> tuple[Inputs, tuple[str, ...]]:
    """Change the copy in `tree`; what went in, by hash, and remarks about patches that did not fit exactly.

    In the copy of a `clean` commit git sees no difference afterwards: a version made from git stays what it is. The SDK
    that the project asks for is fetched for jobs on `macos`.
    """
    found = _found(tool.patches, tree)
    chosen = tuple(Input(name=path.relative_to(tree).as_posix(), sha256=files.sha256(path)) for path in found)
    for source in tool.source:
        _fetch(source, tree, fetcher)
    remarks = patches.apply(found, tree)
    if clean and (found or tool.source):
        git.absorb(tree)
    sources = tuple(Input(name=source.url, sha256=source.sha256) for source in tool.source)
    sdk = _sdk(tool.macos.sdk, fetcher) if macos and tool.macos.sdk else None
    return Inputs(sources=sources, patches=chosen, sdk=sdk), remarks


def _sdk(version: str, fetcher: Fetcher) -> Input:
    sdk = sdks.find(version)
    sdks.get(sdk, fetcher)
    return Input(name=sdk.version, sha256=sdk.sha256)


def _found(globs: Sequence[str], tree: Path) -> tuple[Path, ...]:
    """The patches, glob after glob, those of one glob by name."""
    found: dict[Path, None] = {}
    for glob in globs:
        if glob.startswith("/") or ".." in glob.split("/"):
            raise UsageError(f"patches: {glob!r} leads out of the repository. Name files inside it.")
        matching = sorted(path for path in tree.glob(glob) if path.is_file())
        if not matching:
            raise UsageError(f"patches: {glob!r} matches no file that git knows. Commit the patches, or drop the glob.")
        found.update(dict.fromkeys(matching))
    return tuple(found)


def _fetch(source: Source, tree: Path, fetcher: Fetcher) -> None:
    """Unpack a source, or put it there as it is where it is no archive."""
    pin = Pin(url=source.url, sha256=source.sha256)
    place, target = fetcher.get(pin), tree / source.unpack
    if not target.parent.resolve().is_relative_to(tree.resolve()):
        raise UsageError(f"source: {source.unpack} leads out of the repository through a link. Give another folder.")
    if archives.is_archive(place) and not pin.name.endswith(_FILES):
        if target.exists():
            raise UsageError(f"source: {source.unpack} is in the repository already. Give {pin.name} another folder.")
        archives.unpack(place, target, name=pin.name)
    else:
        files.place(place, target / (pin.name or source.sha256))
