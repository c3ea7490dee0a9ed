"""Files within a file get jobs of their own, each once, also where the file is opened twice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.catalog import Catalog, Task
from explorer.errors import Cancelled, ReadError
from explorer.ingestion.unpacking import Unpacking


def begun(catalog: Catalog) -> Task:
    catalog.jobs.enqueue("add", "x.zip", source="/x.zip")
    task = catalog.work.claim("test")
    assert task is not None
    return task


def blocks(content: bytes) -> Iterator[bytes]:
    file = io.BytesIO(content)
    return iter(lambda: file.read(4), b"")


def unpacked(catalog: Catalog, task: Task, files: dict[str, bytes], max_bytes: int = 100) -> list[int]:
    """Take these files; the ids of the jobs that were queued for them."""
    queued: list[int] = []
    inside = Unpacking(catalog, task, max_bytes, lambda: None, queued.append)
    try:
        for name, content in files.items():
            inside.take(name, blocks(content))
    finally:
        inside.end()
    return queued


def incoming(catalog: Catalog) -> list[Path]:
    return list(catalog.originals.incoming.iterdir())


def test_each_file_is_stored_and_queued_in_order(catalog: Catalog) -> None:
    task = begun(catalog)
    job_ids = unpacked(catalog, task, {"b.txt": b"the second", "folder/a.txt": b"the first"})
    jobs = catalog.jobs.family([task.job.id])[1:]
    assert [job.id for job in jobs] == job_ids
    assert [(job.name, job.part_of) for job in jobs] == [("b.txt", "x.zip"), ("a.txt", "x.zip/folder")]
    assert incoming(catalog) == []


def test_opened_again_it_queues_nothing_twice(catalog: Catalog) -> None:
    task = begun(catalog)
    first = unpacked(catalog, task, {"a.txt": b"the first"})
    assert unpacked(catalog, task, {"a.txt": b"the first", "b.txt": b"the second"})[0] == first[0]
    assert len(catalog.jobs.family([task.job.id])) == 3


def test_what_came_before_a_file_that_is_too_large_is_kept(catalog: Catalog) -> None:
    task = begun(catalog)
    with pytest.raises(ReadError, match="larger"):
        unpacked(catalog, task, {"a.txt": b"short", "b.txt": bytes(2 << 20)}, max_bytes=1 << 20)
    assert [job.name for job in catalog.jobs.family([task.job.id])] == ["x.zip", "a.txt"]
    assert incoming(catalog) == []


def test_a_cancelled_archive_leaves_nothing(catalog: Catalog) -> None:
    task = begun(catalog)
    catalog.jobs.cancel([task.job.id])
    inside = Unpacking(catalog, task, 100, lambda: None, lambda job_id: None)
    inside.take("a.txt", blocks(b"the first"))
    with pytest.raises(Cancelled):
        inside.flush()
    inside.end()
    assert incoming(catalog) == []
    assert [job.name for job in catalog.jobs.family([task.job.id])] == ["x.zip"]
