"""Keeps a job's row in step with its work, and its work in step with what people want."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

from explorer.errors import Cancelled

if TYPE_CHECKING:
    from explorer.catalog.work import Work

_WRITE_SECONDS = 0.3
"""The least time between two writes of a job's row, and between two questions whether it is wanted."""
_BEAT_SECONDS = 5.0
"""After this long without news the row says that the worker is alive."""


class Leaving(Exception):  # noqa: N818  (no error: the worker is asked to leave)
    """The worker is leaving; the job goes back to the queue."""


class JobProgress:
    """Progress and heartbeat of one job, a few writes a second at most, and the question whether to go on."""

    def __init__(self, work: Work, job_id: int, stopping: threading.Event) -> None:
        self._work = work
        self._job_id = job_id
        self._stopping = stopping
        self._written = float("-inf")
        self._asked = time.monotonic()
        self._shown: tuple[int, int, Literal["reading", "embedding"]] = (0, 0, "reading")
        self._is_wanted = True

    def page(self, done: int, total: int) -> None:
        """Note that `done` of `total` pages were read."""
        self._show(done, total, "reading")

    def chunks(self, done: int, total: int) -> None:
        """Note that `done` of `total` chunks are embedded.

        Raises:
            Cancelled, Leaving: see `check`.
        """
        self._show(done, total, "embedding")
        self.check()

    def beat(self) -> None:
        """Say that the job is still worked on, where nothing was written for some seconds."""
        if time.monotonic() - self._written > _BEAT_SECONDS:
            self._show(*self._shown)

    def wait(self) -> None:
        """Note that the job waits for others."""
        self.beat()

    def check(self, *, force: bool = False) -> None:
        """Return where the work is to go on.

        Raises:
            Cancelled: the job was cancelled, or its document removed.
            Leaving: the worker is leaving.
        """
        if self._stopping.is_set():
            raise Leaving
        if self.is_unwanted(force=force):
            raise Cancelled("This file was cancelled.")

    def is_unwanted(self, *, force: bool = False) -> bool:
        """Whether to stop, for those who cannot be interrupted by an error."""
        now = time.monotonic()
        if self._is_wanted and (force or now - self._asked > _WRITE_SECONDS):
            self._asked = now
            self._is_wanted = self._work.is_wanted(self._job_id)
        return self._stopping.is_set() or not self._is_wanted

    def _show(self, done: int, total: int, state: Literal["reading", "embedding"]) -> None:
        now = time.monotonic()
        is_news = state != self._shown[2]
        self._shown = (done, total, state)
        if is_news or now - self._written > _WRITE_SECONDS:
            self._written = self._asked = now
            self._is_wanted = self._work.progress(self._job_id, done, total, state)


class BriefProgress(JobProgress):
    """Progress of a job that was let before others: once it takes long, or would wait, it is to stop."""

    def __init__(self, work: Work, job_id: int, stopping: threading.Event, seconds: float) -> None:
        super().__init__(work, job_id, stopping)
        self._end = time.monotonic() + seconds

    @property
    def is_late(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() >= self._end

    def wait(self) -> None:
        """Note that the job would have to wait: it is late."""
        self._end = float("-inf")

    def is_unwanted(self, *, force: bool = False) -> bool:
        """Whether to stop: because it is late, too."""
        return self.is_late or super().is_unwanted(force=force)
