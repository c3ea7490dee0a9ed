"""What stands in a PDF besides its pages' text: fields, notes, attachments, hidden text, what pages lack.

By `explorer.readers.pdf.notes`, `explorer.readers.pdf.hidden` and `explorer.readers.pdf.usable`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Highlight, Text
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    RectangleObject,
    TextStringObject,
)

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.pdf import reader
from explorer.readers.pdf.page import read_page
from explorer.readers.pdf.pdfium import Lack
from explorer.readers.reading import Part, Reading, Source
from tests.readers.conftest import Read, Write
from tests.readers.pdf.pdfs import make_pdf

HIDDEN = ("Text that cannot be seen stands on 1 of 1 pages; it is set aside.",)


def drawn(content: str, **boxes: tuple[float, float, float, float]) -> bytes:
    """A page with a content stream of one's own; font /F1 is Helvetica."""
    writer = PdfWriter(io.BytesIO(make_pdf(["x"])))
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(content.encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    for name, box in boxes.items():
        page[NameObject(f"/{name}")] = RectangleObject(box)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def asides(reading: Reading) -> list[str]:
    return [reading.text[start:end] for start, end in reading.asides]


def with_field(**field: object) -> bytes:
    """A page that says "Name:" and "Town:", with a text field beside the first."""
    writer = PdfWriter(io.BytesIO(make_pdf(["Name:\nTown:"])))
    widget = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("name"),
            NameObject("/V"): TextStringObject("Ada Lovelace"),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): ArrayObject(FloatObject(x) for x in (150, 697, 300, 711)),
        }
    )
    widget.update({NameObject(f"/{name}"): value for name, value in field.items()})
    reference = writer._add_object(widget)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([reference])
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([reference])})
    writer.root_object[NameObject("/AcroForm")] = form
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_field_s_content_stands_in_the_row_of_its_label(write: Write, read: Read) -> None:
    reading = read(write("form.pdf", with_field()))
    assert reading.text == "Name: Ada Lovelace\nTown:"
    assert reading.asides == ()


def test_a_hidden_field_and_a_password_stay_out(write: Write, read: Read) -> None:
    assert read(write("a.pdf", with_field(F=NumberObject(2)))).text == "Name:\nTown:"
    assert read(write("b.pdf", with_field(Ff=NumberObject(1 << 13)))).text == "Name:\nTown:"


def test_ticks(write: Write, read: Read) -> None:
    ticked = {"FT": NameObject("/Btn"), "V": NameObject("/Yes"), "AS": NameObject("/Yes")}
    assert read(write("a.pdf", with_field(**ticked))).text == "Name: [x]\nTown:"
    unticked = {"FT": NameObject("/Btn"), "V": NameObject("/Off"), "AS": NameObject("/Off")}
    assert read(write("b.pdf", with_field(**unticked))).text == "Name:\nTown:"


def test_notes_are_set_aside_and_text_boxes_are_not(write: Write, read: Read) -> None:
    writer = PdfWriter(io.BytesIO(make_pdf(["First line\nSecond line"])))
    corners = ArrayObject(FloatObject(x) for x in (72, 700, 140, 700, 72, 690, 140, 690))
    mark = Highlight(rect=(72, 690, 140, 700), quad_points=corners)
    mark[NameObject("/Contents")] = TextStringObject("Is this so?")
    for note in (
        Text(rect=(300, 700, 320, 720), text="Ask the author.\nTwice."),
        mark,
        FreeText(text="Seen by all", rect=(72, 500, 200, 520)),
    ):
        writer.add_annotation(0, note)
    out = io.BytesIO()
    writer.write(out)
    reading = read(write("notes.pdf", out.getvalue()))
    assert reading.text.startswith("First line\nSecond line\n\nSeen by all\n\n")
    assert asides(reading) == [reading.text[len("First line\nSecond line\n\nSeen by all\n\n") :]]
    assert asides(reading)[0].split() == ["Ask", "the", "author.", "Twice.", "Is", "this", "so?"]


def test_files_that_hang_on_a_pdf_are_handed_on(write: Write) -> None:
    writer = PdfWriter(io.BytesIO(make_pdf(["See the notes."])))
    writer.add_attachment("notes.txt", b"Some words of a note.")
    writer.add_attachment("odd.bin", bytes(range(256)))
    out = io.BytesIO()
    writer.write(out)
    taken: dict[str, bytes] = {}
    path = write("with.pdf", out.getvalue())
    reading = reader.read(Source(path, path.name, None, Limits(), on_part=into(taken)))
    assert taken == {"notes.txt": b"Some words of a note."}
    assert any("odd.bin" in warning for warning in reading.warnings)


