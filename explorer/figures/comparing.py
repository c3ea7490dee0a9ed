"""Periods in which a line is highest, beyond a threshold, or printed at all."""

from __future__ import annotations

from explorer.figures.cells import Cell, Cells
from explorer.figures.listing import highest_item
from explorer.figures.operations import Operation
from explorer.figures.result import Figure

_FACTORS = {"percent": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def extreme(cells: Cells) -> Figure | None:
    """The period in which a line is highest or lowest, or the item of a table; None where two are."""
    if not cells.asked.is_each_period:
        return highest_item(cells)
    row = cells.over_periods(cells.asked.parts[0])
    if len(row) < 2:
        return None
    sign = 1 if cells.asked.operation is Operation.HIGHEST else -1
    ordered = sorted((cell for _, cell in row), key=lambda cell: -sign * cells.value(cell))
    if cells.value(ordered[0]) == cells.value(ordered[1]):
        return None
    compared = (" > " if sign > 0 else " < ").join(map(cells.printed, ordered))
    return Figure(_period_text(cells, ordered[0]), cells=tuple(ordered), formula=compared)


def beyond(cells: Cells) -> Figure | None:
    """The periods in which a line is above or below the threshold."""
    passing = _passing(cells)
    if not passing or not cells.asked.is_each_period:
        return None
    return Figure("; ".join(_period_text(cells, cell) for cell in passing), cells=tuple(passing))


def count(cells: Cells) -> Figure | None:
    """How many periods those are."""
    passing = _passing(cells)
    if passing is None:
        return None
    return Figure(str(len(passing)), float(len(passing)), cells=tuple(passing))


def _passing(cells: Cells) -> list[Cell] | None:
    row, limit = cells.over_periods(cells.asked.parts[0]), cells.asked.threshold
    if not row or limit is None:
        return None
    sign = -1 if cells.asked.is_below else 1
    unknown = 1.0 if "%" in cells.asked.text else cells.asked.threshold_scale
    return [
        cell
        for _, cell in reversed(row)
        if sign * cells.value(cell) * _FACTORS.get(cells.scale(cell), unknown) > sign * limit
    ]


def periods(cells: Cells) -> Figure | None:
    """The periods that the table has, as its columns stand."""
    grid = cells.grid
    found: dict[str, Cell] = {}
    for row in grid.body[:1]:
        for column in grid.value_columns:
            if any(period.year for period in grid.columns[column].periods):
                found.setdefault(_period_text(cells, (row, column)), (row, column))
    return Figure("; ".join(found), cells=tuple(found.values())) if found else None


def _period_text(cells: Cells, cell: Cell) -> str:
    period = cells.grid.periods(*cell)[0]
    return str(period.year) if not period.until else f"{period.year}/{period.until}"
