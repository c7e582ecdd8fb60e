"""What the audit says of a set of wheels, and what the policy allows and accepts."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from audit.wheelmaker import PURE, Draft, metadata
from wheelyard import audit
from wheelyard.config import Audit, Ignore
from wheelyard.errors import ConfigError, Exit, OutsideError
from wheelyard.targets import Identifier

LINUX = "cp312-cp312-manylinux_2_28_x86_64"
MAC = "cp312-cp312-macosx_14_0_arm64"
TWO = (Identifier("cp312-manylinux_x86_64"), Identifier("cp312-macosx_arm64"))


def saved(folder: Path, *drafts: Draft) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [draft.save(folder) for draft in drafts]


def across(paths: list[Path], planned: tuple[Identifier, ...] | None = None) -> set[tuple[str, str]]:
    return {(finding.rule, finding.file) for finding in audit.wheels(paths, planned=planned).across}


def of(tags: str, body: bytes) -> Draft:
    return Draft(tags=tags, info={"METADATA": body})


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        pytest.param("set-requires-python", metadata().replace(b">=3.9", b">=3.10"), id="requires-python"),
        pytest.param("set-dependencies", metadata("Requires-Dist: numpy"), id="dependencies"),
        pytest.param("set-description", metadata(body="# Another\n"), id="description"),
        pytest.param("set-name", metadata(name="Wy.Sample"), id="name"),
    ],
)
def test_the_wheel_that_differs_is_named(rule: str, other: bytes, tmp_path: Path) -> None:
    rest = (of(PURE, metadata()), of(LINUX, metadata()))
    paths = saved(tmp_path, *rest, of(MAC, other))
    assert across(paths) == {(rule, paths[2].name)}


def test_licence_files_that_differ_are_told(tmp_path: Path) -> None:
    paths = saved(tmp_path, Draft(), Draft(tags=LINUX), Draft(tags=MAC, info={"licenses/LICENSE": b"Other."}))
    assert across(paths) == {("set-licences", paths[2].name)}


def test_wheels_of_two_versions_are_told(tmp_path: Path) -> None:
    paths = saved(tmp_path, Draft(), Draft(version="1.1"))
    assert across(paths) == {("set-version", "wy-sample")}


def test_one_name_with_two_contents_is_a_conflict(tmp_path: Path) -> None:
    one, two = saved(tmp_path / "a", Draft()), saved(tmp_path / "b", Draft(files={"wy_sample/x.py": b"1"}))
    assert across(one + two) == {("set-conflict", one[0].name)}


def test_the_same_file_twice_is_no_conflict(tmp_path: Path) -> None:
    assert across(saved(tmp_path / "a", Draft()) + saved(tmp_path / "b", Draft())) == set()


def test_an_identifier_without_a_wheel_is_named(tmp_path: Path) -> None:
    report = audit.wheels(saved(tmp_path, Draft(tags=LINUX)), planned=TWO)
    assert [(finding.rule, "cp312-macosx_arm64" in finding.message) for finding in report.across] == [
        ("set-unanswered", True)
    ]


def test_a_wheel_that_nobody_planned_is_named(tmp_path: Path) -> None:
    paths = saved(tmp_path, Draft(tags=LINUX), Draft(tags=MAC), Draft(tags="cp311-cp311-win32"))
    assert across(paths, TWO) == {("set-unplanned", paths[2].name)}


def test_a_wheel_of_another_project_is_named(tmp_path: Path) -> None:
    stranger = Draft(name="numpy", info={"METADATA": metadata(name="numpy")})
    paths = saved(tmp_path, Draft(tags=LINUX), Draft(tags=MAC), stranger)
    assert across(paths, TWO) == {("set-stranger", paths[2].name)}


def test_a_wheel_that_grew_is_named(tmp_path: Path) -> None:
    (path,) = saved(tmp_path, Draft(files={"wy_sample/x": secrets.token_bytes(2 << 20)}))
    report = audit.wheels([path], previous={"wy_sample-0.9-py3-none-any.whl": 900_000})
    assert [finding.rule for finding in report.across] == ["size-growth"]


@pytest.mark.parametrize(
    ("tags", "policy", "rule"),
    [
        pytest.param(LINUX, Audit(manylinux="2014"), "limit-manylinux", id="manylinux"),
        pytest.param("cp312-cp312-musllinux_1_2_x86_64", Audit(musllinux="1_1"), "limit-musllinux", id="musllinux"),
        pytest.param(MAC, Audit(macos="11.0"), "limit-macos", id="macos"),
        pytest.param("cp310-abi3-win_amd64", Audit(abi3="3.9"), "limit-abi3", id="abi3"),
        pytest.param(PURE, Audit(max_size="1 kB"), "size-budget", id="size"),
    ],
)
def test_what_the_project_does_not_allow_is_an_error(tags: str, policy: Audit, rule: str, tmp_path: Path) -> None:
    (path,) = saved(tmp_path, Draft(tags=tags))
    assert rule in {finding.rule for finding in audit.wheel(path, policy=policy)}
    assert rule not in {finding.rule for finding in audit.wheel(path)}


@pytest.mark.parametrize(
    "select", ["*", "*-manylinux_x86_64", "cp312-manylinux*", "wy_sample-*", "cp31{2,3}-manylinux_x86_64", LINUX]
)
def test_an_ignore_accepts_a_finding_where_it_selects(select: str, tmp_path: Path) -> None:
    policy = Audit(ignore=(Ignore(rule="native-missing", select=select, reason="pure for now"),))
    report = audit.wheels(saved(tmp_path, Draft(tags=LINUX)), policy=policy)
    assert report.findings == ()
    assert [finding.rule for finding in report.wheels[0].ignored] == ["native-missing"]


def test_an_ignore_that_matches_nothing_is_told(tmp_path: Path) -> None:
    policy = Audit(ignore=(Ignore(rule="native-missing", select="*-win32", reason="pure there"),))
    report = audit.wheels(saved(tmp_path, Draft()), policy=policy)
    assert [finding.rule for finding in report.findings] == ["ignore-unused"]


def test_an_ignore_of_an_unknown_rule_is_a_mistake_in_the_config(tmp_path: Path) -> None:
    policy = Audit(ignore=(Ignore(rule="debug-symbol", reason="x"),))
    with pytest.raises(ConfigError, match="debug-symbols"):
        audit.wheels(saved(tmp_path, Draft()), policy=policy)


def test_one_wheel_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    with pytest.raises(audit.UnreadError) as caught:
        audit.wheels([tmp_path / "gone.whl", *saved(tmp_path, Draft(tags=LINUX))])
    assert caught.value.exit is Exit.OUTSIDE
    assert [finding.rule for finding in caught.value.report.findings] == ["native-missing"]


def test_a_folder_called_like_a_wheel_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "x-1-py3-none-any.whl").mkdir()
    with pytest.raises(OutsideError, match="it is a folder"):
        audit.wheel(tmp_path / "x-1-py3-none-any.whl")


def test_a_wheel_behind_a_symbolic_link_is_read(tmp_path: Path) -> None:
    (path,) = saved(tmp_path / "real", Draft())
    link = tmp_path / path.name
    link.symlink_to(path)
    assert audit.wheel(link) == ()
