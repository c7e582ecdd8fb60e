"""What build tools say to the compilers of Windows and macOS, and what zig is told instead."""

from __future__ import annotations

import pytest

from wheelyard.engines.host.flags import Setting, translate

WINDOWS = Setting(
    triple="x86_64-windows-gnu",
    machine="x86_64-w64-mingw32",
    headers=(),
    discard="/scratch/discarded",
    system="win32",
)
MACOS = Setting(
    triple="aarch64-macos.11.0", machine="arm64-apple-darwin", headers=(), discard="/scratch/discarded", system="darwin"
)
I686 = Setting(
    triple="x86-linux-gnu.2.17", machine="i686-linux-gnu", headers=(), discard="/scratch/discarded", cpu="pentium4"
)


def passed_on(line: str, setting: Setting) -> str:
    """What zig gets beyond its target and the flags that every call gets."""
    arguments = translate(line.split(), setting).arguments
    return " ".join(arguments[arguments.index("-UNDEBUG") + 1 :])


@pytest.mark.parametrize(
    ("given", "library"),
    [
        pytest.param("x.o -o _x.cp311-win_amd64.pyd", "-lpython311", id="own Python"),
        pytest.param("x.o -o pkg/_x.cp313t-win_amd64.pyd -lpython311", "-lpython313t", id="free-threaded"),
        pytest.param("x.o -o _x.pyd", "-lpython3", id="stable ABI"),
    ],
)
def test_a_module_of_windows_always_names_its_python(given: str, library: str) -> None:
    words = passed_on(f"-shared {given}", WINDOWS).split()
    assert [word for word in words if word.startswith("-lpython")] == [library]
    assert "-Wl,--out-implib=/scratch/discarded.lib" in words


def test_a_library_of_windows_needs_no_python() -> None:
    implib = "-Wl,--out-implib=/scratch/discarded.lib"
    assert passed_on("-shared x.o -o x.dll", WINDOWS) == f"-s -O2 -shared x.o -o x.dll {implib}"
    own = "-Wl,--out-implib,x.dll.a"
    assert passed_on(f"-shared x.o {own} -o x.dll", WINDOWS).count("implib") == 1


def test_what_hides_missing_symbols_on_windows_is_left_out() -> None:
    words = passed_on("-shared -fPIC x.o -Wl,--allow-shlib-undefined -lm -lpthread -o x.dll", WINDOWS)
    assert not any(word in words for word in ("-fPIC", "undefined", "-lm", "-lpthread"))


def test_words_for_microsofts_compiler_are_understood() -> None:
    assert passed_on("-c x.cpp /EHsc /bigobj /std:c++17", WINDOWS) == "-c x.cpp -std=c++17"
    assert passed_on("-c /home/x.cpp", WINDOWS) == "-c /home/x.cpp"


def test_a_question_to_the_linker_makes_no_library() -> None:
    assert "out-implib" not in passed_on("-Wl,--version", WINDOWS)


def test_a_bundle_of_macos_becomes_a_library_with_a_name_of_its_own() -> None:
    line = "-bundle -undefined dynamic_lookup -arch arm64 -isysroot /sdk -mmacosx-version-min=11.0 x.o -o build/x.so"
    expected = "-Wl,-install_name,@rpath/x.so -s -O2 -shared -undefined dynamic_lookup x.o -o build/x.so"
    assert passed_on(line, MACOS) == expected


def test_a_name_that_a_build_gives_stays() -> None:
    assert passed_on("-shared x.o -Wl,-install_name,@rpath/y -o x.dylib", MACOS).count("install_name") == 1


def test_lists_of_pythons_symbols_become_a_general_leave() -> None:
    assert "-undefined dynamic_lookup" in passed_on("-shared x.o -Wl,@python.sym -o x.so", MACOS)


def test_what_leaves_memory_in_the_file_is_left_out() -> None:
    assert "-x" not in passed_on("-shared x.o -Wl,-x,-S -o x.so", MACOS)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        pytest.param("x.o -framework Metal -o x.so", "-framework Metal: zig has no frameworks", id="framework"),
        pytest.param("-arch x86_64 -c x.c", "one processor at a time", id="other processor"),
    ],
)
def test_what_cannot_be_had_for_macos_is_refused(line: str, refusal: str) -> None:
    assert refusal in (translate(line.split(), MACOS).refusal or "")


def test_the_oldest_processor_is_named_unless_a_build_names_one() -> None:
    assert passed_on("-m32 -c x.c", I686) == "-mcpu=pentium4 -c x.c"
    assert "-mcpu=pentium4" not in passed_on("-march=i686 -c x.c", I686)
    assert "the code is for x86_64" in (translate(["-m32", "-c", "x.c"], WINDOWS).refusal or "")
