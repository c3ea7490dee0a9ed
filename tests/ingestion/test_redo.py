"""A redo builds a new index beside the live one, and can be interrupted, called off or held up."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from explorer import Library
from explorer.embedding import places
from tests.folders import BREAD, eventually, prose, write
from tests.ingestion.looking import job, names, worker_pid


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
    os.kill(worker_pid(library), 9)  # in the middle
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
    (tmp_path / "lost.txt").unlink()  # else it is taken in from there once more
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
    (tmp_path / "lost.txt").unlink()
    library.original(outcome.document.id).unlink()  # type: ignore[union-attr]
    library.change_settings(chunk_tokens=40)
    library.redo()
    eventually(lambda: any(one.state == "failed" for one in library.jobs()))
    library.remove(outcome.document.id)  # type: ignore[union-attr]
    eventually(lambda: not library.is_redoing)
    assert library.needs_redo == ()
    assert library.doctor().ok


def answers(library: Library) -> str:
    """The name of the model that made the index which is searched, and so embeds the questions."""
    live = library.models.live()
    assert live is not None
    return live.model.name


def test_another_model_needs_a_redo_and_queries_wait_for_it(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "a-model-of-ones-own"
    shutil.copytree(places.find(places.DEFAULT_MODEL), folder)
    library.change_settings(model=str(folder))
    assert library.needs_redo == ("model",)
    assert answers(library) == "all-MiniLM-L6-v2"
    assert library.search("sea animals", k=1)[0].document.name == "whales.md"
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert library.needs_redo == ()
    assert answers(library) == str(folder)
    assert library.search("sea animals", k=1)[0].document.name == "whales.md"
    assert library.doctor().ok
    library.change_settings(model=None)
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert answers(library) == "all-MiniLM-L6-v2"


def test_a_lost_original_is_taken_in_again_from_where_it_came(library: Library, tmp_path: Path) -> None:
    (outcome,) = library.add(write(tmp_path, found_txt="The found one speaks of jet.\n"))
    assert outcome.document is not None
    library.original(outcome.document.id).unlink()
    library.change_settings(chunk_tokens=45)
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert library.original(outcome.document.id).read_bytes() == b"The found one speaks of jet.\n"
    assert library.doctor().ok
    library.change_settings(chunk_tokens=None)
    library.remove(outcome.document.id)
    library.redo()
    eventually(lambda: not library.is_redoing)
