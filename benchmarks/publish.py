"""Publishing 60 wheels of 1 MB against `twine upload dist/*`, to an index that is some milliseconds away.

python benchmarks/publish.py                 walls, ratio, bytes, and what all the checks take (a dry run)
python benchmarks/publish.py --wheels 20     with fewer wheels
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "ci"), str(HERE.parent / "tests")]

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


def serve(pipe: Connection, keeps: bool) -> None:  # noqa: FBT001  # the arguments of a process
    """Run an index; its address goes into the pipe, and at the end what it received."""
    with fake_index(keeps=keeps) as index:
        pipe.send(index.url)
        pipe.recv()
        pipe.send((index.received, sorted(index.accepted.items())))


def relay(pipe: Connection, port: int, seconds: float) -> None:
    """Pass bytes on after a delay, in order and without limit: a long wire, not a thin one."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    writer.close()
                    return
                writer.write(data)

        task = asyncio.create_task(deliver())
        data = b"-"
        while data:
            data = await reader.read(1 << 18)
            await queue.put((time.monotonic() + seconds, data))
        await task

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * seconds)  # the handshake
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    async def run() -> None:
        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextlib.contextmanager
def index_at(milliseconds: float, *, keeps: bool) -> Iterator[tuple[str, Connection]]:
    """The address of an index so far away there and back, and the pipe to its process.

    It `keeps` connections open after an answer, or not.
    """
    here, there = multiprocessing.Pipe()
    near, wire = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there, keeps), daemon=True)
    server.start()
    port = int(here.recv().rpartition(":")[2])
    delay = multiprocessing.Process(target=relay, args=(wire, port, milliseconds / 2000), daemon=True)
    delay.start()
    try:
        yield f"http://127.0.0.1:{near.recv()}/legacy/", here
    finally:
        for process in (delay, server):
            process.kill()
            process.join()


def timed(command: Sequence[str | Path]) -> float:
    """The seconds a program takes, with the credentials it needs."""
    env = {**os.environ, **LOGIN, "PYTHONPATH": str(HERE.parent / "ci"), "NO_PROXY": "127.0.0.1"}
    begun = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def collected(folder: Path, count: int) -> tuple[Path, ...]:
    """A project with a release of so many wheels of 1 MB."""
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(count)]
    data = random.Random(0).randbytes(1_000_000)  # noqa: S311  # the same bytes each time
    make_wheelhouse(folder / "wheelhouse", plan=make_plan(identifiers=identifiers, sdist=False), data=data)
    (folder / "pyproject.toml").write_text(TABLE.format(index="pypi"))
    timed((sys.executable, "-m", "wheelyard", "collect", "-C", folder, "-q"))
    return tuple(sorted((folder / "store" / "v1.0").glob("*.whl")))


def row(folder: Path, wheels: Sequence[Path], milliseconds: float, *, keeps: bool, parallel: int) -> str:
    """Both ways to one index each, in one run."""
    with index_at(milliseconds, keeps=keeps) as (url, pipe):
        plain = timed((sys.executable, "-m", "twine", "upload", "--repository-url", url, *wheels))
        pipe.send("end")
        plain_bytes, plain_files = pipe.recv()
    publish = (sys.executable, "-m", "wheelyard", "publish", "-C", folder, "-q", "--parallel", str(parallel))
    with index_at(milliseconds, keeps=keeps) as (url, pipe):
        (folder / "pyproject.toml").write_text(TABLE.format(index=url))
        dry = timed((*publish, "--dry-run"))
        ours = timed(publish)
        pipe.send("end")
        our_bytes, our_files = pipe.recv()
    assert plain_files == our_files
    cells = (
        f"{milliseconds:g} ms",
        "kept" if keeps else "new each time",
        str(parallel),
        f"{plain:.1f} s",
        f"{ours:.1f} s",
        f"{plain / ours:.1f}",
        f"{our_bytes / plain_bytes:.3f}",
        f"{dry:.1f} s",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=int, default=60)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 50, 100])
    parser.add_argument("--parallel", type=int, nargs="+", default=[4, 8])
    options = parser.parse_args()
    heads = (
        "there and back",
        "connections",
        "--parallel",
        "twine upload",
        "publish",
        "times faster",
        "bytes",
        "dry run",
    )
    print(f"| {' | '.join(heads)} |")
    print("|---" * len(heads) + "|")
    with tempfile.TemporaryDirectory() as name:
        wheels = collected(Path(name), options.wheels)
        for milliseconds, keeps, parallel in product(options.latency, (False, True), options.parallel):
            print(row(Path(name), wheels, milliseconds, keeps=keeps, parallel=parallel), flush=True)


if __name__ == "__main__":
    main()
