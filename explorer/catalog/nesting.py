"""Jobs of files within files: each knows the job of the file that it came in."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable

import apsw

from explorer.catalog import job_rows
from explorer.catalog.columns import clean, fetch_all, fetch_one, ids_json, now
from explorer.errors import Cancelled
from explorer.types import Job

FAMILY = (
    "WITH RECURSIVE family (id) AS (SELECT value FROM json_each(?1)"
    " UNION SELECT job.id FROM job JOIN family ON job.parent = family.id)"
)
"""SQL: the jobs whose ids are in the first parameter, and all that came out of their files."""


def insert(con: apsw.Connection, parent: int, member: str, sha256: str, size: int) -> tuple[int, bool]:
    """(id of the job, whether it is new) for the file called `member` in the file of the job `parent`.

    A file that is opened again, because it was interrupted, finds the jobs that there are already. Two
    members of one name with different bytes are no versions of each other, for both came out of the same
    file: both are kept.

    Raises:
        Cancelled: nobody wants the parent any more.
    """
    if not job_rows.is_wanted(con, parent):
        raise Cancelled("This file was cancelled.")
    known = fetch_one(
        con, "SELECT id, sha256 FROM job WHERE parent = ? AND member = ?", (parent, clean(member))
    )
    is_other = known is not None and known[1] != sha256
    if known is not None:
        if not is_other:
            return int(known[0]), False
        con.execute("UPDATE job SET member = NULL WHERE id = ?", (known[0],))
    (outer, source, part_of, depth, root, batch, keep_both), *_ = fetch_all(
        con, "SELECT name, source, part_of, depth, root, batch, keep_both FROM job WHERE id = ?", (parent,)
    )
    folder, _, name = member.rpartition("/")
    con.execute(
        "INSERT INTO job (kind, name, state, size, created_at, batch, source, sha256, keep_both, part_of,"
        " depth, parent, root, member) VALUES ('add', ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            clean(name),
            size,
            now(),
            batch,
            None if source is None else clean(source + os.sep + member.replace("/", os.sep)),
            sha256,
            int(keep_both or is_other),
            clean("/".join(part for part in (part_of, outer, folder) if part)),
            depth + 1,
            parent,
            root or parent,
            clean(member),
        ),
    )
    return int(con.last_insert_rowid()), True


def in_order(con: apsw.Connection, job_ids: Iterable[int]) -> list[Job]:
    """These jobs and all that came out of their files, each behind the one that it came out of."""
    wanted = list(job_ids)
    rows = fetch_all(
        con,
        f"{FAMILY} SELECT {job_rows.JOB}, parent FROM job WHERE id IN (SELECT id FROM family) ORDER BY id",
        (ids_json(wanted),),
    )
    jobs = {row[0]: job_rows.job_of(row) for row in rows}
    parts: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row[-1] is not None:
            parts[row[-1]].append(row[0])
    ordered: dict[int, Job] = {}
    waiting = wanted[::-1]
    while waiting:
        job_id = waiting.pop()
        if job_id in jobs and job_id not in ordered:
            ordered[job_id] = jobs[job_id]
            waiting.extend(reversed(parts[job_id]))
    return list(ordered.values())


def spent(con: apsw.Connection, job_id: int) -> tuple[int, int, int]:
    """(depth, members, bytes) that the files around a job's file have used up.

    What came out of this very file earlier is not counted: it will come out again.
    """
    row = fetch_one(con, "SELECT depth, root FROM job WHERE id = ?", (job_id,))
    depth, root = row if row is not None else (0, None)
    used = fetch_one(
        con,
        "SELECT count(*), coalesce(sum(size), 0) FROM job WHERE root = ? AND parent <> ?",
        (root or job_id, job_id),
    )
    return (int(depth), *(used or (0, 0)))


def is_within_itself(con: apsw.Connection, job_id: int) -> bool:
    """Whether one of the files around a job's file has the same bytes."""
    rows = fetch_all(
        con,
        "WITH RECURSIVE around (id, parent, sha256) AS (SELECT id, parent, sha256 FROM job WHERE id = ?"
        " UNION SELECT job.id, job.parent, job.sha256 FROM job JOIN around ON job.id = around.parent)"
        " SELECT sha256 FROM around ORDER BY id DESC",
        (job_id,),
    )
    shas = [sha for (sha,) in rows]
    return bool(shas) and shas[0] is not None and shas[0] in shas[1:]
