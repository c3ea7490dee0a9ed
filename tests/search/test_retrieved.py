"""What retrieval hands on with its hits, so that nobody works it out again."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np

from explorer.search.retrieved import Retrieved, beside
from explorer.search.retriever import Retriever
from tests.small_library import RealEncoder, fill

QUESTION = "What rent does the tenant pay?"


def test_the_vector_and_the_weights_of_the_words_come_with_the_hits(tmp_path: Path) -> None:
    with fill(tmp_path) as catalog:
        encoder = RealEncoder(catalog)
        retriever = Retriever(catalog, encoder)
        found = retriever.retrieve(f"{QUESTION} -pets", 3)
        assert found.vector is not None
        np.testing.assert_allclose(found.vector, encoder.encode([QUESTION], "query")[0])
        assert {word[0] for word in found.term_weights} == {"rent", "tenant", "pay"}
        assert all(0 < weight < 1 for weight in found.term_weights.values())
        assert retriever.search(f"{QUESTION} -pets", 3) == list(found.hits)


def test_a_rare_word_weighs_more_than_a_frequent_one(tmp_path: Path) -> None:
    with fill(tmp_path) as catalog:
        found = Retriever(catalog, RealEncoder(catalog)).retrieve("quay crane", 3)
        quay, crane = found.term_weights.values()
        assert crane > quay


def test_what_is_kept_while_an_answer_streams_keeps_no_index(tmp_path: Path) -> None:
    with fill(tmp_path) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        found = retriever.retrieve(QUESTION, 3)
        searched = weakref.ref(retriever._corpora.now().index)
        del retriever
        gc.collect()
        assert searched() is None
        assert found.term_weights


def test_what_was_not_worked_out_is_not_there(tmp_path: Path) -> None:
    with fill(tmp_path) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        assert retriever.retrieve("rent", 3, "keyword").vector is None
        nothing = retriever.retrieve(" ")
        assert (list(nothing.hits), nothing.vector, nothing.term_weights) == ([], None, {})
        assert Retrieved().term_weights == {}


def test_two_searches_beside_each_other_share_the_places(tmp_path: Path) -> None:
    with fill(tmp_path) as catalog:
        retriever = Retriever(catalog, RealEncoder(catalog))
        rent, crane = retriever.retrieve(QUESTION, 4), retriever.retrieve("the crane of the north quay", 4)
        both = beside(rent, crane, 4)
        ids = [hit.chunk.id for hit in both.hits]
        assert ids[0] == rent.hits[0].chunk.id, "the first question's best stays first"
        assert crane.hits[0].chunk.id in ids
        assert len(ids) == len(set(ids)) == 4
        assert [hit.rank for hit in both.hits] == [1, 2, 3, 4]
        assert (both.vector is rent.vector, both.searched) == (True, QUESTION)
        assert list(beside(rent, Retrieved(), 4).hits) == list(rent.hits)
