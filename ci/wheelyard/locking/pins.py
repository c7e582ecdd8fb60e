"""The actions a workflow uses, each at one commit: our table, and what the lock says instead.

A commit cannot be moved as a tag can (https://docs.github.com/actions/reference/security/secure-use).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from wheelyard.errors import UsageError
from wheelyard.locking.lock import FILE, Lock, Pin

# The newest tag of each action whose commit several public workflows agree on, as of August 2026.
DEFAULTS: Mapping[str, Pin] = {
    "actions/attest-build-provenance": Pin(tag="v4.2.2", sha="4d101475d8b20a2381f78447822ac1eab6504dd8"),
    "actions/checkout": Pin(tag="v7.0.1", sha="3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/download-artifact": Pin(tag="v8.0.1", sha="3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "actions/setup-python": Pin(tag="v7.0.0", sha="5fda3b95a4ea91299a34e894583c3862153e4b97"),
    "actions/upload-artifact": Pin(tag="v7.0.1", sha="043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"),
    "docker/setup-qemu-action": Pin(tag="v4.2.0", sha="96fe6ef7f33517b61c61be40b68a1882f3264fb8"),
    "ilammy/msvc-dev-cmd": Pin(tag="v1.13.0", sha="0b201ec74fa43914dc39ae48a89fd1d8cb592756"),  # seen in one place only
}

# What emulates foreign architectures: the image that docker/setup-qemu-action runs, privileged, so by digest
# (https://hub.docker.com/r/tonistiigi/binfmt; tag and digest as other public workflows pin them, August 2026).
BINFMT = (
    "docker.io/tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0"
)

_USES = re.compile(
    r"^[ \t-]*uses:[ \t]*[\"']?(?P<action>[^\s@\"']+)@(?P<ref>[^\s\"']+)[\"']?(?:[ \t]+#[ \t]*(?P<tag>\S+))?",
    re.MULTILINE,
)
_COMMIT = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Use:
    """An action as a workflow's text names it."""

    action: str
    ref: str
    tag: str | None

    @property
    def pinned(self) -> bool:
        """Whether the text names a commit."""
        return _COMMIT.fullmatch(self.ref) is not None


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    tag: str
    sha: str


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    pins: dict[str, _Entry] = {}


def effective(lock: Lock) -> dict[str, Pin]:
    """The pins to render with: the lock's, and ours for what it does not name."""
    return {**DEFAULTS, **lock.pins}


def used(text: str) -> tuple[Use, ...]:
    """Every action that a workflow names, in its order."""
    return tuple(Use(action=m["action"], ref=m["ref"], tag=m["tag"]) for m in _USES.finditer(text))


def read(text: str, *, source: str) -> tuple[Use, ...]:
    """The actions that a file names: a workflow, a lock, or JSON such as `{"owner/action": {"tag": …, "sha": …}}`.

    Raises `UsageError` when it names none.
    """
    found = used(text) if not text.lstrip().startswith("{") else _of_json(text, source=source)
    if not found:
        raise UsageError(f"{source} names no action. Give a workflow, a {FILE}, or a table of tags and commits.")
    return found


def _of_json(text: str, *, source: str) -> tuple[Use, ...]:
    try:
        table = msgspec.json.decode(text, type=_Table).pins or msgspec.json.decode(text, type=dict[str, _Entry])
    except msgspec.DecodeError as error:
        raise UsageError(f"{source} is no table of actions with tag and sha: {error}.") from None
    return tuple(Use(action=action, ref=entry.sha, tag=entry.tag) for action, entry in table.items())


def newer(found: Iterable[Use], current: Mapping[str, Pin]) -> dict[str, Pin]:
    """The pins of `found` that are ahead of `current`; actions that are not in use are left out.

    Raises `UsageError` for a pin that is no commit, has no tag beside it, goes back, or moves a tag.
    """
    changed = {use for use in found if use.action in current and use.ref != current[use.action].sha}
    problems = [problem for use in changed if (problem := _refusal(use, current[use.action]))]
    several = {use.action for use in changed if len({other.ref for other in changed if other.action == use.action}) > 1}
    problems += [f"{action} is there at several commits. Leave one." for action in several]
    if problems:
        raise UsageError(
            "\n".join(("These pins cannot be taken into the lock:", *(f"  {p}" for p in sorted(problems))))
        )
    return {use.action: Pin(tag=str(use.tag), sha=use.ref) for use in sorted(changed, key=lambda use: use.action)}


def _refusal(use: Use, pin: Pin) -> str | None:
    if not use.pinned:
        return f"{use.action}@{use.ref} is a name that can be moved. Pin the 40 hexadecimal digits of its commit."
    if use.tag is None:
        return f"{use.action}@{use.ref} does not say its tag. Write it behind: `# {pin.tag}`."
    if _version(use.tag) < _version(pin.tag):
        return f"{use.action} goes back from {pin.tag} to {use.tag}. If that is meant, write it into the lock by hand."
    if use.tag == pin.tag:
        return (
            f"{use.action} {use.tag} was {pin.sha[:12]} and is {use.ref[:12]} now: a tag that moves may be an attack."
            " Look at both commits."
        )
    return None


def _version(tag: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", tag)))
