"""Figures out of the tables of documents: which table is meant, and how its cells are shown.

`explorer.figures` answers from one table. A question to a library may be answered by many: each table of the
documents that are named, or of the pages that search finds, is asked, and the best answer is the one whose
cells are called most like the question, in a table whose title names nothing else, and that other tables
confirm with the same amount.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from explorer import figures
from explorer.chat.composing import Composition, plain
from explorer.figures import Figure
from explorer.figures.labels import heading, words_of
from explorer.questions import Understood
from explorer.questions.followups import names_in
from explorer.questions.plainly import otherwise, plainly
from explorer.types import Document, Hit

_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
"""The line under the head of a table in Markdown, which is no row."""
MOST_TABLES = 400
"""Tables of one document that are asked: its main statements are among the first 400."""
MOST_DOCUMENTS = 6
_TITLE = 0.15
"""What an answer loses where its table's title names something that the question does not."""
_CONFIRMED = 0.04
"""What each further table with the same amount adds, three at most."""
_NEAR = 0.1
"""What an answer gains that stands on a page that search found, the first page most."""
_EMPTY = 0.2
"""What a dash loses against the amounts of other tables."""
_LEAST = 0.55
_STEEP = 8.0
"""How fast `support` grows with the score."""
_TITLE_LENGTH = 90
_NEIGHBOURS = 6
"""Columns that are shown of a row."""
_COMMON = frozenset(
    words_of(
        "consolidated statement statements income operations balance sheet sheets cash flow flows "
        "summary selected financial data results "
        "result table year years ended quarter months three six nine twelve december june march "
        "september unaudited audited continued "
        "notes note million millions thousand thousands except per share amounts dollars usd the "
        "company information overview total "
        "operating performance highlights key metrics fiscal comparison schedule report annual "
        "item page part condensed"
    )
)


