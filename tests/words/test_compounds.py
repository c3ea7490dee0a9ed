"""Compounds: longer words that hold one, and the two that a word was made from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.words.compounds import SHORTEST, Compounds, split

WORDS = [
    "grundwasser",
    "grundwasserspiegel",
    "abwasser",
    "haushalt",
    "wasserwerk",
    "spiegel",
    "arbeit",
    "zeiten",
]


def test_a_word_is_found_at_both_ends_of_longer_ones_shortest_first() -> None:
    assert Compounds(WORDS).holding(["wasser"], ["wasser"]) == ["wasserwerk", "grundwasser"]
    assert Compounds(WORDS).holding(["grundwasser"], ["grundwasser"]) == ["grundwasserspiegel"]
    assert Compounds(WORDS).holding(["spiegel"], ["spiegel"]) == ["grundwasserspiegel"]


def test_short_words_and_mere_endings_are_no_parts() -> None:
    assert Compounds(WORDS).holding(["haus"], ["haus"]) == []
    assert Compounds(["wassers", "wasserns"]).holding(["wasser"], ["wasser"]) == []
    assert Compounds([]).holding(["wasser"], ["wasser"]) == []


@given(st.lists(st.text(st.sampled_from("ab"), max_size=14), max_size=60), st.text("ab", min_size=SHORTEST))
def test_no_word_is_missed(vocabulary: list[str], word: str) -> None:
    expected = {
        one
        for one in vocabulary
        if len(one) >= len(word) + 4 and (one.startswith(word) or one.endswith(word))
    }
    assert set(Compounds(vocabulary).holding([word], [word])) == expected


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("grundwasserspiegel", ("grundwasser", "spiegel")),
        ("arbeitszeiten", ("arbeit", "zeiten")),
        ("haushalt", None),
        ("spiegel", None),
    ],
)
def test_a_compound_is_split_where_both_parts_are_known(word: str, parts: tuple[str, str] | None) -> None:
    assert split(word, lambda part: int(part in WORDS)) == parts
