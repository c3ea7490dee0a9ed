"""Embeddings by model and SHA-256 of the embedded text: computed once, shared, read back in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import apsw

from explorer.catalog import vector_forms
from explorer.catalog.columns import fetch_blocks, fetch_one, fetch_value, ids_json
from explorer.catalog.database import Database
from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.arrays import Ids, Vectors

_FROM = (
    " FROM chunk c JOIN edition e ON e.id = c.edition_id JOIN generation g ON g.id = e.generation_id"
    " JOIN embedding v ON v.model_id = g.model_id AND v.sha = c.embedded WHERE "
)
_VECTORS = "SELECT c.id, v.vector, v.width" + _FROM
_UNNEEDED = (
    " WHERE NOT EXISTS (SELECT 1 FROM chunk c JOIN edition e ON e.id = c.edition_id"
    " JOIN generation g ON g.id = e.generation_id"
    " WHERE c.embedded = embedding.sha AND g.model_id = embedding.model_id)"
)
_OF_GENERATION = _VECTORS + "g.id = ? ORDER BY c.id"
_OF_RANGE = _VECTORS + "g.state <> 'binned' AND c.id BETWEEN ? AND ? ORDER BY c.id"
_OF_LIVE = _VECTORS + "g.state = 'live' ORDER BY c.id"
_OF_IDS = _VECTORS + "g.state = 'live' AND c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id"


class Embeddings:
    """`catalog.embeddings`. Vectors are float32 here, in whichever form they are kept (`vector_forms`)."""

    def __init__(self, database: Database, width: Callable[[], int]) -> None:
        """`width`: the bytes that a number of a new vector is to take."""
        self._database = database
        self._width = width

    def known(self, model_id: int, shas: Iterable[bytes]) -> set[bytes]:
        """Those of the digests that have an embedding already."""
        with self._database.read() as con:
            return _known(con, model_id, shas)

    def put(self, model_id: int, shas: Sequence[bytes], vectors: Vectors) -> None:
        """Keep embeddings, row i of `vectors` (n, dimension) for `shas[i]`; on disk when this returns.

        Call it batch by batch, before the document is stored: what a killed process had done is kept.
        """
        import numpy as np

        if len(shas) != len(vectors):
            raise ValueError(f"{len(shas)} digests for {len(vectors)} vectors")
        rows, width = np.asarray(vectors, np.float32), self._width()
        with self._database.write() as con:
            dimension = fetch_value(con, "SELECT dimension FROM model WHERE id = ?", (model_id,))
            if len(rows) and rows.shape[1] != dimension:
                raise ValueError(f"vectors of {rows.shape[1]} numbers for a model of {dimension}")
            con.executemany(
                "INSERT OR IGNORE INTO embedding (model_id, sha, vector, width) VALUES (?, ?, ?, ?)",
                (
                    (model_id, sha, blob, vector_forms.column(width))
                    for sha, blob in zip(shas, vector_forms.packed(rows, width), strict=True)
                ),
            )

    def of_generation(self, generation_id: int, batch: int = 2000) -> Iterator[tuple[Ids, Vectors]]:
        """All chunks of a generation in order of id: ids (n,), vectors (n, dimension), n ≤ batch."""
        yield from self._batches(_OF_GENERATION, (generation_id,), batch)

    def of_range(self, first: int, last: int, batch: int = 2000) -> Iterator[tuple[Ids, Vectors]]:
        """The same as `of_generation`, for the chunks `first` to `last`, both included, that still exist
        outside the bin."""
        yield from self._batches(_OF_RANGE, (first, last), batch)

    def count_of_generation(self, generation_id: int) -> int:
        """How many vectors `of_generation` gives."""
        with self._database.read() as con:
            return int(
                fetch_value(
                    con,
                    "SELECT count(*)" + _FROM + "g.id = ?",
                    (generation_id,),
                )
            )

    def matrix(self) -> tuple[Ids, Vectors]:
        """Every live chunk in order of id: ids (n,) and contiguous vectors (n, dimension).

        (0,) and (0, 0) in an empty library. 200,000 × 384 take about a second: keep it while
        `catalog.changes.last()` stays the same.
        """
        return self._arrays(_OF_LIVE, ())

    def vectors(self, chunk_ids: Iterable[int]) -> tuple[Ids, Vectors]:
        """The same as `matrix`, for these chunks only; ids ascend, unknown ones are left out."""
        return self._arrays(_OF_IDS, (ids_json(chunk_ids),))

    def unneeded(self) -> int:
        """How many embeddings no chunk needs: what `gc` would delete."""
        with self._database.read() as con:
            return int(fetch_value(con, "SELECT count(*) FROM embedding" + _UNNEEDED))

    def gc(self) -> int:
        """Delete the embeddings that no chunk needs; returns how many.

        Run it when no document is being embedded: it would take what is waiting to be stored.
        """
        with self._database.write() as con:
            con.execute("DELETE FROM embedding" + _UNNEEDED)
            return con.changes()

    def _batches(self, sql: str, bindings: tuple[int, ...], batch: int) -> Iterator[tuple[Ids, Vectors]]:
        import numpy as np

        with self._database.read() as con:
            for block in fetch_blocks(con, sql, bindings, batch):
                yield (
                    np.array([row[0] for row in block], np.int64),
                    vector_forms.unpacked([row[1:] for row in block]),
                )

    def _arrays(self, sql: str, bindings: tuple[str, ...]) -> tuple[Ids, Vectors]:
        import numpy as np

        ids: list[Ids] = [np.empty(0, np.int64)]
        parts: list[Vectors] = []
        with self._database.read() as con:
            for block in fetch_blocks(con, sql, bindings):
                ids.append(np.array([row[0] for row in block], np.int64))
                parts.append(vector_forms.unpacked([row[1:] for row in block]))
        vectors = np.concatenate(parts) if parts else np.empty((0, 0), np.float32)
        return np.concatenate(ids), vectors


class MissingEmbeddings(StorageError):  # noqa: N818 (named as the others are)
    """A document cannot be stored yet: another process removed the last user of embeddings that it shares."""

    def __init__(self, shas: frozenset[bytes]) -> None:
        super().__init__(f"{len(shas)} embeddings are missing. Embed these passages again, then store.")
        self.shas = shas


def require(con: apsw.Connection, model_id: int, shas: set[bytes]) -> None:
    """Raises MissingEmbeddings unless every digest has an embedding."""
    missing = shas - _known(con, model_id, shas)
    if missing:
        raise MissingEmbeddings(frozenset(missing))


def drop_unneeded(con: apsw.Connection, model_id: int, shas: Iterable[bytes]) -> None:
    """Delete those embeddings that no chunk of this model's generations needs any more."""
    con.executemany(
        "DELETE FROM embedding WHERE model_id = ?1 AND sha = ?2 AND NOT EXISTS (SELECT 1 FROM chunk c"
        " JOIN edition e ON e.id = c.edition_id JOIN generation g ON g.id = e.generation_id"
        " WHERE c.embedded = ?2 AND g.model_id = ?1)",
        ((model_id, sha) for sha in shas),
    )


def _known(con: apsw.Connection, model_id: int, shas: Iterable[bytes]) -> set[bytes]:
    sql = "SELECT 1 FROM embedding WHERE model_id = ? AND sha = ?"
    return {sha for sha in set(shas) if fetch_one(con, sql, (model_id, sha))}
