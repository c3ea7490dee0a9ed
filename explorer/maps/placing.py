"""Chunks that came after a map was drawn, placed on it among their neighbours; no other point moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.maps import projection

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Integers
    from explorer.catalog import Catalog
    from explorer.catalog.records import StoredLayout
    from explorer.types import Atlas

NEIGHBOURS = 8
"""The nearest 8 points say where a chunk stands."""
SAMPLE = 20_000
"""Neighbours are looked for among at most this many points of a map."""
_CELL = 0.004 * projection.EXTENT
"""Points nearer than this hide each other."""
_SEED = 42


def place(catalog: Catalog, layout: StoredLayout) -> tuple[Ids, Floats, Integers]:
    """What a map lacks: ids (n,), coordinates (n, dimensions) and subjects (n, levels), in order of id."""
    atlas = layout.atlas
    if not len(layout.missing):
        return layout.missing, np.empty((0, layout.dimensions), np.float32), np.empty((0, 2), np.int64)
    ids, vectors = catalog.embeddings.vectors(layout.missing.tolist())
    base_ids, base = catalog.embeddings.vectors(_sample(atlas.chunk_ids).tolist())
    rows = _rows_of(atlas.chunk_ids, base_ids)
    if not len(ids) or not len(rows):
        return ids[:0], np.empty((0, layout.dimensions), np.float32), np.empty((0, 2), np.int64)
    near, similarity = projection.neighbours(projection.unit(vectors), NEIGHBOURS, projection.unit(base))
    at = rows[near]
    xy = projection.place(atlas.xy[at], similarity)
    # Of these neighbours, the one that stands nearest to it on the map says which subject it is in.
    gaps = ((atlas.xy[at] - xy[:, None]) ** 2).sum(-1)
    nearest = at[np.arange(len(at)), gaps.argmin(axis=1)]
    finer = atlas.cluster_ids if atlas.finer_ids is None else atlas.finer_ids
    subjects = np.stack([atlas.cluster_ids[nearest], finer[nearest]], axis=1)
    return ids, _beside(xy, atlas.xy), subjects


def grown(atlas: Atlas, chunk_ids: Ids, xy: Floats, subjects: Integers) -> Atlas:
    """The map with these points, in order of id. Sizes of its subjects stay those of the map."""
    ids = np.r_[atlas.chunk_ids, chunk_ids]
    order = np.argsort(ids, kind="stable")
    finer = None if atlas.finer_ids is None else np.r_[atlas.finer_ids, subjects[:, 1]][order]
    return type(atlas)(
        ids[order],
        np.r_[atlas.xy, xy][order],
        np.r_[atlas.cluster_ids, subjects[:, 0]][order],
        atlas.clusters,
        finer,
        atlas.finer,
    )


def _sample(ids: Ids) -> Ids:
    if len(ids) <= SAMPLE:
        return ids
    return np.sort(np.random.default_rng(_SEED).choice(ids, SAMPLE, replace=False))


def _rows_of(all_ids: Ids, ids: Ids) -> Integers:
    """The row of each id in `all_ids`, which holds them all."""
    order = np.argsort(all_ids)
    rows: Integers = order[np.searchsorted(all_ids, ids, sorter=order)]
    return rows


def _beside(xy: Floats, others: Floats) -> Floats:
    """Coordinates (n, dimensions), those that would stand on another point moved beside it, in a spiral."""
    taken: dict[tuple[int, ...], int] = {}
    for cell in _cells(others):
        taken[cell] = 1
    moved = xy.astype(np.float64)
    for row, cell in enumerate(_cells(xy)):
        turn = taken.get(cell, 0)
        taken[cell] = turn + 1
        angle = turn * np.pi * (3 - np.sqrt(5))
        moved[row, :2] += _CELL * np.sqrt(turn) * np.array([np.cos(angle), np.sin(angle)])
    return moved.astype(np.float32)


def _cells(xy: Floats) -> list[tuple[int, ...]]:
    return [tuple(cell) for cell in np.floor(xy / _CELL).astype(np.int64).tolist()]
