"""The rows of a sheet as text, whatever kind of workbook they come from.

A row is one line, and every row that holds something is there. Blank rows part blocks, unless some stand
between all rows of a table. The row that names the columns of a block is the header of what follows, up to
the next header. A merged cell is repeated in every row, and in every column where other cells stand beside
it, so that each figure keeps its names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from explorer.readers.assembly import Assembly, one_line, row_line
from explorer.readers.office import sheet_heads
from explorer.readers.office.sheet_heads import Cell
from explorer.readers.tables import told_apart

_GAP = 8
"""More empty cells than this side by side are written as one."""
_MERGED_WIDTH = 64
"""A merged cell is repeated in this many columns at most."""
_WAITING_ROWS = 50
_MOST_APART = 20_000
_MOST_COLUMNS = 1_000
"""A table is kept with so many columns, whose cells stand apart from its lines, and so many such rows."""
_BLANK_ROWS = 5
"""A table has at most this many blank rows between two of its rows."""
_CERTAIN_CELLS = 3
"""Two cells of words above blank rows may just say what the sheet is about; three name columns."""


@dataclass(slots=True)
class Merge:
    """A rectangle of cells shown as one; rows and columns count from 1, the last ones included."""

    first_row: int
    last_row: int
    first: int
    last: int
    cell: Cell | None = None


class SheetText:
    """Writes one sheet to the page that `out` is at: merged cells filled in, rows gathered into blocks."""

    def __init__(self, out: Assembly, merges: Iterable[Merge] = ()) -> None:
        self._out = out
        self._merged = _MergedCells(merges, out.count_cells)
        self._block = _Block(out, _Names())
        self._last_row = 0
        self._lone: list[Cell] | None = None
        """The row before, if it stands alone so far: blank rows are above it."""

    def merge(self, merge: Merge) -> None:
        """Adds a merged area whose first row is the one that comes next. Its `cell` may be set already."""
        self._merged.add(merge)

    def row(self, number: int, cells: list[Cell], times: int = 1) -> None:
        """Adds a row; numbers rise. `times`: how often it stands there, one after the other."""
        self._out.count_cells((len(cells) + 1) * times if cells else 1)  # sheets end in a million empty rows
        filled = self._merged.filled(number, cells)
        if not cells:
            return
        is_below_blanks = number > self._last_row + 1 or not self._last_row
        if is_below_blanks and not self._goes_on(number, filled):
            self._block = self._block.next()
        self._lone = filled if is_below_blanks and times == 1 else None
        self._last_row = number + times - 1
        self._block.add(filled, times)

    def end(self) -> None:
        """Ends the sheet."""
        self._block = self._block.next()

    def _goes_on(self, number: int, cells: list[Cell]) -> bool:
        """Whether a row below blank ones belongs to the table of the row before, which stood alone too."""
        before = self._lone
        if before is None or number - self._last_row - 1 > _BLANK_ROWS:
            return False
        if not sheet_heads.is_as_wide(before, cells):
            return False
        if sheet_heads.is_text_row(before):
            return len(cells) >= _CERTAIN_CELLS or not sheet_heads.is_text_row(cells)
        return sheet_heads.is_alike(before, cells)


class _MergedCells:
    """The merged areas of a sheet, from the rows that they begin in to those that they end in."""

    def __init__(self, merges: Iterable[Merge], count: Callable[[int], None]) -> None:
        self._count = count
        self._waiting = sorted(merges, key=lambda merge: -merge.first_row)
        """Those that begin further down, the next one last."""
        self._open: list[Merge] = []

    def add(self, merge: Merge) -> None:
        """Adds an area that begins in the next row."""
        self._waiting.append(merge)

    def filled(self, number: int, cells: list[Cell]) -> list[Cell]:
        """The cells of a row with what merged cells put there. Raises ReadError beyond the limit of cells."""
        while self._waiting and self._waiting[-1].first_row <= number:
            self._open.append(self._waiting.pop())
        if not self._open:
            return cells
        self._count(len(self._open))
        self._open = [merge for merge in self._open if merge.last_row >= number]
        held = {cell.column: cell for cell in cells}
        added: dict[int, Cell] = {}
        for merge in self._open:
            if number == merge.first_row and merge.cell is None:
                merge.cell = held.get(merge.first)
            if merge.cell is not None:
                columns = range(merge.first, min(merge.last, merge.first + _MERGED_WIDTH) + 1)
                self._count(len(columns))
                for column in columns:
                    if column not in held:
                        added[column] = Cell(column, merge.cell.text, merge.cell.is_text)
        if len(cells) == 1 and all(each.text == cells[0].text for each in added.values()):
            return cells  # a title over the whole width is said once
        return sorted([*cells, *added.values()], key=lambda cell: cell.column) if added else cells


@dataclass(slots=True)
class _Names:
    """The row that names the columns, until a block has another one."""

    line: str = ""
    columns: int = 0


class _Block:
    """A stretch of rows that is one table, or a few words alone.

    Its first rows wait until there are enough of them to tell where its first column stands, and which of
    them names the columns. A block without names of its own goes on under those of the block before.
    """

    def __init__(self, out: Assembly, names: _Names) -> None:
        self._out = out
        self._names = names
        self._waiting: list[tuple[list[Cell], int]] = []
        """Rows that are not written yet, and how often each stands there."""
        self._start: int | None = None
        """Where the block begins in the text, once its first rows are written."""
        self._lines = 0
        self._first_column = 0
        self._fits = False
        """Whether the block has about as many columns as the names."""
        self._borrows_names = False
        self._apart: list[tuple[int, tuple[str, ...]]] = []
        """The cells of rows whose line does not tell them."""

    def add(self, cells: list[Cell], times: int) -> None:
        """Adds a row that stands there `times` times."""
        self._waiting.append((cells, times))
        if self._start is not None or len(self._waiting) > _WAITING_ROWS:
            self._write()

    def end(self) -> None:
        """Writes what still waits, and notes where the table stands."""
        self._write()
        if self._start is not None and (self._lines > 1 or self._borrows_names):
            self._out.add_table(self._start, self._names.line if self._fits else "", apart=self._apart)

    def next(self) -> _Block:
        """Ends this block and begins the next one."""
        self.end()
        return _Block(self._out, self._names)

    def _write(self) -> None:
        names = self._place_of_names() if self._start is None else None
        for place, (cells, times) in enumerate(self._waiting):
            line = self._line(cells)
            is_told = line.count(" | ") == cells[-1].column - self._first_column  # one bar between two cells
            is_full = len(self._apart) >= _MOST_APART
            kept = None if is_told or is_full else told_apart(line, self._grid(cells))
            self._apart += [(self._lines + each, kept) for each in range(times)] if kept else []
            self._put(line, times)
            if place == names:
                self._names.line, self._names.columns = line, len(cells)
        self._waiting.clear()

    def _place_of_names(self) -> int | None:
        """Which of the block's first rows names its columns, if one does; settles what else they tell."""
        rows = [cells for cells, _ in self._waiting]
        self._first_column = min((cell.column for cells in rows for cell in cells), default=1)
        names = sheet_heads.find(rows, is_named=bool(self._names.line))
        usual = sheet_heads.usual_count(rows)
        known = self._names.columns
        self._fits = names is not None or known * sheet_heads.FULL <= usual <= known + 1
        self._borrows_names = names is None and self._fits and bool(self._names.line)
        return names

    def _put(self, line: str, times: int) -> None:
        for _ in range(times):
            start = self._out.put(line, "\n\n" if self._start is None else "\n")
            self._start = start if self._start is None else self._start
            self._lines += 1

    def _grid(self, cells: list[Cell]) -> list[str]:
        """The row with every empty cell."""
        width = min(cells[-1].column - self._first_column + 1, _MOST_COLUMNS)
        grid = [""] * max(width, 1)
        for cell in cells:
            if 0 <= cell.column - self._first_column < width:
                grid[cell.column - self._first_column] = one_line(cell.text)
        return grid

    def _line(self, cells: list[Cell]) -> str:
        texts: list[str] = []
        column = self._first_column
        for cell in cells:
            gap = max(cell.column - column, 0)
            texts += [""] * (gap if gap <= _GAP else 1)
            texts.append(cell.text)
            column = cell.column + 1
        return row_line(texts)
