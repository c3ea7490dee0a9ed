"""A store as a newcomer would write it: one NumPy file for each generation, compared as a whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.arrays import Floats, Ids, Vectors


class NumpyFileStore:
    """For libraries that fit in memory: each batch writes the whole file again."""

    layout = 1

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._kept: dict[int, tuple[Ids, Vectors]] = {}

    def open(self, folder: Path) -> None:
        self._folder = folder
        for path in folder.glob("*.npz"):
            with np.load(path) as file:
                self._kept[int(path.stem)] = file["ids"], file["vectors"]

    def close(self) -> None:
        self._folder = None
        self._kept = {}

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        old_ids, old = self._of(generation)
        stay = ~np.isin(old_ids, ids)
        self._keep(
            generation,
            np.concatenate([old_ids[stay], ids]),
            np.concatenate([old.reshape(-1, vectors.shape[1])[stay], vectors]),
        )

    def remove(self, generation: int, first: int, last: int) -> None:
        ids, vectors = self._of(generation)
        stay = (ids < first) | (ids > last)
        if not stay.all():
            self._keep(generation, ids[stay], vectors[stay])

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        ids, vectors = self._of(generation)
        if not len(ids):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        cosines = (vectors @ vector).astype(np.float32)
        best = np.argsort(-cosines, kind="stable")[:k]
        return ids[best], cosines[best]

    def ids(self, generation: int) -> Ids:
        return np.sort(self._of(generation)[0])

    def count(self, generation: int) -> int:
        return len(self._of(generation)[0])

    def generations(self) -> set[int]:
        return set(self._kept)

    def drop(self, generation: int) -> None:
        self._kept.pop(generation, None)
        self._path(generation).unlink(missing_ok=True)

    def _of(self, generation: int) -> tuple[Ids, Vectors]:
        nothing = np.empty(0, np.int64), np.empty((0, 0), np.float32)
        return self._kept.get(generation, nothing)

    def _keep(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        path = self._path(generation)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, ids=ids, vectors=vectors)
        partial.replace(path)
        self._kept[generation] = ids, vectors

    def _path(self, generation: int) -> Path:
        assert self._folder is not None, "the store is not open"
        return self._folder / f"{generation}.npz"
