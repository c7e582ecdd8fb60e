"""What a wheel must be beyond what its tools check, on binaries as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wheelyard.engines.host import gates
from wheelyard.engines.host.elf import Binary

FINE = Binary(
    name="pkg/_core.so",
    needed=("libc.so.6",),
    run_paths=(),
    defined=frozenset({"PyInit__core"}),
    unbound=frozenset({"PyModule_Create2", "_Py_Dealloc"}),
    cpp=False,
)
LIBRARY = Binary(
    name="pkg.libs/libx.so", needed=(), run_paths=(), defined=frozenset({"x"}), unbound=frozenset(), cpp=False
)


def problems(*binaries: Binary, linked: tuple[str, ...] = ("_core.so",)) -> str:
    return "\n".join(gates.problems(binaries, linked=linked))


def test_an_ordinary_extension_passes() -> None:
    assert problems(FINE) == ""


def test_a_wheel_without_native_code_is_refused() -> None:
    assert "holds no native code" in problems()


def test_binaries_another_compiler_linked_are_refused() -> None:
    assert "pkg/_core.so was not linked by the host engine's compiler" in problems(FINE, linked=())


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        pytest.param("$ORIGIN/../pkg.libs", True, id="origin"),
        pytest.param("${ORIGIN}", True, id="braces"),
        pytest.param("/home/ada/build", False, id="folder"),
        pytest.param("build/lib", False, id="relative"),
    ],
)
def test_run_paths_lead_into_the_wheel_or_are_refused(path: str, fine: bool) -> None:  # noqa: FBT001
    assert (problems(replace(FINE, run_paths=(path,))) == "") is fine


def test_symbols_that_nothing_offers_are_refused() -> None:
    assert "pkg/_core.so needs __addtf3, mystery" in problems(
        replace(FINE, unbound=frozenset({"mystery", "__addtf3", "PyList_New"}))
    )


def test_symbols_of_a_library_in_the_wheel_are_fine() -> None:
    assert problems(replace(FINE, unbound=frozenset({"x"}), needed=("libx.so",)), LIBRARY) == ""


def test_open_mp_is_named_as_what_it_is() -> None:
    assert "OpenMP" in problems(replace(FINE, unbound=frozenset({"__kmpc_fork_call"})))


def test_c_plus_plus_in_an_extension_and_its_library_is_refused() -> None:
    extension = replace(FINE, cpp=True, needed=("libx.so", "libc.so.6"))
    assert "pkg/_core.so and libx.so are C++ in two files" in problems(extension, replace(LIBRARY, cpp=True))


def test_c_plus_plus_with_the_library_of_another_compiler_is_refused() -> None:
    assert "libstdc++.so.6" in problems(replace(FINE, cpp=True, needed=("libstdc++.so.6",)))


def test_a_c_library_beside_a_c_plus_plus_extension_is_fine() -> None:
    assert problems(replace(FINE, cpp=True, needed=("libx.so",)), LIBRARY) == ""


def test_code_of_another_compiler_is_told_of() -> None:
    mixed = replace(FINE, compilers=("clang version 22.1.8", "GCC: (Debian 12.2.0-14) 12.2.0"))
    assert problems(mixed) == ""
    assert "pkg/_core.so holds code of another compiler, GCC: (Debian" in "".join(gates.notes((mixed,)))


def test_two_extensions_in_c_plus_plus_are_told_of() -> None:
    first, second = replace(FINE, cpp=True), replace(FINE, cpp=True, name="pkg/_other.so")
    assert problems(first, second) == ""
    assert "_core.so, _other.so" in "".join(gates.notes((first, second)))
    assert not list(gates.notes((first, replace(second, cpp=False))))


def test_symbols_of_a_c_library_without_versions_are_offered() -> None:
    loose = replace(FINE, unbound=frozenset({"memcpy", "preadv2"}))
    assert "needs preadv2" in "\n".join(gates.problems((loose,), linked=("x",), offered=frozenset({"memcpy"})))


def test_c_plus_plus_on_ppc64le_is_told_what_it_needs() -> None:
    loose = replace(FINE, unbound=frozenset({"__fprintfieee128"}))
    assert "needs manylinux_2_34" in problems(loose)


def test_a_module_of_windows_that_names_no_python_is_refused() -> None:
    module = replace(FINE, name="pkg/_core.pyd", unbound=frozenset(), needed=("kernel32.dll",))
    assert "imports no python3*.dll" in problems(module)
    assert problems(replace(module, needed=("python311.dll",))) == ""


def test_what_linkers_leave_is_refused() -> None:
    assert "pkg/x.lib is of use to linkers only" in "".join(gates.left_behind(("pkg/x.pyd", "pkg/x.lib")))
    assert not list(gates.left_behind(("pkg/x.pyd", "pkg/data.bin")))
