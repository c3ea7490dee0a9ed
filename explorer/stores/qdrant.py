"""Vectors in Qdrant: in this process, with files in the folder."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import extras
from explorer.errors import SettingError, StorageError
from explorer.stores.pickled_points import refuse_foreign_points

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PREFIX = "generation-"
_PAGE = 5_000


class QdrantStore:
    """One collection `generation-<id>` for each generation: exact.

    Without a server Qdrant compares in NumPy and writes each point as a pickle in SQLite; it says itself that
    it is meant for up to 20,000 points. A pickle can be a program, so the points are looked at before Qdrant
    may load them (`pickled_points`).
    """

    layout = 1

    def __init__(self) -> None:
        extras.require("qdrant", SettingError)
        self._package: Any = importlib.import_module("qdrant_client")
        self._client: Any = None

    def open(self, folder: Path) -> None:
        refuse_foreign_points(folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of its size, which docs/stores.md tells
            self._client = self._package.QdrantClient(path=str(folder))

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        models, client, name = self._package.models, self._opened(), _name(generation)
        if not client.collection_exists(name):
            size = models.VectorParams(size=vectors.shape[1], distance=models.Distance.COSINE)
            client.create_collection(name, vectors_config=size)
        batch = models.Batch(ids=ids.tolist(), vectors=np.asarray(vectors, np.float32).tolist())
        client.upsert(name, points=batch, wait=True)

    def remove(self, generation: int, first: int, last: int) -> None:
        known = self.ids(generation)
        gone = known[(known >= first) & (known <= last)].tolist()
        for start in range(0, len(gone), _PAGE):
            points = self._package.models.PointIdsList(points=gone[start : start + _PAGE])
            self._opened().delete(_name(generation), points_selector=points, wait=True)

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        k = min(k, self.count(generation))
        if not k:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = np.asarray(vector, np.float32).tolist()
        found = self._opened().query_points(_name(generation), query=query, limit=k).points
        ids = np.array([point.id for point in found], np.int64)
        return ids, np.array([point.score for point in found], np.float32)

    def ids(self, generation: int) -> Ids:
        found: list[int] = []
        offset: Any = None
        while self._opened().collection_exists(_name(generation)):
            points, offset = self._opened().scroll(
                _name(generation), limit=_PAGE, offset=offset, with_payload=False, with_vectors=False
            )
            found += [point.id for point in points]
            if offset is None:
                break
        return np.sort(np.array(found, np.int64))

    def count(self, generation: int) -> int:
        if not self._opened().collection_exists(_name(generation)):
            return 0
        return int(self._opened().count(_name(generation), exact=True).count)

    def generations(self) -> set[int]:
        names = [one.name for one in self._opened().get_collections().collections]
        ours = [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]
        return {int(number) for number in ours if number.isdecimal()}

    def drop(self, generation: int) -> None:
        if self._opened().collection_exists(_name(generation)):
            self._opened().delete_collection(_name(generation))

    def _opened(self) -> Any:
        if self._client is None:
            raise StorageError("The vector index is not open.")
        return self._client


def _name(generation: int) -> str:
    return f"{_PREFIX}{generation}"
