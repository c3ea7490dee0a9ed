"""Vectors in Chroma: ids and vectors only, one collection `generation-<id>` for each generation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import StorageError
from explorer.stores.foreign import refuse_foreign

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

    from explorer.arrays import Floats, Ids, Vectors

HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 1000,
}
"""Measured on 20,000 × 384 clustered vectors, k = 400: recall .997 in 7 ms; Chroma's defaults (16/100/100)
give .90. Filling costs 1,350 vectors/s instead of 2,900."""
_PAGE = 5_000
"""`get` fails with "too many SQL variables" somewhere above this number of ids (chromadb 1.5.9)."""
_PREFIX = "generation-"


class ChromaStore:
    """Chroma's own files in the folder. A folder that names an embedding function is not opened.

    A collection that is no generation's is passed over.
    """

    layout = 1

    def __init__(self) -> None:
        self._client: Client | None = None
        self._collections: dict[int, Collection] = {}

    def open(self, folder: Path) -> None:
        refuse_foreign(folder / "chroma.sqlite3")
        self._client = _client(folder)

    def close(self) -> None:
        client, self._client = self._client, None
        self._collections = {}
        if client is not None:
            client.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        self._collection(generation).upsert(ids=[str(number) for number in ids], embeddings=vectors)

    def remove(self, generation: int, first: int, last: int) -> None:
        collection = self._collection(generation)
        for start in range(first, last + 1, _PAGE):
            names = [str(number) for number in range(start, min(last + 1, start + _PAGE))]
            there: list[str] = collection.get(ids=names, include=[])["ids"]
            if there:
                collection.delete(ids=there)

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        collection = self._collection(generation)
        k = min(k, collection.count())
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        found = collection.query(
            query_embeddings=np.asarray(vector, np.float32).reshape(1, -1),
            n_results=k,
            include=["distances"],
        )
        ids = np.array(found["ids"][0], dtype=np.int64)
        distances = np.array((found["distances"] or [[]])[0], dtype=np.float32)
        return ids, (1.0 - distances).astype(np.float32)

    def ids(self, generation: int) -> Ids:
        collection = self._collection(generation)
        found: list[str] = []
        for offset in range(0, collection.count(), _PAGE):
            found += collection.get(limit=_PAGE, offset=offset, include=[])["ids"]
        return np.sort(np.array(found, dtype=np.int64))

    def count(self, generation: int) -> int:
        return int(self._collection(generation).count())

    def generations(self) -> set[int]:
        names = [collection.name for collection in self._opened().list_collections()]
        ours = [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]
        return {int(number) for number in ours if number.isdecimal()}

    def drop(self, generation: int) -> None:
        if generation in self.generations():
            self._opened().delete_collection(f"{_PREFIX}{generation}")
        self._collections.pop(generation, None)

    def _collection(self, generation: int) -> Collection:
        found = self._collections.get(generation)
        if found is None:
            found = self._opened().get_or_create_collection(
                f"{_PREFIX}{generation}", configuration={"hnsw": HNSW}, embedding_function=None
            )
            self._collections[generation] = found
        return found

    def _opened(self) -> Client:
        if self._client is None:
            raise StorageError("The vector index is not open.")
        return self._client


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder))
    client: Any = chromadb.PersistentClient(path=str(folder), settings=settings)
    return client  # type: ignore[no-any-return]
