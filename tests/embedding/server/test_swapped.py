"""A server that has another model behind the same name: noticed, said, and nothing of the two is mixed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from explorer import Library, libraries
from explorer.catalog.chosen_settings import SERVED
from explorer.embedding.server.probe import PROBE_TEXT
from explorer.errors import ModelError
from explorer.ingestion import server_identity
from tests.embedding.embedding_server import EmbeddingServer, serving, vector
from tests.folders import BREAD, RENT, WHALES, eventually, write

OTHERS = "gives other vectors now.*Redo all documents.*or put the old model back"


@contextmanager
def life(folder: Path) -> Iterator[Library]:
    """The library, open for the whole life of a worker, which is not waited for to leave by itself."""
    with Library(folder / "library") as library:
        yield library
    with libraries.without_worker(folder / "library"):
        pass


@pytest.fixture
def at(tmp_path: Path) -> Iterator[EmbeddingServer]:
    """A server that a library of two documents was embedded by, in an earlier life of its worker."""
    with serving() as server:
        with life(tmp_path) as library:
            library.change_settings(embed_url=server.address, embed_model="tiny")
            added = library.add(write(tmp_path, whales_md=WHALES, rent_txt=RENT))
            assert [outcome.status for outcome in added] == ["added"] * 2
            assert library.doctor().ok
        server.requests.clear()
        yield server


def found(library: Library) -> str:
    return library.search("squid", k=1, mode="semantic")[0].document.name


def redone(library: Library) -> None:
    library.redo()
    eventually(lambda: not library.is_redoing)
    assert [job.error for job in library.jobs() if job.kind == "redo" and job.state == "failed"] == []


def holds_vectors_of(library: Library, at: EmbeddingServer, texts: set[str]) -> None:
    """Every stored embedding is what the server of now gives for one of these texts."""
    _, stored = library._catalog.embeddings.matrix()
    given = np.array([vector(text, at.weights, at.dimension) for text in sorted(texts)], np.float32)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    np.testing.assert_allclose((stored @ given.T).max(axis=1), 1.0, atol=1e-5)


def test_it_is_said_and_a_redo_takes_nothing_over(tmp_path: Path, at: EmbeddingServer) -> None:
    at.weights = "other"
    with life(tmp_path) as library:
        with pytest.raises(ModelError, match=f"^tiny at {at.address} {OTHERS}"):
            found(library)
        assert library.search("squid", k=1, mode="keyword")[0].document.name == "whales.md"
        assert library.needs_redo == ("model",)
        (outcome,) = library.add(write(tmp_path, bread_txt=BREAD))
        assert (outcome.status, "gives other vectors now" in (outcome.error or "")) == ("failed", True)
        library.dismiss()
        at.requests.clear()
        redone(library)
        sent = {text for request in at.requests for text in request}
        assert any(RENT.strip() in text for text in sent)
        holds_vectors_of(library, at, sent)
        assert library.needs_redo == ()
        assert found(library)
        assert library.add(write(tmp_path, bread_txt=BREAD))[0].status == "added"
        assert library.doctor().ok
    with life(tmp_path) as library:
        assert found(library), "the new one is known from now on"
        assert library.needs_redo == ()


def test_the_old_one_put_back_is_known_again(tmp_path: Path, at: EmbeddingServer) -> None:
    at.weights = "other"
    with life(tmp_path) as library:
        with pytest.raises(ModelError, match=OTHERS):
            found(library)
        assert library.needs_redo == ("model",)
    at.weights = ""
    with life(tmp_path) as library:
        assert found(library)
        assert library.needs_redo == ()
        assert library.add(write(tmp_path, bread_txt=BREAD))[0].status == "added"
        at.requests.clear()
        redone(library)
        assert at.requests == [[PROBE_TEXT]], "what is cached is this model's"


def test_a_swap_while_the_worker_lives_is_noticed_by_a_test_and_by_a_redo(
    tmp_path: Path, at: EmbeddingServer
) -> None:
    with life(tmp_path) as library:
        assert found(library)
        at.weights = "other"
        assert library.models.test_embedding()[0] == at.dimension
        assert library.needs_redo == ("model",)
        with pytest.raises(ModelError, match=OTHERS):
            found(library)
        at.weights = "a third"
        at.requests.clear()
        redone(library)
        assert at.requests[0] == [PROBE_TEXT]
        holds_vectors_of(library, at, {text for request in at.requests for text in request})
        assert found(library)


def test_a_redo_that_met_a_second_swap_begins_anew(tmp_path: Path, at: EmbeddingServer) -> None:
    at.weights = "other"
    with life(tmp_path) as library:
        at.bad, at.bad_status = RENT.strip(), 422
        library.redo()
        eventually(lambda: any(job.state == "failed" for job in library.jobs()))
        at.bad, at.weights = "", "a third"
        at.requests.clear()
        redone(library)
        holds_vectors_of(library, at, {text for request in at.requests for text in request})


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_vectors_of_another_length_while_the_worker_lives(
    tmp_path: Path, at: EmbeddingServer, mode: str
) -> None:
    with life(tmp_path) as library:
        assert found(library)
        at.dimension = 16
        with pytest.raises(ModelError, match="another model has taken its place"):
            library.search("squid", mode=mode)  # type: ignore[arg-type]
        assert library.needs_redo == ("model",)
        with pytest.raises(ModelError, match=OTHERS):
            library.search("squid", mode=mode)  # type: ignore[arg-type]
        redone(library)
        assert library.search("squid", mode=mode)  # type: ignore[arg-type]
        live = library.models.live()
        assert live is not None
        assert live.model.dimension == 16


def test_it_costs_one_tiny_request_in_a_workers_life(tmp_path: Path, at: EmbeddingServer) -> None:
    with life(tmp_path) as library:
        for question in ("squid", "rent", "krill"):
            library.search(question, mode="semantic")
        library.add(write(tmp_path, bread_txt=BREAD))
        assert library.needs_redo == ()
    tiny = sum(request == [PROBE_TEXT] for request in at.requests)
    assert tiny in (1, 2), "one as the worker warms up, and one by a question that comes meanwhile"
    assert len(at.requests) - tiny == 4


def test_a_library_of_before_takes_the_model_as_it_is(tmp_path: Path, at: EmbeddingServer) -> None:
    with life(tmp_path) as library:
        library._catalog.settings.change({SERVED: None})
        assert found(library)
        assert library.needs_redo == ()
    at.weights = "other"
    with life(tmp_path) as library, pytest.raises(ModelError, match=OTHERS):
        found(library)


def test_a_server_that_is_down_is_asked_no_more_often_than_before(
    tmp_path: Path, at: EmbeddingServer
) -> None:
    at.plans = [{"status": 503}]
    with life(tmp_path) as library:
        with pytest.raises(ModelError, match="HTTP 503"):
            found(library)
        at.plans = [{}]
        assert found(library)
        assert library.needs_redo == ()
    at.plans = [{"status": 503}]
    at.requests.clear()
    with life(tmp_path) as library:
        with pytest.raises(ModelError, match="HTTP 503"):
            library.redo()
        assert len(at.requests) <= 4, "the redo asks twice, and so does a worker that warms up"
        assert not library.is_redoing


def test_a_small_difference_is_none(tmp_path: Path) -> None:
    from explorer.catalog import Catalog

    draw = np.random.default_rng(1)
    first = draw.normal(size=384).astype(np.float32)
    first /= np.linalg.norm(first)

    def turned(cosine: float) -> np.ndarray:
        aside = draw.normal(size=384).astype(np.float32)
        aside -= (aside @ first) * first
        mixed = cosine * first + (1 - cosine**2) ** 0.5 * aside / np.linalg.norm(aside)
        return mixed.astype(np.float32)

    with Catalog(tmp_path / "library") as catalog:
        name = "m at http://127.0.0.1:1/v1"
        assert server_identity.last(catalog, name) is None
        known = server_identity.identify_server_model(catalog, name, first)
        assert server_identity.identify_server_model(catalog, name, turned(0.995)) == known
        other = server_identity.identify_server_model(catalog, name, turned(0.98))
        assert other != known
        assert server_identity.last(catalog, name) == other
        assert server_identity.identify_server_model(catalog, "n at http://127.0.0.1:1/v1", first) not in (
            known,
            other,
        )
        assert SERVED not in catalog.settings.all()
