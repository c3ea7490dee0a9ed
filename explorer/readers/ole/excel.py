"""Which number format each cell of an old Excel workbook (BIFF5 and BIFF8) has, by its records.

calamine gives the values of cells, without what their formats make of them. The records are those of
Microsoft's documentation of the format, [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

BOF, _EOF, _SHEET, _FORMAT, _XF, _DATES, _CODEPAGE, _SEALED = (
    0x809,
    0x0A,
    0x85,
    0x41E,
    0xE0,
    0x22,
    0x42,
    0x2F,
)
_NUMBER, _SHORT, _SHORTS, _FORMULA = 0x203, 0x27E, 0xBD, 0x06
_DRAWING_STORE, _DRAWING, _GOES_ON = 0xEB, 0xEC, 0x3C
_MOST_SHEETS = 10_000


@dataclass(slots=True)
class BookStyles:
    """The number formats of a workbook, and what they are used for."""

    codes: dict[int, str] = field(default_factory=dict)
    """Format's id → its pattern, where the file states one."""
    formats: list[int] = field(default_factory=list)
    """Style's number → format's id."""
    since_1904: bool = False
    is_wide: bool = True
    """Whether strings are those of BIFF8, in Unicode."""
    codepage: str = "cp1252"
    """The code page of strings that are not, by Python's name of it."""
    sheets: list[int] = field(default_factory=list)
    """Where each sheet begins in the stream, in the workbook's order."""

    def style(self, number: int) -> tuple[int, str | None]:
        """(id of the format of a style, its pattern or None)."""
        found = self.formats[number] if number < len(self.formats) else 0
        return found, self.codes.get(found)


def styles(stream: bytes) -> BookStyles:
    """What the beginning of the stream says of formats; nothing where it is encrypted or no workbook."""
    found = BookStyles()
    for kind, data, _ in records(stream, 0):
        if kind == _SEALED:
            return BookStyles()
        if kind == BOF and len(data) >= 2:
            found.is_wide = data[:2] == b"\x00\x06"
        elif kind == _CODEPAGE and len(data) >= 2:
            found.codepage = f"cp{int.from_bytes(data[:2], 'little')}"
        elif kind == _DATES:
            found.since_1904 = data[:1] == b"\x01"
        elif kind == _SHEET and len(data) >= 4 and len(found.sheets) < _MOST_SHEETS:
            found.sheets.append(int.from_bytes(data[:4], "little"))
        elif kind == _XF and len(data) >= 4:
            found.formats.append(int.from_bytes(data[2:4], "little"))
        elif kind == _FORMAT and len(data) > 4:
            code = wide(data[2:]) if found.is_wide else narrow(data[2:], found.codepage)
            found.codes[int.from_bytes(data[:2], "little")] = code
    return found


def numbers(stream: bytes, start: int) -> Iterator[tuple[int, int, int, float]]:
    """(row, column, style, value) of every number on the sheet that begins there; both count from 0."""
    for kind, data, depth in records(stream, start):
        if depth > 1:  # a chart within the sheet
            continue
        if kind == _NUMBER and len(data) >= 14:
            yield struct.unpack_from("<HHHd", data)
        elif kind == _SHORT and len(data) >= 10:
            row, column, style, short = struct.unpack_from("<HHHI", data)
            yield row, column, style, unpacked(short)
        elif kind == _SHORTS and len(data) >= 12:
            row, column = struct.unpack_from("<HH", data)
            for place, at in enumerate(range(4, len(data) - 7, 6)):
                style, short = struct.unpack_from("<HI", data, at)
                yield row, column + place, style, unpacked(short)
        elif kind == _FORMULA and len(data) >= 14 and data[12:14] != b"\xff\xff":  # else words or an error
            yield struct.unpack_from("<HHHd", data)


def drawings(stream: bytes, start: int = 0) -> tuple[bytes, bytes]:
    """(the store of pictures, the drawing) of the part of the stream that begins there: records of art.py.

    The store is the workbook's, at its beginning; a drawing is a sheet's.
    """
    held: dict[int, list[bytes]] = {_DRAWING_STORE: [], _DRAWING: []}
    before = 0
    for kind, data, depth in records(stream, start):
        if kind == _SEALED:
            return b"", b""
        if kind in held and depth == 1:
            held[kind].append(data)
            before = kind
        elif kind == _GOES_ON and before:
            held[before].append(data)
        else:
            before = 0
    return b"".join(held[_DRAWING_STORE]), b"".join(held[_DRAWING])


def unpacked(short: int) -> float:
    """A number in the short form of Excel's files: 30 bits, whole or the upper part of a long one."""
    if short & 2:
        value = float((short >> 2) - (1 << 30 if short & 0x80000000 else 0))
    else:
        value = float(struct.unpack("<d", b"\0\0\0\0" + (short & 0xFFFFFFFC).to_bytes(4, "little"))[0])
    return value / 100 if short & 1 else value


def records(stream: bytes, start: int) -> Iterator[tuple[int, bytes, int]]:
    """(kind, content, depth) of each record up to the end of the part that begins at `start`."""
    at, depth = start, 0
    while 0 <= at <= len(stream) - 4:
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += kind == BOF
        yield kind, stream[at + 4 : at + 4 + size], depth
        at += 4 + size
        if kind == _EOF:
            depth -= 1
            if depth <= 0:
                return


def wide(data: bytes) -> str:
    """A string of BIFF8: its length, whether its characters have two bytes, its characters."""
    length, is_wide = int.from_bytes(data[:2], "little"), data[2] & 1
    return data[3 : 3 + length * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1", "replace")


def narrow(data: bytes, codepage: str) -> str:
    """A string of BIFF5: a byte for its length, then characters in the workbook's code page."""
    try:
        return data[1 : 1 + data[0]].decode(codepage, "replace")
    except LookupError:
        return data[1 : 1 + data[0]].decode("cp1252", "replace")
