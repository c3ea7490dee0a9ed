"""A checksum of each edition: is what is kept of a document still what was stored?

SQLite sees damage in the order of its pages and rows, not a byte that has changed within a text, a number or
a vector. `checksum` covers the edition with its pages, its text, its tables, its chunks with their words, and
their vectors; `name_checksum` the words of the name, which another name changes. Tags, the bin and the switch
to a new index change neither.

Functions here run inside the caller's transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

import apsw

from explorer.catalog.columns import fetch_all, fetch_one

# All but numbers is read as bytes: what is no UTF-8 any more is a changed byte like any other.
_CONTENT = (
    "SELECT CAST(kind AS BLOB), CAST(title AS BLOB), CAST(author AS BLOB), CAST(language AS BLOB),"
    " CAST(date AS BLOB), pages, chunks, characters, CAST(headings AS BLOB), CAST(warnings AS BLOB)"
    " FROM edition WHERE id = ?",
    'SELECT number, start, "end", CAST(label AS BLOB), CAST(runs AS BLOB),'
    " CAST(boxes AS BLOB) FROM page WHERE edition_id = ? ORDER BY number",
    "SELECT number, CAST(text AS BLOB) FROM piece WHERE edition_id = ? ORDER BY number",
    'SELECT c.position, c.start, c."end", c.page, c.end_page, CAST(c.headings AS BLOB),'
    " CAST(c.embedded AS BLOB), CAST(t.c1 AS BLOB), CAST(v.vector AS BLOB)"
    " FROM chunk c JOIN edition e ON e.id = c.edition_id"
    " JOIN generation g ON g.id = e.generation_id LEFT JOIN chunk_terms_content t ON t.id = c.id"
    " LEFT JOIN embedding v ON v.model_id = g.model_id AND v.sha = c.embedded"
    " WHERE c.edition_id = ? ORDER BY c.position, c.id",
    'SELECT number, start, "end", header_rows, CAST(apart AS BLOB)'
    " FROM document_table WHERE edition_id = ? ORDER BY number",
    # Last: an edition without pictures keeps the checksum that it had before there were any.
    'SELECT number, page, start, "end", "left", top, "right", bottom, CAST(caption AS BLOB),'
    " CAST(alt AS BLOB), width, height, CAST(media_type AS BLOB), CAST(sha256 AS BLOB),"
    " CAST(place AS BLOB), CAST(thumbnail AS BLOB) FROM picture WHERE edition_id = ? ORDER BY number",
)
_NAMES = (
    "SELECT CAST(t.c0 AS BLOB) FROM chunk c LEFT JOIN chunk_terms_content t ON t.id = c.id"
    " WHERE c.edition_id = ? ORDER BY c.position, c.id",
)
_SHARING = (
    " FROM chunk c JOIN edition e ON e.id = c.edition_id JOIN generation g ON g.id = e.generation_id"
    " WHERE g.model_id = embedding.model_id AND c.embedded = embedding.sha"
)
_OF_EDITIONS = (
    "id IN (SELECT v.id FROM chunk c JOIN edition e ON e.id = c.edition_id"
    " JOIN generation g ON g.id = e.generation_id"
    " JOIN embedding v ON v.model_id = g.model_id AND v.sha = c.embedded"
    " WHERE e.id IN (SELECT value FROM json_each(?1)))"
)


def note(con: apsw.Connection, edition_id: int) -> None:
    """Keep the checksums of what an edition is now."""
    con.execute(
        "UPDATE edition SET checksum = ?, name_checksum = ? WHERE id = ?",
        (_digest(con, _CONTENT, edition_id), _digest(con, _NAMES, edition_id), edition_id),
    )


def note_names(con: apsw.Connection, document_id: str) -> None:
    """Keep the checksum of the words of a document's name, which were written a moment ago."""
    for (edition_id,) in fetch_all(con, "SELECT id FROM edition WHERE document_id = ?", (document_id,)):
        con.execute(
            "UPDATE edition SET name_checksum = ? WHERE id = ?",
            (_digest(con, _NAMES, edition_id), edition_id),
        )


def missing(con: apsw.Connection, document_ids: Iterable[str]) -> list[int]:
    """The editions of these documents that have no checksum yet: an earlier version stored them."""
    return [
        row[0]
        for row in con.execute(
            "SELECT id FROM edition WHERE checksum IS NULL"
            " AND document_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(document_ids)),),
        )
    ]


def changed(con: apsw.Connection, document_ids: Iterable[str]) -> list[tuple[int, str]]:
    """(id of the edition, of its document) for those editions of these documents that are not as stored."""
    rows = fetch_all(
        con,
        "SELECT id, document_id FROM edition WHERE document_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(document_ids)),),
    )
    return [
        (edition_id, document_id) for edition_id, document_id in rows if not _is_as_stored(con, edition_id)
    ]


def sharing(con: apsw.Connection, edition_ids: Sequence[int]) -> set[str]:
    """The documents of all editions that use a vector of these."""
    rows = con.execute(
        "SELECT DISTINCT e.document_id FROM embedding"
        " JOIN chunk c ON c.embedded = embedding.sha JOIN edition e ON e.id = c.edition_id"
        " JOIN generation g ON g.id = e.generation_id AND g.model_id = embedding.model_id"
        f" WHERE embedding.{_OF_EDITIONS}",
        (json.dumps(edition_ids),),
    )
    return {row[0] for row in rows}


def vector_ids(con: apsw.Connection, edition_ids: Sequence[int]) -> set[int]:
    """The ids of the vectors that these editions use."""
    rows = con.execute(f"SELECT id FROM embedding WHERE {_OF_EDITIONS}", (json.dumps(edition_ids),))
    return {row[0] for row in rows}


def drop_vectors(con: apsw.Connection, edition_ids: Sequence[int]) -> None:
    """Drop the vectors of these editions, so that they are made anew; those that others use too stay.

    The others were found to be as stored, and so the vectors that they use.
    """
    con.execute(
        f"DELETE FROM embedding WHERE {_OF_EDITIONS} AND NOT EXISTS"
        f" (SELECT 1{_SHARING} AND e.id NOT IN (SELECT value FROM json_each(?1)))",
        (json.dumps(edition_ids),),
    )


def _is_as_stored(con: apsw.Connection, edition_id: int) -> bool:
    row = fetch_one(con, "SELECT checksum, name_checksum FROM edition WHERE id = ?", (edition_id,))
    if row is None or row[0] is None:
        return True
    return row == (_digest(con, _CONTENT, edition_id), _digest(con, _NAMES, edition_id))


def _digest(con: apsw.Connection, queries: Iterable[str], edition_id: int) -> bytes:
    """SHA-256 of all values of all rows, each with its length in front."""
    digest = hashlib.sha256()
    for sql in queries:
        for row in con.execute(sql, (edition_id,)):
            for value in row:
                data = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(b"%d:" % len(data))
                digest.update(data)
    return digest.digest()
