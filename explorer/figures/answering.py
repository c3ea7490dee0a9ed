"""A question about a table → the figure that answers it, read or worked out from its cells; None where unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.figures.amounts import amount
from explorer.figures.grid import Grid, words_of
from explorer.figures.lines import Line, Lines
from explorer.figures.paragraphs import ASKING, said
from explorer.figures.periods import Period
from explorer.figures.questions import Asked, Operation, understood
from explorer.figures.result import Figure

_TOLD = frozenset({Operation.VALUE, Operation.WORDS, Operation.CHANGE, Operation.SUM})
"""What the text around a table may tell as well as its cells; everything else is worked out from cells."""
Cell = tuple[int, int]
NAMED = 0.5
"""The least share of a question's words that a cell must be called by where no sentence tells it."""
BETTER = 0.2
"""How much more of a question a sentence must hold than a cell's names for its amount to be the answer."""
_AVERAGED = frozenset(words_of("average mean"))


def answer(
    question: str,
    table: Sequence[Sequence[str]],
    paragraphs: Sequence[str] = (),
    header_rows: int | None = None,
) -> Figure | None:
    """The answer to a question, from a table's cells.

    `table`: its rows of cells as printed, the names of its columns included; `paragraphs`: the text around
    it, which may name what its amounts are in. `header_rows`: how many of the first rows name the columns;
    None: by what stands in them.

    None where it is not sure: the question names no line of the table or several, a period that it does not
    have, or cells of different units.
    """
    grid = Grid(table, header_rows)
    asked = understood(question)
    found = None
    if grid.body:
        lines = Lines(grid, paragraphs, asked.is_percent)
        found = _Answering(grid, lines, asked, paragraphs).figure()
        if found is not None and asked.parts:
            found = replace(
                found, sureness=lines.sureness(asked.parts[-1] if len(asked.parts) > 1 else asked.parts[0])
            )
    words = said(question, paragraphs) if asked.operation in _TOLD else None
    if found is not None:
        named = _named(question, grid, found)
        if named >= (NAMED if words is None else max(words.coverage - BETTER, 0.0)):
            return found
    if words is None:
        return None
    stated = amount(words.text.removeprefix("approximately ").removeprefix("about "))
    return Figure(
        words.text,
        stated.value if stated else None,
        unit=stated.currency if stated else "",
        paragraph=words.paragraph,
    )


def _named(question: str, grid: Grid, found: Figure) -> float:
    """The share of a question's words, 0 to 1, that the cells which answer it are called by."""
    if found.formula or len(found.cells) > 1:
        return 1.0
    row, column = found.cells[0]
    asked = {word for word in frozenset(words_of(question)) - ASKING if not word.isdigit()}
    names = grid.labels[row].words | grid.columns[column].words | grid.section_headings[row].words
    heads = {word for head in grid.rows[: grid.head] for cell in head for word in words_of(cell)}
    return len(asked & (names | heads)) / len(asked) if asked else 1.0