class AskedTable(Protocol):
    """What is asked of a table: `explorer.tables.Table` has it."""

    @property
    def page(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def title(self) -> str | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def header_rows(self) -> int: ...
    @property
    def rows(self) -> tuple[tuple[str, ...], ...]: ...


Span = Callable[[str, int, int], str]
"""(id of a document, start, end) → that span of its text."""
TablesOf = Callable[[str], Sequence[AskedTable]]
"""The tables of a document by its id, in order."""


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure and where it stands."""

    document: Document
    table: AskedTable
    figure: Figure
    score: float

    @property
    def support(self) -> float:
        """How far its cells are called what the question says, 0 to 1; `SUPPORTED` at the least."""
        return 1 / (1 + math.exp(-_STEEP * (self.score - _LEAST)))


def find(part: str, question: Understood, hits: Sequence[Hit], tables_of: TablesOf) -> FoundFigure | None:
    """The best answer to one part of a question that the tables of the named documents, or else of those that
    search found, give; None where none is sure."""
    asked = plainly(part, (word for one in question.named for word in one.words))
    documents = _documents(question, hits)
    for way in (asked, *otherwise(asked)):
        found = [one for document in documents for one in _of_document(document, way, hits, tables_of)]
        amounts = Counter(_amount(one) for one in found)
        best = max(
            found, key=lambda one: one.score + _CONFIRMED * min(amounts[_amount(one)] - 1, 3), default=None
        )
        if best is not None and best.score >= _LEAST:
            return best
    return None


def _documents(question: Understood, hits: Sequence[Hit]) -> list[Document]:
    if question.is_sure_of_documents:
        return [one.document for one in question.named[:MOST_DOCUMENTS]]
    return list({hit.document.id: hit.document for hit in hits}.values())[: MOST_DOCUMENTS // 2]


def _of_document(
    document: Document, asked: str, hits: Sequence[Hit], tables_of: TablesOf
) -> list[FoundFigure]:
    words = frozenset(words_of(asked))
    names = frozenset(word for name in names_in(asked) for word in words_of(name))
    own = [hit for hit in hits if hit.document.id == document.id]
    pages = {hit.passage.page: rank for rank, hit in reversed(list(enumerate(own)))}
    found = []
    for table in tables_of(document.id)[:MOST_TABLES]:
        if not _may_answer(table, words):
            continue
        around = [text for text in (table.title, table.unit, document.name.replace("_", " ")) if text]
        figure = figures.answer(asked, table.rows, around, table.header_rows)
        if figure is None or not figure.cells:
            continue
        if _lacks_name(table, figure, names) or not _is_asked(table, figure, words):
            continue
        near = _NEAR * (1 - pages[table.page] / max(len(own), 1)) if table.page in pages else 0.0
        empty = 0.0 if any(mark.isdigit() for mark in figure.text) or figure.value is None else _EMPTY
        score = figure.sureness - _strange(table, words) + near - empty
        found.append(FoundFigure(document, table, figure, score))
    return found


def _lacks_name(table: AskedTable, figure: Figure, names: frozenset[str]) -> bool:
    """Whether a name of the question stands nowhere in the table: then it is about something else."""
    if not names:
        return False
    cells = [
        cell
        for row in (*table.rows[: table.header_rows], *(table.rows[row] for row, _ in figure.cells))
        for cell in row
    ]
    above = [_label(table, row) for row, _ in figure.cells]
    sections = [row[0] for row in table.rows if row and not any(row[1:])]
    there = frozenset(words_of(" ".join([table.title or "", *cells, *above, *sections])))
    return not names & there


def _is_asked(table: AskedTable, figure: Figure, words: frozenset[str]) -> bool:
    """Whether the rows are called by something that the question says: what a column is called is not
    enough, unless rows are called by periods alone."""
    for row, _ in figure.cells:
        own = heading(_label(table, row)).words
        if own and not own & words:
            return False
    return True


def _may_answer(table: AskedTable, words: frozenset[str]) -> bool:
    """Whether some word of the question names a row: most tables are passed over by that."""
    return any(
        words & frozenset(words_of(row[0])) for row in table.rows[table.header_rows :] if row and row[0]
    )


def _strange(table: AskedTable, words: frozenset[str]) -> float:
    """How much a table's title is about something that the question does not name."""
    title = frozenset(words_of(table.title or "")) - _COMMON
    title = frozenset(word for word in title if not word.isdigit())
    return _TITLE * len(title - words) / len(title) if title else 0.0


def _amount(one: FoundFigure) -> tuple[str, float | str]:
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(one.figure.scale, 1.0)
    value = one.figure.value
    return (one.document.id, one.figure.text if value is None else round(value * factor, 3))


# ---- how it is shown


def tell(told: Composition, found: FoundFigure, span: Span) -> None:
    """Add the figure: a line that names it, and the row that it stands in with its neighbours. `span` reads a
    document's text."""
    figure, table = found.figure, found.table
    formula = _formula(told, found, span)
    mark = cited(told, found, span)
    first = figure.cells[0]
    label = _label(table, first[0])
    where = " · ".join(
        plain(text)
        for text in (found.document.name, _titled(table), _head(table, first[1]), figure_unit(found))
        if text
    )
    name = f"{plain(label)}: " if label else ""
    if figure.formula:
        told.say(
            f"{name}**{plain(figure.text)}{_unit_of(figure)}** = {formula} {mark}"
            f"\n\n{_rows(found)}\n\n{where}"
        )
    else:
        told.say(f"{name}**{plain(figure.text)}**{_scale_of(figure)} ({where}) {mark}\n\n{_rows(found)}")


def _formula(told: Composition, found: FoundFigure, span: Span) -> str:
    """The formula, each of its terms followed by the mark of its cell; "" where the figure was only read."""
    table, document, text = found.table, found.document, found.figure.formula
    whole = span(document.id, table.start, table.end) if text else ""
    pieces, at = [], 0
    for row, column in dict.fromkeys(found.figure.cells):
        printed = table.rows[row][column].strip()
        place = text.find(printed, at)
        if not printed or place < 0:
            continue
        start, end = span_of_cell(table.start, whole, row, [cell.strip() for cell in table.rows[row]], column)
        mark = told.cite(document.id, table.page, start, end, whole[start - table.start : end - table.start])
        pieces.append(f"{plain(text[at : place + len(printed)])} {mark}")
        at = place + len(printed)
    return " ".join([*pieces, plain(text[at:])]).rstrip()


def shortly(found: FoundFigure) -> str:
    """The figure alone, with its scale."""
    return f"{found.figure.text}{_scale_of(found.figure)}"


def named(found: FoundFigure) -> str:
    """What the figure is called: its row and its column's head."""
    row, column = found.figure.cells[0]
    return " · ".join(text for text in (_label(found.table, row), _head(found.table, column)) if text)


def _titled(table: AskedTable) -> str:
    """What the table is called, cut to one line."""
    title = " ".join((table.title or "").split())
    return title if len(title) <= _TITLE_LENGTH else f"{title[:_TITLE_LENGTH].rsplit(' ', 1)[0]} …"


def _scale_of(figure: Figure) -> str:
    return (
        f" {figure.scale}"
        if figure.scale in {"thousand", "million", "billion"}
        else "%"
        if figure.scale == "percent" and "%" not in figure.text
        else ""
    )


def _unit_of(figure: Figure) -> str:
    return " %" if figure.scale == "percent" else f" {figure.scale}" if figure.scale else ""


def figure_unit(found: FoundFigure) -> str:
    """What the amounts are in, as the table says it."""
    return found.table.unit or ""


def _label(table: AskedTable, row: int) -> str:
    label = table.rows[row][0].strip().rstrip(":") if table.rows[row] else ""
    if label:
        return label
    above = next(
        (table.rows[number][0] for number in range(row, -1, -1) if table.rows[number][0].strip()), ""
    )
    return above.strip().rstrip(":")


def _head(table: AskedTable, column: int) -> str:
    cells = [
        row[column].strip()
        for row in table.rows[: table.header_rows]
        if column < len(row) and row[column].strip()
    ]
    return " ".join(dict.fromkeys(cells))


def _rows(found: FoundFigure) -> str:
    """The rows of the cells with the columns beside them, as a small table; the cells are bold."""
    table, figure = found.table, found.figure
    marked = set(figure.cells)
    rows = list(dict.fromkeys(row for row, _ in figure.cells))
    filled = [
        column
        for column in range(1, len(table.rows[rows[0]]))
        if any(table.rows[row][column].strip() for row in rows)
    ]
    wanted = {column for _, column in figure.cells}
    columns = sorted({*filled[:_NEIGHBOURS], *wanted})
    head = [plain(figure_unit(found)), *(plain(_head(table, column)) for column in columns)]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        cells = [table.rows[row][column].strip() for column in columns]
        shown = [
            f"**{plain(cell)}**" if (row, column) in marked else plain(cell)
            for cell, column in zip(cells, columns, strict=True)
        ]
        lines.append([plain(_label(table, row)), *shown])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cited(told: Composition, found: FoundFigure, span: Span) -> str:
    """The mark of a citation of the rows that the cells stand in."""
    table, document = found.table, found.document
    rows = [row for row, _ in found.figure.cells]
    text = span(document.id, table.start, table.end)
    start, end = span_of_rows(table.start, text, min(rows), max(rows))
    return told.cite(document.id, table.page, start, end, text[start - table.start : end - table.start])


def span_of_rows(start: int, text: str, first: int, last: int) -> tuple[int, int]:
    """The span of the rows `first` to `last` (from 0) of a table whose `text` begins at `start` of its
    document; the whole table where it has fewer lines."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        is_rule = len(lines) == 1 and _RULE.fullmatch(line.strip())
        if line.strip() and not is_rule:
            lines.append((at, at + len(line.rstrip("\n"))))
        at += len(line)
    if last >= len(lines):
        return start, start + len(text)
    return start + lines[first][0], start + lines[last][1]


def span_of_cell(start: int, text: str, row: int, cells: Sequence[str], column: int) -> tuple[int, int]:
    """The span of the cell `column` (from 0) of a row with these `cells`; all of the row where its line does
    not hold them one after the other."""
    first, last = span_of_rows(start, text, row, row)
    line, at = text[first - start : last - start], 0
    for cell in cells[: column + 1]:
        at = line.find(cell, at)
        if at < 0:
            return first, last
        at += len(cell)
    return first + at - len(cells[column]), first + at
