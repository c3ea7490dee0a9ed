"""The rows of a table → cells: each piece in its column, labels of several rows in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.tabular import columns as of_columns
from explorer.readers.pdf.tabular import heads
from explorer.readers.pdf.tabular.columns import Column
from explorer.readers.pdf.tabular.pieces import RowInPieces
from explorer.readers.pdf.tabular.stretches import RowsInPieces, stretches
from explorer.readers.pdf.tabular.words import Word

TIGHT = 0.92
"""Lines of one label stand closer than this share of the usual step from row to row."""
LONGEST_END = 60
"""Characters of the last line of a label below the last number."""
_GOES_ON = (
    "and",
    "or",
    "of",
    "the",
    "for",
    "in",
    "to",
    "with",
    "from",
    "by",
    "on",
    "(used",
    "per",
    "at",
    "a",
)

Cell = list[Word]


@dataclass(slots=True)
class PageTable:
    """A table of a page: rows of the page that follow each other, and the cells of each."""

    rows: list[Row]
    cells: list[list[Cell]]
    """As many as rows; none for a row whose words stand in the cells of a row beside it."""
    header_rows: int
    """How many of the rows that have cells name the columns."""


def tables(page: RowsInPieces) -> list[PageTable]:
    """The tables of a page in the order of its rows."""
    found = []
    free = 0
    for first, last, of_numbers in stretches(page):
        end = _end(page, last, of_numbers)
        body = [page.entry(place) for place in range(first, end + 1)]
        columns = of_columns.with_text(of_numbers, body, of_columns.label_edge(body))
        zone = of_columns.zone(columns, body)
        named = heads.above(page, first, last, free, columns, zone)
        found.append(_table(page, range(named[0] if named else first, end + 1), first, columns, zone))
        free = end + 1
    return found


def _end(page: RowsInPieces, last: int, columns: Sequence[Column]) -> int:
    """The last row of a table: a label may go on below its numbers."""
    if last + 1 < len(page.rows) and page.follows(last + 1, 0.5):
        below, row = page.entry(last + 1), page.entry(last)
        goes_on = len(below.pieces) == 1 and below.text[:1].islower() and len(below.text) < LONGEST_END
        is_under = below.right < columns[0].left and row.pieces[0].left <= below.left + row.height
        return last + 1 if goes_on and is_under else last
    return last


def _table(page: RowsInPieces, places: range, first: int, columns: list[Column], zone: float) -> PageTable:
    body = [page.entry(place) for place in range(first, places.stop)]
    edge = of_columns.label_edge(body)
    has_label = _has_label(body, columns)
    steps = [other.row[0].baseline - one.row[0].baseline for one, other in pairwise(body) if one.amounts]
    usual = median(step for step in steps if step > 0) if any(step > 0 for step in steps) else 0.0
    above = [page.head(place) for place in range(places.start, first)]
    named = max((n + 1 for n, each in enumerate(above) if heads.values_of(each, columns, zone)), default=0)
    names = [each for each in above[:named] if each.row[0].baseline < body[-1].row[0].baseline]
    made = iter(_head_cells(names, columns, zone if has_label else None, usual))
    head = [next(made) if each in names else [] for each in above[:named]]
    body = [page.entry(place) for place in range(places.start + named, places.stop)]
    cells = [_cells(entry, columns, edge, has_label) for entry in body]
    if has_label:
        _merge_labels(body, cells, usual)
    return PageTable([page.rows[place] for place in places], head + cells, sum(map(any, head)))


def _head_cells(
    entries: Sequence[RowInPieces], columns: Sequence[Column], zone: float | None, usual: float
) -> list[list[Cell]]:
    """The cells of the rows of names. Lines of one name make one row; the last of its rows has it."""
    lines = heads.lines_of(entries)
    drawn_apart = len(lines) < len(entries)
    groups = heads.merged(lines, columns, usual, drawn_apart)
    shift = 0 if zone is None else 1
    rows: list[list[Cell]] = []
    for number, group in enumerate(groups):
        below = groups[number + 1][0] if number + 1 < len(groups) else None
        row: list[Cell] = [[] for _ in range(len(columns) + shift)]
        for line in group:
            for place, piece in heads.placed(line, columns, zone, below):
                row[place + shift] = row[place + shift] + piece.words
        rows.append(row)
    if not drawn_apart:
        ends = list(accumulate(len(group) for group in groups))
        spread: list[list[Cell]] = [[] for _ in entries]
        for end, row in zip(ends, rows, strict=True):
            spread[end - 1] = row
        return spread
    return [[] for _ in range(len(entries) - len(rows))] + rows


def _has_label(body: Sequence[RowInPieces], columns: Sequence[Column]) -> bool:
    """Whether words stand to the left of the first column."""
    return any(entry.pieces[0].left < columns[0].left - 0.5 and not of_columns.overlapped(
        columns[:1], entry.pieces[0]) for entry in body)  # fmt: skip


def _cells(entry: RowInPieces, columns: Sequence[Column], edge: float, has_label: bool) -> list[Cell]:
    shift = 1 if has_label else 0
    cells: list[Cell] = [[] for _ in range(len(columns) + shift)]
    first = columns[0].left
    values = list(entry.pieces)
    if has_label and values and of_columns.is_label(entry, values[0], edge, columns[0]):
        cells[0] = list(values.pop(0).words)
        while values and not of_columns.overlapped(columns, values[0]) and values[0].middle < first:
            cells[0] += values.pop(0).words
    for piece in values:
        cells[of_columns.nearest(columns, piece) + shift] += piece.words
    return cells


def _merge_labels(entries: Sequence[RowInPieces], cells: list[list[Cell]], usual: float) -> None:
    """Puts the lines of a label that has several into the row of its numbers. `usual`: step of rows."""
    limit = max((row[0][-1].right for row in cells if row[0]), default=0.0)
    for number in range(len(cells) - 1):
        one, other = cells[number], cells[number + 1]
        if not (any(one) and one[0] and other[0]):
            continue
        step = entries[number + 1].row[0].baseline - entries[number].row[0].baseline
        if not any(one[1:]):
            is_full = one[0][-1].right + other[0][0].right - other[0][0].left > limit - entries[number].height
            if _is_one_label(one[0], other[0], step, usual if is_full else 0.0):
                other[0] = one[0] + other[0]
                cells[number] = []
        elif not any(other[1:]) and other[0][0].text[:1].islower() and not _begins_anew(cells, number + 1):
            cells[number + 1] = [one[0] + other[0], *one[1:]]
            cells[number] = []


def _begins_anew(cells: Sequence[Sequence[Cell]], number: int) -> bool:
    """Whether a label without numbers goes on in the row below it."""
    below = cells[number + 1] if number + 1 < len(cells) else []
    return bool(below and below[0] and any(below[1:]) and below[0][0].text[:1].islower())


def _is_one_label(one: Cell, other: Cell, step: float, usual: float) -> bool:
    """Whether a label goes on in the next row."""
    if one[-1].text.endswith(":"):
        return False
    begins = other[0].text.lstrip("(“\"'")[:1]
    if begins.islower() or one[-1].text.lower() in _GOES_ON or one[-1].text.endswith((",", "—", "–", "-")):
        return True
    return step < TIGHT * usual
