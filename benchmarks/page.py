"""Time the page of a release of 180 wheels from 40 jobs: its values, its HTML, and a browser that shows it.

Run: `python benchmarks/page.py`. The browser is Debian's chromium by playwright (group `browser`); without it that row
is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
import standings  # noqa: E402  # found by the line above
from wheelyard import page  # noqa: E402
from wheelyard.render import page as drawing  # noqa: E402

RUNS = 9
GOAL_MS, GOAL_KB = 200, 500
# In a process of its own, as a verb does it: the templates are read and compiled too.
PROGRAM = """
import json, sys, time
sys.path.insert(0, {tests!r})
import standings
facts = standings.large()
def now(): return (1000 * time.perf_counter(), 1000 * time.process_time())
marks = [now()]
from wheelyard import page
from wheelyard.render import page as drawing
values = page.make(facts)
drawing.html(values); marks.append(now())
drawing.html(page.make(facts)); marks.append(now())
print(json.dumps([end[clock] - begin[clock] for begin, end in zip(marks, marks[1:]) for clock in (0, 1)]))
"""
SHOWN = """() => { document.body.getBoundingClientRect();
  const [entry] = performance.getEntriesByType('navigation');
  return performance.now() - entry.responseEnd }"""


def drawn() -> list[float]:
    """Milliseconds by the clock and of the processor for a first page and for one more: medians over processes."""
    program = PROGRAM.format(tests=str(ROOT / "tests"))
    rows = [
        json.loads(subprocess.run((sys.executable, "-c", program), check=True, capture_output=True).stdout)
        for _ in range(RUNS)
    ]
    return [median(column) for column in zip(*rows, strict=True)]


def shown(html: str) -> float | None:
    """Milliseconds from the last byte until the page is laid out in chromium."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where it is
    except ImportError:
        return None
    program = shutil.which("chromium")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        file = Path(folder) / "report.html"
        file.write_text(html)
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        times = []
        for _ in range(RUNS):
            window = browser.new_page()
            window.goto(file.as_uri(), wait_until="domcontentloaded")
            times.append(float(window.evaluate(SHOWN)))
            window.close()
        browser.close()
    return median(times)


def main() -> None:
    """Print a table."""
    made, empty = (page.make(facts) for facts in (standings.large(), standings.empty()))
    html = drawing.html(made)
    first, first_work, more, more_work = drawn()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {made.wheels} wheels, {len(made.jobs)} jobs\n")
    print("| what | measured | of the processor | goal |\n|---|---|---|---|")
    print(f"| values and HTML, in a new process | {first:.0f} ms | {first_work:.0f} ms | {GOAL_MS} ms |")
    print(f"| one more page in the same process | {more:.0f} ms | {more_work:.0f} ms | |")
    for name, text in (("laid out in chromium", html), ("a page of nothing there", drawing.html(empty))):
        if (browser := shown(text)) is not None:
            print(f"| {name} | {browser:.0f} ms | | {f'{GOAL_MS} ms' if text is html else ''} |")
    print(f"| size | {len(html.encode()) / 1000:.0f} kB | | {GOAL_KB} kB |")


if __name__ == "__main__":
    main()
