"""The map in a real Chromium: plotly.js comes once, from here; a lasso works; no text becomes markup."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Browser, Locator, Page, expect

from explorer import Library
from explorer.catalog import Catalog
from explorer.maps import drawing
from tests.browser.accessibility import Examiner, cut_off, settle, tab_to
from tests.browser.conftest import SCREENSHOTS, App, off_origin, record_requests, start_app, stop_app
from tests.folders import copy_library
from ui.map import palette

EVIL = "<img src=x onerror=window.hacked=1>"
SUBJECTS = {
    "rivers": "The river carries gravel and water down to the sea, past bridge number {}.",
    "chess": "A king and a pawn win against a lone king in endgame number {}.",
    "bread": "Sourdough rises slowly while flour and water stay warm on day {}.",
}
DAYS = {"rivers": "2001-02-03", "chess": "2011-03-04"}
SECONDS = 30_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with its map; one document's name and text would be markup if anything took them for it."""
    place = tmp_path_factory.mktemp("map")
    files = place / "files"
    files.mkdir()
    for name, sentence in SUBJECTS.items():
        paragraphs = [" ".join(sentence.format(f"{i}-{j}") for j in range(12)) for i in range(12)]
        if name in DAYS:
            head = f"<head><title>{name}</title><meta name=date content={DAYS[name]}></head>"
            page = f"<html>{head}<body>{''.join(f'<p>{one}</p>' for one in paragraphs)}</body></html>"
            (files / f"{name}.html").write_text(page, encoding="utf-8")
        else:
            (files / f"{name}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    (files / f"{EVIL}.txt").write_text(
        f"{EVIL} <b>bold</b> <a href='x'>link</a> &lt;i&gt; " * 40, encoding="utf-8"
    )
    with Library(place / "default") as library:
        assert {outcome.status for outcome in library.add([files])} == {"added"}
        library.tag([one.id for one in library.documents() if one.kind == "html"], add=["dated"])
        drawing.draw(library._catalog)
    return place / "default"


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[App]:
    running = start_app(home)
    yield running
    stop_app(running)


@pytest.fixture
def on_map(visitor: Page, app: App) -> Page:
    return shown(visitor, app)


def shown(page: Page, app: App) -> Page:
    page.goto(f"{app.url}/map")
    page.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=SECONDS)
    page.wait_for_timeout(300)
    return page


def selected(tab: Page) -> Locator:
    """What the page itself says is selected, without what is read out of it."""
    return tab.locator(".st-key-map_strip").get_by_text("Selected")


def lasso(page: Page, share: float) -> None:
    """Draws a circle around the middle of the map, `share` of its half width and height."""
    box = page.locator(".dx-map-plot").bounding_box()
    assert box is not None
    cx, cy = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    around = [i * 2 * math.pi / 24 for i in range(25)]
    corners = [
        (cx + share * box["width"] / 2 * math.cos(a), cy + share * box["height"] / 2 * math.sin(a))
        for a in around
    ]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=2)
    page.mouse.up()


def hover(page: Page, row: int) -> None:
    """Puts the mouse on a point."""
    x, y = page.evaluate(
        """(row) => {
            const plot = document.querySelector(".dx-map-plot"), box = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            return [box.x + xaxis.l2p(plot.data[0].x[row]), box.y + yaxis.l2p(plot.data[0].y[row])];
        }""",
        row,
    )
    page.mouse.move(x - 40, y - 40)
    page.mouse.move(x, y, steps=6)
    page.locator(".dx-map-tip:not([hidden])").wait_for(timeout=SECONDS)


def row_of(page: Page, name: str) -> int:
    """The point of a document that lies farthest from those of others: nothing covers it."""
    return int(
        page.evaluate(
            """(name) => {
                const { documents, names } = dxMapPoints.points, own = names.indexOf(name);
                const { x, y } = document.querySelector(".dx-map-plot").data[0];
                const rows = [...documents.keys()];
                const clear = (row) => Math.min(...rows
                    .filter((other) => documents[other] !== own)
                    .map((other) => Math.hypot(x[row] - x[other], y[row] - y[other])));
                const mine = rows.filter((row) => documents[row] === own);
                return mine.reduce((best, row) => clear(row) > clear(best) ? row : best);
            }""",
            name,
        )
    )


