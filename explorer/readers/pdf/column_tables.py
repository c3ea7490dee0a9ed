"""Tables that were drawn column by column → their rows. No PDF library is used here.

Only columns of numbers are put beside their labels: two columns of prose with lines at the same heights would
look the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from explorer.readers.pdf.ordering import Row, beside

LEAST_NUMBERS = 3
"""Fewer numbers at the same heights as words may be chance."""
MOST_HEADS = 2
"""Rows above the numbers that may be the column's name."""
MOST_BACK = 6
"""So many rows back a row is looked for that numbers, drawn late, belong to."""
HEAD_GAP = 4.0
"""The name of a column stands at most this many of its own heights above the numbers."""
LONGEST = 24
"""A number or the name of a column has at most this many characters."""
MOST_LETTERS = 3
"""A number has at most this many letters: of a currency, a unit, "(a)"."""

_SIGNS = frozenset("(+-–—−±<>~$€£¥.,")
_CURRENCY = re.compile(r"[A-Z]{3} ")


def join_strips(characters: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of a page, with each number of a column that was drawn later in the row of its label.

    A column is moved only if at least three numbers lead it, below its name, each to the right of a row of
    what was drawn before it, and beside at least half of the rows there.
    """
    if not all(line.upright for row in rows for line in row):
        return list(rows)
    joined: list[Row] = []
    table: list[Row] = []
    for strip in _strips(rows):
        moved = _put_beside(characters, table, strip) if table else 0
        if moved < len(strip):
            joined += table
            table = strip[moved:]
    return joined + table


def with_strays(characters: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of a page, cells from the left, and numbers that were drawn late in the row of their label."""
    kept: list[Row] = []
    for row in rows:
        is_level = all(beside(row[0], line) for line in row[1:])
        if is_level and any(one.left > other.left for one, other in pairwise(row)):
            row = sorted(row, key=lambda line: line.left)  # noqa: PLW2901
        place = _missed(kept, row) if kept and row[0].top < kept[-1][0].top else None
        if place is None or not all(_is_number(characters[each.first : each.last].strip()) for each in row):
            kept.append(row)
        else:
            kept[place] = [*kept[place], *row]
    return kept


def _missed(rows: Sequence[Row], row: Row) -> int | None:
    """The place of a row drawn shortly before that another one belongs to, on its right."""
    for place in range(len(rows) - 1, max(len(rows) - 1 - MOST_BACK, -1), -1):
        if beside(rows[place][0], row[0]) and rows[place][-1].right < row[0].left:
            return place
    return None


def _strips(rows: Sequence[Row]) -> list[list[Row]]:
    """Stretches of rows that run down the page."""
    strips: list[list[Row]] = []
    for row in rows:
        if strips and row[0].top > strips[-1][-1][0].top and row[0].aside == strips[-1][-1][0].aside:
            strips[-1].append(row)
        else:
            strips.append([row])
    return strips


def _put_beside(characters: str, table: list[Row], strip: Sequence[Row]) -> int:
    """Moves the column that a strip begins with into the rows of a table, and returns how many rows moved."""
    heads: list[Row] = []
    cells: list[tuple[int, Row]] = []
    numbers: list[str] = []
    for row in strip:
        text = "".join(characters[line.first : line.last] for line in row).strip()
        place = _place(table, row)
        if len(text) > LONGEST or (place is None and (cells or len(heads) == MOST_HEADS)):
            break
        if place is None:
            heads.append(row)
        elif _is_number(text) or (not numbers and len(heads) + len(cells) < MOST_HEADS):
            cells.append((place, row))
            numbers += [text] if _is_number(text) else []
        else:
            break
    if not _is_column(table, heads, [place for place, _ in cells], numbers):
        return 0
    for place, row in cells:
        table[place] = [*table[place], *row]
    for row in heads:
        table.insert(bisect_left(table, row[0].top, key=_top), row)
    return len(heads) + len(cells)


def _is_column(table: list[Row], heads: list[Row], places: list[int], numbers: list[str]) -> bool:
    if len(numbers) < LEAST_NUMBERS or len(set(places)) < len(places):
        return False
    if 2 * len(places) < places[-1] - places[0] + 1:
        return False
    if numbers == [str(number + 1) for number in range(len(numbers))]:
        return False  # numbers of lines in the page's margin
    first = table[places[0]][0]
    return all(
        0 <= first.top - row[0].bottom <= HEAD_GAP * (row[0].bottom - row[0].top) for row in heads[-1:]
    )


def _place(table: list[Row], row: Row) -> int | None:
    """The place of the table's row that stands to the left of another one; None where there is none."""
    middle = bisect_left(table, row[0].top, key=_top)
    for place in range(max(middle - 1, 0), min(middle + 1, len(table))):
        cell = table[place][-1]
        if cell.right < row[0].left and beside(cell, row[0]):
            return place
    return None


def _top(row: Row) -> float:
    return row[0].top


def _is_number(text: str) -> bool:
    """Whether a cell is a figure, and no item of a list."""
    if not (text[:1].isdecimal() or text[:1] in _SIGNS or _CURRENCY.match(text)):
        return False
    if sum(mark.isalpha() for mark in text) > MOST_LETTERS:
        return False
    return any(mark.isdecimal() for mark in text) or text in ("-", "–", "—")
