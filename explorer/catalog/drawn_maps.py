"""Maps as they were drawn, kept until they are drawn anew.

The points of a document that is removed go with it; those of one that is in the bin stay stored and are left
out when the map is read. What was added is placed by whoever reads the map, and kept by `extend`. Names of
subjects are words of documents: one that no passage of the subject holds any more goes too (`map_names`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import apsw

from explorer.catalog import changes, map_names
from explorer.catalog.columns import decoder, dumps, fetch_all, fetch_one, moment, now
from explorer.catalog.database import Database
from explorer.catalog.records import StoredLayout
from explorer.errors import NotFound
from explorer.types import Atlas, Cluster

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Integers, Mask, Rows


_LIVE = "generation_id = ?"
_OF_DOCUMENTS = "document_id IN (SELECT value FROM json_each(?))"
_THIS = " WHERE generation_id = ? AND dimensions = ?"
_COLUMNS = "chunk_ids, xy, cluster_ids, clusters"


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
                f"INSERT OR REPLACE INTO layout (generation_id, dimensions, sequence, {_COLUMNS}, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (generation_id, dimensions, sequence, *_encoded(atlas, 0), now()),
            )
        return True

    def get(self, dimensions: int = 2) -> StoredLayout | None:
        """The map last drawn, without what is gone, in order of chunk id; None before the first one, and when
        all on it is gone."""
        import numpy as np

        with self._database.read() as con:
            row = fetch_one(
                con,
                f"SELECT l.generation_id, l.dimensions, l.sequence, {_COLUMNS}, l.created_at"
                " FROM layout l JOIN generation g ON g.id = l.generation_id AND g.state = 'live'"
                " WHERE l.dimensions = ?",
                (dimensions,),
            )
            if row is None:
                return None
            ranges = _ranges(con, _LIVE, row[0])
            atlas, placed = _decoded(dimensions, *row[3:7])
            seen = _within(atlas.chunk_ids, ranges)
            if not seen.any():
                return None
            rows = np.flatnonzero(seen)
            shown = _taken(atlas, rows[np.argsort(atlas.chunk_ids[rows], kind="stable")])
            if not seen.all():
                shown = map_names.standing(con, shown, atlas, seen)
        return _layout(row, shown, int(seen[len(seen) - placed :].sum()), ranges, len(seen))

    def extend(self, layout: StoredLayout, chunk_ids: Ids, xy: Floats, cluster_ids: Integers) -> bool:
        """Keep points that were placed on a map after it was read; `cluster_ids` (n, levels).

        False, and nothing kept, when the map or one of these chunks is another by now.
        """
        import numpy as np

        this = (layout.generation_id, layout.dimensions)
        with self._database.write() as con:
            row = fetch_one(
                con, f"SELECT {_COLUMNS} FROM layout{_THIS} AND abs(created_at - ?) < 0.001",
                (*this, layout.created_at.timestamp()),
            )  # fmt: skip
            if row is None:
                return False
            atlas, placed = _decoded(layout.dimensions, *row)
            ranges = _ranges(con, _LIVE, layout.generation_id)
            if len(atlas.chunk_ids) != layout.rows or not _within(chunk_ids, ranges).all():
                return False
            levels = _levels(atlas)
            grown = _leveled(
                np.r_[atlas.chunk_ids, chunk_ids],
                np.r_[atlas.xy, xy],
                np.r_[levels, cluster_ids[:, : levels.shape[1]]],
                [atlas.clusters, atlas.finer],
            )
            _update(con, this, grown, placed + len(chunk_ids))
        return True

    def rename(self, dimensions: int, number: int, name: str | None, *, is_finer: bool = False) -> Cluster:
        """Call a subject otherwise, or with None by its own words again. Raises NotFound."""
        with self._database.write() as con:
            row = fetch_one(
                con,
                f"SELECT l.generation_id, {_COLUMNS} FROM layout l"
                " JOIN generation g ON g.id = l.generation_id AND g.state = 'live' WHERE l.dimensions = ?",
                (dimensions,),
            )
            if row is None:
                raise NotFound("There is no map yet, so no subject of it can be renamed.")
            atlas, placed = _decoded(dimensions, *row[1:])
            levels = [atlas.clusters, atlas.finer]
            found = next((one for one in levels[is_finer] if one.id == number), None)
            if found is None:
                raise NotFound(f"There is no subject {number} on the map; it may have been drawn anew.")
            called = map_names.called(found, name)
            levels[is_finer] = tuple(called if one is found else one for one in levels[is_finer])
            con.execute(
                f"UPDATE layout SET clusters = ?{_THIS}", (_subjects(levels, placed), row[0], dimensions)
            )
        return called

    def drop(self) -> None:
        """Forget all maps."""
        with self._database.write() as con:
            con.execute("DELETE FROM layout")

    def sequence(self) -> int:
        """The sequence number to draw at: read it before the embeddings."""
        with self._database.read() as con:
            return changes.current(con)


def forget(con: apsw.Connection, document_ids: Iterable[str]) -> None:
    """Take the points of these documents off the maps, and out of the names of subjects what only they say.

    Call it before their editions go, in their transaction.
    """
    ranges = _ranges(con, _OF_DOCUMENTS, json.dumps(list(document_ids)))
    sql = f"SELECT generation_id, dimensions, {_COLUMNS} FROM layout"
    for generation_id, dimensions, *columns in fetch_all(con, sql):
        this = (generation_id, dimensions)
        atlas, placed = _decoded(dimensions, *columns)
        stays = ~_within(atlas.chunk_ids, ranges)
        if stays.all():
            continue
        if not stays.any():
            con.execute("DELETE FROM layout" + _THIS, this)
            continue
        rest = map_names.standing(con, _taken(atlas, stays), atlas, stays)
        _update(con, this, rest, int(stays[len(stays) - placed :].sum()))


def _update(con: apsw.Connection, this: tuple[int, int], atlas: Atlas, placed: int) -> None:
    con.execute(
        f"UPDATE layout SET chunk_ids = ?, xy = ?, cluster_ids = ?, clusters = ?{_THIS}",
        (*_encoded(atlas, placed), *this),
    )


def _ranges(con: apsw.Connection, condition: str, value: int | str) -> Ids:
    """(n, 2): the first chunk, and how many, of each edition that fits a condition and has any."""
    import numpy as np

    rows = fetch_all(
        con,
        f"SELECT first_chunk, chunks FROM edition WHERE chunks > 0 AND {condition} ORDER BY first_chunk",
        (value,),
    )
    return np.array(rows, np.int64).reshape(-1, 2)


def _within(ids: Ids, ranges: Ids) -> Mask:
    """(n,): which ids lie in one of the ranges, which ascend and do not overlap."""
    import numpy as np

    if not len(ranges):
        return np.zeros(len(ids), bool)
    at = np.searchsorted(ranges[:, 0], ids, side="right") - 1
    inside: Mask = (at >= 0) & (ids < (ranges[:, 0] + ranges[:, 1])[at])
    return inside


def _taken(atlas: Atlas, rows: Mask | Rows) -> Atlas:
    """Some points of a map, with the subjects that they are in, whose sizes are counted anew."""
    return _leveled(
        atlas.chunk_ids[rows], atlas.xy[rows], _levels(atlas)[rows], [atlas.clusters, atlas.finer]
    )


def _levels(atlas: Atlas) -> Integers:
    """(n, levels): the subject of each point, and its finer group where the map has such."""
    import numpy as np

    columns = [atlas.cluster_ids] if atlas.finer_ids is None else [atlas.cluster_ids, atlas.finer_ids]
    return np.stack(columns, axis=1)


def _leveled(ids: Ids, xy: Floats, levels: Integers, named: Sequence[Sequence[Cluster]]) -> Atlas:
    groups = [_counted(levels[:, level], named[level]) for level in range(levels.shape[1])]
    if len(groups) == 1:
        return Atlas(ids, xy, levels[:, 0], groups[0])
    return Atlas(ids, xy, levels[:, 0], groups[0], levels[:, 1], groups[1])


def _counted(ids: Integers, clusters: Sequence[Cluster]) -> tuple[Cluster, ...]:
    """The clusters that have points, with how many they have."""
    import numpy as np

    numbers, counts = np.unique(ids, return_counts=True)
    sizes = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    return tuple(replace(one, size=sizes[one.id]) for one in clusters if one.id in sizes)


def _encoded(atlas: Atlas, placed: int) -> tuple[bytes, bytes, bytes, str]:
    """The columns of a map: its ids, coordinates (n, dimensions), subjects (n, levels), and their names; the
    last `placed` points came after it was drawn."""
    return (
        atlas.chunk_ids.astype("<i8").tobytes(),
        atlas.xy.astype("<f4").tobytes(),
        _levels(atlas).astype("<i8").tobytes(),
        _subjects([atlas.clusters, atlas.finer], placed),
    )


def _subjects(levels: Sequence[Sequence[Cluster]], placed: int) -> str:
    subjects = [[asdict(one) for one in level] for level in levels]
    return dumps({"subjects": subjects, "placed": placed})


@decoder
def _decoded(
    dimensions: int, chunk_ids: bytes, xy: bytes, cluster_ids: bytes, clusters: str
) -> tuple[Atlas, int]:
    """A map out of its columns, and how many of its points, the last ones, were placed later."""
    import numpy as np

    ids = np.frombuffer(chunk_ids, "<i8").astype(np.int64)
    points = np.frombuffer(xy, "<f4").astype(np.float32).reshape(len(ids), dimensions)
    levels = np.frombuffer(cluster_ids, "<i8").astype(np.int64).reshape(len(ids), -1)
    named = json.loads(clusters)
    if isinstance(named, list):  # as it was kept before maps had two levels
        named = {"subjects": [named, []], "placed": 0}
    groups = [tuple(Cluster(**one) for one in level) for level in named["subjects"]]
    finer = levels[:, 1] if levels.shape[1] > 1 else None
    return Atlas(ids, points, levels[:, 0], groups[0], finer, groups[1]), int(named["placed"])


@decoder
def _layout(row: tuple[Any, ...], atlas: Atlas, placed: int, ranges: Ids, rows: int) -> StoredLayout:
    import numpy as np

    live = np.concatenate([np.arange(first, first + count) for first, count in ranges])
    return StoredLayout(
        generation_id=row[0],
        dimensions=row[1],
        sequence=row[2],
        atlas=atlas,
        created_at=moment(row[7]),
        placed=placed,
        missing=np.setdiff1d(live, atlas.chunk_ids),
        rows=rows,
    )
