"""SDKs of macOS by version: which there are, and each one unpacked in the cache."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from wheelyard import documents, resources
from wheelyard.doors import archives, files
from wheelyard.doors.downloads import Fetcher, Pin
from wheelyard.errors import OutsideError, UsageError

_COMPLETE = ".wheelyard-complete"


class Sdk(msgspec.Struct, frozen=True, kw_only=True):
    """Where the archive of one SDK is released, and its SHA-256."""

    version: str
    archive: str
    repository: str
    release: str
    sha256: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """`data/macos-sdks.json`: every SDK, the newest first; `url` is made of an SDK's own words."""

    note: str
    url: str
    sdks: tuple[Sdk, ...]

    def pin(self, sdk: Sdk) -> Pin:
        """Where one of them is fetched from."""
        return Pin(url=self.url.format(**msgspec.structs.asdict(sdk)), sha256=sdk.sha256)


@cache
def facts() -> Facts:
    """All SDKs that can be asked for."""
    name = "macos-sdks.json"
    return documents.load(resources.data(name), Facts, source=name)


def find(version: str) -> Sdk:
    """The SDK of that version; `UsageError` names the nearest ones."""
    for sdk in facts().sdks:
        if sdk.version == version:
            return sdk
    known = [sdk.version for sdk in facts().sdks]
    older, newer = _around(version, known)
    near = " and ".join(filter(None, (older, newer)))
    raise UsageError(f"There is no macOS SDK {version!r}. Nearest: {near}. All: {', '.join(known)}.")


def place(sdk: Sdk) -> Path:
    """Where the SDK is, or will be: a folder of a name that clang reads the version of."""
    return resources.cache() / "sdks" / sdk.sha256[:16] / sdk.archive.removesuffix(".tar.xz")


def is_here(sdk: Sdk) -> bool:
    """Whether the SDK is in the cache, whole."""
    return (place(sdk).parent / _COMPLETE).is_file()


def get(sdk: Sdk, fetcher: Fetcher) -> tuple[Path, tuple[str, ...]]:
    """The folder to give as SDKROOT, fetched and unpacked if it is not here; and links that were left out just now.

    Links out of an SDK, to places on the Mac it was packed on, lead nowhere here and would be followed by a build.
    """
    folder = place(sdk)
    if is_here(sdk):
        return folder, ()
    archive = fetcher.get(facts().pin(sdk))
    with files.alone(folder.parent.with_suffix(".lock"), wait=True):
        if is_here(sdk):
            return folder, ()
        files.remove(folder.parent)
        dropped = archives.unpack(archive, folder, name=sdk.archive, drop_links=True)
        if not (folder / "usr" / "lib").is_dir():
            raise OutsideError(f"{sdk.archive} holds no SDK: there is no usr/lib in it.")
        files.write(folder.parent / _COMPLETE, b"")
    return folder, dropped


def _around(version: str, known: list[str]) -> tuple[str | None, str | None]:
    """The newest older one, and the oldest newer one."""
    wanted = _key(version)
    older = [name for name in known if _key(name) < wanted]
    newer = [name for name in known if _key(name) > wanted]
    return max(older, key=_key, default=None), min(newer, key=_key, default=None)


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))
