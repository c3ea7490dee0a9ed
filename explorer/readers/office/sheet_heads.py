"""Which row of a block of a sheet names its columns.

Only the first full row may: rows before it with fewer cells are titles, or say what the sheet is about. It
names them if it is text, or if its figures are of another kind than those below: months above amounts, the
numbers of shops above their sales.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FULL = 0.6
"""A row with this share of the usual number of cells is a full one. CSV uses the same share."""
_COMPARED = 3
"""Rows below the first full one that are compared with it."""
_FEW = 2
_LONG_NUMBER = 100
"""Two numbers alone name columns only from here on: 1 and 2 are likely to be amounts."""
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?|\d{1,3}:\d\d(?::\d\d)?(?: [AP]M)?")
_WHOLE = re.compile(r"[1-9]\d{0,8}")


@dataclass(slots=True)
class Cell:
    """One cell that holds something, as every reader of workbooks gives it. `column` counts from 1."""

    column: int
    text: str
    is_text: bool
    """False for a number, a date or a truth value."""


def usual_count(rows: Sequence[Sequence[Cell]]) -> int:
    """The number of cells that most rows have, without rows of one cell; the larger of two that tie."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return max(counts, key=lambda count: (counts[count], count), default=1)


def find(rows: Sequence[Sequence[Cell]], *, is_named: bool) -> int | None:
    """The place of the row that names the columns of a block, or None.

    `is_named`: whether a block before this one has names, so that this one may do without.
    """
    wanted = max(2, FULL * usual_count(rows))
    at = next((place for place, row in enumerate(rows) if len(row) >= wanted), None)
    if at is None:
        return None
    below = [row for row in rows[at + 1 :] if len(row) > 1][:_COMPARED]
    named = is_text_row(rows[at]) or _is_of_another_kind(rows[at], below, is_named=is_named)
    return at if named else None


def is_text_row(row: Sequence[Cell]) -> bool:
    """Whether a row has two cells or more, all of them text or years."""
    return (
        len(row) > 1
        and any(cell.is_text and cell.text.strip() for cell in row)
        and all(cell.is_text or _YEAR.fullmatch(cell.text) for cell in row)
    )


def is_alike(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether two rows have figures and words in the same columns."""
    return {cell.column: cell.is_text for cell in one} == {cell.column: cell.is_text for cell in other}


def is_as_wide(one: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether two rows have about as many cells, more than one."""
    few, many = sorted((len(one), len(other)))
    return few > 1 and few >= FULL * many


def _is_of_another_kind(row: Sequence[Cell], below: Sequence[Sequence[Cell]], *, is_named: bool) -> bool:
    figures = [cell for cell in row if not cell.is_text]
    if not below or len(figures) < _FEW:
        return False
    corner = row[0].is_text or all(other[0].is_text and other[0].column < row[0].column for other in below)
    if not corner:
        return False  # names stand beside or above a column of labels
    columns = {cell.column for cell in figures}
    under = [[cell for cell in other if cell.column in columns] for other in below]
    if not all(under):
        return False
    if all(_is_moment(cell) for cell in figures):
        return all(not cell.is_text and not _is_moment(cell) for others in under for cell in others)
    return not is_named and _counts(figures) and not any(_counts(others) for others in under)


def _is_moment(cell: Cell) -> bool:
    return _MOMENT.fullmatch(cell.text) is not None or (
        not cell.is_text and _YEAR.fullmatch(cell.text) is not None
    )


def _counts(cells: Sequence[Cell]) -> bool:
    """Whether cells hold whole numbers in equal steps, like those of shops or weeks: 1, 2, 3 or 110, 120."""
    if not all(_WHOLE.fullmatch(cell.text) for cell in cells):
        return False
    numbers = [int(cell.text) for cell in cells]
    steps = {after - before for before, after in pairwise(numbers)}
    if len(steps) != 1 or (len(numbers) <= _FEW and numbers[0] < _LONG_NUMBER):
        return False
    return steps == {1} or 0 < numbers[-1] - numbers[0] < numbers[0]
