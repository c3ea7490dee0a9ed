"""The viewer's tools in a real browser: its width, the size of the page, finding, selecting, contents, a
window of its own, a small screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer import Library
from tests.browser.conftest import ROOT, App, start_app, stop_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("tools") / "default"
    with Library(home) as library:
        names = ("balcony-solar-manual.pdf", "river-restoration.pdf", "beekeeping-year.md")
        library.add([ROOT / "samples" / name for name in names])
    running = start_app(home)
    yield running
    stop_app(running)


@pytest.fixture
def opened(visitor: Page, app: App) -> Page:
    """The Search page with the first hit in the viewer."""
    visitor.goto(f"{app.url}/search?question=solar+inverter&mode=By+words")
    visitor.locator(".dx-ref").first.click(timeout=60_000)
    expect(visitor.locator(".dx-box").first).to_be_visible(timeout=30_000)
    return visitor


def width(box: Locator) -> float:
    found = box.bounding_box()
    assert found is not None
    return found["width"]


def drawn(page: Page) -> int:
    return int(page.evaluate("document.querySelector('.dx-sheet img').naturalWidth"))


def test_the_page_is_half_of_the_window_at_least_and_its_divider_moves(opened: Page) -> None:
    viewer, divider = opened.locator(".dx-viewer"), opened.locator(".dx-divider")
    before = width(viewer)
    assert width(opened.locator(".dx-sheet").first) >= 500
    place = divider.bounding_box()
    assert place is not None
    opened.mouse.move(place["x"] + 3, place["y"] + 300)
    opened.mouse.down()
    opened.mouse.move(place["x"] - 97, place["y"] + 300, steps=4)
    opened.mouse.up()
    dragged = width(viewer)
    assert 80 < dragged - before < 120
    divider.press("ArrowRight")
    assert width(viewer) < dragged
    kept = width(viewer)
    assert divider.get_attribute("role") == "separator"
    opened.reload()
    expect(opened.locator(".dx-box").first).to_be_visible(timeout=30_000)
    assert abs(width(viewer) - kept) < 3, "it is kept for the next time"
    assert "page=1" in opened.url, "the arrow moved the divider, not the page"


def test_a_page_that_is_enlarged_is_drawn_sharper_and_keeps_its_place(opened: Page) -> None:
    sheet = opened.locator(".dx-sheet").first
    before, pixels = width(sheet), drawn(opened)
    opened.keyboard.press("+")
    assert width(sheet) > 1.2 * before
    for _ in range(4):
        opened.keyboard.press("+")
    assert width(sheet) >= 2.9 * before
    opened.wait_for_function(
        "before => document.querySelector('.dx-sheet img').naturalWidth > before", arg=pixels
    )
    assert drawn(opened) >= width(sheet)
    place = "[...document.querySelectorAll('.dx-viewer-body')].map(body => [body.scrollLeft, body.scrollTop])"
    assert opened.evaluate(place)[0][1] > 0
    box = opened.locator(".dx-viewer-body").bounding_box()
    assert box is not None
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.keyboard.down("Control")
    opened.mouse.wheel(0, 300)
    opened.keyboard.up("Control")
    opened.wait_for_function(f"document.querySelector('.dx-sheet').clientWidth < {2.5 * before}")
    opened.locator(".dx-viewer-body").focus()
    opened.keyboard.press("0")
    assert abs(width(sheet) - before) < 2


def test_words_are_found_and_gone_through(opened: Page) -> None:
    opened.locator(".dx-viewer-body").focus()
    opened.keyboard.press("Control+f")
    field, said = opened.locator(".dx-find-field"), opened.locator(".dx-find-said")
    expect(field).to_be_focused()
    field.fill("THE inverter")
    expect(said).to_have_text("1 of 4", timeout=30_000)
    expect(opened.locator(".dx-hit-box.dx-now")).to_be_in_viewport()
    field.press("Enter")
    expect(said).to_have_text("2 of 4")
    field.press("Shift+Enter")
    field.press("Shift+Enter")
    expect(said).to_have_text("4 of 4")
    press = "field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"
    field.evaluate(f"field => {{ {press}; {press}; {press}; }}")  # faster than any answer comes
    expect(said).to_have_text("3 of 4")
    expect(opened.locator(".dx-hit-box.dx-now")).to_be_in_viewport()
    field.fill("zebra")
    expect(said).to_have_text("not found")
    field.press("Escape")
    expect(opened.locator(".dx-find")).to_be_hidden()
    expect(opened.locator(".dx-hit-box")).to_have_count(0)
    expect(opened.locator(".dx-viewer")).to_be_visible()


def test_text_on_a_page_is_selected_where_it_is_printed_and_copied(opened: Page) -> None:
    said = opened.evaluate(
        """() => {
          const words = [...document.querySelectorAll(".dx-words span")];
          const first = words.findIndex((word) => word.textContent.startsWith("Mounting"));
          const range = document.createRange();
          range.setStart(words[first].firstChild, 0);
          range.setEnd(words[first + 6].firstChild, words[first + 6].textContent.length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          return getSelection().toString();
        }"""
    )
    assert said.startswith("Mounting\n"), "a line end is copied as one"
    assert len(said.split()) == 7
    place = opened.evaluate(
        """() => {
          const words = [...document.querySelectorAll(".dx-words span")];
          const word = words.find((one) => one.textContent.startsWith("Balcony"));
          const box = word.getBoundingClientRect(), sheet = word.closest(".dx-sheet").getBoundingClientRect();
          return [box.left - sheet.left, box.width, box.top - sheet.top].map((one, at) =>
            one / (at < 2 ? sheet.width : sheet.height));
        }"""
    )
    assert abs(place[0] - 0.128) < 0.01
    assert abs(place[1] - 0.146) < 0.02
    assert abs(place[2] - 0.093) < 0.01


def test_contents_and_a_number_lead_to_places(opened: Page) -> None:
    opened.get_by_role("button", name="Contents", exact=True).click()
    row = opened.get_by_role("button", name="What the lamp says, page 2")
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    expect(opened.locator(".dx-hit-box.dx-now").first).to_be_in_viewport(timeout=30_000)
    field = opened.get_by_label("Go to page")
    expect(field).to_have_value("2")
    field.fill("1")
    field.press("Enter")
    expect(opened.locator(".dx-viewer-position")).to_have_text("page 1 of 2")
    opened.wait_for_url("**page=1**")
    field.fill("77")
    field.press("Enter")
    expect(field).to_have_value("1")


def test_a_document_has_a_window_of_its_own(opened: Page) -> None:
    with opened.context.expect_page() as opening:
        opened.get_by_label("Open in a window of its own").click()
    alone = opening.value
    expect(alone.locator(".dx-box").first).to_be_visible(timeout=60_000)
    assert "/document?library=default&" in alone.url
    assert width(alone.locator(".dx-sheet").first) > 1000
    expect(alone.locator('[data-testid="stSidebar"]')).to_be_hidden()
    expect(alone.get_by_role("heading", level=1)).to_have_text("balcony-solar-manual.pdf")
    alone.keyboard.press("Escape")
    alone.keyboard.press("ArrowRight")
    alone.wait_for_url("**page=2**")
    alone.close()


def test_hits_are_gone_through_in_the_viewer(opened: Page) -> None:
    before = opened.url
    opened.get_by_label("Next hit (])").click()
    opened.wait_for_function("before => location.href !== before", arg=before)
    opened.get_by_label("Previous hit ([)").click()
    opened.wait_for_url(before)


def test_on_a_telephone_the_sheet_is_the_screen(opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    sheet = opened.locator(".dx-sheet").first
    assert width(sheet) > 340
    opened.get_by_label("Larger (+)").click()
    opened.get_by_label("Larger (+)").click()
    assert width(sheet) > 500
    body = opened.locator(".dx-viewer-body")
    assert body.evaluate("body => body.scrollWidth > body.clientWidth")
    for name in (
        "Next page (→)",
        "Contents",
        "Find in this document (Ctrl+F)",
        "Next hit (])",
        "Close (Esc)",
    ):
        box = opened.get_by_label(name, exact=True).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_text_without_page_images_is_found_too(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=swarm&mode=By+words")
    visitor.locator(".dx-ref").first.click(timeout=60_000)
    expect(visitor.locator(".dx-viewer-text mark").first).to_be_visible(timeout=30_000)
    visitor.get_by_label("Find in this document (Ctrl+F)").click()
    visitor.locator(".dx-find-field").fill("honey")
    expect(visitor.locator(".dx-viewer-text .dx-now")).to_have_count(1, timeout=30_000)
    expect(visitor.locator(".dx-viewer-text .dx-now")).to_be_in_viewport()
