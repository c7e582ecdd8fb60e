"""The audit against the tools a maintainer would run one after another, on real wheels and on broken ones.

python benchmarks/audit.py            times on 40 real wheels, peak memory, and the speed of inflating and hashing
python benchmarks/audit.py --defects  which tool finds which broken wheel, as a table in Markdown
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path[:1] = [str(HERE.parent / "ci"), str(HERE.parent / "tests")]  # not beside us: this file is called audit, too

from audit import defects, realwheels  # noqa: E402  # found by the line above
from wheelyard import audit  # noqa: E402
from wheelyard.doors import toolbox  # noqa: E402

PEERS = (
    "auditwheel==6.8.2",
    "abi3audit==0.0.26",
    "delvewheel==1.13.2",
    "repairwheel==0.8.0",
    "check-wheel-contents==0.6.3",
    "installer==1.1.0",
    "twine==7.0.0",
)
COUNT = 40
INSTALLER = (
    "import sys; from installer.sources import WheelFile\nwith WheelFile.open(sys.argv[1]) as w: w.validate_record()"
)


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A tool: its arguments for a wheel, which wheels it is for, and whether its answer names a defect."""

    name: str
    arguments: Callable[[Path, Path], Sequence[str | Path]]
    fits: Callable[[str], bool] = lambda _: True
    objects: Callable[[Path, int, str], bool] = lambda _path, code, _said: code != 0


def _auditwheel_objects(path: Path, code: int, said: str) -> bool:
    """It exits 0 whatever it finds: its answer is the tag that the wheel has earned."""
    if code != 0:
        return True
    claimed = path.name.removesuffix(".whl").rpartition("-")[2].split(".")
    earned = " ".join(said.split()).partition("platform tag:")[2].partition('"')[2].partition('"')[0]
    numbers = {tag: number for number in range(5, 60) for tag in (f"manylinux_2_{number}_",)}
    versions = [numbers[start] for tag in claimed for start in numbers if tag.startswith(start)]
    if versions and (found := [numbers[start] for start in numbers if earned.startswith(start)]):
        return found[0] > min(versions)
    return earned not in claimed


def _delvewheel_objects(_path: Path, code: int, said: str) -> bool:
    copied = said.partition("will be copied into the wheel.")[2].split()[:1]
    return code != 0 or "was not found" in said or ("already repaired" not in said and copied != ["None"])


def _is_linux(name: str) -> bool:
    return "linux" in name


TOOLS = (
    Peer(
        name="auditwheel",
        arguments=lambda path, _: ("-m", "auditwheel", "show", path),
        fits=_is_linux,
        objects=_auditwheel_objects,
    ),
    Peer(
        name="abi3audit",
        arguments=lambda path, _: ("-m", "abi3audit", "--strict", path),
        fits=lambda name: "abi3" in name,
    ),
    Peer(
        name="delvewheel",
        arguments=lambda path, _: ("-m", "delvewheel", "show", path),
        fits=lambda name: "win" in name.rpartition("-")[2],
        objects=_delvewheel_objects,
    ),
    Peer(
        name="repairwheel",
        arguments=lambda path, out: ("-m", "repairwheel", "--no-sys-paths", "--output-dir", out, path),
        fits=lambda name: "macosx" in name,
    ),
    Peer(name="check-wheel-contents", arguments=lambda path, _: ("-m", "check_wheel_contents", path)),
    Peer(name="installer", arguments=lambda path, _: ("-c", INSTALLER, path)),
    Peer(name="twine check", arguments=lambda path, _: ("-m", "twine", "check", "--strict", path)),
)


def run(command: Sequence[str | Path]) -> tuple[float, float, int, str]:
    """Seconds by the clock and of processor time, exit code and output of a program."""
    begun, before = time.perf_counter(), _processor()
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return time.perf_counter() - begun, _processor() - before, ended.returncode, ended.stdout + ended.stderr


