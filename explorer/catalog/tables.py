"""Where the tables of documents stand, and what their text does not tell of them.

What a table says stands in the document's text, and nowhere else: kept are its span, how many rows name the
columns where the file said so, and the cells of rows whose line does not tell them.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import apsw

from explorer.catalog import text_pieces as texts
from explorer.catalog.columns import decoder, fetch_all
from explorer.catalog.database import Database
from explorer.catalog.documents import live_edition
from explorer.catalog.records import NewTable

_ABOVE = 1_000
"""Characters of the page above a table that are read with it: a title is far shorter."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table with its text."""

    number: int
    """From 1, in the order of the text."""
    page: int
    kept: NewTable
    text: str
    """`text[start:end]` of the document."""
    above: str
    """What stands between it and the table above it or the top of its page, the last part of that."""


class KeptTables:
    """`catalog.tables`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def holders(self) -> frozenset[str]:
        """The ids of the documents that have a table."""
        sql = (
            "SELECT e.document_id FROM edition e"
            " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
            " WHERE EXISTS (SELECT 1 FROM document_table t WHERE t.edition_id = e.id)"
        )
        with self._database.read() as con:
            return frozenset(row[0] for row in fetch_all(con, sql))

    def first(self, document_id: str, most: int, longest: int) -> list[StoredTable]:
        """The first `most` tables of a document, without those of more than `longest` characters, in order.

        Raises NotFound.
        """
        with self._database.read() as con:
            return _tables(con, document_id, '"end" - start <= ?2 ORDER BY number LIMIT ?3', (longest, most))

    def spans(self, document_id: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """What of `text[start:end]` is tables, in order. Raises NotFound."""
        sql = (
            'SELECT max(start, ?2), min("end", ?3) FROM document_table'
            ' WHERE edition_id = ?1 AND "end" > ?2 AND start < ?3 ORDER BY number'
        )
        with self._database.read() as con:
            found = fetch_all(con, sql, (live_edition(con, document_id), start, end))
        return tuple((int(low), int(high)) for low, high in found)

    def overlapping(self, document_id: str, start: int, end: int | None) -> list[StoredTable]:
        """The tables that hold something of `text[start:end]`, in order; None stands for the end of the text.

        Raises NotFound.
        """
        condition = '"end" > ?2 AND start < coalesce(?3, start + 1) ORDER BY number'
        with self._database.read() as con:
            return _tables(con, document_id, condition, (start, end))


def _tables(
    con: apsw.Connection, document_id: str, condition: str, bindings: tuple[Any, ...]
) -> list[StoredTable]:
    """The tables of a document that a condition of SQL leaves, with what it orders."""
    edition_id = live_edition(con, document_id)
    rows = fetch_all(
        con,
        'SELECT number, start, "end", header_rows, apart, before FROM'
        ' (SELECT *, lag("end", 1, 0) OVER (ORDER BY number) AS before FROM document_table'
        " WHERE edition_id = ?1) WHERE " + condition,
        (edition_id, *bindings),
    )
    pages = fetch_all(
        con, "SELECT number, start FROM page WHERE edition_id = ? ORDER BY number", (edition_id,)
    )
    spans = texts.Spans(con)
    return [_table(spans, edition_id, row, pages) for row in rows]


@decoder
def _table(
    spans: texts.Spans, edition_id: int, row: tuple[Any, ...], pages: list[tuple[Any, ...]]
) -> StoredTable:
    number, start, end, header_rows, apart, before = row
    page, page_start = pages[bisect_right(pages, start, key=lambda one: one[1]) - 1]
    first = max(page_start, before, start - _ABOVE)
    read = spans.read(edition_id, first, end)
    return StoredTable(
        number, page, kept_of(start, end, header_rows, apart), read[start - first :], read[: start - first]
    )


def kept_of(start: int, end: int, header_rows: int | None, apart: str) -> NewTable:
    """A table as its row holds it."""
    return NewTable(start, end, header_rows, tuple((row, tuple(cells)) for row, cells in json.loads(apart)))
