"""A compiler's command line: what build tools say to gcc, translated into what zig 0.17 takes.

Pure, and free of slow imports: `compiler` runs it before every compiler call, where each millisecond counts. The tables
hold what was seen to fail with zig 0.17.0; what a flag would have meant decides whether it is dropped, rewritten or
left to fail.
"""

from __future__ import annotations

from wheelyard.engines.host import foreign
from wheelyard.engines.host.foreign import Words

# Hints for gcc's own optimisers and diagnostics: leaving them out changes no meaning.
_COMPILER_HINTS = frozenset(
    {
        "-fanalyzer",
        "-fbranch-probabilities",
        "-ffat-lto-objects",
        "-fira-loop-pressure",
        "-fipa-pta",
        "-flto",
        "-fno-fat-lto-objects",
        "-fno-gnu-unique",
        "-fno-guess-branch-probability",
        "-fno-lto",
        "-fno-merge-constants",
        "-fno-var-tracking-assignments",
        "-fprofile-correction",
        "-freorder-blocks-and-partition",
        "-fuse-linker-plugin",
        "-fwhole-program-vtables",
        "-mthreads",
        "-Wtrampolines",
    }
)
_COMPILER_HINT_PREFIXES = (
    "-flto-",
    "-flto=",
    "-fprofile-partial-training",
    "-fprofile-use",
    "-fuse-ld=",
    "-mtune=",
    "-specs=",
)

_LINKER_HINTS = frozenset(
    {
        "-Bsymbolic-functions",
        "-X",
        "-no-undefined",
        "-t",
        "--add-needed",
        "--default-symver",
        "--no-add-needed",
        "--no-copy-dt-needed-entries",
        "--no-export-dynamic",
        "--no-keep-memory",
        "--no-ld-generated-unwind-info",
        "--no-relax",
        "--no-warn-mismatch",
        "--pop-state",
        "--push-state",
        "--reduce-memory-overheads",
        "--relax",
        "--rosegment",
        "--stats",
        "--threads",
        "--trace",
        "--warn-common",
    }
)
_LINKER_HINT_PREFIXES = (
    "--icf",
    "--package-metadata",
    "--rpath-link=",
    "--sort-section=",
    "--threads=",
    "-Map=",
    "-plugin-opt",
    "-rpath-link=",
)
_LINKER_HINTS_WITH_VALUE = frozenset({"-Map", "--rpath-link", "-rpath-link"})
_Z_HINTS = frozenset(
    {
        "cet-report",
        "ibt",
        "interpose",
        "keep-text-section-prefix",
        "nodlopen",
        "noseparate-code",
        "pack-relative-relocs",
        "separate-code",
        "shstk",
        "start-stop-gc",
        "text",
    }
)
_LINKER_SPELLINGS = {"--symbolic": "-Bsymbolic", "--undefined": "-u", "-h": "-soname"}

# Folders of the machine: what is compiled against them works here and nowhere else.
_HOST_HEADERS = ("/usr/include", "/usr/local/include")
_HOST_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64")

_SOURCES = (".C", ".S", ".c", ".c++", ".cc", ".cpp", ".cxx", ".s")
_NO_LINK = frozenset({"-c", "-E", "-M", "-MM", "-S", "-fsyntax-only"})
_HEADER_FLAGS = ("-I", "-idirafter", "-iquote", "-isystem")
_NULL = "/dev/null"

# zig turns its sanitizers on and makes __DATE__ an error when nothing else is said, and defines NDEBUG at -O2.
_FIRST = ("-fno-sanitize=all", "-Wno-error=date-time", "-Wno-unused-command-line-argument", "-UNDEBUG")

_ARM_FEATURES = {"fp16": "fullfp16", "simd": "neon"}


class Call:
    """What becomes of one compiler call; a plain class, because importing dataclasses takes longer than the rest.

    `answer` is printed instead of running zig, `refusal` says why nothing is run. `left_out` are flags that were
    dropped, `altered` those of them whose loss changes the file made. `linked` is the file a link makes.
    """

    __slots__ = ("altered", "answer", "arguments", "left_out", "linked", "refusal")

    def __init__(self) -> None:
        self.arguments: list[str] = []
        self.answer: str | None = None
        self.refusal: str | None = None
        self.left_out: list[str] = []
        self.altered: list[str] = []
        self.linked: str | None = None


