"""Pictures as each format keeps them, through the reading process: place, caption, words, the image itself.

Of explorer.readers.pictures.gallery, explorer.readers.pictures.packaged, explorer.readers.pictures.words,
explorer.readers.office.drawn_pictures, explorer.readers.office.placed_pictures,
explorer.readers.markup.pictures_of_pages, explorer.readers.pdf.pictures.finding,
explorer.readers.pdf.pictures.kept, explorer.readers.pdf.pictures.drawing and
explorer.readers.pdf.pictures.region.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from explorer import ReadError
from explorer.readers.limits import Limits
from explorer.readers.process.pool import ReaderPool
from explorer.readers.reading import Reading
from tests.readers.conftest import Write
from tests.readers.office.office_files import shape
from tests.readers.pictures import made

OFF = Limits(ocr=False)


def shown(pool: ReaderPool, path: Path, where: str, width: int = 200) -> Image.Image:
    image = pool.picture(path, path.name, None, OFF, where=where, width=width)
    opened = Image.open(io.BytesIO(image.data))
    assert opened.size == (image.width, image.height)
    assert image.media_type == f"image/{(opened.format or '').lower()}"
    return opened


def only(reading: Reading) -> tuple[str, str, str]:
    """(alternative text, caption, what was written for it) of the only picture."""
    (one,) = reading.pictures
    assert one.thumbnail.startswith(b"\xff\xd8\xff")
    return one.alt, one.caption, reading.text[one.start : one.end]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "quay.docx",
            made.docx(
                f"{made.paragraph('Before.')}<w:p>{made.blip('i', 'A view')}</w:p>"
                f"{made.paragraph('Figure 1: The quay')}",
                {"i": made.photo()},
            ),
            ("A view", "Figure 1: The quay", "Picture: A view"),
        ),
        (
            "quay.pptx",
            made.slides([shape("Quay", "title") + made.picture_shape("i", "A view")], {"i": made.photo()}),
            ("A view", "", "Picture: A view"),
        ),
        ("quay.xlsx", made.workbook(made.photo()), ("A chart of rents", "", "Picture: A chart of rents")),
        (
            "quay.odt",
            made.text_document(made.photo()),
            ("A view of the quay", "Figure 1: The quay", "Picture: A view of the quay"),
        ),
        (
            "quay.html",
            f"<p>Before.</p><figure><img src='{made.data_address(made.photo())}' alt='A view'>"
            "<figcaption>The quay in June</figcaption></figure>",
            ("A view", "The quay in June", "A view"),
        ),
        ("quay.mhtml", made.saved_page(made.photo()), ("A view", "The quay in June", "A view")),
        ("quay.epub", made.book(made.photo()), ("The quay", "", "The quay")),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_each_format_keeps_its_pictures(
    pool: ReaderPool, write: Write, name: str, content: bytes | str, expected: tuple[str, str, str]
) -> None:
    path = write(name, content)
    reading = pool.read(path, name, limits=OFF)
    assert only(reading) == expected
    assert shown(pool, path, reading.pictures[0].where).size == (200, 133)
    assert reading.warnings == ()
    with pytest.raises(ReadError, match="no such picture"):
        pool.picture(path, name, None, OFF, where="../../etc/passwd", width=200)


def test_a_mail_keeps_the_pictures_of_its_body(pool: ReaderPool, write: Write) -> None:
    path = write("quay.eml", made.mail(made.photo((900, 600), "JPEG")))
    reading = pool.read(path, "quay.eml", limits=OFF)
    assert only(reading) == ("", "", "")
    assert shown(pool, path, reading.pictures[0].where).size == (200, 133)


def test_a_picture_of_a_pdf_has_its_place_and_caption(pool: ReaderPool, write: Write) -> None:
    text = "The quay was repaired.\n" + "\n" * 0 + "Figure 2: The quay in June"
    path = write(
        "quay.pdf", made.pdf([(text, made.photo(), (72, 470, 300, 200)), ("The end.", None, (0, 0, 0, 0))])
    )
    reading = pool.read(path, "quay.pdf", limits=OFF)
    (one,) = reading.pictures
    assert (one.page, one.caption) == (1, "Figure 2: The quay in June")
    assert one.box is not None
    edges = (one.box.left, one.box.top, one.box.right, one.box.bottom)
    assert edges == pytest.approx((72 / 612, 122 / 792, 372 / 612, 322 / 792), abs=0.002)
    image = shown(pool, path, one.where, 300).convert("L")
    assert image.size == (300, 200)
    assert [image.getpixel((150, y)) for y in (10, 190)] == pytest.approx([12, 242], abs=12), (
        "it is the picture"
    )