def _processor() -> float:
    """Seconds of processor time of all programs that ended: other work on the machine does not change it much."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ask(tool: Peer, python: Path, wheel: Path) -> tuple[float, float, bool]:
    """How long a tool takes for a wheel, by the clock and the processor, and whether it objects to it."""
    with tempfile.TemporaryDirectory() as out:
        seconds, worked, code, said = run((python, *tool.arguments(wheel, Path(out))))
    return seconds, worked, tool.objects(wheel, code, said)


def ours(wheels: Sequence[Path], *, times: int = 3) -> tuple[float, float, int]:
    """Median seconds (clock, processor) of `wheelyard audit` for all wheels in one go, and its peak memory in MB."""
    env = ("env", f"PYTHONPATH={HERE.parent / 'ci'}")
    taken = [run((*env, sys.executable, "-m", "wheelyard", "audit", "--json", *wheels)) for _ in range(times)]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return median(row[0] for row in taken), median(row[1] for row in taken), memory


def floor(wheels: Sequence[Path]) -> tuple[float, float]:
    """Seconds of `unzip -t` and `sha256sum` on each wheel: what inflating and hashing cost at least."""
    rows = [run((*command, wheel)) for wheel in wheels for command in (("unzip", "-tqq"), ("sha256sum",))]
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def times() -> None:
    names = realwheels.NAMES[:: max(1, len(realwheels.NAMES) // COUNT)][:COUNT]
    wheels = realwheels.fetched(names)
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
    seconds, worked, memory = ours(wheels)
    least, least_worked = floor(wheels)
    python = toolbox.environment("audit-peers", PEERS)
    print(f"{len(wheels)} wheels, {size:.0f} MB; {platform.system()}, {os.cpu_count()} cores\n")
    print("| tool | wheels | seconds | of the processor |\n|---|---|---|---|")
    total = total_worked = 0.0
    for tool in TOOLS:
        rows = [ask(tool, python, wheel) for wheel in wheels if tool.fits(wheel.name)]
        total, total_worked = total + sum(row[0] for row in rows), total_worked + sum(row[1] for row in rows)
        print(f"| {tool.name} | {len(rows)} | {sum(row[0] for row in rows):.1f} | {sum(row[1] for row in rows):.1f} |")
    print(f"| all of these | | {total:.1f} | {total_worked:.1f} |")
    print(f"| `unzip -t` and `sha256sum` | {len(wheels)} | {least:.1f} | {least_worked:.1f} |")
    print(f"| **wheelyard audit** | {len(wheels)} | **{seconds:.2f}** | **{worked:.2f}** |\n")
    print(
        f"{total / seconds:.1f} times faster than the tools one after another ({total_worked / worked:.1f} by processor"
    )
    print(
        f"time); {worked / least_worked:.2f} times the cost of inflating and hashing; peak memory {memory} MB, of which"
    )
    print(f"the largest member is {_largest(wheels):.0f} MB.")


def _largest(wheels: Sequence[Path]) -> float:
    import zipfile  # noqa: PLC0415

    def largest(path: Path) -> int:
        with zipfile.ZipFile(path) as wheel:
            return max(entry.file_size for entry in wheel.infolist())

    return max(largest(path) for path in wheels) / 1e6


def _cell(tool: Peer, python: Path, wheel: Path) -> str:
    if not tool.fits(wheel.name):
        return ""
    return "finds" if ask(tool, python, wheel)[2] else "misses"


def table() -> Iterator[str]:
    python = toolbox.environment("audit-peers", PEERS)
    names = [tool.name for tool in TOOLS]
    yield "| defect | rule | " + " | ".join(names) + " |"
    yield "|---|---|" + "---|" * len(names)
    for defect in defects.ALL:
        with tempfile.TemporaryDirectory() as folder:
            path = defect.draft().save(Path(folder))
            defect.after(path)
            found = {finding.rule for finding in audit.wheel(path)}
            cells = [_cell(tool, python, path) for tool in TOOLS]
        assert found == {rule for rule, _ in defect.finds}, (defect.id, found)
        yield f"| {defect.id} | {', '.join(f'`{rule}`' for rule in sorted(found))} | {' | '.join(cells)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--defects", action="store_true", help="compare what each tool finds")
    if parser.parse_args().defects:
        with contextlib.suppress(BrokenPipeError):
            for line in table():
                print(line, flush=True)
    else:
        times()
