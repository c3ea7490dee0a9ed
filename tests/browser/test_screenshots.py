"""Every page in its four states, light and dark, wide and narrow: pictures, and what must hold in all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library
from tests.browser.conftest import SCREENSHOTS, App, start_app, stop_app
from tests.folders import copy_library

PAGES = {
    "documents": "",
    "search": "search",
    "chat": "chat",
    "map": "map",
    "words": "words",
    "settings": "settings",
}
LOOKS = [("light", 1280), ("dark", 800)]
"""Each theme and each width once: what one of them breaks is seen without the other two pairs."""
SETTLED_MS = 60_000
BUSY = "Adding"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = start_app(tmp_path_factory.mktemp("empty") / "default")
    yield app
    stop_app(app)


@pytest.fixture(scope="module")
def full(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Samples, files that failed, a conversation and a map."""
    home = tmp_path_factory.mktemp("full") / "default"
    copy_library(prepared, home)
    app = start_app(home)
    yield app
    stop_app(app)


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A library whose catalogue is something else."""
    home = tmp_path_factory.mktemp("unreadable") / "default"
    home.mkdir()
    (home / "catalog.sqlite3").write_bytes(b"no database at all " * 500)
    app = start_app(home)
    yield app
    stop_app(app)


@pytest.fixture(params=LOOKS, ids=[f"{theme}-{width}" for theme, width in LOOKS])
def look(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, str]]:
    theme, width = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    yield context.new_page(), f"{theme}-{width}"
    context.close()


def take(page: Page, app: App, place: str, name: str) -> None:
    """Opens a place of the app, waits until it stands still, and keeps a picture of it."""
    page.goto(f"{app.url}/{place}")
    expect(page.get_by_test_id("stAppViewContainer")).to_be_visible(timeout=SETTLED_MS)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')",
        timeout=SETTLED_MS,
    )
    page.wait_for_timeout(600)  # fonts, the table's canvas and the map draw after the script has ended
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{name} is {overflow} pixels wider than its window"


def test_empty(look: tuple[Page, str], empty: App) -> None:
    page, name = look
    for title, place in PAGES.items():
        take(page, empty, place, f"{title}-empty-{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_full(look: tuple[Page, str], full: App) -> None:
    page, name = look
    for title, place in PAGES.items():
        if title not in ("search", "chat"):
            take(page, full, place, f"{title}-full-{name}")
    take(page, full, "search?question=how+much+notice+ends+the+lease", f"search-full-{name}")
    page.locator(".dx-hit-title").first.click()
    expect(page.locator(".dx-viewer-title")).to_be_visible(timeout=SETTLED_MS)
    page.wait_for_timeout(1500)
    page.screenshot(path=SCREENSHOTS / f"search-viewer-{name}.png")
    take(page, full, "chat", f"chat-first-{name}")
    if page.get_by_test_id("stSidebar").get_by_role("button", name="How much notice").is_visible():
        page.get_by_test_id("stSidebar").get_by_role("button", name="How much notice").click()
        expect(page.locator(".dx-quote").first).to_be_visible(timeout=SETTLED_MS)
        page.screenshot(path=SCREENSHOTS / f"chat-full-{name}.png")


def test_failed(look: tuple[Page, str], unreadable: App) -> None:
    page, name = look
    for title, place in PAGES.items():
        take(page, unreadable, place, f"{title}-failed-{name}")
        expect(page.get_by_test_id("stAlert").first).to_be_visible()


def test_working(look: tuple[Page, str], full: App, shared_data: Path) -> None:
    page, name = look
    with Library(full.home) as library:
        jobs = library.enqueue([shared_data / "financebench" / "PEPSICO_2022_10K.pdf"])
        for title, place in PAGES.items():
            take(page, full, place, f"{title}-working-{name}")
        library.cancel(jobs)
