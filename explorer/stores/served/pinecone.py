"""Vectors in an index of Pinecone, by its own client, at the address of that index (its host).

A person makes the index, with the metric cosine and the length of the model's vectors: an index has one
length, so a model with another one needs another index.
"""

from __future__ import annotations

import contextlib
import importlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import addresses, extras
from explorer.errors import SettingError, StorageError, StoreAway
from explorer.stores.served.requests import QUESTION_SECONDS, WRITE_SECONDS
from explorer.stores.server import StoreServer, parts, written

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_MOST = 10_000
"""Pinecone gives at most this many matches a question."""
_DELETED = 1_000
_LISTED = 100
SETTLE_SECONDS = 1.0
"""Pinecone counts what was just written a moment later: a count is believed once two this far apart agree."""
_SETTLE_TRIES = 20
_OCTETS_A_NUMBER = 11
"""About what a number of a vector takes in a request: its client does not tell what it sends."""


class PineconeStore:
    """One namespace for each generation."""

    layout = 1

    def __init__(self, server: StoreServer) -> None:
        extras.require("pinecone", SettingError)
        self._package: Any = importlib.import_module("pinecone")
        self._server = server
        self._key = ""
        self._index: Any = None
        self._written: set[int] = set()
        """Generations that were written to since they were last counted."""

    def open(self, _folder: Path) -> None:
        self._key = self._server.key()
        self._index = self._package.Index(
            host=self._server.address, api_key=self._key or "none", timeout=WRITE_SECONDS
        )
        self.generations()  # whether it is there, and takes the key

    def close(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            index.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        for some, their in parts(ids, vectors):
            rows = [(str(number), vector) for number, vector in zip(some, written(their), strict=True)]
            with self._asked(their.size):
                self._opened().upsert(vectors=rows, namespace=self._name(generation))
        self._written.add(generation)

    def remove(self, generation: int, first: int, last: int) -> None:
        if generation not in self.generations():
            return
        for start in range(first, last + 1, _DELETED):
            names = [str(number) for number in range(start, min(last + 1, start + _DELETED))]
            with self._asked(len(names)):
                self._opened().delete(ids=names, namespace=self._name(generation))
        self._written.add(generation)

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        (query,) = written(np.asarray(vector, np.float32).reshape(1, -1))
        with self._asked(vector.size):
            found = self._opened().query(
                vector=query, top_k=min(k, _MOST), namespace=self._name(generation), timeout=QUESTION_SECONDS
            )
        ids = np.array([int(match.id) for match in found.matches], np.int64)
        return ids, np.array([match.score for match in found.matches], np.float32)

    def ids(self, generation: int) -> Ids:
        self.count(generation)  # which waits until what was written is there
        found: list[int] = []
        token: str | None = None
        while True:
            with self._asked(0):
                page = self._opened().list_paginated(
                    namespace=self._name(generation), limit=_LISTED, pagination_token=token
                )
            found += [int(one.id) for one in page.vectors]
            token = page.pagination.next if page.pagination is not None else None
            if not token:
                return np.sort(np.array(found, np.int64))

    def count(self, generation: int) -> int:
        found = self._counts().get(generation, 0)
        for _ in range(_SETTLE_TRIES if generation in self._written else 0):
            time.sleep(SETTLE_SECONDS)
            before, found = found, self._counts().get(generation, 0)
            if found == before:
                break
        self._written.discard(generation)
        return found

    def generations(self) -> set[int]:
        return set(self._counts())

    def drop(self, generation: int) -> None:
        if generation in self.generations():
            with self._asked(0):
                self._opened().delete(delete_all=True, namespace=self._name(generation))
        self._written.discard(generation)

    def _counts(self) -> dict[int, int]:
        """The vectors of each generation that has any."""
        with self._asked(0):
            spaces = self._opened().describe_index_stats().namespaces
        numbers = ((self._server.generation(str(name)), one.vector_count) for name, one in spaces.items())
        return {number: int(count) for number, count in numbers if number is not None and count}

    def _name(self, generation: int) -> str:
        return f"{self._server.space}{generation}"

    @contextlib.contextmanager
    def _asked(self, numbers: int) -> Iterator[None]:
        """Around each request, with so many numbers in it. Raises StoreAway and StorageError, without the
        key."""
        self._server.sent(numbers * _OCTETS_A_NUMBER)
        errors = self._package.errors
        try:
            yield
        except errors.PineconeError as error:
            said = addresses.short(str(error), self._key)
            message = f"The vector store {self._server.shown} cannot be used: {said}"
            status = getattr(error, "status_code", None)
            is_refused = (
                isinstance(status, int) and 400 <= status < 500 and status not in (401, 403, 408, 429)
            )
            raise (StorageError if is_refused else StoreAway)(message) from None

    def _opened(self) -> Any:
        if self._index is None:
            raise StorageError("The vector index is not open.")
        return self._index
