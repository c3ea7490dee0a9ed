"""What rows and columns are called: the words of a label, its periods, and what stands over which column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.figures.amounts import amount
from explorer.figures.periods import Period, of_span, periods_in
from explorer.words.terms import tokens

_SPACED_YEAR = re.compile(r"\b(?:1 9|2 0) \d \d\b")
_COMPARED = re.compile(
    r"\bvs\b|\bversus\b|\bv\.|\bcompared\b|\bchange|\bvariance|\bincrease|\bgrowth", re.IGNORECASE
)
_BESIDE = re.compile(
    r"\((?:\d{1,2}|[a-z]|\*+)\)|\[\d{1,2}\]|\(?\b(?:see )?notes? \d{1,2}\b(?:\.\d+)?\)?"
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
        () if is_change else of_span(text, tuple(one.period for one in dated)),
        of_span(text, tuple(one.period for one in named if one not in dated)),
    )


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
    "had its it their this that these those what which how much many s respectively per"
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
