from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from explorer.catalog import Catalog, job_rows, work
from explorer.catalog.activity import JobGroup, activity_of
from explorer.errors import NotFound, StorageError
from explorer.types import Job
from tests.catalog.making import document, embed, generation


def states(catalog: Catalog) -> list[str]:
    return [job.state for job in catalog.jobs.list()]


def test_the_life_of_a_job(catalog: Catalog) -> None:
    live = generation(catalog)
    new = document(["a file that is added"], "a.txt")
    job_id = catalog.jobs.enqueue(
        "add", "a.txt", size=20, source="/x/a.txt", sha256=new.sha256, keep_both=True
    )
    assert catalog.jobs.has_work()
    task = catalog.work.claim("worker 1")
    assert task is not None
    assert (task.job.id, task.job.state, task.job.name, task.job.size) == (job_id, "reading", "a.txt", 20)
    assert (task.source, task.sha256, task.keep_both, task.attempts) == ("/x/a.txt", new.sha256, True, 1)
    assert catalog.work.claim("worker 1") is None
    assert catalog.work.progress(job_id, 1, 3)
    assert catalog.work.progress(job_id, 5, 9, "embedding")
    [shown] = catalog.jobs.list()
    assert (shown.state, shown.done, shown.total) == ("embedding", 5, 9)
    embed(catalog, live.model.id, new)
    stored = catalog.arrivals.store(new, live.id, job_id=job_id)
    over = catalog.jobs.get(job_id)
    assert over is not None
    assert (over.state, over.outcome, over.document_id) == ("ready", "added", stored.document_id)
    assert over.finished_at is not None
    assert not catalog.jobs.has_work()


def test_new_files_go_before_redone_ones_and_maps_apart(catalog: Catalog) -> None:
    redo = catalog.jobs.enqueue("redo", "old.txt", document_id="d")
    first = catalog.jobs.enqueue("add", "first.txt")
    second = catalog.jobs.enqueue("add", "second.txt")
    drawn = catalog.jobs.enqueue("map", "Map", dimensions=3)
    claimed = [catalog.work.claim("w") for _ in range(4)]
    assert [task and task.job.id for task in claimed] == [first, second, redo, None]
    task = catalog.work.claim("w", ("map",))
    assert task is not None
    assert (task.job.id, task.dimensions) == (drawn, 3)
    assert [job.kind for job in catalog.jobs.list()] == ["redo", "add", "add"]
    assert [job.id for job in catalog.jobs.list(("map",))] == [drawn]
    assert catalog.jobs.activity().total == 3


def test_cancelling(catalog: Catalog) -> None:
    running, waiting, other = (catalog.jobs.enqueue("add", name) for name in ("a", "b", "c"))
    drawn = catalog.jobs.enqueue("map", "Map")
    assert catalog.work.claim("w") is not None
    assert catalog.jobs.cancel([waiting]) == [waiting]
    assert states(catalog) == ["reading", "cancelled", "queued"]
    assert catalog.work.is_wanted(running)
    assert catalog.jobs.cancel() == [running, other]
    assert not catalog.work.is_wanted(running)
    assert not catalog.work.progress(running, 1, 2)
    catalog.work.cancelled(running)
    assert states(catalog) == ["cancelled"] * 3
    job = catalog.jobs.get(drawn)
    assert job is not None
    assert job.state == "queued"


def test_failing_retrying_and_dismissing(catalog: Catalog) -> None:
    incoming = catalog.originals.new_incoming()
    incoming.write_bytes(b"locked")
    job_id = catalog.jobs.enqueue("add", "locked.pdf", sha256="a" * 64, incoming=incoming)
    assert catalog.work.claim("w") is not None
    catalog.work.fail(job_id, "locked.pdf needs a password.", needs_password=True, warnings=["odd"])
    failed = catalog.jobs.get(job_id)
    assert failed is not None
    assert (failed.state, failed.outcome, failed.needs_password) == ("failed", "failed", True)
    assert (failed.error, failed.warnings) == ("locked.pdf needs a password.", ("odd",))
    catalog.jobs.retry(job_id)
    catalog.jobs.retry(job_id)  # twice is once
    again = catalog.jobs.get(job_id)
    assert again is not None
    assert (again.state, again.error, again.needs_password) == ("queued", None, False)
    assert catalog.work.claim("w") is not None
    catalog.work.fail(job_id, "locked.pdf needs a password.")
    assert catalog.originals.path("a" * 64).exists()
    assert catalog.jobs.dismiss() == 1
    assert catalog.jobs.list() == []
    assert not catalog.originals.path("a" * 64).exists()
    with pytest.raises(NotFound):
        catalog.jobs.retry(job_id)


def test_what_a_dead_worker_left_is_done_again(catalog: Catalog) -> None:
    first = catalog.jobs.enqueue("add", "a")
    second = catalog.jobs.enqueue("add", "b")
    assert catalog.work.claim("dead") is not None
    assert catalog.work.claim("dead") is not None
    catalog.work.progress(first, 4, 9)
    catalog.jobs.cancel([second])
    assert catalog.work.requeue_abandoned(silent_for=60) == 0
    assert catalog.work.requeue_abandoned() == 1
    assert states(catalog) == ["queued", "cancelled"]
    task = catalog.work.claim("next")
    assert task is not None
    assert (task.job.id, task.attempts, task.job.done) == (first, 2, 0)
    catalog.work.give_back(first)
    task = catalog.work.claim("next")
    assert task is not None
    assert task.attempts == 2


