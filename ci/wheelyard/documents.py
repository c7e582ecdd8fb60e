"""Documents to frozen values and back, each with a JSON schema made from the same model.

A document is read in one step; only when that fails is it checked against its schema, so that every mistake
is named at once and start-up stays fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from wheelyard.errors import ConfigError, UsageError, WheelyardError, nearest
from wheelyard.targets import Identifier

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

T = TypeVar("T", bound="msgspec.Struct")

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def parse(data: object, model: type[T], *, source: str, hint: str = "") -> T:
    """`data`, as TOML or JSON gave it, as a value of `model`.

    Raises `ConfigError` with every mistake and the hint, and `UsageError` for a document of a newer wheelyard.
    """
    _refuse_newer(data, model, source=source)
    try:
        return msgspec.convert(data, model, dec_hook=_decode)
    except (msgspec.ValidationError, WheelyardError) as error:
        raise ConfigError(source, mistakes(data, model) or (str(error),), hint=hint) from None


def load(text: str | bytes, model: type[T], *, source: str) -> T:
    """The JSON document `text` as a value of `model`."""
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{source} is not JSON: {error}. Delete it and run the command that makes it.") from None
    return parse(data, model, source=source)


def dump(value: object) -> bytes:
    """`value` as JSON: UTF-8, indented by two, keys in the model's order, ending in a newline; stable."""
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=str, order="deterministic"), indent=2) + b"\n"


def builtins(value: object) -> Any:  # noqa: ANN401  # what a serialiser takes has no narrower type
    """`value` as dicts, lists, strings and numbers."""
    return msgspec.to_builtins(value, enc_hook=str, order="deterministic")


@cache
def schema(model: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema (2020-12) of a model."""
    return {"$schema": SCHEMA_DIALECT, **msgspec.json.schema(model, schema_hook=_describe)}


def mistakes(data: object, model: type[msgspec.Struct]) -> tuple[str, ...]:
    """Every way in which `data` is not a document of `model`, in the document's order, each with its path."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # 0.1 s, and only bad documents need it

    errors = sorted(Draft202012Validator(schema(model)).iter_errors(data), key=lambda error: error.json_path)
    return tuple(dict.fromkeys(sentence for error in errors for sentence in _sentences(error)))


def _decode(kind: type[Any], value: object) -> object:
    if kind is Identifier and isinstance(value, str):
        return Identifier.parse(value)
    raise NotImplementedError(kind)


def _describe(kind: type[Any]) -> dict[str, object]:
    if kind is Identifier:
        return {"type": "string", "pattern": "^(cp|pp|gp)[0-9]+t?(_[0-9]+)?-[a-z]+_?[A-Za-z0-9_]+$"}
    raise NotImplementedError(kind)


def _refuse_newer(data: object, model: type[msgspec.Struct], *, source: str) -> None:
    ours = getattr(model, "SCHEMA", None)
    theirs = data.get("schema") if isinstance(data, dict) else None
    if isinstance(ours, int) and isinstance(theirs, int) and theirs > ours:
        raise UsageError(
            f"{source} has schema {theirs}; this wheelyard knows schemas up to {ours}. Upgrade wheelyard to read it."
        )


def _sentences(error: ValidationError) -> Iterator[str]:
    """What a person needs to know of one violation of a schema."""
    path = _path(error) or "top level"
    instance: Any = error.instance
    value: Any = error.validator_value
    match error.validator:
        case "additionalProperties" if value is False:
            keys = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
            for key in sorted(set(instance) - keys):
                yield f"{path}: unknown key {key!r}.{nearest(key, keys)}"
        case "enum":
            legal = tuple(map(str, value))
            yield f"{path}: unknown value {_found(error)}.{_suggestion(error.instance, legal)}"
        case "required":
            missing = [name for name in value if name not in instance]
            yield from (f"{path}: key {name!r} is missing." for name in missing)
        case "type":
            yield f"{path}: expected {_type_name(value)}, found {_found(error)}."
        case "pattern":
            yield f"{path}: {_found(error)} does not match {value}."
        case "anyOf" | "oneOf":
            yield from _of_alternatives(error, path)
        case _:
            yield f"{path}: {error.message}."


def _of_alternatives(error: ValidationError, path: str) -> Iterator[str]:
    """Speak of the one alternative that has the right type, or of all types there could be."""
    by_branch: dict[object, list[ValidationError]] = {}
    for child in error.context or ():
        by_branch.setdefault(child.schema_path[0], []).append(child)
    for children in by_branch.values():
        if not any(_misfits(child) for child in children):
            for child in children:
                yield from _sentences(child)
            return
    wanted = sorted({_type_name(child.validator_value) for child in error.context or () if child.validator == "type"})
    yield f"{path}: expected {' or '.join(wanted)}, found {_found(error)}."


def _misfits(child: ValidationError) -> bool:
    """Whether an alternative is about another type altogether."""
    return not child.path and (
        child.validator == "type" or (child.validator == "enum" and not isinstance(child.instance, str))
    )


def _path(error: ValidationError) -> str:
    text = ""
    for part in error.absolute_path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _suggestion(name: object, legal: tuple[str, ...]) -> str:
    close = nearest(name, legal) if isinstance(name, str) else ""
    return close or f" Legal: {', '.join(legal)}."


def _found(error: ValidationError) -> str:
    value = error.instance
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return repr(value)


def _type_name(names: object) -> str:
    plain = {
        "object": "a table",
        "array": "a list",
        "string": "a string",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "null": "nothing",
    }
    several = names if isinstance(names, list) else [names]
    return " or ".join(plain.get(str(name), str(name)) for name in several)
