"""The fiscal year of a company, by what its document says: when it ends, and by which number it goes.

A retailer's "fiscal 2022" may end on January 28, 2023; another calls the year that ends on that day "fiscal
2023". Both kinds stand in filings, so that only the document itself can tell.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from explorer.figures.periods import MONTH, MONTHS, Period

MOST_TEXT = 400_000
"""Characters of a document that are looked at: its cover, its business and its results."""
_LATE = 7
"""A year that ends with a week may end some days into the next month: January 1 is an end of December."""
_AMBIGUOUS = 3
"""Years that end up to March may go by the number of the year before; later ones go by that of their end."""
_DATE = rf"(?P<month>{MONTH})\.?\s+(?P<day>\d{{1,2}})(?!\d)(?:\s*,\s*(?P<year>(?:19|20)\d\d))?"
_YEAR_ENDED = re.compile(
    r"\b(?:fiscal|financial|years?|5[23]|fifty[- ](?:two|three))\b(?:[^.\d]|(?:19|20)\d\d){0,30}?"
    rf"\bend(?:ed|ing|s)\b\W{{1,4}}(?:on\s+)?{_DATE}",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"\bfiscal\s+(?:year\s+)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)
_ENDED = re.compile(rf"\bended\s+{_DATE}", re.IGNORECASE)
_TOGETHER = re.compile(
    rf"\bfiscal\s+(?:year\s+)?(?P<number>(?:19|20)\d\d)\b[^.\d]{{0,40}}?\bended\s+(?:on\s+)?{_DATE}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """A company's years."""

    last_month: int
    """In which they end, 1 to 12."""
    ahead: int = 0
    """1 where a year goes by the number of the calendar year before that of its end."""

    def of(self, period: Period) -> Period:
        """A day or a month, or a quarter that ends with one, by the number of its fiscal year and quarter;
        whatever names no month as it is."""
        if not period.month or not period.year or period.until:
            return period
        year, month = _settled(period)
        past = month > self.last_month
        number = year + past - self.ahead
        to_end = (self.last_month - month) % 12
        is_quarter = bool(period.quarter) or period.months == 3
        if is_quarter and to_end % 3 == 0:
            return replace(period, year=number, quarter=4 - to_end // 3, months=0)
        return replace(period, year=number)


def calendar_of(text: str) -> FiscalCalendar | None:
    """The calendar that a document speaks of; None where its years are those of everybody, or it does not
    say when they end."""
    text = text[:MOST_TEXT]
    ends = [_end(found) for found in _YEAR_ENDED.finditer(text)]
    if not ends:
        return None
    last_month = Counter(month for _, month in ends).most_common(1)[0][0]
    is_early = any(int(found["day"]) <= _LATE for found in _YEAR_ENDED.finditer(text))
    if last_month == 12 and not is_early:
        return None
    return FiscalCalendar(last_month, _ahead(text, last_month) if last_month <= _AMBIGUOUS else 0)


def _ahead(text: str, last_month: int) -> int:
    """Whether years go by the number before that of their end: as years and days that stand together say;
    else as most of its words for years do, which speak of the latest one."""
    together = [
        _year_of(found, last_month) - int(found["number"])
        for found in _TOGETHER.finditer(text)
        if found["year"]
    ]
    if together:
        return int(2 * sum(one == 1 for one in together) > len(together))
    days = [_year_of(found, last_month) for found in _ENDED.finditer(text) if found["year"]]
    said = Counter(int(found["year"]) for found in _FISCAL.finditer(text))
    return int(bool(days) and said[max(days) - 1] > said[max(days)])


def _year_of(found: re.Match[str], last_month: int) -> int:
    """The calendar year in which the fiscal year ends that a day is of."""
    year, month = _end(found)
    return year + (month > last_month)


def _end(found: re.Match[str]) -> tuple[int, int]:
    """(year, month) of a day; 0 for a year that is not named."""
    month = MONTHS[found["month"].lower()]
    return _settled(Period(int(found["year"] or 0), month, int(found["day"])))


def _settled(period: Period) -> tuple[int, int]:
    """(year, month) that a day ends: those of the month before for its first days."""
    if period.day and period.day <= _LATE:
        return (period.year - (period.month == 1), (period.month - 2) % 12 + 1)
    return period.year, period.month
