"""Set wheelyard up on a fresh machine and show it at work: `demo` or `tests`.

Needs Python 3.11 or newer with venv and pip, git, and nothing else. All it makes lies in `.bootstrap/` beside this
repository's files; delete that folder to undo everything.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".bootstrap"
COMMANDS = {"demo": ("scripts/demo.py",), "tests": ("-m", "pytest", "-n", "auto", "--dist", "worksteal")}
EPILOG = """\
examples:
  python3 scripts/bootstrap.py demo     three packages from their sdists to an index, under 2 minutes
  python3 scripts/bootstrap.py tests    the unit tests
  python3 scripts/bootstrap.py tests -m peers      another tier, or anything else pytest takes
"""


def main() -> int:
    """Run the command asked for."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this file alone is run by whatever Python there is
        return _fail(f"Python {sys.version.split()[0]} is too old: wheelyard needs 3.11 or newer.")
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    options, rest = parser.parse_known_args()
    if rest and options.command != "tests":
        parser.error(f"{options.command} takes no further arguments, but got {' '.join(rest)}")
    if shutil.which("git") is None:
        return _fail("git is not there. Install it (apt-get install git, say) and run this again.")
    try:
        python = environment()
        return subprocess.run((python, *COMMANDS[options.command], *rest), cwd=ROOT, check=False).returncode
    except subprocess.CalledProcessError as error:
        return _fail(f"{' '.join(map(str, error.cmd))} failed with exit code {error.returncode}.")
    except KeyboardInterrupt:
        return _fail("Interrupted. Run the same command to go on.")


def environment() -> Path:
    """The Python of an environment that holds wheelyard from this tree with its tests' tools, made when needed."""
    home = PLACE / "environment"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = home / "made-for"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    begun = time.monotonic()
    print("Setting up (once) ...", file=sys.stderr, flush=True)
    _venv(home, python)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    subprocess.run((*pip, "--upgrade", "pip>=25.1"), check=True)  # older ones know no dependency groups
    subprocess.run((*pip, "--editable", str(ROOT), "--group", f"{ROOT}/pyproject.toml:test"), check=True)
    stamp.write_text(wanted)
    print(f"Set up in {time.monotonic() - begun:.0f} s.", file=sys.stderr, flush=True)
    return python


def _venv(home: Path, python: Path) -> None:
    """Make the environment anew, with the standard library or with virtualenv where Debian left its venv out."""
    shutil.rmtree(home, ignore_errors=True)
    made = subprocess.run((sys.executable, "-m", "venv", home), capture_output=True, text=True, check=False)
    if made.returncode != 0 or not python.exists():
        other = subprocess.run((sys.executable, "-m", "virtualenv", "--quiet", home), capture_output=True, check=False)
        if other.returncode != 0:
            raise SystemExit(
                f"{made.stdout}{made.stderr}\nThis Python cannot make virtual environments."
                " Install its venv (apt-get install python3-venv, say) and run this again."
            )


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
