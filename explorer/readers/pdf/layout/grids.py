"""Tables whose cells were drawn column by column, or in any order → their rows. No PDF library is used here.

Cells at the same heights may also be two columns of prose, or lists side by side: those are read one after
the other. A table is told from them by its cells, which begin no line in the midst of a sentence, and by its
columns, which are of different kinds: days, numbers, names, a few words again and again.
"""

from __future__ import annotations

import re
import statistics
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from explorer.readers.pdf.ordering import Row, beside
from explorer.readers.pdf.pdfium import Line

LEAST_ROWS = 3
MOST_LINES = 4_000
"""A page of more lines (a map, a drawing) is left as it is."""
FARTHEST = 4.0
"""The next row of a table begins at most this many row heights below."""
CROSSING = 0.45
"""At most this share of the rows may have something in the gap between two columns: PDFium makes one line of
cells that were drawn one after the other."""
MOST_WHOLE = 2
"""So many rows that were drawn whole may stand between those of a table."""
WIDER = 1.3
"""A step down that is so many times the smallest one parts two rows whose cells have several lines."""
MOST_IN_CELL = 6
"""Lines of a cell."""
FILLED = 0.5
"""A column has a cell in at least this share of the rows from its first to its last."""
LONG = 9
"""Cells of more characters, on average, may be lines of prose."""
LEAST_OF_WORDS = 5
"""Fewer rows of nothing but words may be the heads of columns, each of several rows."""
IN_SENTENCE = 0.2
"""Prose begins at least this share of its lines in the midst of a sentence."""
WIDE = 0.8
"""Lines of prose are this wide, as a share of the widest; for scripts without capitals."""

_BULLET = re.compile(r"(?:[•●▪◦‣·*–—-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_GOES_ON = re.compile(r"[,;&]$|\b(?:and|or|of|the|for|in|to|with)$")
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class _Height:
    """What stands at one height of the page."""

    rows: list[Row]
    top: float
    bottom: float

    @property
    def lines(self) -> list[Line]:
        return sorted((line for row in self.rows for line in row), key=lambda line: line.left)


@dataclass(slots=True)
class _Column:
    left: float
    right: float
    cells: list[str] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)


def join_cells(characters: str, rows: list[Row]) -> list[Row]:
    """The rows of a page, with the cells of each row of a table in one row, from the left."""
    level = [row for row in rows if row[0].upright and not row[0].aside]
    if not 2 * LEAST_ROWS <= sum(len(row) for row in level) <= MOST_LINES:
        return rows
    heights = _heights(level)
    if sum(len(each.rows) > 1 for each in heights) < LEAST_ROWS:
        return rows
    for table in _stretches(heights):
        if _is_table(characters, table):
            rows = _joined(characters, rows, table)
    return rows


def _heights(rows: Sequence[Row]) -> list[_Height]:
    """The rows by the height at which they stand, from the top."""
    found: list[_Height] = []
    for row in sorted(rows, key=lambda row: row[0].baseline):
        if found and beside(found[-1].rows[0][0], row[0]):
            found[-1].rows.append(row)
            for line in row:
                found[-1].top = min(found[-1].top, line.top)
                found[-1].bottom = max(found[-1].bottom, line.bottom)
        else:
            top, bottom = row[0].top, row[0].bottom
            for line in row[1:]:
                top, bottom = min(top, line.top), max(bottom, line.bottom)
            found.append(_Height([row], top, bottom))
    return found


def _stretches(heights: Sequence[_Height]) -> Iterator[list[_Height]]:
    """Stretches down the page whose cells were drawn apart, with few rows between that are whole."""
    held: list[_Height] = []
    whole = 0
    for each in heights:
        far = held and each.top - held[-1].bottom > FARTHEST * (each.bottom - each.top)
        whole = whole + 1 if len(each.rows) == 1 else 0
        if held and (far or whole > MOST_WHOLE):
            yield _ended(held)
            held = []
        if held or not whole:
            held.append(each)
    if held:
        yield _ended(held)


def _ended(held: list[_Height]) -> list[_Height]:
    """The stretch without the rows at its end that were drawn whole, but for the last line of a cell."""
    while len(held[-1].rows) == 1:
        steps = [other.bottom - one.bottom for one, other in pairwise(held)]
        if len(held[-1].lines) == 1 and WIDER * steps[-1] < max(steps[:-1], default=0.0):
            break
        held.pop()
    return held


def _is_table(characters: str, table: Sequence[_Height]) -> bool:
    if sum(len(each.rows) > 1 for each in table) < LEAST_ROWS:
        return False
    columns = _columns(characters, table)
    if len(columns) < 2 or any(_is_prose(column) or _is_list(column) for column in columns):
        return False
    for column in columns:
        span = column.heights[-1] - column.heights[0] + 1
        if len(column.cells) < LEAST_ROWS or len(column.cells) < FILLED * span:
            return False
    return _differ(columns)


