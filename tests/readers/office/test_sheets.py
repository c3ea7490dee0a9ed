"""Workbooks: every row, with its column names, values as they are meant.

By `explorer.readers.office.xlsx`, `explorer.readers.office.xls` and `explorer.readers.office.ods`, which
write their rows by `explorer.readers.office.sheets`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ReadError
from tests.readers.conftest import Read, Write
from tests.readers.office.office_files import opendocument, relations, rows, xlsx


def test_sheets_are_pages(write: Write, read: Read) -> None:
    data = xlsx(
        {"First": rows(("Name", "Sales"), ("Ada", 7)), "Nothing": rows(), "Last": rows(("x",))},
        states={"Last": "hidden"},
    )
    reading = read(write("a.xlsx", data))
    assert reading.text == "First\n\nName | Sales\nAda | 7\n\n\n\nLast\n\nx"
    assert [(page.number, page.label) for page in reading.text_pages] == [
        (1, "First"),
        (2, "Nothing"),
        (3, "Last"),
    ]
    assert [each.text for each in reading.headings] == ["First", "Last"]
    assert [(each.header, reading.text[each.start : each.end]) for each in reading.tables] == [
        ("Name | Sales", "Name | Sales\nAda | 7")
    ]
    assert reading.warnings == ("1 sheet is hidden in the workbook, and read as well.",)


def test_no_row_is_lost(write: Write, read: Read) -> None:
    lines = [("Number", "Square")] + [(number, number * number) for number in range(5000)]
    reading = read(write("a.xlsx", xlsx({"S": rows(*lines)})))
    assert reading.text.splitlines()[2:] == ["Number | Square"] + [f"{n} | {n * n}" for n in range(5000)]
    assert len(reading.tables) == 1


def test_blocks_have_the_names_above_them(write: Write, read: Read) -> None:
    lines: list[tuple[object, ...]] = [
        ("Sales by region",),
        (None, "2022", "2023"),
        ("North", 1, 2),
        (),
        ("South", 3, 4),
        ("West", 5, 6),
        (),
        ("City", "People"),
        ("Rome", 9),
        (),
        ("A note",),
    ]
    reading = read(write("a.xlsx", xlsx({"S": rows(*lines)})))
    assert [(each.header, reading.text[each.start : each.end]) for each in reading.tables] == [
        (" | 2022 | 2023", "Sales by region\n | 2022 | 2023\nNorth | 1 | 2"),
        (" | 2022 | 2023", "South | 3 | 4\nWest | 5 | 6"),
        ("City | People", "City | People\nRome | 9"),
    ]
    assert reading.text.endswith("\n\nA note")


def dated(*days: str) -> list[str]:
    return [f'<c t="d"><v>{day}T00:00:00</v></c>' for day in days]


ACCOUNTS: list[tuple[object, ...]] = [(f"account {n}", n * 10, n * 20, n * 30) for n in range(3, 100)]
HEADS: dict[str, tuple[list[tuple[object, ...]], str]] = {
    "months": (
        [(), ("Account", *dated("2024-01-01", "2024-02-01", "2024-03-01"))],
        "Account | 2024-01-01 | 2024-02-01 | 2024-03-01",
    ),
    "months without a corner": (
        [(None, *dated("2024-01-01", "2024-02-01", "2024-03-01"))],
        " | 2024-01-01 | 2024-02-01 | 2024-03-01",
    ),
    "years without a corner": ([(None, 2021, 2022, 2023)], " | 2021 | 2022 | 2023"),
    "shops": ([("Store", 101, 102, 103)], "Store | 101 | 102 | 103"),
    "what it is about": (
        [("Report", "Sales 2024"), ("Account", "Price", "Qty", "Sum")],
        "Account | Price | Qty | Sum",
    ),
    "long preface": (
        [("A",), ("Report", "Sales"), ("By", "Ada"), ("On", "Monday"), ("Account", "Price", "Qty", "Sum")],
        "Account | Price | Qty | Sum",
    ),
    "a blank row below": ([("Account", "Price", "Qty", "Sum"), ()], "Account | Price | Qty | Sum"),
}


@pytest.mark.parametrize("case", HEADS)
def test_every_row_has_its_column_names(write: Write, read: Read, case: str) -> None:
    head, names = HEADS[case]
    reading = read(write("a.xlsx", xlsx({"S": rows(*head, *ACCOUNTS)})))
    assert [each.header for each in reading.tables] == [names]
    table = reading.tables[0]
    assert "account 99 | 990 | 1980 | 2970" in reading.text[table.start : table.end]


@pytest.mark.parametrize("has_names", [True, False])
def test_blank_rows_between_rows_part_no_table(write: Write, read: Read, has_names: bool) -> None:
    spaced: list[tuple[object, ...]] = [("Account", "Price", "Qty", "Sum"), ()] if has_names else []
    for line in ACCOUNTS:
        spaced += [line, ()]
    reading = read(write("a.xlsx", xlsx({"S": rows(("Accounts of the year",), (), *spaced)})))
    header = "Account | Price | Qty | Sum" if has_names else ""
    assert [each.header for each in reading.tables] == [header]
    table = reading.tables[0]
    assert reading.text[table.start : table.end].count("\n") == len(ACCOUNTS) - (not has_names)
    assert reading.text.startswith("S\n\nAccounts of the year\n\n")


@pytest.mark.parametrize(
    "lines",
    [
        [("North", 1, 2), ("South", 3, 4), ("West", 5, 9)],
        [("North", 10, 12, 30), ("South", 11, 14, 60)],
        [("Ada", *dated("2024-01-01", "2024-02-01")), ("Bob", *dated("2024-01-03", "2024-02-05"))],
        [(1, 2, 3), (4, 5, 60)],
    ],
)
def test_figures_are_no_names(write: Write, read: Read, lines: list[tuple[object, ...]]) -> None:
    assert [each.header for each in read(write("a.xlsx", xlsx({"S": rows(*lines)}))).tables] == [""]


def test_a_preface_is_no_header_and_a_total_has_one(write: Write, read: Read) -> None:
    lines: list[tuple[object, ...]] = [("Report", "Sales 2024"), ("By", "Ada"), (), *ACCOUNTS, ()]
    lines += [("Account", "Price", "Qty", "Sum"), *ACCOUNTS, (), ("Total", 1, 2, 3), (), ("Source", "Ada")]
    reading = read(write("a.xlsx", xlsx({"S": rows(*lines)})))
    headers = ["Report | Sales 2024", "", "Account | Price | Qty | Sum", "Account | Price | Qty | Sum"]
    assert [each.header for each in reading.tables] == headers
    last = reading.tables[-1]
    assert reading.text[last.start : last.end] == "Total | 1 | 2 | 3"


def test_merged_cells_are_repeated(write: Write, read: Read) -> None:
    lines: list[tuple[object, ...]] = [
        ("Report", None, None),
        ("Region", "Sales", None),
        (None, "2022", "2023"),
        ("North", 1, 2),
        (None, 3, 4),
    ]
    merges = "".join(f'<mergeCell ref="{each}"/>' for each in ("A1:C1", "A2:A3", "B2:C2", "A4:A5"))
    data = xlsx({"S": rows(*lines) + f'<mergeCells count="4">{merges}</mergeCells>'})
    assert read(write("a.xlsx", data)).text == (
        "S\n\nReport\nRegion | Sales | Sales\nRegion | 2022 | 2023\nNorth | 1 | 2\nNorth | 3 | 4"
    )


def test_values_are_shown_as_they_are_meant(write: Write, read: Read) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="22"/></cellXfs>'
    )
    line = (
        '<c s="1"><v>45292</v></c>',
        '<c s="2"><v>0.285</v></c>',
        '<c s="3"><v>45293</v></c>',
        '<c s="4"><v>45292.5208333333</v></c>',
        '<c t="b"><v>1</v></c>',
        '<c t="e"><v>#N/A</v></c>',
        '<c t="str"><f>A1&amp;"x"</f><v>joined_x000D_</v></c>',
        '<c t="s"><v>1</v></c>',
        "<c><f>SUM(A1:A9)</f><v>0.30000000000000004</v></c>",
        "<c><f>NOW()</f></c>",
    )
    reading = read(write("a.xlsx", xlsx({"S": rows(line)}, shared=("zero", "one"), styles=styles)))
    assert reading.text == (
        "S\n\n2024-01-01 | 29% | 2024-01-02 | 2024-01-01 12:30:00 | TRUE | #N/A | joined | one | 0.3"
    )
    assert reading.warnings == (
        "1 formula has no stored result: open the workbook in a spreadsheet program, save it and add it "
        "again.",
    )
    early = xlsx({"S": rows(('<c s="1"><v>0</v></c>',))}, styles=styles, book='<workbookPr date1904="1"/>')
    assert read(write("b.xlsx", early)).text == "S\n\n1904-01-01"


def test_charts_text_boxes_and_comments(zoo: Path, write: Write, read: Read) -> None:
    text = read(zoo / "docling/xlsx/xlsx_03_chartsheet.xlsx").text
    assert (
        "Duck Chart\n\nWild Duck Observations by Year\n\nBar chart\n\n | Freshwater Ducks | Saltwater" in text
    )
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            {"a": ("comments", "../comments1.xml"), "b": ("drawing", "../drawings/drawing1.xml")}
        ),
        "xl/comments1.xml": (
            "<comments xmlns='s'><authors><author>Ada</author></authors><commentList>"
            "<comment ref='B2' authorId='0'>"
            "<text><r><t>Is that </t></r><r><t>so?</t></r></text></comment></commentList></comments>"
        ),
        "xl/drawings/drawing1.xml": (
            "<d:wsDr xmlns:d='d' xmlns:a='a'><d:twoCellAnchor><d:sp><d:txBody><a:p><a:r><a:t>In a box"
            "</a:t></a:r></a:p></d:txBody></d:sp></d:twoCellAnchor></d:wsDr>"
        ),
    }
    reading = read(write("a.xlsx", xlsx({"S": rows(("x",))}, parts=parts)))
    assert reading.text == "S\n\nx\n\nIn a box\n\nComment on B2 by Ada: Is that so?"


def test_old_workbooks(zoo: Path, read: Read) -> None:
    reading = read(zoo / "markitdown/test.xls")
    assert reading.kind == "xls"
    assert "Alpha | Beta | Gamma | Delta\n89 | 82 | 100 | 12\n" in reading.text
    assert "13 | 14 | 15 | affc7dad-52dc-4b98-9b5d-51e65d8a8ad0" in reading.text
    assert len(reading.text_pages) == 2
    titled = read(zoo / "docling/xls/legacy_sample.xls")
    assert "Number of freshwater ducks per year\n\nYear | Freshwater Ducks\n2019 | 120\n" in titled.text
    assert [each.header for each in titled.tables] == ["Year | Freshwater Ducks"]


def cell(text: str, attributes: str = "", times: int = 1) -> str:
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    return f"<table:table-cell{repeated} {attributes}><text:p>{text}</text:p></table:table-cell>"


def test_opendocument_sheets(zoo: Path, write: Write, read: Read) -> None:
    body = (
        '<table:table table:name="One"><table:table-row>'
        + cell("Day")
        + cell("Sum", 'table:number-columns-spanned="2"')
        + "<table:covered-table-cell/></table:table-row><table:table-row>"
        + cell("1.2.24", 'office:value-type="date" office:date-value="2024-02-01T00:00:00"')
        + cell("1.234,50", 'office:value-type="float" office:value="1234.5"')
        + cell("7", 'office:value-type="float" office:value="7"', times=2)
        + '</table:table-row><table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        '<table:table table:name="Two">'
        '<table:table-row table:number-rows-repeated="3">'
        + cell("25%", 'office:value-type="percentage" office:value="0.25"')
        + "</table:table-row></table:table>"
    )
    meta = "<dc:title>Sums</dc:title><meta:creation-date>2024-05-06T07:08:09</meta:creation-date>"
    reading = read(write("a.ods", opendocument("spreadsheet", body, meta=meta)))
    assert reading.text == "One\n\nDay | Sum | Sum\n2024-02-01 | 1.234,50 | 7 | 7\n\nTwo\n\n25%\n25%\n25%"
    assert (reading.kind, reading.title, reading.date) == ("ods", "Sums", date(2024, 5, 6))
    assert [page.label for page in reading.text_pages] == ["One", "Two"]
    real = read(zoo / "docling/odf/odf_table_with_title_01.ods")
    assert "Year | Freshwater Ducks\n2019 | 120" in real.text


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_empty_workbooks_have_no_text(write: Write, read: Read, name: str) -> None:
    empty = "<table:table table:name='S'><table:table-row/></table:table>"
    data = xlsx({"S": rows()}) if name == "a.xlsx" else opendocument("spreadsheet", empty)
    with pytest.raises(ReadError, match=f"^{name} has no text.$"):
        read(write(name, data))
