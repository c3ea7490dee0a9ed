"""What proves an answer, in a real browser: marked cells, terms that open, marks, chips, and a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from explorer.types import SpanRef
from tests.browser.conftest import SCREENSHOTS, App, start_app, stop_app
from tests.browser.talking import ANSWER_MS, chat_page

SALES = "In 2022 the workshop in Harlow built four hundred and ten cargo bicycles for the post office. "


def _report(name: str, sales: tuple[int, int, int]) -> str:
    first, second, third = sales
    return (
        f"# {name} annual report 2022\n\n{name} builds bicycles.\n\n## Results\n\n{name} consolidated"
        " statement of income, in millions\n\n| Millions | 2022 | 2021 | 2020 |\n| --- | --- | --- | --- |\n"
        f"| Net sales | {first:,} | {second:,} | {third:,} |\n| Cost of sales | 2,100 | 2,050 | 1,900 |\n"
        "| Operating income | 610 | 585 | 420 |\n"
    )


YEAR = "".join(
    f"## {month}\n\n{text}\n\n"
    for month, text in {
        "January": "The apprentices learn to true a wheel by ear before they may touch a spoke key. Those who"
        " pass are given a leather apron and a drawer of their own.",
        "February": "Steel tubes arrive from the mill and are sorted by weight, the lightest for racing. Each"
        " bundle is weighed twice and entered in a blue ledger.",
        "March": "The paint room is heated to thirty degrees, because cold enamel runs and has to come off."
        " Visitors may look through the window but not come in.",
        "April": "Every frame is measured on a granite table, and one in fifty goes back to the bench. The"
        " table came from a quarry that was closed long ago.",
        "May": "Saddles are sewn by two families in the valley, who have done it for three generations. They"
        " are paid by the dozen and bring them down on mules.",
        "June": "The great order of the post office leaves the yard on forty lorries within a single week."
        " Nobody takes a holiday before the last one has gone.",
        "July": "The works are closed for a fortnight and the boilers are opened, cleaned and inspected. An"
        " inspector stamps the date on a brass plate.",
        "August": "New gears are tried on the pass road, with riders who have never seen them before. What"
        " they say on the way down is written on cards.",
    }.items()
)
DOCUMENTS = {
    "ACME_2022_REPORT.md": _report("Acme", (3_422, 3_535, 3_218)),
    "NORTHWIND_2022_REPORT.md": _report("Northwind", (5_127, 4_961, 4_544)),
    "workshop-year.md": f"# A year in the workshop\n\n{SALES}\n\n{YEAR}",
}
SUMMARY = "Summarize the workshop year"
FIGURE = "What were Acme's net sales in 2022?"
FOLLOWS = "And in 2020?"
COMPUTED = "How much did Acme's net sales change from 2021 to 2022?"
COMPARED = "Compare the net sales of Acme and Northwind in 2022"
REFUSED = "What is the blood type of the queen of Denmark?"
ASKED = (SUMMARY, FIGURE, FOLLOWS, COMPUTED, COMPARED, REFUSED)
TOLD = "Net sales were 3,422 in 2022 [1]. Net sales were 3,999 in 2022 [1]. The zebras of the zoo slept [1]."


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A library with one conversation of answers by rule and one with a model's words."""
    home = tmp_path_factory.mktemp("answers") / "default"
    folder = tmp_path_factory.mktemp("reports")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Library(home) as library:
        library.add([folder])
        conversation = library.conversations.create("By rule")
        for question in ASKED:
            assert library.conversations.wait(library.conversations.ask(conversation, question), 60)
        (acme,) = [one.id for one in library.documents() if one.name.startswith("ACME")]
        start = library.text(acme).index("Acme consolidated")
        cited = SpanRef(1, acme, 1, start, len(library.text(acme)))
        kept = library._catalog.conversations
        message = kept.begin(kept.create("By a model"), "What were Acme's net sales in 2022?", "model")
        kept.set_sources(message, [acme])
        kept.finish(message, found=True, text=TOLD, citations=[cited], hits=[cited])
    app = start_app(home)
    yield app
    stop_app(app)


@pytest.fixture(scope="module")
def tab(chromium: Browser, running: App) -> Iterator[Page]:
    with chat_page(chromium, running) as page:
        yield page


def opened(tab: Page, title: str) -> None:
    tab.get_by_test_id("stSidebar").get_by_role("button", name=title, exact=True).click()
    expect(tab.locator(".dx-question").first).to_be_visible(timeout=ANSWER_MS)


def message(tab: Page, question: str) -> Locator:
    return tab.locator(".dx-message", has=tab.get_by_text(question, exact=True)).first


def span_text(tab: Page, running: App) -> str:
    """The words that the address points at."""
    address = parse_qs(urlsplit(tab.url).query)
    start, end = map(int, address["span"][0].split("-"))
    with Library(running.home) as library:
        return library.text(address["document"][0])[start:end]


def close_viewer(tab: Page) -> None:
    tab.keyboard.press("Escape")
    expect(tab.locator(".dx-viewer[data-open]")).to_have_count(0)


