"""Environment variables as cibuildwheel's options write them: assignments with bash's quotes and substitutions.

The values are bash's language, so bash evaluates them: the subset that cibuildwheel's own evaluator knows means the
same there, and the rest is not silently something else. Only whole assignments are handed over, split here, so that
nothing in the option can run outside a `$(...)`.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from wheelyard.doors import files
from wheelyard.doors.process import Programs
from wheelyard.errors import UsageError

_CLOSING = {"(": ")", "{": "}", "`": "`"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def command(text: str, *, place: Path) -> tuple[str | Path, ...]:
    """What runs a command line of the project's: sh, and on Windows cmd, by a file of its own in `place`.

    No list of arguments hands cmd a line with quotes as it is.
    """
    if sys.platform == "win32":
        script = place / "command.bat"
        script.write_text(f"@echo off\n{text}\n", encoding="utf-8")
        return ("cmd", "/d", "/c", script)
    return ("sh", "-c", text)


def assignments(text: str) -> tuple[str, ...]:
    """The words of `text`, each `NAME=value` with its quotes kept; `UsageError` for anything else."""
    words = tuple(_split(text))
    for word in words:
        name, equals, _ = word.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise UsageError(f"{word!r} in environment {text!r} is no assignment. Write NAME=value, quoted as in bash.")
    return words


def evaluate(
    words: Sequence[str], *, environment: Mapping[str, str], folder: Path, programs: Programs, log: Path
) -> dict[str, str]:
    """`environment` with the assignments made one after another, in `folder`; `UsageError` when bash says no."""
    names = tuple(dict.fromkeys(word.partition("=")[0] for word in words))
    if not names:
        return dict(environment)
    if sys.platform == "win32":
        return without_bash(words, environment=environment)
    lines = ["set -e", *(f"{word}\nexport {word.partition('=')[0]}" for word in words)]
    lines += ['exec >"$0"', *(f"printf '%s\\0' \"${{{name}}}\"" for name in names)]
    with files.scratch("environment") as answers:
        answer = answers / "values"
        # -p keeps BASH_ENV and exported functions out
        command = ("bash", "-p", "-c", "\n".join(lines), answer)
        ended = programs.run(command, cwd=folder, env=environment, log=log)
        if ended.code != 0:
            raise UsageError(f"bash cannot evaluate the environment {' '.join(words)}: {ended.last(3)}")
        values = answer.read_bytes().decode(errors="surrogateescape").split("\0")
    return {**environment, **dict(zip(names, values, strict=False))}


def without_bash(words: Sequence[str], *, environment: Mapping[str, str]) -> dict[str, str]:
    """The same on Windows, whose bash is another system's: quotes and variables, and nothing that runs."""
    made = dict(environment)
    for word in words:
        name, _, value = word.partition("=")
        if "`" in value or "$(" in value or ("$" in value and "'" in value):
            raise UsageError(f"{word!r} in environment needs a bash, which Windows has not. Write it without.")
        made[name] = Template(" ".join(shlex.split(value))).safe_substitute(made)
    return made


def _split(text: str) -> Iterator[str]:
    """Words apart at blanks outside of quotes and substitutions."""
    word, position = "", 0
    while position < len(text):
        if text[position].isspace():
            if word:
                yield word
            word, position = "", position + 1
            continue
        end = _end(text, position)
        word += text[position:end]
        position = end
    if word:
        yield word


def _end(text: str, start: int) -> int:
    """Where the unit that begins at `start` ends: a character, an escape, a quotation, a substitution."""
    character = text[start]
    if character == "\\":
        return start + 2
    if character == "'":
        return _after(text, "'", start + 1)
    if character == '"':
        return _closed(text, '"', start + 1)
    if character == "`":
        return _closed(text, "`", start + 1)
    if character == "$" and text[start + 1 : start + 2] in {"(", "{"}:
        return _closed(text, _CLOSING[text[start + 1]], start + 2)
    if character in ";&|<>()":
        raise UsageError(f"{character!r} stands outside quotes in environment {text!r}. Quote the value.")
    return start + 1


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    if found < 0:
        raise UsageError(f"A closing {mark} is missing in environment {text!r}.")
    return found + 1


def _closed(text: str, mark: str, start: int) -> int:
    """Where `mark` closes what was opened before `start`, over nested quotations and substitutions."""
    position = start
    while position < len(text):
        character = text[position]
        if character == mark:
            return position + 1
        if character == "\\":
            position += 2
        elif character == "$" and text[position + 1 : position + 2] in {"(", "{"}:
            position = _closed(text, _CLOSING[text[position + 1]], position + 2)
        elif character == "(" and mark == ")":
            position = _closed(text, ")", position + 1)
        elif character in "'\"`" and mark != '"':
            position = _after(text, "'", position + 1) if character == "'" else _closed(text, character, position + 1)
        elif character == "`":
            position = _closed(text, "`", position + 1)
        else:
            position += 1
    raise UsageError(f"A closing {mark} is missing in environment {text!r}.")
