"""What a question about a table is answered with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """An answer from a table, and what it rests on."""

    text: str
    """As it is printed, or as it was worked out; several figures are joined by "; "."""
    value: float | None = None
    """The number, before its scale; None where the answer is words or several figures."""
    scale: str = ""
    """"thousand", "million", "billion", "percent" or ""."""
    unit: str = ""
    """The currency, as printed, where the cells have one."""
    cells: tuple[tuple[int, int], ...] = ()
    """(row, column) from 0 of every cell that it rests on, in the order of the formula."""
    formula: str = ""
    """How it was worked out, each term a cell as printed: "34,229 − 35,355"; "" where it was only read."""
    sureness: float = 1.0
    """How well the cells are called what the question asks, 0 to 1: which of several tables is meant."""
    paragraph: int | None = None
    """Which paragraph it stands in, from 0, where no cell holds it."""
