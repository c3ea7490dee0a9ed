"""What rows and columns are called: the words of a label, its periods, and what stands over which column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from explorer.figures.amounts import amount
from explorer.figures.periods import Period, of_span, periods_in
from explorer.words.terms import tokens

_SPACED_YEAR = re.compile(r"\b(?:1 9|2 0) \d \d\b")
_COMPARED = re.compile(
    r"\bvs\b|\bversus\b|\bv\.|\bcompared\b|\bchange|\bvariance|\bincrease|\bgrowth", re.IGNORECASE
)
_BESIDE = re.compile(
    r"\((?:\d{1,2}|[a-z]|\*+)\)|\[\d{1,2}\]|\(?\b(?:see )?notes? \d{1,2}\b(?:\.\d+)?\)?"
    r"|\((?:[^()]{0,20}\s)?in (?:thousands|millions|billions)\b[^()]{0,60}\)"
    r"|/?\s*\((?:loss|losses|benefit|expense|decrease|increase|gain|gains|deficit|income|used in)\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a row or a column is called."""

    text: str
    words: frozenset[str]
    periods: tuple[Period, ...] = ()
    days: tuple[Period, ...] = ()
    """Days and months that it names without their year: "Outstanding at 31 March"."""


_REMEMBERED = 8192
"""Labels whose words are remembered: a question asks hundreds of tables, which call their rows alike."""


@lru_cache(maxsize=_REMEMBERED)
def heading(text: str) -> Label:
    """The words of a label without its periods, and those."""
    text = _SPACED_YEAR.sub(lambda found: found.group().replace(" ", ""), text)
    named = periods_in(text)
    dated = [one for one in named if one.period.year or one.period.quarter]
    bare = "".join(
        " " if any(one.start <= place < one.end for one in dated) else mark for place, mark in enumerate(text)
    )
    is_change = len(dated) > 1 and _COMPARED.search(text)
    return Label(
        text,
        frozenset(words_of(bare)),
        () if is_change else of_span(text, _of_one_year([one.period for one in dated])),
        of_span(text, tuple(one.period for one in named if one not in dated)),
    )


def _of_one_year(periods: Sequence[Period]) -> tuple[Period, ...]:
    """Quarters that a label names apart from their one year as those of that year: "Fiscal 2024: stores at
    the end of the second quarter"."""
    years = [one for one in periods if one == Period(one.year)]
    quarters = [one for one in periods if one.quarter and not one.year]
    if len(years) == 1 and quarters and len(years) + len(quarters) == len(periods):
        return tuple(replace(one, year=years[0].year) for one in quarters)
    return tuple(periods)


def words_of(text: str) -> list[str]:
    """The stems of a text in order; function words, marks of notes and "(loss)" or the like left out."""
    text = _BESIDE.sub(" ", text)
    return [
        one.term
        for one in tokens(text, "en")
        if text[one.start : one.end].lower() not in _SILENT and (len(one.term) > 1 or one.term.isdigit())
    ]


def filled_head(row: Sequence[str]) -> bool:
    """Whether a row names columns: a year, a day or a quarter stands in it and no amount."""
    beside = [cell for cell in row[1:] if cell]
    named = [cell for cell in beside if periods_in(cell)]
    return bool(named) and all(cell in named or amount(cell) is None for cell in beside)


_FUNCTION_WORDS = (
    "a an the of in on at by for to from with and or as is are was were be been being do does did has have "
    "had its it their this that these those what which how much many s respectively per between"
)
_SILENT = frozenset(_FUNCTION_WORDS.split())


def stands_over(place: int, filled: Sequence[int], width: int) -> int | None:
    """Which of the `filled` columns of a row of the head names column `place`: the only one; where they stand
    in the middle of equal groups of columns, that of its group; else the nearest at or left of it."""
    if len(filled) == 1:
        return filled[0]
    if filled and filled[0] > 1 and (width - 1) % len(filled) == 0:
        size = (width - 1) // len(filled)
        if all((other - 1) // size == number for number, other in enumerate(filled)):
            return filled[(place - 1) // size]
    return max((other for other in filled if other <= place), default=None)


def joined(names: Sequence[str]) -> str:
    """Names of a column as one; a unit below a year is no part of it ("2019 %" is no percentage)."""
    return " ".join(name if name[:1] != "%" else f"; {name}" for name in names)


_LASTS = re.compile(r"\b(?:months?|weeks?|quarters?|years?)\b|\bas (?:of|at)\b|\bat\b", re.IGNORECASE)


def column_name(head: Sequence[Sequence[str]], column: int) -> str:
    """What a column is called by the rows of a head, for people: what stands in it, what stands over it and
    says a period, and what the first column says of the period of all."""
    parts: list[str] = []
    width = max(map(len, head), default=0)
    for number, row in enumerate(head):
        filled = [place for place, cell in enumerate(row) if cell.strip() and place]
        if len(filled) == 1 and number + 1 < len(head) and not _says_time(row[filled[0]]):
            continue  # a title above the names
        source = stands_over(column, filled, width)
        text = row[source].strip() if source is not None else ""
        if text and (source == column or _says_time(text)):
            parts.append(text)
        elif row and row[0].strip() and _says_time(row[0]) and source is None:
            parts.append(row[0].strip())
    corner = head[-1][0].strip() if head and head[-1] else ""
    name = " ".join(dict.fromkeys(parts))
    if column and corner and _LASTS.search(corner) and periods_in(corner) and not _LASTS.search(name):
        name = f"{corner} {name}"
    return name


def _says_time(text: str) -> bool:
    return bool(periods_in(text) or _LASTS.search(text))
