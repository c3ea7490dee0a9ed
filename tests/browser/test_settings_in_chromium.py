"""The Settings page in a real browser: what is typed and not saved waits, and every tab can be reached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from explorer import Library
from tests.browser.accessibility import settle
from tests.browser.conftest import App, start_app, stop_app

MS = 60_000
TABS = ("Language model", "Library", "Reading", "Embedding", "Advanced", "About")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("set") / "default"
    with Library(home):
        pass
    running = start_app(home)
    yield running
    stop_app(running)


def go(page: Page, app: App, tab: str) -> None:
    page.goto(f"{app.url}/settings?tab={tab}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=MS)
    settle(page)


def opened(page: Page, tab: str, heading: str) -> None:
    page.get_by_role("tab", name=tab, exact=True).click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=MS)
    settle(page)


def test_what_was_typed_waits_for_save_on_its_tab(visitor: Page, app: App) -> None:
    go(visitor, app, "advanced")
    pages = visitor.get_by_role("spinbutton", name="Most pages a file may have")
    unsaved = visitor.get_by_text("Not saved yet")
    expect(unsaved).to_have_count(0)
    save = visitor.locator(".st-key-reading_save button")
    before = save.bounding_box()
    pages.fill("500")
    opened(visitor, "Reading", "Reading")  # the field still has the keyboard when the other tab is clicked
    expect(pages).to_have_count(0)
    opened(visitor, "Advanced", "Limits")
    expect(pages).to_have_value("500")
    expect(unsaved).to_be_visible()
    assert save.bounding_box() == before, "nothing moves when it is told"
    expect(visitor.get_by_text("Press Enter")).to_have_count(0)

    visitor.get_by_role("link", name="Search").click()
    expect(visitor.get_by_role("heading", level=1, name="Search")).to_be_visible(timeout=MS)
    visitor.get_by_role("link", name="Settings").click()
    expect(visitor.get_by_role("heading", name="Limits")).to_be_visible(timeout=MS)
    expect(pages).to_have_value("500")
    assert "500" not in visitor.url
    with Library(app.home) as library:
        assert library.setting_source("max_pages") == "default"

    pages.fill("600")
    save.click()  # without leaving the field first
    expect(visitor.get_by_text("Set here. The default is 20000.")).to_be_visible(timeout=MS)
    expect(unsaved).to_have_count(0)
    expect(pages).to_have_value("600")
    with Library(app.home) as library:
        assert library.settings.max_pages == 600


@pytest.mark.parametrize("width", [320, 390, 800])
def test_every_tab_is_whole_in_a_narrow_window_and_the_arrows_reach_it(
    visitor: Page, app: App, width: int
) -> None:
    visitor.set_viewport_size({"width": width, "height": 844})
    go(visitor, app, "reading")
    row = visitor.get_by_role("tablist")
    assert row.evaluate("row => row.scrollWidth - row.clientWidth") <= 0, "nothing to be scrolled to"
    for name in TABS:
        box = visitor.get_by_role("tab", name=name, exact=True).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width, name
    visitor.get_by_role("tab", name="Reading", exact=True).focus()
    for name in TABS[3:]:
        visitor.keyboard.press("ArrowRight")
        here = visitor.get_by_role("tab", name=name, exact=True, selected=True)
        expect(here).to_be_focused()
        expect(here).to_be_in_viewport(ratio=1)
        settle(visitor)
    expect(visitor.get_by_role("heading", name="About")).to_be_visible(timeout=MS)
