"""Pieces of the rows of a table → its columns. Numbers of one column stand above each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.readers.pdf.tabular.pieces import Piece, RowInPieces

MOST_COLUMNS = 40
LEAST_OF_TEXT = 2
"""So many cells of words above each other, beside the label, make a column."""
LABEL_INDENT = 3.0
"""A number that begins at most this many font heights from the left edge may be a label."""


FLUSH = 1.0
"""Points: what ends no farther from the end of a column of numbers stands in it."""


@dataclass(slots=True)
class Column:
    left: float
    right: float
    of_amounts: bool = True


def label_edge(entries: Sequence[RowInPieces]) -> float:
    """Where the labels of the rows begin."""
    return min(entry.left for entry in entries)


def is_label(entry: RowInPieces, piece: Piece, edge: float, first: Column) -> bool:
    """Whether a row's first piece is its label. `first`: the first column of numbers."""
    if piece is not entry.pieces[0]:
        return False
    if piece.is_amount or piece.is_period:
        return piece.left < min(edge + LABEL_INDENT * entry.height, first.left)
    if piece.left < edge + LABEL_INDENT * entry.height:
        return True
    return piece.left < first.left - 0.5 and abs(piece.right - first.right) > FLUSH


def of_amounts(entries: Sequence[RowInPieces]) -> list[Column]:
    """The columns that the numbers of some rows make, from the left."""
    rows = [[(piece.left, piece.right) for piece in entry.amounts] for entry in entries]
    spans = sorted(span for row in rows for span in row)
    merged: list[Column] = []
    for left, right in spans:
        if merged and left < merged[-1].right:
            merged[-1].right = max(merged[-1].right, right)
        else:
            merged.append(Column(left, right))
    found: list[Column] = []
    for column in merged:
        found += _split(column, rows)
    return found[:MOST_COLUMNS]


def _split(column: Column, rows: Sequence[Sequence[tuple[float, float]]], depth: int = 0) -> list[Column]:
    """A column, parted where some row has two cells in it."""
    inner = [[span for span in row if column.left <= (span[0] + span[1]) / 2 <= column.right] for row in rows]
    gaps = [
        ((one[1] + other[0]) / 2) for row in inner for one, other in pairwise(row)
    ]  # fmt: skip
    if not gaps or depth > MOST_COLUMNS:
        return [column]
    spans = [span for row in inner for span in row]

    def crossed(place: float) -> int:
        return sum(left < place < right for left, right in spans)

    cut = min(sorted(gaps), key=crossed)
    if 2 * crossed(cut) > len(gaps):
        return [column]
    left = [span for span in spans if sum(span) / 2 < cut]
    right = [span for span in spans if sum(span) / 2 >= cut]
    if not left or not right:
        return [column]
    one = Column(column.left, min(cut, max(span[1] for span in left)))
    other = Column(max(cut, min(span[0] for span in right)), column.right)
    return [*_split(one, rows, depth + 1), *_split(other, rows, depth + 1)]


def with_text(columns: list[Column], entries: Sequence[RowInPieces], edge: float) -> list[Column]:
    """The columns and those that words beside the label and the numbers make."""
    first = columns[0].left
    labels = [
        entry.pieces[0].right for entry in entries if is_label(entry, entry.pieces[0], edge, columns[0])
    ]
    spans = []
    for entry in entries:
        for piece in entry.pieces:
            if piece.is_amount or is_label(entry, piece, edge, columns[0]) or overlapped(columns, piece):
                continue
            spans.append((piece.left, piece.right))
    merged: list[list[tuple[float, float]]] = []
    for span in sorted(spans):
        if merged and span[0] < max(each[1] for each in merged[-1]):
            merged[-1].append(span)
        else:
            merged.append([span])
    made = []
    for group in merged:
        left, right = min(span[0] for span in group), max(span[1] for span in group)
        crossing = sum(label > left + 1.0 for label in labels)
        if len(group) >= LEAST_OF_TEXT and (crossing <= len(group) / 2 or left > first):
            made.append(Column(left, right, of_amounts=False))
    return sorted([*columns, *made], key=lambda column: column.left)


def overlapped(columns: Sequence[Column], piece: Piece) -> list[int]:
    """The places of the columns that a piece stands in or above, from the left."""
    start = bisect_left(columns, piece.left, key=lambda column: column.right)
    found = []
    for place in range(start, len(columns)):
        if columns[place].left >= piece.right:
            break
        found.append(place)
    return found


def nearest(columns: Sequence[Column], piece: Piece) -> int:
    """The place of the first column that a piece stands in, or else of the one next to it."""
    over = overlapped(columns, piece)
    return over[0] if over else min(range(len(columns)), key=lambda place: _distance(columns[place], piece))


def spanned(columns: Sequence[Column], piece: Piece) -> list[int]:
    """The places of the columns whose middle a piece stands above; else the nearest one."""
    found = [
        place for place, column in enumerate(columns)
        if piece.left - 1.0 <= (column.left + column.right) / 2 <= piece.right + 1.0
    ]  # fmt: skip
    return found or [min(range(len(columns)), key=lambda place: _distance(columns[place], piece))]


def pitch(columns: Sequence[Column], height: float) -> float:
    """The usual width of a column with the blank beside it."""
    if len(columns) == 1:
        return max(columns[0].right - columns[0].left, 6 * height)
    return (columns[-1].right - columns[0].right) / (len(columns) - 1)


def zone(columns: Sequence[Column], entries: Sequence[RowInPieces]) -> float:
    """Where the place of the columns begins, to the right of most labels."""
    height = entries[0].height
    labels = sorted(
        entry.pieces[0].right for entry in entries if entry.pieces[0].right < columns[0].left
    )  # fmt: skip
    typical = labels[(2 * len(labels)) // 3] if labels else entries[0].left
    far = columns[0].left - 0.6 * pitch(columns, height)
    return max(far, min(typical, columns[0].left - height))


def _distance(column: Column, piece: Piece) -> float:
    return max(column.left - piece.right, piece.left - column.right, 0.0)
