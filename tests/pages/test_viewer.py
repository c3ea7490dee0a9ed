"""The viewer: what stands at an address, pages that turn, clear words for an address that leads nowhere."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.types import Page
from tests.pages.components import data, marked, trigger, words
from tests.pages.conftest import ROOT
from tests.pages.test_search_page import id_of
from ui import page_views, state, viewer
from ui.passage import PageAddress

LONG = "".join(f"Line {number} of a long book, with some words in it.\n" for number in range(4000))


@pytest.fixture(scope="module")
def papers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a PDF of two pages and a text too long to be shown at once."""
    place = tmp_path_factory.mktemp("papers")
    (place / "book.txt").write_text(LONG, encoding="utf-8")
    with Library(place / "library") as library:
        outcomes = library.add([ROOT / "samples" / "balcony-solar-manual.pdf", place / "book.txt"])
        assert [outcome.status for outcome in outcomes] == ["added", "added"], outcomes
    return place / "library"


@pytest.fixture
def papers(papers_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("EXPLORER_HOME", str(papers_folder))
    monkeypatch.setattr(Library, "warm", lambda _self: None)
    yield state.opened(papers_folder)
    state.close_all()


def at(app: AppTest, address: str) -> AppTest:
    """The Search page at an address, as a new tab opens it."""
    app.run()
    app.query_params |= {name: values[0] for name, values in parse_qs(address.lstrip("?")).items()}
    app.switch_page("pages/search.py").run()
    assert not app.exception, app.exception
    return app


def test_only_a_pdf_has_printed_labels() -> None:
    assert viewer.page_label("pdf", Page(4, 0, 1, "iv")) == "printed iv"
    assert viewer.page_label("xlsx", Page(1, 0, 1, "Duck Observations")) == "Duck Observations"
    assert viewer.page_label("pdf", Page(4, 0, 1, "4")) == viewer.page_label("epub", Page(4, 0, 1)) == ""


def test_nothing_is_open_at_first(app: AppTest, library: Library) -> None:
    assert data(at(app, ""), "viewer") == {"open": False}


def test_a_passage_of_a_pdf_is_marked_on_its_page(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    start = papers.text(document).index("inverter")
    shown = data(at(app, PageAddress(document, 1, start, start + 30).query()), "viewer")
    assert (shown["title"], shown["number"], shown["count"]) == ("balcony-solar-manual.pdf", 1, 2)
    view = shown["views"][0]
    image = Image.open(io.BytesIO(base64.b64decode(view["source"].split(",", 1)[1])))
    assert image.size == (view["width"], view["height"])
    assert view["boxes"]
    for left, top, right, bottom in view["boxes"]:
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        area = image.convert("L").crop(
            (
                round(left * image.width),
                round(top * image.height),
                round(right * image.width),
                round(bottom * image.height),
            )
        )
        assert area.getextrema()[0] < 128, "there is ink under the mark"


def test_a_passage_over_a_page_break_shows_both_pages(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    first, second = papers.pages(document)
    address = PageAddress(document, 1, first.end - 60, second.start + 40)
    views = data(at(app, address.query()), "viewer")["views"]
    assert [view["page"] for view in views] == [1, 2]
    assert all(view["boxes"] for view in views)


def test_pages_turn_within_the_document_and_the_address_follows(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    at(app, PageAddress(document, 1, 5, 20).query())
    trigger(app, "viewer", "turn", {"unit": "page", "number": 2})
    assert (app.query_params["page"], app.query_params["span"]) == ("2", "5-20")
    shown = data(app, "viewer")
    assert shown["number"] == 2
    assert not shown["views"][0]["boxes"]
    trigger(app, "viewer", "turn", {"unit": "page", "number": 1})
    assert data(app, "viewer")["views"][0]["boxes"], "turning back shows the mark again"


def test_text_is_marked_where_it_stands(app: AppTest, library: Library) -> None:
    document = id_of(library, "bread.txt")
    start = library.text(document).index("rye flour")
    shown = data(at(app, PageAddress(document, 1, start, start + 9).query()), "viewer")
    nodes = shown["views"][0]["nodes"]
    assert marked(nodes) == ["rye flour"]
    assert words(nodes) == library.text(document)


def test_a_long_text_comes_in_parts_that_turn(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "book.txt")
    start = LONG.index("Line 2500 ")
    shown = data(at(app, PageAddress(document, 1, start, start + 9).query()), "viewer")
    assert shown["unit"] == "part"
    assert marked(shown["views"][0]["nodes"]) == ["Line 2500"]
    assert len(words(shown["views"][0]["nodes"])) <= page_views.PART_CHARACTERS * 1.25
    trigger(app, "viewer", "turn", {"unit": "part", "number": shown["number"] + 1})
    assert data(app, "viewer")["number"] == shown["number"] + 1
    assert app.query_params["part"] == str(shown["number"] + 1)


def test_parts_are_the_whole_page() -> None:
    parts = page_views._cut(Page(1, 0, len(LONG)), lambda start, end: LONG[start:end])
    assert "".join(LONG[start:end] for start, end in parts) == LONG
    assert all(LONG[end - 1] == "\n" for _, end in parts)
    solid = "x" * 200_000
    assert page_views._cut(Page(1, 0, len(solid)), lambda start, end: solid[start:end])[-1][1] == len(solid)


def test_the_words_of_a_page_go_along_with_their_places(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    shown = data(at(app, PageAddress(document, 1).query()), "viewer")
    text = papers.text(document)
    first = shown["views"][0]["words"][0]
    assert first[2] == "Balcony "
    for start, end, said, left, top, right, bottom in shown["views"][0]["words"]:
        assert text[start:end] == said.rstrip()
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
    lines = "".join(word[2] for word in shown["views"][0]["words"]).splitlines()
    assert lines[0] == "Balcony solar set: owner's manual"


def test_a_page_is_drawn_with_the_pixels_it_is_shown_with(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    at(app, PageAddress(document, 1).query())
    assert data(app, "viewer")["views"][0]["width"] == 1200
    trigger(app, "viewer", "sharpen", {"width": 2000})
    shown = data(app, "viewer")
    assert shown["width"] == shown["views"][0]["width"] == 2400
    assert shown["views"][0]["words"]
    image = Image.open(io.BytesIO(base64.b64decode(shown["views"][0]["source"].split(",", 1)[1])))
    assert image.width == 2400
    trigger(app, "viewer", "sharpen", {"width": 10**9})
    shown = data(app, "viewer")
    assert (shown["width"], shown["views"][0]["width"]) == (4000, 2912), "no more than twelve million pixels"
    trigger(app, "viewer", "turn", {"unit": "page", "number": 2, "width": 500})
    assert data(app, "viewer")["views"][0]["width"] == 1200
    trigger(app, "viewer", "sharpen", {"width": "<b>"})
    assert data(app, "viewer")["width"] == 1200


def test_words_are_found_on_all_pages(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    text, pages = papers.text(document), papers.pages(document)
    places = [match.span() for match in re.finditer("inverter", text, re.IGNORECASE)]
    at(app, PageAddress(document, 2, 5, 20).query())
    trigger(app, "viewer", "find", {"words": " Inverter ", "number": 0})
    shown = data(app, "viewer")
    first = next(number for number, (start, _) in enumerate(places, 1) if start >= pages[1].start)
    assert shown["find"] == {"words": "Inverter", "count": len(places), "number": first}
    assert shown["views"][0]["now"] == list(places[first - 1])
    trigger(app, "viewer", "find", {"words": "Inverter", "number": 0})
    assert data(app, "viewer")["find"]["number"] == first, "asked twice, it stays"
    trigger(app, "viewer", "find", {"words": "Inverter", "number": 1})
    shown = data(app, "viewer")
    assert shown["find"]["number"] == 1
    assert (shown["number"], app.query_params["span"]) == (1, "5-20")
    assert shown["views"][0]["found"] == [list(place) for place in places if place[0] < pages[0].end]
    trigger(app, "viewer", "find", {"words": "Inverter", "number": len(places) + 7})
    assert data(app, "viewer")["find"]["number"] == len(places)
    trigger(app, "viewer", "find", {"words": "", "number": 0})
    assert data(app, "viewer")["find"] == {"words": "", "count": 0, "number": 0}


def test_words_are_found_in_the_part_that_holds_them(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "book.txt")
    at(app, PageAddress(document, 1).query())
    trigger(app, "viewer", "find", {"words": "line 2500 of", "number": 0})
    shown = data(app, "viewer")
    assert shown["number"] > 1
    nodes = shown["views"][0]["nodes"]
    assert [words([node]) for node in nodes if isinstance(node, dict) and node["t"] == "now"] == [
        "Line 2500 of"
    ]


def test_contents_lead_to_headings(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    at(app, PageAddress(document, 1).query())
    assert "contents" not in data(app, "viewer")
    trigger(app, "viewer", "contents", True)
    entries = data(app, "viewer")["contents"]
    assert entries[0]["title"] == "Balcony solar set: owner's manual"
    assert {entry["page"] for entry in entries} == {1, 2}
    last = entries[-1]
    trigger(app, "viewer", "goto", {"start": last["start"]})
    shown = data(app, "viewer")
    assert (shown["number"], shown["views"][0]["now"]) == (
        2,
        [last["start"], last["start"] + len(last["title"])],
    )
    assert "contents" not in shown


def test_a_document_opens_alone_in_the_library_that_its_address_names(app: AppTest, papers: Library) -> None:
    document = id_of(papers, "balcony-solar-manual.pdf")
    window = data(at(app, PageAddress(document, 1).query()), "viewer")["window"]
    assert window == f"document?library=library&document={document}&page=1"
    app.switch_page("pages/document.py").run()
    app.query_params |= {"document": document, "page": "2"}
    app.run()
    shown = data(app, "viewer")
    assert (shown["alone"], shown["number"]) == (True, 2)
    assert "window" not in shown


def test_close_clears_the_address(app: AppTest, library: Library) -> None:
    at(app, PageAddress(id_of(library, "bread.txt"), 1, 0, 5).query())
    trigger(app, "viewer", "close", True)
    assert not {"document", "page", "span"} & set(app.query_params)
    assert data(app, "viewer") == {"open": False}


def test_search_here_limits_the_scope_and_leads_to_search(app: AppTest, library: Library) -> None:
    document = id_of(library, "bread.txt")
    app.run()
    app.query_params |= {"document": document, "page": "1"}
    app.switch_page("pages/chat.py").run()
    app.button(key="viewer-search").click().run()
    assert app.title[0].value == "Search"
    assert app.session_state["scope"].scope.documents == [document]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("document=nonsense", "document that cannot exist"),
        ("document=<img src=x>", "document that cannot exist"),
        ("document=0123456789abcdef", "is not in this library"),
        ("document={id}&page=0", "page that is no number"),
        ("document={id}&page=two", "page that is no number"),
        ("document={id}&page=²", "page that is no number"),
        ("document={id}&page=99", "there is no page 99"),
        ("document={id}&span=5", "span that cannot be read"),
        ("document={id}&span=9-5", "span that cannot be read"),
        ("document={id}&span=a-b", "span that cannot be read"),
        ("document={id}&span=5000000-5000010", "ends before the passage"),
        ("document={id}&part=x", "part that is no number"),
    ],
)
def test_a_bad_address_says_what_is_wrong(address: str, says: str, app: AppTest, library: Library) -> None:
    shown = data(at(app, address.format(id=id_of(library, "bread.txt"))), "viewer")
    assert says in shown["error"]
    assert shown["open"]


def test_a_passage_that_reaches_over_the_end_is_marked_up_to_it(app: AppTest, library: Library) -> None:
    document = id_of(library, "bread.txt")
    shown = data(at(app, PageAddress(document, 1, 10, 10**9).query()), "viewer")
    assert marked(shown["views"][0]["nodes"]) == [library.text(document)[10:]]


def test_addresses_made_here_and_in_the_browser_read_the_same() -> None:
    assert PageAddress("0123456789abcdef", 3, 5, 9).query() == "?document=0123456789abcdef&page=3&span=5-9"
    script = (ROOT / "ui/assets/rich.js").read_text(encoding="utf-8")
    assert re.search(r"\{ document: .*?, page: .*? \}", script)
    assert json.dumps("span") in script
