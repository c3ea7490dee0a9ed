"""`explorer.catalog.jobs`: files are queued, listed, cancelled and retried."""

from __future__ import annotations

import pytest

from explorer.catalog import Catalog, job_rows
from explorer.errors import NotFound
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


def test_no_password_is_ever_stored(catalog: Catalog) -> None:
    with catalog.read() as con:
        columns = [row[1] for row in con.execute("PRAGMA table_info(job)")]
    assert [name for name in columns if "password" in name] == ["needs_password"]
