"""What the library asks of its maps: draw one, read the one that is kept, and find one's way on it.

Light: SQLite and numpy. The drawing itself happens in a process of its own (`python -m explorer.maps`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from explorer.errors import Cancelled, ExplorerError, StorageError
from explorer.types import Atlas, Chunk, Cluster, Job, Scope, StoredMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.arrays import Floats, Ids, Integers
    from explorer.catalog import Catalog
    from explorer.catalog.records import StoredLayout

log = logging.getLogger(__name__)

PLACING_NEIGHBOURS = 15
"""The nearest 15 chunks say where a query stands."""
LONGEST_NAME = 80
"""Characters of a name that a person gives to a subject."""
_KEYWORD_TEXTS = 300
_TRIES = 3
"""How often what is new is placed again where another process was quicker."""
_POLL_SECONDS = 0.2
_WAKE_SECONDS = 3.0


class MapWorker(Protocol):
    """What maps need of the worker (`explorer.worker.client.WorkerClient`)."""

    def encode(self, texts: Sequence[str], kind: str = "passage") -> Floats: ...

    def nearest(self, vector: Floats, k: int) -> tuple[Ids, Floats] | None: ...

    def start(self) -> None: ...

    def attend(self) -> None: ...

    def wake(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the points of a map stand in their documents; row i of each array speaks of its point i.

    `document_index` is -1 (and the other numbers 0) where the chunk is gone since the map was drawn.
    """

    documents: tuple[str, ...]
    """Ids of all documents, which `document_index` counts."""
    document_index: NDArray[np.int32]
    pages: NDArray[np.int32]
    starts: Integers
    ends: Integers


