"""The policy of `[tool.wheelyard.audit]`: what is allowed, what is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wheelyard.audit.contents import Contents
from wheelyard.config import Audit, Ignore
from wheelyard.targets import selects

if TYPE_CHECKING:
    from packaging.tags import Tag

_UNITS = {"kB": 10**3, "MB": 10**6, "GB": 10**9}
_LEGACY = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}


def size(text: str) -> int:
    """`25 MB` in bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(kB|MB|GB)", text)
    if found is None:
        raise ValueError(text)
    return int(float(found[1]) * _UNITS[found[2]])


def version(text: str) -> tuple[int, ...]:
    """`2_28`, `2014`, `11.0` or `3.9` as numbers; a legacy manylinux as its glibc."""
    return _LEGACY.get(text) or tuple(int(part) for part in re.split(r"[._]", text))


def ignores(policy: Audit, rule: str, contents: Contents) -> Ignore | None:
    """The entry of the policy that accepts findings of `rule` on this wheel."""
    spelled = spellings(contents.file, contents.tags)
    for ignore in policy.ignore:
        if ignore.rule == rule and any(selects(ignore.select, name) for name in spelled):
            return ignore
    return None


def spellings(file: str, tags: Iterable[Tag]) -> tuple[str, ...]:
    """What `select` may match: the file name, each tag, and each tag as an identifier would say it."""
    names = {file, file.removesuffix(".whl")}
    for tag in tags:
        platform = re.sub(r"^(manylinux|musllinux|macosx|ios)(_?\d+)+_", r"\1_", tag.platform)
        names |= {
            str(tag),
            f"{tag.interpreter}-{tag.platform}",
            f"{tag.interpreter}-{platform}",
            f"{tag.abi}-{platform}",
        }
    return tuple(sorted(names))
