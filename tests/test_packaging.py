"""Wheel and sdist hold exactly what they should, and templates are found in every kind of installation."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from wheelyard.doors.tars import tarfile

ROOT = Path(__file__).parents[1]
PACKAGE_FILES = {
    f"wheelyard/{path.relative_to(ROOT / 'ci' / 'wheelyard').as_posix()}"
    for path in (ROOT / "ci" / "wheelyard").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}
TEMPLATE_FILES = {
    f"wheelyard/templates/{path.relative_to(ROOT / 'templates').as_posix()}"
    for path in (ROOT / "templates").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}
ASK = "from wheelyard import resources; print(sorted(p.name for p in resources.templates().iterdir()))"


def hatch(*arguments: str) -> None:
    """Build with the back end itself, so that no network is needed."""
    pytest.importorskip("hatchling", reason="hatchling is not installed: it comes with the group `test`")
    subprocess.run((sys.executable, "-m", "hatchling", "build", *arguments), cwd=ROOT, check=True, capture_output=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    hatch("--target", "wheel", "--directory", str(folder))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    hatch("--target", "sdist", "--directory", str(folder))
    (made,) = folder.glob("*.tar.gz")
    return made


def test_the_wheel_holds_the_package_and_its_templates_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == PACKAGE_FILES | TEMPLATE_FILES


def test_the_sdist_holds_what_is_needed_to_build_and_test_it(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names}
    assert tops == {
        "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "benchmarks", "ci", "docs", "noxfile.py", "pyproject.toml",
        "scripts", "templates", "tests", ".gitignore",
    }  # fmt: skip
    assert {f"ci/{name}" for name in PACKAGE_FILES} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".so", ".whl"))]


def test_templates_are_found_in_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)  # made by this test
    assert found(tmp_path) == sorted(path.name for path in (ROOT / "templates").iterdir())


def test_templates_are_found_in_the_sdist(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (top,) = tmp_path.iterdir()
    assert found(top / "ci") == sorted(path.name for path in (ROOT / "templates").iterdir())


def test_templates_are_found_in_the_tree_and_in_an_editable_installation() -> None:
    assert found(ROOT / "ci") == sorted(path.name for path in (ROOT / "templates").iterdir())


def found(folder: Path) -> list[str]:
    """The templates that a wheelyard in `folder` finds, asked in a process of its own."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); {ASK}"
    done = subprocess.run((sys.executable, "-c", code), check=True, capture_output=True, text=True, cwd=folder)
    names: list[str] = eval(done.stdout, {"__builtins__": {}})  # noqa: S307  # a list of strings printed above
    return names
