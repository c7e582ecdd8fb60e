"""Add keys to a `pyproject.toml` and leave every key, comment and blank that is there as it is."""

from __future__ import annotations

import copy
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Table

from wheelyard.errors import UsageError

_WIDE = 100
_GROWING = ("build", "skip", "enable")


def added(text: str, tables: Mapping[str, Mapping[str, Any]], *, source: str) -> str:
    """`text` with these tables of `[tool]`: keys that are there stay, but that lists and globs of selection grow.

    Raises `UsageError`, with what to add by hand, where that cannot be done without a loss.
    """
    if not any(tables.values()):
        return text
    windows = "\r\n" in text
    try:
        made = _made(text.replace("\r\n", "\n"), tables)
        lost = tomllib.loads(made) != _expected(tomllib.loads(text), tables) or _comments(text) - _comments(made)
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError):
        made, lost = text, True
    if lost:
        wanted = "".join(f"\n{_rendered(name, table)}" for name, table in tables.items() if table)
        raise UsageError(f"{source} is written in a way that cannot be added to. Add this by hand:\n{wanted}")
    return made.replace("\n", "\r\n") if windows else made


def merged(table: Mapping[str, Any], additions: Mapping[str, Any]) -> dict[str, Any]:
    """What a table says once these are added to it."""
    made = copy.deepcopy(dict(table))
    _grow(made, additions)
    return made


def _made(text: str, tables: Mapping[str, Mapping[str, Any]]) -> str:
    document = tomlkit.parse(text)
    rest: dict[str, Mapping[str, Any]] = {}
    for name, additions in tables.items():
        there: Any = document.get("tool", {}).get(name)
        rest[name] = additions if there is None else _put(there, additions)
    text = tomlkit.dumps(document)
    for name, additions in rest.items():
        if additions:
            text = f"{text.rstrip()}\n\n{_rendered(name, additions)}" if text.strip() else _rendered(name, additions)
    return text


def _put(there: Any, additions: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401  # any of tomlkit's tables
    """Put into an existing table what it can take; gives back what needs a header of its own."""
    rest: dict[str, Any] = {}
    for key, value in additions.items():
        if key not in there:
            header = isinstance(there, Table) and (there.is_super_table() or _is_table(value))
            if header or not isinstance(there, (Table, InlineTable)):
                rest[key] = value
            else:
                there[key] = _item(value)
        elif isinstance(value, Mapping):
            if left := _put(there[key], value):
                rest[key] = left
        elif isinstance(there[key], (list, AoT)):
            if isinstance(there[key], AoT) and not there[key][-1].as_string().endswith("\n\n"):
                there[key][-1].add(tomlkit.nl())
            for each in value.split() if isinstance(value, str) else value:
                there[key].append(_entry(each) if isinstance(each, Mapping) else _item(each))
        elif key in _GROWING:
            there[key] = f"{there[key]} {value}".strip()
    return rest


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _expected(data: dict[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the result has to say."""
    made = copy.deepcopy(data)
    for name, additions in tables.items():
        if additions:
            _grow(made.setdefault("tool", {}).setdefault(name, {}), additions)
    return made


def _grow(there: dict[str, Any], additions: Mapping[str, Any]) -> None:
    for key, value in additions.items():
        if key not in there:
            there[key] = copy.deepcopy(value)
        elif isinstance(value, Mapping):
            _grow(there[key], value)
        elif isinstance(there[key], list):
            there[key] += value.split() if isinstance(value, str) else value
        elif key in _GROWING:
            there[key] = f"{there[key]} {value}".strip()


def _comments(text: str) -> Counter[str]:
    return Counter(found.strip() for found in re.findall(r"#.*", text))


def _rendered(name: str, table: Mapping[str, Any]) -> str:
    """A table of `[tool]` as a person would write it."""
    document = tomlkit.document()
    document["tool"] = _item({name: table})
    text = tomlkit.dumps(document).strip()
    return text.removeprefix("[tool]").lstrip() + "\n"


def _item(value: Any, *, inside: bool = False) -> Any:  # noqa: ANN401  # whatever TOML knows
    """A value as tomlkit's own: long lists and texts on several lines, tables `inside` of an entry on one."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table() if inside else tomlkit.table()
        for key, each in sorted(value.items(), key=lambda pair: _is_table(pair[1])):
            table[key] = _item(each, inside=inside)
        return table
    if isinstance(value, list) and _is_table(value):
        tables = tomlkit.aot()
        for each in value:
            tables.append(_entry(each))
        return tables
    if isinstance(value, list):
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(multiline=len(array.as_string()) > _WIDE)
    if isinstance(value, str) and "\n" in value:
        plain = '"' not in value and "\\" not in value and value.replace("\n", "").isprintable()
        return tomlkit.value(f'"""\n{value}"""') if plain else tomlkit.string(value, multiline=True)
    return tomlkit.item(value)


def _entry(value: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a table of tomlkit's
    """A table in a list of them."""
    table = tomlkit.table()
    for key, each in value.items():
        table[key] = _item(each, inside=True)
    return table