def colour_by(page: Page, what: str) -> None:
    """Chooses what the colours mean."""
    page.get_by_role("combobox", name="Colour").click()
    page.get_by_role("option", name=f"Colour by {what}").click()


@pytest.mark.parametrize("width", [390, 800])
def test_in_a_narrow_window_the_choice_of_colours_is_whole(visitor: Page, app: App, width: int) -> None:
    visitor.set_viewport_size({"width": width, "height": 900})
    shown(visitor, app)
    box = visitor.locator(".st-key-map_by").bounding_box()
    within = visitor.get_by_test_id("stMainBlockContainer").bounding_box()
    assert box is not None and within is not None
    assert box["width"] >= 150
    assert box["x"] >= within["x"]
    assert box["x"] + box["width"] <= min(width, within["x"] + within["width"])


def drawn_colours(page: Page) -> dict[str, str]:
    """The colour of each document's points, by the document's name."""
    return dict(
        page.evaluate(
            """() => {
                const { documents, names } = dxMapPoints.points;
                const { color } = document.querySelector(".dx-map-plot").data[0].marker;
                return [...documents].map((document, i) => [names[document], color[i]]);
            }"""
        )
    )


def test_points_are_coloured_by_kind_tag_and_date(on_map: Page) -> None:
    for what, title in (("kind", "2 kinds"), ("tag", "1 tag"), ("date", "2 years")):
        colour_by(on_map, what)
        expect(on_map.locator(".dx-map-legend legend")).to_have_text(title, timeout=SECONDS)
        expect(on_map.locator(".dx-map-group").first).to_be_visible()
        on_map.wait_for_function(
            "(n) => new Set(document.querySelector('.dx-map-plot').data[0].marker.color).size === n",
            arg=len(on_map.locator(".dx-map-group").all()),
            timeout=SECONDS,
        )
    ends = on_map.locator(".dx-map-scale-ends span")
    assert ends.all_inner_texts() == ["Feb 3, 2001", "Mar 4, 2011"]
    colours = drawn_colours(on_map)
    assert colours["rivers.html"] == palette.SHADES[0]
    assert colours["chess.html"] == palette.SHADES[-1]
    assert colours["bread.txt"] == palette.GREY
    on_map.locator(".dx-map-group", has_text="2001").locator("input").check()
    expect(selected(on_map)).to_be_visible(timeout=SECONDS)
    expect(on_map.locator(".dx-caught-title").first).to_have_text("rivers.html", timeout=SECONDS)
    clear(on_map)


def test_plotly_comes_once_from_here_and_stays_in_the_browser(chromium: Browser, app: App) -> None:
    context = chromium.new_context()
    page = context.new_page()
    asked = record_requests(page)
    answers = []
    page.on("response", lambda response: answers.append(response) if "plotly" in response.url else None)
    shown(page, app)
    assert [response.status for response in answers] == [200]
    assert "immutable" in answers[0].headers["cache-control"]
    colour_by(page, "document")
    page.wait_for_selector("text=4 documents", timeout=SECONDS)
    page.get_by_role("link", name="Search").click()
    page.get_by_role("link", name="Map").click()
    page.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=SECONDS)
    assert len(answers) == 1
    shown(page, app)
    sizes = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter((entry) => entry.name.includes('plotly')).map((entry) => entry.transferSize)"
    )
    assert sizes == [0], "the second time it comes out of the browser's cache"
    assert off_origin(asked, app.url) == []
    context.close()


def clear(page: Page) -> None:
    """Takes the selection back. A click in the moment in which the page is drawn anew is lost on a busy
    machine, as it is to a person, who clicks again."""
    for _ in range(3):
        page.get_by_role("button", name="Clear").click()
        with suppress(AssertionError):
            expect(selected(page)).to_have_count(0, timeout=SECONDS / 3)
            return
    expect(selected(page)).to_have_count(0)


