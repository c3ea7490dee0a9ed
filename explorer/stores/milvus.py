"""Vectors in Milvus Lite: a library in this process, its files in the folder, which it locks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import extras
from explorer.errors import SettingError, StorageError

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PREFIX = "generation_"
_MOST = 16_384
"""Milvus gives at most this many rows a question."""
_PAGE = 10_000
_FRESH = 500
"""What was added since the last flush is compared slowly: 130 ms a question for 3,000 vectors, 13 ms once
flushed. So with this many the next question flushes first, about .2 s."""


class MilvusStore:
    """One collection `generation_<id>` for each generation, compared one by one (FLAT): exact."""

    layout = 1

    def __init__(self) -> None:
        extras.require("milvus", SettingError)
        self._pymilvus: Any = importlib.import_module("pymilvus")
        self._client: Any = None
        self._known: set[int] = set()
        self._fresh: dict[int, int] = {}
        """How many vectors of a generation were added since it was last flushed."""

    def open(self, folder: Path) -> None:
        self._client = self._pymilvus.MilvusClient(str(folder / "vectors.db"))
        self._known = self.generations()
        for generation in self._known:
            self._client.load_collection(_name(generation))

    def close(self) -> None:
        client, self._client = self._client, None
        self._known, self._fresh = set(), {}
        if client is not None:
            client.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        self._begin(generation, vectors.shape[1])
        rows = [
            {"id": int(number), "vector": vector}
            for number, vector in zip(ids, np.asarray(vectors, np.float32), strict=True)
        ]
        self._opened().upsert(_name(generation), rows)
        self._fresh[generation] = self._fresh.get(generation, 0) + len(rows)

    def remove(self, generation: int, first: int, last: int) -> None:
        if generation in self._known:
            self._opened().delete(_name(generation), filter=f"id >= {first} and id <= {last}")

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        if generation not in self._known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if self._fresh.get(generation, 0) >= _FRESH:
            self._opened().flush(_name(generation))
            self._fresh[generation] = 0
        query = [np.asarray(vector, np.float32).tolist()]
        (found,) = self._opened().search(
            _name(generation), data=query, limit=min(k, _MOST), output_fields=["id"]
        )
        ids = np.array([row["id"] for row in found], np.int64)
        return ids, np.array([row["distance"] for row in found], np.float32)

    def ids(self, generation: int) -> Ids:
        found: list[int] = []
        last = -1
        while generation in self._known:
            rows = self._opened().query(
                _name(generation), filter=f"id > {last}", output_fields=["id"], limit=_PAGE
            )
            if not rows:
                break
            found += [row["id"] for row in rows]
            last = max(found)
        return np.sort(np.array(found, np.int64))

    def count(self, generation: int) -> int:
        if generation not in self._known:
            return 0
        (row,) = self._opened().query(_name(generation), output_fields=["count(*)"])
        return int(row["count(*)"])

    def generations(self) -> set[int]:
        names = [name.removeprefix(_PREFIX) for name in self._opened().list_collections()]
        return {int(name) for name in names if name.isdecimal()}

    def drop(self, generation: int) -> None:
        if generation in self._known:
            self._opened().drop_collection(_name(generation))
            self._known.discard(generation)
            self._fresh.pop(generation, None)

    def _begin(self, generation: int, dimension: int) -> None:
        if generation in self._known:
            return
        client, kinds = self._opened(), self._pymilvus.DataType
        schema = client.create_schema(auto_id=False)
        schema.add_field("id", kinds.INT64, is_primary=True)
        schema.add_field("vector", kinds.FLOAT_VECTOR, dim=dimension)
        index = client.prepare_index_params()
        index.add_index("vector", index_type="FLAT", metric_type="COSINE")
        client.create_collection(_name(generation), schema=schema, index_params=index)
        self._known.add(generation)

    def _opened(self) -> Any:
        if self._client is None:
            raise StorageError("The vector index is not open.")
        return self._client


def _name(generation: int) -> str:
    return f"{_PREFIX}{generation}"
