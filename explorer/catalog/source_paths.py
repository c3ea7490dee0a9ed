"""What becomes of documents when the file that they came from is moved or gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import apsw

from explorer.catalog.binned import Bin
from explorer.catalog.columns import clean, fetch_all, fetch_one
from explorer.catalog.database import Database
from explorer.catalog.documents import Documents
from explorer.catalog.originals import Originals

_AT_OR_WITHIN = "(source = ?1 OR (source > ?1 || ?2 AND source < ?1 || ?3 AND part_of <> ''))"
"""SQL: the file of a path, or what came out of it; not the files of a folder that has the path now. `?2` is
the separator, `?3` the character behind it."""
_BEHIND = chr(ord(os.sep) + 1)


class LeftBehind(NamedTuple):
    """What a file that is gone leaves."""

    going: tuple[str, ...]
    """Ids of the documents that no other file has: in the bin now, or where there is none, still there."""
    renamed: tuple[tuple[str, str], ...]
    """(id, name) of documents that go on as another file's, and the name of that one."""


class SourcePaths:
    """`catalog.paths`."""

    def __init__(self, database: Database, documents: Documents, held: Bin, originals: Originals) -> None:
        self._database = database
        self._documents = documents
        self._bin = held
        self._originals = originals

    def moved(self, old: str, new: str, terms: Callable[[str, str | None], Sequence[str]]) -> list[str]:
        """A file has another path, and the same content: the ids of the documents that follow it.

        One that is called as the file was is called as it is now; `terms` are what keyword search knows a
        name by. What came out of the file follows too. No job may be at work on the file (`jobs`).
        """
        old, new = clean(old), clean(new)
        was, name = os.path.basename(old), os.path.basename(new)  # noqa: PTH119
        with self._database.write() as con:
            followers = _at_or_within(con, old)
            for document_id, source in followers:
                _move(con, document_id, source, new + source[len(old) :], (was, name, source != old))
            ids = list(dict.fromkeys(document_id for document_id, _ in followers))
            for document_id in ids:
                row = fetch_one(con, "SELECT name, source FROM document WHERE id = ?", (document_id,))
                if row == (was, new) and was != name:
                    language = self._language(con, document_id)
                    self._documents.rename(document_id, name, terms(name, language))
            self._originals.note(con, ids)
        return ids

    def jobs(self, path: str) -> tuple[list[int], list[int]]:
        """(the jobs that wait for a file or are at work on it, those of it that failed)."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT id, state FROM job WHERE source = ? AND part_of IS NULL"
                " AND state IN ('queued', 'reading', 'embedding', 'failed')",
                (clean(path),),
            )
        failed = [job_id for job_id, state in rows if state == "failed"]
        return [job_id for job_id, state in rows if state != "failed"], failed

    def is_queued(self, path: str) -> bool:
        """Whether a job waits that will read the file as it stands then."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                "SELECT id FROM job WHERE source = ? AND kind = 'add' AND state = 'queued'"
                " AND part_of IS NULL AND sha256 IS NULL LIMIT 1",
                (clean(path),),
            )
        return bool(rows)

    def gone(self, path: str, *, keeps: bool, is_gone: Callable[[str], bool] = lambda _: False) -> LeftBehind:
        """A file is gone: what no other file has goes into the bin; where there is none (`keeps`), it stays.

        So does what came out of it. Documents whose bytes another file or an upload has go on as that one's,
        but for files that surely are gone too, which `is_gone` knows by their path.
        """
        path = clean(path)
        with self._database.write() as con:
            going, renamed = [], []
            for document_id, source in _at_or_within(con, path):
                left = _leave(con, document_id, source, is_gone)
                if left is None:
                    going.append(document_id)
                elif left:
                    renamed.append((document_id, left))
            gone = tuple(dict.fromkeys(going))
            if keeps and gone:
                gone = tuple(self._bin.put(gone))
            self._originals.note(con, [document_id for document_id, _ in renamed])
        return LeftBehind(gone, tuple(renamed))

    def _language(self, con: apsw.Connection, document_id: str) -> str | None:
        row = fetch_one(
            con,
            "SELECT e.language FROM edition e JOIN generation g ON g.id = e.generation_id"
            " AND g.state = 'live' WHERE e.document_id = ?",
            (document_id,),
        )
        return None if row is None else row[0]


def _at_or_within(con: apsw.Connection, path: str) -> list[tuple[str, str]]:
    """(document, source) of what is not in the bin, for a file and all that came out of it."""
    return [
        (str(document_id), str(source))
        for document_id, source in fetch_all(
            con,
            f"SELECT document_id, source FROM document_source WHERE source <> '' AND {_AT_OR_WITHIN}"
            " AND document_id IN (SELECT id FROM document WHERE binned_at IS NULL) ORDER BY source",
            (path, os.sep, _BEHIND),
        )
    ]


def _move(con: apsw.Connection, document_id: str, source: str, to: str, file: tuple[str, str, bool]) -> None:
    """Give a document the path `to`. `file`: what the file that moved was and is called, and whether the
    document only came out of it."""
    part_of = (
        "CASE WHEN ?6 AND (part_of = ?4 OR substr(part_of, 1, length(?4) + 1) = ?4 || '/')"
        " THEN ?5 || substr(part_of, length(?4) + 1) ELSE part_of END"
    )
    bindings = (document_id, source, to, *file)
    con.execute(
        f"UPDATE OR REPLACE document_source SET source = ?3, part_of = {part_of},"
        " name = CASE WHEN name = ?4 AND NOT ?6 THEN ?5 ELSE name END"
        " WHERE document_id = ?1 AND source = ?2",
        bindings,
    )
    con.execute(
        f"UPDATE document SET source = ?3, part_of = {part_of} WHERE id = ?1 AND source = ?2", bindings
    )


def _leave(con: apsw.Connection, document_id: str, source: str, is_gone: Callable[[str], bool]) -> str | None:
    """None where no other file has a document's bytes; else "", or the other file's name where the document
    was listed under the one that is gone. The last file is kept: it is what the bin knows of the place."""
    others = fetch_all(
        con,
        "SELECT s.name, nullif(s.source, ''), nullif(s.part_of, '') FROM document_source s"
        " WHERE s.document_id = ? AND s.source <> ? ORDER BY s.source, s.name",
        (document_id, source),
    )
    others = [one for one in others if one[1] is None or not is_gone(one[1])]
    if not others:
        return None
    con.execute("DELETE FROM document_source WHERE document_id = ? AND source = ?", (document_id, source))
    listed = fetch_one(con, "SELECT source, name FROM document WHERE id = ?", (document_id,))
    if listed is None or listed[0] != source:
        return ""
    name, path, part_of = others[0]
    con.execute("UPDATE document SET source = ?, part_of = ? WHERE id = ?", (path, part_of, document_id))
    return str(name) if listed[1] == os.path.basename(source) else ""  # noqa: PTH119
