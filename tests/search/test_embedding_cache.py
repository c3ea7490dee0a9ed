"""Embeddings in memory: right however little room there is, and large scopes are not copied."""

from __future__ import annotations

import tracemalloc
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from explorer.catalog import Catalog
from explorer.catalog.records import ChunkTable
from explorer.errors import ModelError
from explorer.search import embedding_cache
from explorer.search.chunk_view import View
from explorer.search.embedding_cache import EmbeddingCache

WIDTH = 4
ROOM = 100
GONE = 7


class Stored:
    """What a catalogue would give: chunk i has [i, 1, 0, 0]; one chunk is gone."""

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self.read = 0

    def vectors(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        there = np.array([number for number in ids if number != GONE], np.int64)
        self.read += len(there)
        return there, embeddings(there, self.width)


def embeddings(ids: np.ndarray, width: int = WIDTH) -> np.ndarray:
    rows = np.zeros((len(ids), width), np.float32)
    rows[:, 0], rows[:, 1] = ids, 1
    rows[ids == GONE] = 0
    return rows


def vectors_of(stored: Stored) -> EmbeddingCache:
    return EmbeddingCache(cast(Catalog, SimpleNamespace(embeddings=stored)))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_cache, "CACHED_BYTES", ROOM * WIDTH * 4)
    monkeypatch.setattr(embedding_cache, "_AT_ONCE", 16)


@pytest.mark.parametrize(
    "asked",
    [
        [(0, 60), (30, 110)],
        [(0, 100), (0, 150), (0, 151), (0, 151)],
        [(0, 250), (240, 260), (0, 90)],
        [(5, 9), (7, 8), (0, 200), (150, 260), (7, 8)],
    ],
)
def test_what_is_asked_for_is_right_however_little_room_there_is(
    small: None, asked: list[tuple[int, int]]
) -> None:
    vectors = vectors_of(Stored())
    towards = np.array([1, 0.5, 0, 0], np.float32)
    for first, last in asked:
        ids = np.arange(first, last)
        assert (vectors.of(ids) == embeddings(ids)).all()
        assert vectors.cosines(ids, towards).tolist() == (embeddings(ids) @ towards).tolist()


def test_what_is_kept_is_not_read_again_and_has_an_end(small: None) -> None:
    stored = Stored()
    vectors = vectors_of(stored)
    ids = np.arange(10, 10 + ROOM)
    vectors.of(ids)
    vectors.of(ids[::3])
    vectors.cosines(ids, np.ones(WIDTH, np.float32))
    assert stored.read == ROOM
    vectors.cosines(np.arange(10, 10 + 5 * ROOM), np.ones(WIDTH, np.float32))
    assert len(vectors._kept) <= ROOM


@pytest.mark.parametrize("step", [1, 9])
def test_scores_of_a_large_scope_take_no_second_copy_of_its_embeddings(step: int) -> None:
    ids, width = np.arange(8, 40_008), 256
    vectors, towards = vectors_of(Stored(width)), np.ones(width, np.float32)
    expected = vectors.of(ids) @ towards
    tracemalloc.start()
    try:
        found = vectors.cosines(ids[::step], towards)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == pytest.approx(expected[::step])
    assert peak < len(ids) * width * 4 / 4


def test_another_models_question_says_so_and_what_was_kept_is_forgotten() -> None:
    stored = Stored()
    vectors = vectors_of(stored)
    vectors.of(np.arange(3))
    with pytest.raises(ModelError, match="Search again"):
        vectors.cosines(np.arange(3), np.ones(WIDTH + 1, np.float32))
    stored.width = WIDTH + 1
    assert vectors.cosines(np.arange(3), np.ones(WIDTH + 1, np.float32)).tolist() == [1, 2, 3]


def test_no_chunks_have_no_scores() -> None:
    assert len(vectors_of(Stored()).cosines(np.empty(0, np.int64), np.ones(WIDTH, np.float32))) == 0


def test_documents_and_chunks_of_a_scope_are_found_in_the_view() -> None:
    nothing: Any = np.zeros(4, np.int64)
    index = np.array([0, 0, 1, 1], np.int32)
    table = ChunkTable(np.array([3, 4, 8, 9]), ("a", "b"), index, *[nothing] * 5)
    view = View(1, table)
    assert view.inside(["b", "none"]).tolist() == [False, False, True, True]
    assert view.inside(None, [9, 3, 9, 5, -1, 10**30]).tolist() == [True, False, False, True]
    assert view.inside(["b"], [3, 9]).tolist() == [False, False, False, True]
    assert not view.inside([]).any()
    assert not view.inside(None, []).any()
    assert view.inside(None).all()
    assert view.rows_of(np.array([9, 3, 3, 7])).tolist() == [0, 3]
