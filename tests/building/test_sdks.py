"""SDKs of macOS: each known one has a pin, is fetched and unpacked once, and can be compiled against."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fileserver import FileServer, file_server
from wheelyard.audit import binaries
from wheelyard.building import sdks
from wheelyard.building.sdks import Sdk
from wheelyard.doors.downloads import Fetcher
from wheelyard.engines.host import tools, zig
from wheelyard.errors import OutsideError, UsageError

TBD = """\
--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '{}'
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ {} ]
...
"""
EGGS = "System/Library/Frameworks/Eggs.framework"
FILES = {
    "usr/include/spam.h": "int spam(void);\n",
    "usr/lib/libspam.tbd": TBD.format("/usr/lib/libspam.1.dylib", "_spam"),
    f"{EGGS}/Versions/A/Headers/Eggs.h": "int eggs(void);\n",
    f"{EGGS}/Versions/A/Eggs.tbd": TBD.format(f"/{EGGS}/Versions/A/Eggs", "_eggs"),
}
LINKS = {
    f"{EGGS}/Versions/Current": "A",
    f"{EGGS}/Eggs.tbd": "Versions/Current/Eggs.tbd",
    f"{EGGS}/Headers": "Versions/Current/Headers",
    "usr/share/gems": "/Library/Ruby/Gems",
}


def archive(files: dict[str, str] = FILES) -> bytes:
    """An archive of the shape of an SDK's, with a library, a framework, and a link to nowhere."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:xz") as made:
        for name, text in files.items():
            info = tarfile.TarInfo(f"MacOSX11.3.sdk/{name}")
            info.size = len(text)
            made.addfile(info, io.BytesIO(text.encode()))
        for name, to in LINKS.items():
            info = tarfile.TarInfo(f"MacOSX11.3.sdk/{name}")
            info.type, info.linkname = tarfile.SYMTYPE, to
            made.addfile(info)
    return stream.getvalue()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with file_server(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def small(server: FileServer, data: bytes) -> tuple[Sdk, Fetcher]:
    """An SDK of our own, and a fetcher that looks for it on our own mirror."""
    _, digest = server.add("mirror/r/releases/download/11/MacOSX11.3.sdk.tar.xz", data)
    sdk = Sdk(version="11.3", archive="MacOSX11.3.sdk.tar.xz", repository="r", release="11", sha256=digest)
    return sdk, Fetcher(mirrors={"https://github.com/": f"{server.url}/mirror/"}, pause=0)


def test_every_sdk_has_a_pin() -> None:
    for sdk in sdks.facts().sdks:
        assert re.fullmatch("[0-9a-f]{64}", sdk.sha256)
        assert sdk.archive == f"MacOSX{sdk.version}.sdk.tar.xz"
        assert sdks.facts().pin(sdk).url.startswith("https://github.com/")
        assert sdks.find(sdk.version) == sdk


@pytest.mark.parametrize(
    ("version", "near"),
    [("11.2", "Nearest: 11.1 and 11.3"), ("10.1", "Nearest: 10.9"), ("99", "Nearest: 26.1."), ("x", "Nearest: 10.9")],
)
def test_a_version_nobody_has_is_answered_with_the_nearest(version: str, near: str) -> None:
    with pytest.raises(UsageError, match=re.escape(near)):
        sdks.find(version)


def test_it_is_fetched_and_unpacked_once(server: FileServer, cache: Path) -> None:
    sdk, fetcher = small(server, archive())
    folder, dropped = sdks.get(sdk, fetcher)
    assert (folder.name, dropped) == ("MacOSX11.3.sdk", ("MacOSX11.3.sdk/usr/share/gems",))
    assert (folder / EGGS / "Headers" / "Eggs.h").read_text() == "int eggs(void);\n"
    assert sdks.get(sdk, Fetcher(offline=True)) == (folder, ())
    assert len(server.asked) == 1


def test_half_of_one_is_made_anew(server: FileServer, cache: Path) -> None:
    sdk, fetcher = small(server, archive())
    sdks.place(sdk).mkdir(parents=True)
    folder, _ = sdks.get(sdk, fetcher)
    assert (folder / "usr/include/spam.h").is_file()


def test_what_is_no_sdk_is_refused(server: FileServer, cache: Path) -> None:
    sdk, fetcher = small(server, archive({"README": "moved"}))
    with pytest.raises(OutsideError, match=r"MacOSX11\.3\.sdk\.tar\.xz holds no SDK"):
        sdks.get(sdk, fetcher)
    assert not sdks.is_here(sdk)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="zig is found where it is on Linux")
def test_code_is_compiled_against_it(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tools.zig({})  # from the cache of all, before this test has its own
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(zig.runtime_cache()))
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    root, _ = sdks.get(*small(server, archive()))
    source = tmp_path / "both.c"
    source.write_text("#include <spam.h>\n#include <Eggs/Eggs.h>\nint both(void) { return spam() + eggs(); }\n")
    frameworks = f"{root}/System/Library/Frameworks"
    options = ("-isysroot", root, "-isystem", f"{root}/usr/include", "-iframework", frameworks, f"-F{frameworks}")
    libraries = (f"-L{root}/usr/lib", "-lspam", "-framework", "Eggs")
    for arch, minimum in (("x86_64", (10, 13)), ("aarch64", (11, 0))):
        made = tmp_path / f"both-{arch}.so"
        target = f"{arch}-macos.{minimum[0]}.{minimum[1]}"
        command = (program, "cc", "-target", target, "-shared", "-O2", *options, *libraries, source, "-o", made)
        subprocess.run(command, check=True, cwd=tmp_path)
        read = binaries.read(made.name, made.read_bytes())
        assert read is not None
        (part,) = read.slices
        assert (part.arch, part.minimum, part.system) == (arch, minimum, "macos")
        assert {"/usr/lib/libspam.1.dylib", f"/{EGGS}/Versions/A/Eggs"} <= set(part.needed)
