"""`wheelyard reproduce`: the same bytes elsewhere, or why not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from releases import make_project, make_wheelhouse
from samples import HERE, commit, results, sample, wheelyard
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit, UsageError
from wheelyard.verbs import reproduce

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the host engine works on Linux")


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    return make_project(repository)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param((), "Run `wheelyard build` first", id="nothing built"),
        pytest.param(("--against", "v9"), "There is no release 'v9' in the store directory.", id="no release"),
    ],
)
def test_what_is_not_there_cannot_be_built_again(
    project: Path, arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["reproduce", "-C", str(project), *arguments]) == Exit.USAGE
    assert says in capsys.readouterr().err


def test_wheels_of_another_source_are_not_compared(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_wheelhouse(project / "wheelhouse")
    assert cli.main(["reproduce", "-C", str(project)]) == Exit.USAGE
    assert "The source is not what" in capsys.readouterr().err


def test_a_release_of_no_commit_cannot_be_built_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_wheelhouse(project / "wheelhouse")
    assert cli.main(["collect", "-C", str(project), "-q"]) == Exit.DONE
    file = project / "store" / "v1.0" / "manifest.json"
    made = json.loads(file.read_text())
    file.write_text(json.dumps({**made, "commit": "--upload-pack=touch /tmp/x"}))
    assert cli.main(["reproduce", "-C", str(project), "--against", "v1.0"]) == Exit.USAGE
    assert "names no commit" in capsys.readouterr().err


def test_a_folder_of_someone_else_is_not_emptied(project: Path) -> None:
    (project / "reproduction").mkdir()
    (project / "reproduction" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"):
        reproduce._emptied(project / "reproduction")
    (project / "reproduction" / ".gitignore").write_text("*")
    assert [path.name for path in reproduce._emptied(project / "reproduction").iterdir()] == [".gitignore"]


@linux_only
@pytest.mark.integration
class TestWithTheHostEngine:
    """Real second builds, in other surroundings."""

    def test_the_causes_of_a_difference_are_told(self, tmp_path: Path) -> None:
        root = sample("not_reproducible", tmp_path / "project")
        assert wheelyard("build", "-C", str(root), "--engine", "host").returncode == Exit.DONE
        done = wheelyard("reproduce", "-C", str(root))
        assert done.returncode == Exit.FINDINGS
        said = dict(line.strip().split(": ", 1) for line in done.stdout.splitlines() if line.startswith("  wy_"))
        assert "the time of the build" in said["wy_not_reproducible/date.txt"]
        assert "the same words in another order" in said["wy_not_reproducible/names.py"]
        (extension,) = (what for name, what in said.items() if name.endswith(".so"))
        assert "the folder it was built in" in extension

    def test_a_sound_project_is_the_same_bytes_elsewhere_and_so_is_its_release(self, tmp_path: Path) -> None:
        root = sample("setuptools_c", tmp_path / "project")
        first = results(wheelyard("build", "-C", str(root), "--engine", "host", "--json"))[HERE]
        again = wheelyard("reproduce", "-C", str(root), "--json")
        assert again.returncode == Exit.DONE, again.stdout + again.stderr
        report = json.loads(again.stdout)
        assert [checked["verdict"] for checked in report["files"]] == ["same", "same"]
        assert "umask 077" in report["surroundings"]
        assert wheelyard("collect", "-C", str(root), "-q").returncode == Exit.DONE
        (made,) = root.glob("dist/releases/*/manifest.json")
        assert {"auditwheel", "cibuildwheel", "ziglang"} <= set(json.loads(made.read_text())["tools"])
        source = root / "src" / "_core.c"
        source.write_text(source.read_text() + "\nint wy_more(void);\nint wy_more(void) { return 1; }\n")
        commit(root)
        done = wheelyard("reproduce", "-C", str(root), "--against", "v1.0.0", "--only", HERE)
        assert done.returncode == Exit.DONE, done.stdout + done.stderr
        assert done.stdout == f"{first['file']}: same\n"
