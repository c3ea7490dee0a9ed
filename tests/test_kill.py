"""SIGKILL at random moments inside one file's ingestion: nothing is lost, nothing is half there."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer import Job, Library
from tests.faults.ground import ROOT, assert_whole, kill_worker, living_worker, of
from tests.folders import RENT, eventually, files_holding, prose, write

KILLS = 10
TEXT = prose(5, 6000)
"""About 1,060 passages: so long that no ten-odd kills see the end of it, on a quick processor either."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]


def test_the_worker_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201  (shown when it fails)
    draw = random.Random(seed)
    with Library(tmp_path / "library") as library:
        library.add(write(tmp_path, rent_txt=RENT))
        (path,) = write(tmp_path, long_txt=TEXT)
        (job_id,) = library.enqueue(path)
        for number in range(KILLS):
            library.warm()
            _wait_for_a_moment(library, job_id, draw, is_early=number % 3 == 0)
            kill_worker(library.folder)
            assert not of(library, job_id).is_over, f"it was over before kill {number + 1}"
            assert library.search("rent", mode="keyword")[0].document.name == "rent.txt"
            assert {document.name for document in library.documents()} == {"rent.txt"}
        library.warm()
        eventually(lambda: of(library, job_id).is_over, seconds=120)
        assert of(library, job_id).outcome == "added", of(library, job_id).error
        assert_whole(library, {"rent.txt", "long.txt"})
        assert library.text(of(library, job_id).document_id or "") == TEXT
        assert library.original(of(library, job_id).document_id or "").read_text() == TEXT


def _wait_for_a_moment(library: Library, job_id: int, draw: random.Random, *, is_early: bool) -> None:
    """Some time while the file is received, read and cut, or while the next few passages are embedded."""
    eventually(lambda: living_worker(library.folder))
    if is_early:
        time.sleep(draw.uniform(0, 0.6))
        return
    eventually(lambda: of(library, job_id).state == "embedding" and of(library, job_id).total)
    begun = of(library, job_id)
    goal = begun.done + draw.uniform(0, begun.total / (KILLS + 4))
    eventually(lambda: of(library, job_id).done >= goal)
    time.sleep(draw.uniform(0, 0.05))


def test_killed_while_the_document_becomes_visible(tmp_path: Path) -> None:
    """The last moments: embeddings stored, the document's one transaction, the index that follows."""
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")  # noqa: T201
    draw = random.Random(seed)
    names = set()
    with Library(tmp_path / "library") as library:
        for number in range(4):
            (path,) = write(tmp_path, **{f"file{number}_txt": prose(number, 60)})
            (job_id,) = library.enqueue(path)
            eventually(lambda job_id=job_id: _is_nearly_done(of(library, job_id)))  # type: ignore[misc]
            time.sleep(draw.uniform(0, 0.15))
            if living_worker(library.folder) is not None:
                kill_worker(library.folder)
            names.add(path.name)
            library.warm()
            eventually(lambda job_id=job_id: of(library, job_id).is_over)  # type: ignore[misc]
        assert_whole(library, names)


def _is_nearly_done(job: Job) -> bool:
    return job.is_over or (job.state == "embedding" and job.total > 0)


def test_killed_during_a_removal_nothing_of_it_is_left(tmp_path: Path) -> None:
    """The process that removes dies right after its transaction: the next worker finishes the job."""
    folder = tmp_path / "library"
    with Library(folder) as library:
        library.add(write(tmp_path, word_txt="A word like xylographomancy is seldom read.\n", rent_txt=RENT))
    code = (
        "import os, signal\nfrom explorer import Library\n"
        f"library = Library({str(folder)!r})\n"
        "library._catalog.tidying.after = lambda shas: os.kill(os.getpid(), signal.SIGKILL)\n"
        "library.remove([d.id for d in library.documents() if d.name == 'word.txt'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with Library(folder) as library:
        assert {document.name for document in library.documents()} == {"rent.txt"}
        library.warm()
        eventually(lambda: files_holding(folder, "xylographomancy") == [], seconds=20)
        assert_whole(library, {"rent.txt"})
