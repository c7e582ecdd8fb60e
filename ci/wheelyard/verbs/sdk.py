"""Fetch an SDK of macOS, and say how to build with it."""

from __future__ import annotations

import os
import shlex
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import config, workspace
from wheelyard.building import macos, sdks
from wheelyard.doors import downloads
from wheelyard.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard sdk                                    the one that [tool.wheelyard.macos] names
  wheelyard sdk 11.3                               any other
  eval "$(wheelyard sdk --export)"                 in a shell
  nox -s sdk -- --github-env                       for the steps after this one of a job on GitHub

It is fetched once, checked by its SHA-256, and kept in the cache (WHEELYARD_CACHE).
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard sdk` takes."""
    parser.epilog = EPILOG
    parser.add_argument("version", nargs="?", metavar="VERSION", help="such as 11.3 (default: the configured one)")
    parser.add_argument("--export", action="store_true", help="print lines for a shell to evaluate")
    parser.add_argument("--github-env", action="store_true", help="set the variables for later steps, by $GITHUB_ENV")
    parser.add_argument("--offline", action="store_true", help="take it from the cache or fail")
    parser.add_argument("--dry-run", action="store_true", help="say what would be fetched and set")
    parser.add_argument("--json", action="store_true", help="print the variables and where the SDK comes from")


def run(options: Namespace, console: Console) -> None:
    """Print or set SDKROOT, and MACOSX_DEPLOYMENT_TARGET where it is configured."""
    if options.github_env and not os.environ.get("GITHUB_ENV"):
        raise UsageError("GITHUB_ENV is not set: --github-env is for steps of a workflow. Use --export in a shell.")
    tool = _tool(options)
    sdk = sdks.find(_version(options, tool))
    fetcher = downloads.Fetcher(mirrors=tool.mirrors, offline=options.offline)
    pin = sdks.facts().pin(sdk)
    if options.dry_run:
        if not sdks.is_here(sdk):
            console.say(f"would fetch {next(fetcher.places(pin.url))} (SHA-256 {pin.sha256})")
    else:
        _get(sdk, fetcher, console)
    variables = {"SDKROOT": str(sdks.place(sdk))}
    if tool.macos.deployment_target is not None:
        variables[macos.TARGET] = tool.macos.deployment_target
    if options.github_env:
        _set_on_github(variables, dry_run=options.dry_run, console=console)
    if options.json:
        console.json({"version": sdk.version, "url": pin.url, "sha256": pin.sha256, "variables": variables})
    elif not options.github_env:
        prefix = "export " if options.export else ""
        console.data("\n".join(f"{prefix}{name}={shlex.quote(value)}" for name, value in variables.items()))


def _tool(options: Namespace) -> config.Tool:
    """The project's table; a version alone needs none."""
    if options.version is not None and not (options.project / "pyproject.toml").is_file():
        return config.Tool()
    return workspace.enter(options.project).config.tool


def _version(options: Namespace, tool: config.Tool) -> str:
    asked: str | None = options.version or tool.macos.sdk
    if asked is None:
        raise UsageError(
            "No SDK is asked for. Give a version, such as `wheelyard sdk 11.3`,"
            ' or set sdk = "11.3" in [tool.wheelyard.macos].'
        )
    return asked


def _get(sdk: sdks.Sdk, fetcher: downloads.Fetcher, console: Console) -> None:
    if not sdks.is_here(sdk):
        console.say(f"fetching the SDK of macOS {sdk.version}")
    with console.download() as tell:
        _, dropped = sdks.get(sdk, replace(fetcher, tell=tell))
    if dropped:
        console.say(f"left out {len(dropped)} links that lead out of the SDK, such as {dropped[0]}")


def _set_on_github(variables: dict[str, str], *, dry_run: bool, console: Console) -> None:
    """Add lines to the file that GitHub reads after the step.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-environment-variable
    """
    name = os.environ["GITHUB_ENV"]
    for variable, value in variables.items():
        console.say(f"{'would set' if dry_run else 'set'} {variable}={value}")
    if not dry_run:
        try:
            with Path(name).open("a", encoding="utf-8") as stream:
                stream.writelines(f"{variable}={value}\n" for variable, value in variables.items())
        except OSError as error:
            raise OutsideError(f"{name} (GITHUB_ENV) cannot be written: {error.strerror}.") from None
