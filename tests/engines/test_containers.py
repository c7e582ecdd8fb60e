"""Which container engine and image an identifier is built with."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheelyard.engines import cibuildwheel, containers
from wheelyard.engines.host import layers
from wheelyard.targets import Identifier

CP312 = Identifier("cp312-manylinux_x86_64")
PINNED = """\
[x86_64]
manylinux_2_28 = registry.example/pypa/manylinux_2_28_x86_64@sha256:11  # 2026
musllinux_1_2 = registry.example/pypa/musllinux_1_2_x86_64@sha256:22
[pypy_x86_64]
manylinux_2_28 = registry.example/pypa/manylinux_2_28_x86_64@sha256:33
"""


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    file = tmp_path / "pinned.cfg"
    file.write_text(PINNED)
    return file


@pytest.mark.parametrize(
    ("identifier", "options", "variables", "image"),
    [
        pytest.param(CP312, {}, {}, "registry.example/pypa/manylinux_2_28_x86_64@sha256:11", id="default"),
        pytest.param(
            "cp312-musllinux_x86_64", {}, {}, "registry.example/pypa/musllinux_1_2_x86_64@sha256:22", id="musllinux"
        ),
        pytest.param(
            "pp311-manylinux_x86_64", {}, {}, "registry.example/pypa/manylinux_2_28_x86_64@sha256:33", id="PyPy"
        ),
        pytest.param(CP312, {"manylinux-x86_64-image": "mine:1"}, {}, "mine:1", id="one of one's own"),
        pytest.param(CP312, {"linux": {"manylinux-x86_64-image": "mine:2"}}, {}, "mine:2", id="for Linux"),
        pytest.param(CP312, {}, {"CIBW_MANYLINUX_X86_64_IMAGE": "mine:3"}, "mine:3", id="variable"),
    ],
)
def test_the_image_is_the_one_cibuildwheel_would_take(
    identifier: str, options: dict[str, object], variables: dict[str, str], image: str, pinned: Path
) -> None:
    read = layers.over(options, Identifier(identifier), variables)
    assert containers.image(read, Identifier(identifier), pinned=pinned) == image


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        pytest.param(None, "docker", id="default"),
        pytest.param("podman; create-args: --network=none", "podman", id="with arguments"),
        pytest.param({"name": "podman", "disable-host-mount": True}, "podman", id="a table"),
    ],
)
def test_the_engine_is_the_one_that_options_name(chosen: object, name: str) -> None:
    options = {} if chosen is None else {"container-engine": chosen}
    assert containers.engine(layers.over(options, CP312, {})) == name


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        pytest.param(None, "docker; create-args: --label=x=1", id="default"),
        pytest.param("podman", "podman; create-args: --label=x=1", id="a name"),
        pytest.param(
            "podman; create-args: --env='A=b c'; disable-host-mount: true",
            "podman; create-args: '--env=A=b c' --label=x=1; disable-host-mount: true",
            id="with arguments",
        ),
        pytest.param(
            {"name": "podman", "create-args": ["--network=none"], "disable-host-mount": True},
            "podman; create-args: --network=none --label=x=1; disable-host-mount: true",
            id="a table",
        ),
    ],
)
def test_a_label_is_added_to_what_is_set(chosen: object, says: str) -> None:
    options = {} if chosen is None else {"container-engine": chosen}
    assert containers.created_with(layers.over(options, CP312, {}), "--label=x=1") == says


def test_an_engine_that_is_not_installed_is_named() -> None:
    assert containers.silent("no-such-engine") == "no-such-engine is not installed."


@pytest.mark.parametrize(
    ("image", "host"),
    [
        pytest.param("registry.example/pypa/x@sha256:1", "registry.example", id="registry"),
        pytest.param("mine:1", None, id="local"),
        pytest.param("pypa/mine:1", None, id="short"),
    ],
)
def test_the_registry_is_read_from_the_image(image: str, host: str | None) -> None:
    assert containers.registry(image) == host


def test_a_registry_that_nobody_runs_is_not_reachable() -> None:
    assert not containers.is_reachable("127.0.0.1:9")


@pytest.mark.parametrize(
    ("machine", "archs"),
    [
        pytest.param("arm64", {"aarch64", "armv7l"}, id="macOS"),
        pytest.param("AMD64", {"x86_64", "i686"}, id="Windows"),
        pytest.param("riscv64", {"riscv64"}, id="Linux"),
    ],
)
def test_containers_run_programs_of_the_machines_processor(machine: str, archs: set[str]) -> None:
    assert archs <= cibuildwheel.runs_here(machine)
