"""What cells print, as amounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.amounts import amount, number_of, scale_in, scale_said


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234", 1234.0),
        ("$ (1,234.5)", -1234.5),
        ("(389)", -389.0),
        ("−298", -298.0),
        ("1.234.567,89", 1234567.89),
        ("1 234,5", 1234.5),
        ("1’234’567", 1234567.0),
        ("23.6%", 23.6),
        ("(9.4%)", -9.4),
        ("5,940 (1)", 5940.0),
        ("—", 0.0),
        ("$—", 0.0),
        (".5", 0.5),
        ("€ 12.5m", 12.5),
    ],
)
def test_a_cell_is_an_amount(cell: str, value: float) -> None:
    found = amount(cell)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "cell", ["", "Revenue", "December 31, 2019", "Level 1", "2019/2020", "n/a", "1 and 4"]
)
def test_words_and_dates_are_none(cell: str) -> None:
    assert amount(cell) is None


def test_an_amount_has_its_unit() -> None:
    money, share, dash = amount("US$12.5 million"), amount("12 %"), amount("–")
    assert money is not None and share is not None and dash is not None
    assert (money.currency, money.scale, money.decimals, money.is_percent) == ("US$", "million", 1, False)
    assert share.is_percent
    assert dash.is_blank


def _printed(number: float, thousands: str, point: str) -> str:
    return f"{number:,.2f}".replace(",", " ").replace(".", point).replace(" ", thousands)


@given(
    st.integers(0, 10**11).map(lambda cents: cents / 100),
    st.sampled_from([(",", "."), (".", ","), ("\u202f", ","), ("’", ".")]),
    st.booleans(),
)
def test_amounts_are_read_as_they_are_printed_in_many_places(
    number: float, marks: tuple[str, str], is_negative: bool
) -> None:
    text = _printed(number, *marks)
    assert number_of(text) == number
    found = amount(f"({text})" if is_negative else text)
    assert found is not None
    assert found.value == (-number if is_negative else number)


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    found = amount(text)
    assert found is None or isinstance(found.value, float)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("(in thousands)", "thousand"),
        ("(In millions, except per share data)", "million"),
        ("US$’000", "thousand"),
        ("$m", "million"),
        ("£bn", "billion"),
        ("in Mio. EUR", "million"),
        ("Angaben in Tausend", "thousand"),
        ("2019", None),
        ("Revenue in the first quarter", None),
    ],
)
def test_a_scale_is_named(text: str, scale: str | None) -> None:
    assert scale_in(text) == scale


def test_one_amount_of_a_sentence_is_no_scale_of_a_table() -> None:
    assert scale_said("We paid $5 million in 2019.") is None
    assert scale_said("The table shows revenue (in thousands):") == "thousand"


def test_a_letter_apart_is_a_unit_where_no_money_is_named() -> None:
    assert amount("8 m") is None
    for cell in ("8m", "8 M", "$8 m", "€ 8 m", "8 mn", "8 million"):
        found = amount(cell)
        assert found is not None
        assert found.scale == "million"
