"""Rules about what the project allows: the newest manylinux, musllinux, macOS and stable ABI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wheelyard.audit.contents import Contents
from wheelyard.audit.policy import version
from wheelyard.audit.rule import ERROR, Check, Hit, Policy, Rule

_CONFIG = "Build for an older system (image, deployment target, Py_LIMITED_API), or raise {} in [tool.wheelyard.audit]."


def _newest(system: str, option: str) -> Check:
    """Whether the oldest tag of `system` is newer than the policy allows."""

    def check(contents: Contents, policy: Policy) -> Iterator[Hit]:
        allowed: str | None = getattr(policy, option)
        claimed = [platform for platform in contents.platforms if platform.system == system]
        if allowed is None or not claimed:
            return
        oldest = min(claimed, key=lambda platform: platform.version)
        if oldest.version > version(allowed):
            yield Hit(message=f"Its oldest tag is {oldest.text}; {option} = {allowed!r} is the newest allowed.")

    return check


def _abi3(contents: Contents, policy: Policy) -> Iterator[Hit]:
    for tag in contents.tags:
        found = re.fullmatch(r"cp(\d)(\d+)", tag.interpreter)
        if policy.abi3 is not None and tag.abi == "abi3" and found is not None:
            if (int(found[1]), int(found[2])) > version(policy.abi3):
                yield Hit(
                    message=f"It is for {tag.interpreter} and newer; abi3 = {policy.abi3!r} is the newest allowed."
                )
            return


RULES = tuple(
    Rule(
        id=f"limit-{option}",
        severity=ERROR,
        says=f"The wheel asks for a newer {name} than the project allows.",
        fix=_CONFIG.format(option),
        why="People on older systems get no wheel, or an old one, without a word.",
        check=check,
    )
    for option, name, check in (
        ("manylinux", "manylinux", _newest("manylinux", "manylinux")),
        ("musllinux", "musllinux", _newest("musllinux", "musllinux")),
        ("macos", "macOS", _newest("macosx", "macos")),
        ("abi3", "stable ABI", _abi3),
    )
)
