"""Small PDFs, made with pypdf."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
    TextStringObject,
)


def make_pdf(
    pages: Sequence[str],
    *,
    labels: tuple[int, str] | None = None,
    password: tuple[str, str] | None = None,
    title: str | None = None,
    looping_outline: bool = False,
) -> bytes:
    """A PDF with lines of Helvetica on each page; an empty string makes a blank page."""
    writer = PdfWriter()
    for text in pages:
        page = writer.add_blank_page(612, 792)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        shown = " T* ".join(f"({line}) Tj" for line in text.split("\n") if line)
        stream.set_data(f"BT /F1 12 Tf 14 TL 72 700 Td {shown} ET".encode("latin-1") if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
    if labels:
        writer.set_page_label(labels[0], len(pages) - 1, labels[1])
    if title:
        writer.add_metadata({"/Title": title})
    if looping_outline:
        _loop(writer)
    if password:
        writer.encrypt(password[0], password[1], algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def turned(data: bytes, rotation: int = 0, crop: tuple[float, float, float, float] | None = None) -> bytes:
    """The first page of a PDF with a rotation and a crop box (left, bottom, right, top)."""
    writer = PdfWriter()
    page = writer.add_page(PdfReader(io.BytesIO(data)).pages[0])
    page[NameObject("/Rotate")] = NumberObject(rotation)
    if crop:
        page.cropbox = RectangleObject(crop)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _loop(writer: PdfWriter) -> None:
    """An outline whose first entry is its own child and its own next."""
    entry = DictionaryObject({NameObject("/Title"): TextStringObject("Chapter one")})
    reference = writer._add_object(entry)
    entry[NameObject("/Dest")] = ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])
    for key in ("/First", "/Last", "/Next"):
        entry[NameObject(key)] = reference
    outline = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Outlines"),
            NameObject("/First"): reference,
            NameObject("/Last"): reference,
        }
    )
    writer.root_object[NameObject("/Outlines")] = writer._add_object(outline)
