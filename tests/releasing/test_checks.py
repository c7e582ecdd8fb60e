"""A release is looked at as a whole before it is kept and before it leaves."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from releases import make_bundle, make_plan
from wheelyard.audit import Severity
from wheelyard.audit.rules.across import GROWTH
from wheelyard.config import Audit, Ignore
from wheelyard.errors import FindingsError
from wheelyard.releasing import checks
from wheelyard.releasing.manifest import Manifest
from wheelyard.stores import Bundle

OWN = Audit()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "made", plan=make_plan())


def change(wheel: Path, member: str, old: bytes, new: bytes) -> None:
    """Rewrite a member of a wheel, the record left as it was."""
    with zipfile.ZipFile(wheel) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(old, new) if name.endswith(member) else content)


def refuse(bundle: Bundle, warnings: list[str] | None = None) -> None:
    """Do all that is done before a release leaves."""
    said = warnings if warnings is not None else []
    found = checks.refuse(bundle.manifest, bundle.paths, policy=OWN, warn=said.append)
    if found is not None:
        checks.refuse_unrenderable(bundle.paths.values(), policy=OWN)
        checks.remember(bundle.manifest, found, policy=OWN)


def damage(bundle: Bundle) -> None:
    """Make an audit find an error, behind the manifest's back."""
    change(bundle.paths[bundle.manifest.files[0].file], "data.bin", b"", b"changed")


def test_a_sound_release_passes(bundle: Bundle) -> None:
    refuse(bundle)


def test_warnings_are_passed_on_and_stop_nothing(bundle: Bundle) -> None:
    warnings: list[str] = []
    refuse(bundle, warnings)
    assert any("licence" in warning for warning in warnings)


def test_the_same_warning_of_many_wheels_is_said_once(bundle: Bundle) -> None:
    warnings: list[str] = []
    refuse(bundle, warnings)
    (said,) = [warning for warning in warnings if "licence" in warning]
    wheels = [file.file for file in bundle.manifest.files if file.file.endswith(".whl")]
    assert said.startswith(f"{len(wheels)} files: ")
    assert wheels[0] in said


def test_an_error_in_one_wheel_stops_all_and_is_named(bundle: Bundle) -> None:
    damage(bundle)
    with pytest.raises(FindingsError, match=bundle.manifest.files[0].file):
        refuse(bundle)


def test_a_broken_sdist_stops_all(bundle: Bundle) -> None:
    archive = next(path for name, path in bundle.paths.items() if name.endswith(".tar.gz"))
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(FindingsError, match=archive.name):
        refuse(bundle)


def test_what_passed_is_not_looked_at_again_and_warns_again(bundle: Bundle) -> None:
    first: list[str] = []
    refuse(bundle, first)
    damage(bundle)  # only an audit would see it: that the bytes are the manifest's is the store's to say
    second: list[str] = []
    refuse(bundle, second)
    assert first == second != []


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(lambda made: (made, Audit(manylinux="2_28")), id="another policy"),
        pytest.param(
            lambda made: (replace(made, files=(replace(made.files[0], sha256="0" * 64), *made.files[1:])), OWN),
            id="other bytes",
        ),
        pytest.param(
            lambda made: (replace(made, files=(replace(made.files[0], identifiers=()), *made.files[1:])), OWN),
            id="another plan",
        ),
        pytest.param(lambda made: (replace(made, files=made.files[:-1]), OWN), id="fewer files"),
    ],
)
def test_anything_else_is_audited_again(bundle: Bundle, now: Callable[[Manifest], tuple[Manifest, Audit]]) -> None:
    refuse(bundle)
    damage(bundle)
    made, policy = now(bundle.manifest)
    with pytest.raises(FindingsError):
        checks.refuse(made, bundle.paths, policy=policy, warn=lambda _line: None)


def test_what_was_refused_is_refused_again(bundle: Bundle) -> None:
    damage(bundle)
    for _ in range(2):
        with pytest.raises(FindingsError):
            refuse(bundle)


def test_a_damaged_note_is_none(bundle: Bundle, cache: Path) -> None:
    refuse(bundle)
    (note,) = (cache / "audited").glob("*.json")
    note.write_text("[1]")
    damage(bundle)
    with pytest.raises(FindingsError):
        refuse(bundle)


def test_how_sizes_grew_is_not_noted(bundle: Bundle, cache: Path) -> None:
    found = checks.defects(bundle.manifest, bundle.paths, policy=OWN)
    growth = dataclasses.replace(found[0], rule=GROWTH.id, severity=Severity.WARNING)
    checks.remember(bundle.manifest, (*found, growth), policy=OWN)
    (note,) = (cache / "audited").glob("*.json")
    assert GROWTH.id not in note.read_text()


def test_a_description_is_absent_only_where_that_is_accepted(bundle: Bundle) -> None:
    wheel = next(path for name, path in bundle.paths.items() if name.endswith(".whl"))
    change(wheel, "METADATA", b"Description-Content-Type: text/markdown\n", b"")
    with pytest.raises(FindingsError, match="description-missing"):
        checks.refuse_unrenderable([wheel], policy=OWN)
    accepted = Ignore(rule="description-missing", reason="internal")
    checks.refuse_unrenderable([wheel], policy=Audit(ignore=(accepted,)))


def test_a_description_that_no_index_can_show_is_told_in_twines_words(bundle: Bundle) -> None:
    paths = list(bundle.paths.values())
    change(paths[1], "METADATA", b"text/markdown", b"text/x-rst; variant=none")
    change(paths[1], "METADATA", b"# A sample", b".. unknown:: directive\n\n`broken")
    with pytest.raises(FindingsError, match="twine check --strict") as caught:
        checks.refuse_unrenderable(paths, policy=OWN)
    assert paths[1].name in str(caught.value)
    assert paths[0].name not in str(caught.value)
