"""Files whose embedding server is away fail soon and together; what it gave is not asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.catalog import Catalog
from explorer.embedding.loaded import LoadedModels
from explorer.embedding.server import batches, pace, requests
from explorer.embedding.server.batches import AT_ONCE, BATCH
from explorer.errors import ModelError, ServerAway
from explorer.ingestion.pipeline import Pipeline
from explorer.settings import resolve
from explorer.types import Job
from tests.embedding.embedding_server import OK, EmbeddingServer, serving
from tests.embedding.server.test_model import TEXTS, model
from tests.folders import RENT, eventually, write

AWAY = {"status": 503}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of hundredths of a second, in this process: so the pipeline runs in it too."""
    monkeypatch.setattr(pace, "FIRST_WAIT", 0.02)


@contextmanager
def pipeline(folder: Path, at: EmbeddingServer) -> Iterator[Catalog]:
    """A library whose queue is worked in this process."""
    with Catalog(folder / "library") as catalog:
        catalog.settings.change({"embed_url": at.address, "embed_model": "tiny"})
        worked = Pipeline(catalog, LoadedModels(lambda: resolve(catalog.settings.all())), lambda: None)
        worked.start()
        try:
            yield catalog
        finally:
            worked.stop()


def added(catalog: Catalog, paths: list[Path]) -> list[Job]:
    with catalog.write():
        job_ids = [catalog.jobs.enqueue("add", path.name, source=str(path)) for path in paths]
    eventually(lambda: all(job.is_over for job in catalog.jobs.by_ids(job_ids)), seconds=60)
    return catalog.jobs.by_ids(job_ids)


def notes(folder: Path) -> list[Path]:
    return write(folder, **{f"note{n}_txt": f"Note {n} speaks of {n} boats." for n in range(20)})


def test_a_server_that_is_away_is_waited_for_once_and_not_for_each_file(tmp_path: Path) -> None:
    with serving(plans=[AWAY]) as at, pipeline(tmp_path, at) as catalog:
        jobs = added(catalog, notes(tmp_path))
        assert {job.state for job in jobs} == {"failed"}
        assert all("HTTP 503" in (job.error or "") and "Try again later" in (job.error or "") for job in jobs)
        assert len(at.requests) <= requests.PASSAGES.tries + len(jobs) - 1


def test_files_that_are_embedded_together_fail_together(tmp_path: Path) -> None:
    with serving(plans=[OK, OK, {"stall": 2.0, **AWAY}, AWAY]) as at, pipeline(tmp_path, at) as catalog:
        assert [job.state for job in added(catalog, write(tmp_path, rent_txt=RENT))] == ["ready"]
        jobs = added(catalog, notes(tmp_path / "more"))
        assert {job.state for job in jobs} == {"failed"}
        # All tries for the first file, in which the others get ready: one for all of these.
        assert len(at.requests) - 2 <= requests.PASSAGES.tries + 3
        at.plans = [OK]
        for job in jobs:
            catalog.jobs.retry(job.id)
        eventually(lambda: all(job.state == "ready" for job in catalog.jobs.by_ids([j.id for j in jobs])))


def test_what_needs_no_embedding_is_stored_though_the_server_is_away(tmp_path: Path) -> None:
    with serving(plans=[OK]) as at, pipeline(tmp_path, at) as catalog:
        paths = notes(tmp_path)
        assert {job.state for job in added(catalog, paths)} == {"ready"}
        at.plans = [AWAY]
        for path in paths:
            path.write_text(path.read_text() + "\n \n")
        jobs = added(catalog, [*write(tmp_path, rent_txt=RENT), *paths])
        assert [job.state for job in jobs] == ["failed", *["ready"] * len(paths)]


def test_who_comes_while_it_is_away_has_one_try_until_one_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(plans=[AWAY]) as at:
        ours = model(at)
        for tries in (requests.PASSAGES.tries, 1, 1):
            at.requests.clear()
            with pytest.raises(ServerAway, match="HTTP 503"):
                ours.encode(["a"])
            assert len(at.requests) == tries
        at.plans = [OK]
        ours.encode(["a"])
        at.plans, _ = [AWAY, AWAY, OK], at.requests.clear()
        ours.encode(["b"])
        assert len(at.requests) == 3
        at.plans = [AWAY]
        monkeypatch.setattr(pace, "AWAY_SECONDS", 0.0)
        for _ in range(2):
            at.requests.clear()
            with pytest.raises(ServerAway):
                ours.encode(["c"])
            assert len(at.requests) == requests.PASSAGES.tries, "patient again after a while"


def test_a_question_that_fails_makes_nobody_impatient() -> None:
    with serving(plans=[AWAY, AWAY, AWAY, OK]) as at:
        ours = model(at)
        with pytest.raises(ServerAway):
            ours.encode_query("why?")
        assert len(ours.encode(["a"])) == 1
        assert len(at.requests) == 4


def test_what_other_requests_gave_is_not_asked_for_again_when_one_fails() -> None:
    with serving(bad="number 96", bad_status=422) as at:
        ours = model(at)
        with pytest.raises(ModelError, match="HTTP 422"):
            ours.encode(TEXTS[:97])
        eventually(lambda: len(ours._batches._spared) == 96)  # also what was under way when one failed
        at.requests.clear()
        with pytest.raises(ModelError, match="HTTP 422"):
            ours.encode(TEXTS[:97])
        assert at.requests == [["text number 96"]]
        at.requests.clear()
        at.bad = ""
        assert ours.encode(TEXTS[:97]).shape == (97, at.dimension)
        assert at.requests == [["text number 96"]]


def test_a_refused_text_of_many_leaves_the_rest_of_its_request_to_be_sent() -> None:
    with serving(bad="number 17", bad_status=422, delay=0.05) as at:
        ours = model(at)
        with pytest.raises(ModelError, match="HTTP 422"):
            ours.encode(TEXTS[:97])
        at.requests.clear()
        at.bad = ""
        ours.encode(TEXTS[:97])
        assert sum(map(len, at.requests)) <= 16, "the first sixteen, and the other requests' 65, are there"


def test_files_that_shared_a_request_with_a_refused_text_are_not_sent_again(tmp_path: Path) -> None:
    plans = [OK, OK, {"stall": 2.0}, OK]
    with serving(plans=plans, bad="BAD") as at, pipeline(tmp_path, at) as catalog:
        added(catalog, write(tmp_path, rent_txt=RENT))
        longest = "This text is longer than those of the others, so that it stands behind them: BAD"
        jobs = added(catalog, [*notes(tmp_path / "more"), *write(tmp_path / "more", x_txt=longest)])
        assert [job.name for job in jobs if job.state != "ready"] == ["x.txt"]
        taken = [request for request in at.requests if not any(text.endswith("BAD") for text in request)]
        texts = [text for request in taken for text in request]
        assert len(texts) == len(set(texts)), "none is embedded twice"


def test_what_is_spared_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SPARED", 40)
    with serving(bad="number 149", bad_status=422) as at:
        ours = model(at)
        with pytest.raises(ModelError):
            ours.encode(TEXTS)
        assert 40 <= len(ours._batches._spared) <= 40 + BATCH * AT_ONCE
