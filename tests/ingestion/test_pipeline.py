"""The queue at work: cancelled, removed, killed, and never twice the same work."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

from explorer import Library
from tests.embedding.embedding_server import EmbeddingServer
from tests.folders import RENT, eventually, prose, write
from tests.ingestion.looking import (
    LONG,
    embeddings,
    is_embedding,
    job,
    names,
    notes,
    originals,
    worker_pid,
)

# ---- stopping


def test_a_cancelled_file_stops_within_about_a_second_and_leaves_nothing(library: Library) -> None:
    before = (names(library), originals(library), embeddings(library))
    job_id = library.upload("long.txt", io.BytesIO(LONG.encode()))
    waiting = library.upload("after.txt", io.BytesIO(prose(2, 900).encode()))
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


def test_small_files_are_found_while_a_large_one_is_under_way(library: Library, tmp_path: Path) -> None:
    job_id = library.upload("large.txt", io.BytesIO(prose(3, 6_000).encode()))
    (first,) = library.add(write(tmp_path, first_txt="One line about a zebra crossing."))
    assert not job(library, job_id).is_over
    assert library.search("zebra crossing")[0].document == first.document
    eventually(lambda: is_embedding(library, job_id), seconds=120)
    others = library.add(write(tmp_path, second_txt="One line about llamas.", third_txt=RENT + prose(4, 60)))
    assert is_embedding(library, job_id)
    assert [one.status for one in (first, *others)] == ["added"] * 3
    library.cancel([job_id])
    eventually(lambda: job(library, job_id).state == "cancelled")
    library.dismiss()
    for one in (first, *others):
        assert one.document is not None
        library.remove(one.document.id)
    assert library.doctor().ok


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
    os.kill(worker_pid(library), 9)
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


def test_a_kill_while_several_are_embedded_loses_none(
    served: tuple[Library, EmbeddingServer], tmp_path: Path
) -> None:
    library, at = served
    job_ids = library.enqueue(notes(tmp_path, 12))
    eventually(lambda: len(at.requests) >= 3)
    assert len(at.requests[2]) > 1
    os.kill(worker_pid(library), 9)
    library.warm()
    eventually(lambda: all(job(library, one).is_over for one in job_ids))
    assert names(library) == {f"note{n}.txt" for n in range(12)}
    assert library.doctor().ok
