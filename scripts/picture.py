"""Draw the README's picture: mypy's release as wheelyard plans it, with the minutes that its public CI runs took.

Run: `python scripts/picture.py`, with wheelyard installed or `PYTHONPATH=ci`. It draws the values of the report page,
the ones that `wheelyard report --json` prints, and writes docs/plan.svg; `--check` says whether that is fresh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
import cases  # noqa: E402  # found by the line above

from wheelyard import page  # noqa: E402
from wheelyard.page import Facts, Page  # noqa: E402
from wheelyard.planning import planner  # noqa: E402
from wheelyard.render import scales  # noqa: E402
from wheelyard.revision import Revision  # noqa: E402
from wheelyard.words import duration  # noqa: E402

FILE = ROOT / "docs/plan.svg"
WIDTH, TOP, LINE = 920, 92, 19
GRID, COLUMN = 204, 34  # where the columns of the grid begin, and how far they are apart
JOBS, BARS, END = 410, 600, 895  # where the names of jobs stand, and where their bars begin and end
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: #1c1b19 }
.title { font: 22px "Iowan Old Style", Charter, Palatino, Georgia, "Liberation Serif", serif }
.said { font: italic 15px "Iowan Old Style", Charter, Palatino, Georgia, "Liberation Serif", serif }
.m { text-anchor: middle } .e { text-anchor: end } .f { fill: #67635b } .rule { stroke: #e2ddd2 }
.tile { fill: #3a6c9e } .bar { fill: #8d9db3 } .key { fill: #1c1b19 } text.key { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text, .key { fill: #e9e5db } .f { fill: #a8a295 } .rule { stroke: #35322c }
  .tile { fill: #77a9dc } .bar { fill: #62748c }
}
"""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A way to cut the release into jobs, and the page it gives."""

    name: str
    page: Page


def cuts() -> tuple[Cut, ...]:
    """Our plan of mypy's release, then the two ways in which releases are cut by hand."""
    case = next(case for case in cases.every() if case.name == "mypy (measured)")
    revision = Revision(commit=None, tree="", date=0, dirty=False)
    found = []
    for name, split in (("this plan", "auto"), ("one job a wheel", "identifier"), ("one job a target", "target")):
        config = replace(case.config, tool=replace(case.config.tool, split=split))
        plan = planner.make(config, case.lock, revision)
        found.append(Cut(name=name, page=page.make(Facts(plan=plan, slots=case.slots))))
    return tuple(found)


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words at a place."""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A thin line."""
    return f'<path class="rule" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'


def grid(made: Page) -> Iterator[str]:
    """Platforms down, Pythons across, a tile for each wheel."""
    for column, python in enumerate(made.pythons):
        yield text(GRID + column * COLUMN, TOP - 10, f"{python[2]}.{python[3:]}", "f m")
    yield line(20, TOP - 2, GRID + len(made.pythons) * COLUMN - 8, TOP - 2)
    y = TOP + 15
    for platform, rows in groupby(made.rows, key=lambda row: row.platform):
        yield text(20, y, platform)
        for row in rows:
            yield text(78, y, " ".join(filter(None, (row.arch, row.libc))))
            for column, cell in enumerate(row.cells):
                if cell is not None:
                    x = GRID + column * COLUMN - 7
                    yield f'<rect class="tile" x="{x}" y="{y - 11}" width="14" height="14" rx="2.5"/>'
            y += LINE + 3
        y += 5


def comparison(made: Sequence[Cut]) -> Iterator[str]:
    """How long each way of cutting takes, below the grid."""
    y = TOP + LINE * len(made[0].page.jobs) - LINE * len(made)
    yield line(20, y - 16, GRID + 4 * COLUMN + 26, y - 16)
    rows = [(cut.name, cut.page.time.estimated, f"{len(cut.page.jobs)} jobs") for cut in made]
    rows.insert(1, ("no plan is quicker than", made[0].page.time.bound, ""))
    for place, (name, minutes, count) in enumerate(rows):
        kind = "" if place else "key"
        yield text(20, y, name, kind)
        yield text(GRID + COLUMN + 20, y, duration(minutes or 0), f"e {kind}")
        yield text(GRID + 4 * COLUMN + 26, y, count, "f e")
        y += LINE


def jobs(made: Page) -> Iterator[str]:
    """Each job in its slot, against the minutes from the start."""
    axis = scales.of_minutes(max(job.planned.end for job in made.jobs if job.planned))
    share = (END - BARS) / 100
    bottom = TOP + LINE * len(made.jobs) + 14
    for percent, minutes in axis.ticks:
        yield text(BARS + percent * share, TOP - 10, f"{minutes} min" if minutes == "0" else minutes, "f m")
        yield line(BARS + percent * share, TOP - 2, BARS + percent * share, bottom)
    yield line(JOBS, TOP - 2, END, TOP - 2)
    y = TOP + 15
    for pool, together in groupby(made.jobs, key=lambda job: job.pool):
        if pool == "macos":
            yield text(END, y - 14, f"{made.slots['macos']} jobs on macOS at one time", "f e")
            yield line(JOBS, y - 9, END, y - 9)
            y += 5
        for job in together:
            yield text(JOBS, y, job.id, "key" if job.critical else "")
            if bar := axis.bar(job.planned):
                x, width = BARS + bar.x * share, bar.width * share
                kind = "key" if job.critical else "bar"
                yield f'<rect class="{kind}" x="{x:g}" y="{y - 9}" width="{width:g}" height="9"/>'
            y += LINE


def picture(every: Sequence[Cut]) -> str:
    """The whole of it."""
    made = every[0].page
    height = TOP + LINE * len(made.jobs) + 34
    assert made.time.estimated is not None  # noqa: S101  # durations were given
    words = f"{made.headline}: {duration(made.time.estimated)} until the last wheel"
    label = f"{made.name}: {words}"
    parts = (
        text(20, 32, made.name, "title"),
        text(20, 56, words, "said"),
        *grid(made),
        *comparison(every),
        *jobs(made),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(label)}">\n'
        f"<!-- made by scripts/picture.py -->\n<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def main() -> int:
    """Write the picture, or compare it."""
    drawn = picture(cuts())
    if "--check" in sys.argv[1:]:
        fresh = FILE.exists() and FILE.read_text() == drawn
        print("fresh" if fresh else f"{FILE.name} is not what scripts/picture.py draws: run it.")
        return 0 if fresh else 1
    FILE.write_text(drawn)
    print(f"wrote {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
