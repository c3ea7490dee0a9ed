"""The Documents page in a real browser: where files are dropped, what is said of those that were added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App, start_app, stop_app

LONG_MS = 90_000


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    running = start_app(tmp_path_factory.mktemp("fresh") / "default")
    yield running
    stop_app(running)


@pytest.fixture
def tab(chromium: Browser, fresh: App) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(fresh.url)
    yield page
    context.close()


def height_of(tab: Page, selector: str) -> float:
    box = tab.locator(selector).bounding_box()
    assert box is not None
    return box["height"]


def test_the_drop_zone_is_tall_while_empty_and_the_receipt_goes_when_seen(
    tab: Page, fresh: App, tmp_path: Path
) -> None:
    zone = "[data-testid=stFileUploaderDropzone]"
    expect(tab.locator(f".st-key-drop_tall {zone}")).to_be_visible(timeout=LONG_MS)
    assert height_of(tab, zone) > 70
    good, broken = tmp_path / "good.txt", tmp_path / "broken.pdf"
    good.write_text("Gravel is washed twice.")
    broken.write_bytes(b"%PDF-1.7\nnothing")
    tab.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files([good, broken])
    receipt = tab.locator(".st-key-receipt summary")
    expect(receipt).to_have_text(re.compile("1 file added, 1 failed: broken.pdf"), timeout=LONG_MS)
    expect(tab.locator(f".st-key-drop_line {zone}")).to_be_visible()
    assert height_of(tab, f".st-key-drop_line {zone}") < 52
    assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    label = tab.locator(".st-key-drop_line [data-testid=stWidgetLabel] p").bounding_box()
    line = tab.locator(f".st-key-drop_line {zone}").bounding_box()
    assert label is not None
    assert line is not None
    assert label["x"] + label["width"] <= line["x"] + line["width"], "the words end within the line"
    receipt.click()
    expect(tab.get_by_role("button", name="Retry")).to_be_visible()

    tab.get_by_role("link", name="Search").click()
    expect(tab.get_by_role("heading", name="Search")).to_be_visible()
    tab.get_by_role("link", name="Documents").click()
    expect(receipt).to_have_text(re.compile("^[^0-9]*1 failed: broken.pdf"))

    tab.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files([good])
    expect(tab.get_by_text("good.txt is in the library already, unchanged.")).to_be_visible()
    tab.get_by_role("link", name="Search").click()
    expect(tab.get_by_role("heading", name="Search")).to_be_visible()
    tab.get_by_role("link", name="Documents").click()
    expect(tab.locator(".dx-shelf .dx-row")).to_have_count(1)
    expect(tab.get_by_text("in the library already")).to_have_count(0)