def test_a_lasso_lists_its_passages_and_one_of_them_opens(on_map: Page) -> None:
    expect(on_map.get_by_text("Draw around points")).to_be_visible()
    lasso(on_map, 0.95)
    expect(selected(on_map)).to_be_visible(timeout=SECONDS)
    expect(on_map.get_by_text("What sets them apart")).to_be_visible(timeout=SECONDS)
    on_map.locator(".dx-caught a").first.click()
    expect(on_map.locator(".dx-viewer[data-open]")).to_be_visible(timeout=SECONDS)
    on_map.wait_for_url(re.compile("document="), timeout=SECONDS)
    expect(selected(on_map)).to_be_visible()
    clear(on_map)


def test_a_clicked_point_opens_its_passage(on_map: Page) -> None:
    row = row_of(on_map, "chess.html")
    hover(on_map, row)
    on_map.mouse.down()
    on_map.mouse.up()
    expect(on_map.locator(".dx-viewer-title")).to_have_text("chess.html", timeout=SECONDS)


def test_the_list_selects_by_keyboard(on_map: Page) -> None:
    box = on_map.locator(".dx-map-group input").first
    box.focus()
    box.evaluate("one => { window.kept = one; }")
    on_map.keyboard.press("Space")
    expect(selected(on_map)).to_be_visible(timeout=SECONDS)
    settle(on_map)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    assert on_map.evaluate("window.kept.isConnected"), "a key that is down would be lost with the box"
    on_map.keyboard.press("Space")
    expect(selected(on_map)).to_have_count(0, timeout=SECONDS)


def test_a_selection_stands_on_the_search_page(on_map: Page) -> None:
    lasso(on_map, 0.95)
    on_map.get_by_role("button", name="Search these").click(timeout=SECONDS)
    expect(on_map.get_by_role("heading", name="Search")).to_be_visible(timeout=SECONDS)
    expect(on_map.get_by_role("button", name="passages from the map")).to_be_visible(timeout=SECONDS)


def test_a_question_puts_a_ring_on_the_map(on_map: Page) -> None:
    on_map.get_by_placeholder("Where would this land").fill("gravel in the river")
    on_map.keyboard.press("Enter")
    expect(on_map.locator(".dx-map-pin")).to_be_attached(timeout=3 * SECONDS)
    expect(on_map.locator(".dx-caught a").first).to_have_text("rivers.html")


def test_what_was_caught_stands_in_view_and_nothing_moves_for_it(on_map: Page) -> None:
    labels = on_map.locator(".dx-map-label:not([hidden])")
    before = [(label.inner_text(), label.bounding_box()) for label in labels.all()]
    assert before
    on_map.get_by_placeholder("Where would this land").fill("sourdough")
    on_map.keyboard.press("Enter")
    expect(on_map.locator(".dx-map-pin")).to_be_attached(timeout=3 * SECONDS)
    expect(on_map.locator(".dx-caught a").first).to_be_in_viewport()
    pin = on_map.locator(".dx-map-pin span").bounding_box()
    assert pin is not None
    for (name, box), label in zip(before, labels.all(), strict=False):
        assert box is not None
        if not (box["x"] < pin["x"] + pin["width"] and pin["x"] < box["x"] + box["width"]):
            now = label.bounding_box()
            assert (label.inner_text(), now) == (name, box), "labels stay where they were"


def test_a_subject_is_renamed_in_the_list_and_gets_its_own_name_back(on_map: Page) -> None:
    row = on_map.locator(".dx-map-row").first
    own = row.locator("span").inner_text()
    row.get_by_role("button", name=f"Rename {own}").click()
    field = on_map.get_by_role("textbox", name=f"Another name for {own}")
    expect(field).to_be_focused()
    on_map.keyboard.press("Escape")
    expect(on_map.get_by_role("button", name=f"Rename {own}")).to_be_focused()
    on_map.keyboard.press("Enter")
    field.fill(EVIL)
    on_map.keyboard.press("Enter")
    expect(on_map.locator(".dx-map-group", has_text=EVIL)).to_be_visible(timeout=SECONDS)
    expect(on_map.locator(".dx-map-label", has_text=EVIL)).to_have_count(1, timeout=SECONDS)
    expect(on_map.get_by_role("button", name=f"Rename {EVIL}")).to_be_focused()
    on_map.reload()
    on_map.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=SECONDS)
    on_map.get_by_role("button", name=f"Rename {EVIL}").click()
    on_map.get_by_role("button", name=f"Back to “{own}”").click()
    expect(on_map.locator(".dx-map-group", has_text=own).first).to_be_visible(timeout=SECONDS)
    expect(on_map.locator(".dx-map-group", has_text=EVIL)).to_have_count(0)
    assert on_map.evaluate("window.hacked") is None


