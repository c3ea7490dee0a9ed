"""Keyword search: terms as values, never as syntax, over the FTS5 table `chunk_terms`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import apsw

from explorer.catalog.records import KeywordMatches
from explorer.catalog.rows import fetch_all, ids_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SQL = (
    "SELECT rowid, -bm25(chunk_terms, 1.0, 0.0), -bm25(chunk_terms, 0.0, 1.0) FROM chunk_terms"
    " WHERE chunk_terms MATCH ?"
)


def matches(
    con: apsw.Connection,
    words: Iterable[str],
    phrases: Iterable[Iterable[str]],
    prefixes: Iterable[str],
    *,
    within: NDArray[np.int64] | None,
    limit: int | None,
) -> KeywordMatches:
    """See `Chunks.keyword`."""
    import numpy as np

    query = expression(words, phrases, prefixes)
    rows = fetch_all(con, _SQL, (query,)) if query else []
    table = np.array(rows, np.float64).reshape(-1, 3)
    ids = table[:, 0].astype(np.int64)
    keep = np.ones(len(ids), bool) if within is None else np.isin(ids, within)
    hidden = _hidden_ranges(con)
    for first, last in hidden:
        keep &= (ids < first) | (ids > last)
    ids, scores = ids[keep], np.maximum(table[keep, 1:], 0.0)
    order = np.lexsort((ids, -(scores[:, 0] + scores[:, 1])))[:limit]
    return KeywordMatches(
        ids[order], scores[order, 0].astype(np.float32), scores[order, 1].astype(np.float32)
    )


def rows_of(con: apsw.Connection, ids: NDArray[np.int64]) -> list[tuple[int, str]]:
    """See `Chunks.term_rows`."""
    sql = "SELECT id, c1 FROM chunk_terms_content WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return fetch_all(con, sql, (ids_json(ids.tolist()),))


def holding_phrase(
    con: apsw.Connection, phrase: Iterable[str], *, is_open: bool = False
) -> NDArray[np.int64]:
    """See `Chunks.holding_phrase`."""
    import numpy as np

    quoted = _quote(" ".join(phrase))
    sql = "SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH ? ORDER BY rowid"
    rows = fetch_all(con, sql, (f"body : {quoted}{' *' * is_open}",)) if quoted else []
    return np.array([row[0] for row in rows], np.int64)


def expression(words: Iterable[str], phrases: Iterable[Iterable[str]], prefixes: Iterable[str]) -> str | None:
    """An FTS5 query in which every term is a quoted string; None when nothing is left to look for."""
    quoted = [phrase for phrase in (_quote(" ".join(terms)) for terms in phrases) if phrase]
    any_of = [word for word in map(_quote, words) if word]
    any_of += [word + " *" for word in map(_quote, prefixes) if word]
    required = " AND ".join(quoted)
    if not required:
        return " OR ".join(any_of) or None
    return f"({required}) AND ({' OR '.join([*any_of, *quoted])})"


def _quote(term: str) -> str | None:
    plain = "".join(c for c in term if c.isprintable() and not "\ud800" <= c <= "\udfff").strip()
    return '"' + plain.replace('"', '""') + '"' if plain else None


def _hidden_ranges(con: apsw.Connection) -> list[tuple[int, int]]:
    """The chunks of the generation in the making; none most of the time."""
    return fetch_all(
        con,
        "SELECT e.first_chunk, e.first_chunk + e.chunks - 1 FROM edition e"
        " JOIN generation g ON g.id = e.generation_id AND g.state = 'building'",
    )
