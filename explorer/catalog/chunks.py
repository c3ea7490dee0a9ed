"""Chunks: by id, by document, inside a scope, and where each of them stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import apsw

from explorer.catalog import scopes
from explorer.catalog.columns import decoder, fetch_all, ids_json, strings
from explorer.catalog.database import Database
from explorer.catalog.documents import live_edition
from explorer.catalog.keywords import holding_phrase, rows_of
from explorer.catalog.records import ChunkTable
from explorer.catalog.text_pieces import Spans
from explorer.errors import NotFound
from explorer.types import Chunk, Scope

if TYPE_CHECKING:
    from explorer.arrays import Ids

_SELECT = (
    'SELECT c.id, e.document_id, c.page, c.end_page, c.start, c."end", c.headings, c.edition_id'
    " FROM chunk c JOIN edition e ON e.id = c.edition_id"
    " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
)


class Chunks:
    """`catalog.chunks`. Only chunks that can be seen (of the live generation) are ever returned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, chunk_id: int) -> Chunk:
        """One chunk with its text. Raises NotFound."""
        found = self.by_ids([chunk_id])
        if not found:
            raise NotFound("This passage is gone: its document was removed or read anew.")
        return found[0]

    def by_ids(self, chunk_ids: Iterable[int]) -> list[Chunk]:
        """Chunks with their text, in the order given; unknown ids are left out."""
        wanted = [int(number) for number in chunk_ids]
        with self._database.read() as con:
            rows = fetch_all(
                con,
                _SELECT + " WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id",
                (ids_json(wanted),),
            )
            found = {chunk.id: chunk for chunk in _with_text(con, rows)}
        return [found[number] for number in wanted if number in found]

    def of_document(self, document_id: str) -> list[Chunk]:
        """All chunks of a document in order. Raises NotFound."""
        with self._database.read() as con:
            edition_id = live_edition(con, document_id)
            rows = fetch_all(con, _SELECT + " WHERE c.edition_id = ? ORDER BY c.id", (edition_id,))
            return _with_text(con, rows)

    def ids(self) -> Ids:
        """The ids of all chunks, ascending (n,)."""
        with self._database.read() as con:
            return _array(con, "SELECT c.id FROM chunk c" + scopes.LIVE_CHUNKS + " ORDER BY c.id", ())

    def in_scope(self, scope: Scope | None) -> Ids | None:
        """The ids of the chunks inside a scope, ascending; None when the scope is everything."""
        if scope is None or scope.is_everything:
            return None
        sql = (
            "SELECT c.id FROM chunk c"
            + scopes.LIVE_CHUNKS
            + " JOIN document d ON d.id = e.document_id WHERE "
        )
        with self._database.read() as con:
            condition, bindings = scopes.documents_where(con, scope)
            if scope.chunks is not None:
                condition += " AND c.id IN (SELECT value FROM json_each(?))"
                bindings = (*bindings, ids_json(scope.chunks))
            return _array(con, sql + condition + " ORDER BY c.id", bindings)

    def table(self) -> ChunkTable:
        """Where every chunk stands, as arrays in order of id. Raises StorageError for a damaged row."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT c.id, e.document_id, c.page, c.end_page, c.start, c.\"end\", c.headings != '[]'"
                " FROM chunk c" + scopes.LIVE_CHUNKS + " ORDER BY c.id",
            )
        return _table(rows)

    def term_rows(self, ids: Ids) -> list[tuple[int, str]]:
        """The terms of these chunks' text, joined by spaces, in order of id; unknown ids are left out."""
        with self._database.read() as con:
            return rows_of(con, ids)

    def holding_phrase(self, phrase: Iterable[str], *, is_open: bool = False) -> Ids:
        """The ids of the chunks whose text holds these terms in this order, ascending (n,); chunks of an
        index in the making may be among them. `is_open`: the last one may be the beginning of a term."""
        with self._database.read() as con:
            return holding_phrase(con, phrase, is_open=is_open)

    def heading_paths(self, ids: Ids) -> list[tuple[int, tuple[str, ...], str | None]]:
        """Chunks with the headings above each and the language of its document, in order of id; unknown ids
        are left out."""
        sql = (
            "SELECT c.id, c.headings, e.language FROM chunk c JOIN edition e ON e.id = c.edition_id"
            " WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id"
        )
        with self._database.read() as con:
            rows = fetch_all(con, sql, (ids_json(ids.tolist()),))
        return [_heading_path(row) for row in rows]

    def name_rows(self) -> dict[str, str]:
        """The terms of each document's name, joined by spaces, by the document's id."""
        sql = (
            "SELECT e.document_id, t.c0 FROM edition e"
            " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
            " JOIN chunk_terms_content t ON t.id = e.first_chunk WHERE e.chunks > 0"
        )
        with self._database.read() as con:
            return dict(fetch_all(con, sql))


@decoder
def _heading_path(row: tuple[Any, ...]) -> tuple[int, tuple[str, ...], str | None]:
    return row[0], strings(row[1]), row[2]


@decoder
def _with_text(con: apsw.Connection, rows: Iterable[tuple[Any, ...]]) -> list[Chunk]:
    spans = Spans(con)
    return [
        Chunk(
            id=row[0],
            document_id=row[1],
            page=row[2],
            end_page=row[3],
            start=row[4],
            end=row[5],
            text=spans.read(row[7], row[4], row[5]),
            headings=strings(row[6]),
        )
        for row in rows
    ]


@decoder
def _table(rows: list[tuple[Any, ...]]) -> ChunkTable:
    import numpy as np

    documents: dict[str, int] = {}
    index = [documents.setdefault(row[1], len(documents)) for row in rows]
    numbers = np.array([(row[0], *row[2:]) for row in rows], np.int64).reshape(-1, 6)
    return ChunkTable(
        ids=numbers[:, 0].copy(),
        documents=tuple(documents),
        document_index=np.array(index, np.int32),
        pages=numbers[:, 1].astype(np.int32),
        end_pages=numbers[:, 2].astype(np.int32),
        starts=numbers[:, 3].copy(),
        ends=numbers[:, 4].copy(),
        has_headings=numbers[:, 5].astype(bool),
    )


def _array(con: apsw.Connection, sql: str, bindings: tuple[Any, ...]) -> Ids:
    import numpy as np

    return np.fromiter((row[0] for row in con.execute(sql, bindings)), dtype=np.int64)


def scope_of(kept: Mapping[str, Any] | None) -> Scope | None:
    """The scope that `scope_json` made, as it is read again."""
    if not kept:
        return None
    first, last = kept.get("dates") or (None, None)
    dates = tuple(date.fromisoformat(day) if day else None for day in (first, last))
    return Scope(**{**kept, **({"dates": dates} if "dates" in kept else {})})


def scope_json(scope: Scope | None) -> str | None:
    """A scope as it is kept with a message."""
    if scope is None or scope.is_everything:
        return None
    first, last = scope.dates or (None, None)
    parts: dict[str, Any] = {
        "documents": scope.documents,
        "chunks": None if scope.chunks is None else [int(number) for number in scope.chunks],
        "tags": scope.tags,
        "kinds": scope.kinds,
        "folders": scope.folders,
        "dates": None if scope.dates is None else [str(day) if day else None for day in (first, last)],
        "years": scope.years,
        "languages": scope.languages,
    }
    return json.dumps({key: value for key, value in parts.items() if value is not None}, ensure_ascii=False)
