"""The items of a section of a table, and which of them is highest."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.figures.cells import Cell, Cells
from explorer.figures.labels import words_of
from explorer.figures.operations import Operation
from explorer.figures.periods import Period
from explorer.figures.result import Figure

_TOTAL = frozenset(words_of("total"))
_SAID_OF_ALL = frozenset(
    words_of(
        "amount value figure company year fiscal period end ended total table number most highest lowest "
        "largest smallest greatest higher lower larger smaller more less second third among all"
    )
)
"""What a question says of whatever it compares."""


def items(cells: Cells) -> Figure | None:
    """What stands under a section, or over its total; how many, where that is asked. None but of one section
    that is called just so."""
    asked = frozenset(words_of(cells.asked.parts[0])) - _TOTAL
    rows = _under_section(cells, asked) or _over_total(cells, asked)
    if len(rows) < 2:
        return None
    found = tuple((row, 0) for row in rows)
    if cells.asked.is_count:
        return Figure(str(len(rows)), float(len(rows)), cells=found)
    return Figure("; ".join(map(cells.printed, found)), cells=found)


def _under_section(cells: Cells, asked: frozenset[str]) -> list[int]:
    grid = cells.grid
    rows = [row for row in grid.body if asked and grid.section_headings[row].words - _TOTAL == asked]
    is_one = len({grid.sections[row] for row in rows}) == 1
    return _up_to_total(cells, rows) if is_one else []


def _up_to_total(cells: Cells, rows: Sequence[int]) -> list[int]:
    """The first rows, without a total and what follows it, whether it is called so or only adds them up."""
    for place, row in enumerate(rows):
        if _is_total(cells, row) or cells.grid.adds_up(row, rows[:place]):
            return list(rows[:place])
    return list(rows)


def _over_total(cells: Cells, asked: frozenset[str]) -> list[int]:
    grid = cells.grid
    totals = [row for row in grid.body if _is_total(cells, row)]
    ends = [row for row in totals if asked and grid.labels[row].words - _TOTAL == asked]
    if len(ends) != 1:
        return []
    start = max([row for row in totals if row < ends[0]], default=-1)
    return [
        row for row in grid.body if start < row < ends[0] and grid.sections[row] == grid.sections[ends[0]]
    ]


def _is_total(cells: Cells, row: int) -> bool:
    return not cells.grid.rows[row][0] or bool(_TOTAL & cells.grid.labels[row].words)


def highest_item(cells: Cells) -> Figure | None:
    """The item of a section, or of a table without sections, whose figure is highest or lowest in a period;
    None where two are, and where the question says words that neither the table nor the text around has."""
    rest = frozenset(words_of(cells.asked.parts[0])) - _SAID_OF_ALL
    column = _column(cells, rest)
    if column is None:
        return None
    found = _compared(cells, rest, column)
    if len(found) < 2 or not cells.are_alike(found):
        return None
    sign = 1 if cells.asked.operation is Operation.HIGHEST else -1
    ordered = sorted(found, key=lambda cell: -sign * cells.amount(cell).value)
    if cells.amount(ordered[0]).value == cells.amount(ordered[1]).value:
        return None
    compared = (" > " if sign > 0 else " < ").join(map(cells.printed, ordered))
    return Figure(cells.grid.rows[ordered[0][0]][0], cells=tuple(ordered), formula=compared)


def _column(cells: Cells, rest: frozenset[str]) -> int | None:
    """The one column of the period, or the one that the question names."""
    grid, period = cells.grid, cells.period
    columns = list(grid.value_columns)
    if period is not None:
        columns = [at for at in columns if any(own.meets(period) for own in _periods(cells, at))]
    wanted = [at for at in columns if grid.is_of_percents(grid.body[0], at) == cells.asked.is_percent]
    columns = wanted or columns
    named = [at for at in columns if rest & grid.columns[at].words]
    columns = named if len(columns) > 1 else columns
    return columns[0] if len(columns) == 1 and len(cells.asked.periods) < 2 else None


def _periods(cells: Cells, column: int) -> Sequence[Period]:
    """Those of a column of periods; none of one that rows or sections are the periods of."""
    grid = cells.grid
    return grid.periods(grid.body[0], column) if grid.columns[column].periods else ()


def _compared(cells: Cells, rest: frozenset[str], column: int) -> Sequence[Cell]:
    grid = cells.grid
    rows = [row for row in grid.body if grid.amounts[row][column] is not None]
    sections = {grid.sections[row] for row in rows}
    if len(sections) > 1:
        meant = {row: len(rest & grid.section_headings[row].words) for row in rows}
        most = max(meant.values(), default=0)
        rows = [row for row in rows if most and meant[row] == most]
    if not rows or len({grid.sections[row] for row in rows}) > 1:
        return []
    said = {word for row in rows if _is_total(cells, row) for word in grid.labels[row].words}
    around = {word for text in cells.around for word in words_of(text[:2_000])}
    known = said | around | grid.columns[column].words | grid.section_headings[rows[0]].words
    if not rest <= known | frozenset(words_of(cells.asked.parts[-1])):
        return []
    return _without_total(cells, [(row, column) for row in rows if not _is_total(cells, row)])


def _without_total(cells: Cells, found: list[Cell]) -> Sequence[Cell]:
    """The cells without a last one that adds up the others, whatever it is called."""
    if len(found) < 3:
        return found
    others = sum(cells.amount(cell).value for cell in found[:-1])
    return found[:-1] if abs(others - cells.amount(found[-1]).value) <= 1e-3 * abs(others) else found
