"""OpenDocument spreadsheets (ods): sheets are pages; values as they are shown, not formulas; dates as dates.

The XML is read while it streams by: repeated cells and rows are counted, never laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, day, one_line
from explorer.readers.office import drawn_pictures, left_out
from explorer.readers.office.beside.running import Running
from explorer.readers.office.number_formats import shown_number
from explorer.readers.office.ooxml import child, local, number, value
from explorer.readers.office.sheet_heads import Cell
from explorer.readers.office.sheets import Merge, SheetText
from explorer.readers.package import Package, check_protected
from explorer.readers.pictures.drawn import DrawnPicture
from explorer.readers.pictures.gallery import Gallery
from explorer.readers.pictures.packaged import picture  # noqa: F401  (asked for by registry)
from explorer.readers.reading import Reading, Source
from explorer.readers.tables import is_shortened

_FIGURES = ("float", "currency", "percentage")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAWN = frozenset(
    "text-box custom-shape rect ellipse circle line polyline path polygon connector".split()  # noqa: SIM905
)
"""What is drawn on a sheet and may have words in it."""
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}style"


def read(source: Source) -> Reading:
    """Reads a spreadsheet. Raises ReadError for a damaged or protected one."""
    with Package(source) as package:
        check_protected(source, package)
        if "content.xml" not in package.names:
            raise package.damaged()
        out = Assembly(source)
        gallery = Gallery(source)
        _write(out, package, gallery)
        gallery.end(out)
        out.warnings += left_out.of_embedded(left_out.embedded_parts(package.names))
        out.warnings += left_out.of_scripts(package.names)
        facts = _facts(package)
    return out.reading("ods", **facts)


def _write(out: Assembly, package: Package, gallery: Gallery) -> None:
    """Writes every sheet, its pictures after its rows.

    Elements come when they end, rows before their table: a first row opens a sheet.
    """
    sheet: Any = None
    name = ""
    text: SheetText | None = None
    pictures: list[DrawnPicture] = []
    boxes: list[str] = []
    row, sheets = 1, 0
    masters = _masters(package)
    printed_by: dict[str, str] = {}
    running = Running(out)
    tags = (f"{_TABLE}shapes", f"{_TABLE}table-row", f"{_TABLE}table", _STYLE)
    for element in package.elements("content.xml", tags):
        if element.tag == _STYLE:
            printed_by[value(element, "name") or ""] = value(element, "master-page-name") or ""
            continue
        owner = element if local(element) == "table" else _owner(element)
        if owner is None or any(local(each) == "table" for each in owner.iterancestors()):
            continue  # a table within a drawing on the sheet
        if owner is not sheet:
            sheet, row = owner, 1
            name = one_line(value(owner, "name") or "", 100)
            sheets += 1
            out.page(name)
            out.heading(name, 1)
            text = SheetText(out)
        if text is None:
            continue
        pictures += drawn_pictures.in_frames(package, element)
        boxes += _boxes(element)
        if local(element) == "table":
            text.end()
            for box in boxes:
                out.put(box)
            boxes.clear()
            for each in pictures:
                each.put(gallery, out, package)
            pictures.clear()
            out.withdraw_heading()
            if out.page_text:
                master = masters.get(printed_by.get(value(element, "style-name") or "", ""))
                running.add_of_opendocument(name, master)
            out.source.on_page(sheets, sheets)
        if local(element) != "table-row":
            continue
        times = max(number(value(element, "number-rows-repeated"), 1), 1)
        text.row(row, list(_cells(element, row, text, out.count_cells)), times)
        row += times


def _boxes(element: Any) -> Iterator[str]:
    """The words of each text box and shape below an element, in lines."""
    for box in element.iter(*(f"{{*}}{name}" for name in _DRAWN)):
        lines = (_line(each) for each in box.iter() if local(each) in ("p", "h"))
        if not any(local(each) in _DRAWN for each in box.iterancestors()):  # else its words are in that one's
            yield "\n".join(filter(None, lines))


def _masters(package: Package) -> dict[str, Any]:
    """The master pages of a file by their names: what its sheets are printed with."""
    try:
        root = package.tree("styles.xml")
    except ReadError:  # headers are no reason to give up the sheets
        return {}
    pages = root.iter("{*}master-page") if root is not None else ()
    return {value(each, "name") or "": each for each in pages}


def _owner(row: Any) -> Any | None:
    return next((each for each in row.iterancestors() if local(each) == "table"), None)


def _cells(row: Any, at: int, text: SheetText, count: Callable[[int], None]) -> Iterator[Cell]:
    column = 1
    for each in row:
        if local(each) not in ("table-cell", "covered-table-cell"):
            continue
        times = max(number(value(each, "number-columns-repeated"), 1), 1)
        shown, is_text = _value(each)
        if shown and local(each) == "table-cell":
            rows = max(number(value(each, "number-rows-spanned"), 1), 1)
            columns = max(number(value(each, "number-columns-spanned"), 1), 1)
            if rows > 1 or columns > 1:
                text.merge(
                    Merge(at, at + rows - 1, column, column + columns - 1, Cell(column, shown, is_text))
                )
            count(times)
            for step in range(times):
                yield Cell(column + step, shown, is_text)
        column += times


def _value(cell: Any) -> tuple[str, bool]:
    kind = value(cell, "value-type") or "string"
    if kind == "date" and (stamp := value(cell, "date-value")):
        return one_line(stamp.replace("T", " ").removesuffix(" 00:00:00"), 40), False
    lines = [_line(each) for each in cell if local(each) == "p"]
    text = " ".join(line for line in lines if line)
    if kind in _FIGURES and (figure := value(cell, "value")) and (not text or is_shortened(text, figure)):
        text = one_line(shown_number(figure), 40)
    notes = [each for each in cell if local(each) == "annotation"]
    if noted := " ".join(_line(line) for note in notes for line in note if local(line) == "p").strip():
        author = next((_line(each) for note in notes for each in note if local(each) == "creator"), "")
        text = f"{text} (comment by {author}: {noted})" if author else f"{text} (comment: {noted})"
        text = text.strip()
    return text, kind == "string"


def _line(paragraph: Any) -> str:
    pieces = [paragraph.text or ""]
    for each in paragraph.iter():
        if each is not paragraph:
            pieces.append(" " if local(each) in ("s", "tab", "line-break") else "")
            pieces.append(each.text or "")
            pieces.append(each.tail or "")
    return one_line("".join(pieces))


def _facts(package: Package) -> dict[str, Any]:
    root = package.tree("meta.xml")
    meta = child(root, "meta") if root is not None else None
    held = {local(each): one_line(each.text or "", 500) for each in meta} if meta is not None else {}
    return {
        "title": held.get("title") or None,
        "author": held.get("initial-creator") or held.get("creator") or None,
        "language": (held.get("language") or "").lower() or None,
        "date": day(held.get("creation-date") or held.get("date")),
    }
