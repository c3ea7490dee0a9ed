"""Rows of one matrix, kept by chunk id: where in memory each embedding stands that was read."""

from __future__ import annotations

import numpy as np

from explorer.arrays import Floats, Rows


class KeptRows:
    """Embeddings of one length, found by the id of their chunk. Not for several threads at once.

    `slots` is an array with, for each id from 0 up, the place of its embedding in the matrix: a look-up of
    200,000 ids is one indexing. It takes 8 bytes for each id that was ever given, used or not.
    """

    def __init__(self, width: int = 0) -> None:
        self._matrix: Floats = np.empty((0, width), np.float32)
        self._used = 0
        self._slots: Rows = np.empty(0, np.int64)

    def __len__(self) -> int:
        return self._used

    @property
    def width(self) -> int:
        """How many numbers an embedding has; 0 before the first was read."""
        return int(self._matrix.shape[1])

    def matrix(self) -> Floats:
        """(len, width): all that is kept, not copied. Its rows stay as they are, also when more are added."""
        return self._matrix[: self._used]

    def slots(self, ids: Rows) -> Rows:
        """(n,): where in the matrix the embeddings of these ascending ids are, -1 where one is not kept."""
        if len(ids) and ids[-1] >= len(self._slots):
            more = np.full(int(ids[-1]) + 1 - len(self._slots), -1, np.int64)
            self._slots = np.concatenate([self._slots, more])
        return self._slots[ids]

    def add(self, ids: Rows, vectors: Floats) -> None:
        """Keep the embeddings (n, width) of these ascending ids, none of which is kept yet."""
        end = self._used + len(ids)
        self.reserve(end)
        self._matrix[self._used : end] = vectors
        self._note(ids)

    def only(self, ids: Rows) -> KeptRows:
        """The embeddings of these ascending ids, as far as they are kept, without the others; itself where
        there are no others."""
        slots = self.slots(ids)
        is_kept = slots >= 0
        if is_kept.sum() == self._used:
            return self
        fewer = KeptRows(self.width)
        fewer._matrix = self._matrix[slots[is_kept]]
        fewer._note(ids[is_kept])
        return fewer

    def reserve(self, size: int) -> None:
        """Make room for `size` embeddings in all; the system gives memory only for those that are written."""
        if size > len(self._matrix):
            grown = np.empty((max(size, len(self._matrix) * 3 // 2), self.width), np.float32)
            grown[: self._used] = self.matrix()
            self._matrix = grown

    def _note(self, ids: Rows) -> None:
        """Note that the next rows of the matrix belong to these ids."""
        end = self._used + len(ids)
        self.slots(ids)  # makes room for them
        self._slots[ids] = np.arange(self._used, end)
        self._used = end
