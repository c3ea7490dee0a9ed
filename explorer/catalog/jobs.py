"""The queue as people see it: files to add or redo and maps to draw, asked for, listed, cancelled, retried.

It survives closed tabs, reloads and killed workers. What workers do with it stands in `work.py`.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import apsw

from explorer.catalog import job_rows, nesting
from explorer.catalog.activity import JobGroup, activity_of
from explorer.catalog.columns import clean, fetch_all, fetch_one, fetch_value, ids_json, now
from explorer.catalog.database import Database
from explorer.catalog.originals import Originals
from explorer.errors import NotFound
from explorer.types import Activity, Job, JobKind


class Jobs:
    """`catalog.jobs`. Passwords are never stored: they go to the worker directly."""

    def __init__(self, database: Database, originals: Originals) -> None:
        self._database = database
        self._originals = originals

    # ---- for those who want work done

    def enqueue(
        self,
        kind: JobKind,
        name: str,
        *,
        size: int = 0,
        source: str | None = None,
        sha256: str | None = None,
        incoming: Path | None = None,
        replaces: str | None = None,
        keep_both: bool = False,
        document_id: str | None = None,
        dimensions: int | None = None,
        part_of: str | None = None,
    ) -> int:
        """Queue a job; returns its id. It joins the current batch, or starts one when the queue is empty.

        `incoming`: a complete file; it moves to `files/<sha256>` in the same transaction.
        """
        with self._database.write() as con:
            if incoming is not None:
                if sha256 is None:
                    raise ValueError("a file that has arrived needs its sha256")
                self._originals.adopt(incoming, sha256)
            batch = job_rows.batch_for(con, kind)
            con.execute(
                "INSERT INTO job (kind, name, state, size, created_at, batch, source, sha256, replaces,"
                " keep_both, document_id, dimensions, part_of)"
                " VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kind,
                    clean(name),
                    size,
                    now(),
                    batch,
                    clean(source) if source is not None else None,
                    sha256,
                    replaces,
                    int(keep_both),
                    document_id,
                    dimensions,
                    clean(part_of) if part_of is not None else None,
                ),
            )
            return int(con.last_insert_rowid())

    def cancel(self, job_ids: Iterable[int] | None = None) -> builtins.list[int]:
        """Cancel these jobs with all that came out of their files, or all files that are not over. Waiting
        ones are cancelled at once; those being worked on are flagged, which their worker sees at its next
        `progress`. Returns the ids it touched."""
        with self._database.write() as con:
            ids = self._open_ids(con, job_ids)
            con.execute(
                "UPDATE job SET state = 'cancelled', finished_at = ? WHERE state = 'queued'"
                " AND id IN (SELECT value FROM json_each(?))",
                (now(), ids_json(ids)),
            )
            con.execute(
                "UPDATE job SET cancelling = 1 WHERE state IN ('reading', 'embedding')"
                " AND id IN (SELECT value FROM json_each(?))",
                (ids_json(ids),),
            )
            shas = self._originals.doom_unknown(con, job_rows.files_of_cancelled(con, ids))
        if shas:
            self._originals.delete_unneeded(shas)
        return ids

    def retry(self, job_id: int) -> None:
        """Queue a failed or cancelled job again, in the current batch. Raises NotFound when it is gone."""
        with self._database.write() as con:
            row = fetch_one(con, "SELECT kind, state FROM job WHERE id = ?", (job_id,))
            if row is None:
                raise NotFound("This entry is gone. Add the file again.")
            if row[1] not in ("failed", "cancelled"):
                return
            con.execute(
                "UPDATE job SET state = 'queued', batch = ?, created_at = ?, done = 0, total = 0,"
                " started_at = NULL, finished_at = NULL, outcome = NULL, error = NULL,"
                " needs_password = 0, cancelling = 0, attempts = 0, warnings = '[]' WHERE id = ?",
                (job_rows.batch_for(con, row[0]), now(), job_id),
            )

    def dismiss(self, job_ids: Iterable[int] | None = None) -> int:
        """Take jobs that are over off the list (all of them by default); returns how many.

        The originals of failed ones go with them, unless a document has the same bytes.
        """
        with self._database.write() as con:
            condition = f"state IN {job_rows.OVER}"
            bindings: tuple[str, ...] = ()
            if job_ids is not None:
                condition += " AND id IN (SELECT value FROM json_each(?))"
                bindings = (ids_json(job_ids),)
            rows = fetch_all(
                con,
                f"SELECT DISTINCT sha256 FROM job WHERE sha256 IS NOT NULL AND {condition}",
                bindings,
            )
            shas = self._originals.doom_unknown(con, [sha for (sha,) in rows])
            con.execute(f"DELETE FROM job WHERE {condition}", bindings)
            dismissed = con.changes()
        self._originals.delete_unneeded(shas)
        return dismissed

    # ---- for those who watch

    def get(self, job_id: int) -> Job | None:
        """One job; None when it was dismissed or its document removed."""
        found = self.by_ids([job_id])
        return found[0] if found else None

    def require(self, job_id: int) -> Job:
        """One job. Raises NotFound where `get` would return None."""
        job = self.get(job_id)
        if job is None:
            raise NotFound(
                f"There is no job {job_id} in this library; it was dismissed, or its document removed."
            )
        return job

    def by_ids(self, job_ids: Iterable[int]) -> builtins.list[Job]:
        """These jobs in order of id; those that are gone are left out."""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                f"SELECT {job_rows.JOB} FROM job WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (ids_json(job_ids),),
            )
        return [job_rows.job_of(row) for row in rows]

    def family(self, job_ids: Iterable[int]) -> builtins.list[Job]:
        """These jobs and those of all files within their files, in the order in which they stand there."""
        with self._database.read() as con:
            return nesting.in_order(con, job_ids)

    def list(self, kinds: Sequence[JobKind] = job_rows.FILES, *, notable: bool = False) -> builtins.list[Job]:
        """The current batch and every failed job, newest last.

        With `notable` only what a person may have to look at: no file that was simply added, and of those
        that wait only the next few.
        """
        wanted = f" AND ({job_rows.NOTABLE})" if notable else ""
        with self._database.read() as con:
            rows = fetch_all(
                con,
                f"SELECT {job_rows.JOB} FROM job WHERE kind IN (SELECT value FROM json_each(?1))"
                f" AND (state = 'failed' OR batch = {job_rows.LAST_BATCH}){wanted} ORDER BY created_at, id",
                (json.dumps(list(kinds)),),
            )
        return [job_rows.job_of(row) for row in rows]

    def activity(self, kinds: Sequence[JobKind] = job_rows.FILES) -> Activity:
        """The current batch in numbers; maps are counted only where `kinds` names them."""
        named = (json.dumps(list(kinds)),)
        batch = f"kind IN (SELECT value FROM json_each(?1)) AND batch = {job_rows.LAST_BATCH}"
        with self._database.read() as con:
            groups = fetch_all(
                con,
                "SELECT state, outcome, count(*), sum(size), min(started_at) FROM job"
                f" WHERE {batch} AND outcome IS NOT 'opened' GROUP BY state, outcome",
                named,
            )
            current = fetch_all(
                con,
                f"SELECT {job_rows.JOB} FROM job WHERE {batch} AND state IN ('reading', 'embedding')"
                " ORDER BY id",
                named,
            )
            number = fetch_value(con, f"SELECT coalesce({job_rows.LAST_BATCH}, 0)", named)
        return activity_of(
            [JobGroup(*group) for group in groups],
            [job_rows.job_of(row) for row in current],
            now(),
            int(number),
        )

    def has_work(self, kinds: Sequence[JobKind] = (*job_rows.FILES, "map")) -> bool:
        """Whether anything waits or is being worked on."""
        with self._database.read() as con:
            return job_rows.is_busy(con, kinds)

    def _open_ids(self, con: apsw.Connection, job_ids: Iterable[int] | None) -> builtins.list[int]:
        sql = f"SELECT id FROM job WHERE state NOT IN {job_rows.OVER} AND "
        if job_ids is None:
            return [row[0] for row in con.execute(sql + "kind IN ('add', 'redo')")]
        rows = con.execute(f"{nesting.FAMILY} {sql} id IN (SELECT id FROM family)", (ids_json(job_ids),))
        return [row[0] for row in rows]
