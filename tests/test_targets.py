"""Which wheel answers which identifier, held against what installers themselves accept."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging import tags
from packaging.tags import Tag, parse_tag

from wheelyard.errors import UsageError
from wheelyard.targets import Identifier, Target, answers, selects, sort_key

ARCHS = {
    "manylinux": ("x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64"),
    "musllinux": ("x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64"),
}
PLATFORM_TAGS = (
    "manylinux1_x86_64",
    "manylinux2014_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux_2_28_aarch64",
    "musllinux_1_2_x86_64",
    "linux_x86_64",
    "macosx_10_9_x86_64",
    "macosx_10_9_universal2",
    "macosx_10_9_intel",
    "macosx_11_0_arm64",
    "win_amd64",
    "win32",
    "win_arm64",
    "any",
)


@pytest.mark.parametrize(
    ("identifier", "wheel"),
    [
        pytest.param("cp312-manylinux_x86_64", "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", id="numbered"),
        pytest.param("cp39-manylinux_i686", "cp39-cp39-manylinux1_i686", id="manylinux1"),
        pytest.param("cp312-musllinux_aarch64", "cp312-cp312-musllinux_1_2_aarch64", id="musllinux"),
        pytest.param("cp312-macosx_arm64", "cp312-cp312-macosx_10_9_universal2", id="universal2 on arm64"),
        pytest.param("cp39-macosx_x86_64", "cp39-cp39-macosx_10_6_intel", id="fat binary on Intel"),
        pytest.param("cp312-macosx_x86_64", "cp312-cp312-macosx_10_9_x86_64.macosx_11_0_arm64", id="two minima"),
        pytest.param("cp312-win32", "cp312-cp312-win32", id="32-bit Windows"),
        pytest.param("cp313-ios_arm64_iphoneos", "cp313-cp313-ios_13_0_arm64_iphoneos", id="iOS"),
        pytest.param("cp313-android_arm64_v8a", "cp313-cp313-android_21_arm64_v8a", id="Android"),
        pytest.param("cp313-pyodide_wasm32", "cp313-cp313-pyodide_2025_0_wasm32", id="Pyodide"),
        pytest.param("pp311-manylinux_x86_64", "pp311-pypy311_pp73-manylinux_2_17_x86_64", id="PyPy"),
        pytest.param(
            "gp312_250-manylinux_x86_64", "graalpy312-graalpy250_312_native-manylinux_2_17_x86_64", id="GraalPy"
        ),
        pytest.param("cp314t-win_amd64", "cp314-cp314t-win_amd64", id="free-threaded"),
        pytest.param("cp313-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64", id="abi3 of an older Python"),
        pytest.param("cp315t-manylinux_x86_64", "cp315-abi3.abi3t-manylinux_2_17_x86_64", id="abi3t"),
        pytest.param("cp315-manylinux_x86_64", "cp315-abi3.abi3t-manylinux_2_17_x86_64", id="abi3 beside abi3t"),
        pytest.param("pp311-macosx_arm64", "py3-none-macosx_11_0_arm64", id="py3-none"),
        pytest.param("cp39-win_amd64", "py2.py3-none-win_amd64", id="py2.py3-none"),
        pytest.param("cp312-win_amd64", "py3-none-any", id="pure"),
    ],
)
def test_a_wheel_answers(identifier: str, wheel: str) -> None:
    assert answers(Identifier.parse(identifier), parse_tag(wheel))


@pytest.mark.parametrize(
    ("identifier", "wheel"),
    [
        pytest.param("cp312-manylinux_x86_64", "cp312-cp312-linux_x86_64", id="raw linux tag"),
        pytest.param("cp312-manylinux_x86_64", "cp312-cp312-musllinux_1_2_x86_64", id="other libc"),
        pytest.param("cp312-manylinux_x86_64", "cp312-cp312-manylinux_2_17_aarch64", id="other architecture"),
        pytest.param("cp311-manylinux_x86_64", "cp312-abi3-manylinux_2_17_x86_64", id="abi3 of a newer Python"),
        pytest.param("cp314t-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64", id="abi3 on free-threaded"),
        pytest.param("cp314-win_amd64", "cp314-cp314t-win_amd64", id="free-threaded on the other"),
        pytest.param("pp311-manylinux_x86_64", "cp39-abi3-manylinux_2_17_x86_64", id="abi3 on PyPy"),
        pytest.param("cp312-macosx_universal2", "cp312-cp312-macosx_11_0_arm64", id="half of universal2"),
        pytest.param("cp312-macosx_x86_64", "cp312-cp312-macosx_11_0_arm64", id="arm64 on Intel"),
        pytest.param("pp310-manylinux_x86_64", "pp311-pypy311_pp73-manylinux_2_17_x86_64", id="other PyPy"),
        pytest.param("cp39-win_amd64", "cp312-none-win_amd64", id="one Python without ABI"),
        pytest.param("cp313-ios_arm64_iphoneos", "cp313-cp313-ios_13_0_arm64_iphonesimulator", id="simulator"),
    ],
)
def test_a_wheel_does_not_answer(identifier: str, wheel: str) -> None:
    assert not answers(Identifier.parse(identifier), parse_tag(wheel))


@cache
def installable(identifier: Identifier) -> frozenset[Tag]:
    """Every tag that packaging would install on the interpreter of `identifier`, on a machine new enough."""
    if identifier.system == "manylinux":
        older = [f"manylinux_2_{minor}_{identifier.arch}" for minor in range(5, 40)]
        platforms = [*older, *(f"manylinux{name}_{identifier.arch}" for name in ("1", "2010", "2014"))]
    elif identifier.system == "musllinux":
        platforms = [f"musllinux_1_{minor}_{identifier.arch}" for minor in range(6)]
    elif identifier.system == "macosx":
        platforms = list(tags.mac_platforms((26, 0), identifier.arch))
    else:
        platforms = [identifier.partition("-")[2]]
    abi = f"cp{identifier.version[0]}{identifier.version[1]}{'t' if identifier.threaded else ''}"
    own = tags.cpython_tags(python_version=identifier.version, abis=[abi], platforms=platforms)
    plain = f"cp{identifier.version[0]}{identifier.version[1]}"
    return frozenset(own) | frozenset(tags.compatible_tags(identifier.version, plain, platforms))


IDENTIFIERS = [
    Identifier.parse(f"{python}-{tail}")
    for python in ("cp39", "cp310", "cp312", "cp314", "cp314t")
    for tail in (
        *(f"{libc}_{arch}" for libc, archs in ARCHS.items() for arch in archs),
        *("macosx_x86_64", "macosx_arm64", "win_amd64", "win32", "win_arm64"),
    )
]
WHEEL_TAGS = st.builds(
    Tag,
    st.sampled_from([f"{language}3{minor}" for language in ("cp", "py") for minor in range(2, 16)] + ["py3", "py2"]),
    st.sampled_from(["abi3", "none", *(f"cp3{minor}" for minor in range(8, 16)), "cp313t", "cp314t"]),
    st.sampled_from(PLATFORM_TAGS),
)


@settings(max_examples=1000)
@given(identifier=st.sampled_from(IDENTIFIERS), tag=WHEEL_TAGS)
def test_what_answers_is_what_packaging_installs(identifier: Identifier, tag: Tag) -> None:
    assert answers(identifier, [tag]) == (tag in installable(identifier))


@pytest.mark.parametrize("text", ["", "cp312", "cp312-", "cp312-beos_x86_64", "cp312-manylinux_z80", "x-y-z"])
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Identifier.parse(text)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("cp312-win32", Target.WINDOWS_X86),
        ("cp312-win_arm64", Target.WINDOWS_ARM64),
        ("gp311_242-macosx_arm64", Target.MACOS_ARM64),
        ("cp313-ios_x86_64_iphonesimulator", Target.IOS_X86_64_IPHONESIMULATOR),
        ("cp313-pyodide_wasm32", Target.PYODIDE_WASM32),
    ],
)
def test_an_identifier_knows_its_target(text: str, target: Target) -> None:
    assert Identifier.parse(text).target is target


def test_globs_have_braces_and_several_patterns() -> None:
    assert selects("cp31{2,3}-*  pp*", "cp313-win32")
    assert selects("cp31{2,3}-* pp*", "pp311-win_amd64")
    assert not selects("cp31{2,3}-*", "cp314-win32")


def test_identifiers_are_sorted_as_people_read_them() -> None:
    texts = ("pp311-manylinux_x86_64", "cp310-manylinux_x86_64", "cp39-manylinux_x86_64", "cp39-musllinux_x86_64")
    found = sorted(map(Identifier.parse, texts), key=sort_key)
    assert [str(identifier) for identifier in found] == [texts[2], texts[1], texts[0], texts[3]]
