"""Map: drawn on the first visit, coloured, asked, selected from, and honest about what is not on it.

Runs ui.map.page with ui.map.scene, ui.map.colouring, ui.map.selection, ui.map.landing, ui.map.naming,
ui.map.passages, ui.map.export, ui.map.drawing and ui.map.plotly_file; ui.empty where there is nothing to
draw.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from explorer.errors import WorkerError
from explorer.maps import drawing
from explorer.maps.maps import Maps
from explorer.types import Scope
from tests.pages.components import data, is_shown, proto, trigger
from tests.pages.conftest import open_page, texts
from ui import scope
from ui.chat import page as chat
from ui.map import component, palette, scene

EVERYTHING = [[-99, -99], [99, -99], [99, 99], [-99, 99]]
NOTHING = [[50, 50], [60, 50], [60, 60]]


@pytest.fixture
def drawn(library: Library) -> Library:
    """The library with its map, drawn here: three points need no layout that would have to compile."""
    drawing.draw(library._catalog)
    return library


def points(app: AppTest) -> dict[str, Any]:
    """What the browser makes of the bytes of the points."""
    raw = proto(app, "map_points").bytes
    (length,) = struct.unpack_from("<I", raw)
    head = json.loads(raw[4 : 4 + length])
    at = 4 + length
    assert at % 8 == 0
    for name, kind in (
        ("ids", "<f8"),
        ("x", "<f4"),
        ("y", "<f4"),
        ("clusters", "<i4"),
        ("documents", "<i4"),
        ("pages", "<i4"),
    ):
        head[name] = np.frombuffer(raw, kind, head["n"], at)
        at += head[name].nbytes
    assert at == len(raw)
    return head


def choose(app: AppTest, value: Any) -> AppTest:
    return trigger(app, "map", "chosen", value)


def test_an_empty_library_is_explained_and_leads_to_documents(app: AppTest, empty: Library) -> None:
    open_page(app, "map")
    assert "every passage is a point" in texts(app)
    assert "no documents yet" in texts(app)
    assert not is_shown(app, "map")
    assert empty.maps.job() is None


def test_the_first_visit_starts_the_drawing_and_shows_how_far_it_is(
    app: AppTest, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(library._client), "start", lambda _self: None)
    open_page(app, "map")
    job = library.maps.job()
    assert job is not None
    assert job.state == "queued"
    assert not is_shown(app, "map")
    library._catalog.work.claim("test", ("map",))
    library._catalog.work.progress(job.id, 40, drawing.STEPS)
    app.run()
    assert "Laying them out · 40%" in app.get("progress")[0].proto.text
    app.button(key="map_cancel").click().run()
    assert not library._catalog.work.is_wanted(job.id)
    library._catalog.work.cancelled(job.id)
    app.run()
    assert "was cancelled" in texts(app)
    app.button(key="map_draw").click().run()
    assert library.maps.job() != job


def test_a_drawing_that_failed_says_why_and_can_be_tried_again(app: AppTest, library: Library) -> None:
    job_id = library._catalog.jobs.enqueue("map", "Map", dimensions=2)
    library._catalog.work.claim("test", ("map",))
    library._catalog.work.fail(job_id, "The memory of this machine did not suffice.")
    open_page(app, "map")
    assert "did not suffice" in texts(app)
    assert app.button(key="map_draw").label == "Draw the map"


def test_every_passage_is_a_point_with_its_document_page_and_text(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    sent = points(app)
    chunks = [chunk for document in drawn.documents() for chunk in drawn.chunks(document.id)]
    assert sorted(sent["ids"]) == sorted(chunk.id for chunk in chunks)
    of = {chunk.id: chunk for chunk in chunks}
    names = {document.id: document.name for document in drawn.documents()}
    for i, number in enumerate(sent["ids"].astype(int)):
        assert sent["names"][sent["documents"][i]] == names[of[number].document_id]
        assert sent["pages"][i] == of[number].page
        assert of[number].text.split()[0] == sent["texts"][i].split()[0]
        assert len(sent["texts"][i]) <= 200
    assert data(app, "map")["points"] == sent["digest"]


def test_subjects_are_listed_with_colour_size_and_place(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    sent = data(app, "map")
    atlas = drawn.stored_map().atlas
    assert [group["name"] for group in sent["groups"]] == [cluster.label for cluster in atlas.clusters]
    assert sent["groups"][0]["colour"] == palette.CATEGORIES[0]
    assert [label["name"] for label in sent["labels"]] == [cluster.label for cluster in atlas.clusters]
    assert sent["labels"][0]["colour"] == palette.CATEGORIES[0]
    x, y = sent["labels"][0]["at"]
    assert any(np.allclose(point, [x, y]) for point in atlas.xy)


def colouring(app: AppTest) -> Any:
    """The choice of what colours mean."""
    return app.selectbox(key="map_by")


def test_colour_by_document(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    colouring(app).set_value("documents").run()
    sent = data(app, "map")
    assert sent["by"] == "documents"
    assert {group["name"] for group in sent["groups"]} == {"rivers.md", "bread.txt", "chess.md"}
    assert len({group["colour"] for group in sent["groups"]}) == 3


def test_the_points_travel_unchanged_from_run_to_run(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    before = proto(app, "map_points").SerializeToString(deterministic=True)
    choose(app, {"polygon": EVERYTHING})
    assert proto(app, "map_points").SerializeToString(deterministic=True) == before


def test_a_lasso_lists_what_it_caught(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    assert "Draw around points" in texts(app)
    choose(app, {"polygon": EVERYTHING})
    assert "Selected 3 passages in 3 documents" in texts(app)
    assert {row["title"] for row in data(app, "map")["results"]["rows"]} == {
        "rivers.md",
        "bread.txt",
        "chess.md",
    }
    assert data(app, "map")["polygon"] == EVERYTHING
    assert data(app, "map")["results"]["head"] == "Most central passages"
    app.button(key="map_clear").click().run()
    assert "Selected" not in texts(app)
    assert data(app, "map")["polygon"] is None
    assert data(app, "map")["results"] is None


def test_a_lasso_around_one_point_catches_that_one(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    atlas = drawn.stored_map().atlas
    x, y = atlas.xy[1].tolist()
    choose(app, {"polygon": [[x - 0.1, y - 0.1], [x + 0.1, y - 0.1], [x + 0.1, y + 0.1], [x - 0.1, y + 0.1]]})
    [row] = data(app, "map")["results"]["rows"]
    chunk = drawn.chunk(int(atlas.chunk_ids[1]))
    assert (row["document"], row["start"], row["end"]) == (chunk.document_id, chunk.start, chunk.end)


def test_a_lasso_around_nothing_says_so(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    choose(app, {"polygon": NOTHING})
    assert "No passage is in there" in texts(app)
    assert app.button(key="map_search").disabled
    assert app.button(key="map_chat").disabled


@pytest.mark.parametrize(
    "value", [None, 5, "x", {}, {"polygon": "x"}, {"polygon": [[1, 2]]}, {"polygon": [[1], [2], [3]]},
              {"polygon": [["a", "b"]] * 3}, {"polygon": [[0, 0]] * 9999}, {"groups": ["1", None, 2.5, True]},
              {"groups": 3}],
)  # fmt: skip
def test_nonsense_from_the_browser_selects_nothing(app: AppTest, drawn: Library, value: Any) -> None:
    open_page(app, "map")
    choose(app, value)
    assert "Selected" not in texts(app)


def test_ticking_a_subject_selects_like_a_lasso(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    choose(app, {"groups": [0]})
    cluster = drawn.stored_map().atlas.clusters[0]
    assert f"Selected {cluster.size} passage" in texts(app)
    assert data(app, "map")["ticked"] == [0]
    choose(app, {"groups": []})
    assert "Selected" not in texts(app)


@pytest.mark.parametrize(("button", "page"), [("map_search", "search"), ("map_chat", "chat")])
def test_a_selection_becomes_the_scope(app: AppTest, drawn: Library, button: str, page: str) -> None:
    if not (Path(__file__).parents[2] / "pages" / f"{page}.py").exists():
        pytest.skip(f"there is no {page} page")
    open_page(app, "map")
    choose(app, {"groups": [0]})
    app.button(key=button).click().run()
    assert not app.exception, app.exception
    assert app.title[0].value == page.capitalize()
    now = app.session_state[scope.KEY]
    atlas = drawn.stored_map().atlas
    assert now.scope == Scope(chunks=np.sort(atlas.chunk_ids[atlas.cluster_ids == 0]).tolist())
    assert now.label == atlas.clusters[0].label[:80]


def test_a_scope_limits_what_a_lasso_catches(app: AppTest, drawn: Library) -> None:
    document = drawn.documents()[0]
    app.session_state[scope.KEY] = scope.Chosen(Scope(documents=[document.id]))
    open_page(app, "map")
    assert data(app, "map")["within"]
    assert "Inside the scope: 1 passage of 3" in texts(app)
    choose(app, {"polygon": EVERYTHING})
    assert "Selected 1 passage in 1 document" in texts(app)


def test_a_clicked_point_and_a_listed_passage_open_in_the_viewer(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    chunk = drawn.chunks(drawn.documents()[0].id)[0]
    trigger(app, "map", "open", {"chunk": chunk.id})
    assert app.query_params["document"] in (chunk.document_id, [chunk.document_id])
    trigger(app, "map", "open", {"chunk": 10**9})
    choose(app, {"polygon": EVERYTHING})
    row = data(app, "map")["results"]["rows"][-1]
    trigger(app, "map", "read", {key: row[key] for key in ("document", "page", "start", "end")})
    assert app.query_params["document"] in (row["document"], [row["document"]])


@pytest.mark.slow
def test_a_question_lands_on_the_map_and_its_hits_are_lit(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    app.text_input(key="map_query").set_value("gravel in the river").run(timeout=120)
    assert not app.error
    sent = data(app, "map")
    rivers = next(document for document in drawn.documents() if document.name == "rivers.md")
    chunk = drawn.chunks(rivers.id)[0]
    assert chunk.id in [one["id"] for one in sent["lit"]]
    assert sent["pin"]["text"] == "gravel in the river"
    atlas = drawn.stored_map().atlas
    nearest = int(np.argmin(((atlas.xy - [sent["pin"]["x"], sent["pin"]["y"]]) ** 2).sum(1)))
    assert atlas.chunk_ids[nearest] == chunk.id
    assert data(app, "map")["results"]["rows"][0]["title"] == "rivers.md"


def test_a_question_that_cannot_be_answered_leaves_the_map(
    app: AppTest, drawn: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise WorkerError("The background process could not be started.")

    monkeypatch.setattr(Maps, "place", broken)
    open_page(app, "map")
    app.text_input(key="map_query").set_value("anything").run()
    assert "could not be started" in texts(app)
    assert is_shown(app, "map")


def test_what_was_added_is_placed_at_once_and_the_map_drawn_anew_when_asked(
    app: AppTest, drawn: Library, tmp_path: Path
) -> None:
    before = drawn.stored_map().atlas
    new = tmp_path / "new.txt"
    new.write_text("Bees make honey from nectar, and wax for the comb.\n", encoding="utf-8")
    drawn.add([new])
    open_page(app, "map")
    assert "1 new passage placed; draw anew?" in texts(app)
    sent = points(app)
    assert len(sent["ids"]) == 4
    at = [sent["ids"].astype(int).tolist().index(number) for number in before.chunk_ids]
    assert np.allclose(sent["x"][at], before.xy[:, 0])
    assert drawn.maps.job() is None, "nobody asked for another"
    assert app.button(key="map_draw").label == "Draw anew"
    app.button(key="map_draw").click().run()
    job = drawn.maps.job()
    assert job is not None
    assert not job.is_over or job.state == "ready"


def test_a_fragment_that_still_has_the_map_of_before_leaves_the_next_one_whole(
    app: AppTest, drawn: Library, tmp_path: Path
) -> None:
    open_page(app, "map")
    before = drawn.stored_map()
    assert before is not None
    new = tmp_path / "new.txt"
    new.write_text("Bees make honey from nectar, and wax for the comb.\n", encoding="utf-8")
    drawn.add([new])
    scene.ready(drawn, before)  # a lasso runs the fragment alone: an old map, a new revision
    open_page(app, "map")
    choose(app, {"polygon": EVERYTHING})
    assert not app.error
    assert "Selected 4 passages in 4 documents" in texts(app)
    choose(app, {"groups": [0]})
    assert not app.exception


def test_names_and_texts_travel_as_data_only(app: AppTest, home: Path, filled_folder: Path) -> None:
    """Whatever a file is called, nothing of it is in the markup, script or style of a component."""
    evil = "<img src=x onerror=alert(1)>"
    packed = component.pack(
        component.Points(
            np.array([1]), np.zeros((1, 2), np.float32), *[np.zeros(1, np.int32)] * 3, (evil,), (evil * 3,)
        )
    )
    assert evil.encode() in packed.data
    for name in (
        "map.js",
        "map_list.js",
        "map_naming.js",
        "map_picture.js",
        "map_points.js",
        "map_results.js",
    ):
        source = (component.asset(name)).replace(" ", "")
        assert "innerHTML" not in source
        assert "insertAdjacentHTML" not in source
        assert "hovertext" not in source
        assert "annotations" not in source


def test_views_from_the_browser_are_checked() -> None:
    assert component.view_of([0, 1, 2, 3]) == [0, 1, 2, 3]
    for value in (None, [], [1, 2, 3], ["a", 1, 2, 3], [1, 2, 3, float("inf")], {"x": 1}):
        assert component.view_of(value) is None


def test_colours_are_different_and_grey_is_for_none() -> None:
    assert len(set(palette.CATEGORIES)) == len(palette.CATEGORIES) == 16
    assert palette.colour(-1) == palette.GREY
    assert palette.colour(16) == palette.colour(0)


def test_a_removal_leaves_the_map_as_it_is(app: AppTest, drawn: Library) -> None:
    before = drawn.stored_map().atlas
    gone = drawn.documents()[0]
    left = ~np.isin(before.chunk_ids, [chunk.id for chunk in drawn.chunks(gone.id)])
    drawn.remove(gone.id)
    open_page(app, "map")
    sent = points(app)
    assert sorted(sent["ids"].astype(int)) == sorted(before.chunk_ids[left].tolist())
    assert np.allclose(np.sort(sent["x"]), np.sort(before.xy[left][:, 0]))
    assert drawn.maps.job() is None
    assert "draw anew" not in texts(app)


def test_a_scope_that_is_not_on_the_map_is_said(app: AppTest, drawn: Library) -> None:
    app.session_state[scope.KEY] = scope.Chosen(Scope(tags=["none has it"]))
    open_page(app, "map")
    assert "Nothing of the scope is on this map" in texts(app)


def test_clear_takes_back_the_scope_that_was_made_here_and_no_other(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    choose(app, {"groups": [0]})
    app.button(key="map_search").click().run()
    open_page(app, "map")
    assert not app.session_state[scope.KEY].scope.is_everything
    app.button(key="map_clear").click().run()
    assert app.session_state[scope.KEY].scope.is_everything
    assert data(app, "map")["within"] is None
    other = scope.Chosen(Scope(documents=[drawn.documents()[0].id]))
    app.session_state[scope.KEY] = other
    choose(app, {"polygon": EVERYTHING})
    app.button(key="map_clear").click().run()
    assert app.session_state[scope.KEY] == other


def test_ask_these_begins_a_conversation_of_its_own(app: AppTest, drawn: Library) -> None:
    old = drawn.conversations.create("An old one")
    app.session_state[chat.OPEN] = old
    open_page(app, "map")
    choose(app, {"groups": [0]})
    app.button(key="map_chat").click().run()
    assert app.title[0].value == "Chat"
    assert app.session_state[chat.OPEN] is None


def test_a_subject_is_renamed_and_gets_its_own_name_back(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    own = drawn.stored_map().atlas.clusters[0].label
    first = data(app, "map")["groups"][0]
    assert (first["name"], first["own"]) == (own, "")
    name = "<b>Mine</b> *and* yours"
    trigger(app, "map", "rename", {"id": first["id"], "finer": False, "name": name})
    sent = data(app, "map")
    assert (sent["groups"][0]["name"], sent["groups"][0]["own"]) == (name, own)
    assert name in [label["name"] for label in sent["labels"]]
    assert drawn.stored_map().atlas.clusters[0].label == name
    choose(app, {"groups": [first["id"]]})
    app.button(key="map_search").click().run()
    assert app.session_state[scope.KEY].label == name
    open_page(app, "map")
    trigger(app, "map", "rename", {"id": first["id"], "finer": False, "name": None})
    assert data(app, "map")["groups"][0]["name"] == own
    app.selectbox(key="map_by").set_value("kinds").run()
    assert {group["own"] for group in data(app, "map")["groups"]} == {None}, "only subjects are renamed"


def test_a_name_that_cannot_be_taken_says_why_once(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    trigger(app, "map", "rename", {"id": 0, "finer": False, "name": "--"})
    assert "needs a letter or a digit" in texts(app)
    app.run()
    assert "needs a letter" not in texts(app)
    trigger(app, "map", "rename", {"id": 99, "finer": False, "name": "Mine"})
    assert "There is no subject 99 on the map" in texts(app)
    before = drawn.stored_map().atlas.clusters
    good = {"id": 0, "finer": False, "name": "x"}
    wrong = [{"id": "0"}, {"id": True}, {"name": 5}, {"finer": None}, {"finer": 0}, {"finer": "true"}]
    for value in (None, 5, {}, {"id": 0, "name": "x"}, *(good | part for part in wrong)):
        trigger(app, "map", "rename", value)
    assert drawn.stored_map().atlas.clusters == before


def test_the_table_is_of_what_is_selected_else_of_the_scope(app: AppTest, drawn: Library) -> None:
    def offered() -> str:
        return next(each.proto.label for each in app.get("download_button"))

    open_page(app, "map")
    assert offered() == "Table of 3 passages (CSV)"
    files = data(app, "map_export")["files"]
    assert files == {ending: f"Map of default by subject.{ending}" for ending in ("png", "svg")}
    choose(app, {"polygon": NOTHING})
    assert offered() == "Table of 0 passages (CSV)"
    app.button(key="map_clear").click().run()
    app.session_state[scope.KEY] = scope.Chosen(Scope(documents=[drawn.documents()[0].id]))
    app.run()
    assert offered() == "Table of 1 passage (CSV)"


def test_a_lasso_outlives_the_switch_of_colours(app: AppTest, drawn: Library) -> None:
    open_page(app, "map")
    choose(app, {"polygon": EVERYTHING})
    colouring(app).set_value("documents").run()
    assert "Selected 3 passages" in texts(app)
    choose(app, {"groups": [0]})
    colouring(app).set_value("clusters").run()
    assert "Selected" not in texts(app)
