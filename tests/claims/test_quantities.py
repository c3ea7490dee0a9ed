"""Figures: how they are read (`explorer.claims.quantities`, `.units`), and when two are the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.claims import units
from explorer.claims.evidence import named
from explorer.claims.quantities import quantities
from explorer.claims.sameness import compare

NONE: frozenset[Decimal | str] = frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("December 31, 2022", [("day", "12-31"), ("year", "2022")]),
        ("am 31.12.2022", [("day", "12-31"), ("year", "2022")]),
        ("3 October 2021", [("day", "10-3"), ("year", "2021")]),
        ("2022-10-03", [("day", "10-3"), ("year", "2022")]),
        ("12/31/22", [("day", "12-31"), ("year", "2022")]),
        ("March 2022", [("month", "3"), ("year", "2022")]),
        ("FY22, FY 2021", [("year", "2022"), ("year", "2021")]),
        ("Q2 and the third quarter", [("quarter", "q2"), ("quarter", "q3")]),
        ("10-K, COVID-19, 3M", [("code", "10k"), ("code", "covid19"), ("code", "3m")]),
        ("1.2.3", [("code", "1.2.3")]),
        ("the 1st and the second", [("ordinal", "1st"), ("ordinal", "2nd")]),
        ("it may rise; no figure", []),
    ],
)
def test_what_has_a_name_of_its_own(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.term) for one in quantities(text)] == expected


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$34,229 million", 34_229_000_000, "USD"),
        ("US$1.2bn", 1_200_000_000, "USD"),
        ("$5M", 5_000_000, "USD"),
        ("1.234,5 Mio. Euro", 1_234_500_000, "EUR"),
        ("1 234,5 millions d'euros", 1_234_500_000, "EUR"),
        ("25 basis points", 25, "bp"),
        ("50 per cent", 50, "%"),
        ("12-month", 12, "month"),
        ("twelve months", 12, "month"),
        ("5km", 5, "km"),
    ],
)
def test_a_number_has_a_value_and_a_unit(text: str, value: int, unit: str) -> None:
    (found,) = quantities(text)
    assert found.readings[0].value * (found.scale or 1) == value
    assert found.unit == unit
    assert text[found.start : found.end].endswith(text[-2:])


@pytest.mark.parametrize(
    ("claimed", "stated", "expected"),
    [
        ("$34.2 billion", "$34,229 million", "same"),
        ("$34.3 billion", "$34,229 million", "different"),
        ("$34,229 million", "$34.2 billion", "different"),
        ("about 34,000 people", "34,229 people", "same"),
        ("34,000 people", "34,229 people", "different"),
        ("1.234", "1,234", "same"),
        ("1,5", "1.5", "same"),
        ("5%", "5 percentage points", "different"),
        ("5 %", "5 percent", "same"),
        ("5 million", "5", "unsure"),
        ("5%", "5", "unsure"),
        ("$5", "5", "same"),
        ("$5", "€5", "different"),
        ("March 2022", "March 5, 2022", "same"),
        ("March 5", "March 6", "different"),
    ],
)
def test_when_two_figures_say_the_same(claimed: str, stated: str, expected: str) -> None:
    assert compare(quantities(claimed)[0], quantities(stated)[0], NONE, NONE) == expected


def test_scales_around_a_bare_figure_count() -> None:
    claimed, stated = quantities("$34.2 billion")[0], quantities("34,229")[0]
    assert compare(claimed, stated, NONE, named("(in millions)")) == "same"
    assert compare(claimed, stated, NONE, named("it sold 3 million toys")) == "different"


def test_names_of_units_are_folded() -> None:
    for names in (units.MONTHS, units.SCALES, units.MEASURES, units.NUMBER_WORDS, units.ORDINALS):
        assert all(name == name.casefold() for name in names)


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_in_both_spellings(number: int) -> None:
    english, german = f"{number:,}", f"{number:,}".replace(",", ".")
    first, second = quantities(f"of {english} pieces")[0], quantities(f"of {german} pieces")[0]
    if first.kind == second.kind == "number":
        assert compare(first, second, NONE, NONE) == "same"
