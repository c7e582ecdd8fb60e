"""musl's list of symbols, and its name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from engines.host.orders import order
from wheelyard.doors.process import Programs
from wheelyard.engines.host import musl
from wheelyard.engines.host.machines import MACHINES
from wheelyard.engines.host.refusals import lowest
from wheelyard.engines.host.work import begun


def test_the_list_is_that_of_an_old_musl() -> None:
    offered = musl.offered()
    assert {"memcpy", "pthread_create", "dlopen"} <= offered
    assert not {"preadv2", "statx"} & offered  # since 1.2.5


def test_the_c_library_gets_the_name_that_distributions_give_it(tmp_path: Path) -> None:
    given = tmp_path / "x-1-py3-none-linux_x86_64.whl"
    with zipfile.ZipFile(given, "w") as archive:
        archive.writestr("x.so", b"\x7fELF of libc.so")
        archive.writestr("x.py", b"libc.so")
    patchelf = tmp_path / "patchelf"
    patchelf.write_text('#!/bin/sh\necho "$1 $2 $3" > "$4"\n')
    patchelf.chmod(0o755)
    (tmp_path / "project").mkdir()
    wanted = order(tmp_path / "project", tmp_path / "scratch", "cp311-musllinux_x86_64")
    with begun(wanted, lowest(wanted), Programs()) as work:
        made = musl.named(
            given, tmp_path / "made.whl", machine=MACHINES["musllinux_x86_64"], patchelf=patchelf, work=work
        )
    with zipfile.ZipFile(made) as archive:
        assert archive.read("x.so").decode() == "--replace-needed libc.so libc.musl-x86_64.so.1\n"
        assert archive.read("x.py") == b"libc.so"
