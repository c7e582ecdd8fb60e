"""Real cibuildwheel in real containers, through the command line that people use."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from samples import commit, results, sample, use_podman, wheelyard
from wheelyard.errors import Exit

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def podman(monkeypatch: pytest.MonkeyPatch) -> None:
    use_podman(monkeypatch)


def build(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return wheelyard("build", "-C", str(root), "--engine", "cibuildwheel", "--json", *arguments)


def test_two_identifiers_are_built_tested_and_reported(tmp_path: Path) -> None:
    done = build(sample("setuptools_c", tmp_path / "project", build="cp3{9,13}-manylinux_x86_64"))
    assert done.returncode == Exit.DONE, done.stderr
    found = results(done)
    assert set(found) == {"cp39-manylinux_x86_64", "cp313-manylinux_x86_64"}
    assert all(result["state"] == "built" and result["tested"] for result in found.values())
    assert all("manylinux_2_" in str(result["file"]) for result in found.values())


def test_a_container_without_a_network_builds_of_what_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    root = sample("meson_c", tmp_path / "project", build="cp39-manylinux_x86_64")  # whose back end asks for ninja
    first = results(build(root, "--fetch"))
    done = build(root, "--offline")
    assert done.returncode == Exit.DONE, done.stderr
    assert "building cp39" in done.stderr
    assert results(done)["cp39-manylinux_x86_64"]["sha256"] == first["cp39-manylinux_x86_64"]["sha256"]
    assert results(done)["cp39-manylinux_x86_64"]["tested"]
    ask = "import socket; socket.create_connection(('192.0.2.1', 9), 3)"
    monkeypatch.setenv("CIBW_BEFORE_BUILD", f'python -c "{ask}"')
    done = build(root, "--offline", "linux-x86_64")
    assert done.returncode == Exit.BUILD
    assert "Network is unreachable" in str(results(done)["cp39-manylinux_x86_64"]["message"])


def test_both_engines_make_the_same_wheel_but_for_the_age_of_glibc(tmp_path: Path) -> None:
    root = sample("meson_c", tmp_path / "project", build="cp3{9,13}-manylinux_x86_64")
    there, here = tmp_path / "containers", tmp_path / "host"
    done = build(root, "--wheelhouse", str(there))
    assert done.returncode == Exit.DONE, done.stderr
    assert all(result["tested"] for result in results(done).values())
    host = wheelyard("build", "-C", str(root), "--engine", "host", "--json", "--wheelhouse", str(here))
    built = {name for name, result in results(host).items() if result["state"] == "built"}
    if not built:
        pytest.skip("neither CPython 3.9 nor 3.13 is on this machine for the host engine")
    for name in built:
        (one,), (other,) = (list(house.rglob(f"*-{name.partition('-')[0]}-*.whl")) for house in (there, here))
        assert one.name.split("-")[:4] == other.name.split("-")[:4]
        assert members(one) == members(other)
        assert results(host)[name]["tested"]


def members(wheel: Path) -> set[str]:
    """What a wheel installs."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name and not name.endswith("/")}


def test_one_abi3_wheel_is_built_once_and_tested_on_both(tmp_path: Path) -> None:
    done = build(sample("abi3", tmp_path / "project", build="cp3{9,13}-manylinux_x86_64"))
    assert done.returncode == Exit.DONE, done.stderr
    found = results(done)
    assert len({result["file"] for result in found.values()}) == 1
    assert {str(result["file"]).split("-")[3] for result in found.values()} == {"abi3"}


def test_what_succeeded_is_kept_when_one_identifier_fails(tmp_path: Path) -> None:
    root = sample("fails_once", tmp_path / "project", build="cp3{9,13}-manylinux_x86_64")
    done = build(root)
    assert done.returncode == Exit.BUILD
    found = results(done)
    assert found["cp39-manylinux_x86_64"]["state"] == "built"
    assert found["cp313-manylinux_x86_64"]["state"] == "failed"
    assert "on purpose" in str(found["cp313-manylinux_x86_64"]["message"])
    again = build(root, "--only", "cp39-*")
    assert "building cp39" not in again.stderr


def test_a_back_end_that_gives_no_native_code_fails(tmp_path: Path) -> None:
    done = build(sample("empty_backend", tmp_path / "project", build="cp313-manylinux_x86_64"))
    assert done.returncode == Exit.BUILD
    assert results(done)["cp313-manylinux_x86_64"]["state"] == "failed"


def test_a_library_is_vendored(tmp_path: Path) -> None:
    root = sample("vendored", tmp_path / "project", build="cp313-manylinux_x86_64")
    assert build(root).returncode == Exit.DONE
    (wheel,) = (root / "wheelhouse").rglob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert any(".libs/" in name for name in archive.namelist())


def test_a_build_py_beside_the_package_is_not_run(tmp_path: Path) -> None:
    done = build(sample("subfolder", tmp_path / "project", build="cp313-manylinux_x86_64"))
    assert done.returncode == Exit.DONE, done.stderr


def test_a_build_py_at_the_top_does_not_hide_the_front_end(tmp_path: Path) -> None:
    root = sample("setuptools_c", tmp_path / "project", build="cp313-manylinux_x86_64")
    (root / "build.py").write_text("print('not the front end')\n")
    commit(root)
    done = build(root)
    assert done.returncode == Exit.DONE, done.stderr
    assert "Built with pip" in str(results(done)["cp313-manylinux_x86_64"]["message"])


def test_an_interruption_leaves_no_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = f"interrupted={tmp_path}"
    monkeypatch.setenv("CIBW_CONTAINER_ENGINE", f"podman; create-args: --label={mark}")
    root = sample("setuptools_c", tmp_path / "project", build="cp313-manylinux_x86_64")
    command = (sys.executable, "-m", "wheelyard", "build", "-C", str(root), "--engine", "cibuildwheel")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        while not containers(mark):
            assert running.poll() is None
            time.sleep(0.1)
        running.terminate()
        _, said = running.communicate()
    assert running.returncode == Exit.INTERRUPTED, said
    assert containers(mark) == []


def containers(label: str) -> list[str]:
    """The containers with a label."""
    asked = ("podman", "ps", "--all", "--quiet", "--filter", f"label={label}")
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()


def test_an_image_that_is_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIBW_MANYLINUX_X86_64_IMAGE", "localhost/nobody-has-this:1")
    done = build(sample("setuptools_c", tmp_path / "project", build="cp313-manylinux_x86_64"))
    assert done.returncode == Exit.USAGE
    assert "localhost/nobody-has-this:1 is not here and cannot be pulled" in done.stderr
    assert not list((tmp_path / "project" / "wheelhouse").rglob("*.whl"))


def test_a_wheel_is_the_same_bytes_when_built_again(tmp_path: Path) -> None:
    root = sample("setuptools_c", tmp_path / "project", build="cp313-manylinux_x86_64")
    assert build(root).returncode == Exit.DONE
    done = wheelyard("reproduce", "-C", str(root), "linux-x86_64")
    assert (done.returncode, done.stdout.count(": same")) == (Exit.DONE, 1), done.stdout + done.stderr
