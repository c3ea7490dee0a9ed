"""Vectors in PostgreSQL, by its extension pgvector."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from explorer import addresses, extras
from explorer.errors import SettingError, StorageError, StoreAway
from explorer.stores.server import StoreServer

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_CONNECT_SECONDS = 5
_WRITE_SECONDS = 60
_QUESTION_SECONDS = 10
_INDEXED = 2_000
"""The longest vectors of which pgvector keeps an index; longer ones are compared one by one."""
_WIDE = 1_000
"""How many candidates its graph keeps while it looks, the most that pgvector allows."""
_ITERATIVE = "SET hnsw.iterative_scan = strict_order"
"""Without this a question for more neighbours than candidates gets the candidates only."""
_PLACES = ("08", "53", "57", "28")
"""Classes of SQLSTATE: no connection, no resources, an operator intervened, not authorised."""


# The SQL below is put together from names of our own making only: values are always bound.
# ruff: noqa: S608


class PgvectorStore:
    """One table for each generation: the chunk's number and its vector, with an index by HNSW."""

    layout = 1

    def __init__(self, server: StoreServer) -> None:
        extras.require("pgvector", SettingError)
        self._psycopg: Any = importlib.import_module("psycopg")
        self._server = server
        self._key = ""
        self._connection: Any = None
        self._known: set[int] = set()

    def open(self, _folder: Path) -> None:
        self._key = self._server.key()
        more: dict[str, Any] = {"password": self._key} if self._key else {}
        asked = parse_qs(urlsplit(self._server.address).query)
        if not addresses.is_this_machine(self._server.address) and "sslmode" not in asked:
            more |= {"sslmode": "verify-full", "sslrootcert": "system"}
        with self._asked():
            self._connection = self._psycopg.connect(
                self._server.address, autocommit=True, connect_timeout=_CONNECT_SECONDS, **more
            )
            self._run("SET client_min_messages = warning")
            self._run("CREATE EXTENSION IF NOT EXISTS vector")
            self._run(f"SET hnsw.ef_search = {_WIDE}")
            self._run(_ITERATIVE)
        self._known = self.generations()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        self._known = set()
        if connection is not None:
            connection.close()

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        if generation not in self._known:
            self._begin(generation, vectors.shape[1])
        rows = [_text(vector) for vector in vectors]
        with self._asked(sum(map(len, rows))):
            self._run(
                f"INSERT INTO {self._name(generation)} (id, vector)"
                " SELECT i, v::vector FROM unnest(%s::bigint[], %s::text[]) AS rows(i, v)"
                " ON CONFLICT (id) DO UPDATE SET vector = excluded.vector",
                (ids.tolist(), rows),
            )

    def remove(self, generation: int, first: int, last: int) -> None:
        if generation in self._known:
            with self._asked():
                self._run(f"DELETE FROM {self._name(generation)} WHERE id BETWEEN %s AND %s", (first, last))

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        if generation not in self._known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = _text(np.asarray(vector, np.float32))
        with self._asked(len(query), _QUESTION_SECONDS):
            rows = self._run(
                f"SELECT id, vector <=> %s::vector AS distance FROM {self._name(generation)}"
                " ORDER BY distance LIMIT %s",
                (query, k),
            )
        ids = np.array([row[0] for row in rows], np.int64)
        return ids, np.array([1.0 - row[1] for row in rows], np.float32)

    def ids(self, generation: int) -> Ids:
        if generation not in self._known:
            return np.empty(0, np.int64)
        with self._asked():
            rows = self._run(f"SELECT id FROM {self._name(generation)} ORDER BY id")
        return np.array([row[0] for row in rows], np.int64)

    def count(self, generation: int) -> int:
        if generation not in self._known:
            return 0
        with self._asked():
            ((found,),) = self._run(f"SELECT count(*) FROM {self._name(generation)}")
        return int(found)

    def generations(self) -> set[int]:
        with self._asked():
            rows = self._run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        numbers = (self._server.generation(str(name)) for (name,) in rows)
        return {number for number in numbers if number is not None}

    def drop(self, generation: int) -> None:
        self._known.discard(generation)
        with self._asked():
            self._run(f"DROP TABLE IF EXISTS {self._name(generation)}")

    def _begin(self, generation: int, dimension: int) -> None:
        name = self._name(generation)
        with self._asked():
            self._run(
                f"CREATE TABLE {name} (id bigint PRIMARY KEY, vector vector({int(dimension)}) NOT NULL)"
            )
            if dimension <= _INDEXED:
                self._run(f"CREATE INDEX ON {name} USING hnsw (vector vector_cosine_ops)")
        self._known.add(generation)

    def _name(self, generation: int) -> str:
        """Letters, digits and underscores of our own making: it needs no quotes."""
        return f"{self._server.space}{int(generation)}"

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if self._connection is None:
            raise StorageError("The vector index is not open.")
        done = self._connection.execute(statement, values)
        rows: list[tuple[Any, ...]] = done.fetchall() if done.description is not None else []
        return rows

    @contextlib.contextmanager
    def _asked(self, octets: int = 0, seconds: int = _WRITE_SECONDS) -> Iterator[None]:
        """Around what is asked, within that time. Raises StoreAway and StorageError, without the key."""
        self._server.sent(octets)
        try:
            if self._connection is not None:
                self._run(f"SET statement_timeout = '{seconds}s'")
            yield
        except self._psycopg.Error as error:
            said = addresses.short(str(error), self._key)
            message = f"The vector store {self._server.shown} cannot be used: {said}"
            is_away = (
                isinstance(error, self._psycopg.OperationalError) or (error.sqlstate or "08")[:2] in _PLACES
            )
            raise (StoreAway if is_away else StorageError)(message) from None


def _text(vector: Vectors) -> str:
    """A vector (dimension,) as pgvector reads it, with nine digits, which hold a float32 as it is."""
    return "[" + ",".join(f"{number:.9g}" for number in vector.tolist()) + "]"
