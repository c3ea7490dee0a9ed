"""Number formats of old Excel workbooks, by records made by hand.

`explorer.readers.ole.excel`, as `explorer.readers.office.xls` uses it.
"""

from __future__ import annotations

import struct

import pytest

from explorer.errors import ReadError
from explorer.readers.ole import excel
from tests.readers.conftest import Read, Write
from tests.readers.ole_files import ole

CODES = ("00000", "0.000000", "#,##0.00_);(#,##0.00)", "[h]:mm", "0%", "dd/mm/yyyy")


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def workbook(*cells: bytes, since_1904: bool = False, head: bytes = b"") -> bytes:
    """A workbook with one sheet; style 0 is General, the others have the formats of `CODES`.

    `head`: more records of the workbook itself.
    """
    more = head
    head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + record(0x42, b"\xb0\x04")
    head += record(0x22, struct.pack("<H", since_1904))
    for number, code in enumerate(CODES, start=164):
        head += record(0x41E, struct.pack("<HHB", number, len(code), 0) + code.encode())
    for number in (0, *range(164, 164 + len(CODES))):
        head += record(0xE0, struct.pack("<HH16x", 0, number))
    head += more
    name = b"Sums"
    length = len(head) + 4 + 8 + len(name) + 4
    head += record(0x85, struct.pack("<IBBBB", length, 0, 0, len(name), 0) + name) + record(0x0A, b"")
    rows = record(0x200, struct.pack("<IIHHH", 0, 40, 0, 20, 0))
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + rows
    return head + sheet + b"".join(cells) + record(0x0A, b"")


def number(row: int, column: int, style: int, value: float) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def formula(row: int, column: int, style: int, value: float) -> bytes:
    return record(0x06, struct.pack("<HHHdHIH", row, column, style, value, 0, 0, 3) + b"\x1e\x01\x00")


def shorts(row: int, column: int, *cells: tuple[int, int]) -> bytes:
    """Cells side by side: (style, a whole number)."""
    held = b"".join(struct.pack("<HI", style, value << 2 | 2) for style, value in cells)
    return record(0xBD, struct.pack("<HH", row, column) + held + struct.pack("<H", column + len(cells) - 1))


def test_numbers_of_old_workbooks_are_shown_as_in_their_cells(write: Write, read: Read) -> None:
    stream = workbook(
        number(0, 0, 1, 123.0),
        number(0, 1, 2, 0.000012),
        number(0, 2, 0, 4111111111111112.0),
        number(1, 0, 3, -1234.5),
        number(1, 1, 4, 1.5),
        formula(1, 2, 5, 0.285),
        shorts(2, 0, (1, 7), (0, 8), (6, 45292)),
    )
    reading = read(write("a.xls", ole({"Workbook": stream})))
    assert reading.text == (
        "Sums\n\n00123 | 0.000012 | 4111111111111112\n(1,234.50) | 36:00 | 29%\n00007 | 8 | 2024-01-01"
    )


def test_a_workbook_that_counts_from_1904(write: Write, read: Read) -> None:
    stream = workbook(number(0, 0, 6, 1.0), since_1904=True)
    assert read(write("a.xls", ole({"WORKBOOK": stream}))).text == "Sums\n\n1904-01-02"


@pytest.mark.parametrize(
    ("short", "value"),
    [(7 << 2 | 2, 7.0), ((-7 << 2 | 2) & 0xFFFFFFFF, -7.0), (123 << 2 | 3, 1.23), (0x3FF00000, 1.0)],
)
def test_numbers_in_short(short: int, value: float) -> None:
    assert excel.unpacked(short) == value


def test_cut_streams_give_what_they_hold() -> None:
    stream = workbook(number(0, 0, 1, 123.0), shorts(2, 0, (1, 7)))
    for end in range(len(stream)):
        found = excel.styles(stream[:end])
        for start in found.sheets:
            assert len(list(excel.numbers(stream[:end], start))) <= 2


def test_an_encrypted_stream_has_no_formats() -> None:
    sealed = record(0x809, struct.pack("<HH", 0x600, 5)) + record(0x2F, bytes(6)) + record(0xE0, bytes(20))
    assert excel.styles(sealed) == excel.BookStyles()


def test_a_workbook_that_ends_before_its_sheet_is_damaged(write: Write, read: Read) -> None:
    """calamine looks for the sheet behind the end, and stops with a panic, which is no Exception."""
    stream = workbook(number(0, 0, 0, 7.0))
    sheet = excel.styles(stream).sheets[0]
    with pytest.raises(ReadError, match=r"^a\.xls could not be read: the file is damaged\.$"):
        read(write("a.xls", ole({"Workbook": stream[: sheet - 4]})))
