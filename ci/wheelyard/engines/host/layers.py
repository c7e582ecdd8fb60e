"""The places where an option of cibuildwheel can be set, laid over one another for one identifier.

Precedence and inheritance are cibuildwheel's documented ones
(https://cibuildwheel.pypa.io/en/stable/configuration/): the table, its `linux` table, the overrides that select the
identifier, CIBW_X, CIBW_X_LINUX. cibuildwheel itself is not asked: as a library it is no public interface.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wheelyard.engines.host import shell
from wheelyard.errors import UsageError
from wheelyard.targets import Identifier, selects

Values = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Form:
    """How an option is written (one string, a list, a table) and how a later value is added to an earlier one."""

    text: Callable[[str], Values]
    row: Callable[[str], Values] | None = None
    pair: Callable[[str, str], str] | None = None
    merge: Callable[[Values, Values], Values] | None = None


def _one(text: str) -> Values:
    return (text,) if text else ()


def _both(before: Values, after: Values) -> Values:
    return before + after


def _updated(before: Values, after: Values) -> Values:
    keys = {setting.partition("=")[0] for setting in after}
    return tuple(setting for setting in before if setting.partition("=")[0] not in keys) + after


def words(text: str) -> Values:
    """The words of a string in shell quoting."""
    return tuple(shlex.split(text))


def _by_commas(text: str) -> Values:
    return tuple(word.strip() for word in text.split(",") if word.strip())


TEXT = Form(text=_one)
COMMANDS = Form(text=_one, row=_one, merge=_both)
WORDS = Form(text=words, row=_one, merge=_both)
NAMES = Form(text=lambda text: tuple(text.split()), row=_one, merge=_both)
EXTRAS = Form(text=_by_commas, row=_by_commas, merge=_both)
SETTINGS = Form(text=words, pair="{}={}".format, merge=_updated)
ASSIGNMENTS = Form(text=shell.assignments, pair='{}="{}"'.format, merge=_both)


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """One place where options are set, the later over the earlier; `inherit` names those that are added instead."""

    name: str
    values: Mapping[str, Any]
    inherit: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads options through all layers."""

    layers: tuple[_Layer, ...]

    def get(self, name: str, form: Form) -> Values:
        """The value of one option; empty when it is set nowhere, `UsageError` when it has a form it cannot have."""
        value: Values = ()
        for layer in self.layers:
            if layer.values.get(name) is None:
                continue
            own = _read(layer.values[name], form, name=name, where=layer.name)
            rule = layer.inherit.get(name, "none")
            if rule == "none":
                value = own
            elif form.merge is None:
                raise UsageError(f"{name} cannot be inherited. Take it out of `inherit` in {layer.name}.")
            else:
                value = form.merge(value, own) if rule == "append" else form.merge(own, value)
        return value

    def last(self, name: str) -> object:
        """One option as its last layer wrote it, or None."""
        return next((layer.values[name] for layer in reversed(self.layers) if layer.values.get(name) is not None), None)


def over(options: Mapping[str, Any], identifier: Identifier, variables: Mapping[str, str]) -> Reader:
    """The layers of `[tool.cibuildwheel]` and of the CIBW_* variables for one identifier."""
    return Reader(layers=tuple(_layers(options, identifier, variables)))


def _read(value: object, form: Form, *, name: str, where: str) -> Values:
    match value:
        case str():
            return form.text(value)
        case bool() | int():
            return form.text(str(value))
        case list() | tuple() if form.row is not None:
            return tuple(part for row in value for part in form.row(str(row)))
        case dict() if form.pair is not None:
            pairs = (form.pair(key, row) for key, rows in value.items() for row in _rows(rows))
            return form.text(" ".join(pairs)) if form is ASSIGNMENTS else tuple(pairs)
        case _:
            kind = "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
            raise UsageError(f"{name} in {where} cannot be {kind}. cibuildwheel's documentation says what it can be.")


def _rows(value: object) -> Iterator[str]:
    yield from map(str, value) if isinstance(value, list) else (str(value),)


def _layers(options: Mapping[str, Any], identifier: Identifier, variables: Mapping[str, str]) -> Iterator[_Layer]:
    platform = identifier.target.platform
    tables = {"[tool.cibuildwheel]": options, f"[tool.cibuildwheel.{platform}]": options.get(platform, {})}
    for override in options.get("overrides", ()):
        select = override.get("select", "")
        patterns = select if isinstance(select, str) else " ".join(select)
        if selects(patterns, identifier):
            tables[f"the override {len(tables) - 1} for {patterns}"] = override
    for name, table in tables.items():
        yield _Layer(name=name, values=table, inherit=_inherit(table.get("inherit"), where=name))
    rules = _inherit(variables.get("CIBW_INHERIT"), where="CIBW_INHERIT")
    for suffix in ("", f"-{platform}"):
        own = {name.removesuffix(suffix): rule for name, rule in rules.items() if name.endswith(suffix)}
        yield _Layer(name="the CIBW_* variables", values=_variables(variables, suffix=suffix), inherit=own)


def _variables(variables: Mapping[str, str], *, suffix: str) -> dict[str, str]:
    """The options that CIBW_* variables set, by their names in the table."""
    prefix = "CIBW_"
    options = {
        name.removeprefix(prefix).lower().replace("_", "-"): value
        for name, value in variables.items()
        if name.startswith(prefix)
    }
    return {name.removesuffix(suffix): value for name, value in options.items() if name.endswith(suffix)}


def _inherit(value: object, *, where: str) -> dict[str, str]:
    """The rules of `inherit`, written as a table or as `name: rule; name` (append where no rule is given)."""
    rules: dict[str, str] = {}
    if isinstance(value, str):
        for part in filter(None, map(str.strip, value.split(";"))):
            names, colon, rule = part.partition(":")
            rules.update(dict.fromkeys(names.split(), rule.strip() if colon else "append"))
    elif isinstance(value, dict):
        rules = {str(name): str(rule) for name, rule in value.items()}
    wrong = sorted(name for name, rule in rules.items() if rule not in {"none", "append", "prepend"})
    if wrong:
        raise UsageError(f"inherit in {where}: the rule of {', '.join(wrong)} must be none, append or prepend.")
    return rules


def placeholders(template: str, **values: object) -> str:
    """A command with its placeholders replaced; `#{name}` stands for a literal `{name}`, other braces stay."""

    def replaced(match: re.Match[str]) -> str:
        return match[0].removeprefix("#") if match[0].startswith("#") else str(values[match[1]])

    return re.sub(rf"#?\{{({'|'.join(values)})\}}", replaced, template)
