"""Office files with a password: read by the readers of their formats, with all that these keep and check.

By `explorer.readers.containers.protected`.
"""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from explorer.errors import PasswordNeeded, ReadError
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import pptx, relations, rows, shape, xlsx, zipped
from tests.readers.office.test_docx import W, package, paragraph

WORD = "open sesame"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def locked(data: bytes, password: str = WORD) -> bytes:
    """An Office file under a password. It is padded: msoffcrypto writes small ones wrong."""
    padding = random.Random(4).randbytes(5000)
    plain = io.BytesIO(zipped({**members(data), "[Content_Types].xml": TYPES, "padding.bin": padding}))
    out = io.BytesIO()
    OOXMLFile(plain).encrypt(password, out)
    return out.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_workbook_keeps_comments_and_far_cells(write: Write, read: Read) -> None:
    comments = (
        '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>Ada</author>'
        '</authors><commentList><comment ref="B2" authorId="0"><text><t>Ask again</t></text></comment>'
        "</commentList></comments>"
    )
    sheet = rows(("Name", "Sales"), ("North", 7)).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>42</v></c></row></sheetData>'
    )
    data = xlsx(
        {"S": sheet},
        parts={
            "xl/comments1.xml": comments,
            "xl/worksheets/_rels/sheet1.xml.rels": relations({"c": ("comments", "../comments1.xml")}),
        },
    )
    plain = read(write("plain.xlsx", data))
    assert "Comment on B2 by Ada: Ask again" in plain.text
    reading = read(write("a.xlsx", locked(data)), password=WORD)
    assert reading == plain
    assert "42" in reading.text


def test_a_document_keeps_footnotes(write: Write, read: Read) -> None:
    body = paragraph("Said") + f'<w:p {W}><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    notes = f'<w:footnotes {W}><w:footnote w:id="2">{paragraph("As told")}</w:footnote></w:footnotes>'
    data = package(body, footnotes=notes)
    plain = read(write("plain.docx", data))
    assert "[1] As told" in plain.text
    assert read(write("a", locked(data)), password=WORD) == plain


def test_slides_are_read_as_without_a_password(write: Write, read: Read) -> None:
    data = pptx(shape("First"), shape("Second"), notes={2: "Say it"})
    reading = read(write("a.xlsx", locked(data)), password=WORD)
    assert reading.kind == "pptx"
    assert [page.text.strip() for page in reading.text_pages] == ["First", "Second\n\nNotes: Say it"]


def test_packages_are_checked(write: Write, read: Read) -> None:
    bomb = "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"
    for name in ("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"):
        with pytest.raises(ReadError, match="declares a document type"):
            read(write("a.docx", locked(zipped({name: bomb}))), password=WORD)
    padded = zipped({"ppt/presentation.xml": b" " * (2 << 20)})
    with pytest.raises(ReadError, match=r"^a\.pptx unpacks to more than 1 MB"):
        read(write("a.pptx", locked(padded)), password=WORD, inflated_mb=1)
    with pytest.raises(ReadError, match="holds no text that is known"):
        read(write("a.docx", locked(zipped({"other.xml": "<x/>"}))), password=WORD)


@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_the_password_is_asked_for(write: Write, read: Read, password: str | None) -> None:
    path = write("a.xlsx", locked(xlsx({"S": rows(("x",))})))
    with pytest.raises(PasswordNeeded, match=r"enter its password\.$"):
        read(path, password=password)


def test_what_no_password_opens_does_not_ask_for_one(write: Write, read: Read) -> None:
    data = locked(xlsx({"S": rows(("x",))}))
    extensible = data.replace(b"\x04\x00\x04\x00\x40\x00\x00\x00", b"\x04\x00\x03\x00\x40\x00\x00\x00")
    declares = data.replace(b'<?xml version="1.0" encoding="UTF-8"', b"<!DOCTYPE x>".ljust(36))
    damaged = data.replace(b"saltValue", b"saltvalue")
    for each, said in ((extensible, "in a way"), (declares, "in a way"), (damaged, "damaged")):
        assert each != data
        with pytest.raises(ReadError, match=said) as told:
            read(write("a.xlsx", each), password=WORD)
        assert not isinstance(told.value, PasswordNeeded)


def test_an_old_workbook_does_not_ask_either(zoo: Path, write: Write, read: Read) -> None:
    data = bytearray((zoo / "docling/xls/legacy_sample.xls").read_bytes())
    start = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    data[start : start + 2] = b"\x2f\x00"  # FilePass follows the beginning of the workbook
    with pytest.raises(
        ReadError, match=r"^a\.xls is protected with a password\. Save it without one"
    ) as told:
        read(write("a.xls", bytes(data)), password=WORD)
    assert not isinstance(told.value, PasswordNeeded)