def unfolded(page: Page) -> Locator:
    """What the first subject with finer ones unfolds, by keyboard."""
    fold = page.locator(".dx-map-fold").first
    fold.focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(fold).to_be_focused()
    return page.locator(".dx-map-parts")


def in_view(page: Page) -> list[float]:
    """What of the map is in view: x from, to, y from, to."""
    return list(page.evaluate("document.querySelector('.dx-map').dxMap.ranges()"))


def rename_to(page: Page, row: Locator, name: str) -> None:
    """Gives the subject of a row another name, by keyboard."""
    row.get_by_role("button", name="Rename").focus()
    page.keyboard.press("Enter")
    page.keyboard.insert_text(name)
    page.keyboard.press("Enter")


def test_a_subject_unfolds_its_finer_ones_by_keyboard_and_stays_unfolded(on_map: Page) -> None:
    folds = on_map.get_by_role("button", name="Finer subjects of")
    groups = on_map.evaluate("document.querySelector('.dx-map').dxMap.data.groups")
    expect(folds).to_have_count(sum(bool(group["parts"]) for group in groups))
    assert 0 < folds.count() < len(groups), "a subject that has one finer does not unfold"
    assert {fold.get_attribute("aria-expanded") for fold in folds.all()} == {"false"}
    below = unfolded(on_map)
    group = next(group for group in groups if group["parts"])
    expect(below).to_have_attribute("aria-label", f"Finer subjects of {group['name']}")
    said = [f"{part['name']} {part['note']}" for part in group["parts"]]
    assert [" ".join(part.inner_text().split()) for part in below.locator(".dx-map-part").all()] == said
    sizes = [int(part["note"]) for part in group["parts"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == int(group["note"])
    on_map.locator(".dx-map-group input").last.check()  # the list is drawn anew, by the server too
    expect(selected(on_map)).to_be_visible(timeout=SECONDS)
    clear(on_map)
    colour_by(on_map, "document")
    expect(folds).to_have_count(0, timeout=SECONDS)
    colour_by(on_map, "subject")
    expect(below.locator(".dx-map-part")).to_have_count(len(said), timeout=SECONDS)
    on_map.keyboard.press("Escape")
    folds.first.focus()
    on_map.keyboard.press("Space")
    expect(below).to_have_count(0)
    expect(folds.first).to_have_attribute("aria-expanded", "false")
    expect(folds.first).to_be_focused()


def test_a_finer_subject_leads_to_its_points(on_map: Page) -> None:
    part = unfolded(on_map).locator(".dx-map-part").last
    groups = on_map.evaluate("document.querySelector('.dx-map').dxMap.data.groups")
    x0, x1, y0, y1 = next(group for group in groups if group["parts"])["parts"][-1]["bounds"]
    whole = in_view(on_map)
    part.focus()
    on_map.keyboard.press("Enter")
    on_map.wait_for_function(
        "(x) => document.querySelector('.dx-map').dxMap.ranges()[0] !== x", arg=whole[0], timeout=SECONDS
    )
    left, right, low, high = in_view(on_map)
    assert left < x0 <= x1 < right
    assert low < y0 <= y1 < high
    assert right - left < whole[1] - whole[0]
    least = (whole[1] - whole[0]) / 100
    room = [(right - left) / max(x1 - x0, least), (high - low) / max(y1 - y0, least)]
    assert 1.05 < min(room) < 1.2, "a few per cent are left around, in one direction at least"
    expect(part).to_be_focused()
    on_map.wait_for_timeout(1500)  # the view went to the server, which answers
    assert in_view(on_map) == pytest.approx([left, right, low, high])
    on_map.get_by_role("button", name="Whole map").click()
    on_map.wait_for_timeout(300)
    assert in_view(on_map) == pytest.approx(whole)


def test_a_finer_subject_is_renamed_and_gets_its_own_name_back(on_map: Page, tmp_path: Path) -> None:
    row = unfolded(on_map).locator(".dx-map-row").last
    coarse = on_map.locator(".dx-map-group span").all_inner_texts()
    own = row.locator("span").inner_text()
    row.locator(".dx-map-part").click()
    rename_to(on_map, row, EVIL)
    expect(on_map.locator(".dx-map-part", has_text=EVIL)).to_be_visible(timeout=SECONDS)
    expect(on_map.locator(".dx-map-label", has_text=EVIL)).to_be_visible(timeout=SECONDS)
    expect(on_map.get_by_role("button", name=f"Rename {EVIL}")).to_be_focused()
    assert on_map.locator(".dx-map-group span").all_inner_texts() == coarse
    root = ElementTree.fromstring(saved(on_map, "Drawing (SVG)", tmp_path).read_text(encoding="utf-8"))
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count(EVIL) == 1, "on the map"
    assert len([text for text in texts if text.startswith("<img")]) == 2, "and, cut, in the list beside it"
    on_map.reload()
    on_map.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=SECONDS)
    unfolded(on_map)
    on_map.get_by_role("button", name=f"Rename {EVIL}").click()
    on_map.get_by_role("button", name=f"Back to “{own}”").click()
    expect(on_map.locator(".dx-map-part", has_text=own).first).to_be_visible(timeout=SECONDS)
    expect(on_map.get_by_text(EVIL)).to_have_count(0)
    on_map.get_by_role("button", name="Whole map").click()
    on_map.wait_for_timeout(1000)
    assert on_map.evaluate("window.hacked") is None


def test_the_unfolded_list_has_no_grave_fault_and_cuts_nothing_off(on_map: Page) -> None:
    examiner = Examiner()
    row = unfolded(on_map).locator(".dx-map-row").last
    name = row.locator("span").inner_text()
    for width in (1280, 390):
        on_map.set_viewport_size({"width": width, "height": 900})
        on_map.wait_for_timeout(300)
        assert cut_off(on_map) == []
        examiner.look(on_map, f"unfolded at {width}")
    on_map.locator(".dx-map-fold").first.focus()
    tab_to(on_map, f"Rename {name}", most=12)
    on_map.keyboard.press("Enter")
    expect(on_map.get_by_role("textbox", name=f"Another name for {name}")).to_be_focused()
    examiner.look(on_map, "a finer subject being renamed")
    assert not examiner.found, examiner.report()


def test_hits_of_a_search_are_shown_on_the_map(on_map: Page) -> None:
    on_map.get_by_role("link", name="Search").click()
    field = on_map.locator(".st-key-question input")
    field.fill("gravel in the river")
    field.press("Enter")
    on_map.get_by_role("button", name="Show on the map").click(timeout=3 * SECONDS)
    expect(on_map.get_by_text("lit: hits of “gravel in the river”").first).to_be_visible(timeout=SECONDS)
    on_map.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=SECONDS)
    on_map.wait_for_function("document.querySelector('.dx-map-plot').data[1].x.length > 0", timeout=SECONDS)
    all_points, lit = (
        on_map.evaluate(f"document.querySelector('.dx-map-plot').data[{i}].marker") for i in (0, 1)
    )
    assert sum(opacity < 0.5 for opacity in all_points["opacity"]) > len(lit["color"]), "others are pale"
    assert set(all_points["opacity"]) >= {1}
    expect(on_map.locator(".dx-caught a").first).to_have_text("rivers.html")
    on_map.get_by_role("button", name="Clear").click()
    on_map.wait_for_function("document.querySelector('.dx-map-plot').data[1].x.length === 0", timeout=SECONDS)
    expect(on_map.get_by_text("Draw around points")).to_be_visible(timeout=SECONDS)


