"""Phrases over the ends of chunks: which rows hold them together; and what stands around a chunk."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.catalog.records import ChunkTable
from explorer.search.across_chunks import Surroundings, rows_across
from explorer.search.bm25 import K1, B, Told
from explorer.search.chunk_view import View

ROWS = ["the north quay", "was", "repaired ·10k", "in june", "the south quay"]
IDS = np.array([1, 2, 3, 4, 8])
"""The last one does not go on where the one before it ends."""


class Reader:
    def __init__(self, gone: int = 0) -> None:
        self.calls: list[list[int]] = []
        self.gone = gone

    def __call__(self, ids: np.ndarray) -> list[tuple[int, str]]:
        self.calls.append(ids.tolist())
        return [(int(i), ROWS[IDS.tolist().index(i)]) for i in ids if i != self.gone]


@pytest.fixture
def view() -> View:
    nothing = np.zeros(len(IDS), np.int64)
    return View(1, ChunkTable(IDS, ("a",), nothing.astype(np.int32), *[nothing] * 5))  # type: ignore[arg-type]


def phrase(text: str) -> list[list[str]]:
    return [[term] for term in text.split()]


def test_a_phrase_is_found_in_all_rows_that_it_touches(view: View) -> None:
    assert rows_across(phrase("quay was"), [(0, 1)], view, Reader()) == [0, 1]
    assert rows_across(phrase("north quay was repaired in"), [(1, 3)], view, Reader()) == [0, 1, 2, 3]
    assert rows_across([["was"], ["repaired", "mended"]], [(1, 1)], view, Reader()) == [1, 2]


def test_words_in_another_order_or_over_the_end_of_a_document_are_none(view: View) -> None:
    assert rows_across(phrase("north was"), [(0, 1)], view, Reader()) == []
    assert rows_across(phrase("june the"), [(3, 1)], view, Reader()) == [3, 4], "the border is taken as given"
    assert rows_across(phrase("in june the south quay and"), [(3, 2)], view, Reader()) == []
    assert rows_across(phrase("of the north quay was"), [(0, 4)], view, Reader()) == []


def test_rows_beside_borders_are_read_at_once_and_each_once(view: View) -> None:
    read = Reader()
    rows_across(phrase("quay was repaired in"), [(0, 1), (1, 2), (0, 1)], view, read)
    assert read.calls == [[1, 2, 3], [4]]
    assert rows_across(phrase("quay was"), [], view, read) == []
    assert len(read.calls) == 2


def test_a_chunk_that_was_removed_meanwhile_holds_nothing(view: View) -> None:
    assert rows_across(phrase("was repaired"), [(1, 1)], view, Reader(gone=3)) == []


def test_words_around_a_chunk_are_those_of_its_own_document_and_no_further_than_the_reach() -> None:
    joined = np.array([True, True, True, False, True])
    lengths = np.array([4, 4, 4, 4, 8, 8], np.float32)
    told = Told(np.array([3, 5]), np.array([2, 1], np.float32), 1.5)
    found = Surroundings(joined, lengths, 1).bm25([told, told], np.arange(6))
    mean = (8 + 12 + 12 + 8 + 16 + 16) / 6

    def by_hand(count: int, length: int) -> float:
        return 2 * 1.5 * count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean))

    expected = [0, 0, by_hand(2, 12), by_hand(2, 8), by_hand(1, 16), by_hand(1, 16)]
    assert found.tolist() == pytest.approx(expected, rel=1e-5)
    some = Surroundings(joined, lengths, 1).bm25([told, told], np.array([3, 5]))
    assert some.tolist() == pytest.approx([expected[3], expected[5]], rel=1e-5)
    alone = Surroundings(np.zeros(0, bool), lengths[:1], 4)
    one = Told(np.array([0]), np.array([1], np.float32), 1.0)
    assert alone.bm25([one], np.array([0])).tolist() == pytest.approx([(K1 + 1) / (1 + K1)])
