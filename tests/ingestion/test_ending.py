"""How a job ends when something goes wrong; on a full disk, once there is room again."""

from __future__ import annotations

import io
import logging
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from explorer import Job, Library
from explorer.catalog import Catalog, Task
from explorer.cli.terminal import FileBars
from explorer.embedding.loaded import LoadedModels
from explorer.errors import Cancelled, DiskFull, ModelError, NotFound, PasswordNeeded, ReadError
from explorer.ingestion.ending import guarded
from explorer.ingestion.progress import Leaving
from explorer.ingestion.shared import PipelineContext
from explorer.types import JobKind, Outcome, Progress
from tests.disks import fill, mounted
from tests.folders import BREAD, RENT, eventually, write
from tests.ingestion.looking import LONG, is_embedding, job


def shared(catalog: Catalog) -> PipelineContext:
    return PipelineContext(catalog, cast("LoadedModels", None), lambda: None)


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


def _fail(common: PipelineContext, task: Task, error: Exception) -> None:
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
    with mounted(tmp_path / "disk", 24) as disk:
        yield disk


class Adding:
    """`library.add` on a thread, and what it said on the way."""

    def __init__(self, library: Library, path: Path) -> None:
        self.said: list[str] = []
        self.outcomes: list[Outcome] = []
        self._thread = threading.Thread(
            target=lambda: self.outcomes.extend(library.add(path, on_progress=self._hear)), daemon=True
        )
        self._thread.start()

    def _hear(self, progress: Progress) -> None:
        self.said += [one.error for one in progress.jobs if one.error and not one.is_over]

    def outcome(self, seconds: float = 60) -> Outcome:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "it still waits"
        return self.outcomes[0]


MISSING = r"big\.txt .*needs about [\d.,]+ MB, [\d.,]+ MB are free: [\d.,]+ MB are missing"


def test_a_file_without_room_says_how_much_is_missing_and_goes_on_by_itself(
    small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Library(small_disk / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT))
        filler = fill(small_disk, 3 << 20)
        big = io.BytesIO(os.urandom(4 << 20).hex().encode())
        with pytest.raises(DiskFull, match=MISSING):
            library.upload("big.txt", big)
        assert not any((small_disk / "library" / "files" / ".incoming").iterdir())
        (path,) = write(tmp_path / "big", big_txt=RENT * (1 + (6 << 20) // len(RENT)))
        adding = Adding(library, path)
        eventually(lambda: adding.said, seconds=5)
        assert re.search(MISSING, adding.said[0])
        (waiting,) = [one for one in library.jobs(notable=True) if one.name == "big.txt"]
        assert (waiting.state, waiting.error) == ("queued", adding.said[0])
        (outcome,) = library.add(write(tmp_path, bread_txt=BREAD))
        assert outcome.status == "added", "what fits does not wait for what does not"
        with FileBars(is_shown=False) as bars:
            bars.show(Progress(library.activity(), (waiting,)))
            bars.show(Progress(library.activity(), (waiting,)))
        assert capsys.readouterr().err == f"waiting   big.txt: {waiting.error}\n"
        assert not adding.outcomes
        path.write_text(RENT.replace("950", "960"))
        filler.unlink()
        assert adding.outcome().status == "added"
        (added,) = [one for one in library.jobs() if one.name == "big.txt"]
        assert added.error is None
        report = library.doctor()
        assert report.ok, report.problems


def test_a_disk_without_room_for_a_word_is_said_at_once(small_disk: Path, tmp_path: Path) -> None:
    with Library(small_disk / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT))
        filler = fill(small_disk, 0)
        paths = write(tmp_path / "many", **{f"n{number}_txt": BREAD + str(number) for number in range(300)})
        try:
            library.enqueue(paths)  # small rows may still find their place
        except DiskFull as error:
            assert re.search(r"is full \([\d.]+ MB are free\)", str(error))
        else:
            eventually(lambda: any(one.error for one in library.jobs()), seconds=5)
        filler.unlink()
        eventually(lambda: not library.activity().is_busy)
        library.add(paths[0])
        assert all(one.outcome in ("added", "unchanged") for one in library.jobs())


def test_a_disk_that_fills_up_while_embedding_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    with Library(small_disk / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT))
        job_id = library.upload("long.txt", io.BytesIO(LONG.encode()))
        eventually(lambda: is_embedding(library, job_id))
        filler = fill(small_disk, 0)
        eventually(lambda: any(one.error for one in library.jobs()), seconds=5)
        (waiting,) = [one for one in library.jobs() if one.error]
        assert waiting.id == job_id
        assert "disk is full" in (waiting.error or "")
        filler.unlink()
        eventually(lambda: job(library, job_id).is_over)
        assert job(library, job_id).outcome == "added", job(library, job_id).error
        report = library.doctor()
        assert report.ok, report.problems
