"""Tokens are counted over whole texts, and cut to what the model reads."""

from __future__ import annotations

import functools

import pytest

from explorer.embedding.places import DEFAULT_MODEL, find
from explorer.embedding.tokens import Tokens, encodable


@functools.cache
def tokens() -> Tokens:
    return Tokens.from_folder(find(DEFAULT_MODEL), 256)


def test_the_whole_text_is_counted_though_the_file_says_to_cut_and_pad() -> None:
    assert tokens().count(["word", "word " * 1000, ""]) == [1, 1000, 0]


def test_ids_are_those_that_the_model_reads_special_tokens_included() -> None:
    short, long = tokens().ids(["word", "word " * 1000])
    assert (len(short), len(long)) == (3, 256)
    assert tokens().max_tokens == 254
    assert max(long) < tokens().words


def test_a_model_that_has_no_room_for_text_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves none for text"):
        Tokens.from_folder(find(DEFAULT_MODEL), 2)


def test_lone_surrogates_become_question_marks() -> None:
    assert encodable("a\ud800b") == "a?b"
    assert tokens().count(["a\ud800b"]) == tokens().count(["a?b"])
