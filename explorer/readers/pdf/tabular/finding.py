"""The tables of a page, first those in grids of lines, then those told by where their numbers stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from explorer.readers.pdf import pdfium
from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.painting import Painted
from explorer.readers.pdf.pdfium import Line
from explorer.readers.pdf.tabular import grid, ruled
from explorer.readers.pdf.tabular.grid import PageTable
from explorer.readers.pdf.tabular.rulings import Edges, grids, sides
from explorer.readers.pdf.tabular.stretches import RowsInPieces
from explorer.readers.pdf.tabular.words import Words

LEAST_CELLS = 4


def found(
    characters: str, rows: list[Row], words: Words, painted: Painted, rotation: int
) -> tuple[list[Row], list[PageTable]]:
    """The rows of a page, those of ruled tables a row of cells each, and its tables in their order.

    Cells that are only filled may be every second row of a table, or parts of cells: they count where no
    table was told by its lines or its numbers.
    """
    rows, tables = _ruled(rows, words, painted.rules, rotation, set())
    for part in _between(rows, tables):
        tables += grid.tables(RowsInPieces(characters, part, words))
    if len(painted.fills) >= LEAST_CELLS:
        rows, filled = _filled(rows, tables, words, painted, rotation)
        tables += filled
    return rows, tables


def _ruled(
    rows: list[Row], words: Words, rules: Sequence[Edges], rotation: int, known: Set[int]
) -> tuple[list[Row], list[PageTable]]:
    """The rows with those of ruled tables, and these. `known`: the ids of lines that are in a table."""
    found: list[PageTable] = []
    if len({right - left < top - bottom for left, bottom, right, top in rules}) < 2:
        return rows, found  # all run the same way
    for turn in sorted({row[0].turn for row in rows}):
        shown = grids([pdfium.shown(*edges, (rotation + turn) % 4) for edges in rules])
        if shown:
            rows, made = ruled.within(rows, shown, words, turn, known)
            found += made
    return rows, found


def _filled(
    rows: list[Row], tables: Sequence[PageTable], words: Words, painted: Painted, rotation: int
) -> tuple[list[Row], list[PageTable]]:
    """The same for filled cells that stand at the height of no table."""
    known = [line for table in tables for row in table.rows for line in row]
    spans = [_span([line for row in table.rows for line in row]) for table in tables]
    cells = []
    for edges in painted.fills:
        _, top, _, bottom = pdfium.shown(*edges, rotation)
        if not any(top < low and bottom > high for high, low in spans):
            cells.append(edges)
    if len({each[0] for each in cells}) < 2 or len({each[1] for each in cells}) < 2:
        return rows, []
    rules = [*painted.rules, *(side for edges in cells for side in sides(edges))]
    return _ruled(rows, words, rules, rotation, {id(line) for line in known})


def _span(lines: Sequence[Line]) -> tuple[float, float]:
    """Where a table begins and ends; one that is turned stands beside nothing."""
    if lines[0].turn:
        return 0.0, 0.0
    return min(line.top for line in lines), max(line.bottom for line in lines)


def _between(rows: Sequence[Row], tables: Sequence[PageTable]) -> Iterator[list[Row]]:
    """The stretches of rows that are in no table yet."""
    taken = {id(row) for table in tables for row in table.rows}
    for is_taken, part in groupby(rows, lambda row: id(row) in taken):
        if not is_taken:
            yield list(part)
