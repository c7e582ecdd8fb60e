"""A page's values to HTML and Markdown: positions, and the few sentences that are no table.

Positions are percents of a drawing's width, so that it fits every screen while its text keeps its size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from wheelyard import __version__, render
from wheelyard.errors import listed
from wheelyard.page import Cell, Entry, Page, Row, Stage, State
from wheelyard.page.grid import PURE, SDIST
from wheelyard.render import scales
from wheelyard.render.scales import Axis
from wheelyard.words import counted, duration, size, spent

HTML = "report.html"
SUMMARY = "summary.md"

# Each state in text, which has no colour.
MARKS = {
    State.PLANNED: "·",
    State.REFUSED: "⊘",
    State.FAILED: "✗",
    State.UNTESTED: "◐",
    State.BUILT: "●",
    State.COLLECTED: "◆",
    State.PUBLISHED: "✓",
}
_STEADY = 0.05  # percent
_LONGEST = 600  # characters of a message in a cell's tip


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The sizes of one target's wheels: now, and in the last release."""

    label: str
    now: tuple[float, ...]
    before: tuple[float, ...]
    total: int
    growth: str


def html(page: Page) -> str:
    """The page: one file that needs no other."""
    return render.html(HTML, _values(page))


def markdown(page: Page) -> str:
    """The page in GitHub's Markdown, for the summary of a run."""
    return render.text(SUMMARY, _values(page))


def _values(page: Page) -> dict[str, object]:
    """What the templates see."""
    spans = [span for job in page.jobs for span in (job.planned, job.measured) if span]
    time = scales.of_minutes(max((span.end for span in spans), default=0.0))
    scale = scales.of_bytes(max((max(entry.size, entry.before or 0) for entry in page.files), default=0))
    return {
        "page": page,
        "version": __version__,
        "date": _date(page.date),
        "heads": [(name, len(list(group))) for name, group in groupby(page.pythons, key=_family)],
        "pythons": [_python(name) for name in page.pythons],
        "platforms": [(name, list(rows)) for name, rows in groupby(page.rows, key=lambda row: row.platform)],
        "pools": [(_pool(name, page), list(jobs)) for name, jobs in groupby(page.jobs, key=lambda job: job.pool)],
        "timed": bool(spans),
        "time": time,
        "minutes": " ".join(_minutes(page)),
        "scale": scale,
        "strips": list(_strips(page, scale)),
        "sizes": _sizes(page),
        "find": _finder(page),
        "job_ids": {job.id: number for number, job in enumerate(page.jobs)},
        "severities": {"error": "failed", "warning": "refused", "info": "f"},
        "tally": [(state, page.tally[state]) for state in State if state in page.tally],
        "marks": MARKS,
        "classes": {state: state.name.lower() for state in State},
        "facts": _facts,
        "tested": lambda entry: ", ".join(_ran(entry)) if entry.built_on or entry.tested_on else "yes" * entry.tested,
        "short": _short,
        "targets": _targets,
        "label": _label,
        "done": lambda row: _done(row, page),
        "of": lambda job: _of(job.done, job.wheels, page),
        "growth": growth,
    }


def _date(seconds: int) -> str:
    try:
        date = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a year that no calendar of Python's has
        return f"second {seconds}"
    return f"{date.day} {date:%B %Y}"


def _family(python: str) -> str:
    if python.startswith("cp"):
        return "free-threaded" if python.endswith("t") else "CPython"
    return {"pp": "PyPy", "gp": "GraalPy"}[python[:2]]


def _python(name: str) -> str:
    """`3.12` for `cp312`, as a column says it under the name of its family."""
    digits = name[2:].partition("_")[0]
    return f"{digits[0]}.{digits[1:]}"


def _label(row: Row) -> str:
    return " ".join(filter(None, (row.arch, row.libc, row.variant)))


def _pool(name: str, page: Page) -> str:
    """Whose machines, and how many of them at one time."""
    if name in page.slots:
        return f"{'macOS runners' if name == 'macos' else 'runners'} of GitHub, {page.slots[name]} at one time"
    return f"{name}, one at a time"


def _finder(page: Page) -> Callable[[Cell], str]:
    """Where on the page there is more of a cell: at its file, at why it is missing, or at its job."""
    jobs = {job.id: f"job-{number}" for number, job in enumerate(page.jobs)}
    gaps = {(gap.state, name): f"gap-{number}" for number, gap in enumerate(page.gaps) for name in gap.names}
    files = {entry.file: f"file-{number}" for number, entry in enumerate(page.files)}

    def find(cell: Cell) -> str:
        return gaps.get((cell.state, cell.name)) or files.get(cell.file or "") or jobs.get(cell.job, "grid")

    return find


