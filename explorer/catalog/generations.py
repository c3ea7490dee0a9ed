"""Generations: the versions of the index.

A generation is one version of the whole index: what every document became by one recipe (readers, chunker,
size of a chunk) and one embedding model. One is live and searched; while all is redone a second one is built,
which becomes live in one step once no document is missing in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import apsw

from explorer.catalog import changes, editions
from explorer.catalog.columns import decoder, dumps, fetch_one, fetch_value, moment, now
from explorer.catalog.database import Database
from explorer.catalog.records import Generation, Model
from explorer.errors import NotFound, StorageError

_SELECT = (
    "SELECT g.id, g.recipe, g.state, g.created_at, m.id, m.name, m.dimension, m.precision,"
    " m.fingerprint"
    " FROM generation g JOIN model m ON m.id = g.model_id"
)

_Made = tuple[str, int, str, str]
"""A model's name, dimension, precision and fingerprint."""


class Generations:
    """`catalog.generations`. While a new one is built the live one serves, until `switch`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self) -> Generation | None:
        """The generation that is searched; None before the first document."""
        return self._one("live")

    def building(self) -> Generation | None:
        """The generation in the making, if there is one."""
        return self._one("building")

    def all(self) -> list[Generation]:
        """The live generation and the one in the making, as far as they are there, in this order. What keeps
        the editions of the bin is none of them: no index follows it."""
        with self._database.read() as con:
            rows = con.execute(_SELECT + " WHERE g.state <> 'binned' ORDER BY g.state = 'building', g.id")
            return [_generation(row) for row in rows]

    def ensure_live(
        self, recipe: Mapping[str, Any], name: str, dimension: int, precision: str, fingerprint: str = ""
    ) -> Generation:
        """The live generation; made from these values when there is none yet.

        A library that holds no document at all takes the new values over: there is nothing to redo.
        """
        with self._database.write() as con:
            live, model = self._one("live"), (name, dimension, precision, fingerprint)
            if live is not None and not _is_stale(con, live, recipe, model):
                return live
            if live is not None:
                con.execute("DELETE FROM generation WHERE id = ?", (live.id,))
            made = _make(con, "live", recipe, model)
            if live is not None:
                changes.record(con, made, "live", 1, 0)
        return self._require("live")

    def begin(
        self, recipe: Mapping[str, Any], name: str, dimension: int, precision: str, fingerprint: str = ""
    ) -> Generation:
        """Start to build with these values; what was built with others so far is dropped.

        Going on with the same values (after a kill) keeps what is there.
        """
        with self._database.write() as con:
            building, model = self._one("building"), (name, dimension, precision, fingerprint)
            if building is not None:
                if _same(building, recipe, model):
                    return building
                self.abandon()
            _make(con, "building", recipe, model)
        return self._require("building")

    def identify(self, model_id: int, fingerprint: str) -> None:
        """Write down the fingerprint of a model that an earlier version of the program kept without one."""
        with self._database.write() as con:
            con.execute(
                "UPDATE OR IGNORE model SET fingerprint = ? WHERE id = ? AND fingerprint = ''",
                (fingerprint, model_id),
            )

    def missing(self) -> list[str]:
        """Ids of the visible documents that the building generation lacks, oldest first."""
        with self._database.read() as con:
            rows = con.execute(
                "SELECT d.id FROM document d JOIN edition e ON e.document_id = d.id"
                " JOIN generation g ON g.id = e.generation_id AND g.state = 'live'"
                " WHERE EXISTS (SELECT 1 FROM generation WHERE state = 'building') AND NOT EXISTS ("
                "  SELECT 1 FROM edition b JOIN generation n ON n.id = b.generation_id"
                "  WHERE n.state = 'building' AND b.document_id = d.id) ORDER BY d.added_at, d.id"
            )
            return [row[0] for row in rows]

    def switch(self) -> Generation:
        """Make the building generation live and drop the old one, in one transaction.

        Raises NotFound when nothing is being built and StorageError while documents are `missing()`.
        """
        with self._database.write() as con:
            building = self._require("building")
            left = self.missing()
            if left:
                raise StorageError(f"{len(left)} documents have not been redone yet.")
            live = self._one("live")
            if live is not None:
                editions.drop_generation(con, live.id, live.model.id)
            con.execute("UPDATE generation SET state = 'live' WHERE id = ?", (building.id,))
            changes.record(con, building.id, "live", 1, 0)
        self._database.forget(seconds=1.0)
        return self._require("live")

    def abandon(self) -> bool:
        """Drop what is being built; False when nothing is."""
        with self._database.write() as con:
            building = self._one("building")
            if building is None:
                return False
            editions.drop_generation(con, building.id, building.model.id)
            live = self._one("live")
            if live is not None:
                changes.record(con, live.id, "live", 1, 0)
        return True

    def _one(self, state: str) -> Generation | None:
        with self._database.read() as con:
            return find(con, state)

    def _require(self, state: str) -> Generation:
        found = self._one(state)
        if found is None:
            raise NotFound(
                "No index is being built." if state == "building" else "The library has no index yet."
            )
        return found


def find(con: apsw.Connection, state: str) -> Generation | None:
    """The generation in that state ("live", "building") as a connection sees it; None where there is none."""
    row = fetch_one(con, _SELECT + " WHERE g.state = ?", (state,))
    return None if row is None else _generation(row)


@decoder
def _generation(row: tuple[Any, ...]) -> Generation:
    return Generation(row[0], json.loads(row[1]), Model(*row[4:9]), row[2], moment(row[3]))


def _same(one: Generation, recipe: Mapping[str, Any], model: _Made) -> bool:
    made = (one.model.name, one.model.dimension, one.model.precision, one.model.fingerprint)
    return dict(one.recipe) == dict(recipe) and made == model


def _is_stale(con: apsw.Connection, live: Generation, recipe: Mapping[str, Any], model: _Made) -> bool:
    if _same(live, recipe, model):
        return False
    return fetch_one(con, "SELECT 1 FROM edition WHERE generation_id = ? LIMIT 1", (live.id,)) is None


def _make(con: apsw.Connection, state: str, recipe: Mapping[str, Any], model: _Made) -> int:
    con.execute(
        "INSERT OR IGNORE INTO model (name, dimension, precision, fingerprint) VALUES (?, ?, ?, ?)", model
    )
    model_id = fetch_value(
        con,
        "SELECT id FROM model WHERE name = ? AND dimension = ? AND precision = ? AND fingerprint = ?",
        model,
    )
    con.execute(
        "INSERT INTO generation (recipe, model_id, state, created_at) VALUES (?, ?, ?, ?)",
        (dumps(dict(recipe)), model_id, state, now()),
    )
    return int(con.last_insert_rowid())
