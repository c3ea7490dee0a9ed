"""The frame in a real browser: titles of pages, a typed address, tabs of Settings that are linked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.accessibility import settle
from tests.browser.conftest import App, start_app, stop_app
from tests.folders import copy_library

MS = 60_000
PLACES = ("", "documents", "search", "chat", "map", "words", "settings")


@pytest.fixture(scope="module")
def app(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("framed") / "default"
    copy_library(prepared, home)
    running = start_app(home)
    yield running
    stop_app(running)


def go(page: Page, app: App, place: str) -> None:
    page.goto(f"{app.url}/{place}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=MS)
    settle(page)


BELOW_TITLE = """() => {
  const { bottom } = document.querySelector('.stMain h1').getBoundingClientRect();
  const parts = [...document.querySelectorAll('.stMain .stVerticalBlock *')];
  const below = parts.map((one) => one.getBoundingClientRect())
    .filter((box) => box.height > 4 && box.top >= bottom - 1);
  return Math.min(...below.map((box) => box.top)) - bottom;
}"""
"""Pixels between the title and what stands below it."""


@pytest.mark.parametrize("width", [1280, 390])
def test_titles_of_all_pages_stand_alike(visitor: Page, app: App, width: int) -> None:
    visitor.set_viewport_size({"width": width, "height": 900})
    heights, gaps = {}, {}
    for place in PLACES:
        go(visitor, app, place)
        box = visitor.get_by_role("heading", level=1).bounding_box()
        assert box is not None
        heights[place] = round(box["y"] + box["height"] / 2)
        assert box["x"] + box["width"] <= width
        gaps[place] = round(visitor.evaluate(BELOW_TITLE))
    assert max(heights.values()) - min(heights.values()) <= 1, heights
    assert set(gaps.values()) == {16}, gaps


def test_the_first_page_has_the_path_that_people_type(visitor: Page, app: App) -> None:
    missing: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 400:
            missing.append(response.url)

    visitor.on("response", note)
    go(visitor, app, "documents")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Documents")
    expect(visitor.get_by_text("Page not found")).to_have_count(0)
    # Below any path Streamlit first looks where it is served: that is no page's doing.
    assert [url for url in missing if "/_stcore/" not in url] == []


def test_the_address_opens_a_tab_of_settings_and_keeps_it(visitor: Page, app: App) -> None:
    go(visitor, app, "settings?tab=advanced")
    expect(visitor.get_by_role("tab", name="Advanced", selected=True)).to_be_visible(timeout=MS)
    expect(visitor.get_by_role("heading", name="Limits")).to_be_visible()
    visitor.get_by_role("tab", name="Reading").click()
    expect(visitor.get_by_role("heading", name="Reading")).to_be_visible()
    visitor.wait_for_url("**/settings?tab=reading")
    visitor.reload()
    expect(visitor.get_by_role("tab", name="Reading", selected=True)).to_be_visible(timeout=MS)
    visitor.go_back()
    expect(visitor.get_by_role("tab", name="Advanced", selected=True)).to_be_visible(timeout=MS)