def test_zooming_in_shows_the_finer_names(on_map: Page) -> None:
    def names() -> set[str]:
        return set(on_map.locator(".dx-map-label:not([hidden])").all_inner_texts())

    view = "document.querySelector('.dx-map').dxMap.data"
    coarse = set(on_map.evaluate(f"{view}.labels.map((one) => one.name)"))
    finer = set(on_map.evaluate(f"{view}.finer.map((one) => one.name)"))
    assert names() <= coarse
    assert names()
    for _ in range(4):
        if on_map.locator(".dx-map-over.dx-near").count():
            break
        on_map.get_by_role("button", name="Zoom in").click()
        on_map.wait_for_timeout(400)
    expect(on_map.locator(".dx-map-over.dx-near")).to_have_count(1)
    assert names() <= finer
    on_map.get_by_role("button", name="Whole map").click()
    expect(on_map.locator(".dx-map-over.dx-near")).to_have_count(0)
    assert names() <= coarse


def saved(page: Page, name: str, place: Path) -> Path:
    """The file that an entry of the menu saves, under the name that it gets."""
    if not page.get_by_text(name).is_visible():
        page.get_by_role("button", name="Export").click()
    with page.expect_download(timeout=SECONDS) as waiting:
        page.get_by_text(name).click()
    file = place / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def test_the_map_is_saved_as_a_picture_a_drawing_and_a_table(on_map: Page, tmp_path: Path) -> None:
    labels = set(on_map.locator(".dx-map-label:not([hidden])").all_inner_texts())
    number = on_map.evaluate("dxMapPoints.points.n")
    colour_by(on_map, "document")
    expect(on_map.locator(".dx-map-group", has_text=EVIL)).to_be_visible(timeout=SECONDS)
    drawing = saved(on_map, "Drawing (SVG)", tmp_path)
    assert drawing.name == "Map of default by document.svg"
    root = ElementTree.fromstring(drawing.read_text(encoding="utf-8"))
    svg = "{http://www.w3.org/2000/svg}"
    assert {element.tag.removeprefix(svg) for element in root.iter()} == {"svg", "rect", "circle", "text"}
    texts = {element.text for element in root.iter(f"{svg}text")}
    assert labels | {"rivers.html", "4 documents"} <= texts
    assert any(str(text).startswith("<img src=x") for text in texts), "markup is text"
    colours = [element.get("fill") for element in root.iter(f"{svg}circle")]
    assert len(colours) == number + 4, "a circle for each point, and for each document of the list"
    assert set(palette.CATEGORIES[:4]) == set(colours)
    picture = saved(on_map, "Picture (PNG)", tmp_path)
    assert picture.name == "Map of default by document.png"
    with Image.open(picture) as image:
        assert image.size == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))
        shown = {tuple(colour[:3]) for _, colour in image.getcolors(10**6) or []}
    assert {ImageColor.getrgb(colour) for colour in palette.CATEGORIES[:4]} <= shown
    table = saved(on_map, f"Table of {number} passages (CSV)", tmp_path)
    assert table.name == "Map of default by document.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == number
    assert {row["Document"] for row in rows} == {"rivers.html", "chess.html", "bread.txt", f"{EVIL}.txt"}
    assert {"x", "y", "Page", "Subject", "Text"} <= set(rows[0])


