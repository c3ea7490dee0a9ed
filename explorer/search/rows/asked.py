"""What a query says of a row that it may ask for: words and years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.search.query import Alternatives, Query
from explorer.search.rows.labels import Years, years_in
from explorer.words.terms import CODE

MOST_WORDS = 10
"""Who asks for a figure says few words; longer questions are left to the passages."""
_PERIOD_WORDS = frozenset(["fy", "cy"])


@dataclass(frozen=True, slots=True)
class RowQuery:
    """A query that may ask for a row."""

    words: tuple[Alternatives, ...]
    """Its words without years, each as the terms that stand for it."""
    weights: tuple[float, ...]
    """How much each of them tells, above 0 to 1."""
    years: Years


def asked(query: Query, weights: Mapping[Alternatives, float]) -> RowQuery | None:
    """What a query says of a row; None where it is no such query: of many words, or with a quotation or the
    beginning of a word. `weights`: how much each word tells (`KeywordScores.weights`)."""
    if query.phrases or query.prefixes or query.openings or len(query.words) > 2 * MOST_WORDS:
        return None
    years = years_in(" ".join(word[0] for word in query.words))
    words = [
        word
        for word in query.words
        if not word[0].startswith(CODE) and word[0] not in years and word[0] not in _PERIOD_WORDS
    ]
    if not words or len(words) > MOST_WORDS:
        return None
    return RowQuery(tuple(words), tuple(max(weights.get(word, 0.0), 0.05) for word in words), years)
