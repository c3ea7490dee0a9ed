"""Documents arrive: stored in one transaction, or recognised by bytes that are there already."""

from __future__ import annotations

import secrets
from typing import Literal

import apsw

from explorer.catalog import binned, editions, forgetting, sources, verifying
from explorer.catalog.columns import clean, fetch_one, now, strings
from explorer.catalog.database import Database
from explorer.catalog.documents import exists
from explorer.catalog.forgetting import Forgetting
from explorer.catalog.manifest import ManifestEntry
from explorer.catalog.originals import Originals
from explorer.catalog.records import NewDocument, Stored
from explorer.errors import Cancelled, NotFound


class Arrivals:
    """`catalog.arrivals`: the way of documents into `catalog.documents`, and of new versions into the place
    of earlier ones."""

    def __init__(self, database: Database, tidying: Forgetting, originals: Originals) -> None:
        self._database = database
        self._originals = originals
        self._tidying = tidying

    def store(
        self,
        new: NewDocument,
        generation_id: int,
        *,
        replaces: str | None = None,
        job_id: int | None = None,
        before: ManifestEntry | None = None,
    ) -> Stored:
        """Make a document visible, in one step; while redoing, add its edition to the building generation.

        Its embeddings must have been `put` earlier. `replaces`: the document that it takes the place of. Its
        tags carry over and it goes as with `documents.remove`, unless another file has its bytes. `job_id`:
        the job that did it, which is over with the same transaction. `before`: what a new document was
        elsewhere; without it, what it was before the catalogue was lost. Its day and tags come back. Bytes
        that are known already change nothing ("unchanged"), unless `replaces` is the document that has them:
        then what is kept of it gives way ("added"), in the bin too. Those of a document in the bin bring it
        back, read anew ("added"). One that was in the bin when the catalogue was lost is in the bin again.

        Raises:
            MissingEmbeddings: embed those chunks again and repeat.
            Cancelled: the job was cancelled or its document removed meanwhile; nothing was stored.
            NotFound: the generation is gone.
            ValueError: a chunk lies outside the text.
        """
        gone, kept = list[str](), None
        with self._database.write() as con:
            _require_wanted(con, job_id)
            _require_generation(con, generation_id)
            before = before or self._originals.restored(con, new.sha256)
            document_id, is_new = _document_row(con, new, job_id, before)
            binned_at = None if is_new else binned.since(con, document_id)
            is_again = replaces == document_id
            was_binned = binned_at is not None and not is_again
            status: Literal["added", "replaced", "unchanged"] = "added" if is_new else "unchanged"
            if _edition_of(con, document_id, generation_id) is None:
                editions.insert(con, document_id, generation_id, new)
                status = "added"
            elif is_again:
                editions.replace(con, document_id, generation_id, new)
                status = "added"
            if binned_at is not None:  # now, for both editions may need the same embeddings
                binned.take_out(con, document_id)
            if not is_again and not _is_redo(con, job_id):
                sources.record(con, document_id, new.source, new.name, new.part_of)
            if replaces and replaces != document_id and is_new and exists(con, replaces):
                gone, kept = _take_the_place(con, replaces, document_id, job_id)
                status = "replaced"
            if job_id is not None:
                warnings = (*new.warnings, binned.BACK) if was_binned else new.warnings
                forgetting.finish_job(con, job_id, status, document_id, warnings)
            if is_new and before is not None:
                binned_at = before.binned
            if binned_at is not None and not was_binned:
                binned.park(con, [document_id], at=binned_at)
            if is_new or was_binned:
                self._originals.note(con, [document_id, replaces] if replaces else [document_id])
        if gone:
            self._tidying.after(gone)
        return Stored(document_id, status, kept)

    def recognise(
        self,
        document_id: str,
        job_id: int,
        replaces: str | None = None,
        *,
        was_binned: bool = False,
        was_damaged: bool = False,
    ) -> Stored | None:
        """End a job whose file holds the bytes of a document; None when that document is gone meanwhile.

        `replaces`: the document that has what the file held earlier. Its tags carry over and it goes, unless
        another file has its bytes. `was_binned`: the document came back from the bin for this file.
        `was_damaged`: its original was, until this file took its place.
        """
        gone, kept = list[str](), None
        with self._database.write() as con:
            row = fetch_one(
                con,
                "SELECT e.warnings FROM edition e JOIN generation g ON g.id = e.generation_id"
                " AND g.state = 'live' WHERE e.document_id = ?",
                (document_id,),
            )
            if row is None:
                return None
            status: Literal["added", "replaced", "unchanged"] = "added" if was_binned else "unchanged"
            sources.record_job(con, document_id, job_id)
            if replaces is not None and replaces != document_id:
                status = "replaced"
                if exists(con, replaces):
                    gone, kept = _take_the_place(con, replaces, document_id, job_id)
                    self._originals.note(con, [document_id, replaces])
            warnings = [*strings(row[0])]
            warnings += [binned.BACK] * was_binned + [verifying.REPLACED] * was_damaged
            forgetting.finish_job(con, job_id, status, document_id, warnings)
        if gone:
            self._tidying.after(gone)
        return Stored(document_id, status, kept)


