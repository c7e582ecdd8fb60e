"""The facts a plan rests on, resolved once and committed as `wheelyard.lock`."""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from wheelyard import documents
from wheelyard.config import Config
from wheelyard.targets import Identifier, Target, sort_key

FILE = "wheelyard.lock"


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action at one commit, and the tag that commit had."""

    tag: str
    sha: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]


class Lock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `wheelyard.lock` holds; `key` is a digest of everything the identifiers depend on."""

    SCHEMA: ClassVar[int] = 1

    about: str = "Made by `wheelyard lock`. Change [tool.wheelyard] or [tool.cibuildwheel] and run it again."
    schema: int = SCHEMA
    key: str
    tools: dict[str, str]
    identifiers: dict[Target, tuple[Identifier, ...]]
    pins: dict[str, Pin] = {}
    durations: dict[str, Annotated[float, Meta(gt=0)]] = {}

    def of(self, target: Target) -> tuple[Identifier, ...]:
        """The identifiers of one target, in the order people read them."""
        return self.identifiers.get(target, ())


def key(config: Config, *, cibuildwheel: str) -> str:
    """A digest of all that decides which identifiers there are."""
    facts = {
        "cibuildwheel": cibuildwheel,
        "options": config.cibuildwheel,
        "requires-python": config.project.requires_python,
        "targets": sorted(config.tool.targets),
    }
    return hashlib.sha256(msgspec.json.encode(facts, enc_hook=str, order="deterministic")).hexdigest()[:32]


def made(config: Config, *, cibuildwheel: str, identifiers: dict[Target, tuple[Identifier, ...]]) -> Lock:
    """A lock of `identifiers`, sorted, with the key of what they were resolved from."""
    return Lock(
        key=key(config, cibuildwheel=cibuildwheel),
        tools={"cibuildwheel": cibuildwheel},
        identifiers={target: tuple(sorted(identifiers[target], key=sort_key)) for target in sorted(identifiers)},
    )


def is_fresh(lock: Lock, config: Config) -> bool:
    """Whether the identifiers in `lock` are those that `config` would give with the locked tools."""
    return lock.key == key(config, cibuildwheel=lock.tools.get("cibuildwheel", ""))


def load(text: bytes, *, source: str = FILE) -> Lock:
    """The lock in `text`."""
    return documents.load(text, Lock, source=source)