def test_no_point_lies_under_a_button(on_map: Page) -> None:
    plot, tools = (
        on_map.locator(".dx-map-plot").bounding_box(),
        on_map.locator(".dx-map-tools").bounding_box(),
    )
    assert plot is not None and tools is not None
    assert tools["y"] + tools["height"] <= plot["y"]


def test_one_point_far_off_leaves_the_map_its_room(on_map: Page) -> None:
    """As a map may be that was drawn before such points were drawn in."""
    share = on_map.evaluate(
        """() => {
            const view = document.querySelector(".dx-map").dxMap, points = view.points;
            const numbers = (make) => Float32Array.from({ length: 101 }, (_, i) => make(i));
            const [x, y] = [numbers((i) => (i < 100 ? i / 50 : 90)), numbers((i) => (i % 10) / 5)];
            view.points = { n: 101, x, y };
            const [[x0, x1], [a0, a1]] = [view.bounds(), view.bounds(true)];
            view.points = points;
            return [2 / (x1 - x0), a1 - a0];
        }"""
    )
    assert share[0] > 0.3
    assert share[1] > 90, "and all of it can be shown"


def test_labels_do_not_overlap(on_map: Page) -> None:
    boxes = [label.bounding_box() for label in on_map.locator(".dx-map-label:not([hidden])").all()]
    assert len(boxes) >= 2
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert one is not None
            assert other is not None
            apart = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
                or one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert apart


