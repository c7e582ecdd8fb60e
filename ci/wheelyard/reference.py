"""The keys of `[tool.wheelyard]` as people look them up: made of the models, their types and the texts beside them."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect as kinds

from wheelyard import config, documents
from wheelyard.errors import UsageError, nearest

TOP = "tool.wheelyard"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One key: its dotted path below `[tool.wheelyard]`, what it takes, what it is without being given, and why."""

    path: str
    type: str
    default: str
    says: str
    example: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def header(self) -> str:
        """The table that the key stands in."""
        table = self.path.rpartition(".")[0]
        several = any(table == path or table.startswith(f"{path}.") for path in _arrays())
        name = f"{TOP}.{table}" if table else TOP
        return f"[[{name}]]" if several else f"[{name}]"


@cache
def every() -> tuple[Key, ...]:
    """Every key, in the order of the models, each table before what is in it."""
    return of(config.Tool)


def of(model: type[msgspec.Struct]) -> tuple[Key, ...]:
    """Every key of a document."""
    return tuple(_keys(model, ""))


def find(name: str) -> tuple[Key, ...]:
    """The key of that name and, where it is a table, all that is in it.

    Raises `UsageError` with the nearest names where there is none.
    """
    path = name.strip("[]").removeprefix(TOP).removeprefix(".").replace("_", "-")
    paths = {key.path for key in every()}
    if path not in paths:
        inside = sorted(each for each in paths if each.endswith(f".{path}"))
        if len(inside) != 1:
            meant = f" Did you mean {' or '.join(map(repr, inside))}?" if inside else nearest(path, paths)
            raise UsageError(f"There is no key {name!r} in [{TOP}].{meant} `wheelyard docs` lists them all.")
        path = inside[0]
    return tuple(key for key in every() if key.path == path or key.path.startswith(f"{path}."))


def schema(model: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a model, each property with the text beside it in the model."""
    made = copy.deepcopy(documents.schema(model))
    for name, each in _structs(model).items():
        properties = made["$defs"].get(name, {}).get("properties", {})
        for field in msgspec.structs.fields(each):
            if says := _texts(each).get(field.name, ("", ""))[0]:
                properties[field.encode_name]["description"] = says
    return made


def editors() -> dict[str, Any]:
    """The schema of the table as SchemaStore takes it: draft 7, with an address of its own, the table at the top.

    (https://github.com/SchemaStore/schemastore/blob/master/CONTRIBUTING.md, as `partial-cibuildwheel.json` is written.)
    """
    text = msgspec.json.encode(schema(config.Tool)).decode().replace('"#/$defs/', '"#/definitions/')
    made = msgspec.json.decode(text)
    definitions = made["$defs"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://json.schemastore.org/partial-wheelyard.json",
        **definitions.pop(config.Tool.__name__),
        "title": "wheelyard",
        "description": f"The table [{TOP}] of a pyproject.toml.",
        "definitions": definitions,
    }


def validate_pyproject(tool_name: str) -> dict[str, Any]:
    """What validate-pyproject asks of a plug-in (https://validate-pyproject.readthedocs.io/en/latest/dev-guide.html)."""
    assert tool_name == "wheelyard"  # noqa: S101  # the one name it is registered under
    return editors()


def _keys(model: type[msgspec.Struct], prefix: str) -> Iterator[Key]:
    info = kinds.type_info(model)
    assert isinstance(info, kinds.StructType)  # noqa: S101  # a model is a struct
    for field in info.fields:
        path = f"{prefix}{field.encode_name}"
        inner = _inner(field.type)
        says, example = _texts(model).get(field.name, ("", ""))
        yield Key(
            path=path,
            type=_named(field.type),
            default="required" if field.required else _default(field),
            says=says or (_first(inspect.getdoc(inner.cls)) if inner else ""),
            example=example,
        )
        if inner:
            yield from _keys(inner.cls, f"{path}.")


def _default(field: kinds.Field) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None:
        return "none"
    return "" if isinstance(value, msgspec.Struct) else msgspec.json.encode(value).decode()


def _inner(kind: kinds.Type) -> kinds.StructType | None:
    """The table that a key takes, alone, in a list or beside other values."""
    if isinstance(kind, kinds.UnionType):
        return next((found for each in kind.types if (found := _inner(each))), None)
    if isinstance(kind, (kinds.VarTupleType, kinds.ListType)):
        return _inner(kind.item_type)
    return kind if isinstance(kind, kinds.StructType) else None


@cache
def _arrays() -> frozenset[str]:
    """Keys that take a list of tables."""
    return frozenset(key.path for key in every() if key.type == "a list of tables")


def _named(kind: kinds.Type) -> str:  # noqa: PLR0911  # a line a kind
    """A type as people call it."""
    match kind:
        case kinds.Metadata(type=each):
            return _named(each)
        case kinds.UnionType(types=several):
            return ", or ".join(_named(each) for each in several if not isinstance(each, kinds.NoneType))
        case kinds.VarTupleType(item_type=each) | kinds.ListType(item_type=each):
            return "a list of tables" if isinstance(each, kinds.StructType) else f"a list of: {_named(each)}"
        case kinds.DictType(key_type=key, value_type=value):
            return f"a table of: {_named(key)} = {_named(value)}"
        case kinds.StructType():
            return "a table"
        case kinds.LiteralType(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case _:
            return f"a {kind.cls.__name__.lower()}" if hasattr(kind, "cls") else _PLAIN[type(kind)]


_PLAIN = {
    kinds.AnyType: "anything",
    kinds.FloatType: "a number",
    kinds.StrType: "text",
    kinds.IntType: "a whole number",
    kinds.BoolType: "true or false",
}


def _structs(model: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    """A model and all it is made of, by name."""
    found = {model.__name__: model}
    for field in msgspec.structs.fields(model):
        if inner := _inner(kinds.type_info(field.type)):
            found |= _structs(inner.cls)
    return found


@cache
def _texts(model: type[msgspec.Struct]) -> dict[str, tuple[str, str]]:
    """What stands beside each field of a model and of those it is made from: what it says, and an example."""
    found: dict[str, tuple[str, str]] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, msgspec.Struct) and each.__module__.startswith("wheelyard."):
            tree = ast.parse(textwrap.dedent(inspect.getsource(each))).body[0]
            assert isinstance(tree, ast.ClassDef)  # noqa: S101  # the source of a class
            for field, text in zip(tree.body, tree.body[1:], strict=False):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                        says, _, example = inspect.cleandoc(said).partition("Example:")
                        found[name] = " ".join(says.split()), example.strip().strip("`")
                    case _:
                        pass  # a docstring, or a field with nothing beside it
    return found


def _first(text: str | None) -> str:
    """The first sentence of a docstring, on one line."""
    return " ".join((text or "").partition("\n\n")[0].split())
