"""Vectors in Milvus: in Milvus Lite, a library in this process with its files in the folder, which it locks;
or on a server that a person runs."""

from __future__ import annotations

import contextlib
import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import addresses, extras
from explorer.errors import SettingError, StorageError, StoreAway
from explorer.stores.server import parts

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors
    from explorer.stores.server import StoreServer

_PREFIX = "generation_"
_MOST = 16_384
"""Milvus gives at most this many rows a question."""
_PAGE = 10_000
_FRESH = 500
"""What was added since the last flush is compared slowly: 130 ms a question for 3,000 vectors, 13 ms once
flushed. So with this many the next question flushes first, about .2 s."""
_SECONDS = 30.0
_QUIET = {"grpc.keepalive_time_ms": 300_000, "grpc.keepalive_permit_without_calls": False}
"""pymilvus pings every ten seconds, for which the server of Milvus Lite hangs up ("too_many_pings")."""


class MilvusStore:
    """One collection for each generation, compared one by one (FLAT): exact."""

    layout = 1

    def __init__(self, server: StoreServer | None = None) -> None:
        """Without a server it is Milvus Lite, whose collections are called `generation_<id>`."""
        extras.require("milvus", SettingError)
        self._pymilvus: Any = importlib.import_module("pymilvus")
        self._server = server
        self._prefix = _PREFIX if server is None else server.space
        self._key = ""
        self._client: Any = None
        self._known: set[int] = set()
        self._fresh: dict[int, int] = {}
        """How many vectors of a generation were added since it was last flushed."""

    def open(self, folder: Path) -> None:
        if self._server is None:
            self._client = self._pymilvus.MilvusClient(str(folder / "vectors.db"))
        else:
            logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs what it raises as well
            self._key = self._server.key()
            with self._asked():
                self._client = self._pymilvus.MilvusClient(
                    self._server.address, token=self._key, timeout=_SECONDS, grpc_options=_QUIET
                )
        self._known = self.generations()
        for generation in self._known:
            with self._asked():
                self._client.load_collection(self._name(generation))

    def close(self) -> None:
        client, self._client = self._client, None
        self._known, self._fresh = set(), {}
        if client is not None:
            client.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        self._begin(generation, vectors.shape[1])
        for some, their in parts(ids, vectors):
            rows = [
                {"id": int(number), "vector": vector}
                for number, vector in zip(some, np.asarray(their, np.float32), strict=True)
            ]
            with self._asked(their.nbytes):
                self._opened().upsert(self._name(generation), rows)
        self._fresh[generation] = self._fresh.get(generation, 0) + len(ids)

    def remove(self, generation: int, first: int, last: int) -> None:
        if generation in self._known:
            with self._asked():
                self._opened().delete(self._name(generation), filter=f"id >= {first} and id <= {last}")

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        if generation not in self._known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if self._fresh.get(generation, 0) >= _FRESH:
            with contextlib.suppress(self._pymilvus.MilvusException):  # a server may want it rarer: no harm
                self._opened().flush(self._name(generation))
            self._fresh[generation] = 0
        query = [np.asarray(vector, np.float32).tolist()]
        with self._asked(vector.nbytes):
            (found,) = self._opened().search(
                self._name(generation), data=query, limit=min(k, _MOST), output_fields=["id"], **self._fully()
            )
        ids = np.array([row["id"] for row in found], np.int64)
        return ids, np.array([row["distance"] for row in found], np.float32)

    def ids(self, generation: int) -> Ids:
        found: list[int] = []
        last = -1
        while generation in self._known:
            with self._asked():
                rows = self._opened().query(
                    self._name(generation),
                    filter=f"id > {last}",
                    output_fields=["id"],
                    limit=_PAGE,
                    **self._fully(),
                )
            if not rows:
                break
            found += [row["id"] for row in rows]
            last = max(found)
        return np.sort(np.array(found, np.int64))

    def count(self, generation: int) -> int:
        if generation not in self._known:
            return 0
        with self._asked():
            (row,) = self._opened().query(self._name(generation), output_fields=["count(*)"], **self._fully())
        return int(row["count(*)"])

    def generations(self) -> set[int]:
        with self._asked():
            names = [str(name) for name in self._opened().list_collections()]
        ours = [name.removeprefix(self._prefix) for name in names if name.startswith(self._prefix)]
        return {int(number) for number in ours if number.isdecimal()}

    def drop(self, generation: int) -> None:
        if generation in self._known:
            with self._asked():
                self._opened().drop_collection(self._name(generation))
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
        with self._asked():
            client.create_collection(
                self._name(generation), schema=schema, index_params=index, **self._fully()
            )
        self._known.add(generation)

    def _fully(self) -> dict[str, str]:
        """Of a server: that it is to look at all that was written, not only at what is a moment old."""
        return {} if self._server is None else {"consistency_level": "Strong"}

    @contextlib.contextmanager
    def _asked(self, octets: int = 0) -> Iterator[None]:
        """Around what a server is asked. Raises StoreAway where it does not do it, without the key."""
        if self._server is None:
            yield
            return
        self._server.sent(octets)
        try:
            yield
        except self._pymilvus.MilvusException as error:
            said = addresses.short(str(error), self._key)
            raise StoreAway(f"The vector store {self._server.shown} cannot be used: {said}") from None

    def _name(self, generation: int) -> str:
        return f"{self._prefix}{generation}"

    def _opened(self) -> Any:
        if self._client is None:
            raise StorageError("The vector index is not open.")
        return self._client
