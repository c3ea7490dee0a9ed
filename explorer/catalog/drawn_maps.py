"""Maps as they were drawn, kept until documents come or go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import apsw

from explorer.catalog import changes
from explorer.catalog.columns import decoder, dumps, fetch_all, fetch_one, moment, now
from explorer.catalog.database import Database
from explorer.catalog.records import StoredLayout
from explorer.types import Atlas, Cluster

if TYPE_CHECKING:
    from explorer.arrays import Ids


_LIVE = "generation_id = ?"
_BINNED = "generation_id = (SELECT id FROM generation WHERE bin_of = ?)"
_OF_DOCUMENTS = "document_id IN (SELECT value FROM json_each(?))"


class DrawnMaps:
    """`catalog.layouts`: one map for each number of dimensions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, generation_id: int, dimensions: int, sequence: int, atlas: Atlas) -> bool:
        """Keep a map of the library, drawn at the sequence number `sequence`, in place of the earlier one.

        False, and nothing kept, when a document was removed or redone since: labels may hold its words.
        """
        with self._database.write() as con:
            outdated = fetch_one(
                con, "SELECT 1 FROM change WHERE sequence > ? AND action != 'add' LIMIT 1", (sequence,)
            )
            is_live = fetch_one(
                con, "SELECT 1 FROM generation WHERE id = ? AND state = 'live'", (generation_id,)
            )
            if outdated or not is_live:
                return False
            con.execute(
                "INSERT OR REPLACE INTO layout VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    generation_id,
                    dimensions,
                    sequence,
                    atlas.chunk_ids.astype("<i8").tobytes(),
                    atlas.xy.astype("<f4").tobytes(),
                    atlas.cluster_ids.astype("<i8").tobytes(),
                    dumps([asdict(cluster) for cluster in atlas.clusters]),
                    now(),
                ),
            )
        return True

    def get(self, dimensions: int = 2) -> StoredLayout | None:
        """The map last drawn, current or not; None before the first one, after a removal, and while the bin
        holds a document that is on it: its labels may hold that one's words."""
        with self._database.read() as con:
            row = fetch_one(
                con,
                "SELECT l.generation_id, l.dimensions, l.sequence, l.chunk_ids, l.xy, l.cluster_ids,"
                " l.clusters, l.created_at, NOT EXISTS (SELECT 1 FROM change c WHERE c.sequence > l.sequence"
                "  AND c.generation_id = l.generation_id)"
                " FROM layout l JOIN generation g ON g.id = l.generation_id AND g.state = 'live'"
                " WHERE l.dimensions = ?",
                (dimensions,),
            )
            if row is None or _holds_any(row[3], _ranges(con, _BINNED, row[0])):
                return None
            # What came and went again, such as a document that was in the bin, leaves it as it was.
            is_current = row[8] or _holds_exactly(row[3], _ranges(con, _LIVE, row[0]))
        return _layout(row, is_current=bool(is_current))

    def drop(self) -> None:
        """Forget all maps."""
        with self._database.write() as con:
            con.execute("DELETE FROM layout")

    def sequence(self) -> int:
        """The sequence number to draw at: read it before the embeddings."""
        with self._database.read() as con:
            return changes.current(con)


def forget(con: apsw.Connection, document_ids: Iterable[str]) -> None:
    """Drop the maps that these documents are on. Call it before their editions go, in their transaction."""
    ranges = _ranges(con, _OF_DOCUMENTS, json.dumps(list(document_ids)))
    for generation_id, dimensions, chunk_ids in fetch_all(
        con, "SELECT generation_id, dimensions, chunk_ids FROM layout"
    ):
        if _holds_any(chunk_ids, ranges):
            con.execute(
                "DELETE FROM layout WHERE generation_id = ? AND dimensions = ?", (generation_id, dimensions)
            )


def _ranges(con: apsw.Connection, condition: str, value: int | str) -> Ids:
    """(n, 2): the first chunk, and how many, of each edition that fits a condition and has any."""
    import numpy as np

    rows = fetch_all(
        con, f"SELECT first_chunk, chunks FROM edition WHERE chunks > 0 AND {condition}", (value,)
    )
    return np.array(rows, np.int64).reshape(-1, 2)


def _held(chunk_ids: bytes, ranges: Ids) -> Ids:
    """(n,): how many chunks of each range are on a map."""
    import numpy as np

    ids = np.sort(np.frombuffer(chunk_ids, "<i8"))
    firsts, counts = ranges[:, 0], ranges[:, 1]
    return np.searchsorted(ids, firsts + counts) - np.searchsorted(ids, firsts)


def _holds_any(chunk_ids: bytes, ranges: Ids) -> bool:
    return bool(_held(chunk_ids, ranges).any())


def _holds_exactly(chunk_ids: bytes, ranges: Ids) -> bool:
    """Whether a map has a point for each chunk of these ranges and no other."""
    counts = ranges[:, 1]
    is_as_large = int(counts.sum()) * 8 == len(chunk_ids)
    return is_as_large and bool((_held(chunk_ids, ranges) == counts).all())


@decoder
def _layout(row: tuple[Any, ...], *, is_current: bool) -> StoredLayout:
    import numpy as np

    return StoredLayout(
        generation_id=row[0],
        dimensions=row[1],
        sequence=row[2],
        chunk_ids=np.frombuffer(row[3], "<i8").astype(np.int64),
        xy=np.frombuffer(row[4], "<f4").astype(np.float32).reshape(-1, row[1]),
        cluster_ids=np.frombuffer(row[5], "<i8").astype(np.int64),
        clusters=tuple(Cluster(**one) for one in json.loads(row[6])),
        created_at=moment(row[7]),
        is_current=is_current,
    )
