"""A release is looked at as a whole before it is kept and before it leaves."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from releases import make_bundle, make_plan
from wheelyard.config import Audit
from wheelyard.errors import FindingsError
from wheelyard.releasing import checks
from wheelyard.stores import Bundle


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
    said = warnings if warnings is not None else []
    checks.refuse(bundle.manifest, bundle.paths, policy=Audit(), warn=said.append)


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
    victim = bundle.manifest.files[0].file
    change(bundle.paths[victim], "data.bin", b"", b"changed")
    with pytest.raises(FindingsError, match=victim):
        refuse(bundle)


def test_a_broken_sdist_stops_all(bundle: Bundle) -> None:
    archive = next(path for name, path in bundle.paths.items() if name.endswith(".tar.gz"))
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(FindingsError, match=archive.name):
        refuse(bundle)


def test_a_file_without_a_description_is_not_kept_from_an_index_that_takes_it(bundle: Bundle) -> None:
    wheel = next(path for name, path in bundle.paths.items() if name.endswith(".whl"))
    change(wheel, "METADATA", b"Description-Content-Type: text/markdown\n", b"")
    checks.refuse_unrenderable([wheel])


def test_a_description_that_no_index_can_show_is_told_in_twines_words(bundle: Bundle) -> None:
    paths = list(bundle.paths.values())
    change(paths[1], "METADATA", b"text/markdown", b"text/x-rst; variant=none")
    change(paths[1], "METADATA", b"# A sample", b".. unknown:: directive\n\n`broken")
    with pytest.raises(FindingsError, match="twine check") as caught:
        checks.refuse_unrenderable(paths)
    assert paths[1].name in str(caught.value)
    assert paths[0].name not in str(caught.value)