def _facts(cell: Cell) -> Iterator[str]:
    """What the tip of a cell says below its name and state."""
    if cell.shared:
        yield "answered by the wheel of an older Python"
    numbers = [size(cell.size) if cell.size is not None else "", spent(cell.minutes) if cell.minutes else ""]
    yield ", ".join(filter(None, (*numbers, *_ran(cell))))
    yield cell.file or (f"job {cell.job}" if cell.job else "")
    yield _short(cell.why)


def _ran(what: Cell | Entry) -> Iterator[str]:
    """Where something was built that was not built on a machine of its own, and whether and where it was tested."""
    if what.built_on:
        yield f"cross-built on {what.built_on}"
    if what.tested:
        yield f"tested on {what.tested_on}" if what.tested_on else "tested"
    elif what.built_on:
        yield "not run"


def _short(text: str) -> str:
    """A message without what would fill the page: its end says what to do, its first line what happened."""
    if len(text) <= _LONGEST:
        return text
    first, _, rest = text.partition("\n")
    first = first[: _LONGEST // 2]
    return f"{first}\n…{rest[len(first) - _LONGEST :]}" if rest else f"{text[:_LONGEST]}…"


def _targets(names: Iterable[str]) -> dict[str, list[str]]:
    """Identifiers as targets and their Pythons; what is no identifier has none."""
    found: dict[str, list[str]] = {}
    for name in names:
        python, _, tail = name.partition("-")
        found.setdefault(tail or python, []).extend([python] if tail else [])
    return found


def _done(row: Row, page: Page) -> str:
    """How many of a row's wheels have come as far as the page."""
    wheels = [cell for cell in row.cells if cell and not cell.shared]
    return _of(sum(cell.state in page.reached for cell in wheels), len(wheels), page)


def _of(done: int, wheels: int, page: Page) -> str:
    """A number of wheels, of how many there are to be; before anything was built, only the latter."""
    return str(wheels) if page.stage is Stage.PLANNED else f"{done}/{wheels}"


def growth(now: int, before: int | None) -> str:
    """By how much something is larger than in the last release."""
    if not before:
        return ""
    percent = round(100 * (now - before) / before, 1)
    return "±0 %" if abs(percent) < _STEADY else f"{percent:+.1f} %".replace("-", "−")  # noqa: RUF001  # a minus


def _minutes(page: Page) -> Iterator[str]:
    """The time it takes in sentences."""
    time = page.time
    if time.measured is not None:
        yield f"{spent(time.measured)} of builds until the last wheel, as measured."
    if time.estimated is not None:
        yield f"Estimated were {duration(time.estimated)}" if time.measured else f"About {duration(time.estimated)}"
        yield f"until the last wheel; no plan can be quicker than {duration(time.bound or 0)}."
    if time.billed is not None:
        yield f"{time.billed} minutes of runners, ${time.cost_usd or 0:.2f} where the repository is private."
    critical = [job.id for job in page.jobs if job.critical]
    if critical and len(page.jobs) > 1:
        yield f"The end hangs on {listed(critical, most=4)}."
    if time.bottleneck:
        yield f"What would shorten it most: {time.bottleneck}."


def _strips(page: Page, scale: Axis) -> Iterator[Strip]:
    """The sizes of files by target, the sdist and the pure wheel last."""
    labels = {
        cell.file: f"{row.platform} {_label(row)}" for row in page.rows for cell in row.cells if cell and cell.file
    }
    together: dict[str, list[Entry]] = {}
    for entry in page.files:
        kind = PURE if entry.file.endswith(".whl") else SDIST
        together.setdefault(labels.get(entry.file, kind), []).append(entry)
    order = [*dict.fromkeys(labels.values()), PURE, SDIST]
    for label in sorted(together, key=order.index):
        files = together[label]
        now, before = _totals(files)
        yield Strip(
            label=label,
            now=tuple(scale.point(entry.size) for entry in files),
            before=tuple(scale.point(entry.before) for entry in files if entry.before is not None),
            total=sum(entry.size for entry in files),
            growth=growth(now, before),
        )


def _totals(files: Iterable[Entry]) -> tuple[int, int]:
    """The bytes of those files that the last release had too, now and then."""
    both = [(entry.size, entry.before) for entry in files if entry.before is not None]
    return sum(now for now, _ in both), sum(before for _, before in both)


def _sizes(page: Page) -> str:
    """The sizes of all files in a sentence."""
    total = f"{counted(len(page.files), 'file')}, {size(sum(entry.size for entry in page.files))}"
    if not page.previous:
        return f"{total}; there is no earlier release to compare with."
    now, before = _totals(page.files)
    new = sum(entry.before is None for entry in page.files)
    added = f", and {new} that {page.previous} had not" if new else ""
    return f"{total}; {growth(now, before) or '±0 %'} against the same files of {page.previous}{added}."
