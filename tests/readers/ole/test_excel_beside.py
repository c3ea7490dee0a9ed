"""What stands beside the cells of an old workbook: `explorer.readers.ole.excel_beside`."""

from __future__ import annotations

import struct

from explorer.readers.office import left_out
from explorer.readers.ole import excel
from explorer.readers.ole.excel_beside import beside_cells
from tests.readers.conftest import Read, Write
from tests.readers.ole.test_excel import number, record, workbook
from tests.readers.ole_files import ole


def wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def drawn(kind: int, number: int, *pieces: str) -> bytes:
    """An object with words, in as many records as there are pieces; every other one has a byte a letter."""
    held = record(0x5D, struct.pack("<HHHHH12x", 0x15, 18, kind, number, 0))
    length = sum(map(len, pieces))
    held += record(0x1B6, struct.pack("<HH6xHHI", 0x212, 0, length, 16, 0)) if length else b""
    for place, piece in enumerate(pieces):
        is_wide = place % 2 == 0
        held += record(0x3C, bytes([is_wide]) + piece.encode("utf-16-le" if is_wide else "latin-1"))
    return held + (record(0x3C, bytes(16)) if length else b"")


def note(row: int, column: int, number: int, author: str) -> bytes:
    return record(0x1C, struct.pack("<HHHH", row, column, 0, number) + wide(author) + b"\0")


def chart(*words: str) -> bytes:
    texts = (record(0x100D, struct.pack("<HBB", 0, len(text), 0) + text.encode()) for text in words)
    return (
        record(0x809, struct.pack("<HHHHII", 0x600, 0x20, 0, 0, 0, 0)) + b"".join(texts) + record(0x0A, b"")
    )


def test_notes_boxes_and_charts_of_an_old_workbook(write: Write, read: Read) -> None:
    stream = workbook(
        number(0, 0, 0, 7.0),
        drawn(0x19, 1, "Ann:\nMeasured in ", "caf\xe9s", " of Łódź"),
        drawn(0x06, 2, "In a box"),
        drawn(0x05, 3),
        chart("Silt by quarter", "", "Year"),
        drawn(0x19, 4, "Unused"),
        note(1, 27, 1, "Ann"),
        note(2, 0, 9, "Nobody"),
    )
    assert read(write("a.xls", ole({"Workbook": stream}))).text == (
        "Sums\n\n7\n\nChart: Silt by quarter; Year\n\nIn a box\n\n"
        "Comment on AB2 by Ann: Ann: Measured in cafés of Łódź"
    )


def test_notes_of_excel_5() -> None:
    head = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0)) + record(0x42, struct.pack("<H", 1250))
    start = len(head)
    notes = record(0x1C, struct.pack("<HHH", 3, 1, 16) + "Mierzone ".encode("cp1250"))
    notes += record(0x1C, struct.pack("<HHH", 0xFFFF, 0, 7) + "w Łodzi".encode("cp1250"))
    running = record(0x14, b"\x0a" + "&CUrząd &P".encode("cp1250"))
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0)) + notes + running + record(0x0A, b"")
    found = beside_cells(head + sheet, start, excel.styles(head))
    assert [(each.row, each.column, each.text) for each in found.notes] == [(3, 1, "Mierzone w Łodzi")]
    assert found.running == ["&CUrząd &P"]


def test_what_excel_5_draws_is_counted() -> None:
    head = record(0x809, struct.pack("<HHHH", 0x500, 5, 0, 0))
    kinds = (0, 1, 5, 6, 8, 20)  # a group, a line, a chart, a box, a picture, an arrow of a filter
    drawn_there = b"".join(record(0x5D, struct.pack("<IHH12x", 1, kind, 1)) for kind in kinds)
    sheet = record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0)) + drawn_there + record(0x0A, b"")
    assert beside_cells(head + sheet, len(head), excel.styles(head)).unread == 2
    assert left_out.of_old_objects(2) == [
        "2 text boxes or pictures were not read, as the workbook is one of Excel 5."
    ]
    assert left_out.of_old_objects(0) == []


def test_cut_and_broken_records_give_what_they_hold() -> None:
    whole = workbook(drawn(0x19, 1, "Some words", " more"), note(0, 0, 1, "Ann"), chart("Title"))
    start = excel.styles(whole).sheets[0]
    for end in range(start, len(whole)):
        styles = excel.styles(whole)
        assert len(beside_cells(whole[:end], start, styles).notes) <= 1
        broken = bytearray(whole)
        broken[end] ^= 0xFF
        assert len(beside_cells(bytes(broken), start, styles).notes) <= 1