def test_the_view_outlives_another_page(on_map: Page) -> None:
    on_map.get_by_role("button", name="Zoom in").click()
    on_map.wait_for_timeout(1500)
    looked = on_map.evaluate("document.querySelector('.dx-map-plot')._fullLayout.xaxis.range.map(Number)")
    on_map.get_by_role("link", name="Search").click()
    on_map.get_by_role("heading", name="Search").wait_for(timeout=SECONDS)
    on_map.get_by_role("link", name="Map").click()
    on_map.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=SECONDS)
    again = on_map.evaluate("document.querySelector('.dx-map-plot')._fullLayout.xaxis.range.map(Number)")
    assert again == pytest.approx(looked, abs=0.5)


def test_names_texts_and_labels_never_become_markup(on_map: Page) -> None:
    colour_by(on_map, "document")
    expect(on_map.locator(".dx-map-group", has_text=EVIL)).to_be_visible(timeout=SECONDS)
    on_map.wait_for_timeout(500)
    hover(on_map, row_of(on_map, f"{EVIL}.txt"))
    expect(on_map.locator(".dx-map-tip")).to_contain_text(EVIL, timeout=SECONDS)
    expect(on_map.locator(".dx-map-tip")).to_contain_text("<b>bold</b>")
    on_map.locator(".dx-map-group", has_text=EVIL).locator("input").check()
    expect(on_map.locator(".dx-caught-title").first).to_have_text(f"{EVIL}.txt", timeout=SECONDS)
    on_map.get_by_placeholder("Where would this land").fill(EVIL)
    on_map.keyboard.press("Enter")
    expect(on_map.locator(".dx-map-pin")).to_contain_text("<img", timeout=3 * SECONDS)
    assert on_map.evaluate("window.hacked") is None
    assert on_map.locator(".dx img").count() == 0
    assert on_map.locator(".dx-map b", has_text="bold").count() <= 1  # the tip's heading is bold by itself


@pytest.mark.parametrize(
    ("scheme", "width"), [(scheme, width) for scheme in ("light", "dark") for width in (1280, 800, 390)]
)
def test_pictures_for_the_eye(chromium: Browser, app: App, scheme: str, width: int) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = shown(context.new_page(), app)
    page.screenshot(path=SCREENSHOTS / f"map-full-{scheme}-{width}.png")
    part = unfolded(page).locator(".dx-map-part").last
    part.click()
    page.wait_for_timeout(1500)
    page.screenshot(path=SCREENSHOTS / f"map-unfolded-{scheme}-{width}.png")
    page.get_by_role("button", name="Whole map").click()
    lasso(page, 0.8)
    selected(page).wait_for(timeout=SECONDS)
    page.wait_for_timeout(800)
    page.screenshot(path=SCREENSHOTS / f"map-selected-{scheme}-{width}.png")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_visit_has_the_map_drawn(
    chromium: Browser, home: Path, tmp_path: Path, scheme: str
) -> None:
    """Failed, tried again, working, full: all with the real worker. Empty is another library."""
    SCREENSHOTS.mkdir(exist_ok=True)
    place = tmp_path / "default"
    copy_library(home, place)
    with Catalog(place) as catalog:
        catalog.layouts.drop()
        job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
        catalog.work.claim("test", ("map",))
        catalog.work.fail(
            job_id, "The map could not be drawn: this machine has too little free memory for it."
        )
    (tmp_path / "empty").mkdir()
    for folder in (place, tmp_path / "empty" / "default"):
        running = start_app(folder)
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        try:
            page = context.new_page()
            page.goto(f"{running.url}/map")
            if folder == place:
                page.get_by_text("too little free memory").wait_for(timeout=SECONDS)
                page.screenshot(path=SCREENSHOTS / f"map-failed-{scheme}-1280.png")
                page.get_by_role("button", name="Draw the map").click()
                page.get_by_text("Drawing the map").wait_for(timeout=SECONDS)
                page.screenshot(path=SCREENSHOTS / f"map-working-{scheme}-1280.png")
                page.wait_for_selector(".dx-map-note[hidden]", state="attached", timeout=4 * SECONDS)
            else:
                page.get_by_text("no documents yet").wait_for(timeout=SECONDS)
                page.screenshot(path=SCREENSHOTS / f"map-empty-{scheme}-1280.png")
        finally:
            context.close()
            stop_app(running)
