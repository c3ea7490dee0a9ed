"""The order in which the lines of a recognised page are read. No OCR and no images are used here.

Lines that stand beside each other are one row, so that a number stays with its label, unless they are the
lines of columns of running text: then one column is read to its end before the next one. Columns are told
from tables by their lines, which are long and fill most of the column's width.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

OVERLAP = 0.5
COLUMN_LINES = 3
"""Fewer lines side by side are rows of something else."""
COLUMN_CHARACTERS = 18
"""Half of a column's lines have at least 18 characters; the cells of a table are mostly shorter."""
COLUMN_FILL = 0.55
"""Half of a column's lines take at least this share of its width."""
GUTTER = 0.6
"""The space between two columns is at least this many line heights."""
PARAGRAPH_STEP = 1.35
"""A paragraph begins where the step down is more than this many times the usual step of the column."""
LARGER = 1.3
"""It also begins where the height of lines changes by more than this ratio: a heading and its text."""


@dataclass(frozen=True, slots=True)
class OcrLine:
    """Words that were found as one piece, in coordinates in which the page stands upright, y down."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    index: int
    """Its place among the found lines."""

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Row = list[OcrLine]


def paragraphs(lines: Sequence[OcrLine]) -> Iterator[list[Row]]:
    """The rows of the page in reading order, paragraph by paragraph."""
    for region in _regions(sorted(lines, key=lambda line: (line.top, line.left))):
        yield from _split(rows(region))


def rows(lines: Sequence[OcrLine]) -> list[Row]:
    """Lines that stand beside each other as one row, from the top down; each from left to right."""
    found: list[Row] = []
    for line in sorted(lines, key=lambda each: each.middle):
        if found and _beside(found[-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return [sorted(row, key=lambda line: line.left) for row in found]


def _beside(row: Row, line: OcrLine) -> bool:
    nearest = min(row, key=lambda other: max(other.left - line.right, line.left - other.right))
    overlap = min(nearest.bottom, line.bottom) - max(nearest.top, line.top)
    apart = max(nearest.left - line.right, line.left - nearest.right)
    low = min(nearest.height, line.height)
    return overlap > OVERLAP * low and apart > -low


def _regions(lines: list[OcrLine]) -> Iterator[list[OcrLine]]:
    """The lines of the page region by region, in reading order; in each, rows are read from the top down."""
    if not lines:
        return
    gutter = _best_gutter(lines)
    if gutter is None:
        yield lines
        return
    together: list[OcrLine] = []  # lines across the gutter, and lines beside it that are no column
    for band in _bands(lines, gutter):
        left, right = _sides(band, gutter)
        if not _are_columns(left, right):
            together += band
            continue
        if together:
            yield together
            together = []
        yield from _regions(left)
        yield from _regions(right)
    if together:
        yield together


def _best_gutter(lines: list[OcrLine]) -> float | None:
    """The x between two columns that has the most lines of columns beside it; None without columns."""
    height = statistics.median(line.height for line in lines)
    tried: set[int] = set()
    best, most = None, 0
    for line in lines:
        place = round(line.left / max(height / 2, 1e-6))
        if place in tried:
            continue
        tried.add(place)
        x = line.left - GUTTER * height / 2
        count = 0
        for band in _bands(lines, x):
            left, right = _sides(band, x)
            if _are_columns(left, right):
                count += len(left) + len(right)
        if count > most:
            best, most = x, count
    return best


def _bands(lines: list[OcrLine], x: float) -> Iterator[list[OcrLine]]:
    """Bands of lines from the top down: by turns lines that lie across `x`, and lines beside it."""
    across = sorted((line for line in lines if line.left < x < line.right), key=lambda line: line.middle)
    rest = sorted((line for line in lines if not line.left < x < line.right), key=lambda line: line.middle)
    band: list[OcrLine] = []
    crossing = False
    while across or rest:
        is_across = bool(across) and (not rest or across[0].middle < rest[0].middle)
        if band and is_across != crossing:
            yield band
            band = []
        crossing = is_across
        band.append((across if is_across else rest).pop(0))
    if band:
        yield band


def _sides(band: list[OcrLine], x: float) -> tuple[list[OcrLine], list[OcrLine]]:
    return [line for line in band if line.right <= x], [line for line in band if line.left >= x]


def _are_columns(left: list[OcrLine], right: list[OcrLine]) -> bool:
    if min(len(left), len(right)) < COLUMN_LINES:
        return False
    height = statistics.median(line.height for line in (*left, *right))
    if min(line.left for line in right) - max(line.right for line in left) < GUTTER * height:
        return False
    return _is_prose(left) and _is_prose(right)


def _is_prose(lines: list[OcrLine]) -> bool:
    """Whether some lines of a side are those of running text."""
    wide = max(line.right for line in lines) - min(line.left for line in lines)
    usual = statistics.median(line.right - line.left for line in lines)
    characters = statistics.median(len(line.text) for line in lines)
    return characters >= COLUMN_CHARACTERS and usual >= COLUMN_FILL * wide


def _split(of_region: list[Row]) -> Iterator[list[Row]]:
    """The rows of one region, paragraph by paragraph."""
    places = [statistics.median(line.middle for line in row) for row in of_region]
    heights = [statistics.median(line.height for line in row) for row in of_region]
    steps = [below - above for above, below in pairwise(places)]
    usual = statistics.median_low(steps) if steps else 0.0
    paragraph: list[Row] = []
    for number, row in enumerate(of_region):
        if paragraph:
            low, high = sorted(heights[number - 1 : number + 1])
            if steps[number - 1] > PARAGRAPH_STEP * usual or high > LARGER * low:
                yield paragraph
                paragraph = []
        paragraph.append(row)
    if paragraph:
        yield paragraph
