"""Draws the map of a library: lays its embeddings out, groups them and names the groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from explorer.errors import StorageError
from explorer.types import Atlas, Cluster

if TYPE_CHECKING:
    from explorer.catalog import Catalog

STEPS = 100
"""A map job counts to this; `step_name` says what is being done at each number."""
_LAID_OUT, _GROUPED = 80, 85
_NAMES = ((3, "Reading the passages"), (_LAID_OUT, "Laying them out"), (_GROUPED, "Finding subjects"))
_TRIES = 3
OnProgress = Callable[[int], None]


def step_name(done: int) -> str:
    """What a map job that has come to `done` is doing, for people."""
    return next((name for limit, name in _NAMES if done < limit), "Naming the subjects")


def draw(catalog: Catalog, dimensions: int = 2, on_progress: OnProgress | None = None) -> Atlas:
    """Draw the map of the library as it is now and keep it. Blocks: 14 s for 5,200 chunks, cold.

    Not for threads. `on_progress` gets 0 to STEPS; what it raises ends the work.

    Raises:
        StorageError: documents were removed or redone again and again while it was drawn.
    """
    report = on_progress or (lambda _: None)
    for _ in range(_TRIES):
        report(0)
        sequence = catalog.layouts.sequence()
        live = catalog.generations.live()
        atlas = _atlas(catalog, dimensions, report)
        if live is None or catalog.layouts.put(live.id, dimensions, sequence, atlas):
            report(STEPS)
            return atlas
    raise StorageError("Documents were removed while the map was drawn. Draw it again when that is over.")


def _atlas(catalog: Catalog, dimensions: int, report: OnProgress) -> Atlas:
    from explorer.maps import clustering, labels, projection

    ids, vectors = catalog.embeddings.matrix()
    first = _NAMES[0][0]
    report(first)
    span = _LAID_OUT - first
    xy = projection.project(vectors, dimensions, on_progress=lambda share: report(first + int(span * share)))
    same = projection.same(vectors)
    del vectors
    report(_LAID_OUT)
    cluster_ids = clustering.cluster(xy, same)
    report(_GROUPED)
    rows = labels.sample(cluster_ids)
    named = labels.label(
        {number: texts(catalog, [int(ids[row]) for row in part]) for number, part in rows.items()}
    )
    sizes = {number: int((cluster_ids == number).sum()) for number in named}
    clusters = tuple(Cluster(number, named[number], sizes[number]) for number in sorted(named))
    return Atlas(ids, xy, cluster_ids, clusters)


def texts(catalog: Catalog, chunk_ids: Iterable[int]) -> list[str]:
    """The texts of these chunks, in the order given; those that are gone are left out."""
    return [chunk.text for chunk in catalog.chunks.by_ids(chunk_ids)]
