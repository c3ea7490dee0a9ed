"""Pages drawn beside the library: boxes around what a span holds, and what cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import Library, ReadError
from explorer.page_images import PageImages
from tests.folders import RENT, write
from tests.readers.pdf.pdfs import make_pdf


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "quay.pdf").write_bytes(make_pdf(["The north quay was repaired in June.", "A page."]))
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "quay.pdf", *write(tmp_path, rent_txt=RENT)])
        yield library


def test_boxes_are_drawn_where_a_span_stands_on_the_page(library: Library) -> None:
    images = PageImages(library._catalog, lambda: library.settings)
    documents = {one.name: one for one in library.documents()}
    pdf, text = documents["quay.pdf"], documents["rent.txt"]
    start = library.text(pdf.id).index("north quay")
    try:
        image = images.page(pdf.id, 1, start, start + 10, 400)
        assert image.png.startswith(b"\x89PNG")
        assert (image.width, len(image.boxes)) == (400, 1)
        assert images.page(pdf.id, 2, start, start + 10, 400).boxes == (), "it stands on another page"
        assert images.page(pdf.id, 1, None, None, 400).boxes == ()
        with pytest.raises(ReadError, match="no page images"):
            images.page(text.id, 1, None, None, 400)
    finally:
        images.close()
