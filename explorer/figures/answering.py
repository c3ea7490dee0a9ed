"""A question about a table → the figure that answers it, by its cells or the text around them; else None."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from explorer.figures import arithmetic, comparing, listing
from explorer.figures.amounts import amount
from explorer.figures.blocks import blocks
from explorer.figures.cells import Cells
from explorer.figures.grid import TableGrid
from explorer.figures.labels import words_of
from explorer.figures.lines import Lines
from explorer.figures.operations import Operation
from explorer.figures.paragraphs import ASKING, Said, said
from explorer.figures.questions import FigureAsked, understood
from explorer.figures.result import Figure
from explorer.figures.strangers import is_strange

NAMED = 0.5
"""The least share of a question's words that a cell must be called by where no sentence tells it."""
BETTER = 0.2
"""How much more of a question a sentence must hold than a cell's names for its amount to be the answer."""
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
) -> Figure | None:
    """The answer to a question, from a table's cells or the text around them.

    `table`: its rows of cells as printed, the names of its columns included; `paragraphs`: the text around
    it, which may name what its amounts are in. `header_rows`: how many of the first rows name the columns;
    None: by what stands in them.

    None where it is not sure: the question names no line of the table or several, a period that it does not
    have, or cells of different units.
    """
    grid = TableGrid(table, header_rows)
    asked = understood(question)
    is_of_cells = asked.operation in _WORKED and not is_strange(question, grid, paragraphs)
    found = _of_cells(question, asked, grid, paragraphs) if is_of_cells else None
    words = said(question, paragraphs) if asked.operation in _TOLD else None
    if found is not None:
        named, figure = found
        if named >= (NAMED if words is None else max(words.coverage - BETTER, 0.0)):
            return figure
    return None if words is None else _told(words)


def _of_cells(
    question: str, asked: FigureAsked, grid: TableGrid, paragraphs: Sequence[str]
) -> tuple[float, Figure] | None:
    """How well the cells that answer are named, with the figure; None where no part of the table answers, or
    more than one."""
    parts = blocks(grid.rows, grid.head)
    if len(parts) == 1:
        return _of_part(question, asked, grid, paragraphs)
    heads = [cell for row in grid.rows[: grid.head] for cell in row if cell]
    answers = []
    for start, end in parts:
        part = TableGrid(grid.rows[start:end], None if start else grid.head)
        found = _of_part(question, asked, part, [*paragraphs, *heads])
        if found is not None:
            cells = tuple((row + start, column) for row, column in found[1].cells)
            answers.append((found[0], replace(found[1], cells=cells)))
    is_one = len({(figure.text, figure.scale) for _, figure in answers}) == 1
    return answers[0] if is_one else None


def _of_part(
    question: str, asked: FigureAsked, grid: TableGrid, paragraphs: Sequence[str]
) -> tuple[float, Figure] | None:
    if not grid.body:
        return None
    lines = Lines(grid, paragraphs, asked.is_percent)
    found = _WORKED[asked.operation](Cells(grid, lines, asked, paragraphs))
    if found is None:
        return None
    part = asked.parts[-1] if len(asked.parts) > 1 else asked.parts[0]
    return _named(question, grid, found), replace(found, sureness=lines.sureness(part))


def _told(words: Said) -> Figure:
    stated = amount(words.text.removeprefix("approximately ").removeprefix("about "))
    return Figure(
        words.text,
        stated.value if stated else None,
        unit=stated.currency if stated else "",
        paragraph=words.paragraph,
    )


def _named(question: str, grid: TableGrid, found: Figure) -> float:
    """The share of a question's words, 0 to 1, that the cells which answer it are called by."""
    if found.formula or len(found.cells) > 1:
        return 1.0
    row, column = found.cells[0]
    asked = {word for word in frozenset(words_of(question)) - ASKING if not word.isdigit()}
    names = grid.labels[row].words | grid.columns[column].words | grid.section_headings[row].words
    heads = {word for head in grid.rows[: grid.head] for cell in head for word in words_of(cell)}
    return len(asked & (names | heads)) / len(asked) if asked else 1.0
