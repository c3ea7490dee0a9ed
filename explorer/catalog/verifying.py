"""Are documents still what was stored? A few are looked at at each start, all on request.

An original is compared with the SHA-256 that is its name, everything else with its checksum (`checksums.py`).
Documents of which something is found damaged are noted, so that the doctor can name them without reading all
again; the next file with the same bytes takes a damaged original's place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import apsw

from explorer.catalog import checksums, job_rows
from explorer.catalog.chosen_settings import CHANGED, DAMAGED, VERIFIED, ChosenSettings
from explorer.catalog.columns import fetch_all, fetch_one
from explorer.catalog.database import Database
from explorer.catalog.editions import drop_of_documents
from explorer.catalog.originals import Originals

A_FEW = 5
"""How many are compared at each start."""
REPLACED = "Its original, which was damaged or lost, was replaced."
"""A warning with the outcome of a file whose bytes took the place of such an original."""
_BLOCK = 1 << 18
_COLUMNS = "SELECT id, sha256, name, size FROM document"
_CHOSEN = " WHERE id IN (SELECT value FROM json_each(?))"
_CHANGED = f"SELECT id, name, sha256, size, source, part_of FROM document{_CHOSEN}"
_READ_AGAIN = "(SELECT replaces FROM job WHERE keep_both AND replaces IS NOT NULL AND {state})"
_Row = tuple[str, str, str, int]


class Changed(NamedTuple):
    """A document of which something but the original has changed on the disk."""

    document_id: str
    name: str
    sha256: str
    size: int
    source: str | None
    part_of: str | None


class Verifying:
    """`catalog.verifying`. Reading happens outside transactions, so nobody waits for it."""

    def __init__(self, database: Database, originals: Originals, settings: ChosenSettings) -> None:
        self._database = database
        self._originals = originals
        self._settings = settings

    def some(self, number: int = A_FEW) -> list[str]:
        """Look at the next few documents, each in its turn; the names of those that have changed."""
        last = str(self._settings.get(VERIFIED, ""))
        with self._database.read() as con:
            rows = fetch_all(con, f"{_COLUMNS} WHERE id > ? ORDER BY id LIMIT ?", (last, number))
            again = fetch_all(con, f"{_COLUMNS} ORDER BY id LIMIT ?", (number - len(rows),))
        rows += [row for row in again if row not in rows]
        if not rows:
            return []
        damaged = self._compare(rows)
        changed = self._compare_kept([row[0] for row in rows])
        self._settings.change({VERIFIED: rows[-1][0]})
        return damaged + [name for document_id, _, name, _ in rows if document_id in changed]

    def all(self, on_progress: Callable[[int, int], None] | None = None) -> list[str]:
        """Look at every document; the names of those whose original is damaged. `changed` gives the others.

        `on_progress(done, total)` may raise to stop.
        """
        with self._database.read() as con:
            rows = fetch_all(con, f"{_COLUMNS} ORDER BY id")
        damaged = []
        for number, row in enumerate(rows):
            if on_progress is not None:
                on_progress(number, len(rows))
            damaged += self._compare([row])
            self._compare_kept([row[0]])
        return damaged

    def changed(self) -> list[Changed]:
        """Those of which something but the original was found changed and still is; only those are read.

        Left out are those that are about to be read again.
        """
        noted = self._settings.get(CHANGED, [])
        still = json.dumps(sorted(self._compare_kept(noted))) if noted else "[]"
        again = _READ_AGAIN.format(state=f"state NOT IN {job_rows.OVER}")
        with self._database.read() as con:
            rows = fetch_all(
                con,
                f"{_CHANGED} AND id NOT IN {again} ORDER BY name, id",
                (still,),
            )
        return [Changed(*row) for row in rows]

    def give_way(self, document_ids: Iterable[str]) -> list[Changed]:
        """What is kept of changed documents gives way to what a job will read again: the documents, with
        those that were found on the way because they share a vector with one of them.

        Whoever calls queues the jobs in the same transaction. What is kept serves until they are done, but
        for its vectors, and for what a redo under way has made of them. Raises StorageError.
        """
        with self._database.write() as con:
            editions = _with_all_that_share(con, document_ids)
            ids = json.dumps(sorted({document_id for _, document_id in editions}))
            checksums.drop_vectors(con, [edition_id for edition_id, _ in editions])
            drop_of_documents(con, json.loads(ids), state="building")
            over = _READ_AGAIN.format(state=f"state IN {job_rows.OVER}")
            con.execute(
                f"DELETE FROM job WHERE replaces IN (SELECT value FROM json_each(?)) AND replaces IN {over}"
                f" AND keep_both AND state IN {job_rows.OVER}",
                (ids,),
            )
            self._settings.change({CHANGED: sorted({*self._settings.get(CHANGED, []), *json.loads(ids)})})
            rows = fetch_all(con, f"{_CHANGED} ORDER BY name, id", (ids,))
        return [Changed(*row) for row in rows]

    def known(self) -> list[str]:
        """The names of documents whose original was found damaged and still is; only those are read."""
        with self._database.read() as con:
            wanted = json.dumps(self._settings.get(DAMAGED, []))
            rows = fetch_all(con, _COLUMNS + _CHOSEN, (wanted,))
        return self._compare(rows)

    def is_whole(self, sha256: str) -> bool:
        """Whether a document's original is there and not known to be damaged. It is not read."""
        with self._database.read() as con:
            row = fetch_one(con, "SELECT id, size FROM document WHERE sha256 = ?", (sha256,))
        if row is None or row[0] in self._settings.get(DAMAGED, []):
            return False
        return _size(self._originals.path(sha256)) == int(row[1])

    def doubt(self, sha256: str) -> None:
        """Note a document whose original is missing or of another size, before its bytes come again."""
        with self._database.write() as con:
            row = fetch_one(con, "SELECT id, size FROM document WHERE sha256 = ?", (sha256,))
            if row is not None and _size(self._originals.path(sha256)) != int(row[1]):
                self._settings.change({DAMAGED: sorted({*self._settings.get(DAMAGED, []), row[0]})})

    def settle(self, sha256: str) -> bool:
        """Whether a document's original was noted as damaged and is right now; then the note goes.

        Only one that was noted is read.
        """
        with self._database.read() as con:
            row = fetch_one(con, f"{_COLUMNS} WHERE sha256 = ?", (sha256,))
        if row is None or row[0] not in self._settings.get(DAMAGED, []):
            return False
        self._compare([row])
        return row[0] not in self._settings.get(DAMAGED, [])

    def _compare(self, rows: Iterable[_Row]) -> list[str]:
        """The names of those whose bytes are others; noted, and struck off where they are right again."""
        bad, good, names = set(), set(), []
        for document_id, sha256, name, size in rows:
            path = self._originals.path(sha256)
            if _size(path) != size:
                continue  # missing or of another size: `check` names it
            if _digest(path) in (sha256, None):
                good.add(document_id)
            else:
                bad.add(document_id)
                names.append(name)
        self._remember(DAMAGED, good, bad)
        return names

    def _compare_kept(self, document_ids: Iterable[str]) -> set[str]:
        """Those of these documents of which something has changed; noted, and struck off where it is right.

        What an earlier version stored gets its checksum, as it is.
        """
        looked_at = list(document_ids)
        with self._database.read() as con:
            bad = {document_id for _, document_id in checksums.changed(con, looked_at)}
            is_old = bool(checksums.missing(con, looked_at))
        if is_old:
            with self._database.write() as con:
                for edition_id in checksums.missing(con, looked_at):
                    checksums.note(con, edition_id)
        self._remember(CHANGED, set(looked_at) - bad, bad)
        return bad

    def _remember(self, key: str, good: set[str], bad: set[str]) -> None:
        with self._database.write() if bad or self._settings.get(key) else self._database.read() as con:
            before = set(self._settings.get(key, []))
            alive = {row[0] for row in fetch_all(con, "SELECT id FROM document")} if before | bad else set()
            after = ((before - good) | bad) & alive
            if after != before:
                self._settings.change({key: sorted(after) or None})


def _with_all_that_share(con: apsw.Connection, document_ids: Iterable[str]) -> list[tuple[int, str]]:
    """(edition, document) of all that has changed of these documents, and of others that share a vector with
    what has changed: nobody looked at those yet."""
    found = checksums.changed(con, document_ids)
    while True:
        known = {document_id for _, document_id in found}
        others = checksums.sharing(con, [edition_id for edition_id, _ in found]) - known
        more = checksums.changed(con, others)
        if not more:
            return found
        found += more


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _digest(path: Path) -> str | None:
    """The SHA-256 of a file; None where it was removed meanwhile.

    The buffer is emptied: the vector index writes freed memory of this process into its own files.
    """
    digest, block = hashlib.sha256(), bytearray(_BLOCK)
    try:
        with path.open("rb", buffering=0) as file, memoryview(block) as view:
            while size := file.readinto(view):
                digest.update(view[:size])
        return digest.hexdigest()
    except FileNotFoundError:
        return None
    except OSError:
        return ""  # it cannot be read: as bad as other bytes
    finally:
        block[:] = bytes(_BLOCK)
