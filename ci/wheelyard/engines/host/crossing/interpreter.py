"""An interpreter of this machine that describes another one, as far as build back ends ask."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from wheelyard.doors import process
from wheelyard.engines.host.crossing import disguise
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import OutsideError

_DATA = "_sysconfigdata_wheelyard"
_SYSTEMS = {"linux": ("Linux", "5.10.0"), "win32": ("Windows", "10"), "darwin": ("Darwin", "20.6.0")}

# Facts about how and where this machine's interpreter was built and lies, which must not reach another's wheels.
_EMPTIED = (
    *(
        "BLDLIBRARY",
        "CFLAGS",
        "CONFIGURE_CFLAGS",
        "CONFIGURE_LDFLAGS",
        "CPPFLAGS",
        "INSTSONAME",
        "LDFLAGS",
        "LDLIBRARY",
    ),
    *("LIBPYTHON", "LIBRARY", "MODULE_LDFLAGS", "OPT", "PY_CFLAGS", "PY_CORE_CFLAGS", "PY_CORE_LDFLAGS", "PY_LDFLAGS"),
)
_ASK = """\
import json, sysconfig
values = sysconfig.get_config_vars()
print(json.dumps({name: value for name, value in values.items() if isinstance(value, (str, int))}))
"""


def variables(interpreter: Interpreter) -> dict[str, str | int]:
    """What `sysconfig` of an interpreter says of itself."""
    ended = process.run((str(interpreter.executable), "-I", "-c", _ASK))
    if ended.code != 0:
        raise OutsideError(f"{interpreter} does not say how it was built: {ended.last(3)}")
    said: dict[str, str | int] = json.loads(ended.output)
    return said


def disguised(
    folder: Path, said: Mapping[str, str | int], *, python: str, machine: Machine, toolchain: Toolchain, include: Path
) -> dict[str, str]:
    """Write into `folder` what makes a Python describe `machine`; the environment that makes it look there.

    `_PYTHON_HOST_PLATFORM`, `_PYTHON_SYSCONFIGDATA_NAME` and `_PYTHON_SYSCONFIGDATA_PATH` are what CPython itself is
    cross-compiled with (Lib/sysconfig/__init__.py); what else back ends ask is `disguise`'s business.
    """
    folder.mkdir()
    values = {**said, **_values(python, machine, toolchain, include)}
    text = f"build_time_vars = {dict(sorted(values.items()))!r}\n"
    (folder / f"{_DATA}.py").write_text(text)
    shutil.copyfile(str(disguise.__file__), folder / "sitecustomize.py")
    system, release = _SYSTEMS[machine.system]
    shared = [".pyd"] if machine.system == "win32" else [".abi3.so", ".so"]
    described = {
        "platform": machine.system,
        "system": system,
        "release": release,
        "name": machine.name,
        "version": machine.platform.split("-")[1] if machine.system == "darwin" else "",
        "multiarch": machine.soabi,
        "suffixes": [machine.suffix(python), *shared],
    }
    return {
        "PYTHONPATH": str(folder),
        "WHEELYARD_MACHINE": json.dumps(described),
        "_PYTHON_HOST_PLATFORM": machine.platform,
        "_PYTHON_SYSCONFIGDATA_NAME": _DATA,
        "_PYTHON_SYSCONFIGDATA_PATH": str(folder),
    }


def _values(python: str, machine: Machine, toolchain: Toolchain, include: Path) -> dict[str, str | int]:
    suffix = machine.suffix(python)
    own = {name: value for name, value in toolchain.variables().items() if name not in {"CFLAGS", "CXXFLAGS"}}
    version = machine.platform.split("-")[1] if machine.system == "darwin" else None
    return {
        **dict.fromkeys(_EMPTIED, ""),
        **own,
        "BLDSHARED": own["LDSHARED"],
        "CCSHARED": "" if machine.system == "win32" else "-fPIC",
        "CONFINCLUDEPY": os.fspath(include),
        "EXT_SUFFIX": suffix,
        "HOST_GNU_TYPE": machine.gnu,
        "INCLUDEPY": os.fspath(include),
        "LIBDIR": os.fspath(include.parent),
        "LIBPL": os.fspath(include.parent),
        "MACHDEP": machine.system,
        "MULTIARCH": machine.soabi if machine.system == "linux" else "",
        "Py_ENABLE_SHARED": 0,
        "SHLIB_SUFFIX": ".pyd" if machine.system == "win32" else ".so",
        "SOABI": suffix[1:].rpartition(".")[0],
        **({"MACOSX_DEPLOYMENT_TARGET": version} if version else {}),
    }
