"""A workflow's YAML as texts and tables that know their lines.

No text becomes a number or a truth value here: `on:` stays `on` and `3.10` stays `3.10`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, cast

import yaml

from wheelyard.errors import UsageError


class Text(str):
    """A scalar as it was written; `line` counts from 1."""

    __slots__ = ("line",)
    line: int


class Table(dict[str, Any]):
    """A mapping; `line` is where it begins. Of a `partial` one, keys that are not there are not known."""

    line = 0
    partial = False

    def text(self, key: str) -> str:
        """The scalar of `key`; empty where there is none, or something else."""
        found = self.get(key)
        return found if isinstance(found, str) else ""

    def table(self, key: str) -> Table:
        """The mapping of `key`; empty where there is none, or something else."""
        found = self.get(key)
        return found if isinstance(found, Table) else Table()

    def tables(self, key: str) -> list[Table]:
        """The mappings in the list of `key`."""
        return [each for each in listed(self.get(key)) if isinstance(each, Table)]


def listed(value: object) -> list[Any]:
    """A list as it is, a scalar as a list of one, and nothing of anything else."""
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def line(value: object, default: int = 0) -> int:
    """Where a value was written."""
    return getattr(value, "line", 0) or default


def load(text: str, *, name: str) -> Table:
    """The workflow in `text`; `UsageError` with the line where it is no workflow."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  # a BaseLoader, which makes texts, lists and tables only
    except yaml.MarkedYAMLError as error:
        where = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UsageError(f"{name}{where} is not YAML: {error.problem}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{name} is not YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(found, Table) or not isinstance(found.get("jobs"), Table):
        raise UsageError(f"{name} is no workflow: it has no jobs.")
    return found


class _Loader(yaml.BaseLoader):
    """Makes `Text`, `list` and `Table`; an alias is the very value that its anchor names."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Text:
        text = Text(super().construct_scalar(node))
        text.line = node.start_mark.line + 1
        return text

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002  # PyYAML's own signature
    ) -> dict[Hashable, Any]:
        pairs = super().construct_mapping(node, deep)
        table = Table({str(key): value for key, value in pairs.items()})
        table.line = node.start_mark.line + 1
        return cast("dict[Hashable, Any]", table)
