"""Which Pythons one wheel of a package is for, as far as the package's files say it.

Read, never run: what a `setup.py` computes stays unknown, and `abi` in [tool.wheelyard] says it instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

# Files beside the package's pyproject.toml that can say something.
SOURCES = ("setup.py", "setup.cfg", "meson.build", "Cargo.toml")


class Abi(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is the ABI tag; `since` the oldest CPython of an abi3 wheel, None when it is the oldest one built.

    `stated` says where it was found. Without an `Abi` every Python gets its own wheel.
    """

    kind: Literal["abi3", "none"]
    since: tuple[int, int] | None = None
    stated: str


def parse(text: str, *, stated: str) -> Abi | None:
    """The ABI that a tag such as `cp311-abi3` or `py3-none` names; None for `each`."""
    if text == "each":
        return None
    if text == "py3-none":
        return Abi(kind="none", stated=stated)
    return Abi(kind="abi3", since=_version(text), stated=stated)


def detect(pyproject: Mapping[str, Any], sources: Mapping[str, str]) -> Abi | None:
    """What the package says, from its `pyproject.toml` and the texts of `SOURCES`, for the back end it uses."""
    backend = str(pyproject.get("build-system", {}).get("build-backend", "setuptools.build_meta"))
    for prefix, look in _BACKENDS.items():
        if backend.startswith(prefix):
            return look(pyproject.get("tool", {}), sources)
    return _setuptools(pyproject.get("tool", {}), sources) if "setup.py" in sources else None


def _setuptools(tool: Mapping[str, Any], sources: Mapping[str, str]) -> Abi | None:
    """The option of `bdist_wheel` (https://setuptools.pypa.io/en/latest/references/keywords.html)."""
    section = re.search(r"^\[bdist_wheel\]([^\[]*)", sources.get("setup.cfg", ""), re.MULTILINE)
    cfg = re.search(r"^py[_-]limited[_-]api\s*[=:]\s*(cp3\d+)", section[1] if section else "", re.MULTILINE)
    if cfg:
        return Abi(kind="abi3", since=_version(cfg[1]), stated="[bdist_wheel] of setup.cfg")
    distutils = tool.get("distutils", {}).get("bdist_wheel", {})
    option = distutils.get("py-limited-api", distutils.get("py_limited_api"))
    if isinstance(option, str) and option.startswith("cp3"):
        return Abi(kind="abi3", since=_version(option), stated="[tool.distutils.bdist_wheel] of pyproject.toml")
    script = _code(sources.get("setup.py", ""))
    if found := re.search(r"""py_limited_api["']?\s*[:=\]]+\s*["'](cp3\d+)["']""", script):
        return Abi(kind="abi3", since=_version(found[1]), stated="py_limited_api in setup.py")
    if re.search(r"""["']py3["']\s*,\s*["']none["']""", script) and "bdist_wheel" in script:
        return Abi(kind="none", stated="get_tag in setup.py")
    return None


def _scikit_build(tool: Mapping[str, Any], _sources: Mapping[str, str]) -> Abi | None:
    """`wheel.py-api` (https://scikit-build-core.readthedocs.io/en/latest/configuration/index.html)."""
    option = tool.get("scikit-build", {}).get("wheel", {}).get("py-api", "")
    stated = "wheel.py-api of [tool.scikit-build]"
    if option.startswith("cp3"):
        return Abi(kind="abi3", since=_version(option), stated=stated)
    return Abi(kind="none", stated=stated) if option.endswith("py3") else None


def _meson(tool: Mapping[str, Any], sources: Mapping[str, str]) -> Abi | None:
    """`limited-api` (https://mesonbuild.com/meson-python/how-to-guides/limited-api.html).

    The wheel's tag names the Python that builds it, so the oldest one of a group has to.
    """
    if tool.get("meson-python", {}).get("limited-api") is not True:
        return None
    versions = re.findall(r"limited_api\s*:\s*'(\d+)\.(\d+)'", _code(sources.get("meson.build", "")))
    since = max(((int(major), int(minor)) for major, minor in versions), default=None)
    return Abi(kind="abi3", since=since, stated="limited-api of [tool.meson-python]")


def _maturin(tool: Mapping[str, Any], sources: Mapping[str, str]) -> Abi | None:
    """Features of PyO3 (https://pyo3.rs/latest/features#abi3) and maturin's bindings without Python's ABI."""
    options = tool.get("maturin", {})
    if options.get("bindings") in {"cffi", "uniffi", "bin"}:
        return Abi(kind="none", stated="bindings of [tool.maturin]")
    features = " ".join(str(feature) for feature in options.get("features", ()))
    for text, stated in ((features, "features of [tool.maturin]"), (_pyo3(sources), "features of pyo3 in Cargo.toml")):
        if found := re.search(r"\babi3(?:-py(3)(\d+))?\b", text):
            since = (int(found[1]), int(found[2])) if found[2] else None
            return Abi(kind="abi3", since=since, stated=stated)
    return None


def _pyo3(sources: Mapping[str, str]) -> str:
    import tomllib  # noqa: PLC0415  # only packages in Rust need it

    try:
        cargo = tomllib.loads(sources.get("Cargo.toml", ""))
    except tomllib.TOMLDecodeError:
        return ""  # cargo itself will say what is wrong with it
    pyo3 = cargo.get("dependencies", {}).get("pyo3", {})
    return " ".join(map(str, pyo3.get("features", ()))) if isinstance(pyo3, dict) else ""


def _version(tag: str) -> tuple[int, int]:
    digits = re.sub(r"\D", "", tag.partition("-")[0])
    return int(digits[0]), int(digits[1:])


def _code(text: str) -> str:
    """Text without its comments, near enough to look for words in it."""
    return re.sub(r"(?m)#.*$", "", text)


_BACKENDS = {
    "setuptools": _setuptools,
    "scikit_build_core": _scikit_build,
    "mesonpy": _meson,
    "maturin": _maturin,
}
