"""Maps of a real catalogue: drawn in a process of their own, cancelled, outlived, and read again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.errors import Cancelled, ExplorerError, StorageError
from explorer.maps import drawing, process
from explorer.maps.maps import Maps, among
from explorer.types import Scope
from tests.catalog import making

TOPICS = (
    "The river carries gravel and water from the mountains to the sea {}. ",
    "A king and a pawn win against a lone king in endgame number {}. ",
    "Sourdough rises slowly when flour and water are warm on day {}. ",
)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "library") as opened:
        yield opened


def fill(catalog: Catalog, documents: int = 3, chunks: int = 20) -> list[str]:
    ids = []
    for number in range(documents):
        text = "".join(TOPICS[number % 3].format(f"{number} {i}").ljust(80)[:80] for i in range(chunks))
        ids.append(making.add(catalog, text, f"doc-{number}.txt", step=80))
    return ids


class NoWorker:
    """Stands in for the worker's client: a thread of this test draws, and queries are vectors of ours."""

    def __init__(self, vector: Sequence[float] = (1, 0, 0, 0), is_ready: bool = True) -> None:
        self.vector = np.array(vector, np.float32)
        self.is_ready = is_ready
        self.woken = 0
        self.found: tuple[np.ndarray, np.ndarray] | None = None

    def encode(self, texts: Sequence[str], kind: str = "passage") -> np.ndarray:
        assert kind == "query"
        return np.stack([self.vector] * len(texts))

    def nearest(self, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray] | None:
        return self.found

    def start(self) -> None:
        self.woken += 1

    def attend(self) -> None:
        """Nothing to look after: a thread of this test draws."""

    def wake(self) -> None:
        self.woken += 1


@pytest.fixture
def drawer(catalog: Catalog) -> Iterator[process.Drawer]:
    running = process.Drawer(catalog)
    running.start()
    yield running
    running.stop()


