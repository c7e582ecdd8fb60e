"""What a wheel of the host engine must be, beyond what its tools check: each of these went wrong silently once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wheelyard.engines.host.elf import Binary
from wheelyard.errors import listed

_ELSEWHERE = "or build with --engine cibuildwheel"
_PYTHON = ("Py", "_Py")
_OPENMP = ("__kmpc_", "omp_", "GOMP_")
_RELATIVE = ("$ORIGIN", "${ORIGIN}", "@loader_path")
_LEFT_BEHIND = (".a", ".def", ".exp", ".lib", ".pdb")
_CPP_LIBRARIES = ("libstdc++.so", "libc++.so", "libc++abi.so")


def problems(
    binaries: Sequence[Binary], *, linked: Sequence[str], offered: frozenset[str] = frozenset()
) -> Iterator[str]:
    """What is wrong with the wheel of these binaries, a sentence each.

    `linked` are the files our compiler made, `offered` the symbols of a C library that gives them no versions.
    """
    if not binaries:
        yield (
            "It holds no native code. The backend left the extension out, as some do when a library is missing"
            f" or a compiler fails: read the log, make the extension required, {_ELSEWHERE}."
        )
        return
    if not linked:
        yield (
            f"{listed(binary.name for binary in binaries)} was not linked by the host engine's compiler. Use CC and CXX"
            f" in the build, take ready-made binaries out of the project, {_ELSEWHERE}."
        )
    yield from _run_paths(binaries)
    yield from _unbound(binaries, offered)
    yield from _cpp_across_files(binaries)
    yield from _without_python(binaries)


def left_behind(names: Sequence[str]) -> Iterator[str]:
    """What linkers for Windows leave beside a module, and backends pack."""
    if stray := [name for name in names if name.lower().endswith(_LEFT_BEHIND)]:
        yield (
            f"{listed(stray)} is of use to linkers only. Leave it out of the wheel (package_data, or the install rules"
            " of CMake or meson)."
        )


def notes(binaries: Sequence[Binary]) -> Iterator[str]:
    """What a person should know of these binaries though nothing is wrong."""
    carriers = [binary.file for binary in binaries if binary.cpp]
    if len(carriers) > 1:
        yield (
            f"{listed(carriers)} each have a C++ library of their own: std::uncaught_exceptions, streams and locales"
            " know one file only."
        )
    for binary in binaries:
        if others := [name for name in binary.compilers if "GCC:" in name]:
            yield f"{binary.name} holds code of another compiler, {listed(others)}."


def _run_paths(binaries: Sequence[Binary]) -> Iterator[str]:
    for binary in binaries:
        outside = [path for path in binary.run_paths if not path.startswith(_RELATIVE)]
        if outside:
            yield (
                f"{binary.name} looks for libraries in {listed(outside)}, a folder of this machine. Link without that"
                " run path (-Wl,-rpath, runtime_library_dirs, INSTALL_RPATH), or make it relative to $ORIGIN, on macOS"
                " to @loader_path."
            )


def _unbound(binaries: Sequence[Binary], offered: frozenset[str]) -> Iterator[str]:
    offered = offered.union(*(binary.defined for binary in binaries))
    for binary in binaries:
        missing = sorted(name for name in binary.unbound - offered if not name.startswith(_PYTHON))
        if any(name.startswith(_OPENMP) for name in missing):
            yield (
                f"{binary.name} needs OpenMP ({listed(missing, most=3)}), which zig does not have: importing it would"
                f" fail. Build without -fopenmp, {_ELSEWHERE}."
            )
        elif any("ieee128" in name for name in missing):
            yield (
                f"{binary.name} needs {listed(missing, most=3)}, which glibc has on ppc64le since 2.32, while the tag"
                f" promises 2.17. zig's C++ there needs manylinux_2_34: do without C++, {_ELSEWHERE}."
            )
        elif missing:
            yield (
                f"{binary.name} needs {listed(missing, most=6)}, which no library offers: importing it would fail. Link"
                f" the library that has them, {_ELSEWHERE}."
            )


def _cpp_across_files(binaries: Sequence[Binary]) -> Iterator[str]:
    """Each file has a C++ library of its own, whose state is wrong once objects and exceptions cross between them."""
    carriers = {binary.file for binary in binaries if binary.cpp}
    for binary in binaries:
        others = [name for name in binary.needed if name in carriers or name.startswith(_CPP_LIBRARIES)]
        if binary.cpp and others:
            yield (
                f"{binary.name} and {listed(others)} are C++ in two files. The host engine puts a C++ library into"
                " each, and what is thrown or made in one would be taken apart by the other's: exceptions in flight are"
                f" counted wrongly from then on. Link the library statically into the extension, {_ELSEWHERE}."
            )


def _without_python(binaries: Sequence[Binary]) -> Iterator[str]:
    """A module of Windows names the DLL it takes Python from; linked without, it loads nowhere."""
    for binary in binaries:
        if binary.name.endswith(".pyd") and not any(name.startswith("python3") for name in binary.needed):
            yield f"{binary.name} imports no python3*.dll: no Python could load it. Link it with the Python library."
