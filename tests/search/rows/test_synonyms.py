"""What rows are called under other rules of accounting: `explorer.search.rows.synonyms`."""

from __future__ import annotations

import pytest

from explorer.search.query import parse_query
from explorer.search.rows.asked import RowQuery, asked
from explorer.search.rows.synonyms import in_other_words


def wanted(text: str) -> RowQuery:
    query = parse_query(text, ["en"])
    found = asked(query, {word: 0.2 + 0.1 * n for n, word in enumerate(query.words)})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("acme revenue 2022", ["acm net sale", "acm sale", "acm turnov"]),
        ("acme's cost of goods sold in 2022", ["acm cost sale", "acm cost revenu"]),
        ("accounts payable of acme", ["trade payabl acm", "trade creditor acm"]),
        ("capital expenditures 2021", ["purchas properti plant equip"]),
        ("sold goods at cost", []),
        ("how warm is the dough", []),
    ],
)
def test_the_longest_caption_is_said_in_other_words(query: str, others: list[str]) -> None:
    one = wanted(query)
    found = list(in_other_words(one))
    assert [" ".join(word[0] for word in other.words if word[0] != "s") for other in found] == others
    for other in found:
        assert other.years == one.years
        assert len(other.weights) == len(other.words)


def test_other_words_tell_as_much_as_those_that_they_stand_for() -> None:
    found = next(in_other_words(wanted("acme trade payables stock")))
    assert [word[0] for word in found.words] == ["acm", "account", "payabl", "stock"]
    assert found.weights == pytest.approx((0.2, 0.35, 0.35, 0.5))
