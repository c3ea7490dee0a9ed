"""The rows of a page in the order of reading, turned lines among themselves. No PDF library is used here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from explorer.readers.pdf.column_tables import join_strips, with_strays
from explorer.readers.pdf.layout.grids import join_cells
from explorer.readers.pdf.ordering import Row, in_order, join_rows
from explorer.readers.pdf.pdfium import Line, PdfPage

FOOTER_ROWS = 3
"""So many rows below turned words may be the footer; more are text that the words stand beside."""


def rows_of(page: PdfPage) -> list[Row]:
    """All rows of a page; turned ones come after the level rows, before a footer and what is set aside."""
    if page.is_vertical:
        return _with_notes(page)
    level = _rows(page.characters, [line for line in page.lines if line.aside or not line.turn])
    if not page.marks:
        level = with_strays(page.characters, level)
    for turn in (1, 2, 3):
        lines = [line for line in page.lines if line.turn == turn and not line.aside]
        if lines:
            place = _place(level, _bottom(lines, turn))
            level[place:place] = _turned(page.characters, lines)
    return level


def _with_notes(page: PdfPage) -> list[Row]:
    """The rows of a page that is written downwards, and behind them the notes and fields that came later."""
    placed = {line.first for row in page.rows for line in row}
    return [*page.rows, *([line] for line in page.lines if line.first not in placed)]


def _rows(characters: str, lines: Sequence[Line]) -> list[Row]:
    return in_order(join_cells(characters, join_strips(characters, join_rows(lines))))


def _turned(characters: str, lines: list[Line]) -> list[Row]:
    """Rows of turned lines. PDFium may stream these last first, and the cells of a row from the right."""
    steps = [other.baseline - one.baseline for one, other in pairwise(lines)]
    if sum(step < -1 for step in steps) > sum(step > 1 for step in steps):
        lines = lines[::-1]
    rows = [sorted(row, key=lambda line: line.left) for row in join_rows(lines)]
    return in_order(join_cells(characters, join_strips(characters, rows)))


def _bottom(lines: Sequence[Line], turn: int) -> float:
    """The lower edge of turned lines on the page as it is shown."""
    if turn == 2:
        return max(-line.top for line in lines)
    return max(-line.left if turn == 1 else line.right for line in lines)


def _place(rows: Sequence[Row], bottom: float) -> int:
    """Where something that ends at `bottom` goes in: before the footer, if there is one, else at the end."""
    end = next((place for place, row in enumerate(rows) if row[0].aside), len(rows))
    place = end
    while place and min(line.top for line in rows[place - 1]) >= bottom and not rows[place - 1][0].turn:
        place -= 1
    return place if end - place <= FOOTER_ROWS else end
