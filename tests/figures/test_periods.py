"""Periods and days that texts name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.periods import Period, of_span, periods_in


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("revenue in 2019", [Period(2019)]),
        ("FY19 and F18", [Period(2019), Period(2018)]),
        ("December 31, 2019 and 2018", [Period(2019, 12, 31), Period(2018)]),
        ("31 March in 2019", [Period(2019, 3, 31)]),
        ("March 31", [Period(0, 3, 31)]),
        ("the third quarter of fiscal 2018", [Period(2018, quarter=3)]),
        ("fiscal 2019 third quarter", [Period(2019, quarter=3)]),
        ("Q2 2020", [Period(2020, quarter=2)]),
        ("first and second quarter of 2019", [Period(2019, quarter=1), Period(2019, quarter=2)]),
        ("2017-2019", [Period(2017, until=2019)]),
        ("2017/18", [Period(2017, until=2018)]),
        ("it may rise", []),
        ("$2,019 and 2,018 shares", []),
        ("2019.5", []),
    ],
)
def test_periods_are_named(text: str, periods: list[Period]) -> None:
    assert [one.period for one in periods_in(text)] == periods


def test_a_quarter_is_not_its_year_nor_another_year_that_one() -> None:
    assert not Period(2019).meets(Period(2019, quarter=2))
    assert not Period(2019).meets(Period(2018))
    assert Period(2019, 12, 31).meets(Period(2019))
    assert not Period(2019, 12, 31).meets(Period(2019, 6))
    assert not Period(2017, until=2019).meets(Period(2019))


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 28))
def test_a_day_is_read_as_it_is_written(year: int, month: int, day: int) -> None:
    names = "January February March April May June July August September October November December".split()  # noqa: SIM905
    for text in (f"{names[month - 1]} {day}, {year}", f"{day} {names[month - 1]} {year}"):
        assert [one.period for one in periods_in(text)] == [Period(year, month, day)]


@given(st.text(max_size=60))
def test_what_is_named_stands_in_the_text(text: str) -> None:
    for one in periods_in(text):
        assert 0 <= one.start < one.end <= len(text)


def test_a_part_of_a_year_is_no_year() -> None:
    for text, period in (
        ("Three months ended June 30, 2019", Period(2019, 6, 30, quarter=2)),
        ("13 weeks ended January 28, 2023", Period(2023, 1, 28, months=3)),
        ("first six months of 2019", Period(2019, months=6)),
        ("second half of 2019", Period(2019, 12, months=6)),
        ("Six months ended June 30, 2019", Period(2019, 6, 30, months=6)),
        ("Nine months ended September 30, 2019", Period(2019, 9, 30, months=9)),
        ("Twelve months ended June 30, 2019", Period(2019, 6, 30, months=12)),
    ):
        named = of_span(text, tuple(one.period for one in periods_in(text)))
        assert named == (period,)
        assert period.meets(Period(period.year)) == text.startswith("Twelve")
