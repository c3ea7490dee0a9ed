"""Vectors on a Qdrant server, by its REST interface."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import StorageError
from explorer.stores.served.requests import QUESTION_SECONDS, StoreRequests
from explorer.stores.server import StoreServer, parts, written

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PAGE = 5_000
_WIDE = 1_000
"""How many candidates its graph keeps while it looks (`hnsw_ef`), as many as with our Chroma."""


class QdrantServerStore:
    """One collection for each generation, whose points have the chunk's number as their id."""

    layout = 1

    def __init__(self, server: StoreServer) -> None:
        self._server = server
        self._requests: StoreRequests | None = None
        self._known: set[int] = set()

    def open(self, _folder: Path) -> None:
        self._requests = StoreRequests(self._server, {"api-key": ""})
        self._known = self.generations()

    def close(self) -> None:
        requests, self._requests = self._requests, None
        self._known = set()
        if requests is not None:
            requests.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        if generation not in self._known:
            size = {"vectors": {"size": vectors.shape[1], "distance": "Cosine"}}
            self._opened().ask("PUT", self._path(generation), size)
            self._known.add(generation)
        for some, their in parts(ids, vectors):
            body = {"batch": {"ids": some.tolist(), "vectors": written(their)}}
            self._opened().ask("PUT", f"{self._path(generation)}/points?wait=true", body)

    def remove(self, generation: int, first: int, last: int) -> None:
        if generation not in self._known:
            return
        there = self._from(generation, first, last)
        for start in range(0, len(there), _PAGE):
            body = {"points": there[start : start + _PAGE]}
            self._opened().ask("POST", f"{self._path(generation)}/points/delete?wait=true", body)

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        if generation not in self._known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        (query,) = written(np.asarray(vector, np.float32).reshape(1, -1))
        body = {"query": query, "limit": k, "params": {"hnsw_ef": max(_WIDE, k)}}
        path = f"{self._path(generation)}/points/query"
        found = self._opened().ask("POST", path, body, seconds=QUESTION_SECONDS)["result"]["points"]
        ids = np.array([point["id"] for point in found], np.int64)
        return ids, np.array([point["score"] for point in found], np.float32)

    def ids(self, generation: int) -> Ids:
        if generation not in self._known:
            return np.empty(0, np.int64)
        return np.array(self._from(generation, 0, None), np.int64)

    def count(self, generation: int) -> int:
        if generation not in self._known:
            return 0
        found = self._opened().ask("POST", f"{self._path(generation)}/points/count", {"exact": True})
        return int(found["result"]["count"])

    def generations(self) -> set[int]:
        found = self._opened().ask("GET", "/collections")["result"]["collections"]
        numbers = (self._server.generation(str(one["name"])) for one in found)
        return {number for number in numbers if number is not None}

    def drop(self, generation: int) -> None:
        self._known.discard(generation)
        self._opened().ask("DELETE", self._path(generation), may_lack=True)

    def _from(self, generation: int, first: int, last: int | None) -> list[int]:
        """The ids from `first` to `last`, or to the end, ascending: that is the order in which it scrolls."""
        found: list[int] = []
        offset: Any = first
        while offset is not None and (last is None or offset <= last):
            body = {"limit": _PAGE, "offset": offset, "with_payload": False, "with_vector": False}
            page = self._opened().ask("POST", f"{self._path(generation)}/points/scroll", body)["result"]
            found += [int(point["id"]) for point in page["points"]]
            offset = page["next_page_offset"]
        return [number for number in found if last is None or number <= last]

    def _path(self, generation: int) -> str:
        return f"/collections/{self._server.space}{generation}"

    def _opened(self) -> StoreRequests:
        if self._requests is None:
            raise StorageError("The vector index is not open.")
        return self._requests
