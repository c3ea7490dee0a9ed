"""The browser's way back: each thing a person does is one step, and Back returns to what was before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from explorer import Library
from tests.browser.conftest import ROOT, App, start_app, stop_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("back") / "default"
    with Library(home) as library:
        library.add(
            [ROOT / "samples" / name for name in ("balcony-solar-manual.pdf", "river-restoration.pdf")]
        )
        for question in ("How is the inverter fixed?", "Who restores the river?"):
            conversation = library.conversations.create()
            library.conversations.wait(library.conversations.ask(conversation, question))
    running = start_app(home)
    yield running
    stop_app(running)


def steps(page: Page) -> int:
    return int(page.evaluate("history.length"))


def settled(page: Page, question: str) -> None:
    expect(page.locator(".st-key-question input")).to_have_value(question, timeout=30_000)
    page.wait_for_function(
        "asked => new URLSearchParams(location.search).get('question') === asked", arg=question
    )
    expect(page.locator(".stSpinner")).to_have_count(0)
    expect(page.locator(".dx-hit").first).to_be_visible(timeout=60_000)


def test_closing_the_viewer_is_one_step_and_back_opens_it_again(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=solar+inverter&mode=By+words")
    settled(visitor, "solar inverter")
    plain, before = visitor.url, steps(visitor)
    visitor.locator(".dx-ref").first.click()
    expect(visitor.locator(".dx-sheet img").first).to_be_visible(timeout=30_000)
    visitor.wait_for_url("**document=**")
    opened = visitor.url
    assert steps(visitor) == before + 1
    visitor.keyboard.press("Escape")
    visitor.wait_for_url(plain)
    visitor.wait_for_timeout(500)
    assert steps(visitor) == before + 2
    visitor.go_back()
    visitor.wait_for_url(opened)
    expect(visitor.locator(".dx-box").first).to_be_visible(timeout=30_000)
    visitor.go_back()
    visitor.wait_for_url(plain)
    expect(visitor.locator(".dx-viewer")).not_to_be_visible()
    assert steps(visitor) == before + 2


def test_back_right_after_closing_opens_it_again(visitor: Page, app: App) -> None:
    """While the page is still being drawn without the viewer, which the browser has put away by itself."""
    visitor.goto(f"{app.url}/search?question=solar+inverter&mode=By+words")
    settled(visitor, "solar inverter")
    plain = visitor.url
    visitor.locator(".dx-ref").first.click()
    for _ in range(4):
        expect(visitor.locator(".dx-box").first).to_be_visible(timeout=30_000)
        opened = visitor.url
        visitor.keyboard.press("Escape")
        visitor.wait_for_url(plain)
        visitor.go_back()
        visitor.wait_for_url(opened)
    expect(visitor.locator(".dx-box").first).to_be_visible(timeout=30_000)


def test_each_question_is_a_step_and_back_asks_the_one_before(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=inverter&mode=By+words&count=5+hits")
    settled(visitor, "inverter")
    before = steps(visitor)
    field = visitor.locator(".st-key-question input")
    field.fill("river gravel")
    field.press("Enter")
    settled(visitor, "river gravel")
    assert steps(visitor) == before + 1
    first = visitor.locator(".dx-hit-title").first
    expect(first).to_have_text("river-restoration.pdf")
    visitor.go_back()
    settled(visitor, "inverter")
    expect(first).to_have_text("balcony-solar-manual.pdf")
    expect(visitor.locator(".st-key-mode input")).to_have_value("By words")
    expect(visitor.locator(".st-key-count input")).to_have_value("5 hits")
    visitor.go_forward()
    settled(visitor, "river gravel")
    expect(first).to_have_text("river-restoration.pdf")


def test_back_leaves_a_scope_and_returns_to_it(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=the&mode=By+words")
    settled(visitor, "the")
    everything = visitor.url
    visitor.get_by_role("button", name="Search in this document").first.click()
    clear = visitor.locator(".st-key-scope-clear")
    expect(clear).to_be_visible(timeout=30_000)
    visitor.wait_for_url("**documents=**")
    visitor.go_back()
    visitor.wait_for_url(everything)
    expect(clear).to_have_count(0)
    visitor.go_forward()
    expect(clear).to_be_visible(timeout=30_000)


def test_back_returns_to_the_conversation_before(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/chat")
    for name in ("How is the inverter fixed?", "Who restores the river?"):
        visitor.get_by_role("button", name=name).click()
        expect(visitor.locator(".dx-question").first).to_have_text(name, timeout=30_000)
    visitor.go_back()
    expect(visitor.locator(".dx-question").first).to_have_text("How is the inverter fixed?", timeout=30_000)
    visitor.go_back()
    expect(visitor.locator(".dx-question")).to_have_count(0)
    visitor.wait_for_function("!location.search.includes('conversation')")
