"""What is asked of the tables of documents, and a figure that was found in one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from explorer.figures import Figure
from explorer.figures.labels import heading
from explorer.types import Document

_BARE = re.compile(
    r"(?:basic|diluted|total|other|net|current|non-?current|domestic|international|worldwide|U\.?S\.?|WW|Intl\.?)",
    re.IGNORECASE,
)
"""Labels that say nothing without the heading above them."""
_NTH = re.compile(r"\b(\d) (st|nd|rd|th)\b")
"""Ordinals whose letters stand high and so apart: "3 rd"."""
_LEAST = 0.55
_STEEP = 8.0
"""How fast `support` grows with the score."""


class AskedTable(Protocol):
    """What is asked of a table: `explorer.tables.Table` has it."""

    @property
    def page(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def title(self) -> str | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def header_rows(self) -> int: ...
    @property
    def rows(self) -> tuple[tuple[str, ...], ...]: ...


Span = Callable[[str, int, int], str]
"""(id of a document, start, end) → that span of its text."""
TablesOf = Callable[[str], Sequence[AskedTable]]
"""The tables of a document by its id, in order."""


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure and where it stands."""

    document: Document
    table: AskedTable
    figure: Figure
    score: float
    """How far its cells are called what the question says, in a table that is about that."""
    rank: float = 0.0
    """By which it stands before others: its score, and more in a main statement."""
    part: str = ""
    """What it is of, where the whole year that is asked for is not stated: "fourth quarter"."""

    @property
    def is_enough(self) -> bool:
        """Whether it may be told."""
        return self.score >= _LEAST

    @property
    def support(self) -> float:
        """How far its cells are called what the question says, 0 to 1; `SUPPORTED` at the least."""
        return 1 / (1 + math.exp(-_STEEP * (self.score - _LEAST)))


def label_of(table: AskedTable, row: int) -> str:
    """What a row is called; a row without a label adds up those under the heading above it."""
    label = _NTH.sub(r"\1\2", table.rows[row][0].strip().rstrip(":")) if table.rows[row] else ""
    above = section_of(table, row)
    return label or (f"Total {above}" if above else "Total")


def section_of(table: AskedTable, row: int) -> str:
    """The nearest label above that has no amounts beside it; "" where there is none."""
    above = (table.rows[place] for place in range(row - 1, table.header_rows - 1, -1))
    found = next((cells[0] for cells in above if cells and cells[0].strip() and not any(cells[1:])), "")
    return found.strip().rstrip(":")


def full_name(table: AskedTable, row: int) -> str:
    """What a row is called, with the heading above it where rows under other headings are called the same, or
    it says no more than "Basic" or "Total": "AWS · Net sales"."""
    label, above = label_of(table, row), section_of(table, row)
    alike = {
        section_of(table, place)
        for place, cells in enumerate(table.rows)
        if cells and any(cells[1:]) and heading(cells[0]).words == heading(label).words
    }
    is_plain = len(alike) < 2 and not _BARE.fullmatch(label)
    return label if is_plain or not above or above == label else f"{above} · {label}"