class Setting:
    """What calls are translated for.

    `triple` is zig's target, `machine` the one gcc would name, `cpu` the oldest processor where it is not zig's own.
    Of this machine's folders only `headers`, the interpreter's own, are let through. `discard` takes the place of the
    null device as an output: zig, run as root, replaces the device with a file.
    """

    __slots__ = ("cpu", "discard", "headers", "machine", "system", "triple")

    def __init__(
        self,
        *,
        triple: str,
        machine: str,
        headers: tuple[str, ...],
        discard: str,
        system: str = "linux",
        cpu: str = "",
    ) -> None:
        self.triple = triple
        self.machine = machine
        self.system = system
        self.cpu = cpu
        self.headers = headers
        self.discard = discard


def translate(arguments: list[str], setting: Setting) -> Call:
    """What zig is to be called with for `arguments`."""
    call = Call()
    call.answer = _answer(arguments, setting)
    if call.answer is not None:
        return call
    words = Words(_without_syntax_check(arguments, setting))
    linker: list[str] = []
    while words.left:
        word = words.take()
        if word.startswith("-Wl,") and not word.startswith("-Wl,@"):
            linker += word[4:].split(",")
        elif word == "-Xlinker" and words.left:
            linker.append(words.take())
        else:
            call.arguments += _joined(_linker(linker, call, setting))
            linker = []
            call.arguments += _compiler(word, words, call, setting)
    call.arguments += _joined(_linker(linker, call, setting))
    _complete(call, setting)
    return call


def _answer(arguments: list[str], setting: Setting) -> str | None:
    """What gcc would print for a question that zig does not answer."""
    if "-dumpmachine" in arguments or "-print-multiarch" in arguments:
        return setting.machine
    return "22.1.8" if arguments in (["-dumpversion"], ["-dumpfullversion"]) else None


def _without_syntax_check(arguments: list[str], setting: Setting) -> list[str]:
    """The arguments without -fsyntax-only, at which zig fails; compiling into nowhere checks the same."""
    if "-fsyntax-only" not in arguments:
        return arguments
    kept = [word for word in arguments if word not in {"-fsyntax-only", "-c"}]
    return ["-c", *kept] if "-o" in kept else ["-c", *kept, "-o", setting.discard]


def _compiler(word: str, words: Words, call: Call, setting: Setting) -> list[str]:
    """The words zig gets for one word of gcc's, some of which take the next one too."""
    call.refusal = call.refusal or foreign.refusal(word, words, setting.system, setting.triple)
    own = foreign.translated(word, words, setting.system)
    if own is not None:
        return own
    for prefixes, handler in _HANDLERS:
        if word.startswith(prefixes):
            return handler(word, words, call, setting)
    if word in _COMPILER_HINTS or word.startswith(_COMPILER_HINT_PREFIXES):
        call.left_out.append(word)
        return []
    return [word]


def _output(word: str, words: Words, _call: Call, setting: Setting) -> list[str]:
    flag = "-MF" if word.startswith("-MF") else "-o"
    value = words.value(word, flag)
    return [flag, setting.discard if value == _NULL else value]


def _header_folder(word: str, words: Words, call: Call, setting: Setting) -> list[str]:
    flag = next(flag for flag in _HEADER_FLAGS if word.startswith(flag))
    folder = words.value(word, flag)
    if _inside(folder, _HOST_HEADERS) and not _inside(folder, setting.headers):
        call.left_out.append(f"{flag} {folder}")
        return []
    return [flag, folder]


def _library_folder(word: str, words: Words, _call: Call, _setting: Setting) -> list[str]:
    """Keep a folder unless it is the machine's; not worth a note, because the interpreter itself often names one."""
    folder = words.value(word, "-L")
    return [] if _inside(folder, _HOST_LIBRARIES) else ["-L", folder]


def _library_file(word: str, _words: Words, call: Call, _setting: Setting) -> list[str]:
    if word.endswith(".a") or ".so" in word:
        call.refusal = f"{word}: a library of this machine, made for its own C library"
    return [word]


def _inside(folder: str, folders: tuple[str, ...]) -> bool:
    return any(f"{folder.rstrip('/')}/".startswith(f"{place}/") for place in folders)


def _other_target(word: str, words: Words, call: Call, setting: Setting) -> list[str]:
    """Drop a target of the same processor; refuse to make code for another."""
    value = word.partition("=")[2] or (words.take() if words.left else "")
    ours = setting.triple.partition("-")[0]
    if value.partition("-")[0] == ours:
        call.left_out.append(f"--target={value}")
    else:
        call.refusal = f"--target={value}: the host engine makes code for {ours} only"
    return []


