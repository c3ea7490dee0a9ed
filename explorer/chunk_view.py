"""What retrieval keeps in memory of a catalogue: where chunks stand, and the embeddings it has read."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.errors import StorageError

if TYPE_CHECKING:
    from explorer.catalog import Catalog
    from explorer.catalog.records import ChunkTable

log = logging.getLogger(__name__)

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]

CACHED_BYTES = 512 << 20
"""Embeddings that are kept at most: 350,000 of 384 numbers."""
_AT_ONCE = 2_000
_PAUSE = 0.005


@dataclass(frozen=True)
class View:
    """All chunks at one moment; a "row" is a position in `ids`."""

    sequence: int
    table: ChunkTable

    @property
    def ids(self) -> Rows:
        return self.table.ids

    @cached_property
    def joined(self) -> NDArray[np.bool_]:
        """(n - 1,): whether row i + 1 goes on where row i ends, in the same document."""
        documents = self.table.document_index
        return np.asarray((documents[1:] == documents[:-1]) & (np.diff(self.ids) == 1))

    @cached_property
    def page_keys(self) -> Rows:
        """(n,): a number for each page of each document; -1 in documents that have only one."""
        documents = self.table.document_index.astype(np.int64)
        pages = np.ones(len(self.table.documents), np.int64)
        np.maximum.at(pages, documents, self.table.end_pages)
        return np.where(pages[documents] > 1, (documents << 32) + self.table.pages, -1)

    def rows_of(self, ids: Rows | None) -> Rows:
        """The rows of these chunks, ascending; unknown ones are left out. None means all."""
        return np.arange(len(self.ids)) if ids is None else np.unique(self.positions(ids)[0])

    def positions(self, ids: Rows) -> tuple[Rows, Rows]:
        """(rows, at): row `rows[i]` is the chunk `ids[at[i]]`; ids in any order, unknown ones left out."""
        if len(self.ids) == 0 or len(ids) == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        rows = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        at = np.flatnonzero(self.ids[rows] == ids)
        return rows[at], at

    def neighbours(self, rows: Rows) -> tuple[Rows, Rows]:
        """For each row the one before and the one after it in its document, -1 where there is none."""
        starts = np.concatenate([[False], self.joined])
        ends = np.concatenate([self.joined, [False]])
        return np.where(starts[rows], rows - 1, -1), np.where(ends[rows], rows + 1, -1)


class Vectors:
    """Embeddings by chunk id, read once. An id is never used twice, so what was read stays right."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._reading = False
        self._forget()

    def of(self, ids: Rows) -> Floats:
        """(n, dimension) for ascending, distinct ids; zeros where a chunk is gone, (n, 0) when all are."""
        with self._lock:
            missing = ids[~self._has(ids)]
            if len(missing):
                self._read(missing)
            found = self._has(ids)
            vectors = np.zeros((len(ids), self._matrix.shape[1]), np.float32)
            vectors[found] = self._matrix[self._slots[np.searchsorted(self._ids, ids[found])]]
            return vectors

    def read_ahead(self, ids: Rows) -> None:
        """Read what is missing of these on a thread, where all of them fit: a search reads a thousand, and
        one by one they take SQLite longer than everything else takes together."""
        with self._lock:
            if self._reading or len(ids) <= len(self._ids) or not self._fit(ids):
                return
            self._reading = True
        threading.Thread(target=self._read_all, args=(ids,), name="embeddings", daemon=True).start()

    def clear(self) -> None:
        """Forget all: after another model went live, or to free memory."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._ids: Rows = np.empty(0, np.int64)
        self._slots: Rows = np.empty(0, np.int64)
        self._matrix: Floats = np.empty((0, 0), np.float32)

    def _fit(self, ids: Rows) -> bool:
        return bool(0 < self._matrix.shape[1] * 4 * len(ids) <= CACHED_BYTES)

    def _read_all(self, ids: Rows) -> None:
        try:
            for start in range(0, len(ids), _AT_ONCE):
                with self._lock:
                    if not self._fit(ids):
                        return  # another model has gone live
                    self._reserve(len(ids))
                    part = ids[start : start + _AT_ONCE]
                    missing = part[~self._has(part)]
                    if len(missing):
                        self._read(missing)
                time.sleep(_PAUSE)  # a search that waits goes first
        except StorageError as error:
            log.info("embeddings are read when they are needed: %s", error)
        finally:
            self._reading = False

    def _reserve(self, size: int) -> None:
        """Room for so many rows; the system gives memory only for those that are written."""
        if size > len(self._matrix):
            grown = np.empty((size, self._matrix.shape[1]), np.float32)
            grown[: len(self._ids)] = self._matrix[: len(self._ids)]
            self._matrix = grown

    def _has(self, ids: Rows) -> NDArray[np.bool_]:
        if len(self._ids) == 0:
            return np.zeros(len(ids), bool)
        at = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.asarray(self._ids[at] == ids)

    def _read(self, missing: Rows) -> None:
        ids, vectors = self._catalog.embeddings.vectors(missing)
        if len(ids) == 0:
            return
        used, width = len(self._ids), vectors.shape[1]
        if self._matrix.shape[1] != width or (used + len(ids)) * width * 4 > CACHED_BYTES:
            self._forget()
            self._matrix, used = np.empty((0, width), np.float32), 0
        if used + len(ids) > len(self._matrix):
            self._reserve(max(used + len(ids), len(self._matrix) * 3 // 2))
        self._matrix[used : used + len(ids)] = vectors
        places = np.searchsorted(self._ids, ids)
        self._ids = np.insert(self._ids, places, ids)
        self._slots = np.insert(self._slots, places, np.arange(used, used + len(ids)))
