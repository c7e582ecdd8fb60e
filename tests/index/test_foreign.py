"""An index that others wrote offers METADATA and sizes as we read them (simple-repository-server)."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator

import pytest

from releases import make_bundle
from support import answering
from wheelyard.doors import toolbox
from wheelyard.index import history, verification
from wheelyard.index.reader import Reader
from wheelyard.releasing.manifest import Manifest
from wheelyard.stores import Bundle

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A release in the folder of its project."""
    return make_bundle(tmp_path_factory.mktemp("index") / "wy-sample")


@pytest.fixture(scope="module")
def simple(served: Bundle) -> Iterator[str]:
    """The address of the simple pages of an index that serves it."""
    python = toolbox.environment("simple-repository-server", ("simple-repository-server==0.10.0",))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = next(iter(served.paths.values())).parent.parent
    command = (toolbox.program(python, "simple-repository-server"), "--port", str(port), folder)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield answering(f"http://127.0.0.1:{port}/simple/", server)
    finally:
        server.terminate()
        server.wait()


def test_its_metadata_is_that_in_the_wheels(simple: str, served: Bundle) -> None:
    copies = verification.on_index(
        Reader(roots=(simple,)), name="wy-sample", version="1.0", parallel=2, tell=lambda _there, _total: None
    )
    offered = {copy.file: copy.metadata for copy in copies if copy.metadata}
    assert set(offered) == {name for name in served.paths if name.endswith(".whl")}
    assert all(metadata.served == metadata.inside for metadata in offered.values())


def test_its_sizes_and_the_version_before_are_known(simple: str, served: Bundle) -> None:
    page = Reader(roots=(simple,)).page("wy-sample")
    assert page is not None
    assert page.size == sum(file.size for file in served.manifest.files)
    made = Manifest(name="wy-sample", version="2.0", commit=None, source_date=0, tools={}, files=())
    before = history.forerunner(made, page)
    assert before is not None
    assert (str(before.version), len(before.wheels)) == ("1.0", len(served.paths) - 1)
