"""`explorer.ingestion.reading_stage`: what it hands on only lacks embeddings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.catalog import Catalog
from explorer.catalog.work import Work
from explorer.embedding.loaded import LoadedModels
from explorer.ingestion.passwords import Passwords
from explorer.ingestion.reading_stage import ReadingStage
from explorer.ingestion.shared import PipelineContext
from explorer.readers.process.pool import ReaderPool
from explorer.settings import resolve
from explorer.types import Job
from tests.catalog.making import add
from tests.folders import RENT, eventually, write
from tests.readers.pdf.pdfs import make_pdf


@pytest.fixture
def passwords() -> Passwords:
    return Passwords()


@pytest.fixture
def shared(catalog: Catalog, passwords: Passwords) -> Iterator[PipelineContext]:
    """The first stage at work alone: nobody takes what it has read."""
    common = PipelineContext(catalog, LoadedModels(lambda: resolve(catalog.settings.all())), lambda: None)
    stage = ReadingStage(common, passwords)
    thread = threading.Thread(target=stage.run, daemon=True)
    thread.start()
    yield common
    common.stopping.set()
    common.wake.set()
    thread.join(10)
    stage.close()


def queued(shared: PipelineContext, path: Path) -> int:
    job_id = shared.catalog.jobs.enqueue("add", path.name, source=str(path))
    shared.wake.set()
    return job_id


def over(shared: PipelineContext, job_id: int) -> Job:
    def found() -> Job:
        job = shared.catalog.jobs.get(job_id)
        assert job is not None
        return job

    eventually(lambda: found().is_over)
    return found()


def test_what_was_read_waits_with_its_original_on_disk(shared: PipelineContext, tmp_path: Path) -> None:
    (path,) = write(tmp_path, rent_txt=RENT)
    job_id = queued(shared, path)
    (prepared,) = shared.ready.take(timeout=60)
    assert prepared.task.job.id == job_id
    assert "".join(page.text for page in prepared.document.pages) == RENT
    assert shared.catalog.originals.path(prepared.document.sha256).read_text() == RENT
    assert shared.catalog.documents.list() == [], "nobody can find it yet"


def test_a_file_that_is_known_is_over_before_it_is_read(shared: PipelineContext, tmp_path: Path) -> None:
    (path,) = write(tmp_path, rent_txt=RENT)
    add(shared.catalog, RENT, "rent.txt")
    job = over(shared, queued(shared, path))
    assert (job.outcome, job.total) == ("unchanged", 0)
    assert shared.ready.is_empty()


def test_a_file_that_cannot_be_read_does_not_hold_up_the_next(
    shared: PipelineContext, tmp_path: Path
) -> None:
    empty, rent = write(tmp_path, empty_txt="", rent_txt=RENT)
    job = over(shared, queued(shared, empty))
    assert (job.outcome, job.needs_password) == ("failed", False)
    assert "empty.txt" in (job.error or "")
    queued(shared, rent)
    assert [one.document.name for one in shared.ready.take(timeout=60)] == ["rent.txt"]


@pytest.mark.parametrize("moment", ["while it is read", "as its failure is written down"])
def test_a_password_that_comes_too_late_for_a_reading_is_tried_yet(
    shared: PipelineContext,
    passwords: Passwords,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """It is given by another thread than the one that reads."""
    path = tmp_path / "locked.pdf"
    path.write_bytes(make_pdf([RENT], password=("gravel", "gravel")))
    given: list[int] = []

    def give(job_id: int) -> None:
        if not given:
            given.append(job_id)
            passwords.keep(job_id, "gravel")

    work, readers = shared.catalog.work, ReaderPool.read

    def fail(job_id: int, *arguments: Any, **named: Any) -> None:
        give(job_id)
        Work.fail(work, job_id, *arguments, **named)

    def read(pool: ReaderPool, *arguments: Any, **named: Any) -> Any:
        give(shared.catalog.jobs.list()[0].id)
        return readers(pool, *arguments, **named)

    if moment == "while it is read":
        monkeypatch.setattr(ReaderPool, "read", read)
    else:
        monkeypatch.setattr(work, "fail", fail)
    queued(shared, path)
    assert [one.document.name for one in shared.ready.take(timeout=60)] == ["locked.pdf"]
    assert given
