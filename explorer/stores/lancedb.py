"""Vectors in LanceDB: tables of Arrow files in the folder."""

from __future__ import annotations

import importlib
import warnings
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer import extras
from explorer.errors import SettingError, StorageError

if TYPE_CHECKING:
    from explorer.arrays import Floats, Ids, Vectors

_PREFIX = "generation_"
_TIDY = 40
"""Writes after which the small files that each leaves are joined. Every version of a table keeps its own
until then, and slows each question."""


class LancedbStore:
    """One table `generation_<id>` for each generation, without an index of its own: exact."""

    layout = 1

    def __init__(self) -> None:
        extras.require("lancedb", SettingError)
        self._lancedb: Any = importlib.import_module("lancedb")
        self._database: Any = None
        self._tables: dict[int, Any] = {}
        self._writes: dict[int, int] = {}

    def open(self, folder: Path) -> None:
        self._database = self._lancedb.connect(str(folder))

    def close(self) -> None:
        for generation in list(self._tables):
            self._tidy(generation)
        self._database = None
        self._tables, self._writes = {}, {}

    def add(self, generation: int, ids: Ids, vectors: Vectors) -> None:
        rows = _rows(ids, vectors)
        table = self._table(generation)
        if table is None:
            self._tables[generation] = self._opened().create_table(_name(generation), rows)
        else:
            merge = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            merge.execute(rows)
        self._wrote(generation)

    def remove(self, generation: int, first: int, last: int) -> None:
        table = self._table(generation)
        if table is not None:
            table.delete(f"id >= {first} AND id <= {last}")
            self._wrote(generation)

    def nearest(self, generation: int, vector: Vectors, k: int) -> tuple[Ids, Floats]:
        table = self._table(generation)
        if table is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = table.search(np.asarray(vector, np.float32), vector_column_name="vector")
        found = query.distance_type("cosine").select(["id", "_distance"]).limit(k).to_arrow()
        cosines = 1.0 - np.asarray(found["_distance"].to_numpy(), np.float32)
        return found["id"].to_numpy().astype(np.int64), cosines.astype(np.float32)

    def ids(self, generation: int) -> Ids:
        table = self._table(generation)
        if table is None:
            return np.empty(0, np.int64)
        found = table.search().select(["id"]).limit(table.count_rows()).to_arrow()
        return np.sort(found["id"].to_numpy().astype(np.int64))

    def count(self, generation: int) -> int:
        table = self._table(generation)
        return 0 if table is None else int(table.count_rows())

    def generations(self) -> set[int]:
        return {int(name) for name in self._names() if name.isdecimal()}

    def drop(self, generation: int) -> None:
        if generation in self.generations():
            self._opened().drop_table(_name(generation))
        self._tables.pop(generation, None)
        self._writes.pop(generation, None)

    def _table(self, generation: int) -> Any:
        """The generation's table; None where nothing was ever added."""
        if generation not in self._tables and str(generation) in self._names():
            self._tables[generation] = self._opened().open_table(_name(generation))
        return self._tables.get(generation)

    def _names(self) -> list[str]:
        names: list[str] = []
        page: str | None = None
        while True:
            found = self._opened().list_tables(page_token=page)
            names += found.tables
            page = found.page_token
            if not page:
                return [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]

    def _wrote(self, generation: int) -> None:
        self._writes[generation] = self._writes.get(generation, 0) + 1
        if self._writes[generation] >= _TIDY:
            self._tidy(generation)

    def _tidy(self, generation: int) -> None:
        if self._writes.pop(generation, 0):
            with warnings.catch_warnings():
                # It warns of other processes that read older versions; only the worker opens the folder.
                warnings.simplefilter("ignore", UserWarning)
                self._tables[generation].optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    def _opened(self) -> Any:
        if self._database is None:
            raise StorageError("The vector index is not open.")
        return self._database


def _rows(ids: Ids, vectors: Vectors) -> Any:
    import pyarrow as pa

    flat = pa.array(np.ascontiguousarray(vectors, np.float32).ravel())
    columns = [pa.array(ids, pa.int64()), pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])]
    return pa.table(columns, names=["id", "vector"])


def _name(generation: int) -> str:
    return f"{_PREFIX}{generation}"