class Maps:
    """The maps of one library. Safe to share between threads."""

    def __init__(self, catalog: Catalog, worker: MapWorker) -> None:
        self._catalog = catalog
        self._worker = worker

    def map(self, dimensions: int = 2, redraw: bool = False) -> Atlas:
        """The stored map, with what is new placed among its neighbours and what is gone left out; drawn first
        where there is none, and drawn anew, from the old places, with `redraw`.

        Raises:
            ExplorerError: it could not be drawn (the message says why).
            Cancelled: somebody cancelled the drawing.
            WorkerError: the background process cannot be started.
        """
        while redraw or (kept := self.stored(dimensions)) is None:
            if not self._catalog.documents.counts().chunks:
                return _empty(dimensions)
            self._wait(self._request(dimensions))
            redraw = False
        return kept.atlas

    def stored(self, dimensions: int = 2) -> StoredMap | None:
        """The map that was drawn last, as the library is now; None before the first one."""
        from explorer.maps import placing

        layout, tries = self._catalog.layouts.get(dimensions), 0
        while layout is not None:
            new = placing.place(self._catalog, layout)
            tries += 1
            if not len(new[0]):
                return _seen(layout)
            if not self._keep(layout, new) or tries == _TRIES:
                count = layout.placed + len(new[0])
                return _seen(replace(layout, atlas=placing.grown(layout.atlas, *new), placed=count))
            layout = self._catalog.layouts.get(dimensions)
        return None

    def draw(self, dimensions: int = 2) -> int:
        """Have the map drawn and return at once: the id of the job, which may be one already under way."""
        job_id = self._request(dimensions)
        self._worker.start()
        return job_id

    def job(self) -> Job | None:
        """The drawing that waits or runs, or how the last one ended; None if there never was one."""
        jobs = self._catalog.jobs.list(kinds=("map",))
        found = max(jobs, key=lambda job: (not job.is_over, job.id)) if jobs else None
        if found is not None and not found.is_over:
            self._worker.attend()
        return found

    def cancel(self) -> None:
        """Stop a drawing that waits or runs."""
        job = self.job()
        if job is not None and not job.is_over:
            self._catalog.jobs.cancel([job.id])

    def place(self, query: str, atlas: Atlas) -> tuple[float, ...]:
        """Where a query stands on a map: among its nearest chunks. One number for each dimension.

        Raises:
            ExplorerError: nothing on the map can be compared with it, or the model cannot be loaded.
        """
        vector = self._worker.encode([query], "query")[0]
        found = self._worker.nearest(vector, PLACING_NEIGHBOURS)
        place = None if found is None else among(atlas, *found)
        if place is None:
            place = among(atlas, *self._exactly_nearest(vector, atlas))
        if place is None:
            raise ExplorerError("There is nothing on this map to place a question among.")
        return place

    def rename(
        self, subject: int, name: str | None, *, is_finer: bool = False, dimensions: int = 2
    ) -> Cluster:
        """Call a subject (`Cluster.id`) otherwise, as long as most of its points stay together; None gives it
        the name by its own words back. Returns it as it is called now.

        The name is kept on one line and cut at 80 characters.

        Raises:
            NotFound: there is no such subject, or no map yet.
            ExplorerError: the name has no letter and no digit.
        """
        return self._catalog.layouts.rename(
            dimensions, subject, None if name is None else tidy_name(name), is_finer=is_finer
        )

    def places(self, chunk_ids: Ids) -> Places:
        """Where each of these chunks stands."""
        import numpy as np

        table = self._catalog.chunks.table()
        row = np.searchsorted(table.ids, chunk_ids)
        known = row < len(table.ids)
        known[known] = table.ids[row[known]] == chunk_ids[known]
        at = row[known]
        index = np.full(len(chunk_ids), -1, np.int32)
        pages = np.zeros(len(chunk_ids), np.int32)
        starts, ends = np.zeros(len(chunk_ids), np.int64), np.zeros(len(chunk_ids), np.int64)
        index[known], pages[known] = table.document_index[at], table.pages[at]
        starts[known], ends[known] = table.starts[at], table.ends[at]
        return Places(table.documents, index, pages, starts, ends)

    def touching(self, spans: Iterable[tuple[str, int, int]]) -> list[int]:
        """The ids of the chunks that hold something of these spans (document, start, end), in their order;
        spans of unknown documents are passed over."""
        table = self._catalog.chunks.table()
        index = {document_id: number for number, document_id in enumerate(table.documents)}
        found: dict[int, None] = {}
        for document_id, start, end in spans:
            inside = table.document_index == index.get(document_id, -1)
            inside &= (table.starts < end) & (table.ends > start)
            found |= dict.fromkeys(table.ids[inside].tolist())
        return list(found)

    def passages(self, chunk_ids: Sequence[int]) -> list[Chunk]:
        """These chunks with their text, in the order given; those that are gone are left out."""
        return self._catalog.chunks.by_ids(chunk_ids)

    def as_csv(self, atlas: Atlas, chunk_ids: Ids | None = None) -> str:
        """A map as a table (CSV): x, y, document, page, subject, finer subject and the first 200 characters
        of each chunk, or of those of `chunk_ids`. No cell of it is a formula for a spreadsheet."""
        from explorer.maps import spreadsheet

        return spreadsheet.as_csv(self._catalog, atlas, chunk_ids)

    def in_scope(self, scope: Scope | None) -> Ids | None:
        """The ids of the chunks inside a scope, ascending; None when it is everything."""
        return self._catalog.chunks.in_scope(scope)

    def keywords(self, chosen: Ids, among_ids: Ids, count: int = 8) -> list[str]:
        """The words that set some chunks apart from the others of `among_ids`, the strongest first.

        Reads a sample of both, so that it answers a lasso on a large map in a few tenths of a second.
        """
        import numpy as np

        from explorer.maps import labels

        random = np.random.default_rng(0)
        parts = (np.asarray(chosen, np.int64), np.setdiff1d(among_ids, chosen))
        read = [random.choice(part, min(len(part), _KEYWORD_TEXTS), replace=False) for part in parts]
        texts = [[chunk.text for chunk in self.passages(np.sort(ids).tolist())] for ids in read]
        return labels.keywords(texts[0], texts[1], count)

    def _keep(self, layout: StoredLayout, new: tuple[Ids, Floats, Integers]) -> bool:
        """Keep what was placed; True when the map is worth reading again, as it stands now."""
        try:
            self._catalog.layouts.extend(layout, *new)
        except StorageError as error:  # a full disk, say: the map can be seen all the same
            log.warning("what was placed on the map is not kept: %s", error)
            return False
        return True

    def _exactly_nearest(self, vector: Floats, atlas: Atlas) -> tuple[Ids, Floats]:
        """The nearest chunks of the map, ids (k,) and cosines (k,), best first: worked out exactly from the
        catalogue's embeddings."""
        import numpy as np

        ids, vectors = self._catalog.embeddings.vectors(atlas.chunk_ids.tolist())
        if not len(ids):
            return ids, np.empty(0, np.float32)
        similarity = np.asarray(vectors @ vector, np.float32)
        best = np.argsort(-similarity, kind="stable")[:PLACING_NEIGHBOURS]
        return ids[best], similarity[best]

    def _request(self, dimensions: int) -> int:
        with self._catalog.write():
            current = self.job()
            if current is not None and not current.is_over:
                return current.id
            return self._catalog.jobs.enqueue("map", "Map", dimensions=dimensions)

    def _wait(self, job_id: int) -> None:
        asked = 0.0
        while (job := self._catalog.jobs.get(job_id)) is not None and not job.is_over:
            if time.monotonic() - asked > _WAKE_SECONDS:
                self._worker.wake()  # starts another one if it died
                asked = time.monotonic()
            time.sleep(_POLL_SECONDS)
        if job is None or job.state == "cancelled":
            raise Cancelled("The drawing of the map was cancelled.")
        if job.state == "failed":
            raise StorageError(job.error or "The map could not be drawn.")


def tidy_name(name: str) -> str:
    """A subject's name as it is kept. Raises ExplorerError for one without a letter or digit."""
    wanted = " ".join("".join(mark if mark.isprintable() else " " for mark in name).split())
    if not any(mark.isalnum() for mark in wanted):
        raise ExplorerError(f"{name!r} is no name for a subject: it needs a letter or a digit.")
    return wanted[:LONGEST_NAME].rstrip()


def _seen(layout: StoredLayout) -> StoredMap:
    is_current = not layout.placed and not len(layout.missing)
    return StoredMap(layout.atlas, is_current, layout.created_at, layout.placed)


def among(atlas: Atlas, neighbour_ids: Ids, similarity: Floats) -> tuple[float, ...] | None:
    """The place on a map that these chunks (k,) with their cosines (k,) point to; None when off the map."""
    import numpy as np

    from explorer.maps import projection

    order = np.argsort(atlas.chunk_ids)
    at = np.searchsorted(atlas.chunk_ids, neighbour_ids, sorter=order)
    known = at < len(order)
    rows = order[at[known]]
    known[known] = atlas.chunk_ids[rows] == neighbour_ids[known]
    rows = order[at[known]]
    if not len(rows):
        return None
    return tuple(float(number) for number in projection.place(atlas.xy[rows], similarity[known]))


def _empty(dimensions: int) -> Atlas:
    import numpy as np

    none = np.empty(0, np.int64)
    return Atlas(none, np.empty((0, dimensions), np.float32), none, ())
