"""Hits that say nearly the same: versions of one document, repeated notices, copied paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.types import Hit
from explorer.words.terms import terms

SAME = 0.85
"""Two hits say the same when they have at least this share of their words in common, each form counted
once."""


def near_duplicates(hits: Sequence[Hit]) -> list[list[Hit]]:
    """The hits in groups, best first: each under the first one that says nearly the same.

    Numbers count as words: two years' versions of a sentence about figures stay apart where enough differ.
    """
    groups: list[tuple[frozenset[str], list[Hit]]] = []
    for hit in hits:
        words = frozenset(terms(hit.chunk.text, hit.document.language))
        for known, group in groups:
            if _overlap(words, known) >= SAME:
                group.append(hit)
                break
        else:
            groups.append((words, [hit]))
    return [group for _, group in groups]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: 0 to 1; two texts without words have nothing in common."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0