def _narrow(word: str, _words: Words, call: Call, setting: Setting) -> list[str]:
    if word != "-m32" or not setting.triple.startswith("x86-"):
        call.refusal = f"{word}: the code is for {setting.triple.partition('-')[0]}"
    return []


def _processor(word: str, _words: Words, call: Call, _setting: Setting) -> list[str]:
    """A processor in zig's spelling: x86_64_v3 for x86-64-v3, generic+v8_2a+fullfp16 for armv8.2-a+fp16."""
    flag, _, value = word.partition("=")
    if value == "native":
        call.refusal = f"{word}: the wheel would need the processor of this machine"
        return []
    name, *features = value.split("+")
    if name.startswith("armv") and name.endswith("-a"):
        version = name.removeprefix("armv").removesuffix("-a").replace(".", "_")
        name, features = "generic", [f"v{version}a", *(_ARM_FEATURES.get(feature, feature) for feature in features)]
    return [f"{flag}={'+'.join([name.replace('-', '_'), *features])}"]


def _preprocessor(word: str, _words: Words, call: Call, _setting: Setting) -> list[str]:
    rest = word.removeprefix("-Wp,")
    if rest.startswith(("-MD", "-MMD", "-MT")):
        return [word]
    if rest.startswith(("-D", "-U")):
        return rest.split(",")
    call.left_out.append(word)
    return []


def _debug_information(_word: str, _words: Words, _call: Call, _setting: Setting) -> list[str]:
    """Nothing: every link strips it."""
    return []


_HANDLERS = (
    (("-MF", "-o"), _output),
    (_HEADER_FLAGS, _header_folder),
    (("-L",), _library_folder),
    (_HOST_LIBRARIES, _library_file),
    (("-target", "--target"), _other_target),
    (("-m31", "-m32", "-mx32"), _narrow),
    (("-march=", "-mcpu="), _processor),
    (("-Wp,",), _preprocessor),
    (("-g",), _debug_information),
)


def _linker(tokens: list[str], call: Call, setting: Setting) -> list[str]:
    """The linker arguments zig takes."""
    words = Words(tokens)
    kept: list[str] = []
    while words.left:
        word = words.take()
        value = words.left[-1] if words.left else ""
        if word == "-z" and value in _Z_HINTS:
            call.left_out.append(f"-Wl,-z,{words.take()}")
        elif word in _LINKER_HINTS_WITH_VALUE and value:
            call.left_out.append(f"-Wl,{word},{words.take()}")
        elif word in _LINKER_HINTS or word.startswith(_LINKER_HINT_PREFIXES):
            call.left_out.append(f"-Wl,{word}")
        elif word.startswith("--exclude-libs"):
            call.altered.append(f"-Wl,{word}" if "=" in word or not value else f"-Wl,{word},{words.take()}")
        elif word in {"-O1", "-O2", "-O3"} or foreign.left_out(word, setting.system):
            continue  # lld has no such levels
        elif word.startswith("--undefined="):
            kept += ["-u", word.partition("=")[2]]
        else:
            kept.append(_LINKER_SPELLINGS.get(word, word))
    return kept


def _joined(tokens: list[str]) -> list[str]:
    """Linker arguments as the driver takes them; one with a comma cannot travel in -Wl."""
    if any("," in token for token in tokens):
        return [part for token in tokens for part in ("-Xlinker", token)]
    return [f"-Wl,{','.join(tokens)}"] if tokens else []


def _complete(call: Call, setting: Setting) -> None:
    """Add the target, and for a link one optimisation level for all: zig keeps its C and C++ libraries for each."""
    arguments = call.arguments
    if "-r" in arguments:  # objects into one object: no libraries, and its symbols are still needed
        arguments = ["-O2", *(word for word in arguments if not word.startswith("-O"))]
    elif not _NO_LINK.intersection(arguments):
        call.linked = arguments[arguments.index("-o") + 1] if "-o" in arguments[:-1] else None
        compiles = any(word.endswith(_SOURCES) and not word.startswith("-") for word in arguments)
        if not compiles:
            arguments = [word for word in arguments if not word.startswith("-O")]
        if not any(word.startswith("-O") for word in arguments):
            arguments = ["-O2", *arguments]
        arguments = foreign.linked(["-s", *arguments], call.linked, system=setting.system, scratch=setting.discard)
    if setting.cpu and not any(word.startswith(("-march=", "-mcpu=")) for word in arguments):
        arguments = [f"-mcpu={setting.cpu}", *arguments]
    call.arguments = ["-target", setting.triple, *_FIRST, *arguments]
