"""Binary Excel workbooks, made of records by hand: `explorer.readers.office.xlsb`."""

from __future__ import annotations

import struct
from datetime import date

import pytest

from explorer.errors import ReadError
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import relations, zipped

CODES = ("00000", "#,##0.00", "yyyy-mm-dd")


def varied(number: int) -> bytes:
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def record(kind: int, content: bytes = b"") -> bytes:
    return varied(kind) + varied(len(content)) + content


def string(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def row(number: int) -> bytes:
    return record(0, struct.pack("<I", number) + bytes(13))


def cell(kind: int, column: int, content: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + content)


def real(column: int, value: float, style: int = 0, kind: int = 5) -> bytes:
    return cell(kind, column, struct.pack("<d", value), style)


SHEET = (
    row(0) + cell(7, 0, struct.pack("<I", 0)) + cell(7, 1, struct.pack("<I", 1))
    + row(1) + real(0, 123.0, 1) + real(1, 4111111111111112.0) + cell(2, 2, struct.pack("<I", 7 << 2 | 2))
    + row(2) + real(0, 1234.5, 2, kind=9) + real(1, 45292.0, 3) + cell(6, 2, string("within"))
    + row(4) + cell(4, 0, b"\1") + cell(3, 1, b"\x07") + cell(8, 2, string("joined"))
    + cell(62, 3, b"\0" + string("rich"))
    + record(176, struct.pack("<IIII", 4, 4, 3, 4))
)  # fmt: skip


def workbook(sheet: bytes = SHEET, **parts: str | bytes) -> bytes:
    formats = b"".join(
        record(44, struct.pack("<H", number) + string(code)) for number, code in enumerate(CODES, start=164)
    )
    styles = b"".join(
        record(47, struct.pack("<HHHHHHI", 0, number, 0, 0, 0, 0, 0)) for number in (0, 164, 165, 166)
    )
    sheets = record(156, struct.pack("<II", 0, 1) + string("r1") + string("Sums"))
    sheets += record(156, struct.pack("<II", 1, 2) + string("r2") + string("Away"))
    core = (
        '<p xmlns:dc="urn:dc" xmlns:t="urn:t"><dc:title>A book</dc:title>'
        "<dc:creator>Ada</dc:creator><t:created>2024-05-06T00:00:00Z</t:created></p>"
    )
    targets = {
        "r1": ("worksheet", "worksheets/sheet1.bin"),
        "r2": ("worksheet", "worksheets/sheet2.bin"),
        "r3": ("styles", "styles.bin"),
        "r4": ("sharedStrings", "sharedStrings.bin"),
    }
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": record(153, bytes(8)) + sheets,
            "xl/_rels/workbook.bin.rels": relations(targets),
            "xl/styles.bin": formats + record(617) + styles + record(618),
            "xl/sharedStrings.bin": record(19, b"\0" + string("Name")) + record(19, b"\0" + string("Größe")),
            "xl/worksheets/sheet1.bin": sheet,
            "xl/worksheets/sheet2.bin": row(0) + cell(6, 0, string("hidden words")),
            "docProps/core.xml": core,
            **parts,
        }
    )


def test_a_binary_workbook_is_read_as_any_other(write: Write, read: Read) -> None:
    reading = read(write("a.xlsb", workbook()))
    assert reading.kind == "xls"
    assert reading.text == (
        "Sums\n\nName | Größe\n00123 | 4111111111111112 | 7\n1,234.50 | 2024-01-01 | within\n\n"
        "TRUE | #DIV/0! | joined | rich | rich\n\nAway\n\nhidden words"
    )
    assert [page.label for page in reading.text_pages] == ["Sums", "Away"]
    assert (reading.title, reading.author, reading.date) == ("A book", "Ada", date(2024, 5, 6))
    assert reading.warnings == ("1 sheet is hidden in the workbook, and read as well.",)


def test_comments_and_text_boxes_of_a_binary_workbook(write: Write, read: Read) -> None:
    comments = record(632, string("Ada")) + record(635, struct.pack("<IIIII", 0, 1, 1, 27, 27) + bytes(16))
    comments += record(637, b"\0" + string("Is that so?"))
    parts = {
        "xl/worksheets/_rels/sheet1.bin.rels": relations(
            {"a": ("comments", "../comments1.bin"), "b": ("drawing", "../drawings/drawing1.xml")}
        ),
        "xl/comments1.bin": comments,
        "xl/drawings/drawing1.xml": (
            "<d:wsDr xmlns:d='d' xmlns:a='a'><d:twoCellAnchor><d:sp><d:txBody><a:p><a:r><a:t>In a box"
            "</a:t></a:r></a:p></d:txBody></d:sp></d:twoCellAnchor></d:wsDr>"
        ),
    }
    text = read(write("a.xlsb", workbook(**parts))).text
    assert "\n\nComment on AB2 by Ada: Is that so?\n\nIn a box\n" in text


def test_cut_sheets_give_what_they_hold(write: Write, read: Read) -> None:
    for end in range(0, len(SHEET), 7):
        assert read(write("a.xlsb", workbook(SHEET[:end]))).text.endswith("hidden words")
    with pytest.raises(ReadError, match=r"^a\.xlsb has no text\.$"):
        read(write("a.xlsb", zipped({"xl/workbook.bin": b"\xff" * 40, "[Content_Types].xml": ""})))
