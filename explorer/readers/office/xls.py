"""Old Excel workbooks (xls), by calamine: sheets are pages, values in their number formats, not formulas."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, day, one_line
from explorer.readers.office import left_out, placed_pictures, xlsb
from explorer.readers.office.beside import cell_comments
from explorer.readers.office.beside.running import Running
from explorer.readers.office.number_formats import format_of, shown_number, shown_value
from explorer.readers.office.placed_pictures import picture  # noqa: F401  (asked for by registry)
from explorer.readers.office.sheet_heads import Cell
from explorer.readers.office.sheets import Merge, SheetText
from explorer.readers.ole import container, excel
from explorer.readers.ole import facts as ole_facts
from explorer.readers.ole.excel_beside import BesideCells, beside_cells
from explorer.readers.ole.stored_pictures import StoredPictures
from explorer.readers.package import is_package
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.reading import Reading, Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


def read(source: Source) -> Reading:
    """Reads a workbook. Raises ReadError for a damaged, empty or protected one."""
    if is_package(source):
        return xlsb.read(source)
    try:
        return _read(container.prepared(source))
    except BaseException as error:  # a panic of calamine's code in Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(source, error) from error


def _damaged(source: Source, error: BaseException) -> ReadError:
    # To the parent's log, without its message: a panic may quote what the file says.
    print(f"calamine: {type(error).__name__}", file=sys.stderr)  # noqa: T201
    return ReadError(f"{source.shown} could not be read: the file is damaged.")


def _read(source: Source) -> Reading:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    out = Assembly(source)
    try:
        if source.content is None:
            book = CalamineWorkbook.from_path(str(source.path))
        else:
            book = CalamineWorkbook.from_filelike(io.BytesIO(source.content))
        hidden = sum(str(each.visible) != "SheetVisibleEnum.Visible" for each in book.sheets_metadata)
        formatted = _Formatted(source, len(book.sheet_names))
        running = Running(out)
        held, gallery, unread = StoredPictures(source), Gallery(source), 0
        pictures = placed_pictures.stored(held)
        for index, name in enumerate(book.sheet_names):
            out.page(one_line(name, 100))
            out.heading(one_line(name, 100), 1)
            beside = formatted.beside(index)
            unread += beside.unread
            _write_sheet(out, book.get_sheet_by_name(name), formatted.numbers(index), beside)
            for each in pictures.get(index + 1, ()):
                each.put(gallery, out, held)
            out.withdraw_heading()
            if out.page_text:
                running.add_codes(one_line(name, 100), beside.running)
            source.on_page(index + 1, len(book.sheet_names))
    except PasswordError as error:
        raise ReadError(
            f"{source.shown} is protected with a password. Save it without one, then add it again."
        ) from error
    except CalamineError as error:
        raise _damaged(source, error) from error
    gallery.end(out)
    out.warnings += held.warnings
    if hidden:
        what = "sheet is" if hidden == 1 else "sheets are"
        out.warnings.append(f"{hidden:,} {what} hidden in the workbook, and read as well.")
    out.warnings += [*left_out.of_old_objects(unread), *left_out.of(source, "xls")]
    facts = ole_facts.facts(source)
    return out.reading(
        "xls",
        title=facts.get("title"),
        author=", ".join(facts.get("authors", ())) or None,
        date=day(facts.get("created")),
    )


class _Formatted:
    """The numbers of a workbook that have a format other than General, as their cells show them."""

    def __init__(self, source: Source, sheets: int) -> None:
        self._stream = container.stream(source, "Workbook", "Book")
        self._styles = excel.styles(self._stream)
        if len(self._styles.sheets) != sheets:  # which sheet is which cannot be told
            self._styles = excel.BookStyles()
        self._formats = [
            format_of(*self._styles.style(number)) for number in range(len(self._styles.formats))
        ]

    def numbers(self, sheet: int) -> dict[tuple[int, int], str]:
        """(row, column), counted from 1 → the text of the number there."""
        if sheet >= len(self._styles.sheets):
            return {}
        return {
            (row + 1, column + 1): shown_number(repr(value), form, self._styles.since_1904)
            for row, column, style, value in excel.numbers(self._stream, self._styles.sheets[sheet])
            if style < len(self._formats) and (form := self._formats[style]) is not None
        }

    def beside(self, sheet: int) -> BesideCells:
        """What stands on a sheet beside its cells."""
        if sheet >= len(self._styles.sheets):
            return BesideCells()
        return beside_cells(self._stream, self._styles.sheets[sheet], self._styles)


def _write_sheet(
    out: Assembly, sheet: CalamineSheet, formatted: dict[tuple[int, int], str], beside: BesideCells
) -> None:
    ranges = sheet.merged_cell_ranges or ()
    out.count_cells(len(ranges))
    merges = (Merge(first[0] + 1, last[0] + 1, first[1] + 1, last[1] + 1) for first, last in ranges)
    text = SheetText(out, merges)
    first = sheet.start[1] + 1 if sheet.start else 1  # rows come from the first on, columns where they begin
    for row, values in enumerate(sheet.iter_rows(), start=1):
        cells = []
        for column, held in enumerate(values, start=first):
            if held != "":
                shown, is_text = shown_value(held)
                cell = Cell(column, shown if is_text else formatted.get((row, column), shown), is_text)
                if cell.text.strip():
                    cells.append(cell)
        text.row(row, cells)
    text.end()
    for words in beside.charts:
        if said := [each for each in map(one_line, words) if each]:
            out.put(f"Chart: {'; '.join(said)}")
    for box in beside.boxes:
        out.put(box.strip())
    for note in beside.notes:
        if noted := one_line(note.text):
            place = cell_comments.place(note.row, note.column)
            out.put(cell_comments.line(place, one_line(note.author, 100), noted))
