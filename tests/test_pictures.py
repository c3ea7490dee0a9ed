"""Pictures of a library's documents: what is kept, shown, taken along and forgotten with the document.

Of explorer.catalog.pictures, explorer.catalog.picture_rows and explorer.types.images.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from explorer import Library, NotFound, Picture
from tests.readers.pictures import made

CAPTION = "Figure 1: The quay in June"


def quay(seed: int = 0) -> bytes:
    body = (
        f"{made.paragraph('The quay was repaired.')}<w:p>{made.blip('i', 'A view of the quay')}</w:p>"
        f"{made.paragraph(CAPTION)}<w:p>{made.blip('j')}</w:p>"
    )
    return made.docx(body, {"i": made.photo((800, 600), "JPEG", seed), "j": made.sign("Rent of 950 crowns")})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one document with two pictures, one of which holds words."""
    place = tmp_path_factory.mktemp("pictures")
    (place / "quay.docx").write_bytes(quay())
    with Library(place / "library") as library:
        (outcome,) = library.add(place / "quay.docx")
        assert outcome.status == "added", outcome
    return place / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library(folder) as library:
        yield library


def pictures(library: Library) -> tuple[str, tuple[Picture, ...]]:
    (document,) = library.documents()
    return document.id, library.pictures(document.id)


def test_a_picture_is_a_part_of_its_page(library: Library) -> None:
    document, (view, rent) = pictures(library)
    text = library.text(document)
    assert (view.number, view.page, view.caption, view.alt) == (1, 1, CAPTION, "A view of the quay")
    assert text[view.start : view.end] == "Picture: A view of the quay"
    assert (view.width, view.height, view.media_type, view.box) == (800, 600, "image/jpeg", None)
    assert "950" in text[rent.start : rent.end], "words in a picture stand in the text at its place"
    assert library.documents()[0].warnings == ()
    assert library.search("what is the rent in crowns?", mode="keyword")[0].document.id == document


@pytest.mark.parametrize("width", [120, 300])
def test_a_picture_is_shown_small_from_the_catalogue_and_large_from_the_original(
    library: Library, width: int
) -> None:
    document, _ = pictures(library)
    image = library.picture_image(document, 1, width)
    opened = Image.open(io.BytesIO(image.data))
    assert opened.size == (image.width, image.height) == ((240, 180) if width < 240 else (300, 225))
    with pytest.raises(NotFound, match="no picture 3"):
        library.picture_image(document, 3)


def test_pictures_go_and_come_with_their_document(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other.docx").write_bytes(quay(9))
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "other.docx")
        document, known = pictures(library)
        library.bin([document])
        with pytest.raises(NotFound):
            library.pictures(document)
        library.restore([document])
        assert library.pictures(document) == known
        assert library.doctor(verify=True).ok
        with library._catalog.write() as con:
            con.execute("UPDATE picture SET caption = 'Figure 2' WHERE number = 1")
        assert not library.doctor(verify=True).ok, "a changed caption is noticed"
        library.remove(document)
        with library._catalog.read() as con:
            assert con.execute("SELECT count(*) FROM picture").get == 0


def test_an_export_takes_pictures_along(library: Library, tmp_path: Path) -> None:
    _, known = pictures(library)
    library.transfer.export(tmp_path / "export.zip")
    with Library(tmp_path / "copy") as copy:
        copy.transfer.bring_in(tmp_path / "export.zip")
        document, taken = pictures(copy)
        assert [(one.sha256, one.caption, one.start) for one in taken] == [
            (one.sha256, one.caption, one.start) for one in known
        ]
        assert copy.picture_image(document, 1, 120) == library.picture_image(known[0].document_id, 1, 120)
