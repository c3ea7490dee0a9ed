"""Tables in the text of a PDF, with their column heads, on rows made by hand."""

from __future__ import annotations

from explorer.readers.pdf import clean_text
from explorer.readers.pdf.tables import found
from explorer.readers.reading import ReadPage
from tests.readers.pdf.test_clean_text import page


def tables(*rows: str) -> list[tuple[str, str]]:
    """Header and text of each table on a page of rows."""
    made = page(*[(row, 50.0, 100.0 + 12 * number) for number, row in enumerate(rows)])
    written = clean_text.write(made, lambda *_: True)
    read = ReadPage(1, written.text)
    return [(table.header, read.text[table.start : table.end]) for table in found([read], [written])]


def test_a_table_with_years() -> None:
    rows = (
        "(in millions) 2022 2021",
        "Assets",
        "Cash $ 3,655 $ 4,564",
        "Inventories 5,372 4,985",
        "Other — 201",
    )
    assert tables("Some words before it.", *rows, "Some words after it.") == [
        ("(in millions) 2022 2021", "\n".join(rows))
    ]


def test_column_heads_over_several_rows() -> None:
    heads = ("Year Ended December 31,", "2015 2016 2017")
    rows = ("Net sales $ 79,268 $ 94,665 $ 118,573", "Cost 71,651 88,265 111,934", "Income (22) (96) (4)")
    assert tables(*heads, *rows)[0][0] == "Year Ended December 31, 2015 2016 2017"


def test_a_row_of_dates_is_no_data() -> None:
    heads = ("July 29, 2023 January 28, 2023",)
    rows = ("Cash 1,093 1,874", "Receivables 856 1,141", "Goodwill 1,383 1,383")
    assert tables(*heads, *rows)[0][0] == heads[0]


def test_two_tables_have_their_own_heads() -> None:
    one = ("2022 2021", "Cash 1 2", "Debt 3 4", "Tax 5 6")
    two = ("2020 2019", "Cash 7 8", "Debt 9 10", "Tax 11 12")
    between = "These figures are explained in a long sentence that stands between the two."
    assert [head for head, _ in tables(*one, between, *two)] == ["2022 2021", "2020 2019"]


def test_without_column_heads_there_is_no_table() -> None:
    assert tables("Words before", "Cash 1,093 1,874", "Receivables 856 1,141", "Goodwill 1,383 1,383") == []
    assert tables("In 2022 we sold 12 and 14 ships.", "This is prose.", "So is this.") == []
