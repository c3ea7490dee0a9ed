"""Running headers, footers and page numbers, on pages made by hand and on real ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.readers.pdf import clean_text
from explorer.readers.pdf.furniture import set_aside
from explorer.readers.pdf.ordering import join_rows
from explorer.readers.pdf.pdfium import PdfPage
from explorer.readers.reading import Reading
from tests.readers.conftest import Read
from tests.readers.pdf.test_clean_text import page


def asides(pages: list[PdfPage]) -> list[list[str]]:
    """What is set aside on each page."""
    parts = set_aside([(each.characters, join_rows(each.lines)) for each in pages])
    written = [clean_text.write(each, lambda *_: True, part) for each, part in zip(pages, parts, strict=True)]
    return [[each.text[start:end] for start, end in each.asides] for each in written]


def body(number: int) -> list[tuple[str, float, float]]:
    return [(f"words {'abcdefgh'[number]} of the text", 50, 100), (f"more {'abcdefgh'[number]}", 50, 112)]


def test_what_repeats_at_the_edges_is_set_aside() -> None:
    pages = [page(("A Report", 50, 40), *body(n), (f"Page {n + 1} of 6", 50, 700)) for n in range(6)]
    assert asides(pages) == [["A Report", f"Page {n + 1} of 6"] for n in range(6)]


def test_a_footer_drawn_first_or_amid_the_text_stands_at_the_end() -> None:
    pages = [page((f"{n + 1}", 300, 700), *body(n)) for n in range(5)]
    parts = set_aside([(each.characters, join_rows(each.lines)) for each in pages])
    written = clean_text.write(pages[2], lambda *_: True, parts[2])
    assert written.text == "words c of the text\nmore c\n\n3"
    assert written.asides == [(len(written.text) - 1, len(written.text))]


def test_left_and_right_pages_have_footers_of_their_own() -> None:
    feet = [f"{n + 1} The Firm" if n % 2 else f"The Firm {n + 1}" for n in range(8)]
    assert asides([page(*body(n), (feet[n], 50, 700)) for n in range(8)]) == [[foot] for foot in feet]


def test_roman_page_numbers() -> None:
    numbers = ["i", "ii", "iii", "iv", "v"]
    assert asides([page(*body(n), (numbers[n], 50, 700)) for n in range(5)]) == [[each] for each in numbers]


def test_numbers_that_do_not_count_the_pages_stay() -> None:
    assert asides([page(*body(n), (f"{n * n * 7 + 20}", 50, 700)) for n in range(6)]) == [[]] * 6


def test_the_head_of_a_table_that_goes_on_stays() -> None:
    others = [page(*body(n)) for n in range(4, 8)]
    pages = [page(("Millions 2022 2021", 50, 40), *body(n)) for n in range(3)]
    assert asides([*pages, *others]) == [[]] * 7


def test_words_that_repeat_amid_the_text_or_at_other_heights_stay() -> None:
    assert asides([page(("Summary", 50, 40 + 30 * n), *body(n)) for n in range(5)]) == [[]] * 5
    assert asides(
        [page(*body(n), ("the same", 50, 124), (f"end {'abcde'[n]}", 50, 136)) for n in range(5)]
    ) == ([[]] * 5)


def test_a_single_page_has_none() -> None:
    assert asides([page(("A Report", 50, 40), ("1", 50, 700))]) == [[]]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "page_number", "expected"),
    [
        ("AMAZON_2017_10K", 38, ["Table of Contents", "38"]),
        ("VERIZON_2022_10K", 46, ["Verizon 2022 Annual Report on Form 10-K 46"]),
        ("MGMRESORTS_2022Q4_EARNINGS", 12, ["MGM RESORTS INTERNATIONAL AND SUBSIDIARIES", "Page 12 of 15"]),
        ("BESTBUY_2024Q2_10Q", 4, ["Table of Contents", "4"]),
    ],
)
def test_filings(filings: Path, read: Read, name: str, page_number: int, expected: list[str]) -> None:
    reading = read(filings / f"{name}.pdf")
    assert on_page(reading, page_number) == expected


def on_page(reading: Reading, number: int) -> list[str]:
    """What is set aside on one page."""
    start = sum(len(page.text) for page in reading.text_pages[: number - 1])
    end = start + len(reading.text_pages[number - 1].text)
    return [reading.text[first:last] for first, last in reading.asides if start <= first < end]


@pytest.mark.parametrize("count", [2, 3, 6, 30])
def test_rows_that_differ_in_a_number_of_their_own_stay(count: int) -> None:
    pages = [page((f"Total: {(n * 7919) % 1000 + 200} EUR", 50, 40), *body(n % 8)) for n in range(count)]
    assert asides(pages) == [[]] * count


def test_a_header_with_a_year_and_the_number_of_the_page_is_set_aside() -> None:
    heads = [f"The Firm 2022 Report on Form 10-K {n + 3}" for n in range(6)]
    assert asides([page((heads[n], 50, 40), *body(n)) for n in range(6)]) == [[head] for head in heads]
