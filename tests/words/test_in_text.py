"""`explorer.words.in_text`: places of words in a text, as a person who looks for them means them."""

from __future__ import annotations

import pytest

from explorer.words import in_text


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Rain, rain", "rain", ["Rain", "rain"]),
        ("to the\nnorth  quay", "the north quay", ["the\nnorth  quay"]),
        ("the owner\u2019s \u201cmanual\u201d", 'owner\'s "manual"', ["owner\u2019s \u201cmanual\u201d"]),
        ("2019\u20132020", "2019-2020", ["2019\u20132020"]),
        ("a+b (c)", "a+b (c)", ["a+b (c)"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("anything", "  ", []),
        ("\u6771\u4eac\u90fd", "\u4eac", ["\u4eac"]),
    ],
)
def test_what_a_person_types_is_found_as_it_is_printed(text: str, wanted: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in in_text.places(text, wanted)] == found


def test_it_stops_at_the_most() -> None:
    assert in_text.places("x " * 9, "x", most=3) == [(0, 1), (2, 3), (4, 5)]
    assert in_text.places("y" * 500, "y" * 500) == [(0, in_text.MOST_CHARACTERS), (200, 400)]
