"""The viewer in a real browser: keys, addresses in a new tab, the way back, and nothing that jumps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from explorer import Library
from tests.browser.accessibility import settle
from tests.browser.conftest import ROOT, App, start_app, stop_app
from tests.readers.pictures import made

SEARCH = "/search?question=solar+inverter&mode=By+words"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("viewer") / "default"
    with Library(home) as library:
        names = ("balcony-solar-manual.pdf", "river-restoration.pdf", "beekeeping-year.md")
        quay = home.parent / "quay.docx"
        body = f"{made.paragraph('Divers went down.')}<w:p>{made.blip('i', 'A view')}</w:p>"
        quay.write_bytes(made.docx(body, {"i": made.photo((900, 600))}))
        outcomes = library.add([*(ROOT / "samples" / name for name in names), quay])
        assert {outcome.status for outcome in outcomes} == {"added"}, outcomes
    running = start_app(home)
    yield running
    stop_app(running)


@pytest.fixture
def results(visitor: Page, app: App) -> Page:
    visitor.goto(app.url + SEARCH)
    expect(visitor.locator(".dx-hit").first).to_be_visible(timeout=60_000)
    return visitor


def opened(page: Page) -> None:
    expect(page.locator(".dx-sheet img").first).to_be_visible(timeout=30_000)


def test_keys_go_to_hits_turn_pages_close_and_reach_the_field(results: Page) -> None:
    results.keyboard.press("]")
    opened(results)
    first = results.locator(".dx-ref").first
    expect(results.locator(".dx-ref.dx-current").first).to_be_visible()
    position = results.locator(".dx-viewer-position")
    expect(position).to_have_text("page 1 of 2")
    results.keyboard.press("ArrowRight")
    expect(position).to_have_text("page 2 of 2")
    results.wait_for_url("**page=2**")
    results.keyboard.press("ArrowLeft")
    results.wait_for_url("**page=1**")
    expect(results.locator(".dx-box").first).to_be_visible()
    results.keyboard.press("Escape")
    expect(results.locator(".dx-viewer")).not_to_be_visible()
    results.wait_for_function("!location.search.includes('document=')")
    expect(first).to_be_focused()
    results.keyboard.press("/")
    field = results.locator(".st-key-question input")
    expect(field).to_be_focused()
    results.keyboard.type("[/]")
    expect(field).to_have_value("solar inverter[/]")


def test_an_original_is_saved_and_its_address_opens_nothing_elsewhere(
    results: Page, app: App, chromium: Browser
) -> None:
    """By the cookie of `ui.frame.guard`: in two tabs and after a reload; not in a browser without a page."""
    results.keyboard.press("]")
    opened(results)
    results.reload()
    opened(results)
    other = results.context.new_page()
    other.goto(results.url)
    opened(other)
    for tab in (results, other):
        with tab.expect_download() as saving:
            tab.locator(".st-key-viewer-original button").click()
        names = [each.name for each in (ROOT / "samples").iterdir()]
        assert saving.value.suggested_filename in names
        saved = (ROOT / "samples" / saving.value.suggested_filename).read_bytes()
        assert saving.value.path().read_bytes() == saved
    address = saving.value.url
    assert "/media/" in address
    assert results.context.request.get(address).body() == saved
    stranger = chromium.new_context()  # what a private window is
    refusal = stranger.request.get(address)
    assert refusal.status == 403
    assert b"open the app first" in refusal.body()
    page = stranger.new_page()
    page.goto(app.url)
    with page.expect_response("**/media/**") as answered:
        page.evaluate("(there) => fetch(there)", address)
    assert answered.value.status == 200
    jar = [each for each in stranger.cookies() if each["name"].startswith("explorer_page_")]
    assert [(each["httpOnly"], each["sameSite"]) for each in jar] == [(True, "Strict")]
    assert "explorer_page" not in page.evaluate("document.cookie")
    stranger.close()


def test_an_address_works_in_a_new_tab_and_after_a_reload(results: Page, app: App) -> None:
    href = results.locator(".dx-ref").first.get_attribute("href")
    tab = results.context.new_page()
    tab.goto(f"{app.url}/search{href}")
    opened(tab)
    expect(tab.locator(".dx-box").first).to_be_in_viewport()
    tab.reload()
    opened(tab)
    tab.close()


def test_the_browsers_way_back_leads_to_the_passage_before(results: Page) -> None:
    links = results.locator(".dx-ref")
    links.nth(0).click()
    opened(results)
    before = results.url
    links.nth(1).click()
    results.wait_for_function("before => location.href !== before", arg=before)
    expect(links.nth(1)).to_have_class("dx-link dx-ref dx-hit-title dx-current")
    settle(results)
    results.go_back()
    results.wait_for_url(before)
    expect(links.nth(0)).to_have_class("dx-link dx-ref dx-hit-title dx-current")


def test_a_hit_opened_before_the_fields_are_drawn_keeps_the_question(visitor: Page, app: App) -> None:
    """The parts of a page load one by one: hits may be there, and be clicked, before the field above them."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visitor.route(re.compile(r"/(TextInput|Selectbox)\.[^/]*\.js"), hold)
    visitor.goto(app.url + SEARCH + "&count=20+hits")
    visitor.locator(".dx-ref").first.click(timeout=60_000)
    opened(visitor)
    assert held, "the field's script was not held back: has its name changed?"
    for each in held:
        each.continue_()
    expect(visitor.locator(".st-key-question input")).to_have_value("solar inverter")
    visitor.locator(".dx-ref").nth(1).click()
    expect(visitor.locator(".dx-ref").nth(1)).to_have_class("dx-link dx-ref dx-hit-title dx-current")
    settle(visitor)
    expect(visitor.locator(".st-key-question input")).to_have_value("solar inverter")
    asked = parse_qs(urlsplit(visitor.url).query)
    assert (asked["question"], asked["mode"], asked["count"]) == (
        ["solar inverter"],
        ["By words"],
        ["20 hits"],
    )


