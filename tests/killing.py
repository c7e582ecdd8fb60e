"""Run the command line in a process of its own that is killed, as by `kill -9`, just before its n-th write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CI = Path(__file__).parents[1] / "ci"

_DRIVER = """\
import os, sys, signal
from wheelyard.cli import main
at, count = int(sys.argv[1]), 0
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "tempfile.mkstemp"}
def hook(event, arguments):
    global count
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in CHANGES or writes:
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
code = main(sys.argv[2:])
print(f"writes: {count}", file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a run of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Whether it was killed before it could end."""
        return self.code == -signal.SIGKILL

    @property
    def writes(self) -> int:
        """How many times it changed something on disk."""
        return int(self.err.rpartition("writes: ")[2])


def environment(**more: str) -> dict[str, str]:
    """Surroundings of a child: our package, no credentials of whoever runs the tests, no bytecode written."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TWINE_", "PYTHON"))}
    return {
        **kept,
        "PYTHONPATH": str(CI),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "NO_PROXY": "127.0.0.1",
        **more,
    }


def run(*arguments: str | Path, at: int = 0, env: dict[str, str] | None = None) -> Run:
    """Run `wheelyard` with these arguments; `at` is the write it does not live to make, 0 for none."""
    command = (sys.executable, "-c", _DRIVER, str(at), *map(str, arguments))
    done = subprocess.run(
        command, env=env or environment(), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return Run(code=done.returncode, out=done.stdout, err=done.stderr)
