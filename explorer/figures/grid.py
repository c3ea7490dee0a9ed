"""A table as it is asked: what each row and column is called, which period and unit each cell is of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from explorer.figures.amounts import CellAmount, amount, scale_in, scale_said
from explorer.figures.calendars import FiscalCalendar
from explorer.figures.labels import Label, filled_head, heading, joined, stands_over
from explorer.figures.periods import Period, completed
from explorer.readers.tables import header_rows

MOST_ROWS, MOST_COLUMNS = 2_000, 60
"""What is looked at of a table: no statement is larger, and a question is answered in milliseconds."""

_PLAIN = re.compile(
    r"\bper (?:common |ordinary |diluted |basic )?(?:share|unit|employee|barrel|ton)\b|\bEPS\b|"
    r"\b(?:selling|share|stock|exercise|average) prices?\b|\(?\byears\)?$|"
    r"\bnumber of\b|\(number\)|^number$|^employees\b|\bheadcount\b",
    re.IGNORECASE,
)
_DEDUCTED = re.compile(r"\b(?:expenses?|costs?|allowances?|depreciation)\b", re.IGNORECASE)
_NET = re.compile(
    r"\b(?:income|profit|gains?|benefits?|net|adjustments?)\b|\((?:loss|losses|expense)\)", re.IGNORECASE
)
_SHARES = re.compile(r"\bshares\b(?!.*\b(?:value|amount|cost|issued for)\b)", re.IGNORECASE)
_EXCEPT_SHARES = re.compile(r"\bexcept\b.{0,40}\bshares?\b", re.IGNORECASE)
_RATE = re.compile(r"\bratio\b|\brate\b", re.IGNORECASE)
"""Names of figures that have no scale; "tax at the statutory rate" is money, as its currency says."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERCENT = re.compile(r"%|per ?cent", re.IGNORECASE)
_CHANGES = re.compile(r"\bchange|\bvariance|\bincrease|\bdecrease|\bgrowth|[△∆Δ]", re.IGNORECASE)


