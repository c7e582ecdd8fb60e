"""Why a generated file is not what it would be now: who likely changed it, and the one command that mends it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wheelyard.locking.lock import Pin
from wheelyard.render import seal
from wheelyard.render.seal import Seal

GENERATE = "wheelyard generate"
ABSORB = "wheelyard generate --absorb"
FORCE = "wheelyard generate --force"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Sentences on who did it, the command that mends it, and the difference in unified form."""

    reasons: tuple[str, ...]
    command: str
    diff: str


def of(old: str, new: str, *, pinned: Mapping[str, Pin], name: str) -> Drift | None:
    """What makes `old` differ from `new`, None when nothing does."""
    if old == new:
        return None
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"{name} (as it is)", f"{name} (as generated)"
    )
    diff = "".join(lines)
    before, after = seal.read(old), seal.read(new)
    if before is None or after is None:
        return Drift(reasons=(f"{name} was not made by wheelyard.",), command=FORCE, diff=diff)
    edited, bot = is_edited(old), is_moved(old, pinned)
    reasons = tuple(_reasons(before, after, edited=edited and not bot, bot=bot))
    ours = before.package == after.package
    return Drift(reasons=reasons, command=ABSORB if bot else GENERATE if ours and not edited else FORCE, diff=diff)


def is_edited(text: str) -> bool:
    """Whether a file that we made was changed since."""
    found = seal.read(text)
    return found is not None and seal.digest(seal.body(text)) != found.text


def is_moved(text: str, pinned: Mapping[str, Pin]) -> bool:
    """Whether the only change to a file that we made is that actions were moved to other commits."""
    found = seal.read(text)
    return is_edited(text) and found is not None and seal.digest(with_pins(seal.body(text), pinned)) == found.text


def with_pins(text: str, pinned: Mapping[str, Pin]) -> str:
    """`text` with our actions at the commits of `pinned`."""

    def pin(match: re.Match[str]) -> str:
        ours = pinned.get(match["action"])
        return f"{match['before']}{match['action']}@{ours.sha} # {ours.tag}" if ours else match[0]

    return re.sub(r"(?m)^(?P<before>[ -]*uses: )(?P<action>[^\s@]+)@\S+(?: +#.*)?$", pin, text)


def _reasons(before: Seal, after: Seal, *, edited: bool, bot: bool) -> Iterator[str]:
    if before.package != after.package:
        yield f"The file was made for {before.package}, and this is {after.package}: two configurations write one file."
    if bot:
        yield "A bot or a person moved pins in the file. They belong into the lock."
    if edited:
        yield (
            "The file was edited by hand. What should stay belongs into [tool.wheelyard] (steps, workflow.jobs) or a"
            " template of your own."
        )
    if before.settings != after.settings:
        yield "[tool.wheelyard] in pyproject.toml changed."
    if before.plan != after.plan:
        yield "The plan changed: targets, split or runners in pyproject.toml, or identifiers or durations in the lock."
    if before.pins != after.pins and not bot:
        yield "Pins changed: in wheelyard.lock, or with wheelyard itself."
    if before.templates != after.templates or before.version != after.version:
        known = f", {before.version} before and {after.version} now" if before.version != after.version else ""
        yield f"The templates changed{known}."
