"""Bringing the vectors that a library has into fewer bytes, some hundred at a time, while everybody goes on.

The checksum of an edition covers its vectors. So each edition is compared with it before the first of its
vectors is rounded, and has none (NULL) until all of them are; then it is taken anew. What is found changed
stays as it is, for `doctor`. Vectors can't be widened again: what was rounded stays so until it is made anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from explorer.catalog import checksums, free_pages, vector_forms
from explorer.catalog.columns import fetch_all, fetch_value
from explorer.catalog.database import Database

_AT_ONCE = 500
"""Vectors in one transaction: about 60 ms, for which others who write wait."""
_NOTE_SECONDS = 0.05
"""How long checksums are taken in one transaction; at least one is."""
_WIDER = "coalesce(width, 4) > ?"
_EDITIONS = (
    "SELECT DISTINCT e.id, e.document_id, e.checksum, e.name_checksum FROM embedding v"
    " JOIN chunk c ON c.embedded = v.sha JOIN edition e ON e.id = c.edition_id"
    " JOIN generation g ON g.id = e.generation_id"
    " WHERE g.model_id = v.model_id AND v.id IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was seen of some vectors while everybody could write."""

    ids: list[int]
    as_stored: frozenset[tuple[int, bytes | None, bytes | None]]
    """Editions with their checksums, which fit what they are."""
    changed: frozenset[tuple[int, bytes | None, bytes | None]]
    """Those with checksums that fit no more."""


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
        looked = self._look(width)
        if looked is None:
            goes_on = self._note()
        else:
            with self._database.write() as con:
                if self._round(con, looked, width):
                    self._after = looked.ids[-1]
            goes_on = True
        if goes_on:
            self._is_begun = True
        elif self._is_begun:
            self._after, self._is_begun = 0, False
            free_pages.give_back_if_worth(self._database)
            self._database.forget()
        return goes_on

    def _has_work(self, width: int) -> bool:
        """Whether there is a vector to round, or one was rounded and its edition has no checksum yet."""
        if width == vector_forms.WIDEST:
            return False
        with self._database.read() as con:
            lacks = fetch_value(con, "SELECT EXISTS (SELECT 1 FROM edition WHERE checksum IS NULL)")
        return bool(lacks) or self.is_due(width)

    def _look(self, width: int) -> _Looked | None:
        """The next vectors to round, and the editions that they are of; None where there are no more.

        Finding them in a large library, and comparing a long document with its checksum, takes a moment,
        which nobody who writes has to wait for.
        """
        with self._database.read() as con:
            rows = fetch_all(
                con,
                f"SELECT id FROM embedding WHERE id > ? AND {_WIDER} ORDER BY id LIMIT {_AT_ONCE}",
                (self._after, width),
            )
            if not rows:
                return None
            ids = [row[0] for row in rows]
            touched = fetch_all(con, _EDITIONS, (json.dumps(ids),))
            found = {edition for edition, _ in checksums.changed(con, {row[1] for row in touched})}
        states = [(edition, content, names) for edition, _, content, names in touched]
        return _Looked(
            ids,
            frozenset(state for state in states if state[0] not in found),
            frozenset(state for state in states if state[0] in found),
        )

    def _round(self, con: apsw.Connection, looked: _Looked, width: int) -> bool:
        """Round what was looked at, but for vectors of changed editions; False where an edition has come, or
        was stored anew, since then, so that one has to look again."""
        touched = fetch_all(con, _EDITIONS, (json.dumps(looked.ids),))
        states = {(edition, content, names) for edition, _, content, names in touched}
        if not states <= looked.as_stored | looked.changed:
            return False
        changed = [state[0] for state in states & looked.changed]
        kept = checksums.vector_ids(con, changed) if changed else set()
        rows = fetch_all(
            con,
            "SELECT id, model_id, sha, vector, width FROM embedding"
            f" WHERE id IN (SELECT value FROM json_each(?)) AND {_WIDER} ORDER BY id",
            (json.dumps([one for one in looked.ids if one not in kept]), width),
        )
        con.execute(
            "UPDATE edition SET checksum = NULL WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(state[0] for state in states & looked.as_stored)),),
        )
        if rows:
            self._put_narrow(con, rows, width)
        return True

    def _put_narrow(self, con: apsw.Connection, rows: Sequence[Any], width: int) -> None:
        vectors = vector_forms.unpacked([(row[3], row[4]) for row in rows])
        # Put behind all others instead of into their places, where every page would stay half empty.
        con.execute(
            "DELETE FROM embedding WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([row[0] for row in rows]),),
        )
        con.executemany(
            "INSERT INTO embedding (model_id, sha, vector, width) VALUES (?, ?, ?, ?)",
            (
                (row[1], row[2], blob, vector_forms.column(width))
                for row, blob in zip(rows, vector_forms.packed(vectors, width), strict=True)
            ),
        )

    def _note(self) -> bool:
        """Take the checksum of some editions that have none; whether there were any."""
        was_any = "SELECT EXISTS (SELECT 1 FROM embedding WHERE width IS NOT NULL)"
        with self._database.read() as con:
            rows = fetch_all(con, "SELECT id FROM edition WHERE checksum IS NULL ORDER BY id LIMIT 20")
            if not rows or (not self._is_begun and not fetch_value(con, was_any)):
                return False  # with nothing rounded they are of an earlier version, which others look at
        begun = time.monotonic()
        with self._database.write() as con:
            for (edition_id,) in rows:
                checksums.note(con, edition_id)
                if time.monotonic() - begun > _NOTE_SECONDS:
                    break
        return True
