"""Which wheel answers which identifiers, and what its file is called."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from planning import configured, locked
from wheelyard.planning import builds
from wheelyard.planning.builds import matches
from wheelyard.targets import Identifier

LINUX = 'targets = ["linux-x86_64"]'
LIBCS = ("cp39-manylinux_x86_64", "cp311-manylinux_x86_64", "cp311-musllinux_x86_64", "cp314t-manylinux_x86_64")


def grouped(table: str, *identifiers: str) -> list[tuple[str, ...]]:
    read = configured(table)
    return [build.identifiers for build in builds.of(read, locked(read, *identifiers))]


def test_every_python_has_its_own_wheel() -> None:
    assert [len(group) for group in grouped(LINUX, *LIBCS)] == [1, 1, 1, 1]


def test_an_abi3_wheel_answers_the_pythons_of_one_libc() -> None:
    found = grouped(LINUX + '\nabi = "cp39-abi3"', *LIBCS)
    assert found == [LIBCS[:2], (LIBCS[3],), (LIBCS[2],)]


def test_pythons_older_than_the_limited_api_and_pypy_have_their_own_wheels() -> None:
    found = grouped(LINUX + '\nabi = "cp311-abi3"', *LIBCS[:2], "cp312-manylinux_x86_64", "pp311-manylinux_x86_64")
    assert found == [(LIBCS[0],), (LIBCS[1], "cp312-manylinux_x86_64"), ("pp311-manylinux_x86_64",)]


def test_a_wheel_without_python_answers_all_of_a_libc() -> None:
    found = grouped(LINUX + '\nabi = "py3-none"', *LIBCS, "pp311-manylinux_x86_64")
    assert [len(group) for group in found] == [4, 1]


def test_nothing_is_shared_between_pyodides() -> None:
    pair = ("cp313-pyodide_wasm32", "cp314-pyodide_wasm32")
    assert len(grouped('targets = ["pyodide-wasm32"]\nabi = "cp313-abi3"', *pair)) == 2


def test_a_variant_is_a_second_build_with_its_environment() -> None:
    table = 'targets = ["macos-arm64"]\n[[tool.wheelyard.override]]\nselect = "cp312-*"\n'
    read = configured(table + 'variant = "fast"\nenv = { BLAS = "accelerate" }')
    found = builds.of(read, locked(read, "cp311-macosx_arm64", "cp312-macosx_arm64"))
    assert [(build.identifier, build.variant) for build in found] == [
        ("cp311-macosx_arm64", None),
        ("cp312-macosx_arm64", None),
        ("cp312-macosx_arm64", "fast"),
    ]
    assert [build.environment for build in found] == [{}, {}, {"cp312-macosx_arm64": {"BLAS": "accelerate"}}]


@pytest.mark.parametrize(
    ("identifier", "abi", "file"),
    [
        pytest.param("cp312-manylinux_x86_64", "each", "cp312-cp312-manylinux_2_17_x86_64", id="own"),
        pytest.param("cp314t-musllinux_aarch64", "each", "cp314-cp314t-musllinux_1_2_aarch64", id="free-threaded"),
        pytest.param("cp312-manylinux_x86_64", "cp312-abi3", "cp312-abi3-manylinux_2_28_x86_64", id="abi3"),
        pytest.param("cp312-macosx_arm64", "py3-none", "py3-none-macosx_11_0_arm64", id="py3-none"),
        pytest.param("cp312-win_amd64", "py3-none", "py2.py3-none-win_amd64", id="py2.py3-none"),
        pytest.param("cp312-win32", "each", "cp312-cp312-win32", id="win32"),
        pytest.param("cp312-macosx_universal2", "each", "cp312-cp312-macosx_10_13_universal2", id="universal2"),
        pytest.param("pp311-manylinux_x86_64", "each", "pp311-pypy311_pp73-manylinux_2_17_x86_64", id="PyPy"),
        pytest.param("gp312_250-win_amd64", "each", "graalpy312-graalpy250_312_native-win_amd64", id="GraalPy"),
        pytest.param("cp313-ios_arm64_iphoneos", "each", "cp313-cp313-ios_13_0_arm64_iphoneos", id="iOS"),
        pytest.param("cp313-android_x86_64", "each", "cp313-cp313-android_21_x86_64", id="Android"),
        pytest.param("cp313-pyodide_wasm32", "each", "cp313-cp313-pyodide_2025_0_wasm32", id="Pyodide"),
    ],
)
def test_the_pattern_expects_the_file(identifier: str, abi: str, file: str) -> None:
    target = Identifier.parse(identifier).target
    read = configured(f'targets = ["{target}"]\nabi = "{abi}"')
    (build,) = builds.of(read, locked(read, identifier))
    assert matches(build.pattern, f"spam_eggs-1.0-{file}.whl")
    assert matches(build.pattern, f"Spam.Eggs-1.0-7-{file}.whl"), "spelling and build tag do not matter"
    assert not matches(build.pattern, f"spam-1.0-{file}.whl")
    assert not matches(build.pattern, f"spam_eggs-1.1-{file}.whl")
    assert not matches(build.pattern, f"spam_eggs-1.0-{file}.zip")


def test_a_version_is_spelled_as_file_names_spell_it() -> None:
    read = configured(LINUX)
    read = replace(read, project=replace(read.project, version="1.0-RC.1"))
    (build,) = builds.of(read, locked(read, LIBCS[0]))
    assert matches(build.pattern, "spam_eggs-1.0rc1-cp39-cp39-manylinux_2_17_x86_64.whl")
