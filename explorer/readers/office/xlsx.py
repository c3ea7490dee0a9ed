"""Excel workbooks (xlsx): sheets are pages; values in their number formats, not formulas; charts, comments.

Rows are read while they stream by, so that a sheet costs the memory of its text: docling-rs skips a sheet
with one cell at XFD1048576, and calamine lays out every cell before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from explorer.readers.assembly import Assembly, one_line
from explorer.readers.office import drawn_pictures, left_out, ooxml
from explorer.readers.office.beside import cell_comments
from explorer.readers.office.beside.running import Running, codes_of
from explorer.readers.office.charts import add_drawing
from explorer.readers.office.number_formats import NumberFormat, format_of, shown_number
from explorer.readers.office.ooxml import child, children, local, number, value
from explorer.readers.office.sheet_heads import Cell
from explorer.readers.office.sheets import Merge, SheetText
from explorer.readers.package import Package
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.pictures.packaged import picture  # noqa: F401  (asked for by registry)
from explorer.readers.reading import Reading, Source

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:$]{2,30})[\"']")
_SHEETS = ("worksheet", "chartsheet")
_TEXTS = frozenset(["s", "str", "inlineStr", "e"])
"""Types of cells that hold words; the others hold numbers, dates, truth values."""


def read(source: Source) -> Reading:
    """Reads a workbook. Raises ReadError where it is damaged, too large, or holds nothing."""
    with Package(source) as package:
        book = _Book(source, package)
        book.write()
        book.out.warnings += left_out.of_package(package)
        book.gallery.end(book.out)
        return book.out.reading("xlsx", **ooxml.facts(package))


class _Book:
    def __init__(self, source: Source, package: Package) -> None:
        self.out = Assembly(source)
        self.gallery = Gallery(source)
        self._running = Running(self.out)
        self._package = package
        self._part = _main_part(package)
        self._relations = package.relations(self._part)
        root = package.tree(self._part)
        if root is None:
            raise package.damaged()
        self._sheets = [each for each in children(root, "sheets") if local(each) == "sheet"]
        self._since_1904 = value(child(root, "workbookPr"), "date1904") in ("1", "true")
        formats = _cell_formats(package.tree(self._named("styles")))
        self._formats = {str(index): form for index, form in enumerate(formats) if form is not None}
        self._shared = list(self._shared_texts())
        self._empty_formulas = 0

    def write(self) -> None:
        """Writes every sheet to a page of its own, in the workbook's order."""
        hidden = 0
        for index, sheet in enumerate(self._sheets):
            name = one_line(value(sheet, "name") or f"Sheet {index + 1}", 100)
            kind, part = self._relations.get(value(sheet, "id") or "", ("", ""))
            self.out.page(name)
            hidden += value(sheet, "state") in ("hidden", "veryHidden")
            if kind in _SHEETS and part in self._package.names:
                self._write_sheet(name, part)
            self.out.source.on_page(index + 1, len(self._sheets))
        if not self._sheets:
            self.out.page()
        if hidden:
            what = "sheet is" if hidden == 1 else "sheets are"
            self.out.warnings.append(f"{hidden:,} {what} hidden in the workbook, and read as well.")
        if self._empty_formulas:
            what = "formula has" if self._empty_formulas == 1 else "formulas have"
            self.out.warnings.append(
                f"{self._empty_formulas:,} {what} no stored result: open the workbook in a spreadsheet "
                "program, save it and add it again."
            )

    def _write_sheet(self, name: str, part: str) -> None:
        self.out.heading(name, 1)
        text = SheetText(self.out, self._merges(part))
        row = 0
        running: list[str] = []
        for element in self._package.elements(part, ("{*}row", "{*}headerFooter")):
            if local(element) == "row":
                row = max(row + 1, _whole(element.get("r"), row + 1))
                text.row(row, list(self._cells(element)))
            elif local(element.getparent()) != "customSheetView":
                running = codes_of(element)
        text.end()
        self._write_drawings(part)
        for comment in cell_comments.of_sheet(self._package, part, _text):
            self.out.put(comment)
        self.out.withdraw_heading()
        if self.out.page_text:
            self._running.add_codes(name, running)

    def _cells(self, row: Any) -> Iterator[Cell]:
        column = 0
        for cell in row.iterchildren("{*}c"):
            column = _column(cell.get("r"), column + 1)
            kind = cell.get("t") or "n"
            text, is_formula = "", False
            for each in cell:
                name = each.tag
                if name.endswith("}v"):
                    text = each.text or ""
                elif name.endswith("}is"):
                    text = _text(each)
                else:
                    is_formula = is_formula or name.endswith("}f")
            if text:
                shown = self._shown(kind, text, cell.get("s"))
                if shown and not shown.isspace():
                    yield Cell(column, shown, kind in _TEXTS)
            elif is_formula and kind != "str":
                self._empty_formulas += 1

    def _shown(self, kind: str, text: str, style: str | None) -> str:
        form = self._formats.get(style or "0")
        if kind == "n":
            is_short = form is None and len(text) < 15 and text.isdecimal()
            return text if is_short else shown_number(text, form, self._since_1904)
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind == "d":
            return text.replace("T", " ").removesuffix(" 00:00:00")
        if kind == "s":
            at = _whole(text, -1)
            words = self._shared[at] if 0 <= at < len(self._shared) else ""
        else:
            words = _unescaped(text)
        return words if form is None else form.shown_text(words)

    def _merges(self, part: str) -> Iterator[Merge]:
        for found in self._package.search(part, _MERGED):
            first, _, last = found.decode("ascii").partition(":")
            one, two = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
            if one and two:
                self.out.count_cells(1)
                yield Merge(int(one[2]), int(two[2]), _letters(one[1]), _letters(two[1]))

    def _write_drawings(self, part: str) -> None:
        """Writes the charts, text boxes and pictures of a sheet, after its rows."""
        for kind, name in self._package.relations(part).values():
            if kind == "drawing":
                add_drawing(self.out, self._package, name)
                for each in drawn_pictures.of_drawing(self._package, name):
                    each.put(self.gallery, self.out, self._package)

    def _shared_texts(self) -> Iterator[str]:
        length = 0
        for element in self._package.elements(self._named("sharedStrings"), ("{*}si",)):
            text = _text(element)
            length += len(text)
            self.out.source.check_characters(length)
            yield text

    def _named(self, kind: str) -> str:
        return next((name for found, name in self._relations.values() if found == kind), f"xl/{kind}.xml")


