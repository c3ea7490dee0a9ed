"""The column names of a table, on one line."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_CHARACTERS = 500


def column_names(rows: Sequence[Sequence[str]]) -> str:
    """The names that rows of a table's head give its columns, joined as cells of a row are; "" for none.

    Names that stand above each other ("2025" over "Q1") are joined by a space.
    """
    width = max(map(len, rows), default=0)
    stacked = [[row[column] for row in rows if column < len(row)] for column in range(width)]
    names = [" ".join(filter(None, dict.fromkeys(cells))) for cells in stacked]
    while names and not names[-1]:
        names.pop()
    return " | ".join(names)[:_MOST_CHARACTERS].rstrip(" |")
