"""The page as HTML and Markdown: whole, self-contained, and safe from every name."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import msgspec
import pytest

import standings
from standings import half_failed, planned, reported
from support import ROOT
from wheelyard import page
from wheelyard.audit.findings import Finding, Severity
from wheelyard.page import Facts
from wheelyard.releasing.manifest import State
from wheelyard.render import page as render

EVIL = "</title></style><script>alert(1)</script>'\" onload=x `$(id)` ${{ x }} | [a](http://h) <% 1 %>"
STAGES = {
    "planned": Facts(plan=planned(), slots=standings.SLOTS),
    "half": half_failed(),
    "complete": standings.complete(),
    "empty": standings.empty(),
    "large": standings.large(),
}


class Elements(HTMLParser):
    """The elements of a page, their attributes, and the text that is not style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"] or "}" not in data:
            self.words.append(data)

    def of(self, tag: str, name: str = "") -> list[dict[str, str]]:
        return [attributes for each, attributes in self.found if each == tag and name in attributes.get("class", "")]

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.found if attribute in attributes]


def drawn(facts: Facts) -> Elements:
    return Elements(render.html(page.make(facts)))


def hostile() -> Facts:
    """A release in which everything that comes from outside tries to be markup."""
    plan = msgspec.structs.replace(planned(), name=EVIL, tools={EVIL: EVIL})
    jobs = tuple(msgspec.structs.replace(job, id=f"{job.id}{EVIL}", runner=(EVIL,)) for job in plan.jobs)
    plan = msgspec.structs.replace(plan, jobs=jobs)
    reports = reported(plan, lambda i: State.FAILED if i.threaded else State.BUILT, message=EVIL)
    finding = Finding(rule=EVIL, severity=Severity.ERROR, file=EVIL, path=EVIL, message=EVIL, fix=EVIL)
    return Facts(
        plan=plan, slots=standings.SLOTS, reports=reports, where=f"javascript:{EVIL}", index=EVIL, findings=(finding,)
    )


@pytest.mark.parametrize("facts", STAGES.values(), ids=STAGES.keys())
def test_a_page_needs_nothing_from_elsewhere(facts: Facts) -> None:
    found = drawn(facts)
    assert found.of("script") == found.of("img") == found.of("iframe") == []
    assert found.all("src") == found.all("onload") == []
    assert all(link.startswith(("#", "data:,")) for link in found.all("href"))
    assert not re.search(r"url\(|@import", render.html(page.make(facts)))


@pytest.mark.parametrize("facts", STAGES.values(), ids=STAGES.keys())
def test_every_link_leads_to_one_place_on_the_page(facts: Facts) -> None:
    found = drawn(facts)
    ids = Counter(found.all("id"))
    assert max(ids.values()) == 1
    assert {link[1:] for link in found.all("href") if link.startswith("#")} <= ids.keys()


def test_a_long_message_keeps_what_happened_and_what_to_do() -> None:
    message = "\n".join(("The build failed.", *(f"note {number}" for number in range(500)), "Add the #include."))
    words = " ".join(drawn(standings.half_failed(message)).words)
    assert "The build failed." in words
    assert "Add the #include." in words
    assert "note 100" not in words


def test_each_wheel_has_a_cell_with_its_facts() -> None:
    found = drawn(standings.complete())
    assert len(found.of("a", "c")) == 81
    words = " ".join(found.words)
    assert all(file.file in words and file.sha256 in words for file in page.make(standings.complete()).files)


def test_what_is_missing_comes_first() -> None:
    heads = [attributes["id"] for tag, attributes in drawn(half_failed()).found if tag == "h2"]
    assert heads == ["h-gaps", "h-grid", "h-time", "h-size", "h-audit", "h-files"]
    assert "h-gaps" not in drawn(standings.complete()).all("id")


def test_an_empty_plan_says_so() -> None:
    assert "Nothing is planned." in " ".join(drawn(standings.empty()).words)


