"""What the host engine says no to, before anything is started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engines.host.orders import ARCH, order
from wheelyard.engines.host import Host
from wheelyard.engines.host.interpreters import Interpreter

CP311 = Interpreter(
    name="cp311", version=(3, 11, 7), executable=Path("/py/3.11/bin/python"), headers=Path("/py/include")
)
BARE = replace(CP311, name="cp312", version=(3, 12, 1), headers=None)


@pytest.fixture
def host() -> Host:
    """An engine on a machine with two interpreters, one of them without headers."""
    return Host({}, interpreters={"cp311": CP311, "cp312": BARE})


def refused(host: Host, folder: Path, *identifiers: str, **options: Any) -> str:
    project = folder / "project"
    (project / "ci").mkdir(parents=True)
    (project / "ci" / "deps.sh").write_text("#!/bin/sh\nset -e\nyum install -y zlib-devel\n")
    (project / "ci" / "harmless.sh").write_text("#!/usr/bin/bash\n# needs no yum\necho dnfx > note\n")
    return host.refuses(order(project, folder / "scratch", *identifiers, options=options)) or ""


def test_an_ordinary_order_is_taken(host: Host, tmp_path: Path) -> None:
    assert refused(host, tmp_path, "cp311-manylinux") == ""


@pytest.mark.parametrize(
    ("identifier", "told"),
    [
        pytest.param("cp311-musllinux_s390x", "makes code for manylinux_x86_64, ", id="musl elsewhere"),
        pytest.param("cp311-macosx_universal2", "makes code for manylinux_x86_64, ", id="two in one"),
        pytest.param("cp313-android_x86_64", "makes code for manylinux_x86_64, ", id="android"),
        pytest.param("pp311-manylinux", "CPython only", id="pypy"),
        pytest.param("gp311_242-manylinux", "CPython only", id="graalpy"),
    ],
)
def test_other_targets_are_refused_by_name(host: Host, tmp_path: Path, identifier: str, told: str) -> None:
    identifier = identifier if "manylinux" not in identifier else f"{identifier}_{ARCH}"
    assert refused(host, tmp_path, identifier).startswith(f"{identifier}: ")
    assert told in refused(host, tmp_path / "again", identifier)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param({"MACOSX_DEPLOYMENT_TARGET": "10.15"}, "", id="newer"),
        pytest.param({"MACOSX_DEPLOYMENT_TARGET": "10.9"}, "make code for 10.13 and newer", id="older"),
        pytest.param("A=1 MACOSX_DEPLOYMENT_TARGET=$(sw_vers)", "'$(sw_vers)'. Write a version", id="no version"),
        pytest.param("MACOSX_DEPLOYMENT_TARGET=10.9 MACOSX_DEPLOYMENT_TARGET='11'", "", id="the last one counts"),
    ],
)
def test_a_macos_that_nothing_here_makes_code_for_is_refused(
    host: Host, tmp_path: Path, environment: object, told: str
) -> None:
    text = refused(host, tmp_path, "cp311-macosx_x86_64", environment=environment)
    assert (text == "") if not told else told in text


def test_a_missing_interpreter_is_named_with_those_there_are(host: Host, tmp_path: Path) -> None:
    text = refused(host, tmp_path, "cp313t-manylinux")
    assert "no CPython 3.13t" in text
    assert "There are 3.11.7" in text


def test_an_interpreter_without_headers_cannot_build(host: Host, tmp_path: Path) -> None:
    assert "has no headers" in refused(host, tmp_path, "cp312-manylinux")


def test_a_wheel_for_many_is_built_by_the_lowest(host: Host, tmp_path: Path) -> None:
    assert refused(host, tmp_path, "cp313-manylinux", "cp311-manylinux", "pp311-manylinux") == ""


@pytest.mark.parametrize(
    ("command", "told"),
    [
        pytest.param("yum install -y zlib-devel", "yum", id="yum"),
        pytest.param("apt-get update && apt-get install -y x", "apt-get", id="apt-get"),
        pytest.param("if command -v apk; then apk add x; fi", "apk", id="apk"),
        pytest.param("/usr/bin/dnf install x", "dnf", id="path"),
        pytest.param("sudo pip install x", "sudo", id="sudo"),
        pytest.param("cd deps && ./configure && make && make -j2 install", "make -j2 install", id="make-install"),
        pytest.param("cmake --install build", "cmake --install", id="cmake-install"),
        pytest.param("cp libx.so /usr/local/lib", "/usr/local/lib", id="folder"),
        pytest.param("bash {project}/ci/deps.sh", "yum", id="script"),
        pytest.param("sh ci/deps.sh", "yum", id="relative-script"),
    ],
)
def test_commands_that_would_change_the_machine_are_refused(
    host: Host, tmp_path: Path, command: str, told: str
) -> None:
    assert f"before-all would change this machine ({told})" in refused(
        host, tmp_path, "cp311-manylinux", **{"before-all": command}
    )
    assert "before-build would change" in refused(host, tmp_path / "b", "cp311-manylinux", **{"before-build": command})


@pytest.mark.parametrize(
    "command",
    [
        "pip install cython",
        "python {project}/ci/make_header.py",
        "bash ci/harmless.sh",
        "make -C deps lib",
        "/usr/bin/env python x.py",
        "echo yummy > apt.txt",
        "cp -r {project}/apt/x y",
    ],
)
def test_commands_that_stay_in_the_project_are_taken(host: Host, tmp_path: Path, command: str) -> None:
    assert refused(host, tmp_path, "cp311-manylinux", **{"before-all": command}) == ""


def test_an_override_can_take_the_command_away(host: Host, tmp_path: Path) -> None:
    overrides = [{"select": "cp311-*", "before-all": ""}]
    assert refused(host, tmp_path, "cp311-manylinux", **{"before-all": "yum install x", "overrides": overrides}) == ""


@pytest.mark.parametrize("identifier", ["cp311-manylinux_s390x", "cp311-musllinux_x86_64", "cp311-win_amd64"])
def test_other_machines_are_built_for_from_here(host: Host, tmp_path: Path, identifier: str) -> None:
    assert refused(host, tmp_path, identifier) == ""


@pytest.mark.parametrize(
    ("system", "told"),
    [
        pytest.param('build-backend = "maturin"\nrequires = ["maturin>=1"]', "it compiles Rust", id="maturin"),
        pytest.param('requires = ["setuptools", "NumPy>=2"]', "requires numpy, and its headers", id="numpy"),
        pytest.param('build-backend = "hatchling.build"', "hatchling.build was not seen to heed", id="another"),
    ],
)
def test_back_ends_that_look_at_this_machine_are_refused_for_others(
    host: Host, tmp_path: Path, system: str, told: str
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pyproject.toml").write_text(f"[build-system]\n{system}\n")
    foreign = order(tmp_path / "project", tmp_path / "scratch", "cp311-manylinux_s390x")
    assert told in (host.refuses(foreign) or "")
    own = order(tmp_path / "project", tmp_path / "scratch", "cp311-manylinux")
    assert host.refuses(own) is None


def test_a_machine_that_zig_has_no_old_glibc_for_is_unavailable(tmp_path: Path) -> None:
    text = Host({}, machine="riscv64").unavailable(order(tmp_path, tmp_path / "scratch", "cp311-manylinux"))
    assert text is not None
    assert "riscv64" in text
