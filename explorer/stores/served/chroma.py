"""Vectors on a Chroma server that a person runs, by its HTTP interface (version 2).

We never start one: until it is fixed, its server runs code of whoever can reach it before asking for a key
(CVE-2026-45829), so it belongs on this machine or behind a wall. Collections here never name an embedding
function, and what the server keeps of its own is never loaded into this process.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import numpy as np

from explorer.errors import StorageError
from explorer.stores.chroma import HNSW
from explorer.stores.served.requests import QUESTION_SECONDS, WRITE_SECONDS, StoreRequests
from explorer.stores.server import StoreServer, parts, written

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PAGE = 1_000
"""Ids a request, which Chroma's cloud takes too."""
_KEY = {"authorization": "Bearer ", "x-chroma-token": ""}


class ChromaServerStore:
    """One collection for each generation. The address may end with /TENANT/DATABASE."""

    layout = 1

    def __init__(self, server: StoreServer) -> None:
        place = urlsplit(server.address)
        tenant, _, database = place.path.strip("/").partition("/")
        self._server = server
        self._root = replace(server, address=urlunsplit((place.scheme, place.netloc, "", "", "")))
        self._base = (
            f"/api/v2/tenants/{quote(tenant or 'default_tenant', '')}"
            f"/databases/{quote(database or 'default_database', '')}/collections"
        )
        self._requests: StoreRequests | None = None
        self._known: dict[int, str] = {}

    def open(self, _folder: Path) -> None:
        asked = replace(self._root, key_of=lambda _: self._server.key_of(self._server.address))
        self._requests = StoreRequests(asked, _KEY)
        self._known = self._listed()

    def close(self) -> None:
        requests, self._requests = self._requests, None
        self._known = {}
        if requests is not None:
            requests.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        if generation not in self._known:
            made = self._opened().ask(
                "POST",
                self._base,
                {
                    "name": f"{self._server.space}{generation}",
                    "get_or_create": True,
                    "configuration": {"hnsw": dict(HNSW)},
                },
            )
            self._known[generation] = str(made["id"])
        for some, their in parts(ids, vectors):
            body = {"ids": [str(number) for number in some], "embeddings": written(their)}
            self._ask(generation, "upsert", body)

    def remove(self, generation: int, first: int, last: int) -> None:
        if generation not in self._known:
            return
        for start in range(first, last + 1, _PAGE):
            names = [str(number) for number in range(start, min(last + 1, start + _PAGE))]
            there = self._ask(generation, "get", {"ids": names, "include": []})["ids"]
            if there:
                self._ask(generation, "delete", {"ids": there})

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        k = min(k, self.count(generation))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = written(np.asarray(vector, np.float32).reshape(1, -1))
        body = {"query_embeddings": query, "n_results": k, "include": ["distances"]}
        found = self._ask(generation, "query", body, seconds=QUESTION_SECONDS)
        distances = np.array(found["distances"][0], np.float32)
        return np.array(found["ids"][0], np.int64), (1.0 - distances).astype(np.float32)

    def ids(self, generation: int) -> Ids:
        found: list[str] = []
        while generation in self._known:
            page = self._ask(generation, "get", {"limit": _PAGE, "offset": len(found), "include": []})["ids"]
            found += page
            if len(page) < _PAGE:
                break
        return np.sort(np.array(found, np.int64))

    def count(self, generation: int) -> int:
        if generation not in self._known:
            return 0
        return int(self._opened().ask("GET", f"{self._base}/{self._known[generation]}/count"))

    def generations(self) -> set[int]:
        return set(self._listed())

    def drop(self, generation: int) -> None:
        self._known.pop(generation, None)
        self._opened().ask("DELETE", f"{self._base}/{self._server.space}{generation}", may_lack=True)

    def _listed(self) -> dict[int, str]:
        """The collections of this library: generation → the server's id."""
        found: dict[int, str] = {}
        offset = 0
        while True:
            page = self._opened().ask("GET", f"{self._base}?limit={_PAGE}&offset={offset}")
            for one in page:
                number = self._server.generation(str(one["name"]))
                if number is not None:
                    found[number] = str(one["id"])
            offset += len(page)
            if len(page) < _PAGE:
                return found

    def _ask(self, generation: int, verb: str, body: Any, seconds: float = WRITE_SECONDS) -> Any:
        path = f"{self._base}/{self._known[generation]}/{verb}"
        return self._opened().ask("POST", path, body, seconds=seconds)

    def _opened(self) -> StoreRequests:
        if self._requests is None:
            raise StorageError("The vector index is not open.")
        return self._requests
