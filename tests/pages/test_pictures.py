"""Pictures in the viewer and beside hits. Of ui.pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer import Library
from tests.pages.components import data, trigger, words
from tests.pages.test_search_page import id_of
from tests.pages.test_viewer import at
from tests.readers.pictures import made
from ui import pictures, state
from ui.passage import PageAddress


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("shown")
    body = (
        f"{made.paragraph('The quay was repaired.')}<w:p>{made.blip('i', 'A view')}</w:p>"
        f"{made.paragraph('Figure 1: The quay')}{made.paragraph('And rents went up.')}"
    )
    (place / "quay.docx").write_bytes(made.docx(body, {"i": made.photo((800, 600))}))
    page = ("Ducks came to the pond.\nFigure 2: Ducks", made.photo((400, 300)), (72, 470, 300, 200))
    (place / "ducks.pdf").write_bytes(made.pdf([page]))
    with Library(place / "library") as library:
        outcomes = library.add([place / "quay.docx", place / "ducks.pdf"])
        assert [outcome.status for outcome in outcomes] == ["added", "added"], outcomes
    return place / "library"


@pytest.fixture
def shelf(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setenv("EXPLORER_HOME", str(folder))
    monkeypatch.setattr(Library, "warm", lambda _self: None)
    yield state.opened(folder)
    state.close_all()


def size(tile: dict[str, object]) -> tuple[int, int]:
    """The size of the image that a tile holds, which has to be what the tile says."""
    kind, encoded = str(tile["source"]).split(",", 1)
    assert kind in ("data:image/jpeg;base64", "data:image/png;base64")
    image = Image.open(io.BytesIO(base64.b64decode(encoded)))
    assert image.size == (tile["width"], tile["height"])
    return image.size


def test_a_text_is_shown_with_its_picture_at_its_place(app: AppTest, shelf: Library) -> None:
    document = id_of(shelf, "quay.docx")
    (view,) = data(at(app, PageAddress(document, 1).query()), "viewer")["views"]
    before, tile, after = view["parts"]
    assert words(before["nodes"]).endswith("Picture: A view")
    assert words(after["nodes"]).startswith("Figure 1")
    assert (tile["picture"]["caption"], tile["picture"]["alt"]) == ("Figure 1: The quay", "A view")
    assert size(tile["picture"]) == (240, 180)


def test_a_picture_is_opened_in_large(app: AppTest, shelf: Library) -> None:
    document = id_of(shelf, "quay.docx")
    at(app, PageAddress(document, 1).query())
    assert data(app, "viewer")["enlarged"] is None
    trigger(app, "viewer", "enlarge", {"document": document, "number": 1})
    assert size(data(app, "viewer")["enlarged"]) == (800, 600)
    for other in ({"document": document, "number": 9}, {"document": "f" * 16, "number": 1}, "nothing"):
        trigger(app, "viewer", "enlarge", other)
        assert data(app, "viewer")["enlarged"] is None


def test_a_page_has_its_pictures_below(app: AppTest, shelf: Library) -> None:
    document = id_of(shelf, "ducks.pdf")
    (view,) = data(at(app, PageAddress(document, 1).query()), "viewer")["views"]
    (tile,) = view["pictures"]
    assert tile["caption"] == "Figure 2: Ducks"
    assert size(tile)[0] == pictures.SMALL


def test_a_hit_shows_the_picture_beside_it(app: AppTest, shelf: Library) -> None:
    shown = at(app, "?question=rents&mode=By+words")
    groups = data(shown, "hits")["groups"]
    assert [tile["caption"] for tile in groups[0][0]["pictures"]] == ["Figure 1: The quay"]
