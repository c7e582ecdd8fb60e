"""What goes into the copy of the source besides the commit, and what git makes of the copy then."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fileserver import FileServer, file_server
from support import MakeRepository, run_git
from wheelyard.building import inputs, sdks
from wheelyard.config import Macos, Source, Tool
from wheelyard.doors import git
from wheelyard.doors.downloads import Fetcher
from wheelyard.errors import OutsideError, UsageError
from wheelyard.releasing.manifest import Input, Inputs

PATCH = "--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-one\n+two\n"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    with file_server(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def tree(repository: MakeRepository, tmp_path: Path) -> Path:
    root = repository({"a.c": "one\n", "patches/1.patch": PATCH})
    run_git(root, "tag", "v1")
    git.export(root, tmp_path / "tree")
    return tmp_path / "tree"


def put(tree: Path, *sources: Source, patches: tuple[str, ...] = (), clean: bool = True) -> Inputs:
    tool = Tool(pure=True, source=sources, patches=patches)
    return inputs.put(tool, tree, fetcher=Fetcher(pause=0), clean=clean)[0]


def tarball(**files: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as made:
        for name, text in files.items():
            info = tarfile.TarInfo(f"zlib-1/{name}")
            info.size = len(text)
            made.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue()


def served(server: FileServer, name: str, data: bytes, unpack: str) -> Source:
    url, digest = server.add(name, data)
    return Source(url=url, sha256=digest, unpack=unpack)


def test_patches_and_sources_are_named_by_hash(tree: Path, server: FileServer) -> None:
    source = served(server, "zlib-1.tar.gz", tarball(zlib="z"), "vendor/zlib")
    made = put(tree, source, patches=("patches/*.patch",))
    patch = Input(name="patches/1.patch", sha256=hashlib.sha256(PATCH.encode()).hexdigest())
    assert made == Inputs(sources=(Input(name=source.url, sha256=source.sha256),), patches=(patch,))
    assert (tree / "vendor/zlib/zlib").read_text() == "z"
    assert (tree / "a.c").read_text() == "two\n"


def test_jobs_on_macos_get_the_sdk_that_is_asked_for(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    sdk = sdks.find("11.3")
    sdks.place(sdk).mkdir(parents=True)
    (sdks.place(sdk).parent / ".wheelyard-complete").touch()
    tool = Tool(pure=True, macos=Macos(sdk="11.3"))
    for macos, expected in ((True, Input(name="11.3", sha256=sdk.sha256)), (False, None)):
        made, _ = inputs.put(tool, tree, fetcher=Fetcher(offline=True), clean=True, macos=macos)
        assert made.sdk == expected


def test_a_patch_can_change_a_source(tree: Path, server: FileServer) -> None:
    (tree / "patches/2.patch").write_text(PATCH.replace("a.c", "vendor/zlib/z.c"))
    put(tree, served(server, "zlib-1.tar.gz", tarball(**{"z.c": "one\n"}), "vendor/zlib"), patches=("patches/2.patch",))
    assert (tree / "vendor/zlib/z.c").read_text() == "two\n"


def test_a_version_made_from_git_stays_what_it_is(tree: Path, server: FileServer) -> None:
    head = run_git(tree, "rev-parse", "HEAD")
    put(tree, served(server, "z.tar.gz", tarball(z="z"), "vendor/zlib"), patches=("patches/*.patch",))
    assert run_git(tree, "describe", "--tags", "--dirty", "--always") == "v1"
    assert run_git(tree, "rev-parse", "HEAD") == head
    assert run_git(tree, "status", "--porcelain") == ""
    assert run_git(tree, "show", "HEAD:a.c") == "two"
    assert run_git(tree, "show", "HEAD:vendor/zlib/z") == "z"


def test_a_patch_can_change_a_submodule(tree: Path, repository: MakeRepository, tmp_path: Path) -> None:
    other = repository({"a.c": "one\n"}, name="other")
    root = repository({"patches/1.patch": PATCH.replace("a.c", "third/a.c")}, name="with-submodule")
    run_git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "third")
    run_git(root, "commit", "--quiet", "--all", "--message", "Take the other in")
    git.export(root, tmp_path / "copy")
    put(tmp_path / "copy", patches=("patches/1.patch",))
    assert (tmp_path / "copy/third/a.c").read_text() == "two\n"
    assert run_git(tmp_path / "copy", "status", "--porcelain") == ""


def test_uncommitted_changes_stay_visible(tree: Path) -> None:
    put(tree, patches=("patches/*.patch",), clean=False)
    assert run_git(tree, "describe", "--tags", "--dirty") == "v1-dirty"


def test_the_repository_itself_is_never_touched(tree: Path, tmp_path: Path) -> None:
    put(tree, patches=("patches/*.patch",))
    root = tmp_path / "repository"
    assert (root / "a.c").read_text() == "one\n"
    assert run_git(root, "status", "--porcelain") == ""
    assert run_git(root, "show", "HEAD:a.c") == "one"


@pytest.mark.parametrize("name", ["stb_image.h", "setuptools-80-py3-none-any.whl"])
def test_what_is_no_archive_to_unpack_is_put_there_as_it_is(tree: Path, server: FileServer, name: str) -> None:
    data = tarball(x="x") if name.endswith(".whl") else b"int x;"
    put(tree, served(server, name, data, "vendor"))
    assert (tree / "vendor" / name).read_bytes() == data


def test_a_folder_that_is_there_is_not_mixed_with_a_source(tree: Path, server: FileServer) -> None:
    with pytest.raises(UsageError, match="patches is in the repository already"):
        put(tree, served(server, "z.tar.gz", tarball(z="z"), "patches"))


def test_a_link_does_not_lead_a_source_outside(tree: Path, server: FileServer) -> None:
    (tree / "vendor").symlink_to("..")
    with pytest.raises(UsageError, match="leads out of the repository through a link"):
        put(tree, served(server, "z.tar.gz", tarball(z="z"), "vendor/zlib"))


def test_a_source_that_changed_upstream_is_refused(tree: Path, server: FileServer) -> None:
    source = served(server, "z.tar.gz", tarball(z="z"), "vendor/zlib")
    server.add("z.tar.gz", tarball(z="other"))
    with pytest.raises(OutsideError, match=r"is pinned\. It was replaced there, or the pin is wrong"):
        put(tree, source)
    assert not (tree / "vendor").exists()


@pytest.mark.parametrize(("glob", "says"), [("patch/*", "matches no file"), ("../*.patch", "leads out")])
def test_a_glob_without_patches_is_a_mistake(tree: Path, glob: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        put(tree, patches=(glob,))
