"""The queue of files, as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

JobOutcome = Literal["added", "replaced", "unchanged", "failed", "opened"]
"""What became of a job's file. "opened": it was an archive, and its files have jobs of their own."""
JobState = Literal["queued", "reading", "embedding", "ready", "failed", "cancelled"]
JobKind = Literal["add", "redo", "map"]


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of queued work as a person sees it: a file to add or redo, or a map to draw.

    While reading, `done` and `total` count pages; while embedding, chunks; while drawing, steps.
    """

    id: int
    kind: JobKind
    name: str
    state: JobState
    done: int
    total: int
    size: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: JobOutcome | None = None
    document_id: str | None = None
    error: str | None = None
    """Why it failed; of one that is not over, what it waits for."""
    warnings: tuple[str, ...] = ()
    needs_password: bool = False
    """Whether it failed because the file is protected: `Library.retry` with the password goes on."""
    part_of: str | None = None
    """The same as `Document.part_of`."""

    @property
    def is_over(self) -> bool:
        return self.state in ("ready", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Activity:
    """The queue at one moment, counted over the current batch (since the queue was last empty)."""

    total: int
    done: int
    """Files that are over: ready, failed or cancelled."""
    searchable: int
    failed: int
    seconds_left: float | None
    """None until enough is done to tell."""
    current: tuple[Job, ...] = ()
    """The jobs being worked on now."""
    batch: int = 0
    """The number of the batch; 0 where nothing was ever queued, or all of it was dismissed."""

    @property
    def is_busy(self) -> bool:
        return self.done < self.total


@dataclass(frozen=True, slots=True)
class Progress:
    """What `Library.add(on_progress=...)` is called with, every second or so."""

    activity: Activity
    jobs: tuple[Job, ...]
