"""Maps as they were drawn, kept until documents come or go."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from explorer.catalog import changes
from explorer.catalog.columns import decoder, dumps, fetch_one, moment, now
from explorer.catalog.database import Database
from explorer.catalog.records import StoredLayout
from explorer.types import Atlas, Cluster


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
        """The map last drawn, current or not; None before the first one and after a removal."""
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
        return None if row is None else _layout(row)

    def drop(self) -> None:
        """Forget all maps."""
        with self._database.write() as con:
            con.execute("DELETE FROM layout")

    def sequence(self) -> int:
        """The sequence number to draw at: read it before the embeddings."""
        with self._database.read() as con:
            return changes.current(con)


@decoder
def _layout(row: tuple[Any, ...]) -> StoredLayout:
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
        is_current=bool(row[8]),
    )
