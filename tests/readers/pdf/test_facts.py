"""Dates, titles and places of a PDF, and what is said of its empty pages: `explorer.readers.pdf.facts`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from explorer.errors import ReadError
from explorer.readers.limits import Limits
from explorer.readers.pdf import facts
from explorer.readers.reading import ReadPage, Source

SOURCE = Source(Path("a.pdf"), "a.pdf", limits=Limits(pages=3))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("D:20230208163000+01'00'", date(2023, 2, 8)),
        ("2023", date(2023, 1, 1)),
        ("D:20231341", None),
        ("yesterday", None),
    ],
)
def test_days(value: str, day: date | None) -> None:
    assert facts.day(value) == day


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Microsoft Word - Annual  Report", "Annual Report"),
        ("(Untitled)", None),
        ("2023-04", None),
        ("\ud800 Lone", "\ufffd Lone"),
    ],
)
def test_a_field_that_tells_something(value: str, words: str | None) -> None:
    assert facts.telling(value) == words


def test_a_title_is_looked_for_near_where_it_should_be() -> None:
    text = "Risks\nWe see risks\nRisks\nMore"
    assert facts.place(text, "risks", 0) == 0
    assert facts.place(text, "RISKS", 25) == text.rindex("Risks")
    assert facts.place(text, "nowhere", 7) == 7


def test_the_number_of_pages_is_bounded() -> None:
    facts.check_pages(SOURCE, 3)
    with pytest.raises(ReadError, match=r"^a\.pdf has 4 pages; the limit is 3\."):
        facts.check_pages(SOURCE, 4)
    with pytest.raises(ReadError, match="no pages"):
        facts.check_pages(SOURCE, 0)


def test_pages_without_text_are_told() -> None:
    pages = [ReadPage(1, "Words"), ReadPage(2, " "), ReadPage(3, "")]
    assert facts.page_warnings(SOURCE, pages, unreadable=1) == (
        "No text found on 1 of 3 pages.",
        "1 of 3 pages are damaged and could not be read.",
    )
    with pytest.raises(ReadError, match="its pages are damaged"):
        facts.page_warnings(SOURCE, pages[1:], unreadable=2)
