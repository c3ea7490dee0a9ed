"""The rows of a sheet as text, whatever kind of workbook they come from.

A row is one line, and every row that holds something is there. Blank rows part blocks, unless they stand
between all rows of a table; the row of names of a block is the header of what follows it, until the next
header. A merged cell is repeated in
every row, and in every column where other cells stand beside it, so that each figure keeps its names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from explorer.readers.assembly import Assembly, row_line
from explorer.readers.office import sheet_heads
from explorer.readers.office.cells import Cell

_GAP = 8
"""Empty cells in a row beyond so many in a row are one."""
_MERGED_WIDTH = 64
"""Columns in which one merged cell is repeated at most."""
_WAITING_ROWS = 50
_BLANK_ROWS = 5
"""Blank rows within a table at most."""
_CERTAIN_CELLS = 3
"""Two cells of words, then blank rows, are as often what the sheet is about as they are names of columns."""


@dataclass(slots=True)
class Merge:
    """A rectangle of cells shown as one; rows and columns count from 1, the last ones included."""

    first_row: int
    last_row: int
    first: int
    last: int
    cell: Cell | None = None


class SheetText:
    """Writes one sheet to the page that `out` is at."""

    def __init__(self, out: Assembly, merges: Iterable[Merge] = ()) -> None:
        self._out = out
        self._waiting = sorted(merges, key=lambda merge: -merge.first_row)
        self._active: list[Merge] = []
        self._pending: list[tuple[list[Cell], int]] = []
        """The first rows of a block, which wait until it is known where its first column stands and which of
        them names the columns."""
        self._run: list[Cell] | None = None
        """The row before, if it has blank rows before it."""
        self._base = 0
        self._last_row = 0
        self._header = ""
        self._named = 0
        """How many columns the header names."""
        self._start: int | None = None
        """Of the block of rows that is being written."""
        self._lines = 0
        self._fits = False
        """Whether the block has about as many columns as the header."""
        self._goes_under = False
        """Whether the header is that of a block before."""

    def merge(self, merge: Merge) -> None:
        """Adds a merged area whose first row is the one that comes next. Its `cell` may be set already."""
        self._waiting.append(merge)

    def row(self, number: int, cells: list[Cell], times: int = 1) -> None:
        """Adds a row; numbers rise. `times`: how often it stands there, one after the other."""
        self._out.count_cells((len(cells) + 1) * times if cells else 1)  # sheets end in a million empty rows
        filled = self._filled(number, cells)
        if not cells:
            return
        if number > self._last_row + 1 or not self._last_row:
            if not self._goes_on(number, filled):
                self._end_block()
            self._run = filled if times == 1 else None
        else:
            self._run = None
        self._last_row = number + times - 1
        self._pending.append((filled, times))
        if self._start is not None or len(self._pending) > _WAITING_ROWS:
            self._write_pending()

    def end(self) -> None:
        """Ends the sheet."""
        self._end_block()

    def _goes_on(self, number: int, cells: list[Cell]) -> bool:
        """Whether a row after blank ones belongs to the table of the row before, which stood alone too."""
        before = self._run
        if before is None or number - self._last_row - 1 > _BLANK_ROWS:
            return False
        if not sheet_heads.is_as_wide(before, cells):
            return False
        if sheet_heads.is_text_row(before):
            return len(cells) >= _CERTAIN_CELLS or not sheet_heads.is_text_row(cells)
        return sheet_heads.is_alike(before, cells)

    def _end_block(self) -> None:
        """A block without names of its own goes on under those of the block before."""
        self._write_pending()
        if self._start is not None and (self._lines > 1 or self._goes_under):
            self._out.add_table(self._start, self._header if self._fits else "")
        self._start = None

    def _write_pending(self) -> None:
        names: int | None = None
        if self._start is None:
            rows = [cells for cells, _ in self._pending]
            self._base = min((cell.column for cells in rows for cell in cells), default=1)
            names = sheet_heads.find(rows, is_named=bool(self._header))
            usual = sheet_heads.usual_count(rows)
            self._fits = names is not None or self._named * sheet_heads.FULL <= usual <= self._named + 1
            self._goes_under = names is None and self._fits and bool(self._header)
        for place, (cells, times) in enumerate(self._pending):
            line = self._write(cells, times)
            if place == names:
                self._header, self._named = line, len(cells)
        self._pending.clear()

    def _write(self, cells: list[Cell], times: int) -> str:
        line = self._line(cells)
        if self._start is None:
            self._start = self._out.put(line)
            self._lines, times = 1, times - 1
        for _ in range(times):
            self._out.put(line, "\n")
            self._lines += 1
        return line

    def _filled(self, number: int, cells: list[Cell]) -> list[Cell]:
        """The cells of a row with what merged cells put there."""
        while self._waiting and self._waiting[-1].first_row <= number:
            self._active.append(self._waiting.pop())
        if not self._active:
            return cells
        self._out.count_cells(len(self._active))
        self._active = [merge for merge in self._active if merge.last_row >= number]
        held = {cell.column: cell for cell in cells}
        added: dict[int, Cell] = {}
        for merge in self._active:
            if number == merge.first_row and merge.cell is None:
                merge.cell = held.get(merge.first)
            if merge.cell is not None:
                columns = range(merge.first, min(merge.last, merge.first + _MERGED_WIDTH) + 1)
                self._out.count_cells(len(columns))
                for column in columns:
                    if column not in held:
                        added[column] = Cell(column, merge.cell.text, merge.cell.is_text)
        if len(cells) == 1 and all(each.text == cells[0].text for each in added.values()):
            return cells  # a title over the whole width is said once
        return sorted([*cells, *added.values()], key=lambda cell: cell.column) if added else cells

    def _line(self, cells: list[Cell]) -> str:
        texts: list[str] = []
        at = self._base
        for cell in cells:
            gap = max(cell.column - at, 0)
            texts += [""] * (gap if gap <= _GAP else 1)
            texts.append(cell.text)
            at = cell.column + 1
        return row_line(texts)


def shown_value(value: object) -> tuple[str, bool]:
    """A value as text, and whether it was text. Days without a time are days; 3.0 is 3."""
    if isinstance(value, str):
        return value, True
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), False
    if isinstance(value, float):
        return shown_number(value), False
    if isinstance(value, timedelta):
        return shown_duration(value), False
    return shown_moment(value) if isinstance(value, datetime) else str(value), False


def shown_number(value: float) -> str:
    """A number to the 15 digits that spreadsheets keep."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def shown_moment(value: datetime) -> str:
    """A date, with the time of day unless that is midnight."""
    rounded = value + timedelta(microseconds=500_000) if value.microsecond else value
    rounded = rounded.replace(microsecond=0)
    return rounded.date().isoformat() if rounded.time() == time() else rounded.isoformat(" ")


def shown_duration(value: timedelta) -> str:
    """Hours, minutes and seconds."""
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
