"""Figures that are read from cells or worked out of them. None where those are not surely known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.figures.cells import Cell, Cells, pieces_of
from explorer.figures.labels import words_of
from explorer.figures.periods import Period
from explorer.figures.result import Figure

MOST_PERIODS = 20
"""Of a range that is read one by one."""
_AVERAGED = frozenset(words_of("average mean"))
_RATIO = frozenset(words_of("ratio times multiple"))
_SUMMED = re.compile(r"\b(?:total|sum|aggregate|overall)\b(?: of)?", re.IGNORECASE)
_OVER_ALL = re.compile(
    r"\b(?:sum|both|combined|altogether|across|over|together|between .* to)\b", re.IGNORECASE
)
"""What asks for one sum of several periods, though a table has a total of each."""
_POINTS = re.compile(
    r"\babsolute\b|\bpoints?\b|\b(?:increase|decrease|change)[^?]{0,15} in (?:the )?percentage\b",
    re.IGNORECASE,
)
"""What asks for percentage points, not for a percentage of a percentage."""
_CHANGED = frozenset(words_of("change increase decrease growth decline"))
_ALMOST = 0.9
"""How well a line must be called what is asked for to be read as a total that it does not call itself."""


def values(cells: Cells) -> Figure | None:
    """One cell, or one of each period or line that is asked for."""
    return _values_of(cells, cells.asked.parts[0])


def _values_of(cells: Cells, part: str) -> Figure | None:
    periods = cells.asked.periods
    if (
        cells.asked.is_range
        and periods[0] == Period(periods[0].year)
        and periods[1] == Period(periods[1].year)
    ):
        step = 1 if periods[0].year < periods[1].year else -1
        periods = tuple(map(Period, range(periods[0].year, periods[1].year + step, step)))[:MOST_PERIODS]
    if len(periods) > 1:
        found = [cells.of(part, period) for period in periods]
    elif (several := _several(cells, part)) is not None:
        found = several if len({cell[1] for cell in several if cell is not None}) == 1 else [None]
    else:
        found = [cells.of(part, cells.period)]
    known = [cell for cell in found if cell is not None]
    if not known or len(known) < len(found):
        return None
    is_of_quotients = all(_is_quotient(cells, cell) for cell in known)
    return None if cells.asked.is_of_quotients and not is_of_quotients else _read(cells, known)


def _is_quotient(cells: Cells, cell: Cell) -> bool:
    """Whether a cell is a percentage, or its row or column says that it is a ratio."""
    row, column = cell
    names = (cells.grid.labels[row], cells.grid.columns[column], cells.grid.section_headings[row])
    return cells.scale(cell) == "percent" or any(_RATIO & name.words for name in names)


def _several(cells: Cells, part: str) -> list[Cell | None] | None:
    """The cells of several lines that a question names with "and"; None where it names one."""
    if not cells.asked.is_several or " and " not in part:
        return None
    line = cells.lines.named(part, cells.period)
    if line is not None and " and " in line.text:
        return None
    return [cells.of(piece, cells.period) for piece in pieces_of(part)]


def _read(cells: Cells, known: Sequence[Cell]) -> Figure:
    first = cells.amount(known[0])
    text = "; ".join(map(cells.printed, known))
    scale = cells.scale(known[0])
    return Figure(
        text=text,
        value=first.value if len(known) == 1 else None,
        scale="" if scale == "percent" and "%" in text else scale,
        unit=first.currency,
        cells=tuple(known),
    )


def _worked(
    cells: Cells, value: float, known: Sequence[Cell], formula: str, scale: str | None = None
) -> Figure:
    value = round(value, 6)
    scale = cells.scale(known[0]) if scale is None else scale
    return Figure(
        text=f"{value:,.2f}".rstrip("0").rstrip("."),
        value=value,
        scale=scale,
        unit="" if scale == "percent" else cells.amount(known[0]).currency,
        cells=tuple(known),
        formula=formula,
    )


def _ends(cells: Cells) -> tuple[Cell, Cell] | None:
    """(earlier, later) cells of the line over two periods."""
    row = cells.over_periods(cells.asked.parts[0]) if cells.asked.parts else []
    return (row[0][1], row[1][1]) if len(row) == 2 and row[0][1] != row[1][1] else None


def change(cells: Cells) -> Figure | None:
    """The later amount less the earlier; or the line that a table itself calls a change."""
    if len(cells.asked.periods) < 2:
        line = cells.lines.named(f"average {cells.asked.parts[0]}", cells.period)
        if line is not None and _CHANGED & line.words:
            return _values_of(cells, cells.asked.text)
    ends = _ends(cells)
    if ends is None:
        return None
    before, after = ends
    formula = f"{cells.printed(after)} − {cells.printed(before)}"
    return _worked(cells, cells.value(after) - cells.value(before), (after, before), formula)


def percent_change(cells: Cells) -> Figure | None:
    """The change as a percentage of the earlier amount; None from nothing and where the sign turns."""
    ends = _ends(cells)
    if ends is None:
        return None
    before, after = ends
    if _POINTS.search(cells.asked.text) and cells.scale(after) == "percent":
        return change(cells)
    old, new = cells.value(before), cells.value(after)
    if not old or old * new < 0:
        return None
    formula = f"({cells.printed(after)} − {cells.printed(before)}) ÷ {cells.printed(before)}"
    return _worked(cells, 100 * (new - old) / old, (after, before, before), formula, "percent")


def difference(cells: Cells) -> Figure | None:
    """How far two periods of a line, or two lines, are apart."""
    if len(cells.asked.parts) == 1 or len(cells.asked.periods) == 2:
        pair = _ends(cells)
        pair = None if pair is None else (max(pair, key=cells.value), min(pair, key=cells.value))
    else:
        pair = cells.two()
    if pair is None:
        return None
    formula = f"{cells.printed(pair[0])} − {cells.printed(pair[1])}"
    return _worked(cells, abs(cells.value(pair[0]) - cells.value(pair[1])), pair, formula)


def share(cells: Cells) -> Figure | None:
    """The first part as a percentage of the second; a plain ratio where no percentage is asked for."""
    return _quotient(cells, 100.0, "percent") if cells.asked.is_percent else ratio(cells)


def ratio(cells: Cells) -> Figure | None:
    """The first part by the second."""
    return _quotient(cells, 1.0, "")


def _quotient(cells: Cells, factor: float, scale: str) -> Figure | None:
    if len(cells.asked.parts) != 2 or len(cells.asked.periods) > 1:
        return None
    above, below = map(cells.several, cells.asked.parts)
    known = [*above, *below]
    if len({row for row, _ in known}) > 1 and len({column for _, column in known}) > 1:
        return None  # "of the total gain" and a cost: neither a row nor a column holds both
    if not above or not below or above == below or not cells.are_alike(known):
        return None
    divisor = sum(map(cells.value, below))
    if not divisor:
        return None
    formula = f"{_sum_text(cells, above)} ÷ {_sum_text(cells, below)}"
    return _worked(cells, factor * sum(map(cells.value, above)) / divisor, known, formula, scale)


def _sum_text(cells: Cells, known: Sequence[Cell]) -> str:
    text = " + ".join(map(cells.printed, known))
    return f"({text})" if len(known) > 1 else text


def total(cells: Cells) -> Figure | None:
    """The sum of a line over periods or of two lines, or the total that the table itself has."""
    if len(cells.asked.periods) < 2:
        return _sum_of_two(cells) if len(cells.asked.parts) == 3 else _own_total(cells)
    line = cells.lines.named(cells.asked.parts[0], cells.period)
    if line is not None and "total" in line.words and not _OVER_ALL.search(cells.asked.text):
        return values(cells)  # the table's own total of each period
    row = cells.over_periods(cells.asked.parts[0])
    row = row or cells.over_periods(_SUMMED.sub(" ", cells.asked.parts[0]))
    return _added(cells, [cell for _, cell in row])


def _own_total(cells: Cells) -> Figure | None:
    """The line that a table itself calls a total."""
    part = cells.asked.parts[0]
    line = cells.lines.named(part, cells.period)
    if line is not None and ("total" in line.words or cells.lines.sureness(part) >= _ALMOST):
        return values(cells)
    bare = _SUMMED.sub(" ", part)
    return _values_of(cells, bare) if cells.lines.sureness(bare) >= _ALMOST else None


def _sum_of_two(cells: Cells) -> Figure | None:
    found = [cells.of(part, cells.period) for part in cells.asked.parts[1:]]
    known = [cell for cell in found if cell is not None]
    return _added(cells, known) if len(set(known)) == len(found) and cells.are_alike(known) else None


def _added(cells: Cells, known: Sequence[Cell]) -> Figure | None:
    if len(known) < 2:
        return None
    return _worked(cells, sum(map(cells.value, known)), known, " + ".join(map(cells.printed, known)))


def average(cells: Cells) -> Figure | None:
    """The mean of a line over periods, or what the table itself calls an average."""
    line = cells.lines.named(cells.asked.text, cells.period)
    if line is not None and _AVERAGED & line.words and len(cells.asked.periods) < 2:
        return values(cells)
    known = [cell for _, cell in cells.over_periods(cells.asked.parts[0])]
    if len(known) < 2 or _CHANGED & frozenset(words_of(cells.asked.text)) - (line.words if line else set()):
        return None
    formula = f"({' + '.join(map(cells.printed, known))}) ÷ {len(known)}"
    return _worked(cells, sum(map(cells.value, known)) / len(known), known, formula)
