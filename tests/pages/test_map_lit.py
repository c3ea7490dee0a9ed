"""Hits and sources that are shown on the map (`ui.map.lit`): lit there, said in words, and cleared again."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.maps import drawing
from explorer.types import Scope
from tests.pages.components import data, trigger
from tests.pages.conftest import open_page, texts
from tests.pages.test_chat_page import opened, span, stored
from tests.pages.test_search_page import search
from ui import scope
from ui.map import lit


@pytest.fixture
def drawn(library: Library) -> Library:
    drawing.draw(library._catalog)
    return library


def shining(app: AppTest) -> list[int]:
    return [one["id"] for one in data(app, "map")["lit"]]


def chunks_of(library: Library, *names: str) -> list[int]:
    return [
        chunk.id
        for name in names
        for document in library.documents()
        if document.name == name
        for chunk in library.chunks(document.id)
    ]


def test_the_hits_of_a_search_are_lit_on_the_map_until_cleared(app: AppTest, drawn: Library) -> None:
    search(open_page(app, "search"), "gravel flour")
    app.button(key="hits_on_map").click().run()
    assert app.title[0].value == "Map"
    assert sorted(shining(app)) == sorted(chunks_of(drawn, "rivers.md", "bread.txt"))
    open_page(app, "map")  # the harness goes on with the page that led here
    assert "2 passages lit: hits of “gravel flour”" in texts(app).replace("\\", "")
    results = data(app, "map")["results"]
    assert {row["title"] for row in results["rows"]} == {"rivers.md", "bread.txt"}
    assert data(app, "map")["pin"] is None
    app.button(key="map_unlit").click().run()
    assert shining(app) == []
    assert data(app, "map")["results"] is None
    assert "Draw around points" in texts(app)


def test_the_sources_of_an_answer_are_lit_on_the_map(app: AppTest, drawn: Library) -> None:
    cited = (span(drawn), span(drawn, "Sourdough", "bread.txt", 2))
    opened(app, stored(drawn, kind="quotes", citations=cited))
    assert data(app, "talk")["messages"][0]["mapped"] == lit.LABEL.lower()
    trigger(app, "talk", "map", {"message": 0})
    assert app.title[0].value == "Map"
    assert shining(app) == chunks_of(drawn, "rivers.md", "bread.txt")
    assert "sources of the answer to" in texts(app)


def test_an_answer_without_sources_shows_nothing_on_the_map(app: AppTest, drawn: Library) -> None:
    opened(app, stored(drawn, kind="none", found=False))
    assert data(app, "talk")["messages"][0]["mapped"] == ""
    for value in (None, {}, {"message": 7}, {"message": "x"}, {"message": 0}):
        trigger(app, "talk", "map", value)
        assert app.title[0].value == "Chat"


def test_what_was_selected_before_gives_way_to_what_is_lit(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    trigger(app, "map", "chosen", {"groups": [0]})
    trigger(app, "map", "view", [0, 1, 0, 1])
    search(open_page(app, "search"), "gravel")
    app.button(key="hits_on_map").click().run()
    sent = data(app, "map")
    assert (sent["ticked"], sent["polygon"], sent["view"]) == ([], None, None)
    assert shining(app) == chunks_of(drawn, "rivers.md")
    open_page(app, "map")
    trigger(app, "map", "chosen", {"groups": [0]})
    assert "Selected" in texts(app), "and what is selected now counts"
    app.run()
    assert data(app, "map")["ticked"] == [0]


def test_what_is_not_on_the_map_any_more_is_said(app: AppTest, drawn: Library) -> None:
    search(open_page(app, "search"), "gravel flour")
    app.button(key="hits_on_map").click().run()
    (gone,) = [document for document in drawn.documents() if document.name == "rivers.md"]
    drawn.remove(gone.id)
    open_page(app, "map")
    assert "1 passage lit" in texts(app)
    assert "1 more is not on the map" in texts(app)


def test_what_is_lit_stands_out_of_any_scope(app: AppTest, drawn: Library) -> None:
    (bread,) = [document for document in drawn.documents() if document.name == "bread.txt"]
    search(open_page(app, "search"), "gravel")
    app.button(key="hits_on_map").click().run()
    app.session_state[scope.KEY] = scope.Chosen(Scope(documents=[bread.id]))
    open_page(app, "map")
    assert shining(app) == chunks_of(drawn, "rivers.md")


def test_chunks_are_found_by_the_spans_that_they_hold(drawn: Library) -> None:
    def spans(*given: Any) -> list[int]:
        return drawn.maps.touching(given)

    (document,) = [each for each in drawn.documents() if each.name == "rivers.md"]
    (chunk,) = drawn.chunks(document.id)
    assert spans((document.id, chunk.start, chunk.start + 1)) == [chunk.id]
    assert spans((document.id, chunk.end, chunk.end + 9), ("gone", 0, 9)) == []
    both = spans(*((each.id, 0, 9) for each in drawn.documents()), (document.id, 0, 5))
    assert both == [drawn.chunks(each.id)[0].id for each in drawn.documents()]
