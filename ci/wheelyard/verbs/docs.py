"""Print the reference of a key of `[tool.wheelyard]`, or the list of all."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wheelyard import reference

if TYPE_CHECKING:
    from wheelyard.doors.console import Console
    from wheelyard.reference import Key

EPILOG = """\
examples:
  wheelyard docs                  every key, a line each
  wheelyard docs audit            a table, and what is in it
  wheelyard docs audit.max-size   one key: what it takes, its default, an example
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard docs` takes."""
    parser.epilog = EPILOG
    parser.add_argument("key", nargs="?", metavar="KEY", help="a key below [tool.wheelyard], such as audit.max-size")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")


def run(options: Namespace, console: Console) -> None:
    """Print one key with all there is to say, or many with a line each."""
    found = reference.every() if options.key is None else reference.find(options.key)
    if options.json:
        console.json(found)
    elif options.key is None:
        console.data("\n".join(_listed(found)))
    else:
        console.data("\n".join((*_explained(found[0]), *_listed(found[1:]))))


def _explained(key: Key) -> Iterator[str]:
    yield f"{key.header} {key.name}"
    yield f"  {key.says}\n"
    yield f"  takes:   {key.type}"
    if key.default:
        yield f"  default: {key.default}"
    if key.example:
        yield f"  example: {key.example}"
    yield ""


def _listed(keys: Sequence[Key]) -> Iterator[str]:
    width = max((len(key.path) for key in keys), default=0)
    return (f"{key.path.ljust(width)}  {key.says}" for key in keys)
