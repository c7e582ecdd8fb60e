"""Every broken wheel is found out, by the right rule at the right place, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit import defects
from audit.defects import Defect
from audit.wheelmaker import Draft
from wheelyard import audit
from wheelyard.audit import rules


def rows(native: bool) -> list[object]:  # noqa: FBT001  # two lists of one table
    return [pytest.param(defect, id=defect.id) for defect in defects.ALL if defect.native is native]


def look(defect: Defect, folder: Path) -> set[tuple[str, str | None]]:
    path = defect.draft().save(folder)
    defect.after(path)
    return {(finding.rule, finding.path) for finding in audit.wheel(path)}


@pytest.mark.parametrize("defect", rows(native=False))
def test_a_broken_wheel_is_found_out(defect: Defect, tmp_path: Path) -> None:
    assert look(defect, tmp_path) == set(defect.finds)


@pytest.mark.integration
@pytest.mark.parametrize("defect", rows(native=True))
def test_a_broken_wheel_with_native_code_is_found_out(defect: Defect, tmp_path: Path) -> None:
    assert look(defect, tmp_path) == set(defect.finds)


@pytest.mark.integration
@pytest.mark.parametrize("kind", defects.SOUND)
def test_a_sound_wheel_has_no_findings(kind: str, tmp_path: Path) -> None:
    draft: Draft = defects.SOUND[kind]()
    assert audit.wheel(draft.save(tmp_path)) == ()


def test_there_are_many_defects_and_each_has_a_name_of_its_own() -> None:
    assert len({defect.id for defect in defects.ALL}) == len(defects.ALL) >= 90


def test_every_rule_about_one_wheel_is_broken_by_some_defect_or_limit() -> None:
    shown = {rule for defect in defects.ALL for rule, _ in defect.finds}
    elsewhere = {rule.id for family in ("limits", "across") for rule in rules.FAMILIES[family]}
    by_hand = {"elf-forbidden", "size-budget", "size-index", "ignore-unused"}
    assert set(rules.RULES) - shown - elsewhere - by_hand == set()
