"""`wheelyard generate` writes one file, loses nobody's work, and says who changed it and what mends it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import goldens
from support import ROOT, MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit
from wheelyard.locking import lock

WORKFLOW = ".github/workflows/wheels.yml"
NEWER = f"actions/checkout@{'b' * 40} # v7.1.0"


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    """A repository of the shortest configuration, with its workflow."""
    root = bare(repository)
    assert generate(root) == Exit.DONE
    return root


def bare(repository: MakeRepository) -> Path:
    found = goldens.FOLDER / "shortest"
    return repository({name: (found / name).read_text() for name in ("pyproject.toml", lock.FILE)})


def generate(root: Path, *options: str) -> int:
    return cli.main(["generate", "-C", str(root), *options])


def edit(root: Path, pattern: str, by: str, *, name: str = WORKFLOW) -> None:
    text, count = re.subn(pattern, by, (root / name).read_text())
    assert count
    (root / name).write_text(text)


def bump(root: Path) -> None:
    edit(root, r"actions/checkout@\w+ # v\S+", NEWER)


def test_the_workflow_and_a_noxfile_are_written(project: Path) -> None:
    assert (project / WORKFLOW).read_text() == goldens.file("shortest").read_text()
    assert "wheelyard.sessions" in (project / "noxfile.py").read_text()


def test_a_second_run_changes_nothing(project: Path) -> None:
    before = (project / WORKFLOW).stat().st_mtime_ns
    assert generate(project) == Exit.DONE
    assert (project / WORKFLOW).stat().st_mtime_ns == before


def test_a_dry_run_writes_nothing(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> None:
    root = bare(repository)
    assert generate(root, "--dry-run") == Exit.DONE
    assert f"Would write {WORKFLOW}" in capsys.readouterr().err
    assert not (root / ".github").exists()


def test_a_fresh_file_passes_the_check(project: Path) -> None:
    assert generate(project, "--check") == Exit.DONE


def test_line_ends_of_a_windows_checkout_are_no_difference(project: Path) -> None:
    path = project / WORKFLOW
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert generate(project, "--check") == Exit.DONE


def test_a_missing_file_fails_the_check(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(bare(repository), "--check") == Exit.FINDINGS
    assert f"There is no {WORKFLOW}" in capsys.readouterr().err


def change_config(root: Path) -> None:
    edit(root, r"\[tool.wheelyard\]", "[tool.wheelyard]\npublish = { environment = 'other' }", name="pyproject.toml")


def change_plan(root: Path) -> None:
    edit(root, r"\[tool.wheelyard\]", "[tool.wheelyard]\nsplit = 'target'", name="pyproject.toml")


def change_pins(root: Path) -> None:
    locked = json.loads((root / lock.FILE).read_text())
    locked["pins"] = {"actions/checkout": {"tag": "v9", "sha": "c" * 40}}
    (root / lock.FILE).write_text(json.dumps(locked))


def change_by_hand(root: Path) -> None:
    edit(root, "timeout-minutes: 15", "timeout-minutes: 16")


def change_version(root: Path) -> None:
    edit(root, r"# wheelyard \S+ for", "# wheelyard 0.0.9 for")


@pytest.mark.parametrize(
    ("change", "says", "mends"),
    [
        pytest.param(change_config, "[tool.wheelyard] in pyproject.toml changed", "wheelyard generate", id="config"),
        pytest.param(change_plan, "The plan changed", "wheelyard generate", id="plan"),
        pytest.param(change_pins, "Pins changed", "wheelyard generate", id="pins of the lock"),
        pytest.param(change_version, "0.0.9 before", "wheelyard generate", id="wheelyard"),
        pytest.param(bump, "A bot or a person moved pins", "wheelyard generate --absorb", id="bot"),
        pytest.param(change_by_hand, "edited by hand", "wheelyard generate --force", id="hand"),
    ],
)
def test_the_check_says_who_changed_what_and_what_mends_it(
    project: Path, capsys: pytest.CaptureFixture[str], change: object, says: str, mends: str
) -> None:
    assert callable(change)
    change(project)
    assert generate(project, "--check") == Exit.FINDINGS
    output = capsys.readouterr()
    assert says in output.err
    assert output.err.count("changed") + output.err.count("moved") + output.err.count("edited") == 1
    assert output.err.rstrip().endswith(f"To mend it: {mends}")
    assert output.out.startswith(f"--- {WORKFLOW} (as it is)\n+++ {WORKFLOW} (as generated)\n@@")
    assert generate(project, *mends.split()[2:]) == Exit.DONE
    assert generate(project, "--check") == Exit.DONE


def test_the_check_as_json_has_reasons_and_the_difference(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_by_hand(project)
    generate(project, "--check", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["drift"]["command"] == "wheelyard generate --force"
    assert "+    timeout-minutes: 15" in found["drift"]["diff"]


def test_a_noxfile_without_the_sessions_fails_the_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "noxfile.py").write_text("import nox\n")
    assert generate(project, "--check") == Exit.FINDINGS
    assert "Add: import wheelyard.sessions" in capsys.readouterr().err


@pytest.mark.parametrize("change", [change_by_hand, bump], ids=["a hand edit", "a pin"])
def test_what_others_wrote_into_the_file_is_kept(project: Path, change: object) -> None:
    assert callable(change)
    change(project)
    before = (project / WORKFLOW).read_text()
    assert generate(project) == Exit.USAGE
    assert (project / WORKFLOW).read_text() == before


def test_a_file_of_somebody_else_is_kept_unless_forced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / WORKFLOW).write_text("on: push\n")
    assert generate(project) == Exit.USAGE
    assert "was not made by wheelyard" in capsys.readouterr().err
    assert generate(project, "--force") == Exit.DONE
    assert generate(project, "--check") == Exit.DONE


def test_two_configurations_do_not_write_one_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, '"spam"', '"eggs"', name="pyproject.toml")
    assert generate(project) == Exit.USAGE
    assert "made for spam, and this is eggs: two configurations" in capsys.readouterr().err


@pytest.mark.parametrize("name", [WORKFLOW, ".github/workflows", ".github"])
def test_nothing_is_written_through_a_link(project: Path, tmp_path: Path, name: str) -> None:
    (project / name).rename(tmp_path / "elsewhere")
    (project / name).symlink_to(tmp_path / "elsewhere")
    change_config(project)
    assert generate(project, "--force") == Exit.USAGE


def test_a_dangling_link_is_not_written_over(project: Path) -> None:
    (project / WORKFLOW).unlink()
    (project / WORKFLOW).symlink_to("/nowhere/at/all")
    assert generate(project) == Exit.USAGE


def test_a_protected_file_is_not_written_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / WORKFLOW).chmod(0o444)
    change_config(project)
    assert generate(project) == Exit.USAGE
    assert "is read-only" in capsys.readouterr().err


def test_a_stale_lock_comes_first(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, ">=3.12", ">=3.13", name="pyproject.toml")
    assert generate(project) == Exit.FINDINGS
    assert "Run `wheelyard lock`" in capsys.readouterr().err


def test_a_folder_inside_a_repository_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = project / "inside"
    inside.mkdir()
    for name in ("pyproject.toml", lock.FILE):
        (inside / name).write_text((project / name).read_text())
    assert generate(inside) == Exit.USAGE
    assert "not the top of a git repository" in capsys.readouterr().err


def test_absorbing_takes_the_pin_into_the_lock_and_nothing_else_changes(project: Path) -> None:
    bump(project)
    assert generate(project, "--absorb") == Exit.DONE
    found = lock.load((project / lock.FILE).read_bytes())
    before = goldens.locked("shortest").pins
    assert found.pins == {**before, "actions/checkout": lock.Pin(tag="v7.1.0", sha="b" * 40)}
    assert (project / WORKFLOW).read_text().count(NEWER) == 6
    assert generate(project, "--check") == Exit.DONE


def test_absorbing_a_bump_of_some_lines_only_brings_the_others_along(project: Path) -> None:
    text = (project / WORKFLOW).read_text()
    (project / WORKFLOW).write_text(re.sub(r"actions/checkout@\w+ # v\S+", NEWER, text, count=2))
    assert generate(project, "--absorb") == Exit.DONE
    assert (project / WORKFLOW).read_text().count(NEWER) == 6


def test_absorbing_dry_writes_nothing(project: Path) -> None:
    bump(project)
    before = (project / lock.FILE).read_bytes()
    assert generate(project, "--absorb", "--dry-run") == Exit.DONE
    assert (project / lock.FILE).read_bytes() == before


def test_absorbing_refuses_an_action_by_its_tag(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, r"actions/checkout@\w+ # v\S+", "actions/checkout@v8")
    assert generate(project, "--absorb") == Exit.USAGE
    assert "a name that can be moved" in capsys.readouterr().err


def test_absorbing_keeps_hand_edits_out_of_harms_way(project: Path) -> None:
    bump(project)
    change_by_hand(project)
    assert generate(project, "--absorb") == Exit.USAGE
    assert lock.load((project / lock.FILE).read_bytes()) == goldens.locked("shortest")


def test_the_trusted_publisher_to_configure_is_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, r"\[tool.wheelyard\]", "[tool.wheelyard]\nworkflow = {repository = 'a/b'}", name="pyproject.toml")
    assert generate(project, "--explain") == Exit.DONE
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    for line in (["owner", "a"], ["repository", "b"], ["workflow", "wheels.yml"], ["environment", "pypi"]):
        assert line in lines


def test_the_permissions_explained_are_those_of_the_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate(project, "--explain", "--json")
    found = json.loads(capsys.readouterr().out)
    assert [each["publisher"]["workflow"] for each in found["destinations"]] == ["wheels.yml"]
    text = (project / WORKFLOW).read_text()
    for held in found["permissions"].values():
        for permission in held:
            assert f"{permission['scope']}: {permission['level']} # {permission['why']}" in text


def test_this_repositorys_own_workflow_is_fresh() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: an sdist has no workflow")
    assert generate(ROOT, "--check") == Exit.DONE
