"""Finding pictures on the Search page, and their map. Of ui.search.by_picture and ui.map.picture_map."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.pages.components import data, is_shown, trigger
from tests.pages.test_viewer import at
from tests.pictures.making import library_folder
from ui import state


@pytest.fixture
def shelf(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Library]:
    folder = tmp_path / "library"
    shutil.copytree(library_folder(tmp_path_factory), folder)
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    yield state.opened(folder)
    state.close_all()


def said(app: AppTest) -> str:
    return " ".join(str(each.value) for each in (*app.caption, *app.info, *app.markdown))


def test_words_find_pictures_which_open_at_their_page(app: AppTest, shelf: Library) -> None:
    at(app, "?pictures=true&question=triangle")
    tiles = data(app, "picture_hits")["tiles"]
    assert len(tiles) == 5
    assert (tiles[0]["title"], tiles[0]["rank"]) == ("note.docx", 1)
    assert tiles[0]["source"].startswith("data:image/jpeg;base64,")
    assert "those that show most what “triangle” says first" in said(app)
    by_name = {tile["title"]: tile for tile in tiles}
    assert by_name["plan.png"]["source"].startswith("data:image/png;base64,"), "a picture file is its own"
    trigger(app, "picture_hits", "open", {key: tiles[0][key] for key in ("document", "page", "start", "end")})
    assert data(app, "viewer")["title"] == "note.docx"


def test_more_like_one_of_them_and_back(app: AppTest, shelf: Library) -> None:
    at(app, "?pictures=true&question=square")
    first = data(app, "picture_hits")["tiles"][0]
    trigger(app, "picture_hits", "like", {key: first[key] for key in ("document", "page", "of")})
    tiles = data(app, "picture_hits")["tiles"]
    assert len(tiles) == 4
    assert (first["document"], first["of"]) not in [(tile["document"], tile["of"]) for tile in tiles]
    app.button(key="picture-like-back").click().run()
    assert len(data(app, "picture_hits")["tiles"]) == 5


def test_without_a_question_the_page_says_what_to_do(app: AppTest, shelf: Library) -> None:
    at(app, "?pictures=true")
    assert not is_shown(app, "picture_hits")
    assert "Drop a picture, or type above" in said(app)


def test_without_a_model_the_page_says_what_to_get_and_where_to_put_it(app: AppTest, shelf: Library) -> None:
    shelf.change_settings(picture_model="/nowhere/clip")
    at(app, "?pictures=true&question=square")
    text = said(app)
    assert "There are 5 pictures in your documents" in text
    assert "folder with a **CLIP** model" in text
    assert "Picture model" in text
    assert not is_shown(app, "picture_hits")


def test_looking_is_stopped_and_goes_on(app: AppTest, shelf: Library) -> None:
    shelf.picture_search.stop()
    with shelf._catalog.write() as con:
        con.execute("DELETE FROM picture_vector")
    at(app, "?pictures=true&question=square")
    assert "Stopped: 0 of 5 pictures were looked at." in said(app)
    app.button(key="pictures_go_on").click().run()
    assert not shelf.picture_search.state().is_stopped


def test_every_picture_is_a_point_of_a_map(app: AppTest, shelf: Library) -> None:
    app.switch_page("pages/map.py").run()
    app.session_state["map_of"] = "pictures"
    app.run()
    points = data(app, "picture_map")["points"]
    assert len(points) == 5
    assert {point["title"] for point in points} == {"report.docx", "note.docx", "plan.png"}
    assert all(0 <= point[axis] <= 1 for point in points for axis in "xy")
    assert all(point["source"].startswith("data:image/") for point in points)
