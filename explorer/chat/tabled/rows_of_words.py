"""A row of a table that a question names, told cell by cell: what a lamp that flashes red means, what a berth
of class C costs, what a company plans. `explorer.figures` reads amounts of periods; here any cell answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.chat.composing import Composition, plain
from explorer.chat.tabled.asked import AskedTable, Span, TablesOf
from explorer.chat.tabled.finding import MOST_TABLES, documents_of
from explorer.chat.tabled.showing import span_of_rows
from explorer.figures.amounts import amount
from explorer.figures.labels import words_of
from explorer.figures.periods import Period, periods_in
from explorer.questions import Understood
from explorer.questions.followups import names_in
from explorer.questions.names import words_of_name
from explorer.types import Document, Hit

_ENOUGH = 0.6
"""Which share of what a question says the row, the heads, the title and the document must be called by."""
_MOST_CELLS = 6
_LONGEST = 300
_SHORT = 2
"""A name of one or two letters counts only behind what the column is called: "class C"."""
_ASKING = frozenset(
    words_of(
        "what which how many much do does did should must can when if mean happen plan expect give have "
        "there long tell show name be year fiscal"
    )
)


@dataclass(frozen=True, slots=True)
class RowFound:
    """A row, and which of its cells are asked for."""

    document: Document
    table: AskedTable
    row: int
    columns: tuple[int, ...]
    score: tuple[int, float]
    """How many words it is called by that the question says, and which share of the question is told."""


def row_for(part: str, question: Understood, hits: Sequence[Hit], tables_of: TablesOf) -> RowFound | None:
    """The row that a question names by its first cell; None where no row is, or several are alike."""
    said = " ".join(word for one in question.named for word in one.words)
    documents = documents_of(question, hits)
    own = {one.id: frozenset(words_of(f"{said} {' '.join(words_of_name(one))}")) for one in documents}
    found = sorted(
        (
            one
            for document in documents
            for table in tables_of(document.id)[:MOST_TABLES]
            for one in _rows_in(part, document, table, own[document.id])
        ),
        key=lambda one: one.score,
        reverse=True,
    )
    if not found or (
        len(found) > 1 and found[1].score == found[0].score and _said(found[1]) != _said(found[0])
    ):
        return None
    return found[0]


def tell_row(told: Composition, found: RowFound, span: Span) -> None:
    """Add the row: its name, then each cell that is asked for with the head of its column."""
    table, document = found.table, found.document
    text = span(document.id, table.start, table.end)
    start, end = span_of_rows(table.start, text, found.row, found.row)
    mark = told.cite(document.id, table.page, start, end, text[start - table.start : end - table.start])
    heads = heads_of(table)
    cells = [
        f"{plain(heads[column])}: **{plain(table.rows[found.row][column])}**"
        if heads[column]
        else f"**{plain(table.rows[found.row][column])}**"
        for column in found.columns
    ]
    where = " · ".join(plain(part) for part in (document.name, table.title or "", heads[0]) if part)
    told.say(f"{plain(table.rows[found.row][0])} – {'; '.join(cells)} ({where}) {mark}")


def _said(found: RowFound) -> list[str]:
    return [found.table.rows[found.row][column] for column in found.columns]


def _rows_in(part: str, document: Document, table: AskedTable, company: frozenset[str]) -> Iterator[RowFound]:
    """`company`: the words that name the document."""
    head = head_rows(table)
    heads = heads_of(table)
    asked = frozenset(words_of(part)) - _ASKING
    asked = frozenset(word for word in asked if not word.isdigit())
    if not head or not asked or not _is_of_periods(part, table):
        return
    beside = frozenset(words_of(" ".join([table.title or "", *heads])))
    known = beside | company
    names = [frozenset(words_of(name)) for name in names_in(part)]
    for row in range(head, len(table.rows)):
        cells = table.rows[row]
        key = _key(cells[0], heads[0], part) if cells else frozenset()
        is_first = bool(key - company)
        key = key if is_first else _of_names(cells, names)
        if not key - company:
            continue
        share = len(asked & (known | key)) / len(asked)
        filled = [at for at in range(1, len(cells)) if cells[at].strip()]
        if share < _ENOUGH or not filled or not (asked - key) & known:
            continue
        named = [at for at in filled if frozenset(words_of(heads[at])) & asked]
        if not (is_first or named):
            continue
        columns = tuple((named or filled)[:_MOST_CELLS])
        if sum(len(cells[at]) for at in columns) <= _LONGEST:
            yield RowFound(document, table, row, columns, (len(key), share))


def head_rows(table: AskedTable) -> int:
    """How many of the first rows name the columns; where none seems to, up to the first in which several
    cells stand and none is an amount. 0 where there is none."""
    if table.header_rows:
        return table.header_rows
    for number, row in enumerate(table.rows[:3]):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) > 1:
            return number + 1 if all(amount(cell) is None for cell in filled) else 0
    return 0


def heads_of(table: AskedTable) -> list[str]:
    """What each column is called, "" where nothing names it."""
    rows = [row for row in table.rows[: head_rows(table)] if sum(map(bool, row)) > 1]
    width = max(map(len, table.rows), default=0)
    return [
        " ".join(dict.fromkeys(row[at].strip() for row in rows if at < len(row) and row[at].strip()))
        for at in range(width)
    ]


def _key(label: str, head: str, part: str) -> frozenset[str]:
    """The words of a row's first cell, where the question says all of them; none elsewhere."""
    label = label.strip()
    if 0 < len(label) <= _SHORT:
        before = "|".join(re.escape(word) for word in re.findall(r"\w+", head))
        pattern = rf"\b(?:{before})\s+{re.escape(label)}\b"
        is_said = (
            bool(before)
            and re.search(rf"(?i:{pattern})", part)
            and re.search(rf"\b{re.escape(label)}\b", part)
        )
        return frozenset({label}) if is_said else frozenset()
    words = frozenset(word for word in words_of(label) if not word.isdigit())
    return words if words and words <= frozenset(words_of(part)) else frozenset()


def _of_names(cells: Sequence[str], names: Sequence[frozenset[str]]) -> frozenset[str]:
    """The words of the names that a question says, where a row has all of them in its cells; none elsewhere:
    a list of people begins with their numbers."""
    there = frozenset(words_of(" ".join(cells)))
    said = frozenset(word for name in names for word in name)
    return said if len(said) > 1 and said <= there else frozenset()


def _is_of_periods(part: str, table: AskedTable) -> bool:
    """Whether a table names a period of the question, where the question has one; a table that names none
    is of none."""
    wanted = [one.period for one in periods_in(part)]
    heads = " ".join(cell for row in table.rows[: head_rows(table)] for cell in row)
    there = [one.period for one in periods_in(f"{table.title or ''} {heads}")]
    return all(any(own.meets(Period(one.year)) for own in there) for one in wanted)
