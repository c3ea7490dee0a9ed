"""Vectors on a Weaviate server, by REST and GraphQL: its own client would change versions that are pinned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from explorer import addresses
from explorer.errors import StorageError
from explorer.stores.served.requests import QUESTION_SECONDS, StoreRequests
from explorer.stores.server import StoreServer, parts, written

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PAGE = 1_000
_MOST = 10_000
"""Weaviate gives at most this many objects a question, as it is set up by default (QUERY_MAXIMUM_RESULTS)."""
_INDEX = {"distance": "cosine", "maxConnections": 32, "efConstruction": 200, "ef": 1000}


class WeaviateStore:
    """One class for each generation; the object of a chunk has its number as UUID, and as a property too, by
    which ranges are deleted."""

    layout = 1

    def __init__(self, server: StoreServer) -> None:
        self._server = server
        self._requests: StoreRequests | None = None
        self._known: set[int] = set()

    def open(self, _folder: Path) -> None:
        self._requests = StoreRequests(self._server, {"authorization": "Bearer "})
        self._known = self.generations()

    def close(self) -> None:
        requests, self._requests = self._requests, None
        self._known = set()
        if requests is not None:
            requests.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        if generation not in self._known:
            made = {
                "class": self._name(generation),
                "vectorizer": "none",
                "vectorIndexType": "hnsw",
                "vectorIndexConfig": _INDEX,
                "properties": [{"name": "number", "dataType": ["int"]}],
            }
            self._opened().ask("POST", "/v1/schema", made)
            self._known.add(generation)
        for some, their in parts(ids, vectors):
            objects = [
                {
                    "class": self._name(generation),
                    "id": str(UUID(int=int(number))),
                    "properties": {"number": int(number)},
                    "vector": vector,
                }
                for number, vector in zip(some, written(their), strict=True)
            ]
            done = self._opened().ask("POST", "/v1/batch/objects", {"objects": objects})
            wrong = [one["result"]["errors"] for one in done if one.get("result", {}).get("errors")]
            if wrong:
                raise StorageError(
                    f"The vector store {self._server.shown} refuses vectors: {_said(wrong[0])}"
                )

    def remove(self, generation: int, first: int, last: int) -> None:
        bounds = [("GreaterThanEqual", first), ("LessThanEqual", last)]
        operands = [{"path": ["number"], "operator": name, "valueInt": value} for name, value in bounds]
        where = {"operator": "And", "operands": operands}
        match = {"class": self._name(generation), "where": where}
        while generation in self._known:
            body = {"match": match, "output": "minimal"}
            done = self._opened().ask("DELETE", "/v1/batch/objects", body)["results"]
            if done.get("failed"):
                raise StorageError(
                    f"The vector store {self._server.shown} could not delete {done['failed']} vectors."
                )
            if not done["matches"] or done["matches"] < done["limit"]:
                break

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        if generation not in self._known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        (query,) = written(np.asarray(vector, np.float32).reshape(1, -1))
        near = f"nearVector: {{vector: {json.dumps(query)}}}, limit: {min(k, _MOST)}"
        found = self._graph("Get", generation, f"({near}) {{ number _additional {{ distance }} }}")
        ids = np.array([one["number"] for one in found], np.int64)
        distances = np.array([one["_additional"]["distance"] for one in found], np.float32)
        return ids, (1.0 - distances).astype(np.float32)

    def ids(self, generation: int) -> Ids:
        found: list[int] = []
        after = ""
        while generation in self._known:
            path = f"/v1/objects?class={self._name(generation)}&limit={_PAGE}&after={after}"
            page = self._opened().ask("GET", path)["objects"]
            found += [UUID(one["id"]).int for one in page]
            if len(page) < _PAGE:
                break
            after = page[-1]["id"]
        return np.sort(np.array(found, np.int64))

    def count(self, generation: int) -> int:
        if generation not in self._known:
            return 0
        (found,) = self._graph("Aggregate", generation, " { meta { count } }")
        return int(found["meta"]["count"])

    def generations(self) -> set[int]:
        names = [str(one["class"]) for one in self._opened().ask("GET", "/v1/schema")["classes"]]
        numbers = (self._server.generation(name[:1].lower() + name[1:]) for name in names)
        return {number for number in numbers if number is not None}

    def drop(self, generation: int) -> None:
        self._known.discard(generation)
        self._opened().ask("DELETE", f"/v1/schema/{self._name(generation)}", may_lack=True)

    def _graph(self, what: str, generation: int, query: str) -> list[dict[str, Any]]:
        """What GraphQL finds of a generation's class. Raises StorageError: it finds fault with the query."""
        name = self._name(generation)
        asked = {"query": f"{{ {what} {{ {name}{query} }} }}"}
        answer = self._opened().ask("POST", "/v1/graphql", asked, seconds=QUESTION_SECONDS)
        if answer.get("errors"):
            raise StorageError(f"The vector store {self._server.shown} answers: {_said(answer['errors'][0])}")
        found: list[dict[str, Any]] = answer["data"][what][name]
        return found

    def _name(self, generation: int) -> str:
        """Names of classes begin with a capital letter."""
        return f"{self._server.space.capitalize()}{generation}"

    def _opened(self) -> StoreRequests:
        if self._requests is None:
            raise StorageError("The vector index is not open.")
        return self._requests


def _said(errors: Any) -> str:
    return addresses.short(json.dumps(errors))
