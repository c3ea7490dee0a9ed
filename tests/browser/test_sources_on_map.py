"""From an answer in Chat to its sources on the map, and back to the whole map, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app
from tests.browser.talking import ANSWER_MS, ask, chat_page
from tests.folders import copy_library

QUESTION = "When is the honey harvested?"
LIT = "() => document.querySelector('.dx-map').dxMap.data.lit.map((one) => one.id)"
"""Ids of the chunks that the map lights."""


@pytest.fixture(scope="module")
def running(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("sources") / "default"
    copy_library(prepared, home)
    app = start_app(home)
    yield app
    stop_app(app)


@pytest.fixture
def tab(chromium: Browser, running: App) -> Iterator[Page]:
    with chat_page(chromium, running) as page:
        yield page


def cited(app: App) -> list[int]:
    """The ids of the chunks that the answer to `QUESTION` cites, as the library has kept it."""
    with Library(app.home) as library:
        talks = library.conversations
        (message,) = [
            one for talk in talks.list() for one in talks.messages(talk.id) if one.question == QUESTION
        ]
        spans = [(ref.document_id, ref.start, ref.end) for ref in message.citations if ref.document_id]
        return library.maps.touching(spans)


def test_the_sources_of_an_answer_are_shown_on_the_map_until_put_away(tab: Page, running: App) -> None:
    answer = ask(tab, QUESTION)
    expect(answer.locator(".dx-quote")).not_to_have_count(0)
    answer.get_by_role("button", name="show on the map").click()
    strip = tab.locator(".st-key-map_strip")
    expect(strip).to_contain_text(f"lit: sources of the answer to “{QUESTION}”", timeout=ANSWER_MS)
    expect(tab.get_by_role("heading", name="Map")).to_be_visible()
    tab.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=ANSWER_MS)
    expected = cited(running)
    assert expected
    assert tab.evaluate(LIT) == expected
    titles = set(tab.locator(".dx-caught-title").all_inner_texts())
    assert len(tab.locator(".dx-caught").all()) == len(expected)
    assert "beekeeping-year.md" in titles
    points, lit = (tab.evaluate(f"document.querySelector('.dx-map-plot').data[{i}].marker") for i in (0, 1))
    assert len(lit["color"]) == len(expected)
    assert sum(opacity == 1 for opacity in points["opacity"]) == len(expected), "they alone stand out"
    assert sum(opacity < 0.5 for opacity in points["opacity"]) == len(points["opacity"]) - len(expected)
    strip.get_by_role("button", name="Clear").click()
    expect(strip).to_contain_text("Draw around points", timeout=ANSWER_MS)
    tab.wait_for_function("document.querySelector('.dx-map-plot').data[1].x.length === 0", timeout=ANSWER_MS)
    assert tab.evaluate(
        "document.querySelector('.dx-map-plot').data[0].marker.opacity.every((one) => one > 0.5)"
    )
    expect(tab.locator(".dx-caught")).to_have_count(0)
    tab.get_by_role("link", name="Chat").click()
    tab.get_by_role("link", name="Map").click()
    expect(strip).to_contain_text("Draw around points", timeout=ANSWER_MS)
    tab.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=ANSWER_MS)
    assert tab.evaluate(LIT) == [], "what was put away stays away"
