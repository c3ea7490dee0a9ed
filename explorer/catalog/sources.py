"""Where the bytes of a document came from: every file and upload that held them, not only the first."""

from __future__ import annotations

import apsw

from explorer.catalog.columns import clean, fetch_one, fetch_value

UPLOADED = ""
"""What stands in `document_source.source` where there is no path; the name then tells uploads apart."""


def record(
    con: apsw.Connection, document_id: str, source: str | None, name: str, part_of: str | None
) -> None:
    """Note that a file, or an upload, holds a document's bytes."""
    con.execute(
        "INSERT OR IGNORE INTO document_source (document_id, source, name, part_of) VALUES (?, ?, ?, ?)",
        (document_id, UPLOADED if source is None else clean(source), clean(name), clean(part_of or "")),
    )


def record_job(con: apsw.Connection, document_id: str, job_id: int) -> None:
    """Note that the file of a job holds a document's bytes."""
    row = fetch_one(con, "SELECT source, name, part_of FROM job WHERE id = ?", (job_id,))
    if row is not None:
        record(con, document_id, *row)


def release(con: apsw.Connection, document_id: str, job_id: int | None) -> str | None:
    """The name of another file that has a document's bytes, None where no other has them.

    For when the file of a job holds other bytes than it did: the document goes on as the other file's. A job
    with a path gives up that path. An upload takes the place of a document that a person pointed at, so it
    gives up what that document is listed under, and the uploads of its own name.
    """
    job = fetch_one(con, "SELECT source, name FROM job WHERE id = ?", (job_id,))
    path, name = job if job is not None else (None, None)
    if path is not None:
        con.execute("DELETE FROM document_source WHERE document_id = ? AND source = ?", (document_id, path))
    else:
        _release_listed(con, document_id, name)
    left = fetch_one(
        con,
        "SELECT nullif(s.source, ''), nullif(s.part_of, ''), s.name FROM document_source s"
        " JOIN document d ON d.id = s.document_id WHERE d.id = ?"
        " ORDER BY nullif(s.source, '') IS NOT d.source,"
        " nullif(s.part_of, '') IS NOT d.part_of, s.name <> d.name, s.source, s.name LIMIT 1",
        (document_id,),
    )
    if left is None:
        return None
    con.execute("UPDATE document SET source = ?, part_of = ? WHERE id = ?", (*left[:2], document_id))
    return str(left[2])


def _release_listed(con: apsw.Connection, document_id: str, name: str | None) -> None:
    con.execute(
        "DELETE FROM document_source WHERE document_id = ?1 AND source <> ''"
        " AND source = (SELECT source FROM document WHERE id = ?1)",
        (document_id,),
    )
    con.execute(
        "DELETE FROM document_source WHERE document_id = ?1 AND source = '' AND (name = ?2 AND part_of = ''"
        " OR (name, part_of) = (SELECT name, coalesce(part_of, '') FROM document WHERE id = ?1)"
        # called otherwise by a person, it is no longer told which of its uploads it is listed under
        " OR (SELECT name FROM document WHERE id = ?1) NOT IN"
        " (SELECT name FROM document_source WHERE document_id = ?1))",
        (document_id, name),
    )


def rename(con: apsw.Connection, document_id: str, name: str) -> None:
    """An upload is known by its name: the one that a document is listed under takes the new name too."""
    old = fetch_value(con, "SELECT name FROM document WHERE id = ?", (document_id,))
    con.execute(
        "UPDATE OR REPLACE document_source SET name = ? WHERE document_id = ? AND source = '' AND name = ?",
        (name, document_id, old),
    )
