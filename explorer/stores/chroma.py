"""The vector index in Chroma: ids and vectors only, brought up to the catalogue's number of changes.

Exactly one process (the worker, which holds the library's lock) opens it. The catalogue is the truth: an
index that is missing, damaged, of another library, or that names an embedding function is thrown away and
filled again.

    chroma/sequence    {"layout", "library", "sequence"}: the last change applied, written after the vectors
    chroma/...         Chroma's own files, one collection `generation-<id>` for each generation
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import StorageError
from explorer.stores.foreign import refuse_foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

    from explorer.arrays import Ids, Vectors
    from explorer.catalog import Catalog
    from explorer.catalog.records import Change

log = logging.getLogger(__name__)

FOLDER = "chroma"
LAYOUT = 1
"""Counts up when collections are made differently; an index of another layout is filled again."""
HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 1000,
}
"""Measured on 20,000 × 384 clustered vectors, k = 400: recall .997 in 7 ms; Chroma's defaults (16/100/100)
give .90. Filling costs 1,350 vectors/s instead of 2,900."""
_BATCH = 250
"""Vectors a write: the lock is held for about .2 s, which is what a query may have to wait."""
_PAGE = 5_000
"""`get` fails with "too many SQL variables" somewhere above this (chromadb 1.5.9)."""
_RETRY_SECONDS = 20.0


class _Reopened(Exception):  # noqa: N818 - an event on the way, never shown
    """Another thread closed the index, or opened it anew, since this one began to fill it."""


class VectorIndex:
    """The index of one library. Safe to use from many threads of one process."""

    def __init__(self, library: Path, catalog: Catalog) -> None:
        self.folder = library / FOLDER
        self._catalog = catalog
        self._client: Client | None = None
        self._collections: dict[int, Collection] = {}
        self._sequence = -1
        self._is_checked = False
        self._failed_at = float("-inf")
        self._lock = threading.RLock()

    @property
    def sequence(self) -> int:
        """The last change of the catalogue that the index holds; -1 before it was opened."""
        return self._sequence

    def is_there(self) -> bool:
        """Whether its files are still where they were written."""
        return (self.folder / "sequence").exists()

    def follow(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Apply what changed in the catalogue since last time; returns the sequence reached.

        Opens the index if need be; fills it from the catalogue if it is missing or damaged. `stop` is asked
        between batches.

        Raises:
            StorageError: the index cannot be written, not even from the start.
        """
        try:
            while not self._followed(stop):
                pass
        except StorageError:
            raise
        except BaseException as error:
            # Chroma's Rust part panics with a class that derives from BaseException.
            if not _is_damage(error):
                raise
            log.warning("the vector index is damaged (%s): filling it again", type(error).__name__)
            self._refill(stop)
        return self._sequence

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Vectors]:
        """The k nearest chunks: ids (n,) int64 and cosines (n,) float32, best first, n ≤ k.

        Raises:
            StorageError: the index is not open, or failed; it is filled again by the next `follow`.
        """
        with self._lock:
            if self._client is None:
                raise StorageError("The vector index is not open yet.")
            try:
                collection = self._collection(generation)
                k = min(k, collection.count())
                if k == 0:
                    return np.empty(0, np.int64), np.empty(0, np.float32)
                found = collection.query(
                    query_embeddings=np.asarray(vector, np.float32).reshape(1, -1),
                    n_results=k,
                    include=["distances"],
                )
            except BaseException as error:
                if not _is_damage(error):
                    raise
                self._close()
                (self.folder / "sequence").unlink(missing_ok=True)
                raise StorageError("The vector index is damaged; it is being filled again.") from error
        ids = np.array(found["ids"][0], dtype=np.int64)
        distances = np.array((found["distances"] or [[]])[0], dtype=np.float32)
        return ids, (1.0 - distances).astype(np.float32)

    def ids(self, generation: int) -> Ids:
        """All ids of a generation's collection, ascending (n,) int64."""
        with self._lock:
            self._open()
            collection = self._collection(generation)
            found: list[str] = []
            for offset in range(0, collection.count(), _PAGE):
                found += collection.get(limit=_PAGE, offset=offset, include=[])["ids"]
        return np.sort(np.array(found, dtype=np.int64))

    def count(self, generation: int) -> int:
        """How many vectors a generation's collection holds."""
        with self._lock:
            self._open()
            return int(self._collection(generation).count())

    def rebuild(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Throw the index away and fill it from the catalogue; returns the sequence reached.

        A `follow` that is under way on another thread waits, and goes on from what this one reached.

        Raises:
            StorageError: it cannot be written.
        """
        with self._lock:
            try:
                self._throw_away()
                self._apply(self._open(), stop)
            except BaseException as error:
                if not _is_damage(error):
                    raise
                self._failed_at = time.monotonic()
                self._close()
                raise StorageError(
                    f"The vector index in {self.folder} cannot be written ({error}). Searching goes on "
                    "without it; make room on the disk or check that the folder can be written."
                ) from error
            return self._sequence

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._close()

    def _followed(self, stop: Callable[[], bool]) -> bool:
        """Bring it up to the catalogue; False where another thread opened it anew meanwhile: begin again."""
        try:
            client = self._open()
            self._apply(client, stop)
            self._check(client, stop)
        except _Reopened:
            return stop()
        return True

    def _refill(self, stop: Callable[[], bool]) -> None:
        """`rebuild` for those whom nobody told to: not again and again on a disk that is full."""
        if time.monotonic() - self._failed_at < _RETRY_SECONDS:
            raise StorageError("The vector index cannot be written at the moment.")
        self.rebuild(stop)

    @contextlib.contextmanager
    def _still(self, client: Client) -> Iterator[None]:
        """The lock, for one step of filling what was opened as `client`. Raises _Reopened."""
        with self._lock:
            if self._client is not client:
                raise _Reopened
            yield

    def _open(self) -> Client:
        with self._lock:
            stored = self._stored_sequence()
            if self._client is not None and stored is not None:
                return self._client
            # Someone deleted the folder under us, or there is none yet, or it is not ours.
            self._close()
            if stored is None or stored > self._catalog.changes.last() or not self._is_ours():
                self._throw_away()
            self.folder.mkdir(parents=True, exist_ok=True)
            self._client = _client(self.folder)
            if self._stored_sequence() is None:
                self._remember(0)
            self._sequence = self._stored_sequence() or 0
            self._is_checked = False
            return self._client

    def _is_ours(self) -> bool:
        try:
            refuse_foreign(self.folder / "chroma.sqlite3")
        except StorageError as error:
            log.warning("%s", error)
            return False
        return True

    def _apply(self, client: Client, stop: Callable[[], bool]) -> None:
        while changes := self._catalog.changes.after(self._sequence, 100):
            # Asked after the changes: a generation that they speak of and that is missing now is gone.
            generations = {generation.id for generation in self._catalog.generations.all()}
            for change in changes:
                if stop():
                    return
                if change.action == "live":
                    self._is_checked = False  # collections of the generation before are dropped there
                elif change.generation_id in generations:
                    self._take(client, change)
                with self._still(client):
                    self._remember(change.sequence)

    def _take(self, client: Client, change: Change) -> None:
        removes = change.action == "remove"
        size = _PAGE if removes else _BATCH
        for first in range(change.first_chunk, change.last_chunk + 1, size):
            last = min(change.last_chunk, first + size - 1)
            if removes:
                with self._still(client):
                    self._remove(change.generation_id, first, last)
                continue
            # One short read of the catalogue for each batch: a long one would keep a removal from its log.
            for ids, vectors in list(self._catalog.embeddings.of_range(first, last, size)):
                with self._still(client):
                    self._add(change.generation_id, ids, vectors)

    def _add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        self._collection(generation).upsert(ids=[str(number) for number in ids], embeddings=vectors)

    def _remove(self, generation: int, first: int, last: int) -> None:
        collection = self._collection(generation)
        names = [str(number) for number in range(first, last + 1)]
        there: list[str] = collection.get(ids=names, include=[])["ids"]
        if there:
            collection.delete(ids=there)

    def _check(self, client: Client, stop: Callable[[], bool]) -> None:
        """Once after opening: collections of generations that are gone go, and counts must agree."""
        if self._is_checked or stop():
            return
        with self._still(client):
            generations = {generation.id for generation in self._catalog.generations.all()}
            wanted = {_name(generation) for generation in generations}
            for collection in client.list_collections():
                if collection.name not in wanted:
                    client.delete_collection(collection.name)
            self._collections = {key: one for key, one in self._collections.items() if key in generations}
            for generation in generations:
                expected = self._catalog.embeddings.count_of_generation(generation)
                if self._catalog.changes.last() != self._sequence:
                    return  # the catalogue moved on while we counted: check next time
                if self._collection(generation).count() != expected:
                    log.warning("the vector index lost some entries: filling it again")
                    self._refill(stop)
                    break
            self._is_checked = True

    def _collection(self, generation: int) -> Collection:
        found = self._collections.get(generation)
        if found is not None:
            return found
        if self._client is None:
            raise StorageError("The vector index is not open.")
        found = self._client.get_or_create_collection(
            _name(generation), configuration={"hnsw": HNSW}, embedding_function=None
        )
        self._collections[generation] = found
        return found

    def _stored_sequence(self) -> int | None:
        try:
            stored = json.loads((self.folder / "sequence").read_text(encoding="utf-8"))
            is_ours = (stored["layout"], stored["library"]) == (LAYOUT, self._catalog.library_id)
            return int(stored["sequence"]) if is_ours else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, sequence: int) -> None:
        stored = {"layout": LAYOUT, "library": self._catalog.library_id, "sequence": sequence}
        partial = self.folder / "sequence.partial"
        with partial.open("w", encoding="utf-8") as file:
            json.dump(stored, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / "sequence")
        self._sequence = sequence

    def _throw_away(self) -> None:
        self._close()
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _close(self) -> None:
        client, self._client = self._client, None
        self._collections = {}
        self._sequence = -1
        if client is not None:
            client.close()


def _name(generation: int) -> str:
    return f"generation-{generation}"


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder))
    client: Any = chromadb.PersistentClient(path=str(folder), settings=settings)
    return client  # type: ignore[no-any-return]


def _is_damage(error: BaseException) -> bool:
    return not isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, StorageError))
