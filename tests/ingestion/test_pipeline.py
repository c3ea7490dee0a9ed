"""The queue at work: cancelled, removed, redone, out of space, and never twice the same work."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from explorer import Job, Library, StorageError
from explorer.embedding import places
from explorer.ingestion.waiting import TOGETHER, Prepared, Waiting
from tests.embedding.embedding_server import OK, EmbeddingServer, serving
from tests.folders import BREAD, RENT, WHALES, eventually, prose, write

LONG = prose(1, 900)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("ingest")
    with Library(folder / "library") as library:
        library.add(write(folder / "first", whales_md=WHALES, rent_txt=RENT))
        yield library


def job(library: Library, job_id: int) -> Job:
    return library._catalog.jobs.by_ids([job_id])[0]


def is_embedding(library: Library, job_id: int) -> bool:
    found = job(library, job_id)
    assert not found.is_over, found
    return found.state == "embedding" and found.done > 0


def names(library: Library) -> set[str]:
    return {document.name for document in library.documents()}


def originals(library: Library) -> int:
    return sum(1 for path in (library.folder / "files").iterdir() if path.is_file())


def embeddings(library: Library) -> int:
    return int(library.doctor().counts["embeddings"])


# ---- stopping


def test_a_cancelled_file_stops_within_about_a_second_and_leaves_nothing(library: Library) -> None:
    before = (names(library), originals(library), embeddings(library))
    job_id = library.upload("long.txt", io.BytesIO(LONG.encode()))
    waiting = library.upload("after.txt", io.BytesIO(BREAD.encode()))
    eventually(lambda: is_embedding(library, job_id))
    begun = time.monotonic()
    library.cancel()
    eventually(lambda: job(library, job_id).state == "cancelled", seconds=5)
    assert time.monotonic() - begun < 2.5
    eventually(lambda: job(library, waiting).state == "cancelled", seconds=5)
    eventually(lambda: embeddings(library) == before[2], seconds=5)
    assert (names(library), originals(library)) == before[:2]
    assert library.doctor().ok
    library.dismiss()


def test_add_says_which_file_was_cancelled(library: Library, tmp_path: Path) -> None:
    (path,) = write(tmp_path, long_txt=LONG)
    (outcome,) = library.add(path, on_progress=lambda progress: library.cancel())
    assert (outcome.status, outcome.document) == ("failed", None)
    assert "cancelled" in (outcome.error or "")
    library.dismiss()


def test_a_document_removed_while_its_new_version_is_read_is_gone(library: Library, tmp_path: Path) -> None:
    (path,) = write(tmp_path, note_txt="The first version speaks of tulips.\n")
    (first,) = library.add(path)
    path.write_text(LONG)
    (job_id,) = library.enqueue(path)
    eventually(lambda: is_embedding(library, job_id))
    library.remove(first.document.id)  # type: ignore[union-attr]
    eventually(lambda: job(library, job_id).is_over)
    assert job(library, job_id).outcome == "added"
    assert library.text(job(library, job_id).document_id or "") == LONG
    library.remove(job(library, job_id).document_id or "")
    assert library.doctor().ok


# ---- work that was done is not done again


def test_texts_that_are_embedded_already_are_not_embedded_again(library: Library, tmp_path: Path) -> None:
    (path,) = write(tmp_path, long_txt=LONG)
    (job_id,) = library.enqueue(path)
    eventually(lambda: is_embedding(library, job_id) and job(library, job_id).done > 64)
    os.kill(_worker_pid(library), 9)
    kept = embeddings(library)
    assert kept > 64
    assert not job(library, job_id).is_over  # a new worker may have taken it up already
    first_seen = []

    def look() -> bool:
        found = job(library, job_id)
        if found.state == "embedding" and found.done:
            first_seen.append(found.done)
        return found.is_over

    library.warm()
    eventually(look)
    assert job(library, job_id).outcome == "added"
    assert first_seen[0] >= kept - 2 - 64
    library.remove(job(library, job_id).document_id or "")
    assert library.doctor().ok


def _worker_pid(library: Library) -> int:
    from explorer.worker import protocol

    found = protocol.read_address(library.folder)
    assert found is not None
    return found.pid


# ---- several small files at once


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Library, EmbeddingServer]]:
    """A library whose embeddings come from a server that takes three seconds for the first passage, in which
    other files get ready."""
    plans = [OK, {"stall": 3.0}, {"stall": 1.5}, OK]
    with serving(plans=plans, bad="BAD") as at, Library(tmp_path / "library") as library:
        library.change_settings(embed_url=at.address, embed_model="tiny")
        yield library, at


def notes(folder: Path, number: int, **more: str) -> list[Path]:
    return write(folder, **{f"note{n}_txt": f"Note {n} speaks of {n} boats." for n in range(number)}, **more)


def test_small_files_are_embedded_together(served: tuple[Library, EmbeddingServer], tmp_path: Path) -> None:
    library, at = served
    outcomes = library.add(notes(tmp_path, 40))
    assert {outcome.status for outcome in outcomes} == {"added"}
    assert sum(map(len, at.requests)) == 41
    assert max(map(len, at.requests)) >= 8
    assert len(at.requests) <= 25
    assert library.doctor().ok


def test_a_text_that_is_refused_fails_its_own_file_only(
    served: tuple[Library, EmbeddingServer], tmp_path: Path
) -> None:
    library, at = served
    outcomes = library.add(
        notes(tmp_path, 3, x_txt="This is BAD", y_txt="This is good.", z_txt="So is this.")
    )
    assert max(map(len, at.requests)) > 1
    assert [one.name for one in outcomes if one.status != "added"] == ["x.txt"]
    (error,) = [one.error or "" for one in outcomes if one.error]
    assert "HTTP 400" in error
    assert "This is BAD' is too long" in error
    library.dismiss()
    assert library.doctor().ok


def test_one_of_several_files_is_cancelled_alone(
    served: tuple[Library, EmbeddingServer], tmp_path: Path
) -> None:
    library, at = served
    job_ids = library.enqueue(notes(tmp_path, 12))
    eventually(lambda: len(at.requests) >= 3)
    together = [int(text.split()[-2]) for text in at.requests[2]]
    assert len(together) > 1
    begun = time.monotonic()
    library.cancel([job_ids[together[0]]])
    eventually(lambda: job(library, job_ids[together[0]]).state == "cancelled", seconds=5)
    assert time.monotonic() - begun < 2.5
    eventually(lambda: all(job(library, one).is_over for one in job_ids))
    assert names(library) == {f"note{n}.txt" for n in range(12)} - {f"note{together[0]}.txt"}
    assert library.doctor().ok


def test_a_kill_while_several_are_embedded_loses_none(
    served: tuple[Library, EmbeddingServer], tmp_path: Path
) -> None:
    library, at = served
    job_ids = library.enqueue(notes(tmp_path, 12))
    eventually(lambda: len(at.requests) >= 3)
    assert len(at.requests[2]) > 1
    os.kill(_worker_pid(library), 9)
    library.warm()
    eventually(lambda: all(job(library, one).is_over for one in job_ids))
    assert names(library) == {f"note{n}.txt" for n in range(12)}
    assert library.doctor().ok


def test_a_large_document_goes_alone_and_keeps_others_from_being_begun() -> None:
    def document(texts: int, generation: int = 1) -> Prepared:
        found: Any = SimpleNamespace(size=texts, generation=SimpleNamespace(id=generation))
        return cast("Prepared", found)

    waiting = Waiting()
    small, large, other = document(2), document(500), document(2, generation=2)
    assert waiting.take() == []
    assert waiting.put(small, 0)
    assert waiting.put(small, 0)
    assert not waiting.put(large, 0)
    assert not waiting.put(other, 0), "two indexes are not embedded together"
    assert waiting.take() == [small, small]
    assert waiting.put(large, 0)
    assert not waiting.put(small, 0)
    assert waiting.take() == [large]
    assert waiting.put(small, 0)
    assert not waiting.put(small, 0), "one waits while a large one is embedded"
    assert waiting.take() == [small]
    assert waiting.is_empty()
    added = 0
    while waiting.put(document(20), 0):
        added += 20
    assert TOGETHER - 20 < added <= TOGETHER


# ---- redo


def test_a_redo_builds_beside_the_live_index_and_takes_over(library: Library, tmp_path: Path) -> None:
    (job_id,) = library.enqueue(write(tmp_path, long_txt=prose(3, 400)))
    eventually(lambda: job(library, job_id).is_over)
    before = library.counts().chunks
    assert library.needs_redo == ()
    library.change_settings(chunk_tokens=40)
    assert library.needs_redo == ("chunking",)
    generation = library._catalog.generations.live()
    job_ids = library.redo()
    assert len(job_ids) == 3
    eventually(lambda: library._catalog.generations.building() is not None)
    assert library._catalog.generations.live() == generation
    assert library.counts().chunks == before
    assert library.search("sea animals", k=1)[0].document.name == "whales.md"
    os.kill(_worker_pid(library), 9)  # in the middle
    (meanwhile,) = library.add(write(tmp_path, bread_txt=BREAD))
    assert meanwhile.status == "added"
    eventually(lambda: not library.is_redoing)
    assert library._catalog.generations.live() != generation
    assert library.needs_redo == ()
    assert library.counts().chunks > 1.5 * before
    assert names(library) == {"whales.md", "rent.txt", "long.txt", "bread.txt"}
    assert library.search("baking a loaf", k=1, mode="semantic")[0].document.name == "bread.txt"
    report = library.doctor()
    assert report.ok, report.problems
    assert report.counts["chunks"] == report.counts["live_chunks"] == report.counts["index_vectors"]
    library.remove(
        [document.id for document in library.documents() if document.name in ("long.txt", "bread.txt")]
    )


def test_a_redo_can_be_called_off(library: Library, tmp_path: Path) -> None:
    (outcome,) = library.add(write(tmp_path, long_txt=prose(4, 400)))
    generation = library._catalog.generations.live()
    library.change_settings(chunk_tokens=60)
    library.redo()
    library.cancel_redo()
    eventually(lambda: not library.is_redoing)
    assert library._catalog.generations.live() == generation
    library.redo()
    library.cancel()
    eventually(lambda: not library.is_redoing and not library.activity().is_busy)
    time.sleep(1.5)  # the worker looks once more
    assert library._catalog.generations.live() == generation
    assert not library.is_redoing
    library.change_settings(chunk_tokens=40)
    library.remove(outcome.document.id)  # type: ignore[union-attr]
    assert library.doctor().ok


def test_a_document_that_cannot_be_redone_keeps_the_old_index(library: Library, tmp_path: Path) -> None:
    (outcome,) = library.add(write(tmp_path, lost_txt="The lost one speaks of amber.\n"))
    assert outcome.document is not None
    original = library.original(outcome.document.id)
    original.rename(tmp_path / "kept")
    generation = library._catalog.generations.live()
    library.change_settings(chunk_tokens=115)
    library.redo()
    eventually(lambda: any(one.state == "failed" for one in library.jobs()))
    eventually(lambda: not library.activity().is_busy)
    time.sleep(1.5)
    assert library._catalog.generations.live() == generation
    assert library.search("amber", mode="keyword")[0].document.name == "lost.txt"
    (tmp_path / "kept").rename(original)
    (failed,) = [one for one in library.jobs() if one.state == "failed"]
    assert "lost.txt" in (failed.error or "")
    library.retry(failed.id)
    eventually(lambda: not library.is_redoing)
    assert library._catalog.generations.live() != generation
    assert library.needs_redo == ()
    library.remove(outcome.document.id)
    assert library.doctor().ok


def test_removing_what_cannot_be_redone_lets_the_new_index_in(library: Library, tmp_path: Path) -> None:
    (outcome,) = library.add(write(tmp_path, lost_txt="The lost one speaks of amber.\n"))
    library.original(outcome.document.id).unlink()  # type: ignore[union-attr]
    library.change_settings(chunk_tokens=40)
    library.redo()
    eventually(lambda: any(one.state == "failed" for one in library.jobs()))
    library.remove(outcome.document.id)  # type: ignore[union-attr]
    eventually(lambda: not library.is_redoing)
    assert library.needs_redo == ()
    assert library.doctor().ok


def test_another_model_needs_a_redo_and_queries_wait_for_it(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "a-model-of-ones-own"
    shutil.copytree(places.find(places.DEFAULT_MODEL), folder)
    library.change_settings(model=str(folder))
    assert library.needs_redo == ("model",)
    assert library._client.model_info()["name"] == "all-MiniLM-L6-v2"
    assert library.search("sea animals", k=1)[0].document.name == "whales.md"
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert library.needs_redo == ()
    assert library._client.model_info()["name"] == str(folder)
    assert library.search("sea animals", k=1)[0].document.name == "whales.md"
    assert library.doctor().ok
    library.change_settings(model=None)
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert library._client.model_info()["name"] == "all-MiniLM-L6-v2"


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
