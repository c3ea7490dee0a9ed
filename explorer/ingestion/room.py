"""Files that wait for room on the disk: which, how much each needs, and that people see it.

A file that finds no room goes back to the queue with a message in its row; files that do fit go before it.
Where not even that can be written, whoever looks at the queue sees it by the disk itself.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from explorer.catalog import room

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from explorer.types import Job


_TRY_SECONDS = 30.0
"""After this long a file is tried again although its guess says that there is no room."""


_PROBE_SECONDS = 2.0
"""How often whoever looks at a queue tries whether anything can be written at all."""


class Held:
    """Which jobs of a worker wait for room. Safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._needed: dict[int, int] = {}
        self._since: dict[int, float] = {}

    def hold(self, job: Job) -> str:
        """Keep a job waiting until there is room for it; returns what to tell people.

        What a file needs is guessed by its size, and by more each time that there was not enough after all.
        """
        there = room.free(self._folder) or 0
        with self._guard:
            needed = max(self._needed.get(job.id, 0), job.size + room.SPARE)
            if needed <= there:
                needed = there + max(job.size, room.SPARE)
            self._needed[job.id], self._since[job.id] = needed, time.monotonic()
        refused = room.refusal(self._folder)
        return str(room.shortage(job.name, self._folder, needed, waits=True, error=refused))

    def ids(self) -> list[int]:
        """The jobs for which there is no room yet."""
        there = room.free(self._folder)
        with self._guard:
            tried = time.monotonic() - _TRY_SECONDS
            recent = [job_id for job_id, since in self._since.items() if since > tried]
            return [job_id for job_id in recent if there is None or self._needed[job_id] > there]

    def forget(self, job_id: int) -> None:
        """A job is over."""
        with self._guard:
            self._needed.pop(job_id, None)
            self._since.pop(job_id, None)


def seen(folder: Path, jobs: Sequence[Job]) -> list[Job]:
    """The jobs; on a disk without room for a word, those in hand, or the next, say what they wait for."""
    waiting = [job for job in jobs if not job.is_over]
    if not waiting:
        return list(jobs)
    refused = None
    if not room.is_short(folder, room.SPARE):
        refused = _refusal(folder, int(time.monotonic() / _PROBE_SECONDS))
        if refused is None or not room.is_full(refused):
            return list(jobs)
    in_hand = {job.id for job in waiting if job.state != "queued"} or {waiting[0].id}
    return [
        dataclasses.replace(
            job,
            error=str(room.shortage(job.name, folder, job.size + room.SPARE, waits=True, error=refused)),
        )
        if job.id in in_hand and job.error is None
        else job
        for job in jobs
    ]


@lru_cache(maxsize=8)
def _refusal(folder: Path, moment: int) -> OSError | None:  # noqa: ARG001  (a moment is asked about once)
    """What the disk says when a little is written: a quota that is used up shows nowhere else."""
    return room.refusal(folder)
