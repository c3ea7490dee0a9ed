"""Tables as rows of cells: `explorer.readers.tables`, on tables of annual reports that the test writes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from benchmarks import tables as benchmark
from explorer.readers import tables
from explorer.readers.process import frames
from explorer.readers.reading import Reading
from tests.readers.conftest import Read, Write
from tests.readers.office import test_office
from tests.readers.office.office_files import pptx, shape, xlsx, zipped
from tests.readers.office.office_files import rows as sheet_rows


@pytest.mark.data
@pytest.mark.parametrize("kind", benchmark.WRITERS)
def test_tables_of_annual_reports_come_back(shared_data: Path, kind: str) -> None:
    path = shared_data / "tables" / "tatqa_dev.jsonl"
    if not path.is_file():
        pytest.skip(f"the tables of annual reports are not on this machine: {path} is missing")
    of = benchmark.score(kind, benchmark.grids(path)[::5], benchmark.read_tables)
    assert of.cells_right >= 0.98
    assert of.heads_right >= 0.95
    assert of.none == 0


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


def test_markdown_can_only_say_one_row_of_names(read: Read, write: Write) -> None:
    rows = "| North | 7 | 8 |\n| West | 1 | 2 |"
    two = f"| | Year ended | |\n|---|---|---|\n| | 2023 | 2024 |\n{rows}\n"
    table = only(read(write("a.md", two)))
    assert (table.header_rows, table.rows[2]) == (2, ("North", "7", "8"))
    assert only(read(write("a.md", f"| | | |\n|---|---|---|\n{rows}\n"))).header_rows == 0
    assert only(read(write("a.md", f"| 1 | 2 | 3 |\n|---|---|---|\n{rows}\n"))).header_rows == 1
    assert read(write("a.md", two)).tables[0].apart == ((1, ()),), "the other lines tell their cells"


def test_word_says_which_rows_are_names(read: Read, write: Write) -> None:
    data = benchmark.docx([["a", "1"], ["b", "2"], ["c", "3"]])
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
def test_which_rows_are_names(rows: list[list[str]], count: int) -> None:
    assert tables.header_rows(rows) == count


@pytest.mark.parametrize(
    ("above", "title", "unit"),
    [
        ("Table 3: Revenue, in millions.", "Table 3: Revenue, in millions.", "in millions"),
        ("Umsatz (Angaben in Mio. Euro)", "Umsatz (Angaben in Mio. Euro)", "Angaben in Mio. Euro"),
        ("Costs in TEUR:", "Costs in TEUR", "TEUR"),
        ("This is a sentence of the text around it.", None, None),
        ("long " * 80, None, None),
        (
            "Balance Sheets</p><p>(in millions, except per share)",
            "Balance Sheets",
            "in millions, except per share",
        ),
        ("Sales</p><p>All amounts in thousands of euros", "Sales", "amounts in thousands of euros"),
        ("In 2019 we sold ships worth millions", "In 2019 we sold ships worth millions", None),
        ("Waste (in tonnes)", "Waste (in tonnes)", "in tonnes"),
        ("Sales, US$ million", "Sales, US$ million", "US$ million"),
        ("Erlöse in Mio. €", "Erlöse in Mio. €", "in Mio. €"),
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


CELLS = [["Region", "2023", "2024"], ["North", "7", "8"], ["South", "9", "10"]]


def test_a_row_of_one_cell_above_the_names_is_the_title(read: Read, write: Write) -> None:
    for kind in benchmark.WRITERS:
        written = benchmark.WRITERS[kind]([["Costs of 2024 (in thousands)", "", ""], *CELLS])
        table = only(read(write(f"a.{kind}", written)))
        assert (table.title, table.unit) == ("Costs of 2024 (in thousands)", "in thousands"), kind
        assert (table.header_rows, len(table.rows)) == (2, 4), "it stays a row of the table"
        unit = benchmark.WRITERS[kind]([["(in millions)", "2023", "2024"], *CELLS[1:]])
        assert only(read(write(f"b.{kind}", unit))).unit == "in millions", kind


def test_a_sheet_is_called_by_the_lines_above_its_names_or_by_its_own_name(read: Read, write: Write) -> None:
    lines = [*map(tuple, CELLS)]
    bare = only(read(write("a.xlsx", xlsx({"Sales by region": sheet_rows(*lines)}))))
    assert (bare.title, bare.unit) == ("Sales by region", None)
    named = sheet_rows(("Sales of ships",), ("(in millions)",), (), *lines)
    table = only(read(write("b.xlsx", xlsx({"Sheet1": named}))))
    assert (table.title, table.unit, table.rows[0]) == (
        "Sales of ships (in millions)",
        "in millions",
        lines[0],
    )


def test_a_slide_gives_its_tables_a_title_and_a_unit(read: Read, write: Write) -> None:
    slide = shape("Sales", "title") + shape("in EUR million", top=20) + test_office.table(*map(tuple, CELLS))
    table = only(read(write("a.pptx", pptx(slide))))
    assert (table.title, table.unit) == ("Sales", "in EUR million")


def test_a_row_that_is_too_long_does_not_lengthen_all_others() -> None:
    long, short = " | ".join("x" * 4_000), "y\n" * 4_000
    rows = tables.rows_of(f"{long}\n{short}", ())
    assert (len(rows), len(rows[0]), len(rows[1])) == (4_001, 4_000, 1)


def test_tables_cross_between_processes(read: Read, write: Write) -> None:
    reading = read(write("a.html", f"<html><body>{MERGED}"))
    values, blobs = frames.pack_reading(reading)
    assert frames.unpack_reading(json.loads(json.dumps(values)), blobs) == reading


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Name | Sum\n\nAda | 7\n\tBob | 8", ()),
        ("| a | b |\n| 1 | 2 |", ()),
        ("x\ny | z", ((0, ("x", "w")),)),
    ],
)
def test_each_row_is_a_line_of_the_text(text: str, apart: tuple[tuple[int, tuple[str, ...]], ...]) -> None:
    rows, spans = tables.rows_of(text, apart), tables.row_spans(text, apart)
    assert len(rows) == len(spans)
    for (start, end), row in zip(spans, rows, strict=True):
        assert "\n" not in text[start:end]
        assert row[0] in text[start:end]
