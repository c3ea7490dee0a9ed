"""The row of a table that a search found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: `text[start:end]` of its document, with what it takes to read it."""

    start: int
    end: int
    page: int
    """Where its table begins."""
    cells: tuple[str, ...]
    """As printed; the label is among the first two."""
    columns: tuple[str, ...] = ()
    """What each column is called, one for each cell, "" where nothing is said; () where no row of the table
    names its columns."""
    title: str | None = None
    """What stands right above the table, where that is a caption, a heading or the like."""
    unit: str | None = None
    """What its amounts are in, as the table or its title says: "in millions"."""
