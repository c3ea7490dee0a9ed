"""The numbered list of changes that vector indexes and caches follow."""

from __future__ import annotations

import apsw

from explorer.catalog.columns import fetch_value
from explorer.catalog.database import Database
from explorer.catalog.records import Action, Change


class Changes:
    """`catalog.changes`. Sequence numbers rise and are never used twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> int:
        """The current sequence number; 0 in a library that never held anything."""
        with self._database.read() as con:
            return current(con)

    def after(self, sequence: int, limit: int = 1000) -> list[Change]:
        """What came after `sequence`, oldest first."""
        with self._database.read() as con:
            rows = con.execute(
                "SELECT sequence, generation_id, action, first_chunk, last_chunk FROM change"
                " WHERE sequence > ? ORDER BY sequence LIMIT ?",
                (sequence, limit),
            )
            return [Change(*row) for row in rows]


def current(con: apsw.Connection) -> int:
    """The current sequence number; 0 in a library that never held anything."""
    return int(fetch_value(con, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change'"))


def record(con: apsw.Connection, generation_id: int, action: Action, first: int, last: int) -> None:
    """Add one change; "live" carries no chunks (first 1, last 0)."""
    con.execute(
        "INSERT INTO change (generation_id, action, first_chunk, last_chunk) VALUES (?, ?, ?, ?)",
        (generation_id, action, first, last),
    )
