"""Periods and days that a head, a label or a question names, so that 2019 is never answered with 2018."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
"""The number of each month's name, 1 to 12."""
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
"""Their names, as a pattern."""
_YEAR = r"(?:19|20)\d\d"
_NTH = r"(?:first|second|third|fourth|1 ?st|2 ?nd|3 ?rd|4 ?th)"
_OF_QUARTERS = rf"(?=(?:,? {_NTH})*,? (?:and|to|or) (?:the )?{_NTH} (?:fiscal )?quarter)"
"""Behind the first of "first and second quarter"."""
_PERIOD = re.compile(
    rf"\b(?P<span>{_YEAR}\s?[/–-]\s?(?:{_YEAR}|\d\d))(?!\d)"
    rf"|\b(?P<quarter>[1-4]Q|Q[1-4]|{_NTH} (?:fiscal )?quarter|{_NTH}{_OF_QUARTERS})(?:\s?(?:of|"
    rf"in)?(?:\s(?:fiscal|FY|the|year|ended)){{0,2}}\s?"
    rf"(?P<quarter_year>{_YEAR}|['’]\d\d))?\b"
    rf"|\b(?P<month>{MONTH})\.?\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+(?:in\s+)?|"
    rf"\b))?(?P<month_year>{_YEAR})?"
    rf"|\b(?P<day2>\d{{1,2}})\s+(?P<month2>{MONTH})\.?\s*,?\s*(?:in\s+)?(?P<month_year2>{_YEAR})?"
    rf"|(?<![\d.,$€£/])(?P<year>{_YEAR})(?!\d|,\d{{3}}|\.\d|\s?%)"
    r"|\b(?:FY|F|CY)\s?['’]?(?P<short>\d\d)\b",
    re.IGNORECASE,
)