@dataclass(frozen=True)
class _Answering:
    grid: Grid
    lines: Lines
    asked: Asked
    around: Sequence[str]

    def figure(self) -> Figure | None:
        operations = {
            Operation.VALUE: self._values,
            Operation.SUM: self._sum,
            Operation.AVERAGE: self._average,
            Operation.CHANGE: self._change,
            Operation.PERCENT_CHANGE: self._percent_change,
            Operation.DIFFERENCE: self._difference,
            Operation.SHARE: self._share,
            Operation.RATIO: self._ratio,
            Operation.HIGHEST: self._extreme,
            Operation.LOWEST: self._extreme,
            Operation.ABOVE: self._beyond,
            Operation.BELOW: self._beyond,
            Operation.COUNT: self._count,
            Operation.PERIODS: self._periods,
            Operation.WORDS: lambda: None,
        }
        return operations[self.asked.operation]()

    # ---- which cells

    def _value(self, cell: Cell) -> float:
        """The amount of a cell; of costs that a table prints as deductions, how large they are."""
        found = self.grid.amounts[cell[0]][cell[1]]
        assert found is not None
        return abs(found.value) if self.grid.is_deduction(cell[0]) else found.value

    def _scale(self, cell: Cell) -> str:
        return self.grid.scale(*cell, self.around)

    def _printed(self, cell: Cell) -> str:
        return self.grid.rows[cell[0]][cell[1]]

    def _one(self, line: Line, period: Period | None) -> Cell | None:
        """The one cell of a line in a period; without one, its only cell."""
        if period is None:
            return line.cells[0] if len(line.cells) == 1 else None
        found = line.at(period)
        return found[0] if len(found) == 1 else None

    def _cell(self, part: str, period: Period | None) -> Cell | None:
        if period is not None and not self._has_periods():
            if not self._is_said_around(period):
                return None
            period = None
        line = self.lines.named(part, period)
        return None if line is None else self._one(line, period)

    def _has_periods(self) -> bool:
        return any(own for line in self.lines.all for own in line.periods)

    def _is_said_around(self, period: Period) -> bool:
        """Whether a table without periods is of this one, by the text around it and what stands in its head."""
        from explorer.figures.periods import periods_in

        texts = [*self.around, *(cell for row in self.grid.rows[: self.grid.head] for cell in row)]
        return any(one.period.meets(period) for text in texts for one in periods_in(text))

    def _row(self, part: str) -> list[tuple[Period, Cell]]:
        """The cells of the line that is named, over the periods that are asked for (or all), as time goes; []
        where it is unsure or lacks one."""
        periods = self.asked.periods
        line = self.lines.named(part, periods[0] if periods else None)
        if line is None:
            return []
        if periods and self.asked.is_range and self.asked.operation in {Operation.AVERAGE, Operation.SUM}:
            first, last = sorted(period.order[0] for period in periods)
            chosen = [
                (own[0], cell)
                for cell, own in zip(line.cells, line.periods, strict=True)
                if own and first <= own[0].order[0] <= last
            ]
            if len(chosen) != last - first + 1:
                return []
        elif periods:
            cells = [(period, self._one(line, period)) for period in periods]
            if any(cell is None for _, cell in cells):
                return []
            chosen = [(period, cell) for period, cell in cells if cell is not None]
        else:
            chosen = [(own[0], cell) for cell, own in zip(line.cells, line.periods, strict=True) if own]
        if len({self._scale(cell) for _, cell in chosen}) > 1:
            return []
        return sorted(chosen, key=lambda one: one[0].order)

    # ---- what is read

    def _values(self) -> Figure | None:
        part = self.asked.parts[0]
        if len(self.asked.periods) > 1:
            cells = [self._cell(part, period) for period in self.asked.periods]
        elif (several := self._several(part)) is not None:
            cells = several if len({cell[1] for cell in several if cell is not None}) == 1 else [None]
        else:
            cells = [self._cell(part, self.asked.periods[0] if self.asked.periods else None)]
        return (
            self._read([cell for cell in cells if cell is not None]) if None not in cells and cells else None
        )

    def _several(self, part: str) -> list[Cell | None] | None:
        """The cells of several lines that a question names with "and"; None where it names one."""
        if not self.asked.is_several or " and " not in part:
            return None
        period = self.asked.periods[0] if self.asked.periods else None
        if self.lines.named(part, period):
            return None
        pieces = [piece.strip() for piece in part.replace(" and ", ", ").split(",") if piece.strip()]
        return [self._cell(piece, period) for piece in pieces]

    def _read(self, cells: Sequence[Cell]) -> Figure:
        first = self.grid.amounts[cells[0][0]][cells[0][1]]
        assert first is not None
        text = "; ".join(self._printed(cell) for cell in cells)
        scale = self._scale(cells[0])
        return Figure(
            text=text,
            value=first.value if len(cells) == 1 else None,
            scale="" if scale == "percent" and "%" in text else scale,
            unit=first.currency,
            cells=tuple(cells),
        )

    # ---- what is worked out

    def _worked(self, value: float, cells: Sequence[Cell], formula: str, scale: str | None = None) -> Figure:
        first = self.grid.amounts[cells[0][0]][cells[0][1]]
        assert first is not None
        value = round(value, 6)
        scale = self._scale(cells[0]) if scale is None else scale
        return Figure(
            text=f"{value:,.2f}".rstrip("0").rstrip("."),
            value=value,
            scale=scale,
            unit="" if scale == "percent" else first.currency,
            cells=tuple(cells),
            formula=formula,
        )

    def _ends(self) -> tuple[Cell, Cell] | None:
        """(earlier, later) cells of the line over two periods."""
        if not self.asked.parts:
            return None
        row = self._row(self.asked.parts[0])
        return (row[0][1], row[1][1]) if len(row) == 2 and row[0][1] != row[1][1] else None

    def _change(self) -> Figure | None:
        ends = self._ends()
        if ends is None:
            return None
        before, after = ends
        formula = f"{self._printed(after)} − {self._printed(before)}"
        return self._worked(self._value(after) - self._value(before), (after, before), formula)

    def _percent_change(self) -> Figure | None:
        ends = self._ends()
        if ends is None:
            return None
        before, after = ends
        old, new = self._value(before), self._value(after)
        if not old or old * new < 0:
            return None
        formula = f"({self._printed(after)} − {self._printed(before)}) ÷ {self._printed(before)}"
        return self._worked(100 * (new - old) / old, (after, before, before), formula, "percent")

    def _difference(self) -> Figure | None:
        if len(self.asked.parts) == 1 or len(self.asked.periods) == 2:
            return self._apart()
        cells = self._two()
        if cells is None or self._scale(cells[0]) != self._scale(cells[1]):
            return None
        formula = f"{self._printed(cells[0])} − {self._printed(cells[1])}"
        return self._worked(abs(self._value(cells[0]) - self._value(cells[1])), cells, formula)

    def _apart(self) -> Figure | None:
        """How far two periods are apart, the larger less the smaller."""
        ends = self._ends()
        if ends is None:
            return None
        larger, smaller = sorted(ends, key=self._value, reverse=True)
        formula = f"{self._printed(larger)} − {self._printed(smaller)}"
        return self._worked(self._value(larger) - self._value(smaller), (larger, smaller), formula)

    def _two(self) -> tuple[Cell, Cell] | None:
        """The cells of the two parts, in the one period that is asked for."""
        if len(self.asked.parts) != 2 or len(self.asked.periods) > 1:
            return None
        period = self.asked.periods[0] if self.asked.periods else None
        first, second = (self._cell(part, period) for part in self.asked.parts)
        return None if first is None or second is None or first == second else (first, second)

    def _share(self) -> Figure | None:
        cells = self._two()
        if cells is None or self._scale(cells[0]) != self._scale(cells[1]) or not self._value(cells[1]):
            return None
        if not self.asked.is_percent:
            return self._ratio()
        formula = f"{self._printed(cells[0])} ÷ {self._printed(cells[1])}"
        return self._worked(100 * self._value(cells[0]) / self._value(cells[1]), cells, formula, "percent")

    def _ratio(self) -> Figure | None:
        cells = self._two()
        if cells is None or self._scale(cells[0]) != self._scale(cells[1]) or not self._value(cells[1]):
            return None
        formula = f"{self._printed(cells[0])} ÷ {self._printed(cells[1])}"
        return self._worked(self._value(cells[0]) / self._value(cells[1]), cells, formula, "")

    def _sum(self) -> Figure | None:
        if len(self.asked.periods) < 2:
            return self._sum_of_two() if len(self.asked.parts) == 3 else self._total()
        line = self.lines.named(self.asked.parts[0], self.asked.periods[0])
        if line is not None and "total" in line.words and "sum" not in self.asked.text.lower():
            return self._values()  # the table's own total of each period
        cells = [cell for _, cell in self._row(self.asked.parts[0])]
        if len(cells) < 2:
            return None
        return self._worked(sum(map(self._value, cells)), cells, " + ".join(map(self._printed, cells)))

    def _total(self) -> Figure | None:
        """The line that a table itself calls a total."""
        part = self.asked.parts[0]
        period = self.asked.periods[0] if self.asked.periods else None
        line = self.lines.named(part, period)
        if line is None or ("total" not in line.words and self.lines.ranked(part)[0][0] < 0.9):
            return None
        return self._values()

    def _sum_of_two(self) -> Figure | None:
        period = self.asked.periods[0] if self.asked.periods else None
        cells = [self._cell(part, period) for part in self.asked.parts[1:]]
        known = [cell for cell in cells if cell is not None]
        if len(known) < 2 or known[0] == known[1] or len({self._scale(cell) for cell in known}) > 1:
            return None
        return self._worked(sum(map(self._value, known)), known, " + ".join(map(self._printed, known)))

    def _average(self) -> Figure | None:
        line = self.lines.named(self.asked.text, self.asked.periods[0] if self.asked.periods else None)
        if line is not None and _AVERAGED & line.words and len(self.asked.periods) < 2:
            return self._values()  # the table itself calls it an average
        cells = [cell for _, cell in self._row(self.asked.parts[0])]
        if len(cells) < 2:
            return None
        formula = f"({' + '.join(map(self._printed, cells))}) ÷ {len(cells)}"
        return self._worked(sum(map(self._value, cells)) / len(cells), cells, formula)

    # ---- what is compared

    def _over_periods(self) -> list[tuple[Period, Cell]]:
        return self._row(self.asked.parts[0])

    def _period_text(self, cell: Cell) -> str:
        period = self.grid.periods(*cell)[0]
        return str(period.year) if not period.until else f"{period.year}/{period.until}"

    def _extreme(self) -> Figure | None:
        if not self.asked.is_each_period:
            return None
        row = self._over_periods()
        if len(row) < 2:
            return None
        sign = 1 if self.asked.operation is Operation.HIGHEST else -1
        ordered = sorted((cell for _, cell in row), key=lambda cell: -sign * self._value(cell))
        if self._value(ordered[0]) == self._value(ordered[1]):
            return None
        compared = (" > " if sign > 0 else " < ").join(map(self._printed, ordered))
        return Figure(self._period_text(ordered[0]), cells=tuple(ordered), formula=compared)

    def _passing(self) -> list[Cell] | None:
        row = self._over_periods()
        limit = self.asked.threshold
        if not row or limit is None:
            return None
        factors = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
        sign = 1 if limit >= 0 else -1
        return [
            cell
            for _, cell in reversed(row)
            if sign * self._value(cell) * factors.get(self._scale(cell), 1.0) > limit
        ]

    def _beyond(self) -> Figure | None:
        cells = self._passing()
        if not cells or not self.asked.is_each_period:
            return None
        return Figure("; ".join(map(self._period_text, cells)), cells=tuple(cells))

    def _count(self) -> Figure | None:
        cells = self._passing()
        if cells is None:
            return None
        return Figure(str(len(cells)), float(len(cells)), cells=tuple(cells))

    def _periods(self) -> Figure | None:
        """The years that the table has, as its columns (or rows) stand."""
        cells: dict[str, Cell] = {}
        for row in self.grid.body[:1]:
            for column in self.grid.value_columns:
                if any(period.year for period in self.grid.columns[column].periods):
                    cells.setdefault(self._period_text((row, column)), (row, column))
        if not cells:
            return None
        return Figure("; ".join(cells), cells=tuple(cells.values()))
