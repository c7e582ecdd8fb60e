"""The facts a plan rests on, resolved once and committed as `wheelyard.lock`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from wheelyard import documents
from wheelyard.config import Config
from wheelyard.errors import UsageError
from wheelyard.targets import Identifier, Platform, Target, sort_key

FILE = "wheelyard.lock"

# Options of cibuildwheel that say how a wheel is built or tested, not which wheels there are.
_ELSEWHERE = (
    *("audit", "before-", "build-frontend", "build-verbosity", "config-settings", "container-engine"),
    *("dependency-versions", "environment", "manylinux-", "musllinux-", "overrides", "archs", "inherit"),
    *("repair-", "test-", "xbuild-", *Platform),
)

_MARKERS = (b"<<<<<<<", b">>>>>>>")


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action at one commit, and the tag that commit had."""

    tag: str
    sha: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]


class Lock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `wheelyard.lock` holds.

    `key` is a digest of the identifiers and of everything they depend on, so it tells of a changed option, a hand
    edit and a careless merge alike. `durations` are minutes for identifiers, `identifier/variant` for variants.
    """

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

    @property
    def every(self) -> frozenset[Identifier]:
        """The identifiers of all targets."""
        return frozenset(identifier for found in self.identifiers.values() for identifier in found)


def made(
    config: Config,
    *,
    cibuildwheel: str,
    identifiers: Mapping[Target, tuple[Identifier, ...]],
    pins: Mapping[str, Pin] | None = None,
    durations: Mapping[str, float] | None = None,
) -> Lock:
    """A lock of `identifiers`, with the key of what they were resolved from; everything in it is sorted."""
    ordered = {target: tuple(sorted(identifiers[target], key=sort_key)) for target in sorted(identifiers)}
    return Lock(
        key=_key(config, cibuildwheel=cibuildwheel, identifiers=ordered),
        tools={"cibuildwheel": cibuildwheel},
        identifiers=ordered,
        pins=dict(sorted((pins or {}).items())),
        durations=dict(sorted((durations or {}).items())),
    )


def is_fresh(lock: Lock, config: Config) -> bool:
    """Whether the identifiers in `lock` are those that `config` gives with the locked tools."""
    version = lock.tools.get("cibuildwheel", "")
    return lock.key == _key(config, cibuildwheel=version, identifiers=lock.identifiers)


def load(text: bytes, *, source: str = FILE) -> Lock:
    """The lock in `text`; `UsageError` for one that cannot be used, with the way out."""
    if any(marker in text for marker in _MARKERS):
        raise UsageError(
            f"{source} has the marks of a merge conflict. Take either side"
            f" (`git checkout --ours {FILE}`), then run `wheelyard lock`, which resolves it anew."
        )
    return documents.load(text, Lock, source=source)


def _key(config: Config, *, cibuildwheel: str, identifiers: Mapping[Target, tuple[Identifier, ...]]) -> str:
    """A digest of all that decides which identifiers there are, and of the identifiers."""
    facts = {
        "cibuildwheel": cibuildwheel,
        "options": {name: value for name, value in config.cibuildwheel.items() if not name.startswith(_ELSEWHERE)},
        "requires-python": config.project.requires_python,
        "targets": sorted(config.tool.targets),
        "identifiers": identifiers,
    }
    return hashlib.sha256(msgspec.json.encode(facts, enc_hook=str, order="deterministic")).hexdigest()[:32]
