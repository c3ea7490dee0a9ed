"""What retrieval keeps in memory of a catalogue: the embeddings it has read."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats, Rows
from explorer.errors import ModelError, StorageError

if TYPE_CHECKING:
    from explorer.catalog import Catalog

log = logging.getLogger(__name__)

CACHED_BYTES = 512 << 20
"""Embeddings that are kept at most: 350,000 of 384 numbers."""
_AT_ONCE = 2_000
_GATHERED = 8_000
"""So many embeddings are copied out at once where a few of many are compared: 12 MB."""
_PAUSE = 0.005


class EmbeddingCache:
    """Embeddings by chunk id, read once. An id is never used twice, so what was read stays right."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._reading = False
        self._forget()

    def of(self, ids: Rows) -> Floats:
        """(n, dimension) for ascending, distinct ids; zeros where a chunk is gone, (n, 0) when all are."""
        with self._lock:
            slots = self._ready(ids)
            there = slots >= 0
            vectors = np.zeros((len(ids), self._matrix.shape[1]), np.float32)
            vectors[there] = self._matrix[slots[there]]
            return vectors

    def cosines(self, ids: Rows, vector: Floats) -> Floats:
        """(n,): `compare` of ascending, distinct ids, 0 where a chunk is gone. However many there are, their
        embeddings are not copied, and no more of them are kept than `CACHED_BYTES`."""
        most = max(CACHED_BYTES // max(vector.nbytes, 1), 1)
        parts = [self._cosines(ids[at : at + most], vector) for at in range(0, len(ids), most)]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)

    def compare(self, vectors: Floats, vector: Floats) -> Floats:
        """(n,): how near each of `vectors` (n, dimension) is to `vector`.

        Raises:
            ModelError: another model has just gone live: the worker encodes for it, what is kept here is the
                old one's.
        """
        if vectors.shape[1] != len(vector):
            self.clear()
            raise ModelError("The embedding model has just been changed. Search again.")
        return np.asarray(vectors @ vector, np.float32)

    def read_ahead(self, ids: Rows) -> None:
        """Read what is missing of these on a thread, where all of them fit: a search reads a thousand, and
        one by one they take SQLite longer than everything else takes together."""
        with self._lock:
            if self._reading or len(ids) <= self._used or not self._fit(len(ids)):
                return
            self._reading = True
        threading.Thread(target=self._read_all, args=(ids,), name="embeddings", daemon=True).start()

    def clear(self) -> None:
        """Forget all: after another model went live, or to free memory."""
        with self._lock:
            self._forget()

    def _cosines(self, ids: Rows, vector: Floats) -> Floats:
        with self._lock:
            slots = self._ready(ids)
            kept = self._matrix[: self._used]  # rows once written stay as they are
        rows = np.flatnonzero(slots >= 0)
        found = np.zeros(len(ids), np.float32)
        if 2 * len(rows) >= len(kept):
            found[rows] = self.compare(kept, vector)[slots[rows]]
            return found
        for at in range(0, len(rows), _GATHERED):
            part = rows[at : at + _GATHERED]
            found[part] = self.compare(kept[slots[part]], vector)
        return found

    def _forget(self, width: int = 0) -> None:
        self._matrix: Floats = np.empty((0, width), np.float32)
        self._used = 0
        self._slots: Rows = np.empty(0, np.int64)
        """Where the embedding of the chunk with the id i is kept; -1 for those that are not."""

    def _fit(self, number: int) -> bool:
        return bool(0 < self._matrix.shape[1] * 4 * number <= CACHED_BYTES)

    def _read_all(self, ids: Rows) -> None:
        try:
            for start in range(0, len(ids), _AT_ONCE):
                with self._lock:
                    if not self._fit(len(ids)):
                        return  # another model has gone live
                    self._reserve(len(ids))
                    part = ids[start : start + _AT_ONCE]
                    missing = part[self._slots_of(part) < 0]
                    if len(missing):
                        self._read(missing, ids)
                time.sleep(_PAUSE)  # a search that waits goes first
        except StorageError as error:
            log.info("embeddings are read when they are needed: %s", error)
        finally:
            self._reading = False

    def _ready(self, ids: Rows) -> Rows:
        """Where each of these is kept, after what was missing has been read; -1 where a chunk is gone."""
        slots = self._slots_of(ids)
        if not (slots < 0).any():
            return slots
        self._read(ids[slots < 0], ids)
        return self._slots_of(ids)

    def _slots_of(self, ids: Rows) -> Rows:
        if len(ids) and ids[-1] >= len(self._slots):
            more = np.full(int(ids[-1]) + 1 - len(self._slots), -1, np.int64)
            self._slots = np.concatenate([self._slots, more])
        return self._slots[ids]

    def _read(self, missing: Rows, needed: Rows) -> None:
        """Keep these too. Where there is no room, only what is `needed` stays, however much that is."""
        for start in range(0, len(missing), _AT_ONCE):
            ids, vectors = self._catalog.embeddings.vectors(missing[start : start + _AT_ONCE])
            if len(ids) == 0:
                continue
            if self._matrix.shape[1] != vectors.shape[1]:
                self._forget(vectors.shape[1])
            if not self._fit(self._used + len(ids)):
                self._keep(needed)
            self._reserve(self._used + max(len(ids), len(missing) - start))
            self._add(ids, vectors)

    def _keep(self, needed: Rows) -> None:
        """Forget all but these."""
        slots = self._slots_of(needed)
        ids, slots = needed[slots >= 0], slots[slots >= 0]
        if len(ids) < self._used:
            kept = self._matrix[slots]
            self._forget(kept.shape[1])
            self._reserve(len(ids))
            self._add(ids, kept)

    def _add(self, ids: Rows, vectors: Floats) -> None:
        end = self._used + len(ids)
        self._slots_of(ids)
        self._matrix[self._used : end] = vectors
        self._slots[ids] = np.arange(self._used, end)
        self._used = end

    def _reserve(self, size: int) -> None:
        """Room for so many rows; the system gives memory only for those that are written."""
        if size > len(self._matrix):
            grown = np.empty((max(size, len(self._matrix) * 3 // 2), self._matrix.shape[1]), np.float32)
            grown[: self._used] = self._matrix[: self._used]
            self._matrix = grown
