"""Old and binary Excel workbooks (xls, xlsb), by calamine: sheets are pages, values not formulas."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, day, one_line
from explorer.readers.office import ole_facts
from explorer.readers.office.cells import Cell
from explorer.readers.office.number_formats import shown_value
from explorer.readers.office.sheets import Merge, SheetText
from explorer.readers.reading import Reading, Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


def read(source: Source) -> Reading:
    """Reads a workbook. Raises ReadError for a damaged, empty or protected one."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    out = Assembly(source)
    try:
        if source.content is None:
            book = CalamineWorkbook.from_path(str(source.path))
        else:
            book = CalamineWorkbook.from_filelike(io.BytesIO(source.content))
        hidden = sum(str(each.visible) != "SheetVisibleEnum.Visible" for each in book.sheets_metadata)
        for index, name in enumerate(book.sheet_names):
            out.page(one_line(name, 100))
            _write_sheet(out, book.get_sheet_by_name(name))
            source.on_page(index + 1, len(book.sheet_names))
    except PasswordError as error:
        raise ReadError(
            f"{source.shown} is protected with a password. Save it without one, then add it again."
        ) from error
    except CalamineError as error:
        print(f"calamine: {error}", file=sys.stderr)  # noqa: T201  to the parent's log
        raise ReadError(f"{source.shown} could not be read: the file is damaged.") from error
    if hidden:
        what = "sheet is" if hidden == 1 else "sheets are"
        out.warnings.append(f"{hidden:,} {what} hidden in the workbook, and read as well.")
    facts = ole_facts.facts(source, "xls")
    return out.reading(
        "xls",
        title=facts.get("title"),
        author=", ".join(facts.get("authors", ())) or None,
        date=day(facts.get("created")),
    )


def _write_sheet(out: Assembly, sheet: CalamineSheet) -> None:
    out.heading(one_line(sheet.name, 100), 1)
    ranges = sheet.merged_cell_ranges or ()
    out.count_cells(len(ranges))
    merges = (Merge(first[0] + 1, last[0] + 1, first[1] + 1, last[1] + 1) for first, last in ranges)
    text = SheetText(out, merges)
    first = sheet.start[1] + 1 if sheet.start else 1  # rows come from the first on, columns where they begin
    for row, values in enumerate(sheet.iter_rows(), start=1):
        shown = (
            (column, *shown_value(held)) for column, held in enumerate(values, start=first) if held != ""
        )
        text.row(row, [Cell(*each) for each in shown if each[1].strip()])
    text.end()
    out.withdraw_heading()
