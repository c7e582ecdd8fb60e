"""Real wheels, of projects that take care, have no false error: each error is confirmed by another tool or by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from readme_renderer import rst

from audit import realwheels
from wheelyard import audit
from wheelyard.audit import archive
from wheelyard.audit.rules import metadata
from wheelyard.doors import process, toolbox

pytestmark = pytest.mark.peers

LIEF = "lief==1.0.0"
DELVEWHEEL = "delvewheel==1.13.2"

# What is wrong with them, and how that was confirmed: see `confirm_...` below.
KNOWN: dict[str, dict[str, set[str]]] = {
    "cryptography-48.0.1-cp311-abi3-macosx_10_9_universal2.whl": {
        "macho-minimum": {"cryptography/hazmat/bindings/_rust.abi3.so"}
    },
    "shapely-2.2.0-cp312-cp312-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl": {
        "elf-rpath": {"shapely/_geos.cpython-312-x86_64-linux-gnu.so"}
    },
    "debugpy-1.8.22-py2.py3-none-any.whl": {  # by hand: modules for CPython 3.9 on Windows in a wheel for any platform
        "pure-extension": {
            "debugpy/_vendored/pydevd/_pydevd_bundle/pydevd_cython.cp39-win_amd64.pyd",
            "debugpy/_vendored/pydevd/_pydevd_frame_eval/pydevd_frame_evaluator.cp39-win_amd64.pyd",
        }
    },
    **{
        f"pywin32-312-cp312-cp312-{platform}.whl": {
            "pe-needed": {
                "pythonwin/Pythonwin.exe",
                "pythonwin/dde.pyd",
                "pythonwin/win32ui.pyd",
                "pythonwin/win32uiole.pyd",
                "win32comext/mapi/exchange.pyd",
                "win32comext/mapi/mapi.pyd",
            }
        }
        for platform in ("win32", "win_amd64")
    },
}

Wheels = dict[str, Path]


@pytest.fixture(scope="session")
def wheels() -> Wheels:
    return {path.name: path for path in realwheels.fetched()}


def errors(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in audit.wheel(path):
        if finding.severity is audit.Severity.ERROR:
            found.setdefault(finding.rule, set()).add(finding.path or "")
    return found


@pytest.mark.parametrize("name", realwheels.NAMES)
def test_no_error_is_false(name: str, wheels: Wheels) -> None:
    assert errors(wheels[name]) == KNOWN.get(name, {})


def test_there_are_wheels_of_every_kind() -> None:
    together = "\n".join(realwheels.NAMES)
    assert len(realwheels.NAMES) >= 60
    kinds = ("manylinux", "musllinux", "aarch64", "macosx", "universal2", "arm64", "win32", "win_amd64", "win_arm64")
    assert [kind for kind in (*kinds, "abi3", "py3-none", "py2.py3-none-any", "ios_") if kind not in together] == []


def lief_says(path: Path, member: str, expression: str) -> object:
    """What lief finds in a member: `b` is the binary, or the first slice of a universal one."""
    python = toolbox.environment("tests-lief", [LIEF])
    program = (
        "import json, lief, sys, zipfile\n"
        "data = list(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))\n"
        "b = lief.parse(data)\n"
        f"print(json.dumps({expression}))"
    )
    ended = process.run((python, "-c", program, path, member))
    assert ended.code == 0, ended.output
    return json.loads(ended.output.splitlines()[-1])


def test_lief_confirms_the_minimum_of_macos(wheels: Wheels) -> None:
    name, expected = next((name, rules["macho-minimum"]) for name, rules in KNOWN.items() if "macho-minimum" in rules)
    minimum = "list(x.version_min.version if x.has_version_min else x.build_version.minos)"
    slices = f"[{minimum} for fat in [lief.MachO.parse(data)] for x in fat]"
    minima = lief_says(wheels[name], min(expected), slices)
    assert isinstance(minima, list)
    assert [10, 13, 0] in minima


def test_lief_confirms_the_run_path(wheels: Wheels) -> None:
    name, expected = next((name, rules["elf-rpath"]) for name, rules in KNOWN.items() if "elf-rpath" in rules)
    said = lief_says(
        wheels[name],
        min(expected),
        "[e.runpath for e in b.dynamic_entries if isinstance(e, lief.ELF.DynamicEntryRunPath)]"
        " + [e.rpath for e in b.dynamic_entries if isinstance(e, lief.ELF.DynamicEntryRpath)]",
    )
    assert "/usr/local/lib64" in str(said)


@pytest.mark.parametrize("library", ["mfc140u.dll", "msvcp140.dll"])
def test_delvewheel_confirms_the_missing_dll(library: str, wheels: Wheels) -> None:
    python = toolbox.environment("tests-delvewheel", [DELVEWHEEL])
    ended = process.run((python, "-m", "delvewheel", "show", wheels["pywin32-312-cp312-cp312-win_amd64.whl"]))
    assert library in ended.output.lower()


def _slices(path: Path) -> dict[str, tuple[set[str], set[str]]]:
    """What our readers find in each ELF and PE file: architecture aside, the libraries and the imported symbols."""
    contents = archive.read(path)
    return {binary.path: (set(binary.slices[0].needed), set(binary.slices[0].imported)) for binary in contents.binaries}


READ: tuple[tuple[str, Callable[[str], str], str], ...] = (
    ("markupsafe-3.0.4-cp312-cp312-manylinux2014_x86_64", str, "b.libraries"),
    ("markupsafe-3.0.4-cp312-cp312-win_amd64", str.lower, "[i.name for i in b.imports]"),
    ("kiwisolver-1.5.1-cp312-cp312-win_amd64", str.lower, "[i.name for i in b.imports]"),
    ("markupsafe-3.0.4-cp312-cp312-macosx_11_0_arm64", str, "[i.name for i in b.libraries]"),
)


@pytest.mark.parametrize(("start", "spelled", "expression"), READ, ids=[row[0] for row in READ])
def test_lief_reads_the_same_libraries(
    start: str, spelled: Callable[[str], str], expression: str, wheels: Wheels
) -> None:
    path = next(path for name, path in wheels.items() if name.startswith(start))
    for member, (needed, _) in _slices(path).items():
        said = lief_says(path, member, expression)
        assert isinstance(said, list)
        assert {spelled(str(name)) for name in said} == needed


def test_the_renderer_of_twine_agrees_on_every_description(wheels: Wheels) -> None:
    """We parse descriptions as it does, and leave out turning them into HTML."""

    for path in wheels.values():
        fields = archive.read(path).metadata
        assert fields is not None
        text = metadata.description(fields)
        if not str(fields["Description-Content-Type"]).startswith(("text/markdown", "text/plain")) and text.strip():
            assert (rst.render(text) is None) == bool(list(metadata.broken_description(fields))), path.name
