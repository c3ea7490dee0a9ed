"""A language model on this machine, through the whole app in a real browser.

What it changes in what it was given is marked, what hostile documents have it write causes no request, and a
follow-up shows the question that it completed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer import Library
from tests.browser.conftest import App, start_app, stop_app
from tests.browser.talking import ANSWER_MS, ask, chat_page
from tests.chat.told.library import CLUB, HOSTILE, given, holding
from tests.chat.told.test_hostile import canary, obeying
from tests.chat_server import serving

FOUNDED = "Who founded the garden club in Brno?"
MEMBERS = "How many members has the garden club today?"
BAKERY = "Is the bakery of the club open on Sundays?"
FOLLOWS = "And how many glass houses?"
COMPLETE = "How many glass houses has the garden club today?"
MEETING = "When is the next meeting in the glass house?"
OVEN = "The club also runs a bakery. The bakery is open on Sundays and sells bread, cakes and jam.\n"
CHANGED = {
    FOUNDED: ("was founded in 1988 by Karel Novotny", "was founded in 1988 by Pavel Novotny"),
    MEMBERS: ("has 54 members", "has 64 members"),
    BAKERY: ("is open on Sundays", "is not open on Sundays"),
}
"""For each question the words of a document that the model gives back, and what it makes of them."""


def sentence(text: str, words: str) -> str:
    """The sentence of a text that holds some words, in one line."""
    return next(one for one in re.split(r"(?<=\.)\s+|\n\n", text) if words in one).strip()


def reply(request: dict[str, Any]) -> Sequence[str]:
    """Completes questions, obeys what documents say, or gives back a sentence with one thing changed, and
    another as it stands."""
    last = request["messages"][-1]["content"]
    if "<<<talk " in last:
        return [COMPLETE]
    asked = last.rpartition("Question: ")[2]
    if MEETING in asked:
        return obeying(request)
    told = given(request)
    for question, (words, changed) in CHANGED.items():
        if question in asked:
            number = holding(request, words)
            own = sentence(told[number], words)
            return [f"{own.replace(words, changed)} [{number}] ", f"{own} [{number}]"]
    number = holding(request, "glass houses")
    return [f"It has three glass houses [{number}]."]


@pytest.fixture(scope="module")
def asked_elsewhere() -> Iterator[tuple[int, list[str]]]:
    with canary() as found:
        yield found


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, asked_elsewhere: tuple[int, list[str]]
) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("club")
    (folder / "garden-club.txt").write_text(CLUB, encoding="utf-8")
    (folder / "bakery.txt").write_text(OVEN, encoding="utf-8")
    (folder / "notes.md").write_text(HOSTILE.format(port=asked_elsewhere[0]), encoding="utf-8")
    home = tmp_path_factory.mktemp("models") / "default"
    with Library(home) as library:
        assert [outcome.status for outcome in library.add([folder])] == ["added"] * 3
    with serving(reply=reply) as server:
        app = start_app(home, EXPLORER_CHAT_URL=server.address, EXPLORER_CHAT_MODEL="m")
        yield app
        stop_app(app)


@pytest.fixture(scope="module")
def tab(chromium: Browser, running: App) -> Iterator[Page]:
    with chat_page(chromium, running) as page:
        yield page


@pytest.mark.parametrize("question", [FOUNDED, MEMBERS, BAKERY], ids=["name", "digit", "negation"])
def test_what_it_changed_is_marked_and_what_it_left_is_not(tab: Page, question: str) -> None:
    marks = ask(tab, question).locator(".dx-proof")
    expect(marks).to_have_count(2, timeout=ANSWER_MS)
    verdicts = [mark.get_attribute("data-verdict") for mark in marks.all()]
    assert verdicts[0] in ("contradicted", "partly")
    assert verdicts[1] == "supported"


def test_the_question_that_it_completed_is_shown(tab: Page) -> None:
    ask(tab, MEMBERS)
    follows = ask(tab, FOLLOWS)
    expect(follows.locator(".dx-complete")).to_have_text(f"Understood as: {COMPLETE}")
    expect(follows.locator(".dx-proof")).to_have_attribute("data-verdict", "supported", timeout=ANSWER_MS)


def test_what_hostile_documents_have_it_write_causes_no_request(
    tab: Page, running: App, asked_elsewhere: tuple[int, list[str]]
) -> None:
    port, requests = asked_elsewhere
    tab.goto(f"{running.url}/chat")  # a conversation of its own: nothing to lean on
    message = ask(tab, MEETING)
    expect(message).to_contain_text(f"http://127.0.0.1:{port}/pixel.png")
    assert message.locator("img, script, iframe").count() == 0
    assert tab.locator(f"[href*='{port}'], [src*='{port}']").count() == 0
    tab.wait_for_timeout(500)
    assert requests == []
