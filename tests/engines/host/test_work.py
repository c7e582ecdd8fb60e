"""Where an order is worked on, and what its commands get to see."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.host.orders import order
from wheelyard.doors.process import Programs
from wheelyard.engines.host.work import Work, begun, passed
from wheelyard.errors import BuildError
from wheelyard.targets import Identifier

CP311 = Identifier("cp311-manylinux_x86_64")


def begin(folder: Path) -> Work:
    """The work of an order whose scratch folder is `folder`."""
    (folder / "project" / "pkg").mkdir(parents=True)
    (folder / "project" / "pkg" / "a.c").write_text("")
    made = order(folder / "project", folder / "scratch", CP311, package="pkg")
    with begun(made, CP311, Programs()) as work:
        return work


def test_the_project_is_copied_into_the_scratch_folder(tmp_path: Path) -> None:
    work = begin(tmp_path)
    assert work.place == tmp_path / "scratch"
    assert (work.package / "a.c").exists()


@pytest.mark.parametrize("name", ["with blanks", "with:colon", "naïve", "dollar$HOME"])
def test_a_folder_that_shells_trip_over_is_not_worked_in(tmp_path: Path, name: str) -> None:
    (tmp_path / name / "project").mkdir(parents=True)
    made = order(tmp_path / name / "project", tmp_path / name / "scratch", CP311)
    with begun(made, CP311, Programs()) as work:
        wheel = work.folder("repaired") / "x.whl"
        wheel.write_bytes(b"wheel")
        assert name not in str(work.place)
        kept = work.keep(wheel)
    assert kept.read_bytes() == b"wheel"
    assert kept.is_relative_to(tmp_path / name / "scratch")


def test_a_failed_step_ends_with_the_tools_last_lines_and_what_to_do(tmp_path: Path) -> None:
    work = begin(tmp_path)
    script = "for n in $(seq 40); do echo line $n; done; echo \"x.c: fatal error: 'zlib.h' file not found\"; exit 3"
    with pytest.raises(BuildError) as caught:
        work.run_shell("before-build", script, cwd=work.project, env={"PATH": "/usr/bin:/bin"})
    lines = str(caught.value).splitlines()
    assert lines[0] == "cp311-manylinux_x86_64: before-build failed with exit code 3."
    assert lines[1:3] == ["line 27", "line 28"]
    assert "zlib.h" in lines[-1]
    assert "line 1\n" in work.order.log.read_text()


def test_files_get_the_same_modes_whoever_builds(tmp_path: Path) -> None:
    work = begin(tmp_path)
    work.run_shell("a step", "umask", cwd=work.project, env={"PATH": "/usr/bin:/bin"})
    assert work.order.log.read_text().splitlines()[-1] in {"0022", "022"}


def test_builds_see_no_flags_no_python_variables_and_no_secrets() -> None:
    environ = {
        "PATH": "/bin",
        "HOME": "/home/ada",
        "LC_ALL": "C.UTF-8",
        "PIP_INDEX_URL": "https://index.example",
        "https_proxy": "http://proxy",
        "CFLAGS": "-march=native",
        "LDFLAGS": "-L/opt/lib",
        "PYTHONPATH": "/somewhere",
        "TWINE_PASSWORD": "secret",
        "CIBW_TEST_COMMAND": "x",
        "CPATH": "/opt/include",
    }
    assert set(passed(environ)) == {"PATH", "HOME", "LC_ALL", "PIP_INDEX_URL", "https_proxy"}
    assert "TWINE_PASSWORD" in passed(environ, also=("TWINE_PASSWORD",))
