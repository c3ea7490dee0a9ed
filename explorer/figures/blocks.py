"""Tables that name their columns anew further down: each part is a table of its own."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.figures.labels import filled_head

MOST = 8
"""Parts that are looked at of one table."""


def blocks(rows: Sequence[Sequence[str]], head: int) -> list[tuple[int, int]]:
    """The parts of a table as (first row, row after the last): the whole where nothing below its `head` names
    columns anew. A row does that has years, days or quarters and no amounts, and no label but that of the
    head; rows above it without a label and amounts belong to it."""
    label = next((row[0] for row in reversed(rows[:head]) if row and row[0]), "")
    starts = [0]
    last = head
    for number in range(head + 1, len(rows)):
        row = rows[number]
        if row and row[0] in {"", label} and filled_head(row):
            if number > last:
                starts.append(number)
            last = number + 1
        elif number == last and row and not row[0] and not any(map(_has_digit, row)):
            last = number + 1
    ends = [*starts[1:], len(rows)]
    return list(zip(starts, ends, strict=True))[:MOST]


def _has_digit(cell: str) -> bool:
    return any(mark.isdigit() for mark in cell)
