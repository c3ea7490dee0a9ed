"""Terms and phrases of chunks, from the FTS5 table `chunk_terms`: terms are values there, never syntax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import apsw

from explorer.catalog.rows import fetch_all, ids_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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


def _quote(term: str) -> str | None:
    plain = "".join(c for c in term if c.isprintable() and not "\ud800" <= c <= "\udfff").strip()
    return '"' + plain.replace('"', '""') + '"' if plain else None
