"""The Words page in a real browser: from word to word, to a passage, and the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from explorer import Library
from explorer.embedding.words import files
from explorer.embedding.words.names import own_file
from explorer.embedding.words.table import WordTable
from tests.browser.accessibility import settle
from tests.browser.conftest import App, start_app, stop_app
from tests.folders import copy_library

WORDS = {"lease": (1, 0, 0.2), "rent": (0.9, 0.2, 0), "notice": (0.7, 0.1, 0.4), "whale": (0, 1, 0.1)}
SECONDS = 60_000


@pytest.fixture(scope="module")
def app(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The samples, and vectors that were written by hand."""
    home = tmp_path_factory.mktemp("words") / "default"
    copy_library(prepared, home)
    with Library(home) as library:
        ids = tuple(one.id for one in library.documents())
    rows = np.array(list(WORDS.values()), np.float32)
    about = files.About("word2vec", "2026-11-30T12:00:00+00:00", len(ids), 1, ids)
    files.write(own_file(home, "word2vec"), WordTable(list(WORDS), rows), about)
    running = start_app(home)
    yield running
    stop_app(running)


def test_from_word_to_word_and_to_a_passage(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/words")
    visitor.get_by_role("button", name="lease", exact=True).click(timeout=SECONDS)
    visitor.get_by_role("button", name="rent · ").click()
    expect(visitor.get_by_label("Word", exact=True)).to_have_value("rent")
    use = visitor.locator(".dx-use").first
    expect(use.locator("mark").first).to_have_text("rent", ignore_case=True)
    use.locator("a").click()
    expect(visitor.locator(".dx-viewer-title")).to_be_visible(timeout=SECONDS)


def test_a_picture_whose_words_can_be_clicked(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/words")
    visitor.get_by_text("Picture", exact=True).click(timeout=SECONDS)
    names = visitor.locator(".dx-words-name:visible")
    expect(names).to_have_count(len(WORDS), timeout=SECONDS)
    assert visitor.locator(".dx-words-plot .point").count() == len(WORDS)
    visitor.get_by_label("Words in the picture").fill("whale")
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".dx-words-chosen")).to_have_text("whale")
    names.get_by_text("rent").click()
    expect(visitor.get_by_label("Word", exact=True)).to_have_value("rent")


@pytest.mark.parametrize("width", [320, 390])
def test_all_that_can_be_asked_is_in_a_narrow_window(visitor: Page, app: App, width: int) -> None:
    visitor.set_viewport_size({"width": width, "height": 844})
    visitor.goto(f"{app.url}/words")
    asked = visitor.locator(".st-key-words_view [role=radiogroup]")
    expect(asked.get_by_text("Picture", exact=True)).to_be_visible(timeout=SECONDS)
    assert asked.evaluate("row => row.scrollWidth - row.clientWidth") <= 0, "nothing to be scrolled to"


def test_a_word_chosen_before_its_field_is_drawn_is_kept(visitor: Page, app: App) -> None:
    """The parts of a page load one by one: words may be clicked before the field above them is there."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visitor.route(re.compile(r"/TextInput\.[^/]*\.js"), hold)
    visitor.goto(f"{app.url}/words")
    visitor.get_by_role("button", name="lease", exact=True).click(timeout=SECONDS)
    visitor.get_by_role("button", name="rent · ").click()
    use = visitor.locator(".dx-use").first
    expect(use.locator("mark").first).to_have_text("rent", ignore_case=True)
    use.locator("a").click()
    expect(visitor.locator(".dx-viewer-title")).to_be_visible(timeout=SECONDS)
    assert held, "the field's script was not held back: has its name changed?"
    for each in held:
        each.continue_()
    word = visitor.get_by_label("Word", exact=True)
    expect(word).to_have_value("rent")
    visitor.keyboard.press("Escape")
    expect(visitor.locator(".dx-viewer-title")).to_be_hidden()
    settle(visitor)
    expect(word).to_have_value("rent")
