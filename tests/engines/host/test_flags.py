"""What build tools say to gcc, and what zig is told instead."""

from __future__ import annotations

import pytest

from wheelyard.engines.host.flags import Call, Setting, translate

SETTING = Setting(
    triple="x86_64-linux-gnu.2.17",
    machine="x86_64-linux-gnu",
    headers=("/usr/include/python3.11", "/usr/include/x86_64-linux-gnu/python3.11"),
    discard="/scratch/discarded",
)
ARM = Setting(triple="aarch64-linux-gnu.2.17", machine="aarch64-linux-gnu", headers=(), discard="/scratch/discarded")


def called(line: str, setting: Setting = SETTING) -> Call:
    return translate(line.split(), setting)


def passed_on(line: str, setting: Setting = SETTING) -> list[str]:
    """What zig gets beyond its target and the flags that every call gets."""
    arguments = called(line, setting).arguments
    return arguments[arguments.index("-UNDEBUG") + 1 :]


def test_every_call_names_the_target_first() -> None:
    assert called("-c a.c").arguments[:2] == ["-target", "x86_64-linux-gnu.2.17"]


def test_ndebug_is_only_defined_when_the_build_says_so() -> None:
    arguments = called("-O2 -DNDEBUG -c a.c").arguments
    assert arguments.index("-UNDEBUG") < arguments.index("-DNDEBUG")


@pytest.mark.parametrize(
    "flag",
    [
        pytest.param("-flto=auto", id="lto"),
        pytest.param("-flto-partition=none", id="lto-partition"),
        pytest.param("-mtune=generic", id="tuning"),
        pytest.param("-fno-var-tracking-assignments", id="gcc-debugging"),
        pytest.param("-specs=/usr/lib/rpm/redhat/redhat-hardened-cc1", id="fedora-specs"),
        pytest.param("-Wl,-Bsymbolic-functions", id="debian-linker"),
        pytest.param("-Wl,-z,pack-relative-relocs", id="linker-z"),
        pytest.param("-Wl,-Map,out.map", id="linker-map"),
        pytest.param("-Wl,--package-metadata={}", id="linker-metadata"),
        pytest.param("-I /usr/include/libxml2", id="headers-of-the-machine"),
        pytest.param("-isystem /usr/local/include", id="local-headers"),
    ],
)
def test_hints_zig_does_not_know_are_left_out_and_told(flag: str) -> None:
    call = called(f"-O2 {flag} -c a.c")
    assert call.arguments[-3:] == ["-O2", "-c", "a.c"]
    assert len(call.left_out) == 1


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        pytest.param("-Wp,-D_FORTIFY_SOURCE=2 -c a.c", "-D_FORTIFY_SOURCE=2 -c a.c", id="preprocessor"),
        pytest.param("-Wp,-MD,a.d -c a.c", "-Wp,-MD,a.d -c a.c", id="dependencies"),
        pytest.param("-march=x86-64-v2 -c a.c", "-march=x86_64_v2 -c a.c", id="march"),
        pytest.param("-march=skylake-avx512 -c a.c", "-march=skylake_avx512 -c a.c", id="march-dashes"),
        pytest.param("-I/usr/include/python3.11 -c a.c", "-I /usr/include/python3.11 -c a.c", id="own-headers"),
        pytest.param("-Iinclude -c a.c", "-I include -c a.c", id="project-headers"),
        pytest.param("-I/usr/includes -c a.c", "-I /usr/includes -c a.c", id="similar-name"),
        pytest.param("-g -ggdb3 -gz -c a.c", "-c a.c", id="debug-information"),
        pytest.param("-fsyntax-only a.c", "-c a.c -o /scratch/discarded", id="syntax-only"),
        pytest.param("-c a.c -o /dev/null", "-c a.c -o /scratch/discarded", id="null-device"),
        pytest.param("-c a.c -MD -MF /dev/null", "-c a.c -MD -MF /scratch/discarded", id="null-dependencies"),
        pytest.param("-E -dM -x c /dev/null", "-E -dM -x c /dev/null", id="null-input"),
    ],
)
def test_compiler_flags_are_rewritten(given: str, taken: str) -> None:
    assert passed_on(given) == taken.split()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        pytest.param("-Wl,-h,libx.so.1", "-Wl,-soname,libx.so.1", id="short-soname"),
        pytest.param("-Wl,--undefined=f", "-Wl,-u,f", id="undefined"),
        pytest.param("-Wl,--symbolic", "-Wl,-Bsymbolic", id="symbolic"),
        pytest.param("-Wl,-z,relro -Wl,-z,now", "-Wl,-z,relro,-z,now", id="joined"),
        pytest.param("-Wl,-z -Wl,now", "-Wl,-z,now", id="in-two-words"),
        pytest.param("-Xlinker -rpath -Xlinker /a,b", "-Xlinker -rpath -Xlinker /a,b", id="comma"),
        pytest.param("-Wl,-O1", "", id="linker-level"),
        pytest.param("-L/usr/lib/x86_64-linux-gnu -Ldeps", "-L deps", id="library-folders"),
    ],
)
def test_linker_flags_are_rewritten(given: str, taken: str) -> None:
    assert passed_on(f"-shared a.o {given} -o x.so") == f"-s -O2 -shared a.o {taken} -o x.so".split()