_BETWEEN = re.compile(r"(?:[\s,:–-]|['’]s|\bthe\b|\bfiscal\b)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """A year, a quarter, a month or a day, or a range of years; what is not named is 0."""

    year: int
    month: int = 0
    day: int = 0
    quarter: int = 0
    until: int = 0
    """The last year of a range."""
    months: int = 0
    """How long it is where that is said and no quarter of the calendar: the six months that end in June, the
    three that end in January, the twelve that end then."""

    def meets(self, other: Period) -> bool:
        """Whether both may be the same: what both name is equal. A quarter or half is not its year; the days
        alone at which two end tell nothing of how long they are."""
        if self.until or other.until:
            return (self.year, self.until) == (other.year, other.until)
        if self.quarter != other.quarter or not self._is_as_long_as(other):
            return False
        return all(
            not (mine and theirs) or mine == theirs
            for mine, theirs in (
                (self.year, other.year), (self.month, other.month),
                (self.day, other.day),
            )
        )  # fmt: skip

    def _is_as_long_as(self, other: Period) -> bool:
        if self.months == other.months:
            return True
        is_unsaid = not self.months or not other.months
        return is_unsaid and (12 in (self.months, other.months) or bool(self.day and other.day))

    @property
    def order(self) -> tuple[int, int, int]:
        """By which periods stand in time."""
        return (self.until or self.year, self.month or 3 * self.quarter, self.day)


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A period and where a text names it."""

    period: Period
    start: int
    end: int


def periods_in(text: str) -> list[NamedPeriod]:
    """The periods that a text names, in its order. A month or quarter alone has the year of the next named
    year, where one follows ("December 31, 2019 and 2018" names two days)."""
    found = [_named(match) for match in _PERIOD.finditer(text)]
    named = _joined(text, [one for one in found if one is not None])
    return [one for one in _with_years(named) if one.period.year or one.period.month or one.period.quarter]


def _named(match: re.Match[str]) -> NamedPeriod | None:
    start, end = match.start(), match.start() + len(match.group().rstrip(" ,"))
    if match["span"]:
        first, last = re.split(r"\s?[/–-]\s?", match["span"])
        until = int(last) if len(last) == 4 else int(first[:2] + last)
        return NamedPeriod(Period(int(first), until=until), start, end) if until > int(first) else None
    if match["quarter"]:
        digit = _quarter(match["quarter"])
        return NamedPeriod(Period(_full(match["quarter_year"]), quarter=digit), start, end)
    if match["month"] or match["month2"]:
        month = MONTHS[(match["month"] or match["month2"]).lower()]
        day, year = match["day"] or match["day2"], match["month_year"] or match["month_year2"]
        is_word = month == 5 and not day and not year  # "may"
        return None if is_word else NamedPeriod(Period(int(year or 0), month, int(day or 0)), start, end)
    return NamedPeriod(Period(_full(match["year"] or match["short"])), start, end)


def _quarter(text: str) -> int:
    digit = next((int(mark) for mark in text if mark.isdigit()), 0)
    return digit or 1 + ("first", "second", "third", "fourth").index(text.split(maxsplit=1)[0].lower())


def _full(year: str | None) -> int:
    digits = re.sub(r"\D", "", year or "")
    if not digits:
        return 0
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _joined(text: str, named: Sequence[NamedPeriod]) -> list[NamedPeriod]:
    """A year and the quarter right behind it ("fiscal 2019, third quarter") as one."""
    result: list[NamedPeriod] = []
    for one in named:
        before = result[-1] if result else None
        is_quarter = one.period.quarter and not one.period.year
        if (
            before
            and is_quarter
            and _is_bare_year(before.period)
            and _BETWEEN.fullmatch(text[before.end : one.start])
        ):
            result[-1] = NamedPeriod(
                Period(before.period.year, quarter=one.period.quarter), before.start, one.end
            )
        else:
            result.append(one)
    return result


def _is_bare_year(period: Period) -> bool:
    return period == Period(period.year)


def _with_years(named: Sequence[NamedPeriod]) -> list[NamedPeriod]:
    """Months and quarters without a year get that of the next one that has; years that follow a day of a
    year are that day of theirs."""
    result: list[NamedPeriod] = []
    for place, one in enumerate(named):
        period = one.period
        if not period.year:
            year = next((later.period.year for later in named[place + 1 :] if later.period.year), 0)
            period = Period(year, period.month, period.day, period.quarter)
        result.append(NamedPeriod(period, one.start, one.end))
    if len(named) > 2 and _is_quarter_alone(named[0]) and all(_is_bare_year(one.period) for one in named[1:]):
        quarter = named[0].period.quarter  # "the second quarter of fiscal 2023 and of fiscal 2024"
        return [replace(one, period=replace(one.period, quarter=quarter)) for one in result]
    return result


def _is_quarter_alone(one: NamedPeriod) -> bool:
    return bool(one.period.quarter) and not one.period.year


_THREE_MONTHS = re.compile(
    r"\b(?:three|3)[- ]months?\b|\b(?:13|thirteen|14|fourteen)[- ]weeks?\b"
    r"|\bquarters?(?:ly)?(?: period)? ended\b",
    re.IGNORECASE,
)
_TWELVE_MONTHS = re.compile(
    r"\b(?:twelve|12)[- ]months?\b|\b(?:5[23]|fifty[- ](?:two|three))[- ]weeks?\b"
    r"|\byears? (?:ended|ending)\b",
    re.IGNORECASE,
)
_MANY_MONTHS = re.compile(
    r"\b(?:first |last )?(?:(?P<six>six|6)|nine|9)[- ]months? (?:period )?(?:end(?:ed|ing)|of)\b"
    r"|\b(?:first |last )?(?:(?P<weeks>26|27|twenty-(?:six|seven))|39|40|thirty-nine|forty)[- ]weeks? "
    r"(?:period )?(?:end(?:ed|ing)|of)\b|\b(?P<half>first|second|last) half\b",
    re.IGNORECASE,
)


def of_span(text: str, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """The periods of a text that says how long they are: three months that end in March are the first
    quarter of their year, 13 weeks that end in January three months of no calendar's quarter, six months
    that end in June are no year."""
    part = _MANY_MONTHS.search(text)
    if _THREE_MONTHS.search(text):
        return tuple(map(_of_three_months, periods))
    if part is None and _TWELVE_MONTHS.search(text):
        return tuple(replace(one, months=12) if one.month and not one.quarter else one for one in periods)
    if part is None:
        return periods
    months = 6 if part["six"] or part["weeks"] or part["half"] else 9
    is_late = (part["half"] or "first").lower() != "first"
    return tuple(
        one
        if one.quarter or one.until
        else replace(one, months=months, month=one.month or (12 if is_late else 0))
        for one in periods
    )


def _of_three_months(period: Period) -> Period:
    if not period.month or period.quarter:
        return period
    if period.month % 3:
        return replace(period, months=3)
    return replace(period, quarter=period.month // 3)


def completed(period: Period, others: Sequence[Period]) -> Period:
    """A period with the year, or the quarter or month, that it lacks and others beside it name."""
    if period.until:
        return period
    year = period.year or next((one.year for one in others if one.year and not one.until), 0)
    if period.quarter or period.month:
        return replace(period, year=year)
    part = next((one for one in others if not one.year and (one.quarter or one.month)), None)
    return replace(part, year=year) if part else replace(period, year=year)