def _columns(characters: str, table: Sequence[_Height]) -> list[_Column]:
    """The columns of a stretch, parted by gaps that hardly any row crosses."""
    several = [each.lines for each in table if len(each.lines) > 1]
    gaps = _gaps(several)
    columns = [_Column(left, right) for left, right in pairwise([-1e9, *gaps, 1e9])]
    for number, each in enumerate(table):
        for line in each.lines:
            if len(each.lines) == 1:
                continue
            column = columns[bisect_right(gaps, line.left)]
            words = characters[line.first : line.last].strip()
            if column.heights and column.heights[-1] == number:
                column.cells[-1] += " " + words
                continue
            column.cells.append(words)
            column.heights.append(number)
            column.widths.append(line.right - line.left)
    return [column for column in columns if column.cells]


def _gaps(rows: Sequence[Sequence[Line]]) -> list[float]:
    """The middles of the gaps that run down between columns."""
    edges = sorted(
        [(line.left, 1) for row in rows for line in row] + [(line.right, -1) for row in rows for line in row]
    )
    allowed = CROSSING * len(rows)
    found, depth, since, has_begun = [], 0, 0.0, False
    for place, step in edges:
        before, depth = depth, depth + step
        if before <= allowed < depth:
            if has_begun and place - since > 1.0:
                found.append((since + place) / 2)
            has_begun = True
        elif depth <= allowed < before:
            since = place
    return found


def _is_prose(column: _Column) -> bool:
    """Whether the cells are lines of running text."""
    if statistics.mean(map(len, column.cells)) < LONG:
        return False
    begins = [cell[0] for cell in column.cells]
    small = sum(each.islower() for each in begins)
    if small >= IN_SENTENCE * len(begins):
        return True
    without_case = sum(each.isalpha() and each.upper() == each.lower() for each in begins)
    wide = sum(width > WIDE * max(column.widths) for width in column.widths)
    return 2 * without_case > len(begins) and 3 * wide > 2 * len(begins)


def _is_list(column: _Column) -> bool:
    return 2 * sum(_BULLET.match(cell + " ") is not None for cell in column.cells) > len(column.cells)


def _differ(columns: Sequence[_Column]) -> bool:
    """Whether the columns are of several kinds, as those of a table are, and not one list that goes on."""
    kinds = {_kind(column) for column in columns}
    if len(kinds) > 1 or kinds & {"repeated", "labels"}:
        return True
    if kinds != {"words"} or len(columns) == 2 or len(columns[0].cells) < LEAST_OF_WORDS:
        return False
    whole = [cell.casefold() for column in columns for cell in column.cells]
    return whole != sorted(whole) and not _goes_on(columns)


def _goes_on(columns: Sequence[_Column]) -> bool:
    """Whether each column is sorted by itself, as those of an index are."""
    return all(
        cells == sorted(cells) for cells in ([cell.casefold() for cell in each.cells] for each in columns)
    )


def _kind(column: _Column) -> str:
    """What most cells are, the first perhaps being the column's name."""
    cells = column.cells[1:] if len(column.cells) > LEAST_ROWS else column.cells
    if 10 * sum(cell.endswith(":") for cell in cells) > 7 * len(cells):
        return "labels"
    if 10 * sum(_is_figure(cell) for cell in cells) > 7 * len(cells):
        return "figures"
    if len(cells) > 4 and 3 * len({*cells}) < 2 * len(cells):
        return "repeated"
    return "words"


def _is_figure(cell: str) -> bool:
    """Whether a cell is a number, a day, an amount or a code."""
    digits = len(_DIGIT.findall(cell))
    return digits > 0 and 2 * digits >= sum(mark.isalpha() for mark in cell)


def _joined(characters: str, rows: list[Row], table: Sequence[_Height]) -> list[Row]:
    """The page's rows, those of the table in one piece where the first of them was drawn."""
    taken = {id(row) for each in table for row in each.rows}
    place = next(place for place, row in enumerate(rows) if id(row) in taken)
    before = [row for row in rows[:place] if id(row) not in taken]
    after = [row for row in rows[place:] if id(row) not in taken]
    gaps = _gaps([each.lines for each in table if len(each.lines) > 1])
    joined: list[Row] = []
    for group in _groups(table):
        if _is_wrapped(characters, group, gaps):
            lines = [line for each in group for line in each.lines]
            joined.append(sorted(lines, key=lambda line: (bisect_right(gaps, line.left), line.baseline)))
        else:
            joined += [each.lines for each in group]
    return [*before, *joined, *after]


def _groups(table: Sequence[_Height]) -> Iterator[list[_Height]]:
    """The heights of a table, parted where the step down is wider than the smallest one."""
    steps = [other.bottom - one.bottom for one, other in pairwise(table)]
    held = [table[0]]
    for each, step in zip(table[1:], steps, strict=True):
        if step > WIDER * min(steps):
            yield held
            held = []
        held.append(each)
    yield held


def _is_wrapped(characters: str, group: Sequence[_Height], gaps: Sequence[float]) -> bool:
    """Whether the heights are one row with cells of several lines: a line goes on in the next one."""
    if not 1 < len(group) <= MOST_IN_CELL:
        return False
    for one, other in pairwise(group):
        for line in one.lines:
            below = [
                each for each in other.lines if bisect_right(gaps, each.left) == bisect_right(gaps, line.left)
            ]
            if below and (_GOES_ON.search(characters[line.first : line.last].rstrip())
                          or characters[below[0].first].islower()):  # fmt: skip
                return True
    return False
