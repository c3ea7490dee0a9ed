"""Chat in a real browser: the words that a citation shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app
from tests.browser.talking import ask, chat_page
from tests.chat.told.library import CLUB, holding
from tests.chat_server import serving

FOUNDED = "Who founded the garden club in Brno?"


def reply(request: dict[str, Any]) -> Sequence[str]:
    number = holding(request, "was founded in 1988")
    return [f"The garden club was founded by Karel Novotny [{number}]."]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("club")
    (folder / "garden-club.txt").write_text(CLUB, encoding="utf-8")
    home = tmp_path_factory.mktemp("chat") / "default"
    with Library(home) as library:
        assert [outcome.status for outcome in library.add([folder])] == ["added"]
    with serving(reply=reply) as server:
        app = start_app(home, EXPLORER_CHAT_URL=server.address, EXPLORER_CHAT_MODEL="m")
        yield app
        stop_app(app)


@pytest.fixture
def tab(chromium: Browser, running: App) -> Iterator[Page]:
    """The Chat page, in a conversation of its own."""
    with chat_page(chromium, running) as page:
        yield page


def shown_beside(chip: Locator) -> str:
    """The words that a citation shows; "none" where it shows nothing."""
    said: str = chip.evaluate("chip => getComputedStyle(chip, '::after').content")
    return said.strip('"')


def test_a_citation_shows_its_words_on_hover_and_on_focus(tab: Page) -> None:
    chip = ask(tab, FOUNDED).locator("a.dx-chip").first
    expect(chip).to_be_visible()
    tab.mouse.move(2, 2)
    assert shown_beside(chip) == "none"
    chip.hover()
    assert "was founded in 1988 by Karel Novotny" in shown_beside(chip)
    tab.mouse.move(2, 2)
    assert shown_beside(chip) == "none"
    tab.get_by_test_id("stChatInputTextArea").focus()
    for _ in range(60):
        tab.keyboard.press("Shift+Tab")
        if chip.evaluate("chip => chip === document.activeElement"):
            break
    expect(chip).to_be_focused()
    assert "was founded in 1988 by Karel Novotny" in shown_beside(chip)
