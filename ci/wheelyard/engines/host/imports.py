"""The modules of a wheel that can be imported: the least test there is."""

from __future__ import annotations

import keyword
import re
import zipfile
from pathlib import Path

_EXTENSION = re.compile(r"(?P<stem>[^.]+)(\.(cpython-[\w-]+|abi3|cp\d+t?-\w+)\.(so|pyd)|\.pyd)")


def modules(wheel: Path) -> tuple[str, ...]:
    """Its top-level modules and packages, and every extension module, by their full names."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    found = dict.fromkeys(name for each in names if (name := _module(_installed(each.split("/")))))
    return tuple(sorted(name for name in found if all(map(_is_name, name.split(".")))))


def _installed(parts: list[str]) -> list[str]:
    """Where a member of the archive is installed, below site-packages; nothing for what is not."""
    if parts[0].endswith(".data"):
        return parts[2:] if parts[1:2] in (["purelib"], ["platlib"]) else []
    return parts


def _module(parts: list[str]) -> str | None:
    if not parts:
        return None
    *folders, file = parts
    if found := _EXTENSION.fullmatch(file):
        return ".".join(folders if found["stem"] == "__init__" else (*folders, found["stem"]))
    if file == "__init__.py" and len(folders) == 1:
        return folders[0]
    return file.removesuffix(".py") if file.endswith(".py") and not folders else None


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part) and part != "__main__"
