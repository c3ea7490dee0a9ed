"""Words near a mistyped one: everything that is near is found, nothing else, and quickly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from explorer.words.spelling import SHORTEST, Spelling, most_steps, slips

WORDS = st.text(st.sampled_from("abceä漢я"), min_size=SHORTEST, max_size=12)


@given(st.lists(WORDS, unique=True, max_size=40), WORDS)
def test_what_is_near_is_what_edit_distance_says(vocabulary: list[str], typed: str) -> None:
    expected = {
        word: OSA.distance(word, typed)
        for word in vocabulary
        if word.isalpha() and OSA.distance(word, typed) <= most_steps(typed)
    }
    found = Spelling(vocabulary).near(typed)
    assert dict(found) == expected
    assert [steps for _, steps in found] == sorted(expected.values())


def test_codes_numbers_and_short_words_are_near_nothing() -> None:
    spelling = Spelling(["·10k", "2018", "ab", "10-k", "matter"])
    assert spelling.words == ["matter"]
    assert spelling.near("ab") == []
    assert Spelling([]).near("matter") == []


def test_longer_words_may_hold_more_slips() -> None:
    assert [most_steps("x" * size) for size in (2, 3, 5, 6, 11, 12, 40, 41)] == [0, 1, 1, 2, 2, 3, 3, 0]


def test_common_slips_count_less_and_a_wrong_first_letter_more() -> None:
    assert slips("maters", "matters") < slips("maters", "masters")
    assert slips("recieve", "receive") < slips("recive", "receive") == 1
    assert slips("vatter", "matter") > slips("mutter", "matter")
    assert slips("matter", "matter") == 0
