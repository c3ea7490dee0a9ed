"""Lines of a PDF page → rows in the order in which they are read. No PDF library is used here.

Lines come in the order in which PDFium streams them. Consecutive lines that overlap by more than half of the
lower one's height are one row (cells of a table, footnote marks). Sorting rows of a whole page instead wrecks
columns and right-to-left text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.readers.pdf.pdfium import Line

OVERLAP = 0.5
BLOCK_GAP = 3.0
"""A gap of more than this many row heights ends a block of rows."""
MAX_BLOCKS = 300
"""Pieces of a page beyond this number keep the order in which they were drawn."""

Row = list[Line]


def join_rows(lines: Sequence[Line]) -> list[Row]:
    """Consecutive lines that stand beside each other, as rows."""
    rows: list[Row] = []
    for line in lines:
        if rows and (beside(rows[-1][-1], line) or beside(rows[-1][0], line)):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def in_order(rows: list[Row]) -> list[Row]:
    """Rows in the order of reading: what was drawn late but stands above others comes before them.

    PDFium streams a page in the order of drawing, mostly that of reading; but many programs draw titles and
    headers last and footers first. A block is moved only past blocks that lie wholly below it, and only to
    the front or past what it stands over, so that columns, which lie beside each other, keep their order.
    Rows that are set aside come last.
    """
    asides = [row for row in rows if row[0].aside]
    rows = [row for row in rows if not row[0].aside]
    if not all(line.upright for row in rows for line in row):
        return rows + asides
    blocks = _blocks(rows)
    ordered: list[_Block] = []
    for block in blocks[:MAX_BLOCKS]:
        place = len(ordered)
        while place and ordered[place - 1].top >= block.bottom - 1.0:
            place -= 1
        passed = ordered[place:]
        if place and any(min(block.right, each.right) <= max(block.left, each.left) for each in passed):
            place = len(
                ordered
            )  # the top of the next column stands beside this one's top, not before its end
        ordered.insert(place, block)
    return [row for block in (*ordered, *blocks[MAX_BLOCKS:]) for row in block.rows] + asides


@dataclass(slots=True)
class _Block:
    rows: list[Row]
    left: float
    top: float
    right: float
    bottom: float


def _blocks(rows: list[Row]) -> list[_Block]:
    """Stretches of rows that run down the page without a wide gap."""
    blocks: list[_Block] = []
    last_top = 0.0
    for row in rows:
        left, top, right, bottom = row[0].left, row[0].top, row[0].right, row[0].bottom
        for line in row[1:]:
            left, top = min(left, line.left), min(top, line.top)
            right, bottom = max(right, line.right), max(bottom, line.bottom)
        if blocks and top >= last_top and top - blocks[-1].bottom < BLOCK_GAP * max(bottom - top, 6.0):
            block = blocks[-1]
            block.rows.append(row)
            block.left, block.right = min(block.left, left), max(block.right, right)
            block.bottom = max(block.bottom, bottom)
        else:
            blocks.append(_Block([row], left, top, right, bottom))
        last_top = top
    return blocks


def beside(one: Line, other: Line) -> bool:
    """Whether two lines stand at the same height."""
    if not (one.upright and other.upright) or one.turn != other.turn or one.aside != other.aside:
        return False
    if one.bottom <= other.top or other.bottom <= one.top:
        return False
    lower = min(one.bottom - one.top, other.bottom - other.top)
    return min(one.bottom, other.bottom) - max(one.top, other.top) > OVERLAP * max(lower, 0.01)