def test_a_file_that_kills_its_worker_is_given_up(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = catalog.jobs.enqueue("add", "bomb")
    for _ in range(work.MAX_ATTEMPTS):
        assert catalog.work.claim("w") is not None
        catalog.work.requeue_abandoned()
    assert catalog.work.claim("w") is None
    job = catalog.jobs.get(job_id)
    assert job is not None
    assert job.state == "failed"
    assert "stopped 20 times" in (job.error or "")


def test_a_batch_lasts_until_the_queue_is_empty(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = catalog.jobs.enqueue("add", "a"), catalog.jobs.enqueue("add", "b")
    assert catalog.work.claim("w") is not None
    catalog.work.finish(first, "unchanged")
    third = catalog.jobs.enqueue("add", "c")
    assert catalog.jobs.activity().total == 3
    for job_id in (second, third):
        assert catalog.work.claim("w") is not None
        catalog.work.fail(job_id, "broken") if job_id == second else catalog.work.finish(job_id, "unchanged")
    activity = catalog.jobs.activity()
    assert (activity.total, activity.done, activity.searchable, activity.failed) == (3, 3, 2, 1)
    assert not activity.is_busy
    fourth = catalog.jobs.enqueue("add", "d")
    assert [job.id for job in catalog.jobs.list()] == [second, fourth]
    activity = catalog.jobs.activity()
    assert (activity.total, activity.done) == (1, 0)
    assert catalog.jobs.get(first) is not None  # someone may still wait for its outcome
    monkeypatch.setattr(job_rows, "KEEP_SECONDS", -1.0)
    catalog.jobs.cancel()
    catalog.jobs.enqueue("add", "e")
    assert catalog.jobs.get(first) is None
    assert catalog.jobs.get(second) is not None  # failed ones stay until dismissed


def test_an_arriving_file_moves_with_its_job(catalog: Catalog) -> None:
    incoming = catalog.originals.new_incoming()
    incoming.write_bytes(b"bytes")
    job_id = catalog.jobs.enqueue("add", "a", sha256="b" * 64, incoming=incoming)
    assert catalog.originals.path("b" * 64).read_bytes() == b"bytes"
    assert not incoming.exists()
    again = catalog.originals.new_incoming()
    again.write_bytes(b"bytes")
    assert catalog.work.claim("w") is not None
    assert catalog.work.set_file(job_id, "b" * 64, 5, again)
    assert not again.exists()
    assert catalog.originals.orphans() == []
    with pytest.raises(StorageError):
        catalog.jobs.enqueue("add", "a", sha256="c" * 64, incoming=Path("/nonexistent"))
    assert len(catalog.jobs.list()) == 1
    (catalog.originals.folder / "stray").write_bytes(b"x")
    assert catalog.originals.orphans() == ["stray"]
    assert catalog.originals.sweep() == ["stray"]


def test_no_password_is_ever_stored(catalog: Catalog) -> None:
    with catalog.read() as con:
        columns = [row[1] for row in con.execute("PRAGMA table_info(job)")]
    assert [name for name in columns if "password" in name] == ["needs_password"]


def test_asking_for_work_is_cheap(catalog: Catalog) -> None:
    start = time.perf_counter()
    for _ in range(200):
        assert catalog.work.claim("w") is None
    assert time.perf_counter() - start < 1.0


START = datetime(2026, 1, 1, tzinfo=UTC)
QUEUED = Job(1, "add", "a", "queued", 0, 0, 1_000_000, START)
READING = replace(QUEUED, state="reading", started_at=START)
READY = replace(READING, state="ready", outcome="added", finished_at=START)


def seconds_left(*batch: Job, after: float) -> float | None:
    groups = [
        JobGroup(job.state, job.outcome, 1, job.size, job.started_at.timestamp() if job.started_at else None)
        for job in batch
    ]
    current = [job for job in batch if job.state in ("reading", "embedding")]
    return activity_of(groups, current, START.timestamp() + after).seconds_left


def test_the_time_left_follows_size_and_rate() -> None:
    assert seconds_left(READY, QUEUED, after=10) == pytest.approx(10)
    assert seconds_left(READY, replace(QUEUED, size=3_040_000), after=10) == pytest.approx(30)
    half = replace(READING, state="embedding", done=50, total=100)
    assert seconds_left(half, after=57.5) == pytest.approx(42.5)


def test_the_time_left_is_none_until_enough_is_known() -> None:
    assert seconds_left(QUEUED, after=100) is None
    assert seconds_left(READING, after=100) is None
    assert seconds_left(replace(READING, done=1, total=100), after=100) is None
    assert seconds_left(READY, QUEUED, after=1) is None
    assert seconds_left(READY, after=10) is None  # nothing left to wait for


def test_what_cost_nothing_tells_nothing() -> None:
    known = replace(READY, outcome="unchanged")
    failed = replace(READY, state="failed", outcome="failed")
    assert seconds_left(known, failed, QUEUED, after=100) is None
    assert seconds_left(known, failed, READY, QUEUED, after=10) == pytest.approx(10)
