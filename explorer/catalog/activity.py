"""The queue in numbers, with an honest time left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.types import Activity, Job, JobOutcome, JobState

_FILE_COST = 20_000
"""An empty file counts as this many bytes, since opening and storing it takes time too."""
_READING_SHARE = 0.15
"""Part of a file's time that goes into reading it (measured: PDF by pdfium); the rest is embedding."""
_MIN_SECONDS = 3.0
_MIN_SHARE = 0.04
"""A time left is told once this share of the batch's work is done and `_MIN_SECONDS` have passed."""


@dataclass(frozen=True, slots=True)
class JobGroup:
    """The jobs of one batch with one state and outcome: how many, their bytes, when the first was started."""

    state: JobState
    outcome: JobOutcome | None
    jobs: int
    size: int
    started_at: float | None
    """Seconds since 1970; None where none was started."""

    @property
    def is_over(self) -> bool:
        """Whether no more work is done on these jobs."""
        return self.state in ("ready", "failed", "cancelled")

    @property
    def weight(self) -> float:
        """How much work they are, in bytes."""
        return self.size + self.jobs * _FILE_COST


def activity_of(groups: Sequence[JobGroup], current: Sequence[Job], now: float, batch: int = 0) -> Activity:
    """One batch at the moment `now` (seconds since 1970). `current` are its jobs that are worked on, `batch`
    is its number."""
    return Activity(
        total=sum(group.jobs for group in groups),
        done=sum(group.jobs for group in groups if group.is_over),
        searchable=sum(group.jobs for group in groups if group.state == "ready"),
        failed=sum(group.jobs for group in groups if group.state == "failed"),
        seconds_left=_seconds_left(groups, current, now),
        current=tuple(current),
        batch=batch,
    )


def _seconds_left(groups: Sequence[JobGroup], current: Sequence[Job], now: float) -> float | None:
    """Work left ÷ rate so far, weighted by size; None while too little was done to tell.

    What was cancelled, unchanged or failed cost next to nothing and says nothing about the rest.
    """
    worked = [group for group in groups if not group.is_over or group.outcome in ("added", "replaced")]
    starts = [group.started_at for group in worked if group.started_at is not None]
    if not starts or all(group.is_over for group in groups):
        return None
    total = sum(group.weight for group in worked)
    done = sum(group.weight for group in worked if group.is_over)
    done += sum((job.size + _FILE_COST) * _share(job) for job in current)
    seconds = now - min(starts)
    if seconds < _MIN_SECONDS or done < _MIN_SHARE * total:
        return None
    return max(0.0, (total - done) * seconds / done)


def _share(job: Job) -> float:
    """How much of a file that is worked on is done, 0 to 1."""
    part = min(1.0, job.done / job.total) if job.total > 0 else 0.0
    if job.kind == "map":
        return part
    if job.state == "reading":
        return _READING_SHARE * part
    return _READING_SHARE + (1 - _READING_SHARE) * part if job.state == "embedding" else 0.0
