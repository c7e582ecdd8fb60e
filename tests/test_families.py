"""A project of each family of native packages goes the whole way: built, tested, audited, released, published."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from samples import HERE, commit, results, sample, use_podman, wheelyard
from support import ROOT
from wheelyard.errors import Exit

pytestmark = pytest.mark.integration
host_engine = pytest.mark.skipif(sys.platform != "linux", reason="the host engine works on Linux")
needs_cargo = pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")


def built(root: Path, engine: str, *jobs: str, **environment: str) -> dict[str, dict[str, Any]]:
    """The results of a build that went well."""
    env = {**os.environ, **environment}
    done = wheelyard("build", "-C", str(root), "--engine", engine, "--json", *jobs, env=env)
    assert done.returncode == Exit.DONE, done.stderr
    return results(done)


def released(root: Path) -> list[str]:
    """The wheels of the release that is made of a build, after an audit and a publication to an index on loopback."""
    audited = wheelyard("audit", str(root / "wheelhouse"))
    assert audited.returncode == Exit.DONE, audited.stdout
    done = wheelyard("collect", "-C", str(root), "--json")
    assert done.returncode == Exit.DONE, done.stderr
    names = [file["file"] for file in json.loads(done.stdout)["files"]]
    rehearsed = wheelyard("publish", "-C", str(root), "--rehearse")
    assert rehearsed.returncode == Exit.DONE, rehearsed.stderr
    assert all(f"uploaded {name}" in rehearsed.stderr for name in names)
    return [name for name in names if name.endswith(".whl")]


def same_again(root: Path) -> None:
    """Build everything once more, elsewhere, and compare."""
    done = wheelyard("reproduce", "-C", str(root), "--json")
    assert done.returncode == Exit.DONE, done.stdout + done.stderr
    assert {checked["verdict"] for checked in json.loads(done.stdout)["files"]} == {"same"}


def test_swig_and_cmake_by_poetry_in_a_larger_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_podman(monkeypatch)
    identifier = "cp313-manylinux_x86_64"
    root = sample("swig_cpp", tmp_path / "project", build=identifier)
    assert built(root, "cibuildwheel")[identifier]["tested"]
    report = json.loads((root / "wheelhouse/linux-x86_64/job.json").read_text())
    assert [patch["name"] for patch in report["inputs"]["patches"]] == ["patches/say-which-word.patch"]
    (name,) = released(root)
    assert name.startswith("wy_swig_cpp-1.0.0-cp313-cp313-manylinux")
    same_again(root)


@host_engine
def test_a_library_behind_cffi_is_one_wheel_for_every_python(tmp_path: Path) -> None:
    root = sample("rust_cffi", tmp_path / "project")
    library = "c" if shutil.which("cargo") is None else "rust"
    (result,) = built(root, "host", WY_LIBRARY=library).values()
    assert result["tested"]
    assert released(root) == [result["file"]]
    assert result["file"].startswith("wy_rust_cffi-1.0.0-py3-none-manylinux")


@host_engine
@needs_cargo
def test_pyo3_is_one_wheel_for_the_stable_abi_or_one_for_each_python(tmp_path: Path) -> None:
    root, target = sample("pyo3_maturin", tmp_path / "project"), str(tmp_path / "target")
    fetched = subprocess.run(("cargo", "fetch", "--locked"), cwd=root, capture_output=True, text=True, check=False)
    if fetched.returncode != 0:
        pytest.skip(f"cargo reaches no crates: {fetched.stderr.strip().splitlines()[-1]}")
    (one,) = built(root, "host", CARGO_TARGET_DIR=target).values()
    assert one["tested"]
    assert released(root) == [one["file"]]
    assert one["file"].startswith("wy_pyo3_maturin-1.0.0-cp39-abi3-manylinux")
    file = root / "pyproject.toml"
    file.write_text(file.read_text().replace('features = ["pyo3/abi3-py39"]', "features = []"))
    assert wheelyard("lock", "-C", str(root)).returncode == Exit.DONE
    commit(root)
    (each,) = built(root, "host", CARGO_TARGET_DIR=target).values()
    assert each["tested"]
    assert each["file"].startswith(f"wy_pyo3_maturin-1.0.0-{HERE.python}-{HERE.python}-manylinux")


MINGW = "x86_64-w64-mingw32-gcc"


@pytest.mark.skipif(shutil.which(MINGW) is None, reason=f"there is no {MINGW}: Debian's gcc-mingw-w64-x86-64-posix")
def test_a_dll_without_mingws_libraries_is_found_and_mended_by_linking_statically(tmp_path: Path) -> None:
    project = Path(shutil.copytree(ROOT / "tests/projects/mingw_dll", tmp_path / "project"))
    broken, mended = (cross_built(project, tmp_path / name, flags) for name, flags in (("no", ""), ("yes", "-static")))
    found = wheelyard("audit", str(broken))
    assert found.returncode == Exit.FINDINGS
    assert "turns.dll: It needs libwinpthread-1.dll, libgcc_s_seh-1.dll" in found.stdout
    assert "MinGW: -static" in found.stdout
    done = wheelyard("audit", str(mended))
    assert done.returncode == Exit.DONE, done.stdout


@pytest.mark.skipif(os.environ.get("WHEELYARD_TEST_CROSS") != "all", reason="for WHEELYARD_TEST_CROSS=all")
@pytest.mark.skipif(shutil.which(MINGW) is None or shutil.which("wine") is None, reason=f"needs {MINGW} and wine")
def test_the_dll_loads_in_windows_python_only_when_mended(tmp_path: Path) -> None:
    made = subprocess.run(
        (sys.executable, ROOT / "scripts/windows_python.py"), capture_output=True, text=True, check=True
    )
    project = Path(shutil.copytree(ROOT / "tests/projects/mingw_dll", tmp_path / "project"))
    codes = {}
    for flags in ("", "-static"):
        site = tmp_path / f"site{flags}"
        with zipfile.ZipFile(cross_built(project, tmp_path / f"out{flags}", flags)) as wheel:
            wheel.extractall(site)  # our own
        command = (made.stdout.strip(), str(project / "tests/check.py"))
        env = {**os.environ, "PYTHONPATH": str(site)}
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        codes[flags] = done.returncode
    assert codes == {"": 1, "-static": 0}


def cross_built(project: Path, out: Path, flags: str) -> Path:
    """A wheel for Windows by MinGW on this machine."""
    platform = "-C--build-option=--plat-name=win_amd64"
    command = (sys.executable, "-m", "build", "--wheel", "--outdir", out, platform, project)
    subprocess.run(command, check=True, env={**os.environ, "CC": MINGW, "LDFLAGS": flags}, capture_output=True)
    (wheel,) = out.glob("*-py3-none-win_amd64.whl")
    return wheel


@host_engine
def test_the_same_dll_by_zig_needs_windows_only(tmp_path: Path) -> None:
    root = sample("mingw_dll", tmp_path / "project", build=f"{HERE.python}-win_amd64")
    (result,) = built(root, "host", "sdist", "windows-AMD64").values()
    assert released(root) == [result["file"]] == ["wy_mingw_dll-1.0.0-py3-none-win_amd64.whl"]
    same_again(root)


@host_engine
def test_32_bits_are_built_on_64_and_tested_where_they_can_be(tmp_path: Path) -> None:
    root = sample("i686_c", tmp_path / "project", build=f"{HERE.python}-manylinux_i686")
    (result,) = built(root, "host", "sdist", "linux-i686").values()
    assert result["tested"] or "not run" in str(result["message"])
    assert released(root) == [result["file"]]
    assert result["file"].endswith("manylinux_2_17_i686.whl")
    same_again(root)
