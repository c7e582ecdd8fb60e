"""The page in a real browser: on screens of every kind, on paper, by keyboard, and before the rules of axe-core."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

import standings
from test_render_page import hostile
from wheelyard import page
from wheelyard.render import page as render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.peers

FACTS = {
    "complete": standings.complete(),
    "half": standings.half_failed(),
    "empty": standings.empty(),
    "large": standings.large(),
    "hostile": hostile(),
}
WIDE, NARROW = 1200, 380
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not there: install the group `browser`")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not there: pages are looked at in it (apt-get install chromium)")
    with api.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


class Look:
    """One page as one screen shows it, with all that it asked the world for and all that scripts said."""

    def __init__(self, browser: Browser, file: Path, *, width: int, scheme: Scheme, scripts: bool) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
        )
        self.context.set_default_timeout(60_000)
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.goto(file.as_uri())


Open = Callable[..., Look]


@pytest.fixture
def look(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    opened: list[Look] = []

    def open_(name: str, *, width: int = WIDE, scheme: Scheme = "light", scripts: bool = True) -> Look:
        file = tmp_path / f"{name}.html"
        file.write_text(render.html(page.make(FACTS[name])))
        opened.append(Look(browser, file, width=width, scheme=scheme, scripts=scripts))
        return opened[-1]

    yield open_
    for each in opened:
        each.context.close()


def legible(tip: Locator) -> bool:
    """Whether a tip is shown, all of it inside the window."""
    return bool(
        tip.evaluate(
            "tip => { const box = tip.getBoundingClientRect();"
            " return box.width > 50 && box.left >= 0 && box.right <= innerWidth && box.top >= 0"
            " && box.bottom <= innerHeight && getComputedStyle(tip).clipPath === 'none' }"
        )
    )


@pytest.mark.parametrize("name", FACTS)
def test_nothing_is_asked_of_the_network_and_nothing_runs(look: Open, name: str) -> None:
    shown = look(name)
    assert [url.split(":")[0] for url in shown.requests] in (["file"], ["file", "data"])
    assert shown.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["complete", "half"])
def test_axe_finds_no_violation(look: Open, name: str, scheme: Scheme) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core: install the group `browser`")
    shown = look(name, scheme=scheme)
    results = axe.Axe().run(shown.page)
    assert results.generate_snapshot() == ""
    assert "color-contrast" in {rule["id"] for rule in results.response["passes"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_a_tip_on_a_narrow_screen(look: Open, scheme: Scheme) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core: install the group `browser`")
    shown = look("half", scheme=scheme, width=NARROW)
    shown.page.locator("a.c").first.focus()
    assert axe.Axe().run(shown.page).generate_snapshot() == ""


def test_axe_would_find_a_contrast_that_is_too_low(look: Open) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core: install the group `browser`")
    shown = look("half")
    shown.page.add_style_tag(content=":root { --faint: #ddd }")
    assert "color-contrast" in axe.Axe().run(shown.page).generate_snapshot()


def test_everything_can_be_read_without_scripts(look: Open) -> None:
    shown = look("half", scripts=False)
    assert shown.page.locator("h2").all_inner_texts()[0] == "What is missing, and why"
    assert shown.page.locator("a.c").count() == 81
    assert shown.page.locator("table.files tbody tr").count() == 57


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_cell_tells_its_facts_to_the_mouse_and_to_the_keyboard(look: Open, width: int) -> None:
    shown = look("complete", width=width)
    for place in (0, 7, 80):
        cell = shown.page.locator("a.c").nth(place)
        tip = cell.locator(".tip")
        assert not legible(tip)
        cell.hover()
        assert legible(tip)
        shown.page.mouse.move(0, 0)
        assert not legible(tip)
        cell.focus()
        assert legible(tip)
        assert "published" in tip.inner_text()


def test_the_keyboard_alone_leads_from_a_wheel_to_why_it_is_missing(look: Open) -> None:
    shown = look("half").page
    for _ in range(90):
        shown.keyboard.press("Tab")
        if shown.locator("a.c:focus", has_text="cp312-musllinux_aarch64").count():
            break
    shown.keyboard.press("Enter")
    target = shown.locator("tr:target")
    assert "ld: cannot find -lz" in target.inner_text()
    assert target.evaluate("row => row.getBoundingClientRect().top >= 0")


def test_a_cell_is_called_by_its_identifier_and_state(look: Open) -> None:
    cell = look("half").page.get_by_role("link", name="cp312-musllinux_aarch64 failed")
    assert cell.count() == 1


@pytest.mark.parametrize("name", FACTS)
def test_no_screen_has_to_be_scrolled_sideways(look: Open, name: str) -> None:
    shown = look(name).page
    for width in (WIDE, 900, 721, 720, NARROW, 320):
        shown.set_viewport_size({"width": width, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= width, f"at {width} pixels"


def test_paper_is_white_whatever_the_screen_is(look: Open) -> None:
    shown = look("half", scheme="dark")
    ink = "getComputedStyle(document.querySelector('h1')).color"
    assert shown.page.evaluate(ink) == "rgb(233, 229, 219)"
    shown.page.emulate_media(media="print")
    assert shown.page.evaluate(ink) == "rgb(28, 27, 25)"
    assert shown.page.locator("a.c .tip").first.is_hidden()


def test_a_printed_page_loses_nothing_at_its_sides(look: Open) -> None:
    shown = look("large", width=690).page  # A4 between the margins
    shown.emulate_media(media="print")
    assert int(shown.evaluate("document.documentElement.scrollWidth")) <= 690
    assert shown.pdf(format="A4").startswith(b"%PDF")