def until(is_done: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_map_is_drawn_and_kept(catalog: Catalog) -> None:
    fill(catalog)
    seen: list[int] = []
    atlas = drawing.draw(catalog, on_progress=seen.append)
    assert atlas.chunk_ids.tolist() == catalog.chunks.ids().tolist()
    assert atlas.xy.shape == (60, 2)
    assert len(atlas.cluster_ids) == 60
    assert sum(cluster.size for cluster in atlas.clusters) == (atlas.cluster_ids >= 0).sum()
    assert [cluster.id for cluster in atlas.clusters] == sorted({int(i) for i in atlas.cluster_ids if i >= 0})
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert seen[-1] == drawing.STEPS
    kept = Maps(catalog, NoWorker()).stored()
    assert kept is not None
    assert kept.is_current
    assert (kept.atlas.xy == atlas.xy).all()
    assert kept.atlas.clusters == atlas.clusters


def test_three_dimensions_stand_beside_two(catalog: Catalog) -> None:
    fill(catalog, 1)
    drawing.draw(catalog, 2)
    assert drawing.draw(catalog, 3).xy.shape == (20, 3)
    maps = Maps(catalog, NoWorker())
    assert maps.stored(2) is not None
    assert maps.stored(3) is not None


@pytest.mark.parametrize("chunks", [0, 1, 2, 3, 10])
def test_small_libraries(catalog: Catalog, chunks: int) -> None:
    if chunks:
        fill(catalog, 1, chunks)
    atlas = drawing.draw(catalog)
    assert len(atlas.chunk_ids) == chunks
    assert np.isfinite(atlas.xy).all()
    assert len(atlas.clusters) >= bool(chunks)


def test_identical_chunks(catalog: Catalog) -> None:
    making.add(catalog, "the same forty characters of text, again" * 30, step=40)
    atlas = drawing.draw(catalog)
    assert len(np.unique(atlas.xy, axis=0)) == 30
    assert len(atlas.clusters) == 1


def test_a_map_of_what_was_removed_meanwhile_is_not_kept(catalog: Catalog) -> None:
    ids, tries = fill(catalog), []

    def remove(done: int) -> None:
        if done == 0:
            tries.append(done)
        elif done >= 80 and len(ids) + len(tries) > 3:  # one in each try, once all is laid out
            catalog.documents.remove([ids.pop()])

    with pytest.raises(StorageError, match="removed while"):
        drawing.draw(catalog, on_progress=remove)
    assert catalog.layouts.get() is None


def test_the_worker_has_it_drawn_by_a_process(catalog: Catalog, drawer: process.Drawer) -> None:
    fill(catalog)
    atlas = Maps(catalog, NoWorker()).map()
    assert len(atlas.chunk_ids) == 60
    job = Maps(catalog, NoWorker()).job()
    assert job is not None
    assert (job.state, job.done, job.total) == ("ready", drawing.STEPS, drawing.STEPS)


def test_the_process_ends_well(catalog: Catalog) -> None:
    fill(catalog, 1, 3)
    job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
    assert catalog.work.claim("test", ("map",)) is not None
    command = [sys.executable, "-m", "explorer.maps", str(catalog.folder), str(job_id), "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.wait(60) == 0
        assert child.stderr is not None
        assert child.stderr.read() == ""


def test_a_current_map_is_not_drawn_again(catalog: Catalog) -> None:
    fill(catalog, 1)
    drawing.draw(catalog)
    maps = Maps(catalog, NoWorker())
    maps.map()
    assert maps.job() is None


def test_an_empty_library_has_an_empty_map_at_once(catalog: Catalog) -> None:
    atlas = Maps(catalog, NoWorker()).map(3)
    assert atlas.xy.shape == (0, 3)
    assert atlas.clusters == ()


def test_the_old_map_stays_while_documents_come(catalog: Catalog) -> None:
    fill(catalog, 2)
    drawing.draw(catalog)
    making.add(catalog, "something new " * 10, "new.txt")
    maps = Maps(catalog, NoWorker())
    kept = maps.stored()
    assert kept is not None
    assert not kept.is_current
    assert kept.placed == 4
    assert kept.atlas.chunk_ids.tolist() == catalog.chunks.ids().tolist()


def test_a_removal_leaves_the_map(catalog: Catalog) -> None:
    ids = fill(catalog)
    before = drawing.draw(catalog)
    catalog.documents.remove(ids[:1])
    kept = Maps(catalog, NoWorker()).stored()
    assert kept is not None
    assert kept.is_current
    assert (kept.atlas.xy == before.xy[20:]).all()


def test_one_drawing_at_a_time(catalog: Catalog) -> None:
    fill(catalog, 1)
    worker = NoWorker()
    maps = Maps(catalog, worker)
    assert maps.draw() == maps.draw()
    assert worker.woken == 2
    maps.cancel()
    job = maps.job()
    assert job is not None
    assert job.state == "cancelled"


def test_cancelling_ends_the_process_at_once(catalog: Catalog, drawer: process.Drawer) -> None:
    fill(catalog, 3, 400)
    maps = Maps(catalog, NoWorker())
    failure: list[BaseException] = []

    def wait() -> None:
        try:
            maps.map()
        except Cancelled as error:
            failure.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: (job := maps.job()) and job.state == "reading")
    maps.cancel()
    waiting.join(5)
    assert failure
    assert not waiting.is_alive()
    assert maps.stored() is None


def test_a_process_that_dies_is_reported(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(catalog, 1)
    job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
    assert catalog.work.claim("test", ("map",)) is not None
    really = subprocess.Popen
    killer = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    monkeypatch.setattr(subprocess, "Popen", lambda _command, **options: really(killer, **options))
    process.work(catalog, job_id, 2, lambda: False)
    job = catalog.jobs.get(job_id)
    assert job is not None
    assert job.state == "failed"
    assert "memory" in (job.error or "")
    with pytest.raises(ExplorerError):
        Maps(catalog, NoWorker())._wait(job_id)


@pytest.mark.parametrize(("threads", "expected"), [("1", None), ("3", "3")])
def test_numpy_has_its_threads_in_it_unlike_in_the_worker(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, threads: str, expected: str | None
) -> None:
    given = []
    really = subprocess.Popen

    def start(_: list[str], **options: Any) -> subprocess.Popen[bytes]:
        given.append(options["env"])
        return really([sys.executable, "-c", ""], **options)

    monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
    monkeypatch.setattr(subprocess, "Popen", start)
    process.work(catalog, catalog.jobs.enqueue("map", "Map", dimensions=2), 2, lambda: False)
    assert given[0].get("OPENBLAS_NUM_THREADS") == expected


def test_a_worker_that_leaves_gives_the_job_back(catalog: Catalog) -> None:
    fill(catalog, 1)
    job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
    assert catalog.work.claim("test", ("map",)) is not None
    process.work(catalog, job_id, 2, lambda: True)
    job = catalog.jobs.get(job_id)
    assert job is not None
    assert job.state == "queued"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_a_killed_worker_left_is_drawn(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
    assert catalog.work.claim("killed", ("map",)) is not None
    monkeypatch.setattr(process, "work", lambda catalog, job_id, *_: catalog.work.finish(job_id, "added"))
    drawer = process.Drawer(catalog)
    drawer.start()
    try:
        until(lambda: not catalog.jobs.has_work(("map",)), seconds=10)
    finally:
        drawer.stop()
    job = catalog.jobs.get(job_id)
    assert job is not None
    assert job.state == "ready"


def test_the_process_goes_with_the_worker(catalog: Catalog) -> None:
    """Its worker is killed without a word: nobody is left who could end it but itself."""
    fill(catalog, 3, 300)
    job_id = catalog.jobs.enqueue("map", "Map", dimensions=2)
    assert catalog.work.claim("test", ("map",)) is not None
    script = (
        "from pathlib import Path; from explorer.catalog import Catalog; from explorer.maps import process\n"
        "really = process.subprocess.Popen\n"
        "def noted(*a, **k):\n    child = really(*a, **k); print(child.pid, flush=True); return child\n"
        "process.subprocess.Popen = noted\n"
        f"process.work(Catalog(Path({str(catalog.folder)!r})), {job_id}, 2, lambda: False)"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    child = int(worker.stdout.readline())
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    until(lambda: not _lives(child), 10)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_query_lands_among_its_nearest(catalog: Catalog) -> None:
    fill(catalog)
    atlas = drawing.draw(catalog)
    row = 7
    worker = NoWorker()
    worker.found = (atlas.chunk_ids[[row]], np.array([0.9], np.float32))
    assert Maps(catalog, worker).place("anything", atlas) == pytest.approx(tuple(atlas.xy[row]))


def test_without_an_index_the_place_is_worked_out_exactly(catalog: Catalog) -> None:
    fill(catalog)
    atlas = drawing.draw(catalog)
    ids, vectors = catalog.embeddings.matrix()
    row = 11
    place = Maps(catalog, NoWorker(vectors[row])).place("anything", atlas)
    twins = np.flatnonzero(vectors @ vectors[row] > 0.999)
    assert min(np.linalg.norm(atlas.xy[twin] - place) for twin in twins) < 2
    assert len(ids) == 60


def test_a_query_on_an_empty_map_is_refused_in_words(catalog: Catalog) -> None:
    with pytest.raises(ExplorerError, match="nothing on this map"):
        Maps(catalog, NoWorker()).place("anything", Maps(catalog, NoWorker()).map())


def test_passages_off_the_map_do_not_place_a_query(catalog: Catalog) -> None:
    fill(catalog, 1, 3)
    atlas = drawing.draw(catalog)
    strange = np.array([10**6, int(atlas.chunk_ids[1])])
    assert among(atlas, strange, np.array([0.9, 0.5], np.float32)) == pytest.approx(tuple(atlas.xy[1]))
    assert among(atlas, strange[:1], np.array([0.9], np.float32)) is None


def test_places_name_document_page_and_span(catalog: Catalog) -> None:
    making.add(catalog, ["page one, " * 8, "page two, " * 8], "two.txt", step=40)
    ids = catalog.chunks.ids()
    places = Maps(catalog, NoWorker()).places(np.append(ids, ids[-1] + 100))
    assert places.pages.tolist() == [1, 1, 2, 2, 0]
    assert places.document_index.tolist() == [0, 0, 0, 0, -1]
    assert places.starts[1] == 40
    assert places.ends[1] == 80


def test_keywords_and_passages_of_a_selection(catalog: Catalog) -> None:
    ids = fill(catalog)
    maps = Maps(catalog, NoWorker())
    chosen = maps.in_scope(Scope(documents=ids[:1]))
    assert chosen is not None
    words = maps.keywords(chosen, catalog.chunks.ids())
    assert {"river", "gravel"} <= set(" ".join(words).split())
    assert [chunk.id for chunk in maps.passages(chosen[::-1].tolist())] == chosen[::-1].tolist()
    assert maps.in_scope(None) is None


def test_reading_maps_imports_nothing_heavy() -> None:
    heavy = ("umap", "numba", "sklearn", "scipy", "torch")
    script = "import sys, explorer.maps.maps, explorer.maps.process;"
    script += f"print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_step_has_a_name() -> None:
    names = [drawing.step_name(done) for done in range(drawing.STEPS + 1)]
    assert names[0] == "Reading the passages"
    assert names[-1] == "Finding and naming the subjects"
    assert len(set(names)) == 3
