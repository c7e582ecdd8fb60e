"""Compare the platforms of a release with those of the version before it on the index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from wheelyard.errors import FindingsError, listed
from wheelyard.index.project import Page
from wheelyard.releasing.manifest import Manifest
from wheelyard.targets import selects

# A platform tag with the version of its system: manylinux_2_17_x86_64, manylinux2014_x86_64, macosx_11_0_arm64.
_SYSTEMS = "manylinux|musllinux|macosx|android|ios|pyodide|emscripten"
_VERSIONED = re.compile(rf"(?P<system>{_SYSTEMS})_?\d+(?:_\d+)*_(?P<arch>.+)")
_UNIVERSAL = {"universal2": ("x86_64", "arm64"), "intel": ("x86_64",)}


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Platforms, such as `macosx_arm64`, that the version before had wheels for and this one has not."""

    before: Version
    platforms: tuple[str, ...]

    def error(self, made: Manifest, index: str) -> FindingsError:
        """What to tell of it."""
        drops = ", ".join(f'"*-{platform}"' for platform in self.platforms)
        return FindingsError(
            f"{made.name} {made.version} has no wheel for {listed(self.platforms)}, and {self.before} on {index} has."
            f" Build them, or say that it is meant: drop = [{drops}] in [tool.wheelyard.publish]."
        )


def lost(made: Manifest, page: Page | None, *, drop: Iterable[str] = ()) -> Loss | None:
    """The platforms this release loses without saying so in `drop`, globs such as `*-win32`; None when it loses none.

    The version before is the newest older one that has wheels and was not yanked; a final release is not compared with
    pre-releases.
    """
    version = Version(made.version)
    versions: dict[Version, set[tuple[str, str]]] = {}
    for shown in page.files if page else ():
        found = None if shown.yanked else _wheel(shown.file, made.name)
        if found and found[0] < version and (version.is_prerelease or not found[0].is_prerelease):
            versions.setdefault(found[0], set()).update(found[1])
    mine = [found for file in made.files if (found := _wheel(file.file, made.name))]
    ours = {platform for _, pairs in mine for _, platform in pairs}
    if not versions or "any" in ours:
        return None
    before, patterns = max(versions), " ".join(drop)
    gone = {
        platform
        for python, platform in versions[before]
        if platform not in ours and not selects(patterns, f"{python}-{platform}")
    }
    return Loss(before=before, platforms=tuple(sorted(gone))) if gone else None


def _wheel(file: str, project: str) -> tuple[Version, set[tuple[str, str]]] | None:
    """The version of a wheel and the (Python, platform) pairs it is for; None for what is no wheel of the project."""
    if not file.endswith(".whl"):
        return None
    try:
        name, version, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename:
        return None
    if name != canonicalize_name(project):
        return None
    return version, {(tag.interpreter, platform) for tag in tags for platform in platforms(tag.platform)}


def platforms(tag: str) -> tuple[str, ...]:
    """A platform tag without the version of its system, each architecture for itself."""
    match = _VERSIONED.fullmatch(tag)
    if match is None:
        return (tag,)
    return tuple(f"{match['system']}_{arch}" for arch in _UNIVERSAL.get(match["arch"], (match["arch"],)))
