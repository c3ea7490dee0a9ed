"""Tables whose cells are parted by lines: the rows within a grid → its cells, wrapped words joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from explorer.readers.pdf.ordering import Row
from explorer.readers.pdf.pdfium import Line
from explorer.readers.pdf.tabular.grid import Cell, PageTable
from explorer.readers.pdf.tabular.pieces import RowInPieces, entry, joined
from explorer.readers.pdf.tabular.rulings import RuledGrid
from explorer.readers.pdf.tabular.words import Word, Words
from explorer.readers.tables import header_rows

LONGEST_CELL = 300
MOST_LONG = 0.2
"""At most this share of the cells is longer: else columns of prose stand in frames."""
LEAST_FILLED = 0.3
"""At least this share of the cells says something: else it is the grid of a drawing or of a form."""
MOST_PARTED = 0.12
"""At most this share of the cells holds cells that only blanks part: else the lines are not all there is."""
NARROW = 14.0
"""Points: a column that is no wider, and empty, is a gap between two."""
_SAME_LINE = 0.4

Place = tuple[int, int]


def within(
    rows: list[Row], grids: Sequence[RuledGrid], words: Words, turn: int, known: Set[int]
) -> tuple[list[Row], list[PageTable]]:
    """The rows of a page with each row of a ruled table as one, and these tables.

    Rows and grids are those of words that stand level when the page is turned by `turn`. `known`: the ids of
    lines that are in a table already; a grid with one of them is none.
    """
    tables = []
    for grid in grids:
        taken, held = _taken(rows, grid, words, turn)
        made = _table(grid, held) if taken and not known & taken.keys() else None
        if made:
            tables.append(made)
            rows = _put(rows, taken, made.rows)
    return rows, tables


def _taken(
    rows: Sequence[Row], grid: RuledGrid, words: Words, turn: int
) -> tuple[dict[int, list[Line]], dict[Place, list[tuple[Line, list[Word]]]]]:
    """By the id of each line in a grid the parts of it that stand outside, and the lines in each cell."""
    taken: dict[int, list[Line]] = {}
    held: dict[Place, list[tuple[Line, list[Word]]]] = {}
    left, top, right, bottom = grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1]
    for line in (line for row in rows for line in row):
        middle = (line.top + line.bottom) / 2
        if line.turn != turn or line.aside or not line.upright or not top < middle < bottom:
            continue
        if line.right <= left or line.left >= right:
            continue
        places = [
            (grid.cell((word.left + word.right) / 2, middle), word) for word in words.of([line])
        ]  # fmt: skip
        groups = [
            (cell, [word for _, word in group])
            for cell, group in groupby(places, itemgetter(0))
        ]  # fmt: skip
        if all(cell is None for cell, _ in groups):
            continue
        taken[id(line)] = []
        for cell, group in groups:
            part = line if len(groups) == 1 else _part(line, group)
            if cell is None:
                taken[id(line)].append(part)
            else:
                held.setdefault(cell, []).append((part, group))
    return taken, held


def _put(rows: Sequence[Row], taken: dict[int, list[Line]], made: Sequence[Row]) -> list[Row]:
    """The rows of a page with those of a table where the first of its lines stood."""
    found: list[Row] = []
    is_put = False
    for row in rows:
        if not any(id(line) in taken for line in row):
            found.append(row)
            continue
        if not is_put:
            found += made
            is_put = True
        if rest := [part for line in row for part in taken.get(id(line), [line])]:
            found.append(rest)
    return found


def _part(line: Line, words: Sequence[Word]) -> Line:
    first, last = min(word.first for word in words), max(word.last for word in words)
    return replace(line, first=first, last=last, left=words[0].left, right=words[-1].right)


def _table(grid: RuledGrid, held: dict[Place, list[tuple[Line, list[Word]]]]) -> PageTable | None:
    owners = {owner for row in grid.owners for owner in row}
    if len({column for _, column in held}) < 2:
        return None
    lines = _by_row({cell: list(_lines(parts)) for cell, parts in held.items()})
    in_row = Counter(row for row, _ in lines)
    if sum(count > 1 for count in in_row.values()) < 2:
        return None
    texts = {cell: " ".join(each.text for each in found) for cell, found in lines.items()}
    parted = sum(map(_is_parted, lines.values()))
    long = sum(len(text) > LONGEST_CELL for text in texts.values())
    if (
        len(held) < LEAST_FILLED * len(owners)
        or parted > MOST_PARTED * len(lines)
        or long > MOST_LONG * len(lines)
    ):
        return None
    columns = _columns(grid, texts)
    rows: list[Row] = []
    cells: list[list[Cell]] = []
    for number in sorted(in_row):
        of_row = sorted(cell for cell in lines if cell[0] == number)
        rows.append([line for cell in of_row for each in lines[cell] for line in each.row])
        made: list[Cell] = [[] for _ in range(max(columns.values()) + 1)]
        for cell in of_row:
            for each in lines[cell]:
                made[columns[cell[1]]] += [word for piece in each.pieces for word in piece.words]
        cells.append(made)
    return PageTable(rows, cells, header_rows([[joined(cell) for cell in row] for row in cells]))


def _by_row(cells: dict[Place, list[RowInPieces]]) -> dict[tuple[float, int], list[RowInPieces]]:
    """The cells by row and column, where lines part few rows: each height is a row if numbers stand at it.

    Rows keep the numbers that the grid gives them; those between two lines have fractions.
    """
    found: dict[tuple[float, int], list[RowInPieces]] = {}
    for number in {row for row, _ in cells}:
        of_row = {column: lines for (row, column), lines in cells.items() if row == number}
        baselines = _heights(of_row) if sum(map(_lists_amounts, of_row.values())) > 1 else []
        for column, lines in of_row.items():
            for line in lines:
                found.setdefault((number + _part_of_row(line, baselines), column), []).append(line)
    return found


def _lists_amounts(lines: Sequence[RowInPieces]) -> bool:
    return sum(len(each.pieces) == 1 and each.pieces[0].is_amount for each in lines) > 1


def _heights(cells: dict[int, list[RowInPieces]]) -> list[float]:
    """The baselines of the lines in cells of several."""
    found: list[float] = []
    several = [line for lines in cells.values() if len(lines) > 1 for line in lines]
    for line in sorted(several, key=lambda line: line.row[0].baseline):
        if not found or line.row[0].baseline - found[-1] > _SAME_LINE * line.height:
            found.append(line.row[0].baseline)
    return found


def _part_of_row(line: RowInPieces, baselines: Sequence[float]) -> float:
    """Where in its row a line stands, from 0 to below 1; what stands in the middle of it is at its top."""
    baseline = line.row[0].baseline
    near = [
        place for place, each in enumerate(baselines) if abs(each - baseline) <= _SAME_LINE * line.height
    ]  # fmt: skip
    return min(near, key=lambda place: abs(baselines[place] - baseline)) / len(baselines) if near else 0.0


def _lines(parts: list[tuple[Line, list[Word]]]) -> Iterator[RowInPieces]:
    """What stands in a cell, line by line."""
    parts = sorted(parts, key=lambda part: part[0].baseline)
    group: list[tuple[Line, list[Word]]] = []
    for part in parts:
        if group and part[0].baseline - group[0][0].baseline > _SAME_LINE * part[0].height:
            yield _entry(group)
            group = []
        group.append(part)
    yield _entry(group)


def _entry(group: list[tuple[Line, list[Word]]]) -> RowInPieces:
    group = sorted(group, key=lambda part: part[0].left)
    return entry([line for line, _ in group], [word for _, words in group for word in words])


def _is_parted(lines: Sequence[RowInPieces]) -> bool:
    """Whether a cell holds several: a number behind a wide blank, or a number in each of several lines."""
    amounts = sum(len(each.pieces) == 1 and each.pieces[0].is_amount for each in lines)
    return amounts > 1 or any(each.amounts for each in lines)


_OPENS, _ENDS = frozenset("$€£¥("), frozenset(")%*")


def _columns(grid: RuledGrid, texts: dict[tuple[float, int], str]) -> dict[int, int]:
    """The column of the table for each of the grid's: gaps and signs by themselves are none of their own."""
    of: dict[int, set[str]] = {}
    for (_, column), text in texts.items():
        of.setdefault(column, set()).add(text)
    found: dict[int, int] = {}
    count = -1
    is_open = False
    for column in range(len(grid.xs) - 1):
        said = of.get(column, set())
        is_narrow = grid.xs[column + 1] - grid.xs[column] <= NARROW
        is_ending = bool(said) and count >= 0 and said <= _ENDS
        if not (is_open or is_ending or (is_narrow and not said and count >= 0)):
            count += 1
        is_open = bool(said) and said <= _OPENS
        found[column] = max(count, 0)
    return found
