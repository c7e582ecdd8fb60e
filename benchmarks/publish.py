"""Publishing 60 wheels of 1 MB against `twine upload dist/*`, to an index that is some milliseconds away.

python benchmarks/publish.py                        every way, there and back from 0 to 100 ms, the median of 3 runs
python benchmarks/publish.py --wheels 20 --runs 1   with fewer wheels, once
python benchmarks/publish.py --verify               downloading them again, to verify, so many at a time

The ways are twine's own, and three of `wheelyard publish`: without any of its checks (the files are not compared with
the manifest, not audited, their descriptions not rendered, and the index is not asked, neither before nor after), with
the checks on the machine that collected the release, and with those on a machine that never saw it, as in CI. The
overhead of the checks is what they add to the first of these three.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "ci"), str(HERE.parent / "tests")]

from wires import Link, relayed  # noqa: E402

from fakeindex import fake_index  # noqa: E402  # found by the line above
from releases import make_plan, make_wheelhouse  # noqa: E402
from wheelyard.targets import Identifier  # noqa: E402

LOGIN = {"TWINE_USERNAME": "ada", "TWINE_PASSWORD": "any", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
TABLE = """\
[project]
name = "wy_sample"
version = "1.0"
[tool.wheelyard]
targets = ["linux-x86_64"]
sdist = {{ build = false }}
[tool.wheelyard.release]
store = "directory:store"
[tool.wheelyard.publish]
index = "{index}"
"""

UNCHECKED = """\
import sys
from wheelyard import cli
from wheelyard.releasing import checks
from wheelyard.stores import directory
checks.refuse = lambda *_, **__: None
directory._differences = lambda *_: ()
sys.exit(cli.main(sys.argv[1:]))
"""


def serve(pipe: Connection, keeps: bool) -> None:  # noqa: FBT001  # the arguments of a process
    """Run an index; its address goes into the pipe, and at the end what it received."""
    with fake_index(keeps=keeps) as index:
        pipe.send(index.url)
        pipe.recv()
        pipe.send((index.received, sorted(index.accepted.items())))


@contextlib.contextmanager
def index_at(milliseconds: float, *, keeps: bool) -> Iterator[tuple[str, Connection]]:
    """The address of an index so far away there and back, and the pipe to its process.

    It `keeps` connections open after an answer, or not.
    """
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there, keeps), daemon=True)
    server.start()
    port = int(here.recv().rpartition(":")[2])
    try:
        with relayed(port, Link(seconds=milliseconds / 2000)) as (near, _):
            yield f"http://127.0.0.1:{near}/legacy/", here
    finally:
        server.kill()
        server.join()


def timed(command: Sequence[str | Path], *, cache: Path) -> float:
    """The seconds a program takes, with the credentials it needs."""
    env = {**os.environ, **LOGIN, "PYTHONPATH": str(HERE.parent / "ci"), "NO_PROXY": "127.0.0.1"}
    env["WHEELYARD_CACHE"] = str(cache)
    begun = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


@dataclass(frozen=True, kw_only=True)
class Release:
    """A project with one release, and the cache of the machine that collected it."""

    project: Path
    cache: Path
    wheels: tuple[Path, ...]


def collected(folder: Path, count: int) -> Release:
    """A release of so many wheels of 1 MB."""
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(count)]
    data = random.Random(0).randbytes(1_000_000)  # noqa: S311  # the same bytes each time
    project, cache = folder / "project", folder / "cache"
    make_wheelhouse(project / "wheelhouse", plan=make_plan(identifiers=identifiers, sdist=False), data=data)
    (project / "pyproject.toml").write_text(TABLE.format(index="pypi"))
    timed((sys.executable, "-m", "wheelyard", "collect", "-C", project, "-q"), cache=cache)
    return Release(project=project, cache=cache, wheels=tuple(sorted((project / "store" / "v1.0").glob("*.whl"))))


class Way(StrEnum):
    """Who uploads, and what is looked at before."""

    TWINE = "twine upload"
    BARE = "publish without checks"
    SEEN = "publish where collected"
    UNSEEN = "publish elsewhere"


@dataclass(frozen=True, kw_only=True)
class Wire:
    """The way to the index: milliseconds there and back, and whether it keeps connections open after an answer."""

    milliseconds: float
    keeps: bool

    def once(self, way: Way, release: Release, *, parallel: int) -> tuple[float, int, list[tuple[str, int]]]:
        """Seconds, the bytes that the index received, and what it accepted how often."""
        with index_at(self.milliseconds, keeps=self.keeps) as (url, pipe), TemporaryDirectory() as empty:
            (release.project / "pyproject.toml").write_text(TABLE.format(index=url))
            publish = ("publish", "-C", release.project, "-q", "--parallel", str(parallel))
            command: tuple[str | Path, ...] = ("-m", "wheelyard", *publish)
            if way is Way.TWINE:
                command = ("-m", "twine", "upload", "--repository-url", url, *release.wheels)
            elif way is Way.BARE:
                command = ("-c", UNCHECKED, *publish, "--simple", "none")
            cache = Path(empty) if way is Way.UNSEEN else release.cache
            seconds = timed((sys.executable, *command), cache=cache)
            pipe.send("end")
            return (seconds, *pipe.recv())

    def row(self, release: Release, *, parallel: int, runs: int) -> str:
        """All ways to one index each, taking turns, so that a busy machine is busy for all."""
        ended = [{way: self.once(way, release, parallel=parallel) for way in Way} for _ in range(runs)]
        assert len({tuple(accepted) for ways in ended for _, _, accepted in ways.values()}) == 1
        seconds = {way: median(ways[way][0] for ways in ended) for way in Way}
        cells = (
            f"{self.milliseconds:g} ms",
            "kept" if self.keeps else "new each time",
            str(parallel),
            *(f"{taken:.2f} s" for taken in seconds.values()),
            *(f"{seconds[Way.TWINE] / seconds[way]:.1f}" for way in (Way.SEEN, Way.UNSEEN)),
            *(f"{seconds[way] / seconds[Way.BARE] - 1:.0%}" for way in (Way.SEEN, Way.UNSEEN)),
            f"{ended[0][Way.SEEN][1] / ended[0][Way.TWINE][1]:.3f}",
        )
        return f"| {' | '.join(cells)} |"


def verified(release: Release, milliseconds: float, parallel: Sequence[int]) -> Iterator[str]:
    """What `publish --verify` takes, so many files at a time, of what was published before."""
    with index_at(milliseconds, keeps=True) as (url, _):
        (release.project / "pyproject.toml").write_text(TABLE.format(index=url) + "attest = false\n")
        publish = (sys.executable, "-m", "wheelyard", "publish", "-C", release.project, "-q")
        timed(publish, cache=release.cache)
        took = {
            at_once: timed((*publish, "--verify", "1.0", f"--parallel={at_once}"), cache=release.cache)
            for at_once in parallel
        }
    for at_once, seconds in took.items():
        yield f"| {milliseconds:g} ms | {at_once} | {seconds:.2f} s | {took[parallel[0]] / seconds:.1f} |"


def table(*heads: str) -> None:
    """Print the first two lines of a table in Markdown."""
    print(f"| {' | '.join(heads)} |")
    print("|---" * len(heads) + "|")


def main() -> None:
    """Measure one or the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=int, default=60)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 50, 100])
    parser.add_argument("--parallel", type=int, nargs="+", default=[4, 8])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--verify", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        release = collected(Path(name), options.wheels)
        if options.verify:
            table("there and back", "--parallel", "publish --verify", "times faster")
            for milliseconds in options.latency:
                print(*verified(release, milliseconds, (1, *options.parallel)), sep="\n", flush=True)
            return
        faster, overhead = ("times faster", "elsewhere"), ("overhead of checks", "elsewhere")
        table("there and back", "connections", "--parallel", *Way, *faster, *overhead, "bytes")
        for milliseconds, keeps, parallel in product(options.latency, (False, True), options.parallel):
            wire = Wire(milliseconds=milliseconds, keeps=keeps)
            print(wire.row(release, parallel=parallel, runs=options.runs), flush=True)


if __name__ == "__main__":
    main()
