"""A table as it is asked: what each row and column is called, which period and unit each cell is of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.figures.amounts import Amount, amount, scale_in, scale_said
from explorer.figures.periods import Period, periods_in
from explorer.readers.tables import header_rows
from explorer.words.terms import tokens

MOST_ROWS, MOST_COLUMNS = 2_000, 60
"""What is looked at of a table: no statement is larger, and a question is answered in milliseconds."""

_PLAIN = re.compile(
    r"\bper (?:common |ordinary |diluted |basic )?(?:share|unit|employee|barrel|ton)\b|\bEPS\b|"
    r"\bratio\b|\brate\b|\(?\byears\)?$|"
    r"\bnumber of\b|\bheadcount\b",
    re.IGNORECASE,
)
_DEDUCTED = re.compile(r"\b(?:expenses?|costs?|allowances?|depreciation)\b", re.IGNORECASE)
_NET = re.compile(
    r"\b(?:income|profit|gains?|benefits?|net|adjustments?)\b|\((?:loss|losses|expense)\)", re.IGNORECASE
)
_SPACED_YEAR = re.compile(r"\b(?:1 9|2 0) \d \d\b")
_PERCENT = re.compile(r"%|per ?cent", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """What a row or a column is called."""

    text: str
    words: frozenset[str]
    periods: tuple[Period, ...] = ()


def heading(text: str) -> Label:
    """The words of a label without its periods, and those."""
    text = _SPACED_YEAR.sub(lambda found: found.group().replace(" ", ""), text)
    named = periods_in(text)
    bare = "".join(
        " " if any(one.start <= place < one.end for one in named) else mark for place, mark in enumerate(text)
    )
    return Label(text, frozenset(words_of(bare)), tuple(one.period for one in named))


def words_of(text: str) -> list[str]:
    """The stems of a text in order, function words left out."""
    return [one.term for one in tokens(text, "en") if text[one.start : one.end].lower() not in _SILENT]


_FUNCTION_WORDS = (
    "a an the of in on at by for to from with and or as is are was were be been being do does did has have "
    "had its it their this that these those what which how much many s respectively per"
)
_SILENT = frozenset(_FUNCTION_WORDS.split())


class TableGrid:
    """Rows of cells with their names. Cells are (row, column), both from 0."""

    def __init__(self, rows: Sequence[Sequence[str]], head: int | None = None) -> None:
        kept = [list(row[:MOST_COLUMNS]) for row in rows[:MOST_ROWS]]
        width = max(map(len, kept), default=0)
        self.rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in kept]
        self.width = width
        self.head = min(header_rows(self.rows) if head is None else head, len(self.rows))
        self._around: tuple[tuple[str, ...], str] | None = None

    @cached_property
    def columns(self) -> tuple[Label, ...]:
        """What each column is called, by the rows of its head from above; a name also stands for the columns
        that are empty right of it, or for all where it stands alone in its row."""
        names: list[list[str]] = [[] for _ in range(self.width)]
        for row in self.rows[: self.head]:
            filled = [place for place, cell in enumerate(row) if cell and place]
            for place in range(1, self.width):
                if len(filled) == 1:
                    names[place].append(row[filled[0]])
                    continue
                nearest = max((other for other in filled if other <= place), default=None)
                if nearest is not None:
                    names[place].append(row[nearest])
            if row and row[0] and self.width > 1 and not filled:
                names = [[*name, row[0]] if place else name for place, name in enumerate(names)]
        first = " ".join(row[0] for row in self.rows[: self.head] if row and row[0])
        return tuple(heading(first if not place else " ".join(name)) for place, name in enumerate(names))

    @cached_property
    def own_heads(self) -> tuple[str, ...]:
        """What stands in the head of each column itself."""
        return tuple(
            " ".join(self.rows[row][place] for row in range(self.head) if self.rows[row][place])
            for place in range(self.width)
        )

    @cached_property
    def amounts(self) -> tuple[tuple[Amount | None, ...], ...]:
        """The amount of every cell of the body, None elsewhere."""
        return tuple(
            tuple(None if number < self.head or not place else amount(cell) for place, cell in enumerate(row))
            for number, row in enumerate(self.rows)
        )

    @cached_property
    def value_columns(self) -> tuple[int, ...]:
        """The columns that hold amounts."""
        return tuple(
            place
            for place in range(1, self.width)
            if any((found := row[place]) is not None and not found.is_blank for row in self.amounts)
        )

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """For each row, the label above it that has no amounts beside it."""
        result, section = [], ""
        for number, row in enumerate(self.rows):
            has_amounts = any(self.amounts[number])
            if number >= self.head and row and row[0] and not has_amounts and not any(row[1:]):
                section = row[0]
                result.append("")
            else:
                result.append(section)
        return tuple(result)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """What each row is called."""
        return tuple(heading(row[0] if row else "") for row in self.rows)

    @cached_property
    def section_headings(self) -> tuple[Label, ...]:
        known: dict[str, Label] = {}
        return tuple(known.setdefault(text, heading(text)) for text in self.sections)

    @cached_property
    def body(self) -> tuple[int, ...]:
        """The rows that hold amounts."""
        return tuple(number for number, row in enumerate(self.amounts) if any(row))

    def periods(self, row: int, column: int) -> tuple[Period, ...]:
        """The periods that a cell is of, by its column, its row, else its section; () where nothing says."""
        return self.columns[column].periods or self.labels[row].periods or self.section_headings[row].periods

    def is_deduction(self, row: int) -> bool:
        """Whether a row holds costs that are all printed as negative amounts."""
        label = self.labels[row].text
        if not _DEDUCTED.search(label) or _NET.search(label):
            return False
        amounts = [one for one in self.amounts[row] if one is not None and not one.is_percent]
        return all(one.value < 0 for one in amounts)

    def is_percent(self, row: int, column: int) -> bool:
        """Whether a cell is a percentage: it says so, or its row or column does."""
        found = self.amounts[row][column]
        if found is not None and found.is_percent:
            return True
        if found is not None and found.currency:
            return False
        return bool(_PERCENT.search(self.own_heads[column]) or _PERCENT.search(self.labels[row].text))

    def scale(self, row: int, column: int, around: Sequence[str] = ()) -> str:
        """ "thousand", "million", "billion", "percent" or "": by the cell, its row and column, the table, and
        then the text `around` it. Amounts per share, rates and years have none."""
        found = self.amounts[row][column]
        if found is not None and found.scale:
            return found.scale
        if self.is_percent(row, column):
            return "percent"
        label = self.labels[row].text
        own = scale_in(label) or scale_in(self.own_heads[column])
        if own:
            return own
        if any(_PLAIN.search(text) for text in (label, self.own_heads[column], self.sections[row])):
            return ""
        return self._table_scale or self._scale_around(tuple(around))

    def _scale_around(self, around: tuple[str, ...]) -> str:
        if self._around is None or self._around[0] != around:
            said = next((named for text in around if (named := scale_said(text))), None)
            self._around = (around, said or _scale_by_repeats(self.amounts, around))
        return self._around[1]

    @cached_property
    def _table_scale(self) -> str:
        cells = [cell for row in self.rows[: self.head] for cell in row if cell]
        cells += [
            self.rows[number][0]
            for number in range(self.head, min(self.head + 2, len(self.rows)))
            if self.rows[number]
        ]
        return next((named for cell in cells if (named := scale_in(cell))), "")


_SAID = re.compile(r"(?<![\d.,])(?P<number>\d[\d,]*(?:\.\d+)?)\s(?P<scale>million|billion)\b", re.IGNORECASE)
_ENOUGH = 3
"""Digits that an amount must have in common with a cell to be the same figure and no accident."""


def _scale_by_repeats(amounts: Sequence[Sequence[Amount | None]], around: Sequence[str]) -> str:
    """The scale of a table that does not say it, by figures that the text around repeats with theirs:
    "$45.0 million" beside a cell of 45,007 says thousands. "" where none or more than one fits."""
    cells = [abs(one.value) for row in amounts for one in row if one is not None and not one.is_percent]
    votes: dict[str, int] = {}
    for text in around:
        for found in _SAID.finditer(text[:20_000]):
            digits = found["number"].replace(",", "")
            if len(digits.replace(".", "").lstrip("0")) < _ENOUGH:
                continue
            said = float(digits) * (1e6 if found["scale"].lower() == "million" else 1e9)
            near = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * said / float(digits)
            for scale, factor in (("thousand", 1e3), ("million", 1e6)):
                if any(abs(cell * factor - said) <= near for cell in cells):
                    votes[scale] = votes.get(scale, 0) + 1
    return next(iter(votes)) if len(votes) == 1 else ""
