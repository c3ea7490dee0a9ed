"""Binary Excel workbooks (xlsb): as XLSX, whose parts they keep as records instead of XML.

The records are those of Microsoft's documentation of the format, [MS-XLSB].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from explorer.readers.assembly import Assembly, one_line
from explorer.readers.office import drawn_pictures, left_out, ooxml
from explorer.readers.office.beside import cell_comments
from explorer.readers.office.beside.running import Running
from explorer.readers.office.charts import add_drawing
from explorer.readers.office.number_formats import NumberFormat, format_of, shown_value
from explorer.readers.office.sheet_heads import Cell
from explorer.readers.office.sheets import Merge, SheetText
from explorer.readers.ole.excel import unpacked
from explorer.readers.package import Package
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.reading import Reading, Source

_BOOK = "xl/workbook.bin"
_ROW, _SHORT, _ERROR, _TRUTH, _REAL, _SHARED = 0, 2, 3, 4, 5, 7
_REAL_OF_FORMULA, _TRUTH_OF_FORMULA, _ERROR_OF_FORMULA = 9, 10, 11
_RICH_TEXT = 62
_CELLS = frozenset([*range(_SHORT, _ERROR_OF_FORMULA + 1), _RICH_TEXT])
_RUNNING = 479
_ITEM, _FORMAT, _STYLE, _PROPERTIES, _SHEET, _MERGED = 19, 44, 47, 153, 156, 176
_STYLES_BEGIN, _STYLES_END, _COMMENT, _COMMENT_TEXT, _AUTHOR = 617, 618, 635, 637, 632
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip
_MOST_BYTES = 1 << 24
"""A record that claims to be longer is none."""


def read(source: Source) -> Reading:
    """Reads a workbook. Raises ReadError for a damaged, too large or empty one."""
    with Package(source) as package:
        book = _Book(source, package)
        book.write()
        book.out.warnings += left_out.of_package(package)
        book.gallery.end(book.out)
        return book.out.reading("xls", **ooxml.facts(package))


class _Book:
    def __init__(self, source: Source, package: Package) -> None:
        self.out = Assembly(source)
        self._running = Running(self.out)
        self.gallery = Gallery(source)
        self._package = package
        self._relations = package.relations(_BOOK)
        self._sheets: list[tuple[str, str, bool]] = []
        """(name, part, whether it is hidden)."""
        self._since_1904 = False
        for kind, data in self._records(_BOOK):
            if kind == _PROPERTIES:
                self._since_1904 = bool(data[:1] and data[0] & 1)
            elif kind == _SHEET:
                key, at = _string(data, 8)
                name, _ = _string(data, at)
                part = self._relations.get(key, ("", ""))[1]
                self._sheets.append((one_line(name, 100), part, data[:1] not in (b"\0", b"")))
        self._formats = list(self._styles())
        self._shared = list(self._texts())

    def write(self) -> None:
        """Writes every sheet to a page of its own, in the workbook's order."""
        for number, (name, part, _) in enumerate(self._sheets, start=1):
            self.out.page(name)
            if part in self._package.names:
                self._write_sheet(name, part)
            self.out.source.on_page(number, len(self._sheets))
        if hidden := sum(is_hidden for _, _, is_hidden in self._sheets):
            what = "sheet is" if hidden == 1 else "sheets are"
            self.out.warnings.append(f"{hidden:,} {what} hidden in the workbook, and read as well.")

    def _write_sheet(self, name: str, part: str) -> None:
        self.out.heading(name, 1)
        merges = list(self._merges(part))
        text = SheetText(self.out, merges)
        row, cells = 0, list[Cell]()
        running: list[str] = []
        for kind, data in self._records(part):
            if kind == _ROW and len(data) >= 4:
                if cells:
                    text.row(row, cells)
                row, cells = int.from_bytes(data[:4], "little") + 1, []
            elif kind in _CELLS and len(data) >= 8 and (cell := self._cell(kind, data)):
                cells.append(cell)
            elif kind == _RUNNING:
                running = list(_running(data))
        if cells:
            text.row(row, cells)
        text.end()
        conversations, told = cell_comments.threads(self._package, part)
        for conversation in conversations:
            self.out.put(conversation)
        for relation, other in self._package.relations(part).values():
            if relation == "drawing":
                add_drawing(self.out, self._package, other)
                for each in drawn_pictures.of_drawing(self._package, other):
                    each.put(self.gallery, self.out, self._package)
            elif relation == "comments":
                self._write_comments(other, told)
        self.out.withdraw_heading()
        if self.out.page_text:
            self._running.add_codes(name, running)

    def _cell(self, kind: int, data: bytes) -> Cell | None:
        column, style = int.from_bytes(data[:4], "little") + 1, int.from_bytes(data[4:7], "little")
        form = self._formats[style] if style < len(self._formats) else None
        value = self._value(kind, data[8:])
        text, is_text = shown_value(value, form, self._since_1904)
        return Cell(column, text, is_text) if text.strip() else None

    def _value(self, kind: int, data: bytes) -> str | float | bool:
        if kind == _SHORT and len(data) >= 4:
            return unpacked(int.from_bytes(data[:4], "little"))
        if kind in (_REAL, _REAL_OF_FORMULA) and len(data) >= 8:
            return float(struct.unpack_from("<d", data)[0])
        if kind in (_TRUTH, _TRUTH_OF_FORMULA):
            return data[:1] == b"\1"
        if kind in (_ERROR, _ERROR_OF_FORMULA):
            return _ERRORS.get(data[0], "#N/A") if data else ""
        if kind == _SHARED and len(data) >= 4:
            at = int.from_bytes(data[:4], "little")
            return self._shared[at] if at < len(self._shared) else ""
        return _string(data, 1 if kind == _RICH_TEXT else 0)[0]

    def _merges(self, part: str) -> Iterator[Merge]:
        for kind, data in self._records(part):
            if kind == _MERGED and len(data) >= 16:
                self.out.count_cells(1)
                first_row, last_row, first, last = struct.unpack_from("<IIII", data)
                yield Merge(first_row + 1, last_row + 1, first + 1, last + 1)

    def _write_comments(self, part: str, told: set[str]) -> None:
        authors: list[str] = []
        cell, author = "a cell", ""
        for kind, data in self._records(part):
            if kind == _AUTHOR:
                authors.append(one_line(_string(data, 0)[0], 100))
            elif kind == _COMMENT and len(data) >= 20:
                number, row, _, column = struct.unpack_from("<IIII", data)
                cell = cell_comments.place(row, column)
                author = authors[number] if number < len(authors) else ""
            elif kind == _COMMENT_TEXT and not cell_comments.is_copy(cell, author, told):
                text = one_line(_string(data, 1)[0])
                self.out.put(cell_comments.line(cell, author, text) if text else "")

    def _styles(self) -> Iterator[NumberFormat | None]:
        codes: dict[int, str] = {}
        is_cells = False
        for kind, data in self._records(self._named("styles")):
            if kind == _FORMAT and len(data) > 6:
                codes[int.from_bytes(data[:2], "little")] = _string(data, 2)[0]
            elif kind in (_STYLES_BEGIN, _STYLES_END):
                is_cells = kind == _STYLES_BEGIN
            elif kind == _STYLE and is_cells and len(data) >= 4:
                number = int.from_bytes(data[2:4], "little")
                yield format_of(number, codes.get(number))

    def _texts(self) -> Iterator[str]:
        length = 0
        for kind, data in self._records(self._named("sharedStrings")):
            if kind == _ITEM:
                text, _ = _string(data, 1)
                length += len(text)
                self.out.source.check_characters(length)
                yield text

    def _named(self, kind: str) -> str:
        return next((name for found, name in self._relations.values() if found == kind), f"xl/{kind}.bin")

    def _records(self, part: str) -> Iterator[tuple[int, bytes]]:
        """(kind, content) of each record of a part; none where there is no such part."""
        if part not in self._package.names:
            return
        data, at = b"", 0
        blocks = self._package.blocks(part)
        while True:
            found = _record(data, at)
            if found is None:
                block = next(blocks, b"")
                if not block or len(data) - at > _MOST_BYTES:
                    return
                data, at = data[at:] + block, 0
            else:
                kind, start, at = found
                yield kind, data[start:at]


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """(kind, where its content begins, where it ends) of the record at a place; None where it is cut."""
    kind, place = _varied(data, at, 2)
    size, place = _varied(data, place, 4)
    return None if place < 0 or place + size > len(data) else (kind, place, place + size)


def _varied(data: bytes, at: int, most: int) -> tuple[int, int]:
    """(a number, 7 bits a byte, the lowest first; the place behind it). The place is -1 where it is cut."""
    number = 0
    for step in range(most):
        if at < 0 or at + step >= len(data):
            return 0, -1
        byte = data[at + step]
        number |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            return number, at + step + 1
    return number, at + most


def _string(data: bytes, at: int) -> tuple[str, int]:
    """(a string, the place behind it); without a text where its length lies."""
    length = int.from_bytes(data[at : at + 4], "little")
    end = at + 4 + 2 * length
    if len(data) < at + 4 or end > len(data):
        return "", len(data)
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _running(data: bytes) -> Iterator[str]:
    """The headers and footers of a sheet; those of even and first pages where they are used."""
    is_used = (True, bool(data[:1] and data[0] & 1), bool(data[:1] and data[0] & 2))
    at = 2
    for number in range(6):
        is_nothing = data[at : at + 4] == b"\xff\xff\xff\xff"
        text, at = ("", at + 4) if is_nothing else _string(data, at)
        if text and is_used[number // 2]:
            yield text
