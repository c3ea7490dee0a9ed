"""The bin: documents that are gone from everywhere but its list, and come back as they were.

What the live generation holds of a document, its edition, moves into a generation of the state "binned".
Search, chat, map, scopes and counts ask for the live one, so the document is gone from all of them in one
transaction, and comes back in one, with the same chunks and embeddings. When all was redone in between, its
edition is one of an index that is gone: the document is then read again by the present settings, and keeps
its id and its tags.

The bytes stay, in `files/` and in the catalogue, until `remove` or until their days are over.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import apsw

from explorer.catalog import changes, documents, editions, forgetting
from explorer.catalog.columns import fetch_all, fetch_one, fetch_value, moment, now
from explorer.catalog.database import Database
from explorer.catalog.forgetting import Forgetting
from explorer.catalog.originals import Originals
from explorer.types import Binned

BACK = "It was in the bin and is back, with its tags."
"""A warning with the outcome of a file whose bytes the bin had."""
_DAY = 86_400.0
_AT_ONCE = 500
"""How many documents whose days are over go in one transaction: nobody waits long for it."""
_CHOSEN = "IN (SELECT value FROM json_each(?1))"
_LIVE = "(SELECT id FROM generation WHERE state = 'live')"
_LAST_MOMENT = "SELECT max(max(added_at), coalesce(max(binned_at), 0)) FROM document"


class BroughtBack(NamedTuple):
    """What `restore` did, by the ids of the documents."""

    back: tuple[str, ...]
    again: tuple[str, ...]
    """Those that have to be read again first, because all was redone since they were put into the bin."""


class Bin:
    """`catalog.bin`."""

    def __init__(self, database: Database, tidying: Forgetting, originals: Originals) -> None:
        self._database = database
        self._tidying = tidying
        self._originals = originals

    def put(self, ids: Iterable[str]) -> builtins.list[str]:
        """Put documents into the bin, in one transaction; the ids of those that were there to be put.

        Their jobs go, as with a removal, and what a redo under way has made of them. Raises StorageError.
        """
        with self._database.write() as con:
            known = _visible(con, ids)
            if known:
                park(con, known)
                self._originals.note(con, known)
        return known

    def restore(self, ids: Iterable[str]) -> BroughtBack:
        """Bring documents back as they were, in one transaction; ids that are not in the bin are passed over.

        Raises StorageError.
        """
        with self._database.write() as con:
            rows = fetch_all(
                con,
                f"SELECT d.id, e.id FROM document d LEFT JOIN edition e ON e.document_id = d.id AND"
                f" e.generation_id = (SELECT id FROM generation WHERE bin_of = {_LIVE})"
                f" WHERE d.binned_at IS NOT NULL AND d.id {_CHOSEN} ORDER BY d.binned_at, d.id",
                (_json(ids),),
            )
            back = [document_id for document_id, edition in rows if edition is not None]
            if back:
                _bring_back(con, back)
                self._originals.note(con, back)
        return BroughtBack(
            tuple(back), tuple(document_id for document_id, edition in rows if edition is None)
        )

    def restore_bytes(self, sha256: str) -> str | None:
        """Bring back the document with exactly these bytes, which arrived once more: its id.

        None where the bin has none, or where it has to be read again.
        """
        held = self.holds(sha256)
        return None if held is None else next(iter(self.restore([held]).back), None)

    def holds(self, sha256: str) -> str | None:
        """The id of the document in the bin that has exactly these bytes, None where none has."""
        with self._database.read() as con:
            row = fetch_one(
                con, "SELECT id FROM document WHERE sha256 = ? AND binned_at IS NOT NULL", (sha256,)
            )
        return None if row is None else str(row[0])

    def list(self, days: float) -> builtins.list[Binned]:
        """What is in the bin, put there last first; each stays for `days` days."""
        with self._database.read() as con:
            rows = fetch_all(
                con, documents.select("binned", "d.binned_at") + " ORDER BY d.binned_at DESC, d.name, d.id"
            )
        return [
            Binned(
                documents.document_of(row[1:]),
                moment(row[0]),
                moment(row[0]) + timedelta(days=days),
            )
            for row in rows
        ]

    def files(self, ids: Iterable[str]) -> builtins.list[tuple[str, int, str | None, str, str | None]]:
        """(name, size, source, SHA-256, what it is part of) of documents in the bin that no job waits for."""
        with self._database.read() as con:
            return fetch_all(
                con,
                "SELECT name, size, source, sha256, part_of FROM document d"
                f" WHERE binned_at IS NOT NULL AND id {_CHOSEN} AND NOT {_WAITED_FOR} ORDER BY added_at, id",
                (_json(ids),),
            )

    def is_empty(self) -> bool:
        """Whether the bin holds nothing; costs microseconds."""
        with self._database.read() as con:
            return fetch_one(con, "SELECT 1 FROM document WHERE binned_at IS NOT NULL LIMIT 1") is None

    def expire(self, days: float) -> builtins.list[str]:
        """Remove, with every byte, what has been in the bin for `days` days; the ids.

        Left alone is a document whose file waits in the queue, or failed there: somebody wants it back.
        Raises StorageError.
        """
        gone: builtins.list[str] = []
        while not self.is_empty():
            with self._database.write() as con:
                rows = fetch_all(
                    con,
                    f"SELECT id FROM document d WHERE binned_at <= ? AND NOT {_WAITED_FOR}"
                    " ORDER BY binned_at LIMIT ?",
                    (now() - days * _DAY, _AT_ONCE),
                )
                expired = [row[0] for row in rows]
                shas = forgetting.remove(con, expired)
            if not expired:
                break
            self._tidying.after(shas)
            gone += expired
        return gone


_WAITED_FOR = (
    "EXISTS (SELECT 1 FROM job j WHERE j.sha256 = d.sha256 AND j.kind = 'add'"
    " AND j.state NOT IN ('ready', 'cancelled'))"
)


def park(con: apsw.Connection, ids: Sequence[str], at: float | None = None) -> None:
    """Put documents of the live generation into the bin, since the time `at`; None stands for now.

    Runs inside the caller's write transaction.
    """
    forgetting.call_off(con, ids)
    editions.drop_of_documents(con, ids, state="building")
    chosen = _json(ids)
    con.execute(
        "INSERT OR IGNORE INTO generation (recipe, model_id, state, created_at, bin_of)"
        " SELECT recipe, model_id, 'binned', created_at, id FROM generation WHERE state = 'live'"
    )
    live, latest = int(fetch_value(con, f"SELECT {_LIVE}")), _moment_to_count_from(con)
    for first, chunks in _ranges(con, chosen, live):
        changes.record(con, live, "remove", first, first + chunks - 1)
    con.execute(
        "UPDATE edition SET generation_id = (SELECT id FROM generation WHERE bin_of = ?2)"
        f" WHERE generation_id = ?2 AND document_id {_CHOSEN}",
        (chosen, live),
    )
    con.execute(
        f"UPDATE document SET binned_at = ?2 WHERE id {_CHOSEN}",
        (chosen, latest if at is None else min(at, latest)),
    )


def since(con: apsw.Connection, document_id: str) -> float | None:
    """When a document was put into the bin, in seconds since 1970; None where it is not there."""
    found = fetch_value(con, "SELECT binned_at FROM document WHERE id = ?", (document_id,))
    return None if found is None else float(found)


def take_out(con: apsw.Connection, document_id: str) -> None:
    """A document was read again: it is in the bin no longer, and what the bin kept of it goes.

    Runs inside the caller's write transaction.
    """
    editions.drop_of_documents(con, [document_id], state="binned")
    con.execute("UPDATE document SET binned_at = NULL WHERE id = ?", (document_id,))


def _bring_back(con: apsw.Connection, ids: Sequence[str]) -> None:
    chosen = _json(ids)
    live = int(fetch_value(con, f"SELECT {_LIVE}"))
    con.execute(
        "UPDATE edition SET generation_id = ?2 WHERE generation_id = (SELECT id FROM generation"
        f" WHERE bin_of = ?2) AND document_id {_CHOSEN}",
        (chosen, live),
    )
    con.execute(f"UPDATE document SET binned_at = NULL WHERE id {_CHOSEN}", (chosen,))
    for first, chunks in _ranges(con, chosen, live):
        changes.record(con, live, "add", first, first + chunks - 1)


def _ranges(con: apsw.Connection, chosen: str, generation_id: int) -> builtins.list[tuple[int, int]]:
    """(first chunk, how many) of the documents' editions in a generation, where there are any."""
    return fetch_all(
        con,
        f"SELECT first_chunk, chunks FROM edition WHERE document_id {_CHOSEN} AND generation_id = ?2"
        " AND chunks > 0 ORDER BY first_chunk",
        (chosen, generation_id),
    )


def _moment_to_count_from(con: apsw.Connection) -> float:
    """Now; where the clock has gone backwards, the last moment that the library knows of.

    Else a clock that is set right again would take a document for one that lay there for years.
    """
    return max(now(), float(fetch_value(con, _LAST_MOMENT)))


def _visible(con: apsw.Connection, ids: Iterable[str]) -> builtins.list[str]:
    rows = con.execute(
        f"SELECT document_id FROM edition WHERE generation_id = {_LIVE} AND document_id {_CHOSEN}",
        (_json(ids),),
    )
    return [row[0] for row in rows]


def _json(ids: Iterable[str]) -> str:
    return json.dumps(builtins.list(ids))
