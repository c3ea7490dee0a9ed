"""Search in a real browser: words that were mended, exact words, why a hit was found, further hits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer import Library
from tests.browser.accessibility import settle, tab_to
from tests.browser.conftest import ROOT, App, start_app, stop_app

MS = 60_000
ROWS = (
    "Payables and provisions, in thousands of crowns | 2022 | 2021",
    "Trade payables of the boat yard and its slipway | 429 | 711",
    "Other current liabilities of the boat yard alone | 21 | 123",
)
PROSE = (
    "The yard at the old harbour pays its suppliers within",
    "thirty days, in whatever month they have come.",
)
NAMES = ("balcony-solar-manual.pdf", "river-restoration.pdf", "beekeeping-year.md", "chess-endgames.md")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("search") / "default"
    with Library(home) as library:
        library.add([*(ROOT / "samples" / name for name in NAMES), yard(tmp_path_factory.mktemp("files"))])
    running = start_app(home)
    yield running
    stop_app(running)


def yard(folder: Path) -> Path:
    """A page with prose that is set in lines, and a table."""
    rows = "".join(f"<tr><td>{row.replace(' | ', '</td><td>')}</td></tr>" for row in ROWS)
    path = folder / "yard.html"
    path.write_text(f"<pre>{chr(10).join(PROSE)}</pre><table>{rows}</table>", encoding="utf-8")
    return path


def ask(page: Page, question: str) -> None:
    field = page.locator(".st-key-question input")
    field.fill(question)
    field.press("Enter")


def top(box: Locator) -> float:
    found = box.bounding_box()
    assert found is not None
    return found["y"]


def test_from_a_slip_to_further_hits(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?count=5+hits")
    expect(visitor.locator(".st-key-question input")).to_be_visible(timeout=MS)
    ask(visitor, "solar invertor")
    said = visitor.get_by_text("Showing results for solar inverter")
    expect(said).to_be_visible(timeout=MS)
    expect(visitor.locator(".dx-hit mark").first).to_have_text(re.compile("solar|inverter", re.I))
    tab_to(visitor, "Search as typed")
    visitor.keyboard.press("Enter")
    expect(said).not_to_be_visible(timeout=MS)

    ask(visitor, "inverters")
    settle(visitor)
    before = visitor.locator(".dx-hit").count()
    visitor.get_by_text("Exact words", exact=True).click()
    visitor.wait_for_function("n => document.querySelectorAll('.dx-hit').length !== n", arg=before)
    visitor.get_by_text("Exact words", exact=True).click()

    ask(visitor, "how is the river kept from flooding -inverter")
    above = visitor.get_by_test_id("stCaptionContainer").first
    expect(above).to_have_text(re.compile(r"left out: \d+ by filters"), timeout=MS)
    settle(visitor)
    hits = visitor.locator(".dx-hits").first.locator(".dx-hit-group")
    expect(hits).to_have_count(5)
    second = top(hits.nth(1))
    why = hits.first.get_by_role("button", name="Why this hit")
    expect(why).to_have_attribute("aria-expanded", "false")
    tab_to(visitor, "Why this hit")
    visitor.keyboard.press("Enter")
    expect(why).to_have_attribute("aria-expanded", "true")
    reasons = hits.first.locator(".dx-hit-why")
    expect(reasons.locator("dt", has_text="Meaning")).to_be_visible()
    expect(reasons.locator("dd").first).to_have_text(re.compile(r"^\d+%$"))
    expect(reasons).to_contain_text("Words of your question in it")
    visitor.keyboard.press("Enter")
    expect(reasons).not_to_be_visible()
    assert top(hits.nth(1)) == second
    visitor.keyboard.press("Enter")

    titles = [hits.nth(i).locator(".dx-hit-text").first.text_content() for i in range(5)]
    visitor.locator(".st-key-more-hits button").scroll_into_view_if_needed()
    place = top(hits.nth(4))
    visitor.get_by_role("button", name="More hits").click()
    expect(hits.nth(5)).to_be_attached(timeout=MS)
    settle(visitor)
    assert [hits.nth(i).locator(".dx-hit-text").first.text_content() for i in range(5)] == titles
    assert top(hits.nth(4)) == pytest.approx(place, abs=2), "nothing jumped"
    expect(reasons).to_be_visible()


def test_rows_of_a_table_are_lines_and_prose_flows(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=payables+of+the+boat+yard&count=5+hits")
    shown = visitor.locator(".dx-hit-text", has_text=ROWS[2]).first
    expect(shown).to_be_visible(timeout=MS)
    assert shown.inner_text().removeprefix("… ").splitlines() == list(ROWS)
    ask(visitor, "when are suppliers paid")
    expect(visitor.locator(".dx-hit-text", has_text=" ".join(PROSE)).first).to_be_visible(timeout=MS)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_match_is_within_what_is_shown(visitor: Page, app: App, width: int) -> None:
    visitor.set_viewport_size({"width": width, "height": 900})
    visitor.goto(f"{app.url}/search?question=inverter&mode=By+words&count=10+hits")
    hits = visitor.locator(".dx-hits .dx-hit:visible")
    expect(hits.first).to_be_visible(timeout=MS)
    settle(visitor)
    for i in range(hits.count()):
        text = hits.nth(i).locator(".dx-hit-text")
        box, mark = text.bounding_box(), text.locator("mark").first.bounding_box()
        assert box is not None
        assert mark is not None
        assert box["y"] <= mark["y"] < mark["y"] + mark["height"] <= box["y"] + box["height"]
        assert text.evaluate("box => box.scrollHeight <= box.clientHeight + 1"), "nothing is scrolled to"
        assert box["height"] < (100 if width == 1280 else 260)


def test_signs_have_names_that_are_shown_and_copying_is_said(visitor: Page, app: App) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.goto(f"{app.url}/search?question=inverter&count=5+hits")
    hit = visitor.locator(".dx-hits .dx-hit").first
    expect(hit).to_be_visible(timeout=MS)
    settle(visitor)
    names = ["Why this hit", "More like this", "Search in this document", "Copy with source"]
    buttons = hit.locator(".dx-icon")
    for i, name in enumerate(names):
        expect(buttons.nth(i)).to_have_accessible_name(name)
        buttons.nth(i).hover()
        shown = buttons.nth(i).evaluate("button => getComputedStyle(button, '::after').content")
        assert shown == f'"{name}"'
    hit.get_by_role("button", name="Copy with source").click()
    expect(hit.get_by_role("button", name="Copied")).to_be_visible()
    assert "inverter" in visitor.evaluate("navigator.clipboard.readText()")


def test_where_a_known_passage_stands_by_keyboard(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=solar+inverter&count=5+hits")
    expect(visitor.locator(".dx-hit").first).to_be_visible(timeout=MS)
    settle(visitor)
    tab_to(visitor, "Where is …?")
    visitor.keyboard.press("Enter")
    field = visitor.locator(".st-key-where-document input")
    expect(field).to_be_visible(timeout=MS)
    expect(field).to_be_in_viewport()
    field.focus()
    visitor.keyboard.type("chess")
    expect(visitor.get_by_role("option", name="chess-endgames.md")).to_be_visible(timeout=MS)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_text(re.compile(r"stands at rank \d+ of \d+ passages"))).to_be_visible(timeout=MS)
    asked = visitor.locator(".st-key-where-hit")
    expect(asked.locator(".dx-hit-why")).to_be_visible()
    asked.locator(".dx-hit-title").click()
    expect(visitor.locator(".dx-viewer")).to_contain_text("chess-endgames.md", timeout=MS)
