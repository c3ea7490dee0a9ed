"""Word vectors in memory: explorer.embedding.words.texts, .subwords, .table and .names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.embedding.words.names import PACKAGE, in_library, own_names, place_of
from explorer.embedding.words.subwords import Subwords, ngram_rows
from explorer.embedding.words.table import WordTable
from explorer.embedding.words.texts import count_pieces, cut, words_of


def test_words_are_in_small_letters_and_whole() -> None:
    assert words_of("The Tenant's RENTS rose 4.5 % in 1,234 cafés.") == [
        *("the", "tenant", "rents", "rose", "4.5", "in", "1234", "cafés"),
    ]
    assert words_of("Stra\u00adßen") == ["straßen"], "a soft hyphen is no letter"
    assert words_of("日本語")[:2] == ["日本", "本語"]
    assert words_of("--- ... !") == []


def test_tokens_are_counted_so_that_nothing_long_is_free() -> None:
    assert count_pieces("Bread rises slowly.") == 4
    assert count_pieces("日本語の文") == 5
    assert count_pieces("x" * 3000) == 300
    assert count_pieces("-" * 50) == 50
    text = "one two, three four"
    assert cut(text, 3) == "one two, "
    assert [count_pieces(cut(text, most)) for most in range(1, 6)] == [1, 2, 3, 4, 5]
    assert cut(text, 99) == text


def test_ngrams_are_those_of_the_original_program() -> None:
    """FNV-1a of "<a", "a>" and "<a>"; a letter beyond ASCII is hashed by its bytes taken as signed."""
    rows = 1 << 32

    def fnv(octets: bytes) -> int:
        found = 2166136261
        for octet in octets:
            found ^= (octet - 256 if octet > 127 else octet) & 0xFFFFFFFF
            found = found * 16777619 % rows
        return found

    assert ngram_rows("a", 2, 3, rows) == (fnv(b"<a"), fnv(b"<a>"), fnv(b"a>"))
    assert ngram_rows("é", 3, 3, rows) == (fnv("<é>".encode()),)
    assert ngram_rows("ab", 3, 6, 0) == ()


def table(**more: np.ndarray) -> WordTable:
    vectors = np.array([[2, 0, 0], [1.9, 0.5, 0], [0, 3, 0], [0, 2.9, 0.6]], np.float32)
    return WordTable(["king", "Queen", "bread", "loaf"], vectors, **more)  # type: ignore[arg-type]


def test_the_nearest_are_found_and_the_word_itself_is_left_out() -> None:
    words = table()
    vector = words.vector("bread")
    assert vector is not None
    found = words.nearest(vector, 2, ["bread"])
    assert [word for word, _ in found] == ["loaf", "Queen"]
    assert found[0][1] == pytest.approx(2.9 / np.hypot(2.9, 0.6))
    assert len(words.nearest(vector, 99, ["bread"])) == 3
    assert words.row("queen") == words.row("Queen") == 1, "small letters find a capital"
    assert words.vector("car") is None


def test_unseen_words_have_a_vector_where_there_are_ngrams() -> None:
    rows = np.zeros((1000, 3), np.float32)
    rows[list(ngram_rows("breads", 3, 6, 1000))] = [0, 1, 0]
    words = WordTable(["king"], np.array([[1, 0, 0]], np.float32), subwords=Subwords(rows, 3, 6))
    vector = words.vector("Breads")
    assert vector is not None
    np.testing.assert_allclose(vector, [0, 1, 0], atol=1e-6)
    assert words.text_vector("breads") @ vector > 0.99
    assert words.vector("q" * 5) is None, "all of its n-grams are nothing"


def test_a_text_is_the_weighted_mean_without_what_all_share() -> None:
    words = table(weights=np.array([1, 1, 3, 1], np.float32))
    both = words.text_vector("king bread")
    np.testing.assert_allclose(both, np.array([1, 3, 0]) / np.sqrt(10), atol=1e-6)
    without = table(weights=np.ones(4, np.float32), common=np.array([1, 0, 0], np.float32))
    assert abs(without.text_vector("king bread")[0]) < 1e-6
    nothing = words.text_vector("of which none is known")
    np.testing.assert_allclose(np.linalg.norm(nothing), 1, atol=1e-6)
    np.testing.assert_array_equal(nothing, words.text_vector(""))


def test_rare_words_weigh_more_where_only_their_order_is_known() -> None:
    assert (np.diff(table().weights) > 0).all()


def test_names_say_where_vectors_are() -> None:
    at = place_of("glove:/data/glove.txt")
    assert at is not None
    assert at.path == Path("/data/glove.txt").absolute()
    assert place_of(PACKAGE) is not None
    assert place_of("all-MiniLM-L6-v2") is None
    assert place_of("word2vec:") is None
    for name in own_names():
        unknown, opened = place_of(name), place_of(in_library(name, Path("/home/a b/in c")))
        assert unknown is not None and opened is not None
        assert unknown.path is None
        assert opened.name == name, "the name that is written down doesn't say where the library is"
        assert opened.path == Path(f"/home/a b/in c/words/{name.partition(':')[0]}.safetensors")
    assert in_library("all-MiniLM-L6-v2", Path("/x")) == "all-MiniLM-L6-v2"
    assert in_library("word2vec:library", None) == "word2vec:library"