def test_1_a_figure_stands_in_its_row_with_its_cell_marked(tab: Page) -> None:
    opened(tab, "By rule")
    figure = message(tab, FIGURE)
    expect(figure.locator("td strong")).to_have_text(["3,422"])
    assert (
        figure.locator("td strong").evaluate("e => getComputedStyle(e).backgroundColor")
        == "rgb(255, 210, 77)"
    )
    expect(figure.locator("th")).to_have_text(["in millions", "2022", "2021", "2020"])
    expect(figure.locator(".dx-proof")).to_have_attribute("data-verdict", "supported", timeout=ANSWER_MS)


def test_2_a_follow_up_shows_its_completed_question(tab: Page) -> None:
    expect(message(tab, FOLLOWS).locator(".dx-complete")).to_contain_text("Acme's net sales in 2020?")


def test_3_the_terms_of_a_computed_answer_open_their_cells(tab: Page, running: App) -> None:
    computed = message(tab, COMPUTED)
    expect(computed.locator(".dx-answer").first).to_contain_text("3,422")
    for number, term in (("1", "3,422"), ("2", "3,535")):
        computed.locator(".dx-chip").filter(has_text=re.compile(f"^{number}$")).first.click()
        expect(tab.locator(".dx-viewer mark").first).to_have_text(term, timeout=ANSWER_MS)
        assert span_text(tab, running) == term
    close_viewer(tab)


def test_4_a_comparison_has_a_column_for_each(tab: Page) -> None:
    compared = message(tab, COMPARED)
    expect(compared.locator("th")).to_have_count(3)
    columns = dict(
        zip(compared.locator("th").all_inner_texts(), compared.locator("td").all_inner_texts(), strict=True)
    )
    assert "3,422" in columns["ACME_2022_REPORT.md"]
    assert "5,127" in columns["NORTHWIND_2022_REPORT.md"]


def test_5_a_summary_has_five_lines_and_more(tab: Page) -> None:
    summary = message(tab, SUMMARY)
    assert summary.locator("ul li:visible").count() == 5
    summary.get_by_text("More", exact=True).click()
    assert summary.locator("ul li:visible").count() > 5
    assert summary.locator("ul li").count() == summary.locator("ul li .dx-chip").count()


def test_6_a_refusal_folds_the_nearest_passages(tab: Page) -> None:
    refused = message(tab, REFUSED)
    expect(refused.locator(".dx-talk-note")).to_contain_text("Not in these documents")
    expect(refused.locator(".dx-quote").first).to_be_hidden()
    refused.get_by_text("The nearest passages").click()
    expect(refused.locator(".dx-quote").first).to_be_visible()


def test_7_a_chip_changes_what_was_understood_and_the_answer_where_it_stands(tab: Page) -> None:
    figure = tab.locator(".dx-message").nth(ASKED.index(FIGURE))
    expect(figure.locator(".dx-question")).to_have_text(FIGURE)
    figure.get_by_role("button", name="2022", exact=True).click()
    figure.get_by_role("button", name="2021", exact=True).click()
    expect(figure.locator("td strong")).to_have_text(["3,535"], timeout=ANSWER_MS)
    expect(figure.locator(".dx-question")).to_have_text(FIGURE)
    expect(figure.locator(".dx-complete")).to_contain_text("2021")
    expect(figure.get_by_role("button", name="2021", exact=True)).to_be_visible()
    expect(tab.locator(".dx-message")).to_have_count(len(ASKED))


def test_8_marks_say_what_is_supported_and_the_switch_leaves_only_that(tab: Page, running: App) -> None:
    opened(tab, "By a model")
    expect(tab.locator(".dx-question")).to_have_count(1, timeout=ANSWER_MS)  # the other one is gone
    marks = tab.locator(".dx-proof")
    expect(marks).to_have_count(3, timeout=ANSWER_MS)
    verdicts = [mark.get_attribute("data-verdict") for mark in marks.all()]
    assert verdicts == ["supported", "contradicted", "not found"]
    expect(marks.nth(1).locator(".dx-tip")).to_be_hidden()
    marks.nth(0).focus()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")  # over the second sentence's own source
    expect(marks.nth(1)).to_be_focused()
    expect(marks.nth(1).locator(".dx-tip")).to_contain_text("Contradicted")
    assert "Contradicted" in (marks.nth(1).get_attribute("aria-label") or "")
    tab.keyboard.press("Enter")
    expect(tab.locator(".dx-viewer mark").first).to_be_visible(timeout=ANSWER_MS)
    assert "3,422" in span_text(tab, running)
    close_viewer(tab)
    tab.get_by_role("switch", name="Only what is supported").check()
    expect(tab.locator(".dx-claim:visible")).to_have_count(1)
    expect(tab.get_by_text("2 sentences hidden")).to_be_visible()
    tab.get_by_role("switch", name="Only what is supported").uncheck()
    expect(tab.locator(".dx-claim:visible")).to_have_count(3)


@pytest.mark.parametrize("width", [1280, 800, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_9_it_stays_in_its_window(tab: Page, theme: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    tab.wait_for_timeout(300)
    SCREENSHOTS.mkdir(exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / f"chat-marks-{theme}-{width}.png")
    assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
