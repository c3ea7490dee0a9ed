"""Values of cells as text: what Excel's number formats make of a number, digit by digit as the cell shows it.

A format has up to four sections (above zero, below, zero, text), or sections with conditions of their own.
Days are the exception: they are given as 2024-03-05, which means the same in every country. A long number
that no format shortens keeps all of its digits, where Excel would show 4.11111E+15.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from explorer.readers.office.number_patterns import Digits, kind_of, shown_time, tokens

_ACCOUNTS = '_(* {0}_);_(* \\({0}\\);_(* "-"??_);_(@_)'
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0_);(#,##0)", 6: "#,##0_);(#,##0)",
    7: "#,##0.00_);(#,##0.00)", 8: "#,##0.00_);(#,##0.00)", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??",
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((22, 34, 35), "yyyy-mm-dd hh:mm"),
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 32: "h:mm", 33: "h:mm:ss",
    37: "#,##0_);(#,##0)", 38: "#,##0_);(#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);(#,##0.00)",
    41: _ACCOUNTS.format("#,##0"), 42: _ACCOUNTS.format("#,##0"), 43: _ACCOUNTS.format("#,##0.00"),
    44: _ACCOUNTS.format("#,##0.00"), 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""The formats that a file names by their number alone. Which currency 5 to 8, 42 and 44 mean is not said."""
_SECTION = re.compile(r'(?:"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?|[^;"\\_*\[]|[\\_*]$)*', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d{1,15}(?:\.\d{1,15})?)\]")
_MOST_CHARACTERS = 1000
_LAST_DAY = 2_958_466
"""The day after 9999-12-31."""
_WHOLE = re.compile(r"[+-]?\d{1,40}")
_LARGEST = 1e21
"""From here on a number is none of a card, an account or goods, and is shown as 1E+25."""


class NumberFormat:
    """One number format, taken apart once; `shown` makes the text of each number."""

    def __init__(self, code: str) -> None:
        parts = _sections(code[:_MOST_CHARACTERS])
        self._text = parts.pop() if len(parts) == 4 else parts[0] if len(parts) == 1 else ""
        self._text_marks = tokens(self._text)
        self._sections = [_Section(each) for each in parts]
        self._is_conditional = any(each.condition for each in self._sections)

    def shown(self, value: float, exact: Decimal, since_1904: bool = False) -> str:
        """What the cell shows. A number that its format hides is given as it is, unless it is zero."""
        section, says_minus = self._section(exact)
        if says_minus:
            value, exact = abs(value), abs(exact)
        text = " ".join(section.shown(value, exact, since_1904).split())
        return text if text or not exact else general(value, exact)

    def shown_text(self, text: str) -> str:
        """What the cell shows of a text: most formats leave it as it is, and none hides it here."""
        if not any(each.kind == "text" for each in self._text_marks):
            return text
        return "".join(text if each.kind == "text" else each.held for each in self._text_marks).strip()

    def _section(self, value: Decimal) -> tuple[_Section, bool]:
        """The section for a number, and whether that section says by itself that the number is negative."""
        sections = self._sections
        if self._is_conditional:
            found = next((each for each in sections if each.takes(value)), sections[-1])
            return found, found.condition is not None and found.condition[0] in ("<", "<=")
        if value < 0 and len(sections) > 1:
            return sections[1], True
        return (sections[2] if value == 0 and len(sections) > 2 else sections[0]), False


class _Section:
    """One section of a format."""

    def __init__(self, code: str) -> None:
        found = _CONDITION.search(code)
        self.condition = (found[1], Decimal(found[2])) if found else None
        self._marks = tokens(code)
        self._kind = kind_of(self._marks)
        self._digits = Digits(self._marks)

    def takes(self, value: Decimal) -> bool:
        """Whether the section's condition holds; one without a condition takes the rest."""
        if self.condition is None:
            return True
        sign, bound = self.condition
        return {
            "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound,
            "=": value == bound, "<>": value != bound,
        }[sign]  # fmt: skip

    def shown(self, value: float, exact: Decimal, since_1904: bool) -> str:
        """The number as this section shows it, in General where the section is for other numbers."""
        if self._kind == "literal":
            return "".join(each.held for each in self._marks)
        if self._kind in ("day", "moment") and 0 <= value < _LAST_DAY - 1462:
            moment = _moment(value, since_1904)
            return shown_moment(moment) if self._kind == "moment" else _nearest(moment).date().isoformat()
        if self._kind == "time" and abs(value) < _LAST_DAY:
            return shown_time(self._marks, value)
        if self._kind == "number" and abs(value) < _LARGEST:
            return self._digits.shown(exact)
        words = general(value, exact)
        if self._kind != "general":
            return words
        return "".join(words if each.kind in ("general", "text") else each.held for each in self._marks)


def _sections(code: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at <= len(code) and len(found) < 4:
        match = _SECTION.match(code, at)
        found.append(match[0] if match else "")
        at = (match.end() if match else at) + 1
    return found


@lru_cache(maxsize=2_000)
def format_of(number: int, code: str | None) -> NumberFormat | None:
    """The format with an id, or with the pattern that a file states ("dd/mm/yyyy"); None for General."""
    code = _BUILT_IN.get(number) if code is None else code
    return NumberFormat(code) if code and code.strip().lower() != "general" else None


def shown_number(text: str, form: NumberFormat | None = None, since_1904: bool = False) -> str:
    """A number, as a file states it, in its format; `text` itself where it is no number."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    # a whole number with all of its digits, others with the 15 that spreadsheets keep
    digits = text if _WHOLE.fullmatch(text) else str(int(value)) if value.is_integer() else f"{value:.15g}"
    if form is None:
        return general(value, digits)
    return form.shown(value, Decimal(digits), since_1904)


def general(value: float, digits: Decimal | str) -> str:
    """A number in the format General: a whole one with all of its digits, others with up to 15."""
    if abs(value) < _LARGEST and value.is_integer():
        return str(int(digits))
    return f"{value:.15g}".replace("e", "E")


def shown_value(
    value: object, form: NumberFormat | None = None, since_1904: bool = False
) -> tuple[str, bool]:
    """(a value as text, whether it was text). A moment without a time of day is a day; 3.0 is 3."""
    if isinstance(value, str):
        return (value if form is None else form.shown_text(value)), True
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, int | float):
        return shown_number(repr(value), form, since_1904), False
    if isinstance(value, timedelta):
        return shown_time(tokens("[h]:mm:ss"), value / timedelta(days=1)), False
    return shown_moment(value) if isinstance(value, datetime) else str(value), False


def shown_moment(value: datetime) -> str:
    """A date, with the time of day unless that is midnight."""
    rounded = _nearest(value)
    return rounded.date().isoformat() if rounded.time() == time() else rounded.isoformat(" ")


def _nearest(value: datetime) -> datetime:
    """The nearest whole second."""
    rounded = value + timedelta(microseconds=500_000) if value.microsecond else value
    return rounded.replace(microsecond=0)


def _moment(value: float, since_1904: bool) -> datetime:
    if since_1904:
        return datetime(1904, 1, 1) + timedelta(days=value)
    # Excel counts a 29 February 1900 that never was
    return datetime(1899, 12, 30) + timedelta(days=value if value >= 60 else value + 1)