def test_a_dropped_flag_that_changes_the_file_is_told_apart() -> None:
    call = called("-shared a.o -Wl,--exclude-libs,ALL -o x.so")
    assert call.altered == ["-Wl,--exclude-libs,ALL"]
    assert call.left_out == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("-march=native -c a.c", "-march=native", id="native"),
        pytest.param("-mcpu=native -c a.c", "-mcpu=native", id="native-cpu"),
        pytest.param("-m32 -c a.c", "-m32", id="32-bit"),
        pytest.param("--target=aarch64-linux-gnu -c a.c", "aarch64-linux-gnu", id="other-processor"),
        pytest.param("-target bpf -c a.c", "bpf", id="other-machine"),
        pytest.param("-shared a.o /usr/lib/x86_64-linux-gnu/libz.so -o x.so", "libz.so", id="host-library"),
        pytest.param("-shared a.o /usr/lib/libz.a -o x.so", "libz.a", id="host-archive"),
    ],
)
def test_what_would_tie_a_wheel_to_this_machine_is_refused(line: str, told: str) -> None:
    refusal = called(line).refusal
    assert refusal is not None
    assert told in refusal


def test_a_target_of_the_same_processor_is_ours_anyway() -> None:
    call = called("--target=x86_64-unknown-linux-gnu -c a.c")
    assert call.refusal is None
    assert "--target=x86_64-unknown-linux-gnu" not in call.arguments


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        pytest.param("-march=armv8-a", "-march=generic+v8a", id="plain"),
        pytest.param("-march=armv8.2-a+fp16+dotprod", "-march=generic+v8_2a+fullfp16+dotprod", id="features"),
        pytest.param("-mcpu=neoverse-n1", "-mcpu=neoverse_n1", id="cpu"),
    ],
)
def test_arm_processors_are_spelled_for_zig(given: str, taken: str) -> None:
    assert passed_on(f"{given} -c a.c", ARM) == [taken, "-c", "a.c"]


@pytest.mark.parametrize("level", ["-O0", "-O1", "-Os", "-O3", ""])
def test_all_links_of_objects_share_one_set_of_run_time_libraries(level: str) -> None:
    assert [word for word in passed_on(f"-shared {level} a.o -o x.so") if word.startswith("-O")] == ["-O2"]


def test_a_link_that_compiles_keeps_its_level() -> None:
    assert "-O1" in passed_on("-O1 a.c -o a")
    assert "-O2" not in passed_on("-O1 a.c -o a")


def test_a_link_is_stripped_and_its_file_noted() -> None:
    call = called("-shared a.o -o build/x.so")
    assert "-s" in call.arguments
    assert call.linked == "build/x.so"


def test_objects_joined_into_one_keep_their_symbols() -> None:
    call = called("-r a.o b.o -o c.o")
    assert "-s" not in call.arguments
    assert call.linked is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("-dumpmachine", "x86_64-linux-gnu", id="machine"),
        pytest.param("-print-multiarch", "x86_64-linux-gnu", id="multiarch"),
        pytest.param("-dumpversion", "22.1.8", id="version"),
    ],
)
def test_questions_that_zig_does_not_know_are_answered(question: str, answer: str) -> None:
    assert called(question).answer == answer