def _head(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows name the columns; where they seem not to, up to one that names periods."""
    return header_rows(rows) or next((n + 1 for n, row in enumerate(rows[:4]) if filled_head(row)), 0)


class TableGrid:
    """Rows of cells with their names. Cells are (row, column), both from 0."""

    def __init__(
        self,
        rows: Sequence[Sequence[str]],
        head: int | None = None,
        calendar: FiscalCalendar | None = None,
    ) -> None:
        kept = [list(row[:MOST_COLUMNS]) for row in rows[:MOST_ROWS]]
        width = max(map(len, kept), default=0)
        self.rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in kept]
        self.width = width
        self.head = min(head or _head(self.rows), len(self.rows))
        self.calendar = calendar
        self._around: tuple[tuple[str, ...], str] | None = None

    @cached_property
    def columns(self) -> tuple[Label, ...]:
        """What each column is called, by the rows of its head from above; a name also stands for the columns
        that are empty right of it, or for all where it stands alone in its row."""
        names: list[list[str]] = [[] for _ in range(self.width)]
        for row in self.rows[: self.head]:
            filled = [place for place, cell in enumerate(row) if cell and place]
            for place in range(1, self.width):
                source = stands_over(place, filled, self.width)
                if source is not None:
                    names[place].append(row[source])
            if row and row[0] and self.width > 1 and not filled:
                names = [[*name, row[0]] if place else name for place, name in enumerate(names)]
        first = " ".join(row[0] for row in self.rows[: self.head] if row and row[0])
        found = [heading(first if not place else joined(name)) for place, name in enumerate(names)]
        has_years = any(period.year for one in found for period in one.periods)
        return tuple(
            replace(one, periods=()) if place and has_years and self._is_of_change(place, one) else one
            for place, one in enumerate(found)
        )

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The words of what stands alone in its row of the head, above one that names the columns."""
        filled = [[cell for cell in row[1:] if cell] for row in self.rows[: self.head]]
        ends = [number for number, cells in enumerate(filled) if len(cells) > 1]
        alone = [cells[0] for cells in filled[: ends[-1] if ends else 0] if len(cells) == 1]
        own = (
            frozenset(word for cell in filled[ends[-1]] for word in heading(cell).words)
            if ends
            else frozenset()
        )
        return frozenset(word for cell in alone for word in heading(cell).words) - own

    def _is_of_change(self, place: int, named: Label) -> bool:
        """Whether a column says how figures change, though it stands under the name of a period."""
        own = self.own_heads[place]
        return bool(_CHANGES.search(own)) and not (heading(own).periods and len(named.periods) < 2)

    @cached_property
    def own_heads(self) -> tuple[str, ...]:
        """What stands in the head of each column itself."""
        return tuple(
            " ".join(self.rows[row][place] for row in range(self.head) if self.rows[row][place])
            for place in range(self.width)
        )

    @cached_property
    def amounts(self) -> tuple[tuple[CellAmount | None, ...], ...]:
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
        result, section = [], self._corner
        for number, row in enumerate(self.rows):
            has_amounts = any(self.amounts[number])
            if number >= self.head and row and row[0] and not has_amounts and not any(row[1:]):
                section = row[0]
                result.append("")
            else:
                result.append(section)
        return tuple(result)

    @cached_property
    def _corner(self) -> str:
        """What stands above the labels, where it says more than a unit or a period."""
        texts = [row[0] for row in self.rows[: self.head] if row and row[0] and any(row[1:])]
        return next((text for text in texts if not scale_in(text) and len(heading(text).words) > 1), "")

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """What each row is called."""
        return tuple(
            _TOTAL if number in self._sums else heading(row[0] if row else "")
            for number, row in enumerate(self.rows)
        )

    @cached_property
    def _sums(self) -> frozenset[int]:
        """Rows without a label that add up the rows above them."""
        found: set[int] = set()
        start = self.head
        for number in self.body:
            if not self.rows[number][0]:
                if self.adds_up(number, [row for row in self.body if start <= row < number]):
                    found.add(number)
                start = number + 1
        return frozenset(found)

    def adds_up(self, total: int, parts: Sequence[int]) -> bool:
        """Whether a row is the sum of two others at least, in each column and within their rounding."""
        columns = [place for place in self.value_columns if self.amounts[total][place] is not None]
        return len(parts) > 1 and all(
            abs(_value(self.amounts[total][place]) - sum(_value(self.amounts[row][place]) for row in parts))
            <= 0.6 * len(parts) * 10.0 ** -(self.amounts[total][place] or CellAmount(0.0)).decimals
            for place in columns
        )

    @cached_property
    def section_headings(self) -> tuple[Label, ...]:
        known: dict[str, Label] = {}
        return tuple(known.setdefault(text, heading(text)) for text in self.sections)

    @cached_property
    def body(self) -> tuple[int, ...]:
        """The rows that hold amounts."""
        return tuple(number for number, row in enumerate(self.amounts) if any(row))

    def periods(self, row: int, column: int) -> tuple[Period, ...]:
        """The periods that a cell is of, by its column, its row, else its section, in the calendar's years
        where there is one; () where nothing says."""
        own = (self.columns[column], self.labels[row], self.section_headings[row])
        first = next((label.periods for label in own if label.periods), ())
        beside = [other for label in own if label.periods != first for other in label.periods]
        parts = [part for label in (*own, self.head_label) for part in label.days] if len(first) == 1 else []
        whole = [completed(one, [*beside, *parts, *self.head_label.periods]) for one in first]
        return tuple(whole if self.calendar is None else map(self.calendar.of, whole))

    @cached_property
    def head_label(self) -> Label:
        """What the head says of all columns in its first: "Three months ended December 31"."""
        return heading(" ".join(row[0] for row in self.rows[: self.head] if row and row[0]))

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

    def is_of_percents(self, row: int, column: int) -> bool:
        """Whether a cell belongs with percentages: a dash does where all beside it are some."""
        found = self.amounts[row][column]
        if found is None or not found.is_blank:
            return self.is_percent(row, column)
        beside = [
            place for place, one in enumerate(self.amounts[row]) if one is not None and not one.is_blank
        ]
        return bool(beside) and all(self.is_percent(row, place) for place in beside)

    def scale(self, row: int, column: int, around: Sequence[str] = ()) -> str:
        """ "thousand", "million", "billion", "percent" or "": by the cell, its row and column, the table, and
        then the text `around` it. Amounts per share, rates and years have none."""
        found = self.amounts[row][column]
        if found is not None and found.scale:
            return found.scale
        if self.is_percent(row, column):
            return "percent"
        if self._is_bare(row, column):
            return ""
        own = scale_in(self.labels[row].text) or scale_in(self.own_heads[column])
        if own or self._is_plain(row, column):
            return own or ""
        return self._table_scale or self._scale_around(tuple(around))

    def _is_bare(self, row: int, column: int) -> bool:
        """Whether a cell is a year, or a number of shares that the head excepts from its scale."""
        is_excepted = _SHARES.search(self.labels[row].text) and self._is_except_shares
        return bool(_YEAR.fullmatch(self.rows[row][column]) or is_excepted)

    def _is_plain(self, row: int, column: int) -> bool:
        """Whether a cell is a figure per share, a rate or the like, which the scale of a table is not for."""
        found, names = self.amounts[row][column], (self.labels[row].text, self.own_heads[column])
        is_money = found is not None and bool(found.currency) and abs(found.value) >= 100
        is_rate = not is_money and any(map(_RATE.search, names))
        return is_rate or any(map(_PLAIN.search, (*names, self.sections[row])))

    def _scale_around(self, around: tuple[str, ...]) -> str:
        if self._around is None or self._around[0] != around:
            said = next((named for text in around if (named := scale_said(text))), None)
            self._around = (around, said or _scale_by_repeats(self.amounts, around))
        return self._around[1]

    @cached_property
    def _is_except_shares(self) -> bool:
        """Whether the head says that numbers of shares are not in the scale of the table."""
        return any(_EXCEPT_SHARES.search(cell) for row in self.rows[: self.head + 1] for cell in row)

    @cached_property
    def _table_scale(self) -> str:
        cells = [cell for row in self.rows[: self.head] for cell in row if cell]
        cells += [
            self.rows[number][0]
            for number in range(self.head, min(self.head + 2, len(self.rows)))
            if self.rows[number] and not any(self.amounts[number])
        ]
        return next((named for cell in cells if (named := scale_in(cell))), "")


def _value(found: CellAmount | None) -> float:
    return found.value if found is not None else 0.0


_TOTAL = heading("Total")
_SAID = re.compile(r"(?<![\d.,])(?P<number>\d[\d,]*(?:\.\d+)?)\s(?P<scale>million|billion)\b", re.IGNORECASE)
_ENOUGH = 3
"""Digits that an amount must have in common with a cell to be the same figure and no accident."""


def _scale_by_repeats(amounts: Sequence[Sequence[CellAmount | None]], around: Sequence[str]) -> str:
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
