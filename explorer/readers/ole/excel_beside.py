"""What stands on the sheets of an old Excel workbook beside their cells: notes, text boxes, charts, headers.

calamine gives cells alone. The records are those of Microsoft's documentation of the format, [MS-XLS]: the
words of a note or a box stand in a record behind the one that numbers it, and those of a note are found by
that number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from explorer.readers.ole.excel import BOF, BookStyles, narrow, records, wide

_NOTE, _OBJECT, _WORDS, _CONTINUE = 0x1C, 0x5D, 0x1B6, 0x3C
_HEADER, _FOOTER, _MORE_RUNNING, _SERIES_TEXT = 0x14, 0x15, 0x89C, 0x100D
_OF_NOTE = 0x19
"""The kind of object that a note is."""
_OLD_HOLDERS = frozenset([6, 7, 8, 11, 12, 14, 19])
"""The kinds of objects of Excel 5 that hold words or a picture: a box, a button, a tick, a label, a frame."""
_CHART = 0x20
_FRESH_ROW = 0xFFFF
"""The row of a record that goes on with the note before it (Excel 5)."""


@dataclass(frozen=True, slots=True)
class CellNote:
    """A note on a cell; row and column count from 0."""

    row: int
    column: int
    author: str
    text: str


@dataclass(slots=True)
class BesideCells:
    """What stands on one sheet beside its cells."""

    notes: list[CellNote] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    """The words of text boxes, shapes and buttons."""
    charts: list[list[str]] = field(default_factory=list)
    """The words of each chart: its title, the names of its axes and series, as far as they stand in it."""
    running: list[str] = field(default_factory=list)
    """Headers and footers, in Excel's codes."""
    unread: int = 0
    """How many text boxes, buttons and pictures of Excel 5 there are, whose content is not known here."""


def beside_cells(stream: bytes, start: int, styles: BookStyles) -> BesideCells:
    """What stands beside the cells of the sheet that begins at `start` in a workbook's stream."""
    found = BesideCells()
    words = _Words()
    noted: list[tuple[int, int, int, str]] = []
    for kind, data, depth in records(stream, start):
        words.take(kind, data)
        if kind == BOF and int.from_bytes(data[2:4], "little") == _CHART:
            found.charts.append([])
        elif kind == _SERIES_TEXT and found.charts and len(data) > 4:
            text = wide(data[2:3] + b"\0" + data[3:]) if styles.is_wide else narrow(data[2:], styles.codepage)
            found.charts[-1].append(text)
        elif kind == _OBJECT and not styles.is_wide:
            found.unread += int.from_bytes(data[4:6], "little") in _OLD_HOLDERS
        elif kind in (_HEADER, _FOOTER) and depth == 1 and len(data) > 1:
            found.running.append(wide(data) if styles.is_wide else narrow(data, styles.codepage))
        elif kind == _MORE_RUNNING and depth == 1:
            found.running += _even_and_first(data)
        elif kind == _NOTE and styles.is_wide and len(data) > 10:
            row, column, _, number = struct.unpack_from("<HHHH", data)
            noted.append((row, column, number, wide(data[8:])))
        elif kind == _NOTE and not styles.is_wide and len(data) > 6:
            _add_old_note(found.notes, data, styles.codepage)
    words.end()
    found.notes += (
        CellNote(row, column, author, words.by_number.get(number, ""))
        for row, column, number, author in noted
    )
    found.boxes += [text for text in words.others if text.strip()]
    return found


class _Words:
    """Gathers the words of objects while records come: an object, its words, and how they go on."""

    def __init__(self) -> None:
        self.by_number: dict[int, str] = {}
        """Number of a note → its words."""
        self.others: list[str] = []
        self._object = (0, 0)
        self._left = 0
        self._pieces: list[str] = []

    def take(self, kind: int, data: bytes) -> None:
        """Takes the next record."""
        if kind == _CONTINUE and self._left:
            self._go_on(data)
            return
        self.end()
        if kind == _OBJECT and len(data) >= 8:
            self._object = (int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little"))
        elif kind == _WORDS and len(data) >= 12:
            self._left = int.from_bytes(data[10:12], "little")

    def end(self) -> None:
        """Keeps the words that were gathered."""
        if self._pieces:
            kind, number = self._object
            text = "".join(self._pieces).replace("\r\n", "\n").replace("\r", "\n")
            if kind == _OF_NOTE:
                self.by_number[number] = text
            else:
                self.others.append(text)
        self._left, self._pieces = 0, []

    def _go_on(self, data: bytes) -> None:
        """Characters, behind a byte that says whether they have one byte or two."""
        width = 1 + (data[0] & 1 if data else 0)
        held = data[1 : 1 + self._left * width]
        self._pieces.append(held.decode("utf-16-le" if width == 2 else "latin-1", "replace"))
        self._left = max(self._left - max(len(held) // width, 1), 0)


def _add_old_note(notes: list[CellNote], data: bytes, codepage: str) -> None:
    """Adds a note of Excel 5, whose words stand in it, or go on with the note before."""
    row, column, _ = struct.unpack_from("<HHH", data)
    text = narrow(bytes([min(len(data) - 6, 255)]) + data[6:261], codepage) + (
        narrow(bytes([255]) + data[261:], codepage) if len(data) > 261 else ""
    )
    if row == _FRESH_ROW and notes:
        before = notes.pop()
        notes.append(CellNote(before.row, before.column, "", before.text + text))
    else:
        notes.append(CellNote(row, column, "", text))


def _even_and_first(data: bytes) -> Iterator[str]:
    """Headers and footers of even and of first pages, where they are used; not those of saved views."""
    if len(data) < 38 or any(data[12:28]):
        return
    flags, *lengths = struct.unpack_from("<HHHHH", data, 28)
    at = 38
    for number, length in enumerate(lengths):
        if not length:
            continue
        text = wide(data[at:]) if at + 3 <= len(data) else ""
        at += 3 + length * (1 + (data[at + 2] & 1 if at + 2 < len(data) else 0))
        if flags >> number // 2 & 1:
            yield text
