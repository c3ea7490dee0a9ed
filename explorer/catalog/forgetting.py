"""Removed means gone: what has to happen so that no byte of the folder holds a removed document's words."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable

import apsw

from explorer.catalog import asked, copies, doomed, drawn_maps, editions, free_pages, job_rows
from explorer.catalog.columns import dumps, fetch_value, now
from explorer.catalog.database import Database
from explorer.catalog.originals import Originals
from explorer.errors import StorageError

log = logging.getLogger(__name__)

FORGOTTEN = "This answer drew on a document that was removed."


class Forgetting:
    """`catalog.tidying`: the part after the commit, repeated later if it was interrupted."""

    def __init__(self, database: Database, originals: Originals) -> None:
        self._database = database
        self._originals = originals

    def after(self, shas: Iterable[str]) -> bool:
        """Delete originals, what killed processes left of them on the way in, older copies of the catalogue
        and the log. False when something has to wait."""
        self._originals.delete_unneeded(shas)
        self._originals.arriving.sweep()
        return self._finish()

    def tidy(self) -> bool:
        """Finish what an interrupted removal left; nothing to do costs one small query."""
        with self._database.read() as con:
            is_tidy = fetch_value(con, "SELECT value FROM counter WHERE name = 'untidy'") == 0
            if is_tidy and not doomed.listed(con):
                return True
        is_gone = self._originals.delete_doomed()
        self._originals.arriving.sweep()
        return self._finish() and is_gone

    def _finish(self) -> bool:
        with self._database.read() as con:
            pending = fetch_value(con, "SELECT value FROM counter WHERE name = 'untidy'")
        try:
            copies.drop(self._database.path)
        except StorageError as error:  # held open elsewhere: tried again when the worker has time
            log.warning("not yet: %s", error)
            return False
        try:
            free_pages.give_back_if_worth(self._database)
        except StorageError as error:  # the words are gone all the same; the room comes back later
            log.warning("the catalogue stays as long as it is: %s", error)
        if not self._database.forget():
            return False
        with self._database.write() as con:
            con.execute("UPDATE counter SET value = 0 WHERE name = 'untidy' AND value = ?", (pending,))
        return True


def remove(con: apsw.Connection, ids: Iterable[str], *, spare_waiting: bool = False) -> list[str]:
    """The SHA-256 of the originals that may go now; removes all else that speaks of these documents.

    Runs inside the caller's write transaction.
    """
    spared = f" AND state IN {job_rows.OVER}" if spare_waiting else ""
    known = list(ids)
    shas = []
    drawn_maps.forget(con, known)
    for document_id in known:
        sha = str(fetch_value(con, "SELECT sha256 FROM document WHERE id = ?", (document_id,)))
        _forget_answers(con, document_id)
        con.execute("UPDATE job SET replaces = NULL WHERE replaces = ?", (document_id,))
        con.execute(f"DELETE FROM job WHERE (document_id = ? OR sha256 = ?){spared}", (document_id, sha))
        shas.append(sha)
    editions.drop_of_documents(con, known)
    con.executemany("DELETE FROM document WHERE id = ?", ((document_id,) for document_id in known))
    if shas:
        doomed.doom(con, shas)
        con.execute("UPDATE counter SET value = value + 1 WHERE name = 'untidy'")
    return shas


def call_off(con: apsw.Connection, ids: Iterable[str]) -> None:
    """Let go of documents that go into the bin: their jobs end, and no language model answers from them.

    Runs inside the caller's write transaction.
    """
    chosen = (json.dumps(list(ids)),)
    these = "IN (SELECT value FROM json_each(?1))"
    con.execute(f"UPDATE job SET replaces = NULL WHERE replaces {these}", chosen)
    con.execute(
        f"DELETE FROM job WHERE document_id {these}"
        f" OR sha256 IN (SELECT sha256 FROM document WHERE id {these})",
        chosen,
    )
    con.execute(
        "UPDATE message SET state = 'stopped' WHERE state = 'streaming' AND kind IN ('model', 'composed')"
        f" AND id IN (SELECT message_id FROM message_source WHERE document_id {these})",
        chosen,
    )


def finish_job(
    con: apsw.Connection, job_id: int, outcome: str, document_id: str | None, warnings: Iterable[str]
) -> None:
    """Mark a job as done."""
    con.execute(
        "UPDATE job SET state = 'ready', outcome = ?, document_id = ?, warnings = ?, finished_at = ?,"
        " done = total, error = NULL, needs_password = 0, worker = NULL WHERE id = ?",
        (outcome, document_id, dumps(list(warnings)), now(), job_id),
    )


def _forget_answers(con: apsw.Connection, document_id: str) -> None:
    """Words about the document go, a model's and ours; quotes are spans, which lose their document."""
    drew_on_it = "(SELECT message_id FROM message_source WHERE document_id = ?)"
    con.execute(
        "UPDATE message SET text = ?, error = NULL, forgotten = 1, found = 0,"
        " state = CASE state WHEN 'streaming' THEN 'stopped' ELSE state END"
        f" WHERE kind IN ('model', 'composed') AND id IN {drew_on_it}",
        (FORGOTTEN, document_id),
    )
    con.execute(
        "DELETE FROM citation WHERE message_id IN (SELECT id FROM message WHERE forgotten)"
        f" AND message_id IN {drew_on_it}",
        (document_id,),
    )
    con.execute("UPDATE citation SET document_id = NULL, digest = NULL WHERE document_id = ?", (document_id,))
    asked.forget(con, document_id)
