"""What `explorer.viewing` adds to a library: words with their places, outlines, words found in a document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer import Library, NotFound
from tests.folders import RENT, write
from tests.readers.pdf.pdfs import make_pdf


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("viewing")
    (place / "quay.pdf").write_bytes(make_pdf(["The north quay was repaired.", "A page."]))
    with Library(place / "library") as library:
        library.add(
            [place / "quay.pdf", *write(place, rent_txt=RENT, notes_md="# Trees\n\nOak.\n\n## Elm\n\nTall.")]
        )
        yield library


def id_of(library: Library, name: str) -> str:
    return next(document.id for document in library.documents() if document.name == name)


def test_words_of_a_page_stand_where_their_boxes_say(library: Library) -> None:
    quay = id_of(library, "quay.pdf")
    text, words = library.text(quay), library.page_words(quay, 1)
    assert [text[word.start : word.end] for word in words] == ["The", "north", "quay", "was", "repaired."]
    assert [word.box.left for word in words] == sorted(word.box.left for word in words)
    for word in words:
        (around,) = library.boxes(quay, 1, word.start, word.end)
        middle = (around.left + around.right) / 2
        assert word.box.left < middle < word.box.right
        assert word.box.top <= (around.top + around.bottom) / 2 <= word.box.bottom
    assert len({(word.box.top, word.box.bottom) for word in words}) == 1, "the words of a line are alike"
    first = library.pages(quay)[1].start
    assert [word.start for word in library.page_words(quay, 2)] == [first, first + 2]


def test_a_format_without_page_images_has_no_places(library: Library) -> None:
    assert library.page_words(id_of(library, "rent.txt"), 1) == ()
    with pytest.raises(NotFound):
        library.page_words("0123456789abcdef", 1)


def test_an_outline_gives_the_headings_with_their_places(library: Library) -> None:
    notes = id_of(library, "notes.md")
    text = library.text(notes)
    outline = library.outline(notes)
    assert [(heading.level, heading.text) for heading in outline] == [(1, "Trees"), (2, "Elm")]
    assert [text[heading.start :].split("\n")[0] for heading in outline] == ["# Trees", "## Elm"]
    assert library.outline(id_of(library, "rent.txt")) == []


def test_words_are_found_in_one_document_only(library: Library) -> None:
    quay = id_of(library, "quay.pdf")
    text = library.text(quay)
    assert [text[start:end] for start, end in library.find_in(quay, "NORTH  quay")] == ["north quay"]
    assert library.find_in(quay, "oak") == []
