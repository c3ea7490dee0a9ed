"""Figures, dates, years and codes of a text, with what they measure: what a claim must have exactly right.

A figure keeps its printed precision, since "34.2 billion" is right where the source has 34,229 million. The
two ways to write a number (1,234.5 and 1.234,5) are both read; where one spelling allows both ("1.234"), it
counts as either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

import regex  # type: ignore[import-untyped]

from explorer.claims.units import LETTERS, MEASURES, MONTHS, NUMBER_WORDS, ORDINALS, SCALES

Kind = Literal["number", "year", "month", "day", "quarter", "code", "ordinal"]
_MOST_DIGITS = 30
"""A longer number is compared as it is written."""
_FIRST_YEAR, _LAST_YEAR = 1700, 2100
_WHOLE = Decimal(1)


class NumberReading(NamedTuple):
    """A number that a spelling may stand for, and the size of its last printed place."""

    value: Decimal
    step: Decimal


class Quantity(NamedTuple):
    """A figure that stands at `text[start:end]`.

    `readings` (of numbers alone; the likelier first) leave out `scale`, the factor written beside it or None.
    `unit` is "" where none is written; `about` tells whether a word says that it is not exact. `term` is how
    the other kinds are compared: "2022", "12-31" for a day, "3" for a month, "q2", "10k".
    """

    kind: Kind
    term: str
    start: int
    end: int
    readings: tuple[NumberReading, ...] = ()
    scale: Decimal | None = None
    unit: str = ""
    about: bool = False

    @property
    def step(self) -> Decimal:
        """The size of the last printed place, scale included; 0 where it is no number."""
        return self.readings[0].step * (self.scale or 1) if self.readings else Decimal(0)


def _any(words: object) -> str:
    return "|".join(map(regex.escape, sorted(words, key=len, reverse=True)))  # type: ignore[call-overload]


_MONTH = rf"(?i:{_any(MONTHS)})"
_NUMBER = (
    r"\d{1,3}(?:[,'’\u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:[.\u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?"
    r"|\d{1,3}(?:\x20\d{3})+,\d{1,2}(?!\d)|\d+(?:[.,]\d+)*"
)
_FOUND = regex.compile(
    rf"""
      (?<![\w.])(?P<iso>(?:1[789]|20)\d\d-\d\d-\d\d)(?!\w)
    | (?<![\w.])(?P<slashed>\d{{1,2}}[/.]\d{{1,2}}[/.](?:(?:1[789]|20)\d\d|\d\d))(?![\w/.]\d|\w)
    | \b(?P<mdy>{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?)(?![\d%]|[.,]\d)\b
    | (?<![\d.,])(?P<dmy>\b\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s+(?:de\s+|of\s+)?{_MONTH})\b
    | \b(?P<month>{_MONTH}(?=\.?,?\s+(?:of\s+|de\s+)?(?:1[789]|20)\d\d\b))
    | \b(?:FY|GJ)\s?['’]?(?P<year>(?:20)?\d\d)\b
    | \b(?P<quarter>[QT][1-4](?=\b|\d\d)|[1-4]Q(?=\b|\d\d)
      |(?i:first|second|third|fourth)[\s-]+(?:fiscal\s+)?(?i:quarter))(?![\p{{L}}])
    | \b(?P<code>\p{{L}}+[-.]?\d[\p{{L}}\d]*|\d+-?\p{{Lu}}[\p{{L}}\d]*(?<!\d[KMBT]))(?!\w)
    | \b(?P<ordinal>\d+(?:st|nd|rd|th)|(?i:{_any(ORDINALS)}))\b
    | (?<![\d.,])(?P<number>{_NUMBER})
    | \b(?P<word>(?i:{_any(NUMBER_WORDS)}))\b
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_BEFORE = regex.compile(
    r"(?P<about>(?i:about|around|roughly|approximately|approx\.|nearly|almost|circa|ca\.|rund|etwa|ungefähr|fast"
    r"|environ|presque|près\ de|unos|cerca\ de)\s+|[~≈]\s?)?"
    r"(?P<sign>[-−–(])?(?P<unit>(?i:US|C|A)?\$|€|£|¥|(?i:USD|EUR|GBP|CHF|JPY)(?![a-z]))?\s?(?P<minus>[-−–(])?$",
    regex.VERSION1,
)
_LOOK_BACK = 24
_AFTER = regex.compile(
    rf"(?:(?P<letter>[KMBTkm])(?!\w)|[\s\u00a0-]?(?P<scale>(?i:{_any(SCALES)})\b\.?))?"
    rf"(?:[\s\u00a0-]?(?P<points>(?i:percentage\s+points?|basis\s+points?|Prozentpunkte?n?))"
    rf"|\s?(?P<two>(?i:per\s+cent|pour\s+cent|por\s+ciento))"
    rf"|[\s\u00a0-]?(?:of\s+|de\s+|d['’])?(?P<unit>(?i:{_any(MEASURES)}))(?!\w))?",
    regex.VERSION1,
)


def quantities(text: str) -> list[Quantity]:
    """Every figure, date, year, quarter and code of a text, in order, none within another."""
    found: list[Quantity] = []
    end = 0
    for start in _beginnings(text):
        match = _FOUND.match(text, start) if start >= end else None
        if match is not None:
            found += _READERS[str(match.lastgroup)](text, match)
            end = match.end()
    return found


def _beginnings(text: str) -> Iterator[int]:
    """Where a figure may begin: at words that have a digit or are one of ours, and at each run of digits.
    Trying only there takes a tenth of the time of looking everywhere."""
    for word in _WORD.finditer(text):
        written = word.group()
        if written.isalpha():
            if written.casefold() in _TELLING or _CODE_TAIL.match(text, word.end()):
                yield word.start()
        elif any(map(str.isdecimal, written)):
            yield word.start()
            for run in _DIGITS.finditer(text, word.start() + 1, word.end()):
                if not text[run.start() - 1].isdecimal():
                    yield run.start()


def _iso(_: str, match: regex.Match) -> list[Quantity]:
    year, month, day = match.group().split("-")
    return _dated(match, year, f"{int(month)}-{int(day)}")


def _slashed(_: str, match: regex.Match) -> list[Quantity]:
    first, second, year = (int(part) for part in regex.split(r"[/.]", match.group()))
    # Written 31.12. or 12/31: what cannot be a month is the day.
    month, day = (
        (second, first) if first > len(set(MONTHS.values())) or "." in match.group() else (first, second)
    )
    return _dated(match, str(year if year > len("00") * 50 else 2000 + year), f"{month}-{day}")


def _dated(match: regex.Match, year: str, day: str) -> list[Quantity]:
    start, end = match.span()
    return [Quantity("day", day, start, end), Quantity("year", year, start, end)]


def _of_month(_: str, match: regex.Match) -> list[Quantity]:
    name = next(word for word in regex.findall(r"\p{L}+", match.group()) if word.casefold() in MONTHS)
    month = MONTHS[name.casefold()]
    day = regex.search(r"\d+", match.group())
    if day is None:
        return [Quantity("month", str(month), *match.span())]
    return [Quantity("day", f"{month}-{int(day.group())}", *match.span())]


def _year(_: str, match: regex.Match) -> list[Quantity]:
    return [Quantity("year", "20" + match.group("year")[-2:], *match.span())]


def _quarter(_: str, match: regex.Match) -> list[Quantity]:
    written = match.group().casefold()
    digit = next((c for c in written if c.isdigit()), None) or str(_QUARTERS.index(written[:2]) + 1)
    return [Quantity("quarter", f"q{digit}", *match.span())]


_QUARTERS = ("fi", "se", "th", "fo")


def _code(_: str, match: regex.Match) -> list[Quantity]:
    return [Quantity("code", regex.sub(r"[-.]", "", match.group()).casefold(), *match.span())]


def _ordinal(_: str, match: regex.Match) -> list[Quantity]:
    written = match.group().casefold()
    return [Quantity("ordinal", ORDINALS.get(written, written), *match.span())]


def _word(text: str, match: regex.Match) -> list[Quantity]:
    value = Decimal(NUMBER_WORDS[match.group().casefold()])
    return [_measured(text, match, (NumberReading(value, _WHOLE),))]


def _number(text: str, match: regex.Match) -> list[Quantity]:
    written = match.group()
    readings = _read(written)
    if not readings:
        return [Quantity("code", written, *match.span())]
    found = _measured(text, match, readings)
    is_plain = found.scale is None and not found.unit
    if is_plain and written.isdecimal() and len(written) == len("2022"):
        year = int(written)
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            return [Quantity("year", str(year), *match.span())]
    return [found]


def _measured(text: str, match: regex.Match, readings: tuple[NumberReading, ...]) -> Quantity:
    start, end = match.span()
    head = _BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
    tail = _AFTER.match(text, end)
    unit = MEASURES.get((head.group("unit") or "").casefold().removeprefix("us"), "") if head else ""
    scale = None
    if tail.group("scale"):
        scale = SCALES[tail.group("scale").casefold().rstrip(".")]
    elif tail.group("letter") and unit:
        scale = LETTERS[tail.group("letter").upper()]
    if tail.group("points"):
        unit = "bp" if tail.group("points").casefold().startswith("basis") else "points"
    elif tail.group("two"):
        unit = "%"
    elif tail.group("unit"):
        unit = unit or MEASURES[tail.group("unit").casefold()]
    elif tail.group("letter") and not unit and tail.group("letter") == "m":
        unit = MEASURES["m"]
    elif tail.group("letter") and not unit:  # 3M
        end = tail.end("letter")
        return Quantity("code", text[start:end].casefold(), start, end)
    about = bool(head and head.group("about"))
    return Quantity("number", "", start, tail.end(), readings, scale, unit, about)


_WORD = re.compile(r"\w+")
_CODE_TAIL = re.compile(r"[-.]\d")
_DIGITS = re.compile(r"\d+")
_TELLING = frozenset((*MONTHS, *NUMBER_WORDS, *ORDINALS, "fy", "gj"))
_READERS = {
    "iso": _iso, "slashed": _slashed, "mdy": _of_month, "dmy": _of_month, "month": _of_month, "year": _year,
    "quarter": _quarter, "code": _code, "ordinal": _ordinal, "number": _number, "word": _word,
}  # fmt: skip


@lru_cache(maxsize=16_384)
def _read(written: str) -> tuple[NumberReading, ...]:
    """What a number may stand for, the likelier first; empty for what is no number, like 1.2.3."""
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in written)
    digits = regex.sub(r"['’\s\u00a0\u202f]", "", digits)
    if len(digits) > _MOST_DIGITS:
        return ()
    marks = [c for c in digits if c in ",."]
    if not marks:
        return (_reading(digits),)
    last, groups = marks[-1], regex.split(r"[.,]", digits)
    if len(set(marks)) > 1:
        return (_reading("".join(groups[:-1]), groups[-1]),) if marks.count(last) == 1 else ()
    in_threes = len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
    if len(marks) > 1:
        return (_reading("".join(groups)),) if in_threes else ()
    decimal, whole = _reading(*groups), _reading("".join(groups))
    if not in_threes:
        return (decimal,)
    return (whole, decimal) if last == "," else (decimal, whole)


def _reading(whole: str, places: str = "") -> NumberReading:
    return NumberReading(Decimal(f"{whole}.{places or 0}"), _WHOLE.scaleb(-len(places)))
