"""What is repaired without auditwheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

from engines.host.orders import order
from wheelyard.doors.process import Programs
from wheelyard.engines.host import options, repair
from wheelyard.engines.host.machines import MACHINES
from wheelyard.engines.host.refusals import lowest
from wheelyard.engines.host.work import begun

RECORD = "x-1.dist-info/RECORD"
MEMBERS = {
    "x/_core.cp311-win_amd64.pyd": "MZ",
    "x/_core.cp311-win_amd64.dll.a": "of use to linkers",
    "x/own.lib": "the project's",
    RECORD: "x/_core.cp311-win_amd64.pyd,,\nx/_core.cp311-win_amd64.dll.a,,\nx/own.lib,,\n",
}


def test_import_libraries_of_modules_are_taken_out_of_wheels_for_windows(tmp_path: Path) -> None:
    given = tmp_path / "x-1-cp311-cp311-win_amd64.whl"
    with zipfile.ZipFile(given, "w") as archive:
        for name, text in MEMBERS.items():
            archive.writestr(name, text)
    (tmp_path / "project").mkdir()
    wanted = order(tmp_path / "project", tmp_path / "scratch", "cp311-win_amd64")
    chosen = options.resolve({}, lowest(wanted), {})
    with begun(wanted, lowest(wanted), Programs()) as work:
        made = repair.repaired(
            given, work=work, options=chosen, machine=MACHINES["win_amd64"], foreign=True, environ={}
        )
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == [name for name in MEMBERS if not name.endswith(".dll.a")]
        assert archive.read(RECORD).decode() == "x/_core.cp311-win_amd64.pyd,,\nx/own.lib,,\n"
