"""Programs run to their end, and end together."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from wheelyard.doors import process
from wheelyard.doors.process import Programs
from wheelyard.errors import UsageError


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_both_streams_are_kept_in_order(tmp_path: Path) -> None:
    ended = process.run(python("import sys; print('a', flush=True); print('b', file=sys.stderr)"), cwd=tmp_path)
    assert (ended.code, ended.output) == (0, "a\nb\n")


def test_a_log_is_appended_to(tmp_path: Path) -> None:
    log = tmp_path / "log"
    Programs().run(python("print(1)"), cwd=tmp_path, log=log)
    ended = Programs().run(python("print(2); raise SystemExit(3)"), cwd=tmp_path, log=log)
    assert log.read_text() == "1\n2\n"
    assert (ended.code, ended.output) == (3, "2\n")


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no-such-program is not there"):
        process.run(("no-such-program",), cwd=tmp_path)


def test_stopping_ends_children_of_children(tmp_path: Path) -> None:
    programs = Programs()
    child = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            programs.run(python(parent), cwd=tmp_path)
        except KeyboardInterrupt as error:
            outcome.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    programs.stop()
    worker.join()
    assert len(outcome) == 1
    assert ends(int((tmp_path / "pid").read_text()))


def ends(pid: int) -> bool:
    """Whether a process is gone, or a corpse nobody has collected, before long."""
    for _ in range(3000):
        try:
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def test_nothing_starts_after_a_stop(tmp_path: Path) -> None:
    programs = Programs()
    programs.stop()
    with pytest.raises(KeyboardInterrupt):
        programs.run(python(f"open({str(tmp_path / 'made')!r}, 'w')"), cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
