"""A question about a table → the figure that answers it, by its cells or the text around them; else None."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from explorer.figures import arithmetic, comparing, listing
from explorer.figures.amounts import amount
from explorer.figures.blocks import blocks
from explorer.figures.calendars import FiscalCalendar
from explorer.figures.cells import Cells
from explorer.figures.grid import TableGrid
from explorer.figures.labels import words_of
from explorer.figures.lines import Lines
from explorer.figures.operations import Operation
from explorer.figures.paragraphs import ASKING, Said, said
from explorer.figures.periods import Period, periods_in
from explorer.figures.questions import FigureAsked, understood
from explorer.figures.result import Figure
from explorer.figures.strangers import is_strange

NAMED = 0.5
"""The least share of a question's words that a cell must be called by where no sentence tells it."""
BETTER = 0.2
"""How much more of a question a sentence must hold than a cell's names for its amount to be the answer."""
_SCALES = frozenset(words_of("thousand million billion"))
_TOLD = frozenset({Operation.VALUE, Operation.WORDS, Operation.CHANGE, Operation.SUM, Operation.ITEMS})
"""What the text around a table may tell as well as its cells; everything else is worked out from cells."""
_WORKED: dict[Operation, Callable[[Cells], Figure | None]] = {
    Operation.VALUE: arithmetic.values,
    Operation.SUM: arithmetic.total,
    Operation.AVERAGE: arithmetic.average,
    Operation.CHANGE: arithmetic.change,
    Operation.PERCENT_CHANGE: arithmetic.percent_change,
    Operation.DIFFERENCE: arithmetic.difference,
    Operation.SHARE: arithmetic.share,
    Operation.RATIO: arithmetic.ratio,
    Operation.HIGHEST: comparing.extreme,
    Operation.LOWEST: comparing.extreme,
    Operation.ABOVE: comparing.beyond,
    Operation.BELOW: comparing.beyond,
    Operation.COUNT: comparing.count,
    Operation.PERIODS: comparing.periods,
    Operation.ITEMS: listing.items,
}
"""How each operation is answered from cells; what is not here is only told in words."""


def answer(
    question: str,
    table: Sequence[Sequence[str]],
    paragraphs: Sequence[str] = (),
    header_rows: int | None = None,
    *,
    calendar: FiscalCalendar | None = None,
    title: str = "",
) -> Figure | None:
    """The answer to a question, from a table's cells or the text around them.

    `table`: its rows of cells as printed, the names of its columns included; `paragraphs`: the text around
    it, which may name what its amounts are in. `header_rows`: how many of the first rows name the columns;
    None: by what stands in them. `calendar`: the company's years; None: those of everybody. `title`:
    what stands above the table.

    None where it is not sure: the question names no line of the table or several, a period that it does not
    have, or cells of different units. A year is never answered with a part of it.
    """
    asked = understood(question)
    paragraphs = [title, *paragraphs] if title else paragraphs
    found = None
    if asked.operation in _WORKED and not is_strange(question, TableGrid(table, header_rows), paragraphs):
        readings = (
            _of_cells(question, one, TableGrid(table, header_rows, years), paragraphs, title)
            for one, years in _readings(asked, calendar)
        )
        found = next((one for one in readings if one is not None), None)
    words = said(question, paragraphs[bool(title) :]) if asked.operation in _TOLD else None
    if found is not None:
        named, figure = found
        if named >= (NAMED if words is None else max(words.coverage - BETTER, 0.0)):
            return figure
    return None if words is None else _told(words)


def _readings(
    asked: FigureAsked, calendar: FiscalCalendar | None
) -> Iterator[tuple[FigureAsked, FiscalCalendar | None]]:
    """What a question may mean by its periods, the likeliest first: years of the company; the day at which a
    quarter ends, where its end is asked for; years of everybody, where nothing says "fiscal"."""
    if calendar is not None:
        asked = replace(asked, periods=tuple(map(calendar.of, asked.periods)))
    yield asked, calendar
    if asked.is_at_end:
        yield replace(asked, periods=tuple(_end_of(one, calendar) for one in asked.periods)), calendar
    if calendar is not None and not asked.is_fiscal:
        yield asked, None


def _end_of(period: Period, calendar: FiscalCalendar | None) -> Period:
    """The month in which a quarter ends."""
    if not period.quarter or period.month:
        return period
    last = calendar.last_month if calendar else 12
    return replace(period, quarter=0, month=(last - 3 * (4 - period.quarter) - 1) % 12 + 1)


def _of_cells(
    question: str, asked: FigureAsked, grid: TableGrid, paragraphs: Sequence[str], title: str
) -> tuple[float, Figure] | None:
    """How well the cells that answer are named, with the figure; None where no part of the table answers, or
    more than one."""
    parts = blocks(grid.rows, grid.head)
    if len(parts) == 1:
        return _of_part(question, asked, grid, paragraphs, title)
    heads = [cell for row in grid.rows[: grid.head] for cell in row if cell]
    answers = []
    for start, end in parts:
        part = TableGrid(grid.rows[start:end], None if start else grid.head, grid.calendar)
        found = _of_part(question, asked, part, [*paragraphs, *heads], title)
        if found is not None:
            cells = tuple((row + start, column) for row, column in found[1].cells)
            answers.append((found[0], replace(found[1], cells=cells)))
    is_one = len({(figure.text, figure.scale) for _, figure in answers}) == 1
    return answers[0] if is_one else None


def _of_part(
    question: str, asked: FigureAsked, grid: TableGrid, paragraphs: Sequence[str], title: str
) -> tuple[float, Figure] | None:
    if not grid.body:
        return None
    lines = Lines(grid, paragraphs, asked.is_percent, title, asked.is_percent_said)
    found = _WORKED[asked.operation](Cells(grid, lines, asked, paragraphs))
    if found is None:
        return None
    part = asked.parts[0] if asked.is_each_period else asked.parts[-1]  # of "which year", its figure's line
    return _named(question, grid, found, title), replace(found, sureness=lines.sureness(part))


def _told(words: Said) -> Figure:
    stated = amount(words.text.removeprefix("approximately ").removeprefix("about "))
    return Figure(
        words.text,
        stated.value if stated else None,
        unit=stated.currency if stated else "",
        paragraph=words.paragraph,
    )


def _named(question: str, grid: TableGrid, found: Figure, title: str) -> float:
    """The share of a question's words, 0 to 1, that the cells which answer it are called by, or its title."""
    if found.formula or found.value is None or len(found.cells) > 1:
        return 1.0
    row, column = found.cells[0]
    for one in reversed(periods_in(question)):
        question = f"{question[: one.start]} {question[one.end :]}"
    asked = {word for word in frozenset(words_of(question)) - ASKING - _SCALES if not word.isdigit()}
    names = grid.labels[row].words | grid.columns[column].words | grid.section_headings[row].words
    heads = {word for head in grid.rows[: grid.head] for cell in head for word in words_of(cell)}
    heads |= frozenset(words_of(title))
    return len(asked & (names | heads)) / len(asked) if asked else 1.0
