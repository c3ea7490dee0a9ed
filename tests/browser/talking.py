"""The Chat page in a browser, for the tests that ask something on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessibility import settle
from tests.browser.conftest import App, off_origin, record_requests

ANSWER_MS = 60_000


@contextmanager
def chat_page(chromium: Browser, app: App) -> Iterator[Page]:
    """The Chat page in a window of its own, which may ask nobody but the app."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = record_requests(page)
    page.goto(f"{app.url}/chat")
    yield page
    context.close()
    assert off_origin(asked, app.url) == []


def ask(tab: Page, question: str) -> Locator:
    """The message of a question, once it is answered."""
    field = tab.get_by_test_id("stChatInputTextArea")
    field.fill(question)
    field.press("Enter")
    message = tab.locator(".dx-message", has=tab.get_by_text(question, exact=True)).last
    expect(message.locator(".dx-talk-actions")).to_be_visible(timeout=ANSWER_MS)
    settle(tab)
    return message