def outline(facts: Facts) -> list[str]:
    """Each section's heading, and of its table the heads and how many rows it has."""
    text = render.html(page.make(facts))
    lines = []
    for section in re.findall(r"<section.*?</section>", text, re.DOTALL):
        heading = _words(re.findall(r"<h2.*?</h2>", section)[0])
        heads = [
            re.sub(r"<.*?>", "", head).strip() for head in re.findall(r"<th scope=\"col\".*?</th>", section, re.DOTALL)
        ]
        lines.append(f"{heading}: {', '.join(filter(None, heads))}: {section.count('<tr') - section.count('<thead')}")
    return lines


def _words(markup: str) -> str:
    return " ".join(re.sub(r"<.*?>", " ", markup).split())


def test_the_structure_is_as_it_was_reviewed() -> None:
    assert outline(half_failed()) == [
        "What is missing, and why: state, what, why: 4",
        "Wheels: platform, target, 3.10, 3.11, 3.12, 3.13, 3.14, 3.13t, 3.14t, 3.11, wheels: 12",
        "Time: slot, job, runner, wheels, estimate, measured: 22",
        "Size: target, files, size, growth: 9",
        "Audit: : 0",
        "Files: file, and its SHA-256, size, growth, tested, job: 57",
    ]


def test_no_name_becomes_markup() -> None:
    found, plain = drawn(hostile()), render.html(page.make(hostile()))
    assert found.of("script") == []
    assert "<script" not in plain
    assert "onload" not in {name for _, attributes in found.found for name in attributes}
    assert "".join(found.words).count("alert(1)") > 20


def test_no_name_breaks_a_table_of_the_summary() -> None:
    text = render.markdown(page.make(hostile()))
    assert "<script" not in text
    assert "](" not in text
    tables = [block for block in re.split(r"\n\n+", text) if block.startswith("|")]
    assert tables
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_summary_tells_states_by_marks_and_what_they_mean() -> None:
    text = render.markdown(page.make(half_failed()))
    assert "| linux aarch64 musllinux | ✗ | ✗ | ✗ | ✗ | ✗ | ✗ | ✗ | ✗ | 0/8 |" in text
    assert "✗ failed (8)" in text
    assert "| failed | cp314-musllinux_aarch64" in text


def test_summaries_follow_each_other_in_one_file() -> None:
    text = render.markdown(page.make(half_failed())) * 2
    assert text.count("\n\n### ") == 1


@pytest.mark.parametrize("number", [-5, 0, 10**9, 2**63 - 1])
def test_numbers_beyond_all_measure_make_a_page_like_others(number: int) -> None:
    plan = planned()
    reports = tuple(
        msgspec.structs.replace(
            report,
            results=tuple(msgspec.structs.replace(r, size=number, minutes=float(number)) for r in report.results),
        )
        for report in reported(plan)
    )
    made = msgspec.structs.replace(standings.released(plan, reports), source_date=number)
    html = render.html(page.make(Facts(plan=page.plan_of(made), slots=standings.SLOTS, reports=reports, release=made)))
    assert len(html) < 200_000


def test_a_page_is_the_same_bytes_every_time() -> None:
    first, second = (render.html(page.make(standings.large())) for _ in range(2))
    assert first == second


def test_a_release_of_180_wheels_stays_small() -> None:
    made = page.make(standings.large())
    assert (made.wheels, len(made.jobs)) == (180, 40)
    assert len(render.html(made).encode()) < 500_000


def test_a_message_of_a_whole_log_does_not_fill_the_page() -> None:
    facts = half_failed("x" * 100_000)
    assert len(render.html(page.make(facts))) < len(render.html(page.make(half_failed()))) + 20_000


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(100, 100, "±0 %"), (110, 100, "+10.0 %"), (90, 100, "\N{MINUS SIGN}10.0 %"), (5, None, "")],
)
def test_growth_is_told_with_its_sign(now: int, before: int | None, text: str) -> None:
    assert render.growth(now, before) == text


def test_bars_lie_within_the_drawing() -> None:
    facts = replace(standings.large(), sent=())
    for bar in drawn(facts).of("rect"):
        if bar["x"].endswith("%"):
            assert 0 <= float(bar["x"][:-1]) <= float(bar["x"][:-1]) + float(bar["width"][:-1]) <= 100.5


def test_the_picture_of_the_readme_is_fresh() -> None:
    done = subprocess.run((sys.executable, ROOT / "scripts/picture.py", "--check"), capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
