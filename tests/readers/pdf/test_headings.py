"""Headings of PDFs without an outline, on rows made by hand and on filings."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.readers.pdf import clean_text
from explorer.readers.pdf.headings import from_fonts
from explorer.readers.pdf.pdfium import PdfPage
from explorer.readers.reading import ReadPage
from tests.readers.conftest import Read
from tests.readers.pdf.test_clean_text import page


def headings(*pages: PdfPage) -> list[tuple[int, str]]:
    written = [clean_text.write(each, lambda *_: True) for each in pages]
    read = [ReadPage(number, f"{each.text}\n\n") for number, each in enumerate(written, 1)]
    text = "".join(each.text for each in read)
    found = from_fonts(read, written)
    assert all(text[each.start :].startswith(each.text.split(" ")[0]) for each in found)
    return [(each.level, each.text) for each in found]


def bold(made: PdfPage, *rows: int) -> PdfPage:
    for row in rows:
        made.lines[row].bold = True
    return made


BODY = [(f"this is row {number} of the text", 50.0, 150.0 + 12 * number) for number in range(6)]


def test_levels_follow_size() -> None:
    first = page(("Whales", 50, 100, 20), ("Songs", 50, 130, 14), *BODY)
    second = page(("Dolphins", 50, 100, 20), ("Play", 50, 130, 14), *BODY)
    assert headings(first, second) == [(1, "Whales"), (2, "Songs"), (1, "Dolphins"), (2, "Play")]


def test_a_heading_of_two_rows_is_one() -> None:
    made = page(("The Songs of Whales", 50, 100, 14), ("and of Dolphins", 50, 116, 14), *BODY)
    assert headings(made) == [(1, "The Songs of Whales and of Dolphins")]


def test_a_bold_row_that_stands_alone() -> None:
    assert headings(bold(page(("Liquidity", 50, 120), *BODY), 0)) == [(1, "Liquidity")]
    assert headings(bold(page(*BODY), 0, 1, 2, 3, 4, 5)) == []  # the text itself is bold


def test_what_is_set_like_a_heading_and_is_none() -> None:
    for words in (
        "$ 1,234 million",
        "1,234 5,678",
        "A whole sentence.",
        "(Dollars in millions)",
        "• a point",
        "2022",
    ):
        assert headings(page((words, 50, 100, 14), *BODY)) == [], words


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("BESTBUY_2024Q2_10Q", ["1. Basis of Presentation", "Overview", "Income Tax Expense"]),
        (
            "AMAZON_2017_10K",
            ["Item 7A. Quantitative and Qualitative Disclosures About Market Risk", "PART III"],
        ),
        ("AMCOR_2023_10K", ["Note 11 - Fair Value Measurements", "Share Repurchases"]),
    ],
)
def test_filings_without_an_outline(filings: Path, read: Read, name: str, titles: list[str]) -> None:
    reading = read(filings / f"{name}.pdf")
    found = {heading.text: heading for heading in reading.headings}
    for title in titles:
        assert " ".join(reading.text[found[title].start :][: len(title) + 5].split()).startswith(title)


def test_emphasis_in_a_paragraph_is_no_heading() -> None:
    rows = page(*BODY[:3], ("these bold words go on", 50.0, 186.0), *[(t, x, y + 12) for t, x, y in BODY[3:]])
    assert headings(bold(rows, 3), page(*BODY), page(*BODY)) == []


def test_more_rows_than_a_heading_has_are_a_paragraph() -> None:
    rows = [(f"Large words {'abcde'[number]}", 50, 100 + 20 * number, 20) for number in range(5)]
    lower = [(text, x, y + 100) for text, x, y in BODY]
    assert headings(page(*rows[:3], *lower)) == [(1, "Large words a Large words b Large words c")]
    assert headings(page(*rows, *lower)) == []
