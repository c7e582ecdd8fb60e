"""Compare the platforms of a release with those of the version before it on an index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from wheelyard.errors import FindingsError, listed
from wheelyard.index.project import Listed, Page, version_of
from wheelyard.releasing.manifest import Manifest
from wheelyard.targets import selects

# A platform tag with the version of its system: manylinux_2_17_x86_64, manylinux2014_x86_64, macosx_11_0_arm64.
_SYSTEMS = "manylinux|musllinux|macosx|android|ios|pyodide|emscripten"
_VERSIONED = re.compile(rf"(?P<system>{_SYSTEMS})_?\d+(?:_\d+)*_(?P<arch>.+)")
_UNIVERSAL = {"universal2": ("x86_64", "arm64"), "intel": ("x86_64",)}


@dataclass(frozen=True, kw_only=True)
class Forerunner:
    """The version before, the wheels an index shows of it, and the METADATA of one, or the `trouble` with it.

    It is the newest older version that has wheels and was not yanked; a final release is not compared with
    pre-releases.
    """

    version: Version
    wheels: tuple[Listed, ...]
    metadata: bytes | None = None
    trouble: str | None = None


def forerunner(made: Manifest, page: Page | None) -> Forerunner | None:
    """The version before a release, if there is one."""
    version = Version(made.version)
    versions: dict[Version, list[Listed]] = {}
    for shown in page.files if page else ():
        found = version_of(shown.file, made.name) if shown.file.endswith(".whl") and not shown.yanked else None
        if found and found < version and (version.is_prerelease or not found.is_prerelease):
            versions.setdefault(found, []).append(shown)
    return Forerunner(version=max(versions), wheels=tuple(versions[max(versions)])) if versions else None


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


def lost(made: Manifest, before: Forerunner | None, *, drop: Iterable[str] = ()) -> Loss | None:
    """The platforms a release loses without saying so in `drop`, globs such as `*-win32`; None when it loses none."""
    ours = {platform for _, platform in _pairs(file.file for file in made.files)}
    if before is None or "any" in ours:
        return None
    patterns = " ".join(drop)
    gone = {
        platform
        for python, platform in _pairs(listed.file for listed in before.wheels)
        if platform not in ours and not selects(patterns, f"{python}-{platform}")
    }
    return Loss(before=before.version, platforms=tuple(sorted(gone))) if gone else None


def _pairs(files: Iterable[str]) -> set[tuple[str, str]]:
    """The pairs of Python and platform that the wheels among some files are for."""
    tags = (parse_wheel_filename(file)[3] for file in files if file.endswith(".whl"))
    return {(tag.interpreter, platform) for each in tags for tag in each for platform in platforms(tag.platform)}


def platforms(tag: str) -> tuple[str, ...]:
    """A platform tag without the version of its system, each architecture for itself."""
    match = _VERSIONED.fullmatch(tag)
    if match is None:
        return (tag,)
    return tuple(f"{match['system']}_{arch}" for arch in _UNIVERSAL.get(match["arch"], (match["arch"],)))
