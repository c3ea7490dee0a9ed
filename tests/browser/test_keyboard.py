"""The main job by keyboard alone: add, search, read, ask, look at the map, remove. No mouse is used here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library
from tests.browser.accessibility import focused, settle, tab_to
from tests.browser.conftest import App, start_app, stop_app
from tests.folders import copy_library, write

pytestmark = pytest.mark.slow
MS = 60_000
QUESTION = "Why was the gravel for spawning washed away?"


@pytest.fixture(scope="module")
def app(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("keys") / "default"
    copy_library(prepared, home)
    running = start_app(home)
    yield running
    stop_app(running)


@pytest.fixture(scope="module")
def tab(chromium: Browser, app: App) -> Iterator[Page]:
    """One tab for the whole way, which goes on where the test before it ended."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(app.url)
    expect(page.locator(".dx-shelf .dx-row").first).to_be_visible(timeout=MS)
    yield page
    context.close()


def go(tab: Page, name: str) -> None:
    """Goes to another page through the navigation, from wherever the focus is."""
    tab.evaluate("document.activeElement.blur()")
    tab_to(tab, name, back=False)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=MS)
    settle(tab)


def told(tab: Page, words: str) -> None:
    """Screen readers were told this."""
    expect(tab.locator("#dx-news[role=status]")).to_contain_text(re.compile(words), timeout=MS)


def test_1_a_folder_is_added(tab: Page, app: App, tmp_path: Path) -> None:
    write(tmp_path, whales_txt="Whales are large mammals that live in the ocean. They eat krill.\n")
    tab_to(tab, "Add a folder…")
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Add a folder of this machine")
    expect(dialog).to_be_visible(timeout=MS)
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(tab)
    assert focused(tab)["name"].endswith("Add a folder…"), "the focus is back where it was"
    tab.keyboard.press("Enter")
    expect(dialog).to_be_visible(timeout=MS)
    while focused(tab)["tag"] != "INPUT":
        tab.keyboard.press("Tab")
    tab.keyboard.type(str(tmp_path))
    tab.keyboard.press("Enter")
    expect(dialog).to_have_count(0, timeout=MS)
    told(tab, r"ready\.")
    expect(tab.get_by_role("button", name="whales.txt", exact=True)).to_be_visible(timeout=MS)


def test_2_a_search_is_asked_and_its_hit_read(tab: Page) -> None:
    go(tab, "Search")
    tab.keyboard.press("/")
    assert focused(tab)["name"] == "What are you looking for?"
    tab.keyboard.type("river restoration third year")
    tab.keyboard.press("Enter")
    expect(tab.locator(".dx-hit").first).to_be_visible(timeout=MS)
    told(tab, "passages in")
    tab_to(tab, "river-restoration.pdf")
    tab.keyboard.press("Enter")
    position = tab.locator(".dx-viewer-position")
    expect(position).to_have_text(re.compile("of 2"), timeout=MS)
    expect(tab.locator(".dx-sheet img").first).to_be_visible(timeout=MS)
    was = position.inner_text()
    tab.keyboard.press("ArrowRight" if "1 of" in was else "ArrowLeft")
    expect(position).not_to_have_text(was)
    settle(tab)
    tab.keyboard.press("Escape")
    expect(tab.locator(".dx-viewer")).not_to_be_visible()
    settle(tab)
    assert focused(tab)["name"] == "river-restoration.pdf", "the focus is on the hit again"


def test_3_a_question_is_asked_and_a_citation_opened(tab: Page) -> None:
    go(tab, "Chat")
    tab.keyboard.press("/")
    tab.keyboard.type(QUESTION)
    tab.keyboard.press("Enter")
    expect(tab.locator(".dx-quote .dx-chip").first).to_be_visible(timeout=MS)
    told(tab, "from your documents")
    settle(tab)
    tab.evaluate("document.activeElement.blur()")
    name = tab_to(tab, "source 1:")["name"]
    tab.keyboard.press("Enter")
    expect(tab.locator(".dx-viewer")).to_be_visible(timeout=MS)
    settle(tab)
    tab.keyboard.press("Escape")
    expect(tab.locator(".dx-viewer")).not_to_be_visible()
    settle(tab)
    assert focused(tab)["name"] == name


def test_4_a_subject_of_the_map_becomes_the_scope(tab: Page) -> None:
    go(tab, "Map")
    subject = tab.locator(".dx-map-group").first
    expect(subject).to_be_visible(timeout=MS)
    tab.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=MS)
    tab.keyboard.press("/")
    assert focused(tab)["name"] == "Where would this land?"
    while not tab.evaluate("document.activeElement.matches('.dx-map-group input')"):
        tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    told(tab, "Selected")
    settle(tab)
    assert tab.evaluate("document.activeElement.matches('.dx-map-group input:checked')"), "it kept the focus"
    tab_to(tab, "Search these")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Search", exact=True)).to_be_visible(timeout=MS)
    expect(tab.get_by_role("button", name=re.compile(r"\d+ of \d+ passages$"))).to_be_visible(timeout=MS)


def test_5_rows_are_ticked_and_removed(tab: Page, app: App) -> None:
    with Library(app.home) as library:
        before = library.counts().documents
    go(tab, "Documents")
    tab_to(tab, "Select balcony-solar-manual.pdf")
    tab.keyboard.press("Space")
    expect(tab.get_by_text(re.compile("^1 selected"))).to_be_visible(timeout=MS)
    settle(tab)
    assert focused(tab)["name"] == "Select balcony-solar-manual.pdf", "the tick kept the focus"
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Space")
    expect(tab.get_by_text(re.compile("^2 selected"))).to_be_visible(timeout=MS)
    settle(tab)
    tab_to(tab, "Remove…", back=True)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_be_visible(timeout=MS)
    tab_to(tab, "Remove 2 documents")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_have_count(0, timeout=MS)
    expect(tab.get_by_text(re.compile(f"^{before - 2} documents"))).to_be_visible(timeout=MS)
    expect(tab.get_by_role("button", name="Undo")).to_be_focused(timeout=MS)  # where the dialog's end led


def test_6_a_document_is_opened_and_left(tab: Page) -> None:
    settle(tab)
    tab.evaluate("document.activeElement.blur()")
    tab_to(tab, "chess-endgames.md")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="chess-endgames.md")).to_be_visible(timeout=MS)
    settle(tab)
    while not tab.evaluate("document.activeElement.matches('.passage')"):
        tab.keyboard.press("Tab")
    passage = focused(tab)["name"]
    tab.keyboard.press("Enter")
    tab.wait_for_url("**span=**")
    settle(tab)
    assert focused(tab)["name"] == passage, "the passage kept the focus"
    tab_to(tab, "All documents", back=True)
    tab.keyboard.press("Enter")
    expect(tab.locator(".dx-shelf .dx-row").first).to_be_visible(timeout=MS)
    settle(tab)
    assert focused(tab)["name"] == "chess-endgames.md", "back on the row that was opened"
