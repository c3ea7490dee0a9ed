"""What retrieval keeps in memory of a catalogue: the embeddings it has read."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats, Rows
from explorer.errors import ModelError, StorageError
from explorer.search.kept_rows import KeptRows

if TYPE_CHECKING:
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

CACHED_BYTES = 512 << 20
"""At most this much of embeddings is kept: 350,000 of 384 numbers."""
_AT_ONCE = 2_000
"""Embeddings that are asked of the catalogue in one query."""
_GATHERED = 8_000
"""Embeddings that are copied out at once where a few of many are compared: 12 MB."""
_PAUSE = 0.005
"""Seconds between two queries of a thread that reads ahead: a search that waits goes first."""


class EmbeddingCache:
    """Embeddings by chunk id, read once. An id is never used twice, so what was read stays right.

    Safe to share between threads: whoever holds the lock may read from the catalogue and move what is kept.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._kept = KeptRows()
        self._is_reading_ahead = False

    # ---- what searches ask

    def of(self, ids: Rows) -> Floats:
        """(n, dimension) for ascending, distinct ids; zeros where a chunk is gone, (n, 0) when all are."""
        with self._lock:
            slots = self._ready(ids)
            is_there = slots >= 0
            vectors = np.zeros((len(ids), self._kept.width), np.float32)
            vectors[is_there] = self._kept.matrix()[slots[is_there]]
            return vectors

    def cosines(self, ids: Rows, vector: Floats) -> Floats:
        """(n,): how near the embeddings of ascending, distinct ids are to `vector`; 0 where a chunk is gone.

        However many there are, their embeddings are not copied, and no more than `CACHED_BYTES` of them are
        kept. Raises ModelError like `compare`.
        """
        most = max(CACHED_BYTES // max(vector.nbytes, 1), 1)
        parts = [self._cosines(ids[at : at + most], vector) for at in range(0, len(ids), most)]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)

    def compare(self, vectors: Floats, vector: Floats) -> Floats:
        """(n,): how near each of `vectors` (n, dimension) is to `vector`.

        Raises:
            ModelError: another model has just gone live: the worker encodes with it, while what is kept here
                is the old one's.
        """
        if vectors.shape[1] != len(vector):
            self.clear()
            raise ModelError("The embedding model has just been changed. Search again.")
        return np.asarray(vectors @ vector, np.float32)

    def read_ahead(self, ids: Rows) -> None:
        """Read what is missing of these on a thread, where all of them fit: a search reads a thousand, and
        one by one they take SQLite longer than everything else takes together."""
        with self._lock:
            if self._is_reading_ahead or len(ids) <= len(self._kept) or not self._fits(len(ids)):
                return
            self._is_reading_ahead = True
        threading.Thread(target=self._read_all, args=(ids,), name="embeddings", daemon=True).start()

    def clear(self) -> None:
        """Forget all: after another model went live, or to free memory."""
        with self._lock:
            self._kept = KeptRows()

    def _cosines(self, ids: Rows, vector: Floats) -> Floats:
        with self._lock:
            slots = self._ready(ids)
            kept = self._kept.matrix()  # its rows stay as they are: they are compared without the lock
        there = np.flatnonzero(slots >= 0)
        found = np.zeros(len(ids), np.float32)
        if 2 * len(there) >= len(kept):  # to multiply all takes less time than to gather half
            found[there] = self.compare(kept, vector)[slots[there]]
            return found
        for at in range(0, len(there), _GATHERED):
            part = there[at : at + _GATHERED]
            found[part] = self.compare(kept[slots[part]], vector)
        return found

    # ---- reading what is missing; all but `_read_all` with the lock held

    def _ready(self, ids: Rows) -> Rows:
        """(n,): where each of these is kept, after what was missing was read; -1 where a chunk is gone."""
        slots = self._kept.slots(ids)
        if not (slots < 0).any():
            return slots
        self._read(ids[slots < 0], needed=ids)
        return self._kept.slots(ids)

    def _read(self, missing: Rows, needed: Rows) -> None:
        """Keep these too. Where there is no room, only what is `needed` stays, however much that is."""
        for start in range(0, len(missing), _AT_ONCE):
            ids, vectors = self._catalog.embeddings.vectors(missing[start : start + _AT_ONCE])
            if len(ids) == 0:
                continue
            if self._kept.width != vectors.shape[1]:
                self._kept = KeptRows(vectors.shape[1])  # the first ones, or another model went live
            if not self._fits(len(self._kept) + len(ids)):
                self._kept = self._kept.only(needed)
            self._kept.reserve(len(self._kept) + max(len(ids), len(missing) - start))
            self._kept.add(ids, vectors)

    def _fits(self, number: int) -> bool:
        """Whether `number` embeddings may be kept of the length that they have; False before the first was
        read."""
        return 0 < self._kept.width * 4 * number <= CACHED_BYTES

    def _read_all(self, ids: Rows) -> None:
        """The thread of `read_ahead`."""
        try:
            for start in range(0, len(ids), _AT_ONCE):
                with self._lock:
                    if not self._fits(len(ids)):
                        return  # another model has gone live
                    self._kept.reserve(len(ids))
                    part = ids[start : start + _AT_ONCE]
                    missing = part[self._kept.slots(part) < 0]
                    if len(missing):
                        self._read(missing, needed=ids)
                time.sleep(_PAUSE)
        except StorageError as error:
            log.info("embeddings are read when they are needed: %s", error)
        finally:
            self._is_reading_ahead = False
