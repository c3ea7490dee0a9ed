"""Chat in a real browser: the words that a citation shows, an edited question, what an answer is set in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from tests.browser.conftest import SCREENSHOTS, App, start_app, stop_app
from tests.browser.talking import ANSWER_MS, ask, chat_page
from tests.chat.told.library import CLUB, holding
from tests.chat_server import serving

FOUNDED = "Who founded the garden club in Brno?"


MEMBERS = "How many members does the garden club in Brno have?"
TYPESET = "How are the members of the garden club spread over the glass houses?"
WIDE = "Which heating does each room of the club have?"
TABLE = (
    "| Room | Area in square metres | Share of heating | Deposit held in | Remarks |\n|---|---|---|---|---|\n"
    "| Workshop | 1,460 m² | 62 % | a separate account | returned within thirty days |\n"
)
CODE = 'houses = ["north", "south", "east"]\nprint(54 / len(houses))  # <b>not bold</b>'


def reply(request: dict[str, Any]) -> Sequence[str]:
    """What a language model says: by what it was asked last, in pieces that cut what they hold anywhere."""
    number = holding(request, "was founded in 1988")
    asked = str(request["messages"][-1]["content"])
    if TYPESET in asked:
        return [*_cut(typeset(number))]
    if WIDE in asked:
        return [*_cut(f"Each has its own [{number}].\n\n{TABLE}")]
    if MEMBERS in asked:
        return [f"The garden club has 54 members [{number}]."]
    return [f"The garden club was founded by Karel Novotny [{number}]."]


def typeset(number: int) -> str:
    """An answer with a table, code and formulas."""
    return (
        f"The club has 54 members and three glass houses [{number}].\n\n"
        "| House | Members | Share |\n| :--- | ---: | :---: |\n| North | 54 | 1/3 |\n"
        "| South | 1,054 | 2/3 |\n\n"
        f"```python\n{CODE}\n```\n\n"
        "Each has $\\frac{54}{3}$ members, and\n\n$$\\sum_{i=1}^{3} m_i = 54$$\n"
    )


def _cut(text: str, length: int = 7) -> Sequence[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


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


BROKEN_WORDS = """table => [...table.querySelectorAll('th, td')].flatMap(cell => {
  const text = cell.firstChild;
  const range = document.createRange();
  return [...text.data.matchAll(/\\S+/g)].filter(word => {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return range.getClientRects().length !== 1;
  }).map(word => word[0]);
})"""
"""The words of a table that go on in a second line."""


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


def test_an_edited_question_is_answered_in_the_place_of_the_first(tab: Page) -> None:
    first = ask(tab, FOUNDED)
    expect(first.locator(".dx-answer")).to_contain_text("founded by Karel Novotny")
    first.get_by_role("button", name="Edit this question").click()
    field = tab.get_by_label("Your question, to be edited")
    expect(field).to_be_focused()
    expect(field).to_have_value(FOUNDED)
    field.fill(MEMBERS)
    field.press("Enter")
    answered = tab.locator(".dx-message", has=tab.get_by_text(MEMBERS, exact=True))
    expect(answered.locator(".dx-answer")).to_contain_text("has 54 members", timeout=ANSWER_MS)
    expect(answered.locator(".dx-talk-actions")).to_be_visible(timeout=ANSWER_MS)
    expect(tab.locator(".dx-message")).to_have_count(1)
    expect(tab.locator(".dx-question")).to_have_text([MEMBERS])
    expect(tab.get_by_text("founded by Karel Novotny")).to_have_count(0)
    tab.reload()
    expect(tab.locator(".dx-answer").last).to_contain_text("has 54 members", timeout=ANSWER_MS)


def test_an_edit_that_is_given_up_changes_nothing(tab: Page) -> None:
    message = ask(tab, FOUNDED)
    edit = message.get_by_role("button", name="Edit this question")
    edit.click()
    tab.get_by_label("Your question, to be edited").fill("Something else?")
    tab.keyboard.press("Escape")
    expect(message.locator(".dx-question")).to_have_text(FOUNDED)
    expect(edit).to_be_focused()
    expect(message.locator(".dx-answer")).to_contain_text("founded by Karel Novotny")


def test_a_wide_table_keeps_its_words_whole_in_a_narrow_window(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    table = ask(tab, WIDE).locator("table")
    expect(table.locator("td")).to_have_count(5)
    assert table.evaluate(BROKEN_WORDS) == []
    box = tab.locator(".dx-wide").last
    assert box.evaluate("box => box.scrollWidth > box.clientWidth && box.tabIndex === 0"), "it is scrolled"
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tables_code_and_formulas_of_an_answer_are_set(tab: Page) -> None:
    answer = ask(tab, TYPESET).locator(".dx-answer")
    table = answer.locator("table")
    expect(table.locator("th")).to_have_text(["House", "Members", "Share"])
    expect(table.locator("tbody tr")).to_have_count(2)
    aligned = "cells => cells.map((cell) => getComputedStyle(cell).textAlign)"
    assert table.locator("tbody tr").nth(1).locator("td").evaluate_all(aligned) == ["left", "right", "center"]
    ends = "cells => cells.map((cell) => { const range = document.createRange();"
    ends += " range.selectNodeContents(cell); return Math.round(range.getBoundingClientRect().right); })"
    first, second = table.locator("tbody td:nth-child(2)").evaluate_all(ends)
    assert abs(first - second) <= 1, "figures of a right-aligned column end below each other"

    code = answer.locator("pre code")
    assert (code.text_content() or "").strip() == CODE
    assert code.evaluate("code => getComputedStyle(code).fontFamily").lower().count("mono")
    expect(answer.locator("b")).to_have_count(0)

    formulas = answer.locator("math")
    expect(formulas).to_have_count(2)
    assert formulas.first.locator("mfrac > *").all_text_contents() == ["54", "3"]
    assert formulas.nth(1).get_attribute("display") == "block"
    upper, lower = (
        formulas.first.locator("mfrac > *").nth(place).bounding_box() or {"y": 0.0} for place in (0, 1)
    )
    assert upper["y"] < lower["y"], "it is drawn as a fraction"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / "chat-typeset.png")
