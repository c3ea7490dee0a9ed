"""Terms and phrases of chunks, from the FTS5 table `chunk_terms`: terms are values there, never syntax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import apsw

from explorer.catalog.columns import fetch_all, fetch_value, ids_json

if TYPE_CHECKING:
    from explorer.arrays import Ids

_ROWS_A_SECURE_DELETE = 300
"""Measured on 50,000 rows of 60 words: a secure delete costs 3 ms, rewriting the index 0.01 ms a row."""


def rows_of(con: apsw.Connection, ids: Ids) -> list[tuple[int, str]]:
    """What `Chunks.term_rows` gives."""
    sql = "SELECT id, c1 FROM chunk_terms_content WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return fetch_all(con, sql, (ids_json(ids.tolist()),))


def holding_phrase(con: apsw.Connection, phrase: Iterable[str], *, is_open: bool = False) -> Ids:
    """What `Chunks.holding_phrase` gives."""
    import numpy as np

    quoted = _quote(" ".join(phrase))
    sql = "SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH ? ORDER BY rowid"
    rows = fetch_all(con, sql, (f"body : {quoted}{' *' * is_open}",)) if quoted else []
    return np.array([row[0] for row in rows], np.int64)


def _quote(term: str) -> str | None:
    plain = "".join(c for c in term if c.isprintable() and not "\ud800" <= c <= "\udfff").strip()
    return '"' + plain.replace('"', '""') + '"' if plain else None


def delete(con: apsw.Connection, ranges: Sequence[tuple[int, int]]) -> None:
    """Delete the rows of these ranges of chunk ids, both ends included.

    A few rows are cut out of the index one by one ('secure-delete'). For many it is quicker to mark them as
    deleted and to rewrite the index without them ('optimize').
    """
    removed = sum(last - first + 1 for first, last in ranges)
    if removed == 0:
        return
    rows = int(fetch_value(con, "SELECT count(*) FROM chunk_terms_docsize"))
    is_many = removed * _ROWS_A_SECURE_DELETE > rows
    if is_many:
        _secure(con, False)
    con.executemany("DELETE FROM chunk_terms WHERE rowid BETWEEN ? AND ?", ranges)
    if is_many:
        con.execute("INSERT INTO chunk_terms (chunk_terms) VALUES ('optimize')")
        _secure(con, True)


def _secure(con: apsw.Connection, is_on: bool) -> None:
    con.execute("INSERT INTO chunk_terms (chunk_terms, rank) VALUES ('secure-delete', ?)", (int(is_on),))