def _require_wanted(con: apsw.Connection, job_id: int | None) -> None:
    if job_id is None:
        return
    row = fetch_one(con, "SELECT cancelling, state FROM job WHERE id = ?", (job_id,))
    if row is None or row[0] or row[1] == "cancelled":
        raise Cancelled("This file was cancelled.")


def _require_generation(con: apsw.Connection, generation_id: int) -> None:
    if fetch_one(con, "SELECT 1 FROM generation WHERE id = ?", (generation_id,)) is None:
        raise NotFound("The index this document was prepared for is gone. Prepare it again.")


def _document_row(
    con: apsw.Connection, new: NewDocument, job_id: int | None, before: ManifestEntry | None
) -> tuple[str, bool]:
    """(id, whether it was made now) of the document with these bytes.

    `before`: what it was elsewhere, or before the catalogue was lost. Its day and its tags come back.
    """
    row = fetch_one(con, "SELECT id, binned_at FROM document WHERE sha256 = ?", (new.sha256,))
    if row is not None and (row[1] is None or not _is_redo(con, job_id)):
        return str(row[0]), False
    if _is_redo(con, job_id):
        raise Cancelled("The document was removed while it was being redone.")
    document_id = secrets.token_hex(8)
    con.execute(
        "INSERT INTO document (id, sha256, name, source, size, added_at, part_of)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            document_id,
            new.sha256,
            clean(new.name),
            clean(new.source) if new.source is not None else None,
            new.size,
            now() if before is None else before.added,
            clean(new.part_of) if new.part_of is not None else None,
        ),
    )
    tags = () if before is None else before.tags
    con.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?)", ((document_id, tag) for tag in tags))
    return document_id, True


def _is_redo(con: apsw.Connection, job_id: int | None) -> bool:
    return fetch_one(con, "SELECT 1 FROM job WHERE id = ? AND kind = 'redo'", (job_id,)) is not None


def _edition_of(con: apsw.Connection, document_id: str, generation_id: int) -> int | None:
    row = fetch_one(
        con,
        "SELECT id FROM edition WHERE document_id = ? AND generation_id = ?",
        (document_id, generation_id),
    )
    return None if row is None else int(row[0])


def _take_the_place(
    con: apsw.Connection, old: str, new: str, job_id: int | None
) -> tuple[list[str], tuple[str, str] | None]:
    """(SHA-256 of the originals that go, what stays because another file has its bytes: its id and name).

    The tags of the old document go over to the new one.
    """
    con.execute("INSERT OR IGNORE INTO tag SELECT ?, tag FROM tag WHERE document_id = ?", (new, old))
    left = sources.release(con, old, job_id)
    if left is None:
        return forgetting.remove(con, [old], spare_waiting=True), None
    return [], (old, left)
