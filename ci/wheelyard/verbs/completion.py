"""Print the script with which a shell completes this command."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import cli, reference

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

SHELLS = ("bash", "zsh", "tcsh")
EPILOG = """\
examples:
  wheelyard completion bash > ~/.local/share/bash-completion/completions/wheelyard
  wheelyard completion zsh > ~/.zfunc/_wheelyard        with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc
  wheelyard completion tcsh > ~/.wheelyard.tcsh         with `source ~/.wheelyard.tcsh` in ~/.tcshrc
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard completion` takes."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete")
    parser.epilog = EPILOG


def run(options: Namespace, console: Console) -> None:
    """Print the script; it is made of the parser now, and asks nothing when a key is pressed."""
    import shtab  # noqa: PLC0415  # only this verb needs it

    parser = cli.parser()
    for action in _actions(parser):
        if action.type is Path:
            kind = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE
            setattr(action, "complete", kind)  # noqa: B010  # an attribute of shtab's own
        if action.dest == "key":
            action.choices = [key.path for key in reference.every()]
    console.data(shtab.complete(parser, options.shell))


def _actions(parser: ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of every verb."""
    for action in parser._actions:  # noqa: SLF001  # argparse shows them nowhere else
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for verb in action.choices.values():
                yield from _actions(verb)
