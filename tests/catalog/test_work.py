"""`explorer.catalog.work`: jobs are claimed, begun, given back and ended."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from explorer.catalog import Catalog, work


def states(catalog: Catalog) -> list[str]:
    return [job.state for job in catalog.jobs.list()]


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


@pytest.mark.parametrize("ending", ["killed", "leaving"])
def test_the_file_of_a_job_called_off_goes_with_its_worker(
    catalog: Catalog, tmp_path: Path, ending: str
) -> None:
    """It was flagged, and its worker was killed or left before it saw that."""
    job_id = catalog.jobs.enqueue("add", "a.txt", source="/a.txt")
    assert catalog.work.claim("w") is not None
    arrived = tmp_path / "arrived"
    arrived.write_bytes(b"x")
    assert catalog.work.set_file(job_id, "a" * 64, 1, arrived)
    catalog.jobs.cancel([job_id])
    assert catalog.originals.path("a" * 64).is_file()
    if ending == "killed":
        assert catalog.work.requeue_abandoned() == 0
    else:
        catalog.work.give_back(job_id)
    assert states(catalog) == ["cancelled"]
    assert not catalog.originals.path("a" * 64).exists()
    assert catalog.originals.orphans() == []


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


def test_asking_for_work_is_cheap(catalog: Catalog) -> None:
    start = time.perf_counter()
    for _ in range(200):
        assert catalog.work.claim("w") is None
    assert time.perf_counter() - start < 1.0


def test_files_go_before_those_out_of_other_files(catalog: Catalog, tmp_path: Path) -> None:
    archive = catalog.jobs.enqueue("add", "a.zip", source="/a.zip", sha256="a" * 64)
    assert catalog.work.claim("w") is not None
    arrived = tmp_path / "part"
    arrived.write_bytes(b"x")
    part = catalog.work.enqueue_part(archive, "b.txt", "b" * 64, 1, arrived)
    single = catalog.jobs.enqueue("add", "c.txt", source="/c.txt", size=100)
    last = catalog.jobs.enqueue("add", "d.txt", source="/d.txt", size=10)

    def following(**how: Any) -> int | None:
        task = catalog.work.claim("w", **how)
        if task is not None:
            catalog.work.give_back(task.job.id)
        return None if task is None else task.job.id

    assert following() == single
    assert following(parts_last=False) == part, "what has waited longest"
    assert following(largest=1_000) == last, "the smallest"
    assert following(largest=1_000, skip=[last]) == single
    assert following(largest=50, skip=[last]) == part
    assert following(largest=0) is None


def test_small_files_go_first_and_a_large_one_has_its_turn_after_ten_minutes(catalog: Catalog) -> None:
    large = catalog.jobs.enqueue("add", "large.pdf", source="/large.pdf", size=1 << 26)
    middle = catalog.jobs.enqueue("add", "middle.pdf", source="/middle.pdf", size=1 << 22)
    small = [
        catalog.jobs.enqueue("add", f"{number}.txt", source=f"/{number}", size=1000 - number)
        for number in range(3)
    ]
    order = [catalog.work.claim("w") for _ in range(2)]
    assert [task.job.id for task in order if task is not None] == small[:2]
    with catalog.write() as con:
        con.execute("UPDATE job SET created_at = created_at - 700 WHERE id = ?", (large,))
    order = [catalog.work.claim("w") for _ in range(3)]
    assert [task.job.id for task in order if task is not None] == [large, small[2], middle]


def test_a_smaller_newer_version_does_not_overtake_the_larger_older(catalog: Catalog) -> None:
    old = catalog.jobs.enqueue("add", "a.txt", source="/a.txt", size=1 << 26)
    new = catalog.jobs.enqueue("add", "a.txt", source="/a.txt", size=10)
    task = catalog.work.claim("w")
    assert task is not None and task.job.id == old
    assert catalog.work.claim("w") is None
    catalog.work.finish(old, "unchanged")
    task = catalog.work.claim("w")
    assert task is not None and task.job.id == new


def test_a_newer_version_does_not_overtake_the_older(catalog: Catalog) -> None:
    old = catalog.jobs.enqueue("add", "a.txt", source="/a.txt", size=9_000)
    new = catalog.jobs.enqueue("add", "a.txt", source="/a.txt", size=10)
    other = catalog.jobs.enqueue("add", "b.txt", source="/b.txt", size=500)
    beside = catalog.work.claim("w", largest=1_000)
    assert beside is not None and beside.job.id == other
    first = catalog.work.claim("w")
    assert first is not None and first.job.id == old
    assert catalog.work.claim("w") is None, "the old version is being worked on"
    catalog.work.finish(old, "unchanged")
    then = catalog.work.claim("w", largest=1_000)
    assert then is not None and then.job.id == new
