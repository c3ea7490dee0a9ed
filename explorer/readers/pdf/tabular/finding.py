"""The tables of a page, first those in grids of lines, then those told by where their numbers stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from explorer.readers.pdf import pdfium
from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.painting import Painted
from explorer.readers.pdf.tabular import grid, ruled
from explorer.readers.pdf.tabular.grid import PageTable
from explorer.readers.pdf.tabular.rulings import Edges, grids
from explorer.readers.pdf.tabular.stretches import PageRows
from explorer.readers.pdf.tabular.words import Words

LEAST_RULES = 3


def found(
    characters: str, rows: list[Row], words: Words, painted: Painted, rotation: int
) -> tuple[list[Row], list[PageTable]]:
    """The rows of a page, those of ruled tables a row of cells each, and its tables in their order.

    Cells that are only filled may be every second row of a table, or parts of cells: they count where no
    table was told by its lines or its numbers.
    """
    rows, tables = _ruled(rows, [], words, painted.rules, rotation)
    for part in _between(rows, tables):
        tables += grid.tables(PageRows(characters, part, words))
    if painted.fills:
        rows, filled = _ruled(rows, tables, words, (*painted.rules, *painted.fills), rotation)
        tables += filled
    return rows, tables


def _ruled(
    rows: list[Row], tables: Sequence[PageTable], words: Words, rules: Sequence[Edges], rotation: int
) -> tuple[list[Row], list[PageTable]]:
    """The rows with those of ruled tables, and these. `tables`: those known before. `rules`: in the page's
    own space (left, bottom, right, top)."""
    found: list[PageTable] = []
    if len(rules) < LEAST_RULES:
        return rows, found
    for turn in sorted({row[0].turn for row in rows}):
        shown = grids([pdfium.shown(*edges, (rotation + turn) % 4) for edges in rules])
        if shown:
            known = {id(line) for table in tables for row in table.rows for line in row}
            rows, made = ruled.within(rows, shown, words, turn, known)
            found += made
    return rows, found


def _between(rows: Sequence[Row], tables: Sequence[PageTable]) -> Iterator[list[Row]]:
    """The stretches of rows that are in no table yet."""
    taken = {id(row) for table in tables for row in table.rows}
    for is_taken, part in groupby(rows, lambda row: id(row) in taken):
        if not is_taken:
            yield list(part)
