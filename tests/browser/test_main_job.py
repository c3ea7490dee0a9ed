"""The main job, end to end, as a person does it: drop filings in, search them, ask them, see them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from tests import network
from tests.browser.conftest import App, off_origin, record_requests

FILINGS = ("ULTABEAUTY_2023Q4_EARNINGS.pdf", "AMCOR_2022_8K_dated-2022-07-01.pdf")
READY_MS = 120_000
ANSWER_MS = 60_000
MAP_MS = 180_000


@pytest.fixture(scope="module")
def tab(chromium: Browser, app: App) -> Iterator[Page]:
    """One tab for the whole way; at its end, nothing may have left the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = record_requests(page)
    before = network.attempts_to_leave() if network.is_cut_off else 0
    page.goto(app.url)
    yield page
    context.close()
    assert off_origin(asked, app.url) == []
    if network.is_cut_off:
        assert network.attempts_to_leave() == before


@pytest.fixture(scope="module")
def filings(shared_data: Path) -> list[Path]:
    return [shared_data / "financebench" / name for name in FILINGS]


def go(tab: Page, name: str) -> None:
    tab.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
    expect(tab.get_by_role("heading", name=name, exact=True)).to_be_visible()


def amber_share(place: Locator) -> float:
    """The share of an element's pixels that are amber: clearly more red and green than blue."""
    image = Image.open(io.BytesIO(place.screenshot())).convert("RGB")
    red, green, blue = np.moveaxis(np.asarray(image, dtype=int), -1, 0)
    return float(((red > 150) & (green > 110) & (blue < np.minimum(red, green) - 30)).mean())


def test_1_two_filings_are_dropped_in(tab: Page, app: App, filings: list[Path]) -> None:
    expect(tab.get_by_text("sample documents")).to_be_visible()
    tab.locator("input[type=file]").first.set_input_files([str(path) for path in filings])
    expect(tab.get_by_text(re.compile(r"^2 documents"))).to_be_visible(timeout=READY_MS)
    with Library(app.home) as library:
        assert sorted(document.name for document in library.documents()) == sorted(FILINGS)
        assert all(document.chunks > 0 for document in library.documents())


def test_2_the_same_file_again_is_unchanged(tab: Page, filings: list[Path]) -> None:
    tab.locator("input[type=file]").first.set_input_files(str(filings[0]))
    expect(tab.get_by_text(re.compile("already, unchanged")).first).to_be_visible(timeout=READY_MS)
    expect(tab.get_by_text(re.compile(r"^2 documents"))).to_be_visible()


def test_3_a_search_finds_and_marks(tab: Page) -> None:
    go(tab, "Search")
    field = tab.get_by_role("textbox").first
    field.fill("net sales increased compared to the fourth quarter")
    field.press("Enter")
    first = tab.locator(".dx-hit").first
    expect(first).to_be_visible(timeout=ANSWER_MS)
    expect(first.locator(".dx-hit-title")).to_have_text(FILINGS[0])
    assert first.locator("mark").count() > 0


def test_4_a_hit_opens_its_page_with_the_passage_marked(tab: Page, app: App) -> None:
    tab.locator(".dx-hit-title").first.click()
    sheet = tab.locator(".dx-sheet img").first
    expect(sheet).to_be_visible(timeout=ANSWER_MS)
    box = tab.locator(".dx-box").first
    expect(box).to_be_visible()
    assert amber_share(box) > 0.5, "the passage is not marked in amber"

    address = parse_qs(urlsplit(tab.url).query)
    start, end = map(int, address["span"][0].split("-"))
    with Library(app.home) as library:
        text = library.text(address["document"][0])[start:end].casefold()
    assert "net sales" in text


def test_5_the_address_works_in_a_new_tab(tab: Page) -> None:
    other = tab.context.new_page()
    other.goto(tab.url)
    expect(other.locator(".dx-box").first).to_be_visible(timeout=ANSWER_MS)
    other.close()


def test_6_pages_are_turned_by_keyboard_and_escape_closes(tab: Page) -> None:
    before = parse_qs(urlsplit(tab.url).query)["page"]
    tab.locator(".dx-viewer-body").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function(
        "before => new URL(location).searchParams.get('page') !== before", arg=before[0], timeout=ANSWER_MS
    )
    tab.keyboard.press("Escape")
    expect(tab.locator(".dx-sheet")).to_have_count(0)


def test_7_a_question_is_answered_with_quotes_that_open(tab: Page, app: App) -> None:
    go(tab, "Chat")
    field = tab.get_by_test_id("stChatInputTextArea")
    field.fill("How much did net sales increase in the fourth quarter?")
    field.press("Enter")
    expect(tab.get_by_text("Quotes from your documents (")).to_be_visible(timeout=ANSWER_MS)
    chip = tab.locator(".dx-quote .dx-chip").first
    expect(chip).to_be_visible(timeout=ANSWER_MS)
    quote = tab.locator(".dx-quote-text").first.inner_text()
    chip.click()
    box = tab.locator(".dx-box").first
    expect(box).to_be_visible(timeout=ANSWER_MS)
    assert amber_share(box) > 0.5

    address = parse_qs(urlsplit(tab.url).query)
    start, end = map(int, address["span"][0].split("-"))
    with Library(app.home) as library:
        cited = library.text(address["document"][0])[start:end]
    assert "".join(quote.split()) == "".join(cited.split()), "the quote is not word for word"


def test_8_a_lasso_on_the_map_lists_what_it_caught(tab: Page) -> None:
    go(tab, "Map")
    plot = tab.locator(".js-plotly-plot .nsewdrag").first
    expect(plot).to_be_visible(timeout=MAP_MS)
    area = plot.bounding_box()
    assert area is not None
    left, top = area["x"] + area["width"] * 0.02, area["y"] + area["height"] * 0.02
    right, bottom = area["x"] + area["width"] * 0.98, area["y"] + area["height"] * 0.98
    tab.mouse.move(left, top)
    tab.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 5)):
        tab.mouse.move(x, y, steps=8)
    tab.mouse.up()
    expect(tab.get_by_text(re.compile(r"\d+ passages? in 2 documents"))).to_be_visible(timeout=ANSWER_MS)


def test_9_after_a_reload_everything_is_still_there(tab: Page, app: App) -> None:
    tab.goto(app.url)
    expect(tab.get_by_text(re.compile(r"^2 documents"))).to_be_visible(timeout=READY_MS)
    go(tab, "Chat")
    tab.get_by_role("button", name=re.compile("How much did net sales")).click()
    expect(tab.locator(".dx-quote .dx-chip").first).to_be_visible(timeout=ANSWER_MS)
    go(tab, "Map")
    expect(tab.locator(".js-plotly-plot .nsewdrag").first).to_be_visible(timeout=ANSWER_MS)
    with Library(app.home) as library:
        assert library.doctor().ok