def test_the_sheet_has_its_place_before_and_after_the_image(results: Page) -> None:
    results.locator(".dx-ref").first.click()
    expect(results.locator(".dx-viewer")).to_be_visible(timeout=1_000)
    frame = results.locator(".dx-viewer").bounding_box()
    opened(results)
    assert results.locator(".dx-viewer").bounding_box() == frame
    sheet = results.locator(".dx-sheet").first.bounding_box()
    assert sheet is not None
    assert sheet["height"] / sheet["width"] > 1.2, "as high as the page is, not as its image has loaded"


def test_on_a_small_screen_it_covers_the_page(results: Page) -> None:
    results.set_viewport_size({"width": 800, "height": 700})
    results.locator(".dx-ref").first.click()
    opened(results)
    box = results.locator(".dx-viewer").bounding_box()
    assert box is not None
    assert box["width"] > 760
    results.get_by_label("Close (Esc)").click()
    expect(results.locator(".dx-viewer")).not_to_be_visible()
    expect(results.locator(".dx-hit").first).to_be_visible()


def test_a_picture_is_opened_in_large_and_closed_by_keyboard(visitor: Page, app: App) -> None:
    visitor.goto(f"{app.url}/search?question=divers&mode=By+words")
    beside = visitor.locator(".dx-hit-picture img")
    expect(beside).to_have_attribute("alt", "A view", timeout=60_000)
    beside.click()
    small = visitor.locator(".dx-viewer-text .dx-picture")
    small.focus()
    visitor.keyboard.press("Enter")
    large = visitor.locator(".dx-enlarged img")
    visitor.wait_for_function("document.querySelector('.dx-enlarged img')?.naturalWidth === 900")
    expect(large).to_be_visible()
    visitor.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(visitor.locator(".dx-viewer")).to_be_visible()
    expect(small).to_be_focused()
