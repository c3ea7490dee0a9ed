"""Rows of the table `job`: how they are read, which batch they belong to, whether work goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from explorer.catalog.columns import (
    decoder,
    fetch_all,
    fetch_one,
    fetch_value,
    ids_json,
    moment,
    moment_or_none,
    now,
    strings,
)
from explorer.catalog.records import Task
from explorer.types import Job, JobKind

KEEP_SECONDS = 3600.0
"""Finished jobs of earlier batches are kept this long for whoever waits for their outcome."""

OVER = "('ready', 'failed', 'cancelled')"
LAST_BATCH = "(SELECT max(batch) FROM job WHERE kind IN (SELECT value FROM json_each(?1)))"
"""SQL: the batch that is current for the kinds in the first parameter."""
NEXT_FEW = 10
_PATIENCE_SECONDS = 600.0
"""After so long in the queue a large file has its turn among the small ones."""
_CLASS = f"(size > {1 << 20}) + (size > {1 << 24})"
_BY_SIZE = f"CASE WHEN created_at < ?4 THEN 0 ELSE {_CLASS} END"
"""SQL: the class of a job, small files first. `?4` is a moment: what was queued before it counts as small."""
_ANY_SIZE = (1 << 63) - 1
NOTABLE = (
    "state IN ('reading', 'embedding', 'failed', 'cancelled') OR outcome = 'unchanged' OR warnings <> '[]'"
    " OR id IN (SELECT id FROM job WHERE state = 'queued'"
    f" ORDER BY kind = 'redo', {_CLASS}, id LIMIT {NEXT_FEW})"
)
"""SQL: the jobs that a person may have to look at."""
FILES: tuple[JobKind, ...] = ("add", "redo")
JOB = (
    "id, kind, name, state, done, total, size, created_at, started_at, finished_at, outcome, document_id,"
    " error, warnings, needs_password, part_of"
)
TASK = JOB + ", source, sha256, replaces, keep_both, dimensions, attempts"


def batch_for(con: apsw.Connection, kind: JobKind) -> int:
    """The batch that a new job of this kind joins; a new batch tidies the earlier ones away."""
    group = ("map",) if kind == "map" else FILES
    last = int(
        fetch_value(
            con,
            "SELECT coalesce(max(batch), 0) FROM job WHERE kind IN (SELECT value FROM json_each(?))",
            (json.dumps(group),),
        )
    )
    if last and is_busy(con, group):
        return last
    con.execute(
        "DELETE FROM job WHERE state IN ('ready', 'cancelled') AND finished_at < ?"
        " AND kind IN (SELECT value FROM json_each(?))",
        (now() - KEEP_SECONDS, json.dumps(group)),
    )
    return last + 1


def is_busy(con: apsw.Connection, kinds: Sequence[JobKind]) -> bool:
    """Whether a job of these kinds waits or is being worked on."""
    sql = f"SELECT 1 FROM job WHERE state NOT IN {OVER} AND kind IN (SELECT value FROM json_each(?)) LIMIT 1"
    return fetch_one(con, sql, (json.dumps(list(kinds)),)) is not None


def next_waiting(
    con: apsw.Connection,
    kinds: Sequence[JobKind],
    skip: Sequence[int] = (),
    *,
    parts_last: bool = True,
    largest: int | None = None,
) -> int | None:
    """The job to begin next, none of `skip`: new files before redone ones, small ones before large ones, then
    the oldest first.

    `parts_last`: files before those that came out of other files. `largest`: the smallest file of at most so
    many bytes instead. An older version of a file is never overtaken by a newer one, which it would replace.
    """
    first = ["kind = 'redo'", *(["parent IS NOT NULL"] if parts_last else [])]
    by_size = "size" if largest is not None else _BY_SIZE
    most = _ANY_SIZE if largest is None else largest
    bindings = (most, json.dumps(list(kinds)), ids_json(skip), now() - _PATIENCE_SECONDS)
    for order in ([*first, by_size, "id"], [*first, "id"]):
        rows = fetch_all(
            con,
            "SELECT id, kind, source, replaces FROM job WHERE state = 'queued' AND size <= ?1 AND ?4 = ?4"
            " AND kind IN (SELECT value FROM json_each(?2)) AND id NOT IN (SELECT value FROM json_each(?3))"
            f" ORDER BY {', '.join(order)} LIMIT {NEXT_FEW}",
            bindings,
        )
        for row in rows:
            if not _waits_for_older(con, *row):
                return int(row[0])
    return None  # what waits are newer versions of files that are being worked on


def _waits_for_older(
    con: apsw.Connection, job_id: int, kind: str, source: str | None, replaces: str | None
) -> bool:
    """Whether an older version of the same file has to be done first."""
    if kind != "add" or (source is None and replaces is None):
        return False
    return (
        fetch_one(
            con,
            "SELECT 1 FROM job WHERE id < ? AND kind = 'add' AND (source = ? OR replaces = ?)"
            " AND state IN ('reading', 'embedding', 'queued') LIMIT 1",
            (job_id, source, replaces),
        )
        is not None
    )


def is_wanted(con: apsw.Connection, job_id: int) -> bool:
    """Whether its worker should go on with a job."""
    row = fetch_one(con, "SELECT cancelling, state FROM job WHERE id = ?", (job_id,))
    return row is not None and not row[0] and row[1] in ("reading", "embedding")


def files_of_cancelled(con: apsw.Connection, job_ids: Iterable[int]) -> list[str]:
    """The SHA-256 of the files of those jobs that are cancelled: what may go unless something needs it."""
    rows = fetch_all(
        con,
        "SELECT DISTINCT sha256 FROM job WHERE state = 'cancelled' AND sha256 IS NOT NULL"
        " AND id IN (SELECT value FROM json_each(?))",
        (ids_json(job_ids),),
    )
    return [sha for (sha,) in rows]


@decoder
def job_of(row: tuple[Any, ...]) -> Job:
    """A row of the columns JOB."""
    return Job(
        id=row[0],
        kind=row[1],
        name=row[2],
        state=row[3],
        done=row[4],
        total=row[5],
        size=row[6],
        created_at=moment(row[7]),
        started_at=moment_or_none(row[8]),
        finished_at=moment_or_none(row[9]),
        outcome=row[10],
        document_id=row[11],
        error=row[12],
        warnings=strings(row[13]),
        needs_password=bool(row[14]),
        part_of=row[15],
    )


@decoder
def task_of(row: tuple[Any, ...]) -> Task:
    """A row of the columns TASK."""
    return Task(job_of(row), row[16], row[17], row[18], bool(row[19]), row[20], row[21])
