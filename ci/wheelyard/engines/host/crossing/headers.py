"""The headers of an interpreter, for another machine: CPython's public headers differ by pyconfig.h only."""

from __future__ import annotations

import shutil
from pathlib import Path

from wheelyard.engines.host.machines import Machine
from wheelyard.errors import OutsideError

_HERE = Path(__file__).parent
LAYOUT = _HERE / "layout.c"


def make(folder: Path, *, headers: Path, own: Path, machine: Machine) -> Path:
    """Copy `headers` to `folder`, with a pyconfig.h for `machine`.

    A copy, because `#include "pyconfig.h"` looks beside Python.h first. `own` is the pyconfig.h of this machine, whose
    facts about the interpreter (not about the processor) hold on other Unix systems too.
    """
    try:
        shutil.copytree(headers, folder)
        if machine.system == "win32":
            shutil.copyfile(_HERE / "pyconfig_windows.h", folder / "pyconfig.h")
        else:
            shutil.copyfile(own, folder / "build_machine_pyconfig.h")
            shutil.copyfile(_HERE / "pyconfig_unix.h", folder / "pyconfig.h")
    except (OSError, shutil.Error) as error:
        raise OutsideError(f"The headers in {headers} cannot be copied: {error}. Install them again.") from None
    return folder


# Headers of Windows that sources spell in capitals, as they may where file names have none.
_SPELLINGS = """
AclAPI BaseTsd Bcrypt DbgHelp Direct IO Intrin Iphlpapi Lmcons MMSystem Mswsock NTSecAPI ObjBase Objbase Process
Psapi Sddl ShellAPI Shellapi ShlObj Shlobj Shlwapi Strsafe TlHelp32 Tlhelp32 Userenv VersionHelpers WS2tcpip WinBase
WinCrypt WinError WinIoCtl WinNT WinReg WinSock WinSock2 WinUser Wincrypt Windows Winsock Winsock2 Winternl Ws2tcpip
"""


def spelled(folder: Path) -> Path:
    """A folder of headers that lead from usual spellings of Windows' headers to MinGW's, which are in lower case."""
    folder.mkdir()
    for name in _SPELLINGS.split():
        (folder / f"{name}.h").write_text(f"#include <{name.lower()}.h>\n")
    return folder
