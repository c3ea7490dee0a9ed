"""Postings of some rows: what each term's are, and what is known of each row."""

from __future__ import annotations

import numpy as np

from explorer.search.postings import Vocabulary, segment_of

ROWS = ["net sale net ·10k", "a 25", "税", "", "sale"]


def test_each_term_has_its_rows_and_how_often_they_hold_it() -> None:
    vocabulary = Vocabulary()
    segment = segment_of(vocabulary, list(enumerate(ROWS, 10)))
    net, sale = vocabulary.numbers(["net", "sale"])
    assert segment.ids.tolist() == [10, 11, 12, 13, 14]
    assert (segment.rows[segment.of(net)].tolist(), segment.counts[segment.of(net)].tolist()) == ([0], [2])
    assert segment.rows[segment.of(sale)].tolist() == [0, 4]
    assert segment.rows[segment.of(99)].tolist() == []
    assert segment.rows[segment.of_any([net, sale])].tolist() == [0, 0, 4]
    assert segment.rows_with_all([[net], [sale]]).tolist() == [0]


def test_a_count_beyond_a_byte_stays_at_its_most() -> None:
    vocabulary = Vocabulary()
    segment = segment_of(vocabulary, [(1, "net " * 300)])
    assert segment.counts.tolist() == [255]


def test_codes_are_no_words_and_a_row_without_a_word_is_a_scrap() -> None:
    vocabulary = Vocabulary()
    segment = segment_of(vocabulary, list(enumerate(ROWS)))
    assert segment.lengths.tolist() == [4, 2, 1, 0, 1]
    assert segment.words.tolist() == [3, 2, 1, 0, 1]
    assert segment.scraps.tolist() == [False, True, False, True, False]
    assert vocabulary.terms()[segment.lasts[0]] == "net"
    assert segment.firsts[3] == segment.lasts[3] == -1


def test_no_rows_make_an_empty_segment() -> None:
    segment = segment_of(Vocabulary(), [])
    assert (len(segment.ids), segment.of(0), segment.starts.tolist()) == (0, slice(0, 0), [0])


def test_terms_are_found_by_their_beginning_also_those_met_later() -> None:
    vocabulary = Vocabulary()
    vocabulary.numbers(["regul", "law"])
    assert vocabulary.beginning_with("reg") == ["regul"]
    vocabulary.numbers(["regat"])
    assert vocabulary.beginning_with("reg") == ["regat", "regul"]
    assert np.array_equal(vocabulary.numbers(["law", "regat"]), [1, 2])
