"""One cell of a sheet, as every reader of workbooks gives it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Cell:
    """One cell that holds something. `column` counts from 1."""

    column: int
    text: str
    is_text: bool
    """False for a number, a date or a truth value."""
