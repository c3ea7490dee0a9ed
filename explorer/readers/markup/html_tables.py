"""The rows of one HTML table, and its column names.

A merged cell is said once in each row that it reaches into, so that the row keeps its names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from explorer.readers.assembly import column_names
from explorer.readers.markup.html_writer import Writer
from explorer.readers.reading import ReadTable
from explorer.readers.tables import told_apart

_MAX_SPAN = 1_000
_REPEATED_CHARACTERS = 200
"""A merged cell with a longer text is not repeated: it is no name."""
_LAYOUT_CHARACTERS = 1_500
_INNER_TABLES = 3
_HEADER_ROWS = 4


@dataclass(slots=True)
class Budget:
    """How much all tables of a file may repeat: a cell that claims to span thousands of rows costs little."""

    cells: int = 200_000
    characters: int = 2_000_000

    def spend(self, text: str) -> bool:
        self.cells -= 1
        self.characters -= len(text)
        return self.cells > 0 and self.characters > 0


@dataclass(slots=True)
class Grid:
    """A table while its rows are written. " | " stands between cells."""

    writer: Writer
    budget: Budget
    _start: int = -1
    _rows: int = 0
    _names: list[list[str]] = field(default_factory=list)
    """Rows that hold column names: they stand in the head, or all of their cells are `th`."""
    _first: list[list[str]] = field(default_factory=list)
    """The first two rows: the first may hold names though no tag says it."""
    _body: bool = False
    _pending: dict[int, tuple[int, str, bool]] = field(default_factory=dict)
    """Column → (how many more rows the cell above reaches into, its text, whether it begins there)."""
    _cells: list[str] = field(default_factory=list)
    _printed: list[str] = field(default_factory=list)
    """The same, with each merged cell in the first column that it covers alone."""
    _apart: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """The cells of rows whose line does not tell them."""
    _mark: tuple[int, int] = (0, 0)
    _row: tuple[int, int] = (0, 0)
    _is_named: bool = True
    _is_single: bool = False
    cell_is_open: bool = False

    def open_row(self, row: Any) -> None:
        """Begins a `tr`."""
        self._cells, self._printed = [], []
        self._is_single = not self._pending and sum(1 for each in row if each.tag in ("td", "th")) < 2
        parent = row.getparent()
        self._is_named = parent is not None and parent.tag == "thead"
        self._is_named = self._is_named or all(each.tag != "td" for each in row)
        if self._rows == 0:
            self._start = self.writer.start()
        self._row = self.writer.mark()

    def open_cell(self) -> None:
        """Begins a `td` or `th`, behind cells that reach down from rows above."""
        self._fill(only_next=True)
        if self._cells:
            self.writer.cell()
        self._mark = self.writer.mark()
        self.cell_is_open = True

    def close_cell(self, cell: Any) -> None:
        """Ends a cell, which stands for all columns that it spans."""
        self.cell_is_open = False
        text = self.writer.since(self._mark)
        across, down = _span(cell, "colspan"), _span(cell, "rowspan")
        repeated = text if len(text) <= _REPEATED_CHARACTERS else ""
        for number in range(across):
            column = len(self._cells)
            if number and (self._is_single or not self.budget.spend(repeated)):
                break
            self._cells.append(repeated if number else text)
            self._printed.append("" if number else text)
            if down > 1:
                self._pending[column] = (down - 1, repeated, not number)

    def close_row(self) -> None:
        """Ends a row; a row without a word is taken back."""
        self._fill(only_next=False)
        if not any(self._cells):
            self.writer.forget(self._row)
            return
        if kept := told_apart(self.writer.since(self._row), self._printed):
            self._apart.append((self._rows, kept))
        self._rows += 1
        if len(self._first) < 2:
            self._first.append(self._cells)
        if not self._is_named:
            self._body = True
        elif not self._body and len(self._names) < _HEADER_ROWS:
            self._names.append(self._cells)

    def close(self) -> None:
        """Ends the table and notes where it stands, if it has two rows."""
        if self._rows > 1:
            names = self._names if self._body else self._names[:1]
            stated = len(names) or None
            if not names and _looks_like_names(self._first):
                names = self._first[:1]
            header = column_names(names)
            table = ReadTable(self._start, self.writer.length, header, stated, tuple(self._apart))
            self.writer.tables.append(table)

    def _fill(self, only_next: bool) -> None:
        """Repeats cells of rows above, up to the next free column or to the end of the row."""
        while self._pending:
            column = len(self._cells)
            left, text, begins = self._pending.pop(column, (0, "", True))
            if not left and (only_next or column > max(self._pending)):
                return
            if not self.budget.spend(text):
                self._pending.clear()
                return
            if left > 1:
                self._pending[column] = (left - 1, text, begins)
            self._write(text, is_shown=begins)

    def _write(self, text: str, is_shown: bool) -> None:
        if self._cells and is_shown:
            self.writer.cell()
        self._cells.append(text)
        self._printed.append(text if is_shown else "")
        if text and is_shown:
            self.writer.add(text)


def is_layout(table: Any, depth: int) -> bool:
    """Whether a table only places things on the page, so that its cells are blocks of text, no values."""
    if table.get("role") in ("presentation", "none"):
        return True
    if depth >= _INNER_TABLES:
        return False
    if any(next(table.iter(f"h{level}"), None) is not None for level in range(1, 7)):
        heads = [each for level in range(1, 7) for each in table.iter(f"h{level}")]
        return any(_in_cell(each) for each in heads)
    if next((each for each in table.iter("table") if each is not table), None) is None:
        return False
    return sum(len(text) for text in table.itertext()) > _LAYOUT_CHARACTERS


def _in_cell(heading: Any) -> bool:
    """Whether a heading stands in an ordinary cell, rather than in the caption or a cell of names."""
    for each in heading.iterancestors():
        if each.tag in ("td", "th", "caption"):
            return bool(each.tag == "td")
    return False


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    if not (value.isascii() and value.isdigit()):
        return 1
    return min(int(value[:6]), _MAX_SPAN) or (_MAX_SPAN if name == "rowspan" else 1)


def _looks_like_names(rows: list[list[str]]) -> bool:
    """Whether the first of two rows of ordinary cells names columns: it holds words, the second numbers."""
    if len(rows) < 2 or sum(map(bool, rows[0])) < 2:
        return False
    has_number = any(any(mark.isdigit() for mark in cell) for cell in rows[1])
    return has_number and not any(any(mark.isdigit() for mark in cell) for cell in rows[0])
