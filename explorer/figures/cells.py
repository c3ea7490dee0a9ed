"""Which cells of a table a question means: the one of a line in a period, or a line over periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.figures.amounts import CellAmount
from explorer.figures.grid import TableGrid
from explorer.figures.lines import Lines, TableLine
from explorer.figures.operations import Operation
from explorer.figures.periods import Period, periods_in
from explorer.figures.questions import FigureAsked

Cell = tuple[int, int]
"""(row, column), both from 0."""
_OVER_ALL = frozenset({Operation.AVERAGE, Operation.SUM, Operation.HIGHEST, Operation.LOWEST})
"""What is done with every period of a range; everything else takes its two ends."""
_DASH = CellAmount(0.0, is_blank=True)


@dataclass(frozen=True)
class Cells:
    """The cells of a grid as one question asks for them."""

    grid: TableGrid
    lines: Lines
    asked: FigureAsked
    around: Sequence[str] = ()
    """The text around the table."""

    @property
    def period(self) -> Period | None:
        """The first period that is asked for."""
        return self.asked.periods[0] if self.asked.periods else None

    def amount(self, cell: Cell) -> CellAmount:
        """The amount of a cell; one that holds none counts as a dash."""
        return self.grid.amounts[cell[0]][cell[1]] or _DASH

    def value(self, cell: Cell) -> float:
        """The amount of a cell; of costs that a table prints as deductions, how large they are."""
        value = self.amount(cell).value
        return abs(value) if self.grid.is_deduction(cell[0]) else value

    def scale(self, cell: Cell) -> str:
        """What the amount of a cell is in, as `TableGrid.scale` gives it."""
        return self.grid.scale(*cell, self.around)

    def printed(self, cell: Cell) -> str:
        """The text of a cell."""
        return self.grid.rows[cell[0]][cell[1]]

    def are_alike(self, cells: Sequence[Cell]) -> bool:
        """Whether cells, one at least, are in the same scale and, where they print one, the same currency."""
        currencies = {self.amount(cell).currency for cell in cells} - {""}
        return len({self.scale(cell) for cell in cells}) == 1 and len(currencies) < 2

    def of(self, part: str, period: Period | None) -> Cell | None:
        """The one cell of the line that `part` names in a period; None where none or several may be meant."""
        if period is not None and not self._has_periods():
            if not self._is_said_around(period):
                return None
            period = None
        line = self.lines.named(part, period) or self.lines.total_of(part, period)
        return None if line is None else _only(line, period)

    def _has_periods(self) -> bool:
        return any(own for line in self.lines.all for own in line.periods)

    def _is_said_around(self, period: Period) -> bool:
        """Whether a table without periods is of this one, by the text around it or in its head."""
        texts = [*self.around, *(cell for row in self.grid.rows[: self.grid.head] for cell in row)]
        return any(one.period.meets(period) for text in texts for one in periods_in(text))

    def over_periods(self, part: str) -> list[tuple[Period, Cell]]:
        """The cells of the line that `part` names, over the periods that are asked for (or all), in the
        order of time; [] where it is unsure, lacks one or has them in different units."""
        period = None if self.period is not None and self.period.until else self.period
        line = self.lines.named(part, period) or self.lines.total_of(part, period)
        if line is None:
            return []
        chosen = self._chosen(line)
        if not chosen or not self.are_alike([cell for _, cell in chosen]):
            return []
        return sorted(chosen, key=lambda one: one[0].order)

    def _chosen(self, line: TableLine) -> list[tuple[Period, Cell]]:
        periods = self._periods(line)
        each = [(own[0], cell) for cell, own in zip(line.cells, line.periods, strict=True) if own]
        if not periods:
            return each
        is_range = self.asked.is_range or len(periods) > len(self.asked.periods)
        if is_range and self.asked.operation in _OVER_ALL:
            first, last = sorted(period.order[0] for period in periods)
            inside = [(period, cell) for period, cell in each if first <= period.order[0] <= last]
            return inside if len(inside) == last - first + 1 else []
        found = [(period, _only(line, period)) for period in periods]
        known = [(period, cell) for period, cell in found if cell is not None]
        return known if len(known) == len(found) else []

    def _periods(self, line: TableLine) -> Sequence[Period]:
        """The periods that are asked for; the ends of a range ("2017-2019") that is no column of its own."""
        asked = self.asked.periods
        if len(asked) == 1 and asked[0].until and not line.at(asked[0]):
            return (Period(asked[0].year), Period(asked[0].until))
        return asked

    def several(self, part: str) -> list[Cell]:
        """The cells of a part in the one period: of the line that it names, or of each that it joins by
        "and"; [] where one is not sure or they are in different units."""
        one = self.of(part, self.period)
        if one is not None:
            return [one]
        found = [self.of(piece, self.period) for piece in pieces_of(part)] if " and " in part else []
        known = [cell for cell in found if cell is not None]
        return known if len(set(known)) == len(found) and self.are_alike(known) else []

    def two(self) -> tuple[Cell, Cell] | None:
        """The cells of the two parts of a question, in its one period and in the same units."""
        if len(self.asked.parts) != 2 or len(self.asked.periods) > 1:
            return None
        first, second = (self.of(part, self.period) for part in self.asked.parts)
        if first is None or second is None or first == second:
            return None
        return (first, second) if self.are_alike([first, second]) else None


def pieces_of(part: str) -> list[str]:
    """The things that a part names one after the other: "A, B and C"."""
    return [piece.strip() for piece in part.replace(" and ", ", ").split(",") if piece.strip()]


def _only(line: TableLine, period: Period | None) -> Cell | None:
    """The one cell of a line in a period; without one, its only cell."""
    found = list(line.cells) if period is None else line.at(period)
    return found[0] if len(found) == 1 else None
