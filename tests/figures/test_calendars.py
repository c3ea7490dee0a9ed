"""Fiscal years by what documents say of them."""

from __future__ import annotations

import pytest

from explorer import figures
from explorer.figures.calendars import FiscalCalendar, calendar_of
from explorer.figures.periods import Period

RETAILER = (
    "Contoso announces fourth quarter fiscal 2022 results. Today it reported the 52 weeks ended January 28, "
    "2023. Net sales of fiscal 2022 rose. In fiscal 2022 it opened shops, in fiscal 2021 none. Fiscal "
    "2023 is planned."
)
OTHER = (
    "The annual report for the fiscal year ended January 28, 2023. In the three months ended July 29, 2023, "
    "the second quarter of fiscal 2024, sales fell from the second quarter of fiscal 2023. "
    "Fiscal 2024 has 53 weeks."
)
TABLE = [
    ["(in thousands)", "13 Weeks Ended", "", "52 Weeks Ended", ""],
    ["", "January 28, 2023", "January 29, 2022", "January 28, 2023", "January 29, 2022"],
    ["Net sales", "$3,227", "$2,729", "$10,209", "$8,631"],
    ["Gross profit", "1,213", "1,027", "4,045", "3,369"],
]


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        (RETAILER, FiscalCalendar(1, 1)),
        (OTHER, FiscalCalendar(1, 0)),
        ("For the years ended June 30, 2023 and 2022. Fiscal 2022, fiscal 2022.", FiscalCalendar(6, 0)),
        ("The fiscal year ended January 1, 2023 had 52 weeks.", FiscalCalendar(12, 0)),
        ("Fiscal year 2022 ended on March 31, 2023.", FiscalCalendar(3, 1)),
        ("For the year ended December 31, 2022.", None),
        ("Cats sleep.", None),
    ],
)
def test_a_document_says_when_its_years_end(text: str, calendar: FiscalCalendar | None) -> None:
    assert calendar_of(text) == calendar


def test_days_go_by_the_numbers_of_fiscal_years() -> None:
    retailer, other = FiscalCalendar(1, 1), FiscalCalendar(1, 0)
    assert retailer.of(Period(2023, 1, 28)) == Period(2022, 1, 28)
    assert retailer.of(Period(2023, 1, 28, months=3)) == Period(2022, 1, 28, quarter=4)
    assert retailer.of(Period(2024, 2, 3)) == Period(2023, 2, 3)
    assert other.of(Period(2023, 7, 29, months=3)) == Period(2024, 7, 29, quarter=2)
    assert FiscalCalendar(12).of(Period(2023, 1, 1)) == Period(2022, 1, 1)
    assert other.of(Period(2023)) == Period(2023)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What were net sales in fiscal 2022?", "$10,209"),
        ("What was gross profit in fiscal 2021?", "3,369"),
        ("What were net sales in the fourth quarter of fiscal 2022?", "$3,227"),
        ("What were net sales in the 13 weeks ended January 29, 2022?", "$2,729"),
        ("What were net sales in the 52 weeks ended January 29, 2022?", "$8,631"),
        ("What were net sales in 2023?", "$10,209"),
        ("What were net sales in fiscal 2023?", None),
        ("What were net sales in the third quarter of fiscal 2022?", None),
    ],
)
def test_a_year_is_never_answered_with_a_quarter(question: str, text: str | None) -> None:
    found = figures.answer(question, TABLE, calendar=calendar_of(RETAILER))
    assert (found and found.text) == text


def test_a_quarter_alone_does_not_answer_for_its_year() -> None:
    quarter = [row[:3] for row in TABLE]
    assert (
        figures.answer("What were net sales in fiscal 2022?", quarter, calendar=calendar_of(RETAILER)) is None
    )


def test_what_there_was_at_the_end_of_a_quarter_stands_under_its_day() -> None:
    table = [
        ["", "July 29, 2023", "July 30, 2022"],
        ["Inventories", "$565", "$604"],
        ["Goodwill", "138", "139"],
    ]
    question = "What were inventories at the end of the second quarter of fiscal 2024?"
    found = figures.answer(question, table, calendar=calendar_of(OTHER))
    assert found is not None
    assert found.text == "$565"
