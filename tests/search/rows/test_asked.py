"""Which queries may ask for a row, and what they say of it: `explorer.search.rows.asked`."""

from __future__ import annotations

import pytest

from explorer.search.query import parse_query
from explorer.search.rows.asked import MOST_WORDS, asked


def test_words_and_years_are_taken_apart() -> None:
    query = parse_query("Acme net sales FY2022", ["en"])
    found = asked(query, dict.fromkeys(query.words, 0.5))
    assert found is not None
    assert [word[0] for word in found.words] == ["acm", "net", "sale"]
    assert found.weights == (0.5, 0.5, 0.5)
    assert found.years == {"2022"}


@pytest.mark.parametrize(
    "query", ['"net sales" 2022', "sale* 2022", "2022", "...", "word " * (MOST_WORDS + 1)]
)
def test_other_queries_ask_for_none(query: str) -> None:
    words = " ".join(f"{word}{n}x" for n, word in enumerate(query.split())) if "word " in query else query
    parsed = parse_query(words, ["en"])
    assert asked(parsed, {}) is None


def test_a_word_that_tells_nothing_still_counts_a_little() -> None:
    found = asked(parse_query("sales of 2022"), {})
    assert found is not None
    assert all(weight > 0 for weight in found.weights)
