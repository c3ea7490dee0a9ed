"""Postings against BM25 worked out by hand, while ids come and go."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.search import bm25
from explorer.search.bm25 import K1, B, PostingsFollower

WORDS = ["net", "sale", "税务", "12.3", "·10k", "a"]


def scores_of(rows: Sequence[str], words: Sequence[Sequence[str]]) -> list[float]:
    split = [row.split() for row in rows]
    mean = sum(map(len, split)) / max(len(split), 1)
    scores = [0.0] * len(rows)
    for word in words:
        often = [sum(term in word for term in row) for row in split]
        holding = sum(count > 0 for count in often)
        for i, count in enumerate(often):
            if count:
                idf = math.log1p((len(rows) - holding + 0.5) / (holding + 0.5))
                norm = K1 * (1 - B + B * len(split[i]) / mean)
                scores[i] += idf * count * (K1 + 1) / (count + norm)
    return scores


texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), max_size=12)


@given(texts, st.lists(st.lists(st.sampled_from([*WORDS, "other"]), min_size=1, max_size=2), max_size=3))
def test_scores_are_bm25(rows: list[str], words: list[list[str]]) -> None:
    index = PostingsFollower().follow(np.arange(len(rows)), lambda ids: [(int(i), rows[i]) for i in ids])
    words = [list(dict.fromkeys(word)) for word in words]
    assert index.bm25(words).scores.tolist() == pytest.approx(scores_of(rows, words), abs=1e-5)


@given(texts, st.data())
def test_an_index_follows_what_comes_and_goes(rows: list[str], data: st.DataObject) -> None:
    known, read = PostingsFollower(), []

    def reader(ids: np.ndarray) -> list[tuple[int, str]]:
        read.extend(ids.tolist())
        return [(int(i), rows[i]) for i in ids]

    for _ in range(3):
        wanted = sorted(data.draw(st.sets(st.integers(0, max(len(rows) - 1, 0)), max_size=len(rows))))
        index = known.follow(np.array(wanted, np.int64), reader)
        expected = scores_of([rows[i] for i in wanted], [["net"], ["sale", "a"]])
        assert index.bm25([["net"], ["sale", "a"]]).scores.tolist() == pytest.approx(expected, abs=1e-5)
        assert len(index) == len(wanted)


def test_only_what_is_new_is_read_and_many_small_segments_become_one() -> None:
    known, read = PostingsFollower(), []

    def reader(ids: np.ndarray) -> list[tuple[int, str]]:
        read.append(len(ids))
        return [(int(i), f"word w{i}") for i in ids]

    for size in range(1, 30):
        index = known.follow(np.arange(size), reader)
        assert len(index.rows(["word"])) == size
    assert read.count(1) >= 20
    assert max(read) < 30
    assert len(known._segments) <= bm25._MOST_SEGMENTS + 1


def test_a_word_counts_as_often_as_the_query_says_it() -> None:
    rows = ["net sale", "net", "sale sale"]
    index = PostingsFollower().follow(np.arange(3), lambda ids: [(int(i), rows[i]) for i in ids])
    net, sale = (index.bm25([word]).scores for word in (("net",), ("sale",)))
    twice = index.bm25([("net",), ("sale",)], repeats=[2, 1])
    assert twice.scores.tolist() == pytest.approx((2 * net + sale).tolist())
    assert [sorted(one.rows.tolist()) for one in twice.told] == [[0, 1], [0, 2]]
    assert twice.told[0].weight == pytest.approx(2 * index.idf(2))


def test_rare_words_decide_more_when_sharp() -> None:
    rows = ["net rare", "net net net", *["net"] * 20]
    index = PostingsFollower().follow(np.arange(len(rows)), lambda ids: [(int(i), rows[i]) for i in ids])
    plain, sharp = (index.bm25([("net",), ("rare",)], sharpness=s).scores for s in (1.0, 2.0))
    assert sharp[1] / sharp[0] < plain[1] / plain[0]


def test_a_beginning_stands_for_all_words_that_have_it() -> None:
    rows = ["regul law", "regulatori", "law"]
    index = PostingsFollower().follow(np.arange(3), lambda ids: [(int(i), rows[i]) for i in ids])
    begun = index.postings(index.beginning_with("regul"))
    assert sorted(begun[0].tolist()) == [0, 1]
    assert (index.bm25([], [begun]).scores > 0).tolist() == [True, True, False]
    assert index.bm25([], [index.postings(index.beginning_with("x"))]).scores.tolist() == [0, 0, 0]


@given(texts, st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), min_size=1, max_size=3))
def test_rows_with_all_words(rows: list[str], words: list[list[str]]) -> None:
    index = PostingsFollower().follow(np.arange(len(rows)), lambda ids: [(int(i), rows[i]) for i in ids])
    held = [all(set(word) & set(row.split()) for word in words) for row in rows]
    assert index.rows_with_all(words).tolist() == np.flatnonzero(held).tolist()
    for word in words:
        assert index.rows(word).tolist() == [i for i, row in enumerate(rows) if set(word) & set(row.split())]


def test_many_terms_are_looked_up_together() -> None:
    rows = [f"w{i} w{i} other w{i % 7}x" for i in range(300)]
    index = PostingsFollower().follow(np.arange(300), lambda ids: [(int(i), rows[i]) for i in ids])
    found, counts = index.postings(index.beginning_with("w"))
    assert found.tolist() == list(range(300))
    assert counts.tolist() == [3] * 300


def test_borders_are_where_a_phrase_may_go_on_in_the_next_row_codes_aside() -> None:
    rows = ["a b ·x1", "c d", "b", "c", ""]
    index = PostingsFollower().follow(np.arange(5), lambda ids: [(int(i), rows[i]) for i in ids])
    joined = np.array([True, True, False, True])
    assert index.borders([["a"], ["b"], ["c"]], joined) == [(0, 2)]
    assert index.borders([["d"], ["b", "c"]], joined) == [(1, 1)]
    assert index.borders([["c"], ["a"]], joined) == []


def test_a_border_needs_the_other_words_of_the_phrase_in_rows_that_are_long_enough() -> None:
    rows = ["x of", "the y", "rare of", "the y", "rare", "of", "the", "y", "rare·1 of ·x1", "the y"]
    index = PostingsFollower().follow(np.arange(len(rows)), lambda ids: [(int(i), rows[i]) for i in ids])
    joined = np.ones(len(rows) - 1, bool)
    found = index.borders([["rare"], ["of"], ["the"], ["y"]], joined)
    assert found == [(4, 1), (2, 2), (5, 2), (6, 3)]
    assert index.borders([["unknown"], ["of"], ["the"]], joined) == []
