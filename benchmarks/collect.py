"""Collecting 100 wheels of 1 to 5 MB on a GitHub that is 50 ms away, against `gh release upload` and one after another.

python benchmarks/collect.py                 walls, bytes, and a resumed run
python benchmarks/collect.py --wheels 20     with fewer wheels

Every client reaches a fake GitHub through one proxy, which delays all and lets so many bytes a second through each
connection, as TCP does with a window of that size. The fake's limits on writing are lifted, and ours, but for the last
row: GitHub lets content be made 80 times a minute, and `collect` keeps to that.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "ci"), str(HERE.parent / "tests")]

import requests  # noqa: E402  # found by the line above
from wires import Link, relayed  # noqa: E402

import fakegithub  # noqa: E402
from fakegithub import Server  # noqa: E402
from fakegithub.answers import NAMES  # noqa: E402
from releases import built, make_plan, make_report, make_wheel, write_job  # noqa: E402
from wheelyard import documents  # noqa: E402
from wheelyard.doors import files  # noqa: E402
from wheelyard.targets import Identifier  # noqa: E402

TABLE = """\
[project]
name = "wy_sample"
version = "1.0"
[tool.wheelyard]
targets = ["linux-x86_64"]
sdist = { build = false }
release = { store = "github:ada/spam" }
"""
UNLIMITED = {"writes_a_minute": 10**6, "writes_an_hour": 10**6, "requests_an_hour": 10**6}
# The command line without the pause that GitHub's limits ask for, and with as many uploads at a time as is said.
UNPACED = """\
import sys
from wheelyard import cli
from wheelyard.stores.github import GitHub, pace
pace.Pace.__init__.__kwdefaults__["limits"] = ((10**9, 1.0),)
GitHub.__init__.__kwdefaults__["parallel"] = int(sys.argv[1])
sys.exit(cli.main(sys.argv[2:]))
"""


@dataclass(frozen=True, kw_only=True)
class Far:
    """A GitHub at the other end of a link, and what was sent there."""

    server: Server
    proxy: str
    sent: Synchronized[int]

    @property
    def env(self) -> dict[str, str]:
        """The surroundings of a client."""
        kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
        return {
            **kept,
            "HTTP_PROXY": self.proxy,
            "PYTHONPATH": str(HERE.parent / "ci"),
            "GITHUB_API_URL": NAMES["api"],
            "GITHUB_TOKEN": self.server.token,
            "GH_TOKEN": self.server.token,
            "GH_HOST": "github.localhost",
            "GH_REPO": "github.localhost/ada/spam",
        }


@contextlib.contextmanager
def github_at(folder: Path, link: Link, **rules: int) -> Iterator[Far]:
    """A GitHub at the end of a link."""
    with fakegithub.serve(folder, proxied=True, **rules) as server:
        port = int(server.url.rpartition(":")[2])
        with relayed(port, link) as (near, sent):
            yield Far(server=server, proxy=f"http://127.0.0.1:{near}", sent=sent)


def make_project(folder: Path, count: int) -> tuple[Path, ...]:
    """A project with a wheelhouse of so many wheels of 1 to 5 MB."""
    dice = random.Random(0)  # noqa: S311  # the same bytes each time
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(count)]
    plan = make_plan(identifiers=identifiers, sdist=False)
    house = folder / "wheelhouse"
    files.write(house / "plan.json", documents.dump(plan))
    made = [
        (make_wheel(house / plan.jobs[0].id, each, data=dice.randbytes(dice.randint(1_000_000, 5_000_000))), each)
        for each in identifiers
    ]
    write_job(house, make_report(plan.jobs[0].id, [built(path, each) for path, each in made]))
    (folder / "pyproject.toml").write_text(TABLE)
    return tuple(path for path, _ in made)


def timed(command: Sequence[str | Path], far: Far, folder: Path) -> float:
    """The seconds a program takes."""
    begun = time.perf_counter()
    done = subprocess.run(command, env=far.env, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - begun


def one_after_another(far: Far, wheels: Sequence[Path]) -> float:
    """A draft and its assets over one connection that is kept."""
    begun = time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": far.proxy}
        session.headers["Authorization"] = f"Bearer {far.server.token}"
        url = f"{NAMES['api']}/repos/ada/spam/releases"
        draft = session.post(url, json={"tag_name": "v1.0", "draft": True}, timeout=60).json()
        upload = draft["upload_url"].partition("{")[0]
        for wheel in wheels:
            with wheel.open("rb") as stream:
                headers = {"Content-Type": "application/octet-stream"}
                answer = session.post(upload, params={"name": wheel.name}, data=stream, headers=headers, timeout=60)
            assert answer.status_code == 201, answer.text
    return time.perf_counter() - begun


def by_gh(far: Far, wheels: Sequence[Path], folder: Path) -> float:
    """The real gh, which sends five at a time."""
    timed(("gh", "release", "create", "v1.0", "--draft", "--notes", ""), far, folder)
    return timed(("gh", "release", "upload", "v1.0", *wheels), far, folder)


def by_us(parallel: int) -> tuple[str, ...]:
    """Our command line, without pauses."""
    return (sys.executable, "-c", UNPACED, str(parallel), "collect", "-q")


def resumed(far: Far, folder: Path, total: int) -> float:
    """Kill a run when half of the bytes are sent; what share of them the next run sends."""
    started = subprocess.Popen(by_us(4), env=far.env, cwd=folder, stdout=subprocess.DEVNULL)
    while far.sent.value < total / 2:
        time.sleep(0.005)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    time.sleep(1.0)  # what was on its way arrives
    far.sent.value = 0
    timed(by_us(4), far, folder)
    return far.sent.value / total


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=int, default=100)
    parser.add_argument("--latency", type=float, default=50, help="milliseconds there and back")
    parser.add_argument("--rate", type=float, default=20, help="MB a second of each connection")
    options = parser.parse_args()
    link = Link(seconds=options.latency / 2000, rate=options.rate * 1e6)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        wheels = make_project(base, options.wheels)
        total = sum(wheel.stat().st_size for wheel in wheels)
        print(
            f"{len(wheels)} wheels, {total / 1e6:.0f} MB, {options.latency:g} ms, {options.rate:g} MB/s a connection\n"
        )
        measure(base, wheels, total, link)


def measure(base: Path, wheels: Sequence[Path], total: int, link: Link) -> None:
    """Each client to a GitHub of its own, in one run."""
    print("| client | seconds | times faster | bytes sent / bytes of the wheels |\n|---|--:|--:|--:|")
    alone = 0.0

    def row(client: str, seconds: float, far: Far) -> None:
        print(f"| {client} | {seconds:.1f} | {alone / seconds:.1f} | {far.sent.value / total:.4f} |", flush=True)

    with github_at(base / "one", link, **UNLIMITED) as far:
        alone = one_after_another(far, wheels)
        row("one after another", alone, far)
    if shutil.which("gh"):
        with github_at(base / "gh", link, **UNLIMITED) as far:
            row("gh release upload", by_gh(far, wheels, base), far)
    for parallel in (4, 8):
        with github_at(base / f"ours-{parallel}", link, **UNLIMITED) as far:
            row(f"wheelyard collect, {parallel} at a time", timed(by_us(parallel), far, base), far)
    with github_at(base / "limits", link) as far:
        collect = (sys.executable, "-m", "wheelyard", "collect", "-q")
        row("wheelyard collect within GitHub's limits", timed(collect, far, base), far)
    with github_at(base / "killed", link, **UNLIMITED) as far:
        share = resumed(far, base, total)
        print(f"\nKilled when half was sent, the next run sends {share:.1%} of the bytes.")
    with github_at(base / "dry", link, **UNLIMITED) as far:
        dry = timed((*by_us(4), "--dry-run"), far, base)
        print(f"All checks before the first byte (`--dry-run`) take {dry:.1f} s of each of our rows.")


if __name__ == "__main__":
    main()
