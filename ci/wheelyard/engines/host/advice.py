"""What to do about a failed step, read from the output of the tools."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ELSEWHERE = "or build with --engine cibuildwheel, whose images have package managers."
_NO_SYSTEM = (
    "The compiler of the host engine sees none of this machine's libraries, so that wheels run elsewhere too. Build the"
    f" library from source inside the project, {_ELSEWHERE}"
)


_OF_C = r"std(?:in|out|err)|v?s?n?f?printf|mem(?:cpy|set|move|cmp)|str(?:len|cmp|cpy|chr)|malloc|free|abort|u?int\d+_t"


@dataclass(frozen=True, kw_only=True)
class _Cause:
    """What tools print, the thing at fault as the one group, and what a person can do about it."""

    patterns: tuple[str, ...]
    remedy: str


# The first cause found is the one told of, so the most specific come first.
_CAUSES = (
    _Cause(
        patterns=(r"wheelyard refused ([^\n]+)",),
        remedy=f"The host engine refused {{it}} Take it out of the build, {_ELSEWHERE}",
    ),
    _Cause(
        patterns=(r"fatal error: '(omp\.h)' file not found", r"undefined symbol: (__kmpc_\w+|omp_\w+)"),
        remedy=f"zig has no OpenMP ({{it}}). Build without it, {_ELSEWHERE}",
    ),
    _Cause(
        patterns=(r"fatal error: '(Python\.h|pyconfig\.h)' file not found",),
        remedy="The interpreter has no {it}. Install its headers (python3-dev, python3-devel).",
    ),
    _Cause(
        patterns=(r"fatal error: '((?:numpy|nanobind|pybind11)/[^']+)' file not found",),
        remedy="The header {it} belongs to a Python package: add that to [build-system] requires.",
    ),
    _Cause(
        patterns=(r"fatal error: '([^']+)' file not found",),
        remedy=f"The header {{it}} is not there. {_NO_SYSTEM}",
    ),
    _Cause(
        patterns=(r'unable to find (?:dynamic |static )?system library "?([\w.+-]+)',),
        remedy=f"The library {{it}} is not there. {_NO_SYSTEM}",
    ),
    _Cause(
        patterns=(rf"use of undeclared identifier '({_OF_C})'", r"no (?:member|type) named '(\w+)' in namespace 'std'"),
        remedy=(
            "A header that declares {it} is not included. GNU's C++ library brings it along; LLVM's, which the host"
            " engine has, does not. Add the #include; if the code is not yours, environment of [tool.cibuildwheel] can:"
            ' CXXFLAGS = "-include cstdio".'
        ),
    ),
    _Cause(
        patterns=(r"undefined symbol: ([^\n]*std::__cxx11[^\n]*)",),
        remedy=f"A C++ library made with another compiler is linked in ({{it}}). Build it from source, {_ELSEWHERE}",
    ),
    _Cause(
        patterns=(r"unknown clang option: ([^\n]+)", r"unsupported (?:linker|preprocessor)[\w ]*: ([^\n]+)"),
        remedy=f"zig does not know the compiler flag {{it}}. Take it out of the build, {_ELSEWHERE}",
    ),
    _Cause(
        patterns=(r"(too-recent versioned symbols)",),
        remedy=(
            "Something in the wheel was not made by the host engine's compiler: it needs a newer C library ({it})."
            f" Take files made on this machine out of the project, {_ELSEWHERE}"
        ),
    ),
    _Cause(
        patterns=(r"required library \"?([\w.+-]+)\"? could not be located",),
        remedy=(
            "The wheel needs the shared library {it}, which was not found. Say where the build left it with"
            f" LD_LIBRARY_PATH in environment of [tool.cibuildwheel], {_ELSEWHERE}"
        ),
    ),
    _Cause(
        patterns=(r"(No space left on device)",),
        remedy="The disk is full. Free it, or move the cache with WHEELYARD_CACHE.",
    ),
    _Cause(
        patterns=(
            r"(Temporary failure in name resolution|Failed to establish a new connection|Network is unreachable)",
            r"(NewConnectionError|ConnectTimeoutError|NameResolutionError|Max retries exceeded)",
        ),
        remedy="The package index cannot be reached ({it}). Check the network and `pip config list`.",
    ),
    _Cause(
        patterns=(r"No matching distribution found for ([^\n]+)",),
        remedy="pip finds no {it} for this interpreter. Check the requirement, and the index in `pip config list`.",
    ),
    _Cause(
        patterns=(r"ModuleNotFoundError: No module named '([^']+)'",),
        remedy="The module {it} is missing: add its package to [build-system] requires or test-requires.",
    ),
    _Cause(
        patterns=(r'Dependency "?([\w.+-]+)"? (?:not found|found: NO)', r"Could NOT find (\w+)"),
        remedy=f"{{it}} was not found. {_NO_SYSTEM}",
    ),
)


def advice(output: str, *, log: Path) -> str:
    """What to do, after what `output` says is wrong; at least the first error and where all of it can be read."""
    where = f"All output is in {log}."
    for cause in _CAUSES:
        for pattern in cause.patterns:
            if found := re.search(pattern, output):
                return f"{cause.remedy.format(it=found[1])} {where}"
    first = re.search(r"^.*\berror: .*$", output, re.MULTILINE | re.IGNORECASE)
    return f"The first error was: {first[0].strip()}\n{where}" if first else where
