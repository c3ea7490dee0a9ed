"""`explorer.ingestion.embedding_stage`: small files are embedded together, each of them ends by itself."""

from __future__ import annotations

import time
from pathlib import Path

from explorer import Library
from tests.embedding.embedding_server import EmbeddingServer
from tests.folders import eventually
from tests.ingestion.looking import job, names, notes


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
