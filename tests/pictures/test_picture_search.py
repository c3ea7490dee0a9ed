"""Pictures of a library by what they look like: looked at in the background, found, stopped, forgotten.

Of explorer.pictures.search, explorer.pictures.filling, explorer.pictures.found and
explorer.catalog.picture_vectors.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer import Library, ModelError, NotFound, ReadError, Scope
from tests.embedding.pictures import tiny
from tests.pictures.making import is_done, library_folder, png, shape, until, with_words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library_folder(tmp_path_factory)


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library(folder) as library:
        yield library


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Iterator[Library]:
    """The same, to be changed."""
    shutil.copytree(folder, tmp_path / "library")
    with Library(tmp_path / "library") as library:
        yield library


def names(library: Library) -> dict[str, str]:
    return {document.name: document.id for document in library.documents()}


def test_a_picture_finds_its_altered_copy_and_where_it_stands(library: Library, tmp_path: Path) -> None:
    altered = tiny.drawn("square", 2000, 160).crop((4, 6, 150, 156)).resize((90, 90))
    (tmp_path / "altered.png").write_bytes(png(altered))
    for given in (png(altered), tmp_path / "altered.png"):
        first, *rest = library.picture_search.search(image=given, k=3)
        assert (first.document.name, first.page, first.rank, len(rest)) == ("report.docx", 1, 1, 2)
        assert first.picture is not None
        assert first.picture.number == 2
        assert first.score >= rest[0].score >= rest[1].score
    shown = library.picture_image(first.document.id, first.picture.number, 240)
    assert (shown.width, shown.height) == (160, 160)


def test_words_find_what_a_picture_shows(library: Library) -> None:
    found = {name: library.picture_search.search(text=name, k=1)[0] for name in tiny.SHAPES}
    numbers = {name: hit.picture.number if hit.picture else 0 for name, hit in found.items()}
    assert numbers["square"] == 2
    assert numbers["cross"] == 3
    assert found["triangle"].document.name == "note.docx"


def test_a_picture_file_is_a_picture_too(library: Library) -> None:
    hits = library.picture_search.search(image=with_words("circle", 2002), k=5)
    assert (hits[0].document.name, hits[0].picture, hits[0].page) == ("plan.png", None, 1)
    assert len(hits) == 5, "every picture has its place"


def test_only_the_scope_is_searched(library: Library) -> None:
    scope = Scope(documents=[names(library)["note.docx"]])
    hits = library.picture_search.search(text="circle", scope=scope)
    assert [hit.document.name for hit in hits] == ["note.docx"]
    assert library.picture_search.search(text="circle", scope=Scope(documents=[])) == []


def test_pictures_like_one_of_the_library(library: Library) -> None:
    report = names(library)["report.docx"]
    hits = library.picture_search.like(report, page=1, number=1, k=4)
    assert len(hits) == 4
    assert report not in [hit.document.id for hit in hits if hit.picture and hit.picture.number == 1]
    with pytest.raises(NotFound, match="not looked at yet"):
        library.picture_search.like(report, page=1, number=9)


def test_every_picture_has_a_place_on_the_plane(library: Library) -> None:
    places = library.picture_search.places()
    assert {(one.document_id, one.number) for one in places} == {
        (names(library)["report.docx"], 1),
        (names(library)["report.docx"], 2),
        (names(library)["report.docx"], 3),
        (names(library)["note.docx"], 1),
        (names(library)["plan.png"], 0),
    }
    assert len({(one.x, one.y) for one in places}) == 5


@pytest.mark.parametrize("data", [b"", b"no picture", shape("circle", 1)[:60], b"<svg/>"])
def test_what_cannot_be_opened_is_said(library: Library, data: bytes) -> None:
    with pytest.raises(ReadError, match="could not be opened"):
        library.picture_search.search(image=data)


def test_a_question_is_a_picture_or_words(library: Library, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a picture or words"):
        library.picture_search.search()
    with pytest.raises(ReadError, match="could not be opened"):
        library.picture_search.search(image=tmp_path / "nowhere.png")


def test_pictures_go_and_come_with_their_document(own: Library) -> None:
    report = names(own)["report.docx"]
    own.bin([report])
    state = own.picture_search.state()
    assert (state.done, state.total) == (2, 2)
    own.restore([report])
    assert is_done(own.picture_search.state()), "what comes back was looked at already"
    own.redo()
    until(own, lambda _: not own.activity().is_busy)
    state = own.picture_search.state()
    assert (state.done, state.total) == (5, 5), "nor is what is read again"
    own.remove([report])
    with own._catalog.read() as con:
        assert con.execute("SELECT count(*) FROM picture_vector").get == 2
    assert "report.docx" not in [hit.document.name for hit in own.picture_search.search(text="square")]
    assert own.doctor().ok


def test_vectors_that_no_document_needs_are_found_by_doctor(own: Library) -> None:
    with own._catalog.write() as con:
        con.execute("UPDATE picture_vector SET picture = 'gone' WHERE picture = '1'")
    assert any("1 picture vector" in problem for problem in own.doctor().problems)
    assert own.doctor(repair=True).ok
    until(own, is_done)


def test_another_model_mixes_nothing_and_looks_at_all_again(own: Library, tmp_path: Path) -> None:
    resnet = tiny.resnet(tmp_path / "resnet")
    own.picture_search.stop()
    own.change_settings(picture_model=str(resnet))
    state = own.picture_search.state()
    assert (state.done, state.total, state.reads_text, state.is_stopped) == (0, 5, False, True)
    assert own.picture_search.search(image=shape("circle", 2000)) == [], "other vectors say nothing"
    time.sleep(2.5)
    assert own.picture_search.state().done == 0, "stopped is stopped, also for a worker that looks again"
    own.picture_search.go_on()
    until(own, is_done)
    assert own.picture_search.search(image=shape("cross", 2000), k=1)[0].score > 0.99
    with pytest.raises(ModelError, match="knows no words"):
        own.picture_search.search(text="circle")


def test_without_a_model_it_is_said_what_to_get(own: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    own.change_settings(picture_model=None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    state = own.picture_search.state()
    assert "python start.py --with images" in (state.problem or "")
    assert not state.is_working
    with pytest.raises(ModelError, match="--with images"):
        own.picture_search.search(text="circle")


def test_a_picture_that_cannot_be_opened_is_passed_over_once(own: Library) -> None:
    with own._catalog.write() as con:
        con.execute("UPDATE picture SET thumbnail = x'ffd8ff00' WHERE number = 3")
        con.execute("DELETE FROM picture_vector")
        con.execute("UPDATE counter SET value = value + 1 WHERE name = 'revision'")
    until(own, is_done)
    assert len(own.picture_search.places()) == 4


def test_a_vector_that_changed_on_the_disk_is_left_out(own: Library) -> None:
    with own._catalog.write() as con:
        con.execute("UPDATE picture_vector SET vector = x'00' WHERE picture = '1'")
    assert len(own.picture_search.places()) == 4


@pytest.mark.extras("images")
def test_the_extra_looks_at_pictures_by_default(own: Library) -> None:
    own.change_settings(picture_model=None)
    until(own, is_done)
    assert np.isclose(own.picture_search.search(image=shape("cross", 2000), k=1)[0].score, 1, atol=0.01)
