"""The program behind `cc` and `c++`: translates a compiler call and becomes zig.

The toolchain folder of an order holds copies of this file, `flags` and `foreign`, under the same module names but
without the packages around them, and a bare interpreter runs it: a compiler call must not take the time that imports
take.
"""

from __future__ import annotations

import os
import sys

from wheelyard.engines.host import typeinfo
from wheelyard.engines.host.flags import Call, Setting, translate

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import NoReturn

_CPP_LIBRARIES = {"-lc++", "-lstdc++"}


def main(
    arguments: list[str],
    *,
    zig: str,
    driver: str,
    triple: str,
    machine: str,
    headers: tuple[str, ...],
    first: tuple[str, ...],
    folder: str,
    system: str,
    cpu: str,
) -> NoReturn:
    """Run zig as the compiler `driver` (`cc` or `c++`) in place of this process.

    `folder` takes the notes and what is thrown away; `first` goes before all other arguments.
    """
    discard = os.path.join(folder, f"discarded-{os.getpid()}")  # noqa: PTH118  # pathlib is slow to import
    words = _with_files_read(arguments)
    setting = Setting(triple=triple, machine=machine, headers=headers, discard=discard, system=system, cpu=cpu)
    call = translate(words, setting)
    _note(call, os.path.join(folder, "notes"))  # noqa: PTH118
    if call.answer is not None:
        sys.stdout.write(call.answer + "\n")
        sys.exit(0)
    if call.refusal is not None:
        sys.stderr.write(f"wheelyard refused {call.refusal}.\n")
        sys.exit(1)
    if call.linked and system != "win32" and (driver == "c++" or not _CPP_LIBRARIES.isdisjoint(call.arguments)):
        target = ("-target", triple, *((f"-mcpu={cpu}",) if cpu else ()))
        call.arguments.append(typeinfo.library(folder, zig=zig, target=target))
    os.execv(zig, [zig, driver, *first, *call.arguments])  # noqa: S606


def _with_files_read(arguments: list[str]) -> list[str]:
    """The arguments with those of @files in place of their names."""
    words: list[str] = []
    for argument in arguments:
        if argument.startswith("@") and os.path.isfile(argument[1:]):  # noqa: PTH113
            import shlex  # noqa: PLC0415  # slow to import, and few calls have such files

            with open(argument[1:], encoding="utf-8") as stream:  # noqa: PTH123
                words += _with_files_read(shlex.split(stream.read()))
        else:
            words.append(argument)
    return words


def _note(call: Call, path: str) -> None:
    """Add one line for each thing a person should know; whole lines, because compilers run in parallel."""
    lines = [f"left-out\t{flag}" for flag in call.left_out]
    lines += [f"altered\t{flag}" for flag in call.altered]
    lines += [f"refused\t{call.refusal}"] if call.refusal else []
    lines += [f"linked\t{call.linked}"] if call.linked else []
    if lines:
        text = "".join(" ".join(line.splitlines()) + "\n" for line in lines)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, text.encode(errors="surrogateescape"))
        finally:
            os.close(handle)
