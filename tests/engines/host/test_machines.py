"""What the machines are called whose wheels can be built from here."""

from __future__ import annotations

import pytest

from wheelyard.engines.host import machines
from wheelyard.engines.host.machines import MACHINES
from wheelyard.targets import Identifier, answers


# The names are those of wheels on PyPI, from CPython's configure and cibuildwheel's images.
@pytest.mark.parametrize(
    ("machine", "python", "suffix"),
    [
        pytest.param("manylinux_aarch64", "cp311", ".cpython-311-aarch64-linux-gnu.so", id="aarch64"),
        pytest.param("manylinux_i686", "cp39", ".cpython-39-i386-linux-gnu.so", id="i686"),
        pytest.param("manylinux_armv7l", "cp313", ".cpython-313-arm-linux-gnueabihf.so", id="armv7l"),
        pytest.param("manylinux_ppc64le", "cp313t", ".cpython-313t-powerpc64le-linux-gnu.so", id="free-threaded"),
        pytest.param("musllinux_x86_64", "cp310", ".cpython-310-x86_64-linux-gnu.so", id="old musl"),
        pytest.param("musllinux_x86_64", "cp311", ".cpython-311-x86_64-linux-musl.so", id="musl"),
        pytest.param("win_amd64", "cp313t", ".cp313t-win_amd64.pyd", id="Windows"),
        pytest.param("win_arm64", "cp311", ".cp311-win_arm64.pyd", id="Windows on Arm"),
        pytest.param("macosx_arm64", "cp312", ".cpython-312-darwin.so", id="macOS"),
    ],
)
def test_extension_modules_are_called_as_the_machines_python_wants(machine: str, python: str, suffix: str) -> None:
    assert MACHINES[machine].suffix(python) == suffix


@pytest.mark.parametrize("name", MACHINES)
def test_the_tag_of_a_machine_answers_its_identifiers(name: str) -> None:
    from packaging.tags import Tag  # noqa: PLC0415

    identifier = Identifier(f"cp312-{name}")
    machine = machines.of(identifier)
    assert machine is not None
    assert answers(identifier, [Tag("cp312", "cp312", machine.tag)])


def test_a_newer_python_may_need_a_newer_system() -> None:
    older, newer = (machines.of(Identifier(f"{python}-macosx_x86_64")) for python in ("cp313", "cp314"))
    assert (older and older.tag, newer and newer.tag) == ("macosx_10_13_x86_64", "macosx_10_15_x86_64")


@pytest.mark.parametrize(
    ("name", "asked", "made"),
    [
        pytest.param("cp312-macosx_x86_64", "10.15", ("x86_64-macos.10.15", "macosx_10_15_x86_64"), id="Intel"),
        pytest.param("cp312-macosx_arm64", "12", ("aarch64-macos.12.0", "macosx_12_0_arm64"), id="one number"),
        pytest.param("cp314-macosx_x86_64", "11.6.1", ("x86_64-macos.11.6", "macosx_11_0_x86_64"), id="three numbers"),
        pytest.param("cp312-manylinux_aarch64", "12", ("aarch64-linux-gnu.2.17", "manylinux_2_17_aarch64"), id="Linux"),
    ],
)
def test_the_oldest_macos_is_the_one_asked_for(name: str, asked: str, made: tuple[str, str]) -> None:
    machine = machines.of(Identifier(name), macos=asked)
    assert machine is not None
    assert (machine.triple, machine.tag) == made


@pytest.mark.parametrize("name", ["cp312-win32", "cp312-musllinux_s390x", "cp312-macosx_universal2", "cp313-ios_x86"])
def test_other_machines_are_none(name: str) -> None:
    assert machines.of(Identifier(name)) is None


def test_long_doubles_of_ppc64le_are_those_of_an_old_glibc() -> None:
    assert MACHINES["manylinux_ppc64le"].flags == ("-mabi=ibmlongdouble",)


def test_families_are_mesons() -> None:
    families = {machine.name: machine.family for machine in MACHINES.values()}
    assert families["AMD64"] == "x86_64"
    assert families["arm64"] == families["ARM64"] == "aarch64"
    assert (families["armv7l"], families["ppc64le"], families["i686"]) == ("arm", "ppc64", "x86")
