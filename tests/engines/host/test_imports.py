"""What there is to import in a wheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from wheelyard.engines.host import imports


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ("spam.py", "spam"),
        ("spam/__init__.py", "spam"),
        ("spam/eggs.py", None),
        ("spam/_core.cpython-312-x86_64-linux-gnu.so", "spam._core"),
        ("spam/_core.cpython-313t-darwin.so", "spam._core"),
        ("spam/_core.abi3.so", "spam._core"),
        ("spam/_core.cp312-win_amd64.pyd", "spam._core"),
        ("spam/_core.pyd", "spam._core"),
        ("spam/__init__.cp312-win_arm64.pyd", "spam"),
        ("spam-1.0.data/platlib/_spam.abi3.so", "_spam"),
        ("spam-1.0.data/scripts/spam.py", None),
        ("spam-1.0.dist-info/METADATA", None),
        ("spam.libs/libz-1a.so.1", None),
        ("spam/libspam.so", None),
        ("spam/not-a-name.abi3.so", None),
        ("spam/class.abi3.so", None),
        ("__main__.py", None),
    ],
)
def test_a_member_is_a_module_or_it_is_not(member: str, name: str | None, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as archive:
        archive.writestr(member, "")
    assert imports.modules(tmp_path / "x.whl") == (() if name is None else (name,))
