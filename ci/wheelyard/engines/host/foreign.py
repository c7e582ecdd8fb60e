"""What build tools say to the compilers of macOS and MinGW, for zig; like `flags`, pure and free of imports."""

from __future__ import annotations

# MinGW has these in its C library, or for its own loader only; zig's run-time libraries are static whatever is said.
_WINDOWS_LEFT_OUT = frozenset(
    {
        *("-fPIC", "-fpic", "-ldl", "-lm", "-lpthread", "-lrt", "-lutil", "-mdll", "-pthread", "-rdynamic"),
        *("-static", "-static-libgcc", "-static-libstdc++", "-shared-libgcc"),
    }
)
# Projects, and pybind11, say these to Microsoft's compiler on Windows without asking which one is there.
_MICROSOFT = frozenset(
    {
        *("/EHsc", "/GL", "/MD", "/MP", "/O2", "/Ox", "/W3", "/W4", "/Zc:__cplusplus", "/bigobj", "/nologo"),
        *("/permissive-", "/utf-8"),
    }
)
_LINKER_LEFT_OUT = {
    "linux": frozenset[str](),
    # With -s, zig 0.17 writes uninitialised memory into __LINKEDIT for -x.
    "darwin": frozenset({"-S", "-dead_strip_dylibs", "-x"}),
    # It would hide that no Python library is linked: a module that loads nowhere.
    "win32": frozenset(
        {
            "--allow-shlib-undefined",
            "--disable-auto-image-base",
            "--disable-auto-import",
            "--disable-runtime-pseudo-reloc",
            "--enable-auto-image-base",
            "--enable-auto-import",
            "--enable-runtime-pseudo-reloc",
            "--exclude-modules-for-implib",
            "--kill-at",
            "--large-address-aware",
        }
    ),
}
# For -bundle itself zig's linker dies: https://github.com/ziglang/zig/issues/25451
_APPLE = {"-bundle": ["-shared"], "-mmacosx-version-min": [], "-mmacos-version-min": []}
_APPLE_WITH_VALUE = frozenset({"-arch", "-bundle_loader", "-isysroot"})


class Words:
    """A command line that is read from the left."""

    __slots__ = ("left",)

    def __init__(self, words: list[str]) -> None:
        self.left = words[::-1]

    def take(self) -> str:
        """The next word."""
        return self.left.pop()

    def value(self, word: str, flag: str) -> str:
        """What `flag` is given: the rest of `word`, or the next word."""
        return self.take() if word == flag and self.left else word.removeprefix(flag)


def left_out(word: str, system: str) -> bool:
    """Whether a linker's argument has no meaning on that system, or a wrong one."""
    return word in _LINKER_LEFT_OUT[system]


def translated(word: str, words: Words, system: str) -> list[str] | None:
    """The words zig gets for one word, None where the system has no say in it."""
    if system == "win32":
        if word.startswith("/std:"):
            return [f"-std={word.removeprefix('/std:').replace('latest', '23')}"]
        return [] if word in _WINDOWS_LEFT_OUT or word in _MICROSOFT else None
    if system != "darwin":
        return None
    if word in _APPLE_WITH_VALUE:
        words.take()
        return []
    if word.startswith("-Wl,@"):  # a list of the symbols that Python will have
        return ["-undefined", "dynamic_lookup"]
    return _APPLE.get(word.partition("=")[0])


def refusal(word: str, words: Words, system: str, triple: str) -> str | None:
    """Why a word cannot be obeyed on that system."""
    if system != "darwin":
        return None
    if word == "-framework":
        return f"-framework {words.left[-1] if words.left else ''}: zig has no frameworks of macOS"
    arch = words.left[-1] if word == "-arch" and words.left else None
    if arch is not None and {"arm64": "aarch64"}.get(arch, arch) != triple.partition("-")[0]:
        return f"-arch {arch}: wheels are made for one processor at a time"
    return None


def linked(arguments: list[str], output: str | None, *, system: str, scratch: str) -> list[str]:
    """The arguments of a link with what the system's loader, and a clean build folder, need."""
    name = (output or "").rpartition("/")[2]
    if system == "darwin" and "-shared" in arguments and not any("install_name" in word for word in arguments):
        return [f"-Wl,-install_name,@rpath/{name}", *arguments]
    if system != "win32" or not name or name.endswith(".exe"):
        return arguments
    if name.endswith(".pyd"):
        arguments = [*(word for word in arguments if not word.startswith("-lpython3")), f"-l{_python(name)}"]
    if not any("out-implib" in word for word in arguments):
        # zig leaves an import library beside the DLL, where backends pack it
        arguments = [*arguments, f"-Wl,--out-implib={scratch}.lib"]
    return arguments


def _python(name: str) -> str:
    """The library of a module: `python3` for the stable ABI, else that of its own Python."""
    version = name.partition(".cp")[2].partition("-")[0]
    return f"python{version or '3'}"
