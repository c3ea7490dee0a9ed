"""Chat in a real browser: what a citation shows, an edited question, code, tables and formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from tests.browser.accessibility import settle
from tests.browser.conftest import App, off_origin, record_requests, start_app, stop_app
from tests.chat.told.library import CLUB, holding
from tests.chat_server import serving

MS = 60_000
FOUNDED = "Who founded the garden club in Brno?"
HOUSES = "How many glass houses has the garden club?"
FORMULAS = "How is the harvest of the garden club worked out?"
CODE = 'harvest = plots[1] / years[0]\nprint(f"{harvest:>8.2f} *kg*")'
ANSWER = (
    "It is worked out so:\n\n",
    f"```python\n{CODE}\n```\n\n",
    "| year | kilograms |\n|---|--:|\n| 2021 | 1,204 |\n| 2022 | 980 |\n\n",
    "The mean is $\\frac{a_1 + b_2}{2}$, and\n\n$$\\sum_{i=1}^{n} x_i^2$$\n",
)


def reply(request: dict[str, Any]) -> Sequence[str]:
    asked = request["messages"][-1]["content"].rpartition("Question: ")[2]
    if FORMULAS in asked:
        return ANSWER
    if HOUSES in asked:
        return [f"It has three glass houses [{holding(request, 'glass houses')}]."]
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
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = record_requests(page)
    page.goto(f"{running.url}/chat")
    yield page
    context.close()
    assert off_origin(asked, running.url) == []


def ask(tab: Page, question: str) -> Locator:
    """The message of a question, once it is answered."""
    field = tab.get_by_test_id("stChatInputTextArea")
    field.fill(question)
    field.press("Enter")
    return answered(tab, question)


def answered(tab: Page, question: str) -> Locator:
    message = tab.locator(".dx-message", has=tab.get_by_text(question, exact=True)).last
    expect(message.locator(".dx-talk-actions")).to_be_visible(timeout=MS)
    settle(tab)
    return message


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


def test_an_edited_question_takes_the_place_of_the_old_one(tab: Page) -> None:
    message = ask(tab, FOUNDED)
    expect(message).to_contain_text("founded by Karel Novotny")
    message.get_by_role("button", name="edit", exact=True).click()
    field = message.get_by_label("Your question, to be edited")
    expect(field).to_be_focused()
    expect(field).to_have_value(FOUNDED)
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(message.locator(".dx-question")).to_have_text(FOUNDED)
    message.get_by_role("button", name="edit", exact=True).click()
    field.fill(HOUSES)
    field.press("Enter")
    expect(tab.locator(".dx-question", has_text=HOUSES)).to_be_visible(timeout=MS)
    expect(answered(tab, HOUSES)).to_contain_text("It has three glass houses", timeout=MS)
    expect(tab.locator(".dx-message")).to_have_count(1)
    expect(tab.get_by_text(FOUNDED, exact=True).locator("visible=true")).to_have_count(0)


def test_code_tables_and_formulas_are_set(tab: Page) -> None:
    message = ask(tab, FORMULAS)
    expect(message.locator("pre code")).to_have_text(CODE)
    assert (
        message.locator("pre code").evaluate("code => getComputedStyle(code).fontFamily").lower().find("mono")
        >= 0
    )
    expect(message.locator("table th")).to_have_text(["year", "kilograms"])
    figures = message.locator("table td.dx-right")
    expect(figures).to_have_text(["1,204", "980"])
    assert figures.first.evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    expect(message.locator("math")).to_have_count(2)
    expect(message.locator("math mfrac")).to_have_count(1)
    expect(message.locator('math[display="block"]')).to_have_count(1)
    expect(message.locator("a.dx-chip")).to_have_count(0)
    assert "[1]" in message.locator("pre code").inner_text()