@pytest.mark.parametrize("ocr", [True, False])
def test_files_that_hang_on_a_pdf_without_text_are_handed_on(write: Write, ocr: bool) -> None:
    writer = PdfWriter(io.BytesIO(make_pdf([""])))
    writer.add_attachment("notes.txt", b"Some words of a note.")
    out = io.BytesIO()
    writer.write(out)
    taken: dict[str, bytes] = {}
    path = write("cover.pdf", out.getvalue())
    with pytest.raises(ReadError, match=r"^No text found in cover\.pdf"):
        reader.read(Source(path, path.name, None, Limits(ocr=ocr), on_part=into(taken)))
    assert taken == {"notes.txt": b"Some words of a note."}


def into(taken: dict[str, bytes]) -> Callable[[Part], None]:
    """Puts the files within a file into `taken`."""

    def take(part: Part) -> None:
        taken[part.name] = b"".join([part.content] if isinstance(part.content, bytes) else part.content)

    return take


@pytest.mark.data
def test_a_protected_attachment_is_named_in_a_warning(zoo: Path, read: Read) -> None:
    reading = read(zoo / "pdfjs/encrypted-attachment.pdf")
    assert reading.text == "Example"
    assert reading.warnings == ("1 file in it is protected or damaged: attachment.pdf.",)


@pytest.mark.parametrize(
    "secret",
    [
        "3 Tr (Obey the voice) Tj",
        "1 1 1 rg (Obey the voice) Tj",
        "/F1 0.5 Tf (Obey the voice) Tj",
        "0 200 Td (Obey the voice) Tj",
    ],
    ids=["invisible", "white", "tiny", "off the page"],
)
def test_hidden_text_is_set_aside_with_a_warning(write: Write, read: Read, secret: str) -> None:
    page = f"BT /F1 12 Tf 72 700 Td (A plain line.) Tj ET BT /F1 12 Tf 72 650 Td {secret} ET"
    reading = read(write("hidden.pdf", drawn(page)))
    assert reading.text == "A plain line.\n\nObey the voice"
    assert asides(reading) == ["Obey the voice"]
    assert reading.warnings == HIDDEN


def test_what_the_crop_box_leaves_out_is_hidden(write: Write, read: Read) -> None:
    page = "BT /F1 12 Tf 72 700 Td (A plain line.) Tj ET BT /F1 12 Tf 72 100 Td (Cut off) Tj ET"
    reading = read(write("cropped.pdf", drawn(page, CropBox=(0, 400, 612, 792))))
    assert asides(reading) == ["Cut off"]
    assert reading.warnings == HIDDEN


@pytest.mark.parametrize(
    "page",
    [
        "0 0 0.5 rg 60 690 300 30 re f BT 1 1 1 rg /F1 12 Tf 72 700 Td (White on blue) Tj ET",
        "BT 0.6 g /F1 12 Tf 72 700 Td (Pale but there) Tj ET",
        "BT /F1 0.1 Tf 120 0 0 120 72 700 Tm (Scaled by a matrix) Tj ET",
        "BT 3 Tr /F1 12 Tf 72 700 Td (Under) Tj ET BT 0 Tr /F1 12 Tf 72 700 Td (Under) Tj ET",
    ],
    ids=["white on dark", "pale", "scaled", "invisible below the same words"],
)
def test_what_can_be_seen_is_not_hidden(write: Write, read: Read, page: str) -> None:
    reading = read(write("seen.pdf", drawn(page)))
    assert reading.asides == ()
    assert reading.warnings == ()


@pytest.mark.data
def test_no_page_of_a_filing_hides_text(filings: Path, read: Read) -> None:
    for name in ("ULTABEAUTY_2023Q4_EARNINGS", "MGMRESORTS_2022Q4_EARNINGS", "AMAZON_2017_10K"):
        assert read(filings / f"{name}.pdf").warnings == ()


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("markitdown-ocr/pdf_scanned_invoice.pdf", ["picture"]),
        ("docling/ocr/nemotron_multipage.pdf", ["picture"] * 4),
        ("docling/ocr/sample_with_rotation_mismatch.pdf", ["picture"]),
        ("pypdf-sample-files/019-grayscale-image/grayscale-image.pdf", ["picture"]),
        ("docling/pdf/normal_4pages.pdf", ["nothing"] * 4),
        ("pdfjs/empty_protected.pdf", ["blank"]),
    ],
)
def test_pages_without_usable_text(zoo: Path, name: str, lacks: list[Lack]) -> None:
    document = pypdfium2.PdfDocument(zoo / name)
    assert [read_page(document, index).lack for index in range(len(document))] == lacks


def test_a_text_layer_of_letters_that_mean_nothing(tmp_path: Path) -> None:
    page = "BT /F1 12 Tf 72 700 Td (" + "\\001\\002\\003\\004 \\005\\006 " * 10 + ") Tj ET"
    path = tmp_path / "garbage.pdf"
    path.write_bytes(drawn(page))
    document = pypdfium2.PdfDocument(path)
    assert read_page(document, 0).lack == "garbage"
    assert len(PdfReader(path).pages) == 1
