"""How a job ends when something goes wrong; on a full disk, once there is room again."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from explorer import Job, Library, StorageError
from explorer.catalog import Catalog, Task
from explorer.embedding.loaded import LoadedModels
from explorer.errors import Cancelled, ModelError, NotFound, PasswordNeeded, ReadError
from explorer.ingestion.ending import guarded
from explorer.ingestion.progress import Leaving
from explorer.ingestion.shared import Shared
from explorer.types import JobKind
from tests.folders import BREAD, RENT, eventually, write
from tests.ingestion.looking import LONG, is_embedding, job


def shared(catalog: Catalog) -> Shared:
    return Shared(catalog, cast("LoadedModels", None), lambda: None)


def ended(catalog: Catalog, error: Exception, kind: JobKind = "add", *, stopping: bool = False) -> Job:
    """The job of a file whose work ended with this error."""
    catalog.jobs.enqueue(kind, "a.txt")
    task = catalog.work.claim("test", (kind,))
    assert task is not None
    common = shared(catalog)
    if stopping:
        common.stopping.set()
    _fail(common, task, error)
    found = catalog.jobs.get(task.job.id)
    assert found is not None
    assert common.waste.is_set(), "its embeddings may be needed by nobody"
    return found


def _fail(common: Shared, task: Task, error: Exception) -> None:
    def work() -> None:
        raise error

    guarded(common, task, work)


def test_what_a_person_can_read_is_written_down(catalog: Catalog) -> None:
    failed = ended(catalog, ReadError("a.txt is empty."))
    assert (failed.state, failed.error, failed.needs_password) == ("failed", "a.txt is empty.", False)
    locked = ended(catalog, PasswordNeeded("a.txt needs a password."))
    assert (locked.state, locked.needs_password) == ("failed", True)


def test_each_failure_names_its_file(catalog: Catalog) -> None:
    assert ended(catalog, ModelError("The server is away.")).error == "a.txt: The server is away."
    assert ended(catalog, ReadError("a.txt is empty.")).error == "a.txt is empty."


def test_a_fault_of_the_program_shows_no_words_of_the_document(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        failed = ended(catalog, ValueError("secret words"))
    assert failed.state == "failed"
    assert "ValueError" in (failed.error or "")
    assert "ValueError" in caplog.text
    assert "secret" not in (failed.error or "") + caplog.text


def test_what_nobody_wants_is_cancelled(catalog: Catalog) -> None:
    assert ended(catalog, Cancelled("a.txt was cancelled.")).state == "cancelled"
    assert ended(catalog, NotFound("the document is gone"), "redo").state == "cancelled"


def test_what_was_only_interrupted_is_queued_again(catalog: Catalog) -> None:
    assert ended(catalog, Leaving()).state == "queued"
    catalog.jobs.cancel()
    assert ended(catalog, NotFound("the index is gone")).state == "queued"
    catalog.jobs.cancel()
    assert ended(catalog, ReadError("the child is gone"), stopping=True).state == "queued"


# ---- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_one_clear_failure_and_the_queue_goes_on(small_disk: Path, tmp_path: Path) -> None:
    with Library(small_disk / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT))
        filler = small_disk / "filler"
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"x" * (free - (3 << 20)))
        big = io.BytesIO(os.urandom(4 << 20).hex().encode())
        with pytest.raises(StorageError, match="disk is full"):
            library.upload("big.txt", big)
        assert not any((small_disk / "library" / "files" / ".incoming").iterdir())
        (path,) = write(tmp_path / "big", big_txt=LONG * 60)
        (outcome,) = library.add(path)
        assert outcome.status == "failed"
        assert "disk" in (outcome.error or "")
        assert "full" in (outcome.error or "")
        assert [one.state for one in library.jobs() if one.name == "big.txt"] == ["failed"]
        assert library.search("rent", mode="keyword")[0].document.name == "rent.txt"
        filler.unlink()
        (outcome,) = library.add(write(tmp_path, bread_txt=BREAD))
        assert outcome.status == "added"
        (failed,) = [one for one in library.jobs() if one.name == "big.txt"]
        path.write_text(RENT.replace("950", "960"))
        library.retry(failed.id)
        eventually(lambda: job(library, failed.id).is_over)
        assert job(library, failed.id).outcome == "added", job(library, failed.id).error
        report = library.doctor()
        assert report.ok, report.problems


def test_a_disk_that_fills_up_while_embedding_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    with Library(small_disk / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT))
        job_id = library.upload("long.txt", io.BytesIO(LONG.encode()))
        eventually(lambda: is_embedding(library, job_id))
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file:  # a rest in a buffer would fail once more when it closes
            try:
                while True:
                    file.write(b"x" * (1 << 14))
            except OSError:
                pass
        time.sleep(3)
        filler.unlink(missing_ok=True)
        eventually(lambda: job(library, job_id).is_over)
        if job(library, job_id).state == "failed":
            assert "full" in (job(library, job_id).error or "")
            library.retry(job_id)
            eventually(lambda: job(library, job_id).is_over)
        assert job(library, job_id).outcome == "added", job(library, job_id).error
        report = library.doctor()
        assert report.ok, report.problems