def _main_part(package: Package) -> str:
    kinds = package.relations("").values()
    return next((name for kind, name in kinds if kind == "officeDocument"), "xl/workbook.xml")


def _cell_formats(root: Any | None) -> Iterator[NumberFormat | None]:
    """The number format of each cell style, in the order of the styles; None for General."""
    if root is None:
        return
    codes = {each.get("numFmtId"): each.get("formatCode") for each in children(root, "numFmts")}
    for style in children(root, "cellXfs"):
        if local(style) == "xf":
            key = style.get("numFmtId")
            yield format_of(number(key, 0), codes.get(key))


def _text(element: Any | None) -> str:
    """The text of runs, without the notes on how Japanese words are spoken."""
    if element is None:
        return ""
    pieces = [
        _text(each) if each.tag.endswith("}r") else each.text or ""
        for each in element
        if each.tag.endswith(("}t", "}r"))
    ]
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and len(text) < 10 and text.isdecimal() else default


def _column(reference: str | None, default: int) -> int:
    return _letters(reference.rstrip("0123456789")) or default if reference else default


@lru_cache(maxsize=20_000)
def _letters(letters: str) -> int:
    """The number of a column by its letters ("A" is 1); 0 for what is no column."""
    column = 0
    for letter in letters[:4]:
        column = column * 26 + (ord(letter) - 64 if "A" <= letter <= "Z" else 0)
    return column
