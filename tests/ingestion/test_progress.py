"""A job's row follows its work, and its work follows what people want."""

from __future__ import annotations

import threading

import pytest

from explorer.catalog import Catalog
from explorer.errors import Cancelled
from explorer.ingestion.progress import BriefProgress, JobProgress, Leaving


def begun(catalog: Catalog) -> int:
    job_id = catalog.jobs.enqueue("add", "a.txt")
    assert catalog.work.claim("test") is not None
    return job_id


def test_the_first_page_is_shown_at_once_and_a_new_stage_too(catalog: Catalog) -> None:
    job_id = begun(catalog)
    progress = JobProgress(catalog.work, job_id, threading.Event())
    progress.page(1, 9)
    assert _shown(catalog, job_id) == ("reading", 1, 9)
    progress.chunks(2, 40)
    assert _shown(catalog, job_id) == ("embedding", 2, 40)


def test_a_cancelled_job_stops(catalog: Catalog) -> None:
    job_id = begun(catalog)
    progress = JobProgress(catalog.work, job_id, threading.Event())
    progress.check(force=True)
    catalog.jobs.cancel([job_id])
    with pytest.raises(Cancelled):
        progress.check(force=True)
    assert progress.is_unwanted()


def test_a_worker_that_is_asked_to_leave_stops_at_once(catalog: Catalog) -> None:
    stopping = threading.Event()
    progress = JobProgress(catalog.work, begun(catalog), stopping)
    progress.check()
    stopping.set()
    with pytest.raises(Leaving):
        progress.check()


def test_a_job_that_was_let_before_others_stops_when_it_takes_long_or_would_wait(catalog: Catalog) -> None:
    for seconds, waits in ((60.0, True), (0.0, False)):
        progress = BriefProgress(catalog.work, begun(catalog), threading.Event(), seconds)
        if waits:
            progress.check(force=True)
            progress.wait()
        assert progress.is_late
        assert progress.is_unwanted()
        with pytest.raises(Cancelled):
            progress.check()


def _shown(catalog: Catalog, job_id: int) -> tuple[str, int, int]:
    job = catalog.jobs.get(job_id)
    assert job is not None
    return job.state, job.done, job.total
