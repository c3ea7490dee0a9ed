"""What becomes of a query whose quotations stand nowhere, or nowhere together: the rest of it still finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.arrays import Floats, Rows
from explorer.search.keyword import KeywordScores
from explorer.search.query import Query
from explorer.types import Mode

UNFOUND = 0.5
"""What scores are multiplied by where a quotation is not found: the upper half is for exact matches."""


def settled(
    words: KeywordScores, query: Query, allowed: Rows, mode: Mode
) -> tuple[KeywordScores, tuple[str, ...]]:
    """The scores, and the quotations that none of the `allowed` rows hold: all of them where each stands
    somewhere and no row holds them together.

    In hybrid mode what is not found is no condition any more, and nothing matches exactly; by words alone
    quotations stay one, and by meaning alone they say nothing.
    """
    if (
        mode == "semantic"
        or not words.quotations
        or (words.phrases is not None and words.phrases[allowed].any())
    ):
        return words, ()
    stands = [bool(held[allowed].any()) for held in words.quotations]
    missing = tuple(text for text, is_there in zip(query.quoted, stands, strict=True) if not is_there)
    if words.phrases is None:  # a sentence: no condition before either
        return words, missing
    if mode == "keyword":
        return words, missing or query.quoted
    there = [held for held, is_there in zip(words.quotations, stands, strict=True) if is_there]
    together = np.logical_and.reduce(there) if there and missing else None
    if together is not None and not together[allowed].any():
        together = None
    nothing = np.zeros(len(words.exact), bool)
    return replace(words, phrases=together, exact=nothing), missing or query.quoted


def lowered(scores: Floats) -> Floats:
    """Scores (n,) of what comes near where a quotation is not found."""
    return scores * np.float32(UNFOUND)
