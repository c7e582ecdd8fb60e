"""Make a build's interpreter describe the machine that wheels are for; copied into builds as `sitecustomize.py`.

Back ends ask `platform`, `os.uname`, `sys` and `importlib` besides `sysconfig`, which CPython can redirect by itself.
Runs in every Python of a build from 3.9 on, and imports what must see the real machine before it is disguised.
"""

import importlib.machinery
import json
import os
import platform
import shutil
import sys
from pathlib import Path

# Programs that happen to be written in Python: they describe, or run on, the build machine.
_HONEST = frozenset({"cmake", "cython", "meson", "meson.py", "ninja", "swig"})


def _program() -> str:
    """The script this interpreter was started with."""
    words = Path("/proc/self/cmdline").read_bytes().split(b"\0")
    return os.path.basename(words[1].decode(errors="replace")) if len(words) > 1 else ""  # noqa: PTH119  # may be no path


def _import_beforehand() -> None:
    """These choose their implementation by `sys.platform` when they are imported."""
    for name in (
        *("asyncio", "ctypes", "ctypes.util", "importlib.metadata", "multiprocessing", "pathlib", "signal", "socket"),
        *("ssl", "subprocess", "sysconfig", "tempfile", "urllib.request", "uuid", "webbrowser", "zipfile"),
    ):
        try:
            importlib.import_module(name)
        except ImportError:  # an interpreter without OpenSSL, say
            continue


def _wear(machine: dict) -> None:  # type: ignore[type-arg]
    uname = (machine["system"], "localhost", machine["release"], "1", machine["name"])
    os.uname = lambda: os.uname_result(uname)
    platform.machine = lambda: machine["name"]
    platform.system = lambda: machine["system"]
    platform._uname_cache = None  # type: ignore[attr-defined]  # noqa: SLF001  # as CPython's own tests reset it
    if machine["platform"] == "darwin":
        platform.mac_ver = lambda *_, **__: (machine["version"], ("", "", ""), machine["name"])
    shutil.which = _honestly(shutil.which)  # type: ignore[no-untyped-call]
    sys.cross_compiling = True  # type: ignore[attr-defined]
    if hasattr(sys.implementation, "_multiarch"):
        sys.implementation._multiarch = machine["multiarch"]  # type: ignore[attr-defined]  # noqa: SLF001
    importlib.machinery.EXTENSION_SUFFIXES = machine["suffixes"]  # type: ignore[misc]  # setuptools looks here for abi3's
    sys.platform = machine["platform"]


def _honestly(function):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The function as this machine has it: what `which` finds must run here."""

    def called(*arguments, **options):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN003, ANN202
        disguise, sys.platform = sys.platform, "linux"
        try:
            return function(*arguments, **options)
        finally:
            sys.platform = disguise

    return called


if "WHEELYARD_MACHINE" in os.environ and _program() not in _HONEST:
    _import_beforehand()
    _wear(json.loads(os.environ["WHEELYARD_MACHINE"]))
