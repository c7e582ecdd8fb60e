"""C++'s types compared by their names, as gcc's library compares them; bare of imports like `compiler`.

Each file that zig links has a C++ library of its own, which takes two types for one only if they are at one address.
pybind11 and nanobind translate the exceptions of all modules of a process in the first that was imported: there,
nothing that another file threw would be caught.
"""

from __future__ import annotations

import os

_COMPARED = "return *x == *y;"
# Names of an anonymous namespace say nothing outside their own file.
_BY_NAME = 'return *x == *y || (strcmp(x->name(), y->name()) == 0 && strstr(x->name(), "_GLOBAL__N_") == nullptr);'
_FLAGS = ("-O2", "-DNDEBUG", "-g0", "-fPIC", "-std=c++23", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-w")


def library(folder: str, *, zig: str, target: tuple[str, ...]) -> str:
    """The archive to link before zig's own libraries, made in `folder` by the first link that needs it."""
    archive = f"{folder}/libtypeinfo.a"
    if os.path.exists(archive):  # noqa: PTH110  # pathlib is slow to import
        return archive
    import subprocess  # noqa: PLC0415  # slow to import, and only the first link needs it

    own = f"{folder}/typeinfo-{os.getpid()}"
    libraries = f"{os.path.dirname(zig)}/lib"  # noqa: PTH120
    with open(f"{libraries}/libcxxabi/src/private_typeinfo.cpp", encoding="utf-8") as stream:  # noqa: PTH123
        text = stream.read()
    if text.count(_COMPARED) != 1:
        raise SystemExit("wheelyard does not know this zig's C++ library: pin another version of ziglang.")
    with open(f"{own}.cpp", "w", encoding="utf-8") as stream:  # noqa: PTH123
        stream.write(text.replace(_COMPARED, _BY_NAME))
    headers = ("-I", f"{libraries}/libcxxabi/src", "-I", f"{libraries}/libcxxabi/include")
    compiled = (zig, "c++", *target, *_FLAGS, *headers, "-D_LIBCXXABI_BUILDING_LIBRARY", "-c", f"{own}.cpp")
    subprocess.run((*compiled, "-o", f"{own}.o"), check=True)
    subprocess.run((zig, "ar", "rcsD", f"{own}.a", f"{own}.o"), check=True)
    os.replace(f"{own}.a", archive)  # noqa: PTH105
    return archive
