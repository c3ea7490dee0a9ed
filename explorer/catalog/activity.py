"""The queue in numbers, with an honest time left."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.types import Activity, Job

_FILE_COST = 20_000
"""Bytes that a file of no size would count as: opening and storing it takes time too."""
_READING_SHARE = 0.15
"""Part of a file's time that goes into reading it (measured: PDF by pdfium); the rest is embedding."""
_MIN_SECONDS = 3.0
_MIN_SHARE = 0.04
"""A time left is told once so much of the batch's work was done in at least so many seconds."""


def activity_of(jobs: Sequence[Job], now: float) -> Activity:
    """One batch at the moment `now` (seconds since 1970)."""
    current = tuple(job for job in jobs if job.state in ("reading", "embedding"))
    return Activity(
        total=len(jobs),
        done=sum(job.is_over for job in jobs),
        searchable=sum(job.state == "ready" for job in jobs),
        failed=sum(job.state == "failed" for job in jobs),
        seconds_left=_seconds_left(jobs, now),
        current=current,
    )


def _seconds_left(jobs: Sequence[Job], now: float) -> float | None:
    """Work left ÷ rate so far, weighted by size; None while too little was done to tell.

    What was cancelled, unchanged or failed cost next to nothing and says nothing about the rest.
    """
    worked = [job for job in jobs if not job.is_over or job.outcome in ("added", "replaced")]
    starts = [job.started_at.timestamp() for job in worked if job.started_at]
    if not starts or all(job.is_over for job in jobs):
        return None
    total = sum(_weight(job) for job in worked)
    done = sum(_weight(job) * _share(job) for job in worked)
    seconds = now - min(starts)
    if seconds < _MIN_SECONDS or done < _MIN_SHARE * total:
        return None
    return max(0.0, (total - done) * seconds / done)


def _weight(job: Job) -> float:
    return job.size + _FILE_COST


def _share(job: Job) -> float:
    """How much of a file is done, 0 to 1."""
    if job.is_over:
        return 1.0
    part = min(1.0, job.done / job.total) if job.total > 0 else 0.0
    if job.kind == "map":
        return part
    if job.state == "reading":
        return _READING_SHARE * part
    return _READING_SHARE + (1 - _READING_SHARE) * part if job.state == "embedding" else 0.0
