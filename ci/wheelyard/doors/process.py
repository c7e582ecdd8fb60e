"""The one door to other programs: started in groups of their own, ended together, their output in a log."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from wheelyard.errors import OutsideError, UsageError

GRACE_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A program that ended: its exit code and what it printed, or the last lines of its log."""

    code: int
    output: str

    def last(self, lines: int = 15) -> str:
        """The end of the output, where a tool says what was wrong."""
        return "\n".join(self.output.rstrip().splitlines()[-lines:])


class Programs:
    """The programs started for one piece of work; `stop` ends them all, and those started later at once."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = threading.Event()
        self._before: tuple[str, ...] = ()

    def within(self, before: Sequence[str]) -> Programs:
        """The same programs, but those started through what is given here run as arguments of another command too."""
        inner = copy(self)
        inner._before = (*self._before, *before)  # noqa: SLF001  # of our own class
        return inner

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> Ended:
        """Run a program to its end, with both streams appended to `log`, or kept when there is none."""
        if log is None:
            return self._wait(self._start(command, cwd=cwd, env=env, output=subprocess.PIPE))
        with log.open("ab") as stream:
            start = stream.tell()
            ended = self._wait(self._start(command, cwd=cwd, env=env, output=stream.fileno()))
        with log.open("rb") as stream:
            stream.seek(start)
            return Ended(code=ended.code, output=stream.read().decode(errors="replace"))

    def stop(self) -> None:
        """Ask every program and its children to end, and make them after a while."""
        self._stopped.set()
        running = tuple(self._running)
        for program in running:
            _signal(program, signal.SIGTERM)
        for program in running:
            with suppress(subprocess.TimeoutExpired):
                program.wait(GRACE_SECONDS)
            _signal(program, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _start(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None, output: int
    ) -> subprocess.Popen[bytes]:
        if self._stopped.is_set():
            raise KeyboardInterrupt
        try:
            program = subprocess.Popen(
                [os.fspath(part) for part in (*self._before, *command)],
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except FileNotFoundError:
            raise UsageError(f"The program {command[0]} is not there. Install it, or put it on PATH.") from None
        except OSError as error:
            raise OutsideError(f"The program {command[0]} cannot be started: {error.strerror}.") from None
        self._running.add(program)
        return program

    def _wait(self, program: subprocess.Popen[bytes]) -> Ended:
        try:
            output, _ = program.communicate()
        except BaseException:
            _signal(program, signal.SIGTERM)
            raise
        finally:
            self._running.discard(program)
        if self._stopped.is_set():
            raise KeyboardInterrupt  # what a stopped program says of itself is no result
        return Ended(code=program.returncode, output=(output or b"").decode(errors="replace"))


def run(command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ended:
    """Run one program to its end and keep what it prints."""
    return Programs().run(command, cwd=cwd or Path.cwd(), env=env)


def attended(command: Sequence[str | Path], *, cwd: Path) -> Ended:
    """Run one program that may ask the person for a passphrase, on their terminal if there is one.

    On a terminal only stdout is kept, and what it says on stderr is read there and then.
    """
    if not sys.stdin.isatty():
        return run(command, cwd=cwd)
    try:
        done = subprocess.run([os.fspath(part) for part in command], cwd=cwd, stdout=subprocess.PIPE, check=False)
    except OSError as error:
        raise OutsideError(f"The program {command[0]} cannot be started: {error.strerror}.") from None
    return Ended(code=done.returncode, output=done.stdout.decode(errors="replace"))


def networkless() -> tuple[str, ...] | None:
    """A command that runs another with no network but a loopback of its own; None where this machine has none."""
    if sys.platform != "linux":
        return None
    lo = ("sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh")
    for options in (("--net",), ("--user", "--map-current-user", "--keep-caps", "--net")):
        command = ("unshare", *options, *lo)
        if shutil.which("unshare") and run((*command, "true")).code == 0:
            return command
    return None


def _signal(program: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if sys.platform == "win32":
        program.terminate()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, number)
