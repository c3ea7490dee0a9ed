"""The list of documents in a real browser: sorted, ticked, walked through by keyboard, opened."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app

MANY = 120
"""More rows than the table has elements for."""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    place = tmp_path_factory.mktemp("crowded")
    folder = place / "files"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"note-{number:03}.txt").write_text(f"Note {number} on bread. {'x' * number}")
    with Library(place / "default") as library:
        library.add([folder])
    running = start_app(place / "default")
    yield running
    stop_app(running)


@pytest.fixture
def tab(chromium: Browser, crowded: App) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(crowded.url)
    expect(page.locator(".dx-shelf .dx-row").first).to_be_visible(timeout=60_000)
    yield page
    context.close()


def name_of(tab: Page, row: int) -> str:
    return tab.locator(".dx-shelf .dx-row .dx-open").nth(row).inner_text()


def row_of(tab: Page, name: str) -> Locator:
    return tab.locator(".dx-shelf .dx-row", has_text=name)


def test_only_the_rows_in_sight_are_elements_and_all_can_be_scrolled_to(tab: Page) -> None:
    table = tab.locator(".dx-shelf table")
    assert table.get_attribute("aria-rowcount") == str(MANY + 1)
    assert tab.locator(".dx-shelf .dx-row").count() < MANY / 2
    tab.locator(".dx-scroll").evaluate("element => { element.scrollTop = element.scrollHeight; }")
    expect(row_of(tab, f"note-{MANY - 1:03}.txt")).to_be_in_viewport()


def test_a_head_sorts_and_a_second_click_turns_the_order_round(tab: Page) -> None:
    assert name_of(tab, 0) == "note-000.txt"
    tab.locator(".dx-sort", has_text="Size").click()
    expect(tab.locator("th[aria-sort=descending]")).to_contain_text("Size")
    expect(tab.locator(".dx-shelf .dx-row .dx-open").first).to_have_text(f"note-{MANY - 1:03}.txt")
    tab.locator(".dx-sort", has_text="Size").click()
    expect(tab.locator("th[aria-sort=ascending]")).to_contain_text("Size")
    expect(tab.locator(".dx-shelf .dx-row .dx-open").first).to_have_text("note-000.txt")


def test_ticks_one_a_range_and_all(tab: Page) -> None:
    boxes = tab.locator(".dx-shelf .dx-row input")
    boxes.nth(1).click()
    expect(tab.get_by_text(re.compile("^1 selected"))).to_be_visible()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(tab.get_by_text(re.compile("^4 selected"))).to_be_visible()
    tab.get_by_label("Select all that are shown").click()
    expect(tab.get_by_text(re.compile(f"^{MANY} selected"))).to_be_visible()
    tab.get_by_label("Select all that are shown").click()
    expect(tab.get_by_text(re.compile(f"^{MANY} documents"))).to_be_visible()


def test_the_keyboard_walks_and_opens(tab: Page) -> None:
    tab.locator(".dx-shelf .dx-row .dx-open").first.focus()
    for _ in range(30):
        tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.textContent") == "note-030.txt"
    expect(row_of(tab, "note-030.txt")).to_be_in_viewport()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="note-030.txt")).to_be_visible()
    tab.get_by_role("button", name="All documents").click()
    expect(tab.locator(".dx-shelf .dx-row").first).to_be_visible()


def test_the_filter_narrows_and_ticks_survive_it(tab: Page, crowded: App) -> None:
    with Library(crowded.home) as library:
        assert library.counts().documents == MANY
    tab.locator(".dx-shelf .dx-row input").nth(2).click()
    expect(tab.get_by_text(re.compile("^1 selected"))).to_be_visible()
    field = tab.get_by_placeholder(re.compile("Filter"))
    field.fill("note-11")
    expect(tab.get_by_text(re.compile(f"^10 of {MANY} documents"))).to_be_visible()
    field.fill("")
    expect(tab.get_by_text(re.compile("^1 selected"))).to_be_visible()
    expect(tab.locator(".dx-shelf .dx-row input").nth(2)).to_be_checked()


def test_what_was_removed_by_mistake_is_back_with_one_click(tab: Page) -> None:
    row_of(tab, "note-004.txt").locator("input").check()
    tab.get_by_role("button", name="Remove…").click()
    tab.get_by_role("button", name="Remove 1 document").click()
    expect(row_of(tab, "note-004.txt")).to_have_count(0)
    expect(tab.get_by_text("Bin · 1 document")).to_be_visible()
    tab.reload()  # which forgets what this tab did, and not the bin
    tab.get_by_text("Bin · 1 document").click()
    tab.get_by_role("button", name="Restore", exact=True).click()
    expect(row_of(tab, "note-004.txt")).to_be_visible()
    expect(tab.get_by_text("Bin · 1 document")).to_have_count(0)
    row_of(tab, "note-004.txt").locator("input").check()
    tab.get_by_role("button", name="Remove…").click()
    tab.get_by_role("button", name="Remove 1 document").click()
    tab.get_by_role("button", name="Undo").click()
    expect(row_of(tab, "note-004.txt")).to_be_visible()
