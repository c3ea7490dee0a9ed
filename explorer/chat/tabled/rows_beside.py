"""Two rows of a table side by side, for two things that a question compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.chat.composing import Composition, in_table, plain
from explorer.chat.tabled.asked import AskedTable, Span
from explorer.chat.tabled.rows_of_words import head_rows, heads_of
from explorer.chat.tabled.showing import span_of_rows
from explorer.chat.tabled.side_by_side import NOT_STATED
from explorer.figures.labels import words_of
from explorer.figures.periods import periods_in
from explorer.types import Document

_MOST_TABLES = 2
"""Tables that are shown, the one whose rows are called most like the things first."""
_MOST_ROWS = 10
_EXTRA = 2
"""Words that a row may be called beside the thing: "Milvus (Lite)" is Milvus, a sentence about it is not."""
_LONGEST = 300
"""Characters of a cell that is shown."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A table with a row for each thing."""

    document: Document
    table: AskedTable
    rows: tuple[int, int]
    extra: int
    """How many words the rows are called beside the things."""


def rows_beside(
    told: Composition,
    names: tuple[str, str],
    aspect: str,
    tables: Sequence[tuple[Document, AskedTable]],
    span: Span,
) -> bool:
    """Add a table with a column for each thing and a row for each column that one of `tables` has of both; of
    those that are called like the `aspect` only, where one is. False where none has both."""
    wanted = frozenset(words_of(aspect))
    pairs = [pair for one in tables if (pair := _pair(*one, names)) is not None]
    found = [
        (pair, column)
        for pair in sorted(pairs, key=lambda one: one.extra)[:_MOST_TABLES]
        for column in range(1, len(heads_of(pair.table)))
        if any(_cells(pair, column))
    ]
    named = [one for one in found if wanted & frozenset(words_of(heads_of(one[0].table)[one[1]]))]
    shown: list[list[str]] = []
    for pair, column in (named or found)[:_MOST_ROWS]:
        cells = zip(_cells(pair, column), _marks(told, pair, span), strict=True)
        filled = [f"{plain(cell)} {mark}" if cell else NOT_STATED for cell, mark in cells]
        shown.append([plain(heads_of(pair.table)[column]), *filled])
    if not shown:
        return False
    told.say(in_table(["", *map(plain, names)], shown))
    return True


def _pair(document: Document, table: AskedTable, names: tuple[str, str]) -> _Pair | None:
    head = head_rows(table)
    if not head or any(map(periods_in, heads_of(table))):  # figures of periods are compared as such
        return None
    found = [_row_of(table, head, frozenset(words_of(name))) for name in names]
    if None in found:
        return None
    (first, more), (second, still) = (one for one in found if one is not None)
    return _Pair(document, table, (first, second), more + still) if first != second else None


def _row_of(table: AskedTable, head: int, name: frozenset[str]) -> tuple[int, int] | None:
    """The first of the rows that are called most like a thing, and how many words more it is called."""
    extras = [
        (len(words - name), row)
        for row in range(head, len(table.rows))
        if table.rows[row] and name and name <= (words := frozenset(words_of(table.rows[row][0])))
    ]
    extra, row = min(extras, default=(_EXTRA + 1, 0))
    return (row, extra) if extra <= _EXTRA else None


def _cells(pair: _Pair, column: int) -> tuple[str, str]:
    """What stands in a column of both rows, "" where nothing does or too much."""
    first, second = (
        table_row[column].strip() if column < len(table_row := pair.table.rows[row]) else ""
        for row in pair.rows
    )
    return tuple(cell if len(cell) <= _LONGEST else "" for cell in (first, second))  # type: ignore[return-value]


def _marks(told: Composition, pair: _Pair, span: Span) -> tuple[str, ...]:
    """The citation of each row."""
    table = pair.table
    text = span(pair.document.id, table.start, table.end)
    marks = []
    for row in pair.rows:
        start, end = span_of_rows(table.start, text, row, row)
        words = text[start - table.start : end - table.start]
        marks.append(told.cite(pair.document.id, table.page, start, end, words))
    return tuple(marks)
