"""What people are told to do about what tools print."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheelyard.engines.host.advice import advice

LOG = Path("wheelhouse/logs/cp311.log")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("a.c:1:10: fatal error: 'zlib.h' file not found", "The header zlib.h is not there.", id="header"),
        pytest.param("x.h:5: fatal error: 'omp.h' file not found", "no OpenMP (omp.h)", id="openmp-header"),
        pytest.param("ld.lld: error: undefined symbol: __kmpc_fork_call", "no OpenMP (__kmpc_fork_call)", id="openmp"),
        pytest.param("fatal error: 'Python.h' file not found", "python3-dev", id="python-headers"),
        pytest.param("fatal error: 'pybind11/pybind11.h' file not found", "[build-system] requires", id="pybind11"),
        pytest.param(
            'error: unable to find dynamic system library "ssl" using strategy paths_first.',
            "The library ssl is not there.",
            id="library",
        ),
        pytest.param(
            "ld.lld: error: undefined symbol: f(std::__cxx11::basic_string<char>)", "another compiler", id="libstdc++"
        ),
        pytest.param('error: unknown clang option: "-fipa-sra"', 'compiler flag "-fipa-sra"', id="compiler-flag"),
        pytest.param("error: unsupported linker arg: --dynamic-list", "flag --dynamic-list", id="linker-flag"),
        pytest.param(
            "wheelyard refused -march=native: the wheel would need the processor of this machine.",
            "The host engine refused -march=native: the wheel would need the processor of this machine. Take it out",
            id="refused",
        ),
        pytest.param("x is not (too-recent versioned symbols)", "newer C library", id="glibc"),
        pytest.param(
            'ValueError: Cannot repair wheel, because required library "libwy.so.1" could not be located',
            "shared library libwy.so.1",
            id="not-vendored",
        ),
        pytest.param("OSError: [Errno 28] No space left on device", "The disk is full.", id="disk"),
        pytest.param("Temporary failure in name resolution", "index cannot be reached", id="network"),
        pytest.param("ERROR: No matching distribution found for Cython>99", "finds no Cython>99", id="requirement"),
        pytest.param("ModuleNotFoundError: No module named 'Cython'", "The module Cython is missing", id="module"),
        pytest.param("CMake Error: Could NOT find ZLIB (missing: ZLIB_LIBRARY)", "ZLIB was not found", id="cmake"),
        pytest.param(
            'meson.build:3: ERROR: Dependency "libffi" not found, tried pkgconfig', "libffi was not", id="meson"
        ),
        pytest.param("a.h:1: error: use of undeclared identifier 'stderr'", "Add the #include", id="include"),
        pytest.param("a.cpp:2: error: no type named 'vector' in namespace 'std'", "declares vector", id="include-cpp"),
        pytest.param("src/a.c:3:2: error: no member named 'x'", "src/a.c:3:2: error: no member", id="first-error"),
    ],
)
def test_the_cause_is_named_with_what_to_do(line: str, told: str) -> None:
    text = advice(f"running build_ext\n{line}\nERROR Backend subprocess exited\n", log=LOG)
    assert told in text
    assert text.endswith(f"All output is in {LOG}.")


def test_a_cause_nobody_knows_still_has_its_log() -> None:
    assert advice("killed", log=LOG) == f"All output is in {LOG}."
