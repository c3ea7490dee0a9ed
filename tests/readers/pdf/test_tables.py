"""Tables on the pages of a PDF, as rows of cells.

What tells them: `explorer.readers.pdf.tabular.words`, `explorer.readers.pdf.tabular.pieces`,
`explorer.readers.pdf.tabular.columns`, `explorer.readers.pdf.tabular.stretches`,
`explorer.readers.pdf.tabular.heads`, `explorer.readers.pdf.tabular.grid`; `explorer.readers.pdf.tables`
brings them into the text.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.readers.pdf.pdfium import Line
from explorer.readers.pdf.tabular.pieces import entry, joined
from explorer.readers.pdf.tabular.words import Word
from explorer.readers.tables import DocumentTable, document_tables
from tests.readers.conftest import Read, Write
from tests.readers.pdf.table_pages import LEFT, SIZE, STEP, TOP, Grid, Text, drawn_table, pdf, width


def words(*placed: tuple[str, float]) -> list[Word]:
    return [Word(0, 1, left, left + 5 * len(text), text) for text, left in placed]


def test_signs_belong_to_their_numbers() -> None:
    assert joined(words(("(12", 0), (")", 30))) == "(12)"
    assert joined(words(("as", 0), ("a", 30), ("%", 50), ("of", 60))) == "as a % of"


def test_a_wide_gap_parts_two_cells() -> None:
    row = [Line(0, 1, 0.0, 0.0, 300.0, 10.0, 10.0, 10.0)]
    found = entry(row, words(("Net", 0), ("sales", 18), ("$", 100), ("7", 190), ("2022", 250)))
    assert [piece.text for piece in found.pieces] == ["Net sales", "$ 7", "2022"]
    assert [piece.text for piece in found.amounts] == ["$ 7"]


INCOME = [
    ["(in millions)", "2022", "2021"],
    ["Net sales", "$ 34,229", "$ 35,355"],
    ["Cost of sales", "19,232", "18,795"],
    ["Gain on divestitures", "(2,724)", "—"],
    ["Operating income", "$ 6,539", "$ 7,369"],
]


def found(read: Read, write: Write, data: bytes) -> list[DocumentTable]:
    return list(document_tables(read(write("a.pdf", data))))


def rows(table: DocumentTable) -> list[list[str]]:
    return [list(row) for row in table.rows]


def at(x: float, *lines: str, top: float = TOP, right: bool = False) -> list[Text]:
    """Lines below each other that begin, or end, at the same place."""
    return [
        (line, x - width(line) if right else x, top - STEP * number)
        for number, line in enumerate(lines)
        if line
    ]


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("right", [False, True])
def test_a_table_of_numbers(read: Read, write: Write, *, ruled: bool, shuffled: bool, right: bool) -> None:
    data = drawn_table(INCOME, ruled=ruled, shuffled=shuffled, right=right, above=["Income by segment"])
    (table,) = found(read, write, data)
    assert rows(table) == INCOME
    assert (table.header_rows, table.page) == (1, 1)
    assert table.unit == "in millions"


def test_its_text_stays_as_it_is_printed(read: Read, write: Write) -> None:
    reading = read(write("a.pdf", drawn_table(INCOME)))
    (table,) = reading.tables
    assert reading.text[table.start : table.end] == "\n".join(" ".join(row) for row in INCOME)
    assert table.header == "(in millions) 2022 2021"


def test_signs_in_positions_of_their_own(read: Read, write: Write) -> None:
    texts = [
        *at(300, "2022", right=True), *at(400, "2021", right=True),
        *at(LEFT, "", "Net sales", "Tax", "Margin"),
        *at(255, "", "$"), *at(300, "", "34,229", "(12", "45.0", right=True), *at(302, "", "", ")", "%"),
        *at(355, "", "$"), *at(400, "", "35,355", "8", "44.1", right=True), *at(402, "", "", "", "%"),
    ]  # fmt: skip
    (table,) = found(read, write, pdf(sorted(texts, key=lambda text: (-text[2], text[1]))))
    assert rows(table) == [
        ["", "2022", "2021"],
        ["Net sales", "$ 34,229", "$ 35,355"],
        ["Tax", "(12)", "8"],
        ["Margin", "45.0%", "44.1%"],
    ]


HEADS = [
    ["", "Year Ended December 31,", ""],
    ["", "2022", "2021"],
    ["Assets", "", ""],
    ["Cash", "1,093", "1,874"],
    ["Due:", "", ""],
    ["Owed to banks", "", "12"],
    ["Total", "1,093", "1,886"],
]


def test_rows_of_names_sections_and_empty_cells(read: Read, write: Write) -> None:
    texts = [
        *at(LEFT, *(row[0] for row in HEADS)),
        *at(330, *(row[1] for row in HEADS[1:]), top=TOP - STEP, right=True),
        *at(400, *(row[2] for row in HEADS[1:]), top=TOP - STEP, right=True),
        ("Year Ended December 31,", 355 - width("Year Ended December 31,") / 2, TOP),
    ]
    (table,) = found(read, write, pdf(sorted(texts, key=lambda text: (-text[2], text[1]))))
    assert rows(table) == HEADS
    assert table.header_rows == 2


def test_labels_of_two_lines(read: Read, write: Write) -> None:
    long = "Net cash provided by operating activities and all other things"
    grid = [["", "2022", "2021"], [long, "12", "13"], ["Costs", "7", "8"], ["Rest", "5", "5"]]
    (table,) = found(read, write, drawn_table(grid, widest=150))
    assert rows(table) == grid


def test_two_tables_on_a_page(read: Read, write: Write) -> None:
    other = [["", "2020", "2019"], ["Cash", "7", "8"], ["Debt", "9", "10"]]
    texts: list[Text] = []
    for top, grid in ((TOP, INCOME), (TOP - 120, other)):
        texts += at(LEFT, *(row[0] for row in grid), top=top)
        for column, x in ((1, 300.0), (2, 380.0)):
            texts += at(x, *(row[column] for row in grid), top=top, right=True)
    between = "These figures are explained in a long sentence that stands between the two of them."
    texts.append((between, LEFT, TOP - 95))
    tables = found(read, write, pdf(sorted(texts, key=lambda text: (-text[2], text[1]))))
    assert [rows(table) for table in tables] == [INCOME, other]


def test_a_long_name_and_a_unit_at_the_right_edge(read: Read, write: Write) -> None:
    body = [["Ships sold", "12", "7"], ["Boats sold to the towns of the coast", "1,200", "800"]]
    texts = [
        *at(230, "For the Years Ended December 31,", "2022", "", "12", "1,200", right=True),
        *at(270, "", "2021", "(in thousands)", "7", "800", right=True),
        *at(LEFT, *(row[0] for row in body), top=TOP - 3 * STEP),
    ]
    (table,) = found(read, write, pdf(sorted(texts, key=lambda text: (-text[2], text[1]))))
    assert rows(table) == [
        ["", "For the Years Ended December 31,", ""],
        ["", "2022", "2021"],
        ["", "(in thousands)", ""],
        *body,
    ]
    assert table.header_rows == 3


PROSE = (
    "In 2022 the company sold 1,200 ships and 14 boats to its customers, who paid",
    "more than $ 400 million for them; in the year before it sold 1,100 of them for",
    "about $ 350 million. The rest of its income came from services, which grew by 4%",
    "to $ 120 million, and from the rent of 12 docks in 3 towns on the coast of the sea.",
)


@pytest.mark.parametrize(
    "texts",
    [
        at(LEFT, *PROSE),
        [*at(LEFT, *(line[:36] for line in PROSE)), *at(320, *(line[-36:] for line in PROSE))],
        [*at(LEFT, "Business", "Risks", "Properties", "Legal"), *at(500, "1", "7", "12", "15")],
        [*at(LEFT, "1", "2", "3", "4"), *at(70, "Apples and pears", "Ships", "Boats", "Docks")],
        [*at(LEFT, "Ada Lovelace", "12 Dock Street", "London"), *at(350, "Telephone", "Letter", "Mail")],
        [*at(LEFT, "Date:", "By:", "Name:", "Title:"), *at(120, "May 4, 2023", "/s/ Ada", "Ada", "Chair")],
    ],
    ids=["prose", "two columns", "contents", "list", "address", "signatures"],
)
def test_what_is_no_table(read: Read, write: Write, texts: list[Text]) -> None:
    assert found(read, write, pdf(texts)) == []


def test_a_table_of_many_columns_and_small_print(read: Read, write: Write) -> None:
    grid: Grid = [
        ["Method", *"ABCDEFGH"],
        *([f"m{n}", *(f"{n}{k}.{k}" for k in range(8))] for n in range(1, 6)),
    ]
    (table,) = found(read, write, drawn_table(grid))
    assert rows(table) == [list(row) for row in grid]
    assert table.header_rows == 1
    assert SIZE < 10


STATEMENTS = Path(__file__).parents[3] / "benchmarks" / "data" / "statements.jsonl"


@pytest.mark.data
def test_statements_of_filings(request: pytest.FixtureRequest, read: Read) -> None:
    """Cells that a person reads on the pages of three short filings."""
    folder = request.getfixturevalue("shared_data") / "financebench"
    if not folder.is_dir():
        pytest.skip(f"the filings are not on this machine: {folder} is missing")
    wanted = [json.loads(line) for line in STATEMENTS.read_text(encoding="utf-8").splitlines()]
    names = ("MGMRESORTS_2022Q4_EARNINGS", "ULTABEAUTY_2023Q4_EARNINGS", "BESTBUY_2024Q2_10Q")
    held = {name: list(document_tables(read(folder / f"{name}.pdf"))) for name in names}
    for each in wanted:
        if each["doc"] not in held:
            continue
        header = [tuple(row) for row in each["header"]]
        tables = [table for table in held[each["doc"]] if table.page == each["page"]]
        tables = [table for table in tables if list(table.rows[: table.header_rows]) == header]
        rows = {
            (row[0], column, cell)
            for table in tables
            for row in table.rows
            for column, cell in enumerate(row)
        }
        assert {tuple(cell) for cell in each["cells"]} <= rows, each["doc"]
