"""GitHub's expressions, as far as they can be known before a run.

Every scalar is a text, as YAML has it; what only a run knows is None
(https://docs.github.com/actions/reference/workflows-and-actions/expressions).
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from wheelyard.errors import UsageError
from wheelyard.migration.document import Table, Text

# A text, list or table, or None for what only a run knows.
Value = Any
Scope = Mapping[str, Value]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?))"
    r"|(?P<name>[A-Za-z_][\w-]*)|(?P<mark>&&|\|\||[=!<>]=|[!<>()\[\].,*]))"
)
_HOLE = re.compile(r"\$\{\{((?:(?!\}\}).)*)\}\}", re.DOTALL)
_FALSE = {"", "false", "0", "null"}
_ORDERS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_DEEPEST = 100


def holds(value: Value) -> bool:
    """Whether a known value counts as true."""
    return not (isinstance(value, str) and value.lower() in _FALSE)


def condition(text: str, scope: Scope) -> bool | None:
    """What an `if:` comes to; None where only a run knows. Without one, a step runs."""
    whole = _HOLE.fullmatch(text.strip())
    value = evaluate(whole[1] if whole else text, scope) if text.strip() and not _inner(text) else filled(text, scope)
    return True if not text.strip() else None if value is None else holds(value)


def _inner(text: str) -> bool:
    """Whether expressions are only parts of a text."""
    return "${{" in text and not _HOLE.fullmatch(text.strip())


def filled(value: Value, scope: Scope) -> Value:
    """A value with its expressions evaluated; a text that is one expression becomes what that comes to."""
    if isinstance(value, Table):
        table = Table({key: filled(each, scope) for key, each in value.items()})
        table.line = value.line
        return table
    if isinstance(value, list):
        return [filled(each, scope) for each in value]
    if not isinstance(value, str) or "${{" not in value:
        return value
    if whole := _HOLE.fullmatch(value.strip()):
        return _placed(evaluate(whole[1], scope), value)
    parts = [evaluate(found[1], scope) for found in _HOLE.finditer(value)]
    if not all(isinstance(part, str) for part in parts):
        return None
    rest = iter(parts)
    return _placed(_HOLE.sub(lambda _: next(rest), value), value)


def _placed(value: Value, origin: str) -> Value:
    """The value, with the line where its expression stands."""
    if not isinstance(value, str):
        return value
    text = Text(value)
    text.line = getattr(origin, "line", 0)
    return text


def evaluate(text: str, scope: Scope) -> Value:
    """What one expression comes to; None where only a run knows, or where it is none."""
    try:
        parser = _Parser(text, scope)
        value = parser.either()
    except (UsageError, RecursionError):
        return None
    return value if parser.done else None


class _Parser:
    """Reads and evaluates in one pass: nothing that an expression does has an effect."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._scope = scope
        self._tokens: list[tuple[str, str]] = []
        place, end = 0, len(text.rstrip())
        while place < end:
            found = _TOKEN.match(text, place)
            if found is None:
                raise UsageError(f"{text!r} is no expression.")
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end()
        self._tokens.reverse()
        self._depth = 0

    @property
    def done(self) -> bool:
        """Whether all of the text was read."""
        return not self._tokens

    def either(self) -> Value:
        """`a || b`: the first that holds."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UsageError("The expression is nested too deeply.")
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = None if value is None else value if holds(value) else other
        self._depth -= 1
        return value

    def _both(self) -> Value:
        value = self._compared()
        while self._take("&&"):
            other = self._compared()
            unsure = value is None and (other is None or holds(other))
            value = None if unsure else other if value is None or holds(value) else value
        return value

    def _compared(self) -> Value:
        value = self._unary()
        for mark in ("==", "!=", "<=", ">=", "<", ">"):
            if self._take(mark):
                return _compare(mark, value, self._unary())
        return value

    def _unary(self) -> Value:
        if self._take("!"):
            value = self._unary()
            return None if value is None else _truth(not holds(value))
        return self._reached(self._primary())

    def _primary(self) -> Value:
        kind, word = self._tokens.pop() if self._tokens else ("", "")
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return word
        if word == "(":
            value = self.either()
            self._expect(")")
            return value
        if kind != "name":
            raise UsageError("A value was expected.")
        if self._take("("):
            return self._called(word)
        return "" if word == "null" else word if word in {"true", "false"} else self._scope.get(word.lower())

    def _reached(self, value: Value) -> Value:
        """`value.name` and `value['name']`, as often as they follow."""
        while self._tokens and self._tokens[-1][1] in {".", "["}:
            if self._tokens.pop()[1] == ".":
                key: Value = self._tokens.pop()[1] if self._tokens else ""
            else:
                key = self.either()
                self._expect("]")
            value = _property(value, key)
        return value

    def _called(self, name: str) -> Value:
        arguments: list[Value] = []
        while not self._take(")"):
            arguments.append(self.either())
            if not self._take(","):
                self._expect(")")
                break
        function = _FUNCTIONS.get(name.lower())
        if function is None or any(argument is None for argument in arguments):
            return None
        try:
            return function(*arguments)
        except (TypeError, ValueError, IndexError, AttributeError):
            return None

    def _take(self, mark: str) -> bool:
        if self._tokens and self._tokens[-1] == ("mark", mark):
            self._tokens.pop()
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise UsageError(f"{mark!r} was expected.")


def _property(value: Value, key: Value) -> Value:
    """A missing property of a known table is empty, as on GitHub."""
    if value is None or not isinstance(key, str):
        return None
    if isinstance(value, Table):
        absent = None if value.partial else ""
        return next((each for name, each in value.items() if name.lower() == key.lower()), absent)
    if isinstance(value, list) and key.isdecimal():
        return value[int(key)] if int(key) < len(value) else ""
    return None if key == "*" else ""


def _compare(mark: str, one: Value, other: Value) -> Value:
    if not isinstance(one, str) or not isinstance(other, str):
        return None
    if mark in {"==", "!="}:
        return _truth((one.lower() == other.lower()) == (mark == "=="))
    try:
        return _truth(_ORDERS[mark](float(one), float(other)))
    except ValueError:
        return None


def _truth(value: bool) -> str:  # noqa: FBT001  # a truth value is what it is about
    return "true" if value else "false"


def _contains(where: Value, what: str) -> str:
    if isinstance(where, str):
        return _truth(what.lower() in where.lower())
    return _truth(what.lower() in [str(each).lower() for each in where])


def _decoded(text: str) -> Value:
    return json.loads(text, object_hook=Table, parse_constant=str, parse_int=str, parse_float=str)


def _texts(value: Value) -> Value:
    """JSON's values as YAML's texts."""
    if isinstance(value, dict):
        return Table({key: _texts(each) for key, each in value.items()})
    if isinstance(value, list):
        return [_texts(each) for each in value]
    return _truth(value) if isinstance(value, bool) else "" if value is None else value


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "contains": _contains,
    "startswith": lambda text, start: _truth(text.lower().startswith(start.lower())),
    "endswith": lambda text, end: _truth(text.lower().endswith(end.lower())),
    "format": lambda text, *values: re.sub(r"\{(\d+)\}", lambda found: values[int(found[1])], text),
    "join": lambda values, between=",": between.join(values),
    "fromjson": lambda text: _texts(_decoded(text)),
    "success": lambda: "true",
    "always": lambda: "true",
    "failure": lambda: "false",
    "cancelled": lambda: "false",
}
