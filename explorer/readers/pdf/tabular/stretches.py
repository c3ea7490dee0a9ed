"""Which rows of a page make a table: stretches of rows with numbers beside labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from explorer.readers.pdf.layout.glyphs import NOTHING
from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.tabular import columns as of_columns
from explorer.readers.pdf.tabular.columns import Column
from explorer.readers.pdf.tabular.pieces import RowInPieces, entry
from explorer.readers.pdf.tabular.words import Words

BETWEEN = 5
"""At most this many rows without numbers stand between two with numbers: labels of sections, of two rows."""
LONGEST_LABEL = 130
FARTHEST = 4.5
"""The next row of a table begins at most this many font heights below."""
GAP_OF_NAMES = 0.4
"""A gap wider than this many font heights parts two names of columns."""
FAR_HEADS = 2.2
"""Heads stand at most this many font heights above what they name."""
LEAST_ROWS = 2
LEAST_LABELLED = 3
"""A table of one column of numbers has at least this many rows."""
ALIGNED = 2.5
"""Points: what is no farther apart stands above each other."""
_SPARSE = 0.52
"""A row with wider letters than this share of its font's height, on average, has wide gaps."""
_ENDS = frozenset("0123456789)]%—–-*x")
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.;!?]$")
_OF_AMOUNT = re.compile(rf"[\d–—−*{NOTHING}-]|[Nn]/?[AaMm]|nil|[Nn]\.[Mm]\.")
"""Every amount has one of these: see `pieces.py`."""
_IN_BRACKETS = re.compile(r"\(.*\)")


class RowsInPieces:
    """The rows of a page in the order of reading, and their pieces where they are asked for."""

    def __init__(self, characters: str, rows: Sequence[Row], words: Words) -> None:
        self.characters, self.rows, self._words = characters, rows, words
        self._entries: dict[int, RowInPieces] = {}
        self._heads: dict[int, RowInPieces] = {}
        self._amounts: dict[int, bool] = {}

    def entry(self, place: int) -> RowInPieces:
        if place not in self._entries:
            row = self.rows[place]
            self._entries[place] = entry(row, self._words.of(row))
        return self._entries[place]

    def head(self, place: int) -> RowInPieces:
        """The row with its pieces as those of names, which stand closer to each other than cells."""
        if place not in self._heads:
            row = self.rows[place]
            self._heads[place] = entry(row, self._words.of(row), GAP_OF_NAMES)
        return self._heads[place]

    def may_part(self, place: int) -> bool:
        """Whether a row may have a wide gap, by what is known without its words."""
        row = self.rows[place]
        if row[0].aside or not row[0].upright:
            return False
        if len(row) > 1 or self.characters[row[0].last - 1] in _ENDS:
            return True
        line = row[0]
        return line.right - line.left > _SPARSE * line.height * (line.last - line.first)

    def has_amounts(self, place: int) -> bool:
        """Whether a row has amounts beside something else."""
        if place not in self._amounts:
            self._amounts[place] = self.may_part(place) and self._may_hold(place) and self._holds(place)
        return self._amounts[place]

    def _may_hold(self, place: int) -> bool:
        """Whether any character of a row may be one of an amount: to part a row into words takes longer."""
        return any(_OF_AMOUNT.search(self.characters, line.first, line.last) for line in self.rows[place])

    def _holds(self, place: int) -> bool:
        made = self.entry(place)
        return bool(made.amounts) and not made.has_leaders

    def follows(self, place: int, most: float) -> bool:
        """Whether a row stands close below the one before it."""
        one, other = self.rows[place - 1], self.rows[place]
        if one[0].turn != other[0].turn or other[0].aside or not other[0].upright:
            return False
        step = other[0].baseline - one[0].baseline
        height = max(one[0].height, other[0].height, 1.0)
        if step < 0.8 * height:  # a number stands at half the height of a label of two lines
            return step > -0.8 * height and one[-1].right < other[0].left
        return step < (most + 1) * height

    def is_prose(self, place: int) -> bool:
        """Whether a row is running text."""
        length = sum(line.last - line.first for line in self.rows[place])
        if length <= 40:
            return False
        last = self.rows[place][-1]
        ends = _SENTENCE.search(self.characters[max(last.last - 12, last.first) : last.last].rstrip())
        return bool(length > LONGEST_LABEL or ends) and len(self.entry(place).pieces) < 3


