"""Settings in a real browser: to the Universal Sentence Encoder and back, with search in between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app

BACK = "all-MiniLM-L6-v2"
SECONDS = 90_000
TEXTS = {"car.txt": "The car stands in the garage.", "whale.txt": "Whales eat krill in cold water."}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("models") / "default"
    for name, text in TEXTS.items():
        (home.parent / name).write_text(text)
    with Library(home) as library:
        library.add([home.parent / name for name in TEXTS])
    running = start_app(home)
    yield running
    stop_app(running)


def use(page: Page, app: App, name: str) -> None:
    """Chooses a model and has all documents redone with it."""
    page.goto(f"{app.url}/settings?tab=embedding")
    page.get_by_text("Models by name").click(timeout=SECONDS)
    row = page.get_by_test_id("stExpanderDetails").locator(
        "[data-testid=stHorizontalBlock], .stHorizontalBlock"
    )
    row.filter(has_text=name).get_by_role("button", name="Use").click()
    page.get_by_role("button", name="Redo all documents").click(timeout=SECONDS)
    expect(page.get_by_text("Redo all 2 documents")).to_have_count(0, timeout=SECONDS)
    expect(page.get_by_text("All documents are being redone")).to_have_count(0, timeout=SECONDS)


@pytest.mark.extras("use")
def test_to_the_universal_sentence_encoder_and_back(visitor: Page, app: App) -> None:
    use(visitor, app, "universal-sentence-encoder")
    visitor.goto(f"{app.url}/search?question=Wo+steht+das+Auto%3F&mode=semantic")
    expect(visitor.locator(".dx-hit-title").first).to_have_text("car.txt", timeout=SECONDS)
    with Library(app.home) as library:
        live = library.models.live()
        assert live is not None
        assert live.model.name == "universal-sentence-encoder"
    use(visitor, app, BACK)
    visitor.goto(f"{app.url}/search?question=what+do+whales+eat&mode=semantic")
    expect(visitor.locator(".dx-hit-title").first).to_have_text("whale.txt", timeout=SECONDS)
    with Library(app.home) as library:
        live = library.models.live()
        assert live is not None
        assert live.model.name == BACK
