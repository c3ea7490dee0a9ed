"""The queue as its workers see it: take the next job, say how far it is, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import apsw

from explorer.catalog import doomed, forgetting, job_rows, nesting
from explorer.catalog.columns import clean, dumps, fetch_all, fetch_one, now
from explorer.catalog.database import Database
from explorer.catalog.originals import Originals
from explorer.catalog.records import Task
from explorer.types import JobKind, JobOutcome

MAX_ATTEMPTS = 20
"""A job that was begun this often, and took its worker down with it each time, is given up."""
_GIVEN_UP = f" was given up: the background process stopped {MAX_ATTEMPTS} times while it worked on it."


class Work:
    """`catalog.work`: the jobs of `catalog.jobs` for those who do them. Passwords are never stored."""

    def __init__(self, database: Database, originals: Originals) -> None:
        self._database = database
        self._originals = originals

    def claim(
        self,
        worker: str,
        kinds: Sequence[JobKind] = job_rows.FILES,
        skip: Sequence[int] = (),
        *,
        parts_last: bool = True,
        largest: int | None = None,
    ) -> Task | None:
        """Take the next waiting job: new files before redone ones, files before those that came out of
        others, oldest first. None when none waits.

        `skip`: those that cannot be done now. `parts_last` False: whatever has waited longest. `largest`: the
        smallest file of at most so many bytes instead.
        """

        def following(con: apsw.Connection) -> int | None:
            return job_rows.next_waiting(con, kinds, skip, parts_last=parts_last, largest=largest)

        with self._database.read() as con:
            if not following(con):
                return None  # asking is frequent; it must not cost a write
        with self._database.write() as con:
            job_id = following(con)
            if job_id is None:
                return None
            con.execute(
                "UPDATE job SET state = 'reading', started_at = ?1, heartbeat = ?1, worker = ?2,"
                " attempts = attempts + 1, done = 0, total = 0, error = NULL WHERE id = ?3",
                (now(), worker, job_id),
            )
            row = fetch_one(con, f"SELECT {job_rows.TASK} FROM job WHERE id = ?", (job_id,))
        return None if row is None else job_rows.task_of(row)

    def spent(self, job_id: int) -> tuple[int, int, int]:
        """(depth, files, bytes) that the archives and mails around a job's file have come to."""
        with self._database.read() as con:
            return nesting.spent(con, job_id)

    def is_within_itself(self, job_id: int) -> bool:
        """Whether a job's file came out of a file with the same bytes."""
        with self._database.read() as con:
            return nesting.is_within_itself(con, job_id)

    def enqueue_part(self, parent: int, member: str, sha256: str, size: int, incoming: Path) -> int:
        """Queue a file that came out of the file of the job `parent`; returns its job's id, new or old.

        `incoming` as in `jobs.enqueue`. Raises Cancelled when nobody wants the parent any more.
        """
        with self._database.write() as con:
            job_id, is_new = nesting.insert(con, parent, member, sha256, size)
            if is_new:
                self._originals.adopt(incoming, sha256)
        return job_id

    def set_file(self, job_id: int, sha256: str, size: int, incoming: Path | None = None) -> bool:
        """Say which bytes a job is about; `incoming` as in `jobs.enqueue`. False when it is unwanted."""
        with self._database.write() as con:
            if not job_rows.is_wanted(con, job_id):
                return False
            if incoming is not None:
                self._originals.adopt(incoming, sha256)
            con.execute("UPDATE job SET sha256 = ?, size = ? WHERE id = ?", (sha256, size, job_id))
        return True

    def progress(
        self, job_id: int, done: int, total: int, state: Literal["reading", "embedding"] = "reading"
    ) -> bool:
        """Note progress (also the heartbeat). False: stop, the job was cancelled or its document removed."""
        with self._database.write() as con:
            con.execute(
                "UPDATE job SET state = ?, done = ?, total = ?, heartbeat = ? WHERE id = ?"
                " AND state IN ('reading', 'embedding')",
                (state, done, total, now(), job_id),
            )
            return job_rows.is_wanted(con, job_id)

    def is_wanted(self, job_id: int) -> bool:
        """False once a job was cancelled or its document removed."""
        with self._database.read() as con:
            return job_rows.is_wanted(con, job_id)

    def finish(
        self, job_id: int, outcome: JobOutcome, document_id: str | None = None, warnings: Sequence[str] = ()
    ) -> None:
        """The job is done. For new documents `arrivals.store(job_id=...)` says so."""
        with self._database.write() as con:
            forgetting.finish_job(con, job_id, outcome, document_id, warnings)

    def opened(self, job_id: int, sha256: str, warnings: Sequence[str] = ()) -> None:
        """A job's file holds files, which have jobs of their own now; it goes itself."""
        with self._database.write() as con:
            forgetting.finish_job(con, job_id, "opened", None, warnings)
            doomed.doom(con, [sha256])
        self._originals.delete_unneeded([sha256])

    def fail(
        self, job_id: int, error: str, *, needs_password: bool = False, warnings: Sequence[str] = ()
    ) -> None:
        """The job failed for a reason that a person can read; it stays until retried or dismissed."""
        with self._database.write() as con:
            con.execute(
                "UPDATE job SET state = 'failed', outcome = 'failed', error = ?, needs_password = ?,"
                " warnings = ?, finished_at = ?, worker = NULL"
                " WHERE id = ? AND state NOT IN ('ready', 'cancelled')",
                (clean(error), int(needs_password), dumps(list(warnings)), now(), job_id),
            )

    def cancelled(self, job_id: int) -> None:
        """The worker has stopped a job that was flagged; its file goes unless a document has it."""
        with self._database.write() as con:
            con.execute(
                "UPDATE job SET state = 'cancelled', finished_at = ?, worker = NULL WHERE id = ?",
                (now(), job_id),
            )
            doomed_files = self._doom_files(con, [job_id])
        self._delete(doomed_files)

    def _doom_files(self, con: apsw.Connection, job_ids: Sequence[int]) -> list[str]:
        """Doom the files of those of these jobs that are cancelled; returns which."""
        return self._originals.doom_unknown(con, job_rows.files_of_cancelled(con, job_ids))

    def _delete(self, doomed_files: Sequence[str]) -> None:
        if doomed_files:
            self._originals.delete_unneeded(doomed_files)

    def requeue_abandoned(
        self, kinds: Sequence[JobKind] = (*job_rows.FILES, "map"), silent_for: float = 0.0
    ) -> int:
        """Queue again what a dead worker left; call it while holding the worker's lock. Returns how many.

        Those flagged as cancelled are cancelled. A job that was begun MAX_ATTEMPTS times fails.
        `silent_for`: only jobs whose last heartbeat is at least this many seconds old.
        """
        left = (
            "state IN ('reading', 'embedding') AND kind IN (SELECT value FROM json_each(?1))"
            " AND coalesce(heartbeat, 0) <= ?2"
        )
        bindings = (json.dumps(list(kinds)), now() - silent_for)
        with self._database.write() as con:
            flagged = fetch_all(con, f"SELECT id FROM job WHERE cancelling AND {left}", bindings)
            con.execute(
                "UPDATE job SET state = 'cancelled', finished_at = ?3, worker = NULL"
                f" WHERE cancelling AND {left}",
                (*bindings, now()),
            )
            doomed_files = self._doom_files(con, [job_id for (job_id,) in flagged])
            con.execute(
                "UPDATE job SET state = 'failed', outcome = 'failed', finished_at = ?3, worker = NULL,"
                f" error = name || ?4 WHERE attempts >= {MAX_ATTEMPTS} AND {left}",
                (*bindings, now(), _GIVEN_UP),
            )
            con.execute(
                "UPDATE job SET state = 'queued', done = 0, total = 0, started_at = NULL, heartbeat = NULL,"
                f" worker = NULL WHERE {left}",
                bindings,
            )
            requeued = con.changes()
        self._delete(doomed_files)
        return requeued

    def give_back(self, job_id: int, waits_for: str | None = None) -> None:
        """Queue a job again because its worker is leaving; this does not count as an attempt.

        `waits_for`: what keeps it from being done now, for a person.
        """
        with self._database.write() as con:
            con.execute(
                "UPDATE job SET state = CASE cancelling WHEN 1 THEN 'cancelled' ELSE 'queued' END, done = 0,"
                " total = 0, started_at = NULL, heartbeat = NULL, worker = NULL, attempts = attempts - 1,"
                " error = ? WHERE id = ? AND state IN ('reading', 'embedding')",
                (None if waits_for is None else clean(waits_for), job_id),
            )
            doomed_files = self._doom_files(con, [job_id])
        self._delete(doomed_files)