def stretches(page: RowsInPieces) -> Iterator[tuple[int, int, list[Column]]]:
    """(first, last row with numbers, columns of numbers) of each table of a page."""
    held: list[int] = []
    for place in range(len(page.rows)):
        if held:
            is_far = place - held[-1] > BETWEEN + 1 or not page.follows(place, FARTHEST)
            if is_far or (not page.has_amounts(place) and page.is_prose(place)):
                yield from _checked(page, held)
                held = []
        if page.has_amounts(place):
            held.append(place)
    yield from _checked(page, held)


def _checked(page: RowsInPieces, places: Sequence[int]) -> Iterator[tuple[int, int, list[Column]]]:
    """The tables in a stretch: names of columns below numbers begin another one."""
    part: list[int] = []
    for place in places:
        if part and any(_begins(page, each, part) for each in range(part[-1] + 1, place)):
            yield from _table(page, part)
            part = []
        part.append(place)
    yield from _table(page, part)


def _begins(page: RowsInPieces, place: int, before: Sequence[int]) -> bool:
    """Whether a row between numbers names columns anew."""
    each = page.head(place)
    edge = min(page.entry(number).amounts[0].left for number in before)
    values = [piece for piece in each.pieces if piece.right > edge]
    if not values or page.has_amounts(place):
        return False
    if len(each.pieces) == 1 and each.text.endswith(":"):
        return True  # leads to the next one
    label = each.pieces[0] if each.pieces[0] is not values[0] else None
    if any(piece.is_period for piece in values):
        return len(values) > 1 or label is None or _IN_BRACKETS.fullmatch(label.text) is not None
    if label is None:
        return len(values) > 1 and not page.follows(place, FAR_HEADS / 2)
    return _IN_BRACKETS.fullmatch(label.text) is not None or (
        len(values) > 1 and not page.follows(place, FAR_HEADS / 2)
    )


def _table(page: RowsInPieces, places: Sequence[int]) -> Iterator[tuple[int, int, list[Column]]]:
    if len(places) < LEAST_ROWS:
        return
    entries = [page.entry(place) for place in places]
    columns = [column for column in of_columns.of_amounts(entries) if _is_aligned(column, entries)]
    if not columns:
        return
    if len(columns) == 1 and (len(places) < LEAST_LABELLED or _counts_pages(entries)):
        return
    yield places[0], places[-1], columns


def _is_aligned(column: Column, entries: Sequence[RowInPieces]) -> bool:
    """Whether the cells of a column stand above each other as those of a table do."""
    inner = [
        piece for entry in entries for piece in entry.amounts if column.left <= piece.middle <= column.right
    ]
    if len(inner) <= LEAST_LABELLED:
        return True
    most = 0
    for edges in (
        [piece.right for piece in inner],
        [piece.left for piece in inner],
        [piece.middle for piece in inner],
    ):
        middle = median(edges)
        most = max(most, sum(abs(edge - middle) <= 2 * ALIGNED for edge in edges))
    return 2 * most >= len(inner)


def _counts_pages(entries: Sequence[RowInPieces]) -> bool:
    """Whether the only numbers are those of pages, as in a table of contents."""
    texts = [entry.amounts[-1].text for entry in entries]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 5]
    if 10 * len(numbers) < 8 * len(texts):
        return False
    rising = sum(one <= other for one, other in pairwise(numbers))
    return rising >= 0.8 * (len(numbers) - 1)
