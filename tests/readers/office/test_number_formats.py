"""What number formats make of numbers, as the cell shows them.

`explorer.readers.office.number_formats` and `explorer.readers.office.number_patterns`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from explorer.readers.office.number_formats import format_of, shown_number, shown_value
from explorer.readers.office.number_patterns import kind_of, tokens

SHOWN = [
    ("General", "4111111111111112", "4111111111111112"),
    ("General", "4111111111111112.0", "4111111111111112"),
    ("General", "12345678901234567890", "12345678901234567890"),
    ("General", "1e25", "1E+25"),
    ("General", "0.30000000000000004", "0.3"),
    ("General", "1.2e-05", "1.2E-05"),
    ("0", "4111111111111111", "4111111111111111"),
    ("00000", "123", "00123"),
    ("0.000000", "1.2e-05", "0.000012"),
    ("000-000-0000", "4912345678", "491-234-5678"),
    ("0000 0000 0000 0000", "4111111111111112", "4111 1111 1111 1112"),
    ("#,##0.00", "1234567.891", "1,234,567.89"),
    ("#,##0", "-1234.5", "-1,235"),
    ("0,000", "5", "0,005"),
    ("0.00", "1.005", "1.01"),
    ("0.00", "-0.001", "0.00"),
    ("0.###", "1.5", "1.5"),
    ("#.##", "0.5", ".5"),
    ("#,##0.0#", "1234.5", "1,234.5"),
    ("#,##0_);(#,##0)", "-1234", "(1,234)"),
    ("#,##0_);(#,##0)", "1234", "1,234"),
    ('_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', "0", "-"),
    ('_-* #,##0.00\\ "€"_-', "1234.5", "1,234.50 €"),
    ("[$€-407]#,##0.00", "3", "€3.00"),
    ("#,##0.00 [$USD]", "12", "12.00 USD"),
    ("[$-409]0.0", "3", "3.0"),
    ("$#,##0.00", "-5", "-$5.00"),
    ("[Red]0.0%", "0.1", "10.0%"),
    ("0%", "0.285", "29%"),
    ("0.00E+00", "123456", "1.23E+05"),
    ("0.00E+00", "0.000123", "1.23E-04"),
    ("##0.0E+0", "123456", "123.5E+3"),
    ("# ?/?", "1.5", "1 1/2"),
    ("# ?/?", "0.999", "1"),
    ("# ?/?", "-0.25", "-1/4"),
    ("# ?/8", "0.75", "6/8"),
    ("# ??/??", "3.14159", "3 14/99"),
    ("0,", "1234567", "1235"),
    ('0.0,,"M"', "1234567", "1.2M"),
    ("[Red]-0.00;[Blue]0.00", "5", "-5.00"),
    ('[>=1000]#,##0,"k";0', "1500", "2k"),
    ('[>=1000]#,##0,"k";0', "999", "999"),
    ("[<=9999999]###-####;(###) ###-####", "5551234", "555-1234"),
    ("[<=9999999]###-####;(###) ###-####", "2125551234", "(212) 555-1234"),
    ('0;0;"nil"', "0", "nil"),
    ("0;-0;;@", "0", ""),
    (";;;", "5", "5"),
    ('0" days"', "5.5", "6 days"),
    ('General" kg"', "5.5", "5.5 kg"),
    ('"A"000', "7", "A007"),
    ("@", "123", "123"),
    ("[h]:mm", "1.5", "36:00"),
    ("[h]:mm:ss", "1.5", "36:00:00"),
    ("[mm]:ss", "0.0625", "90:00"),
    ("[h]:mm", "-0.5", "-12:00"),
    ("[h]:mm", "1e300", "1E+300"),
    ("h:mm", "0.75", "18:00"),
    ("h:mm AM/PM", "0.75", "6:00 PM"),
    ("h:mm AM/PM", "0", "12:00 AM"),
    ("mm:ss.0", "0.000015", "00:01.3"),
    ('h"h" mm"m"', "0.53125", "12h 45m"),
    ("yyyy-mm-dd", "45292", "2024-01-01"),
    ("dd/mm/yyyy", "45292.5", "2024-01-01"),
    ("dd.mm.yyyy hh:mm", "45292.5", "2024-01-01 12:00:00"),
    ("mmm", "45292", "2024-01-01"),
    ("[$-407]d. mmmm yyyy", "59", "1900-02-28"),  # before the day that Excel takes for 29 February 1900
    ("yyyy-mm-dd", "1", "1900-01-01"),
    ("yyyy", "-1", "-1"),
    ("0.0", "much", "much"),
    ("0", "nan", "nan"),
    ("", "7", "7"),
]


@pytest.mark.parametrize(("code", "number", "shown"), SHOWN)
def test_a_number_is_shown_as_its_cell_shows_it(code: str, number: str, shown: str) -> None:
    assert shown_number(number, format_of(200, code)) == shown


@pytest.mark.parametrize(
    ("number", "value", "shown"),
    [(2, "3", "3.00"), (4, "1234.5", "1,234.50"), (9, "0.25", "25%"), (14, "45292", "2024-01-01"),
     (38, "-7", "(7)"), (44, "-7", "(7.00)"), (46, "2", "48:00:00"), (49, "7", "7"), (999, "7", "7")],
)  # fmt: skip
def test_formats_that_a_file_names_by_number(number: int, value: str, shown: str) -> None:
    assert shown_number(value, format_of(number, None)) == shown


def test_days_count_from_1904_in_some_files() -> None:
    assert shown_number("0", format_of(14, None), since_1904=True) == "1904-01-01"


def test_what_a_format_makes_of_text() -> None:
    form = format_of(200, '0;-0;0;"Note: "@')
    assert form is not None and form.shown_text("late") == "Note: late"
    plain = format_of(200, "0.00")
    assert plain is not None and plain.shown_text("late") == "late"


def test_an_m_is_a_month_or_minutes() -> None:
    assert [kind_of(tokens(code)) for code in ("mm/yy", "h:mm", "mm:ss", "d.m. h:mm", "0.0", '"-"')] == [
        "day", "time", "time", "moment", "number", "literal",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "code", ["0" * 900, "[", '"', "\\", "_", "*", "[h", "0.0.0.0", "/", "E+", "?/", ";;;;;;;"]
)
def test_a_broken_format_costs_no_number(code: str) -> None:
    assert "7" in shown_number("7", format_of(200, code)) or shown_number("7", format_of(200, code))


def test_values_without_a_format() -> None:
    values = [
        True,
        3.0,
        0.1 + 0.2,
        "x",
        date(2024, 1, 2),
        datetime(2024, 1, 2),
        datetime(2024, 1, 2, 3, 4),
        time(1, 2),
    ]
    assert [shown_value(each)[0] for each in values] == [
        "TRUE", "3", "0.3", "x", "2024-01-02", "2024-01-02", "2024-01-02 03:04:00", "01:02:00",
    ]  # fmt: skip
    assert shown_value(timedelta(hours=30)) == ("30:00:00", False)
    assert shown_value(float("inf")) == ("inf", False)
