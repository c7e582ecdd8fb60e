"""The command `wheelyard`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from wheelyard import __version__
from wheelyard.errors import ConfigError, Exit, WheelyardError, nearest

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

# The verbs in the order of a release, each a module of `wheelyard.verbs`, with what it does.
VERBS = {
    "init": "propose all of this for a repository as it is, and write it when you agree",
    "plan": "show every job and every wheel of the release, before anything runs",
    "lock": "resolve the facts the plan rests on and write wheelyard.lock",
    "generate": "write the workflow that releases this package, from plan and lock",
    "tag": "check everything a release needs, then tag the commit and push the tag",
    "build": "build, audit and test the wheels of jobs on this machine",
    "test": "test wheels that are there, such as those that another machine cross-built",
    "reproduce": "build wheels again, elsewhere, and compare them byte for byte",
    "audit": "look for defects in wheels, of this project or any other",
    "collect": "gather the wheels of all jobs into one complete release",
    "publish": "upload a complete release to a package index with twine",
    "sdk": "fetch an SDK of macOS by version, and say how to build with it",
    "finish": "show the release to everybody, once it is complete and on the index",
    "report": "write a page that shows the state of the release",
    "doctor": "say what this machine can do for a release, and how to get what is absent",
    "status": "show how far a release has come: plan, builds, store and index",
    "docs": "print what a key of [tool.wheelyard] means, takes and is by default",
    "completion": "print the script with which a shell completes verbs, options and names",
    "schema": "print the JSON schema of a file that wheelyard reads or writes",
}

EPILOG = """\
examples:
  wheelyard plan                  what will be built, and where
  wheelyard build                 build what this machine can
  wheelyard collect               make the release of it
  wheelyard publish --index URL   and upload it

exit codes: 0 done, 1 findings or drift, 2 usage or config, 3 incomplete, 4 the outside world failed,
5 a build failed, 70 a bug in wheelyard, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parser(arguments).parse_args(arguments)
        from wheelyard.doors.console import Console  # noqa: PLC0415  # `--help` needs none of it
    except KeyboardInterrupt:  # before anything has begun
        return Exit.INTERRUPTED
    console = Console(quiet=options.quiet)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        import_module(f"wheelyard.verbs.{options.verb}").run(options, console)
    except WheelyardError as error:
        _report(error, console)
        return error.exit
    except KeyboardInterrupt:
        console.error("Interrupted. Nothing half-written counts; run the same command to go on.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.DONE
    except Exception:  # noqa: BLE001  # the last line of defence gives a bug its own exit code
        import traceback  # noqa: PLC0415

        console.error(f"This is a bug in wheelyard {__version__}. Please report it with the lines below.")
        traceback.print_exc()
        return Exit.BUG
    return Exit.DONE


def _report(error: WheelyardError, console: Console) -> None:
    if isinstance(error, ConfigError) and console.on_github:
        for mistake in error.mistakes:
            console.error(f"{error.source}: {mistake}")
    else:
        console.error(str(error))


def _interrupt(_number: int, _frame: object) -> NoReturn:
    """End on SIGTERM as on Ctrl-C: programs stopped, nothing half-written."""
    raise KeyboardInterrupt


class _Parser(argparse.ArgumentParser):
    """A parser that suggests the verb that may have been meant, and exits with our code for usage."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong with the command line."""
        self.print_usage(sys.stderr)
        self.exit(Exit.USAGE, f"error: {message}\n")


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for these arguments; only the verb that is asked for is imported to say what it takes."""
    asked = next((word for word in arguments if not word.startswith("-")), None)
    made = parser([asked] if asked in VERBS else [])
    if asked is not None and asked not in VERBS:
        made.error(f"there is no verb {asked!r}.{nearest(asked, VERBS)} Verbs: {', '.join(VERBS)}.")
    return made


def parser(asked: Collection[str | None] = tuple(VERBS)) -> argparse.ArgumentParser:
    """The parser with all verbs, of which the `asked` ones have their arguments."""
    made = _Parser(
        prog="wheelyard",
        description="Complete, checked releases of Python wheels with native code.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"wheelyard {__version__}")
    verbs = made.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    for name, does in VERBS.items():
        verb = verbs.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", formatter_class=_Help)
        if name in asked:
            _common(verb)
            import_module(f"wheelyard.verbs.{name}").arguments(verb)
    return made


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of examples."""


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-C", "--project", type=Path, default=Path(), metavar="DIR", help="the repository (default: .)")
    parser.add_argument("-q", "--quiet", action="store_true", help="only data, warnings and errors")
