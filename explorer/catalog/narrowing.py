"""Bringing the vectors that a library has into fewer bytes, some hundred at a time, while everybody goes on.

The checksum of an edition covers its vectors. So each edition is compared with it before the first of its
vectors is rounded, and has none (NULL) until all of them are; then it is taken anew. What is found changed
stays as it is, for `doctor`. Vectors can't be widened again: what was rounded stays so until it is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import apsw

from explorer.catalog import checksums, free_pages, vector_forms
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.catalog.database import Database

_AT_ONCE = 500
"""Vectors in one transaction: about 100 ms, for which others who write wait."""
_WIDER = "coalesce(width, 4) > ?"
_EDITIONS = (
    "SELECT DISTINCT e.id, e.document_id FROM embedding v JOIN chunk c ON c.embedded = v.sha"
    " JOIN edition e ON e.id = c.edition_id JOIN generation g ON g.id = e.generation_id"
    " WHERE g.model_id = v.model_id AND v.id IN (SELECT value FROM json_each(?))"
)


class Narrowing:
    """`catalog.narrowing`. For one thread of one process at a time; it may be killed at any moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after = 0
        """The vector that was looked at last; behind it stand those to come, and those that are done."""
        self._is_begun = False
        """Whether anything was written since it was last finished."""

    def is_due(self, width: int) -> bool:
        """Whether a vector takes more than `width` bytes a number."""
        with self._database.read() as con:
            return bool(fetch_value(con, f"SELECT EXISTS (SELECT 1 FROM embedding WHERE {_WIDER})", (width,)))

    def some(self, width: int) -> bool:
        """Round some vectors to numbers of `width` bytes, or finish; False where nothing is left to do."""
        if not self._is_begun and not self._has_work(width):
            return False
        with self._database.write() as con:
            rows = fetch_all(
                con,
                f"SELECT id, model_id, sha, vector, width FROM embedding WHERE id > ? AND {_WIDER}"
                f" ORDER BY id LIMIT {_AT_ONCE}",
                (self._after, width),
            )
            if rows:
                self._after = rows[-1][0]
                self._round(con, rows, width)
            goes_on = bool(rows) or self._note(con)
        if goes_on:
            self._is_begun = True
        elif self._is_begun:
            self._after, self._is_begun = 0, False
            free_pages.give_back_if_worth(self._database)
            self._database.forget()
        return goes_on

    def _has_work(self, width: int) -> bool:
        """Whether there is a vector to round, or one was rounded and its edition has no checksum yet.

        Looking at all of a large library takes a moment, which nobody who writes has to wait for.
        """
        if width == vector_forms.WIDEST:
            return False
        with self._database.read() as con:
            lacks = fetch_value(con, "SELECT EXISTS (SELECT 1 FROM edition WHERE checksum IS NULL)")
        return bool(lacks) or self.is_due(width)

    def _round(self, con: apsw.Connection, rows: Sequence[Any], width: int) -> None:
        ids = json.dumps([row[0] for row in rows])
        touched = fetch_all(con, _EDITIONS, (ids,))
        known = {edition for edition, _ in touched}
        found = checksums.changed(con, {document for _, document in touched})
        changed = [edition for edition, _ in found if edition in known]
        kept = checksums.vector_ids(con, changed) if changed else set()
        rounding = [row for row in rows if row[0] not in kept]
        con.execute(
            "UPDATE edition SET checksum = NULL WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(known - set(changed))),),
        )
        if not rounding:
            return
        vectors = vector_forms.unpacked([(row[3], row[4]) for row in rounding])
        # Put behind all others instead of into their places, where every page would stay half empty.
        con.execute(
            "DELETE FROM embedding WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([row[0] for row in rounding]),),
        )
        con.executemany(
            "INSERT INTO embedding (model_id, sha, vector, width) VALUES (?, ?, ?, ?)",
            (
                (row[1], row[2], blob, vector_forms.column(width))
                for row, blob in zip(rounding, vector_forms.packed(vectors, width), strict=True)
            ),
        )

    def _note(self, con: apsw.Connection) -> bool:
        """Take the checksum of some editions that have none; whether there were any."""
        was_any = "SELECT EXISTS (SELECT 1 FROM embedding WHERE width IS NOT NULL)"
        if not self._is_begun and not fetch_value(con, was_any):
            return False  # nothing was ever rounded: they are of an earlier version, which others look at
        rows = fetch_all(con, "SELECT id FROM edition WHERE checksum IS NULL ORDER BY id LIMIT 20")
        for (edition_id,) in rows:
            checksums.note(con, edition_id)
        return bool(rows)
