"""Tables as rows of cells: `explorer.readers.tables`, on tables of annual reports that the test writes."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Sequence

import pytest

from explorer.readers import tables
from explorer.readers.process import frames
from explorer.readers.reading import Reading
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import rows as sheet_rows
from tests.readers.office.office_files import xlsx, zipped
from tests.readers.office.test_docx import W

Grid = list[list[str]]


def docx(grid: Grid) -> bytes:
    lines = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:p><w:r><w:t xml:space="preserve">{html.escape(cell)}</w:t></w:r></w:p></w:tc>'
            for cell in row
        )
        + "</w:tr>"
        for row in grid
    )
    body = f"<w:p><w:r><w:t>Before it.</w:t></w:r></w:p><w:tbl>{lines}</w:tbl>"
    return zipped({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def page(grid: Grid) -> bytes:
    lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in grid)
    return f"<!DOCTYPE html><meta charset=utf-8><html><body><p>Before it.</p><table>{lines}</table>".encode()


def workbook(grid: Grid) -> bytes:
    lines = [tuple(f"{html.escape(cell)}" if cell else None for cell in row) for row in grid]
    return xlsx({"S": sheet_rows(*lines)})


def values(grid: Grid) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(grid)
    return out.getvalue().encode()


WRITERS: dict[str, Callable[[Grid], bytes]] = {"docx": docx, "html": page, "xlsx": workbook, "csv": values}


def plain(cell: str) -> str:
    return " ".join(cell.split())


def names_of(grid: Grid) -> int:
    """How many rows a person would call the head: those before the first with a label and a figure."""
    for place, row in enumerate(grid):
        figures = [
            cell for cell in row[1:]
            if re.search(r"\d", cell) and not re.search(r"(?:19|20)\d\d|[a-z]{3}", cell, re.IGNORECASE)
        ]  # fmt: skip
        if row[0].strip() and (figures or (place and not any(cell.strip() for cell in row[1:]))):
            return place
    return 0


@pytest.fixture(scope="module")
def grids(request: pytest.FixtureRequest) -> list[Grid]:
    path = request.getfixturevalue("shared_data") / "tables" / "tatqa_dev.jsonl"
    if not path.is_file():
        pytest.skip(f"the tables of annual reports are not on this machine: {path} is missing")
    found: dict[str, Grid] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            found.setdefault(one["table_id"], one["table"])
    return list(found.values())


def read_back(read: Read, write: Write, grids: Sequence[Grid], kind: str) -> tuple[float, float]:
    """(share of the cells that are right, share of the tables whose head is right)."""
    right = total = heads = 0
    for grid in grids:
        wanted = [[plain(cell) for cell in row] for row in grid if any(map(plain, row))]
        found = list(tables.document_tables(read(write(f"a.{kind}", WRITERS[kind](grid)))))
        table = max(found, key=lambda each: len(each.rows))
        cells = [(row, column) for row, line in enumerate(wanted) for column, cell in enumerate(line) if cell]
        total += len(cells)
        right += sum(_cell(table, *place) == wanted[place[0]][place[1]] for place in cells)
        heads += table.header_rows == names_of(wanted)
    return right / total, heads / len(grids)


def _cell(table: tables.DocumentTable, row: int, column: int) -> str:
    return table.rows[row][column] if row < len(table.rows) and column < len(table.rows[row]) else ""


@pytest.mark.data
@pytest.mark.parametrize("kind", WRITERS)
def test_tables_of_annual_reports_come_back(read: Read, write: Write, grids: list[Grid], kind: str) -> None:
    cells, heads = read_back(read, write, grids[::2], kind)
    assert cells >= 0.98
    assert heads >= 0.95


def only(reading: Reading) -> tables.DocumentTable:
    (table,) = tables.document_tables(reading)
    return table


MERGED = (
    "<p>Sales by region (in thousands of euros)</p><table><thead><tr><th rowspan=2>Region</th>"
    "<th colspan=2>Year</th></tr><tr><th>2023</th><th>2024</th></tr></thead>"
    "<tr><td>North | South</td><td>7</td><td></td></tr>"
    "<tr><td>West</td><td></td><td>8</td></tr></table>"
)


def test_a_table_has_its_rows_its_head_a_title_and_a_unit(read: Read, write: Write) -> None:
    table = only(read(write("a.html", f"<html><body>{MERGED}")))
    assert table.rows == (
        ("Region", "Year", ""),
        ("Region", "2023", "2024"),
        ("North | South", "7", ""),
        ("West", "", "8"),
    )
    assert (table.header_rows, table.page) == (2, 1)
    assert table.title == "Sales by region (in thousands of euros)"
    assert table.unit == "in thousands of euros"


def test_sheets_keep_empty_cells_and_pages(read: Read, write: Write) -> None:
    cell = '<c r="{}1" t="inlineStr"><is><t>{}</t></is></c>'
    far = f'<row r="1">{cell.format("A", "Name")}{cell.format("N", "Sum")}</row>'
    second = '<row r="2"><c r="A2" t="inlineStr"><is><t>Ada</t></is></c><c r="N2"><v>7</v></c></row>'
    first = sheet_rows(("x", "y"), ("a", 1))
    data = xlsx({"One": first, "Two": f"<sheetData>{far}{second}</sheetData>"})
    found = list(tables.document_tables(read(write("a.xlsx", data))))
    assert [table.page for table in found] == [1, 2]
    assert found[1].rows == (("Name", *[""] * 12, "Sum"), ("Ada", *[""] * 12, "7"))


def test_tables_in_markdown(read: Read, write: Write) -> None:
    text = "Table 1. Prices\n\n| Thing | **Price** |\n|---|---:|\n| pump | 400 |\n| a\\|b | |\n\nEnd."
    table = only(read(write("a.md", text)))
    assert table.rows == (("Thing", "Price"), ("pump", "400"), ("a|b", ""))
    assert (table.header_rows, table.title) == (1, "Table 1. Prices")


def test_word_says_which_rows_are_names(read: Read, write: Write) -> None:
    data = docx([["a", "1"], ["b", "2"], ["c", "3"]])
    assert only(read(write("a.docx", data))).header_rows == 0
    stated = data_with(data, "<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>")
    assert only(read(write("a.docx", stated))).header_rows == 1


def data_with(data: bytes, before: str, after: str) -> bytes:
    """The Word file with a change at the first place of its text where it fits."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
    return zipped({"word/document.xml": xml.replace(before, after, 1)})


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([["", "", "Years Ended", ""], ["", "2019", "2018", "2017"], ["Sales", "1", "2", "3"]], 2),
        ([["", "2019", "2018"], ["", "€m", "€m"], ["Due:", "", ""], ["Owed", "242,976", "220,871"]], 2),
        ([["£m", "2019", "2018"], ["Net", "0.8", "1.2"]], 1),
        ([["Assets", "", ""], ["Cash", "1", "2"]], 0),
        ([["2019 report", "", ""], ["", "2019", "2018"], ["Cash", "1", "2"]], 2),
        ([["Name", "Town"], ["Ada", "London"], ["Bo", "Rome"]], 1),
        ([["a", "1"], ["b", "2"]], 0),
        ([["", "2019"], ["Dividend", "None"], ["Rate", "1.7%"]], 1),
        ([["", "As of March 29", ""], ["(In millions)", "Reported", "Effect"], ["Cash", "$7", "$(1)"]], 2),
        ([["", "12", "13"], ["x", "1", "2"]], 0),
        ([["only"]], 0),
        ([], 0),
    ],
)
def test_which_rows_are_names(rows: Grid, count: int) -> None:
    assert tables.header_rows(rows) == count


@pytest.mark.parametrize(
    ("above", "title", "unit"),
    [
        ("Table 3: Revenue, in millions.", "Table 3: Revenue, in millions.", "in millions"),
        ("Umsatz (Angaben in Mio. Euro)", "Umsatz (Angaben in Mio. Euro)", "Angaben in Mio. Euro"),
        ("Costs in TEUR:", "Costs in TEUR", "TEUR"),
        ("This is a sentence of the text around it.", None, None),
        ("long " * 80, None, None),
    ],
)
def test_what_stands_above_a_table(
    read: Read, write: Write, above: str, title: str | None, unit: str | None
) -> None:
    page = (
        f"<html><body><p>{above}</p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    )
    table = only(read(write("a.html", page)))
    assert (table.title, table.unit) == (title, unit)


def test_tables_cross_between_processes(read: Read, write: Write) -> None:
    reading = read(write("a.html", f"<html><body>{MERGED}"))
    values, blobs = frames.pack_reading(reading)
    assert frames.unpack_reading(json.loads(json.dumps(values)), blobs) == reading
