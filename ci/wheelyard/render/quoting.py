"""The one way in which a value becomes text of a workflow.

GitHub reads a workflow twice: as YAML, and then every scalar for `${{ }}`. A value must survive both as it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import assert_never

# A scalar that YAML 1.1 and 1.2 both read as a string when it stands bare (https://yaml.org/spec/1.2.2/#733-plain-style).
_BARE = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+=-]*( [A-Za-z0-9_./@+=(-][A-Za-z0-9_./@+=()-]*)*")
_WORDS = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null", ".", ".inf", ".nan", "..."})
# An expression may stand bare where nothing in it looks like YAML.
_BARE_EXPRESSION = re.compile(r"[^\s:#][^:#\n\\]*[^\s:#\\]")
_PLAIN_LITERAL = re.compile(r"[\w ./:@+*,=-]*", re.ASCII)


class Expression(str):
    """An expression of GitHub's, without its `${{ }}`."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Uses:
    """An action at a commit; the tag is for people and bots."""

    action: str
    ref: str
    tag: str | None = None

    def __str__(self) -> str:
        """As it stands behind `uses:`."""
        return f"{self.action}@{self.ref}" + (f" # {self.tag}" if self.tag else "")


Value = str | bool | int | Uses | tuple[str, ...]


def scalar(value: Value) -> str:
    """`value` as YAML, on one line. Expressions are kept for GitHub, and text that looks like one is kept from it."""
    match value:
        case Uses():
            return str(value)
        case Expression():
            text = f"${{{{ {value} }}}}"
            return text if _BARE_EXPRESSION.fullmatch(text) else quoted(text)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _string(value)
        case tuple():
            return f"[{', '.join(map(scalar, value))}]"
        case _:
            assert_never(value)


def literal(text: str) -> str:
    """`text` as a string inside an expression, safe from quotes, newlines and braces."""
    if _PLAIN_LITERAL.fullmatch(text):
        return f"'{text}'"
    encoded = "".join(c if _PLAIN_LITERAL.fullmatch(c) else _escaped(c) for c in text)
    return f"fromJSON('\"{encoded}\"')"


def comment(text: str) -> str:
    """`text` in a comment: one line, whatever it holds."""
    return "".join(c if c.isprintable() else " " for c in text)


def cell(text: str) -> str:
    """`text` in a Markdown table or line, where nothing of it is markup."""
    return "".join(c if c.isalnum() or c in " ._-:/+,()" else f"&#{ord(c)};" if c.isprintable() else " " for c in text)


def block(text: str, indent: int) -> str:
    """`text`, which may have several lines, as a YAML scalar whose lines are indented by `indent` spaces."""
    lines = text.rstrip("\n").split("\n")
    plain = all(line.isprintable() and line == line.rstrip() for line in lines) and not lines[0].startswith(" ")
    if len(lines) == 1 or not plain or "${{" in text or not lines[0]:
        return scalar(text.rstrip("\n"))
    return "|\n" + "\n".join(f"{' ' * indent}{line}" if line else "" for line in lines)


def quoted(text: str) -> str:
    """`text` in double quotes; what cannot be printed is escaped."""
    encoded = (
        json.dumps(c, ensure_ascii=False)[1:-1] if c.isprintable() or c == "\n" else _yaml_escape(c) for c in text
    )
    return f'"{"".join(encoded)}"'


def _string(text: str) -> str:
    text = text.replace("${{", "${{ '${{' }}")
    bare = _BARE.fullmatch(text) and text.lower() not in _WORDS and not text.startswith((".", "-"))
    return text if bare else quoted(text)


def _yaml_escape(character: str) -> str:
    return f"\\U{ord(character):08x}"


def _escaped(character: str) -> str:
    """A character as JSON escapes it, in one or two halves."""
    data = character.encode("utf-16-be")
    return "".join(f"\\u{data[at : at + 2].hex()}" for at in range(0, len(data), 2))
