"""What manylinux and musllinux allow, from auditwheel's own data.

Only the data are read: auditwheel's code would look at this machine's libraries and processor.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# Loaders may be named by any library (as auditwheel allows too); musl's C library is its own loader.
_LOADER = re.compile(r"ld-linux.*\.so\.\d+|ld64\.so\.[12]|ld-musl-.*\.so\.1")
_MUSL_ARCHS = {"i686": "x86", "armv7l": "armv7"}
_PRIVATE = "linux"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """One policy on one architecture: symbol versions by prefix, libraries, symbols that are private to a library."""

    name: str
    version: tuple[int, ...]
    versions: dict[str, frozenset[str]]
    libraries: frozenset[str]
    forbidden: dict[str, frozenset[str]]

    def has_library(self, name: str) -> bool:
        """Whether every system of this policy has the library."""
        return name in self.libraries or _LOADER.fullmatch(name) is not None

    def refuses(self, version: str) -> bool:
        """Whether a symbol version is newer than this policy; one of an unknown prefix is not its business.

        glibc is compared by number: there are more releases of it than policies.
        """
        prefix, _, number = version.partition("_")
        if prefix == "GLIBC" and re.fullmatch(r"\d+(\.\d+)+", number):
            return tuple(map(int, number.split(".")))[:2] > self.version
        return prefix in self.versions and number not in self.versions[prefix]


@cache
def _table(system: str) -> tuple[dict[str, Any], ...]:
    text = files("auditwheel").joinpath("policy", f"{system}-policy.json").read_text("utf-8")
    return tuple(policy for policy in json.loads(text) if policy["name"] != _PRIVATE)


@cache
def allowed(system: str, version: tuple[int, ...], arch: str) -> Allowed | None:
    """What `system` (manylinux or musllinux) at `version` allows on `arch`; None where auditwheel knows nothing of it.

    A version between two policies is held to the newer one, so that nothing it may have is called wrong.
    """
    known = sorted((_version(policy["name"]), policy["name"]) for policy in _table(system))
    name = next((name for number, name in known if number >= version), known[-1][1])
    policy = next(policy for policy in _table(system) if policy["name"] == name)
    if arch not in policy["symbol_versions"]:
        newer = [p for p in _table(system) if arch in p["symbol_versions"] and _version(p["name"]) >= version]
        if not newer:
            return None
        policy = min(newer, key=lambda policy: _version(policy["name"]))
    libraries = set(policy["lib_whitelist"])
    if "libc.so" in libraries:
        libraries |= {f"libc.musl-{_MUSL_ARCHS.get(arch, arch)}.so.1"}
    return Allowed(
        name=policy["name"],
        version=version,
        versions={prefix: frozenset(numbers) for prefix, numbers in policy["symbol_versions"][arch].items()},
        libraries=frozenset(libraries),
        forbidden={library: frozenset(symbols) for library, symbols in policy["blacklist"].items()},
    )


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("_")[1:])
