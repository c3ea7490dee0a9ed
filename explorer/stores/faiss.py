"""Vectors compared one by one by FAISS (Douze et al., 2024, arXiv:2401.08281): exact, in memory.

FAISS keeps no file that survives a crash half written, so ours is a `VectorLog` for each generation, from
which its index is made when the generation is first asked for.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import extras
from explorer.errors import SettingError, StorageError
from explorer.stores.vector_log import AddedVectors, VectorLog

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PREFIX = "generation-"
_ROOM = 2
"""A file whose records hold this many times the vectors that are left is written anew when it is opened."""


class FaissStore:
    """A flat index by inner product for each generation: of vectors of length 1, that is the cosine.

    Flat, since its other indexes lose what a scope asks for: HNSW with a selection of ids found 44 % of the
    neighbours, and cannot remove (measured on 20,000 × 384 vectors). One thread at a time adds or asks, as
    the index sees to: an addition beside a search in another thread ends the process.
    """

    layout = 1

    def __init__(self) -> None:
        extras.require("faiss", SettingError)
        self._faiss: Any = importlib.import_module("faiss")
        # Its threads spin while they wait for each other: beside other work on two processors a question took
        # 34 ms with two (117 at worst) and 2.4 ms with one.
        self._faiss.omp_set_num_threads(1)
        self._folder: Path | None = None
        self._made: dict[int, Any] = {}

    def open(self, folder: Path) -> None:
        self._folder = folder
        for path in folder.glob("*.partial"):
            path.unlink()

    def close(self) -> None:
        self._folder = None
        self._made = {}

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        self._index(generation)  # what the file holds already, before it grows
        self._log(generation).added(ids, vectors)
        self._put(generation, ids, vectors)

    def remove(self, generation: int, first: int, last: int) -> None:
        index = self._index(generation)
        if index is None or not index.ntotal:
            return
        self._log(generation).removed(first, last)
        self._take_out(index, first, last)

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        index = self._index(generation)
        if index is None or not index.ntotal:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        cosines, ids = index.search(query, min(k, index.ntotal))
        return ids[0].astype(np.int64), cosines[0].astype(np.float32)

    def ids(self, generation: int) -> Ids:
        index = self._index(generation)
        return np.empty(0, np.int64) if index is None else np.sort(self._faiss.vector_to_array(index.id_map))

    def count(self, generation: int) -> int:
        index = self._index(generation)
        return 0 if index is None else int(index.ntotal)

    def generations(self) -> set[int]:
        names = [path.stem.removeprefix(_PREFIX) for path in self._opened().glob(f"{_PREFIX}*.vectors")]
        return {int(name) for name in names if name.isdecimal()}

    def drop(self, generation: int) -> None:
        self._made.pop(generation, None)
        self._log(generation).path.unlink(missing_ok=True)

    def _index(self, generation: int) -> Any:
        """The generation's index, made from its file if need be; None where nothing was ever added."""
        if generation not in self._made:
            log = self._log(generation)
            written = 0
            for record in log.records():
                if isinstance(record, AddedVectors):
                    written += len(record.ids)
                    self._put(generation, record.ids, _of_length_one(record.vectors))
                elif generation in self._made:
                    self._take_out(self._made[generation], record.first, record.last)
            made = self._made.get(generation)
            if made is not None and written > _ROOM * made.ntotal:
                log.rewrite(
                    self._faiss.vector_to_array(made.id_map), made.index.reconstruct_n(0, made.ntotal)
                )
        return self._made.get(generation)

    def _put(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        index = self._made.get(generation)
        if index is None:
            index = self._faiss.IndexIDMap(self._faiss.IndexFlatIP(vectors.shape[1]))
            self._made[generation] = index
        elif index.ntotal:
            index.remove_ids(self._faiss.IDSelectorBatch(np.ascontiguousarray(ids, np.int64)))
        index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64))

    def _take_out(self, index: Any, first: int, last: int) -> None:
        index.remove_ids(self._faiss.IDSelectorRange(first, last + 1))

    def _log(self, generation: int) -> VectorLog:
        return VectorLog(self._opened() / f"{_PREFIX}{generation}.vectors")

    def _opened(self) -> Path:
        if self._folder is None:
            raise StorageError("The vector index is not open.")
        return self._folder


def _of_length_one(vectors: Vectors) -> Vectors:
    """Half the bytes have changed their lengths a little; a vector of zeros stays one."""
    found: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return found
