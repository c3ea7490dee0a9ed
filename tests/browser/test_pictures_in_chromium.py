"""Searching with a picture in a real browser, and the map of pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, start_app, stop_app
from tests.pictures.making import library_folder, shape

SECONDS = 60_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A library whose pictures were looked at."""
    home = tmp_path_factory.mktemp("pictures") / "default"
    shutil.copytree(library_folder(tmp_path_factory), home)
    running = start_app(home)
    yield running
    stop_app(running)


def test_a_dropped_picture_finds_its_like_which_opens_in_the_viewer(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?pictures=true")
    field = visitor.locator("input[type=file]")
    field.wait_for(state="attached", timeout=SECONDS)
    field.set_input_files({"name": "seen.png", "mimeType": "image/png", "buffer": shape("cross", 2000)})
    found = visitor.locator(".dx-found")
    expect(found).to_have_count(5, timeout=SECONDS)
    expect(found.first.locator("a")).to_have_text("report.docx")
    assert found.first.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    for width in (1280, 800, 390):
        visitor.set_viewport_size({"width": width, "height": 800})
        assert visitor.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), width
    visitor.set_viewport_size({"width": 1280, "height": 800})
    found.first.locator("button.dx-found-picture").click()
    expect(visitor.locator(".dx-viewer-title")).to_contain_text("report.docx", timeout=SECONDS)


def test_a_point_of_the_map_shows_its_picture(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/map")
    visitor.get_by_text("Pictures", exact=True).click(timeout=SECONDS)
    dots = visitor.locator(".dx-plane-dot")
    expect(dots).to_have_count(5, timeout=SECONDS)
    card = visitor.locator(".dx-plane-card")
    expect(card).to_be_hidden()
    dots.first.hover(force=True)
    expect(card).to_be_visible()
    assert card.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    dots.first.focus()
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".dx-viewer-title")).to_be_visible(timeout=SECONDS)
