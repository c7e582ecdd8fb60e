"""Remember on this machine which releases passed all checks: the same bytes under the same rules pass again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from wheelyard import __version__, documents, resources
from wheelyard.config import Audit as Policy
from wheelyard.doors import files
from wheelyard.errors import OutsideError
from wheelyard.releasing.manifest import Manifest

_RULES = Path(__file__).parents[1] / "audit"
_TOOLS = ("docutils", "macholib", "packaging", "pefile", "pyelftools", "readme_renderer", "twine")


def key(made: Manifest, policy: Policy) -> str:
    """A digest of all that the checks' answer depends on: names, bytes and plan; policy, rules and tools."""
    from importlib.metadata import version  # noqa: PLC0415  # `--help` needs none of it

    rules = hashlib.sha256()
    for path in sorted(_RULES.rglob("*.py")):
        rules.update(path.read_bytes())
    asked = sorted((file.file, file.sha256, sorted(map(str, file.identifiers))) for file in made.files)
    machinery = (sys.version, __version__, rules.hexdigest(), *map(version, _TOOLS))
    return hashlib.sha256(documents.dump((asked, policy, machinery))).hexdigest()


def recall(key: str) -> tuple[str, ...] | None:
    """The warnings of checks that passed; None where none are known to have passed."""
    try:
        return msgspec.json.decode(_place(key).read_bytes(), type=tuple[str, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def keep(key: str, warnings: Iterable[str]) -> None:
    """Note that checks passed, with these warnings. Those that failed are never noted."""
    with suppress(OutsideError):  # without a cache the next run looks again
        files.write(_place(key), documents.dump(tuple(warnings)))


def _place(key: str) -> Path:
    return resources.cache() / "audited" / f"{key}.json"
