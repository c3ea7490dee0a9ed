"""Draws the map of a library: lays its embeddings out, groups them and names the groups.

Where there is a map already, it is drawn from there: points start at their old places, and a subject keeps
its number and name, and so its colour, where most of its members stay together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.errors import StorageError
from explorer.types import Atlas

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids
    from explorer.catalog import Catalog
    from explorer.catalog.records import StoredLayout

STEPS = 100
"""A map job counts to this; `step_name` says what is being done at each number."""
_LAID_OUT = 80
_NAMES = ((3, "Reading the passages"), (_LAID_OUT, "Laying them out"))
_TRIES = 3
OnProgress = Callable[[int], None]


def step_name(done: int) -> str:
    """What a map job that has come to `done` is doing, for people."""
    return next((name for limit, name in _NAMES if done < limit), "Finding and naming the subjects")


def draw(catalog: Catalog, dimensions: int = 2, on_progress: OnProgress | None = None) -> Atlas:
    """Draw the map of the library as it is now and keep it. Blocks: 14 s for 5,200 chunks, cold.

    Not for threads. `on_progress` gets 0 to STEPS; what it raises ends the work.

    Raises:
        StorageError: documents were removed or redone again and again while it was drawn.
    """
    from explorer.maps import subjects

    report = on_progress or (lambda _: None)
    for _ in range(_TRIES):
        report(0)
        sequence = catalog.layouts.sequence()
        live = catalog.generations.live()
        atlas = _atlas(catalog, dimensions, report)
        with catalog.write():  # a name that is given meanwhile stays too
            now = catalog.layouts.get(dimensions)
            atlas = atlas if now is None else subjects.as_called(atlas, now.atlas)
            is_kept = live is None or catalog.layouts.put(live.id, dimensions, sequence, atlas)
        if is_kept:
            report(STEPS)
            return atlas
    raise StorageError("Documents were removed while the map was drawn. Draw it again when that is over.")


def _atlas(catalog: Catalog, dimensions: int, report: OnProgress) -> Atlas:
    from explorer.maps import projection, subjects

    ids, vectors = catalog.embeddings.matrix()
    first = _NAMES[0][0]
    report(first)
    span = _LAID_OUT - first
    earlier = catalog.layouts.get(dimensions)
    xy = projection.project(
        vectors,
        dimensions,
        start=_places(catalog, earlier, ids),
        on_progress=lambda share: report(first + int(span * share)),
    )
    same = projection.same(vectors)
    del vectors
    report(_LAID_OUT)
    return subjects.found(catalog, ids, xy, same, earlier.atlas if earlier else None)


def _places(catalog: Catalog, earlier: StoredLayout | None, ids: Ids) -> Floats | None:
    """Where each chunk (n,) stands on an earlier map, or would stand; None where that says nothing."""
    import numpy as np

    from explorer.maps import placing

    if earlier is None:
        return None
    atlas = placing.grown(earlier.atlas, *placing.place(catalog, earlier))
    at = np.searchsorted(atlas.chunk_ids, ids)
    if not len(ids) or at.max() >= len(atlas.chunk_ids) or (atlas.chunk_ids[at] != ids).any():
        return None
    # Points on one place would stay there: what parts them in UMAP is the way from one to the other.
    noise = np.random.default_rng(42).normal(0, 1e-3, (len(ids), earlier.dimensions))
    start: Floats = (atlas.xy[at] + noise).astype(np.float32)
    return start
