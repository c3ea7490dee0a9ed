"""How meaning, words and names become one order. Pure arithmetic over arrays; no catalogue, no text.

The weights come from a study of about 560 configurations on Cranfield, FinanceBench and a chunking benchmark:
a weighted sum of scores divided by their maximum, with a little of each neighbour mixed in, and the best
chunk of each page before the others, beat either part alone and reciprocal rank fusion on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

MEANING = 0.75
WORDS = 0.25
NAME = 0.1
NEIGHBOUR_VECTOR = 0.25
"""How much of the chunk before and after is mixed into a chunk's embedding before it meets the query."""
NEIGHBOUR_WORDS = 0.15
"""How much of their BM25 a chunk gets from the chunks before and after it."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What is known of each candidate, as (n,) arrays: cosine, BM25 of the text, BM25 of the document's name,
    and whether the text holds what was asked for word for word."""

    cosine: Floats
    words: Floats
    name: Floats
    exact: NDArray[np.bool_]


def hybrid(signals: Signals) -> Floats:
    """Scores in 0..1, (n,): the weighted sum, as large as the best cosine allows.

    The order is that of the sum alone; its scale says how near the best candidate is, so that a question the
    library knows nothing of shows low scores. Exact matches take the upper half.
    """
    cosine = np.maximum(signals.cosine, 0.0)
    total = MEANING * _to_one(cosine) + WORDS * _to_one(signals.words) + NAME * _to_one(signals.name)
    best = float(cosine.max(initial=0.0))
    scale = max(best, 0.05) / (MEANING + WORDS + NAME)
    return _lift(np.asarray(total * scale, np.float32), signals.exact)


def keyword(signals: Signals) -> Floats:
    """Scores in 0..1, (n,), from words and name alone; 0 where neither matches."""
    total = signals.words + NAME * signals.name
    # BM25 has no upper end: 8 is about what two words that few chunks hold give together.
    return _lift(np.asarray(total / (total + 8.0), np.float32), signals.exact)


def semantic(cosine: Floats) -> Floats:
    """Scores in 0..1, (n,): the cosine, cut at 0."""
    return np.clip(cosine, 0.0, 1.0)


def with_neighbours(vectors: Floats, before: Floats, after: Floats) -> Floats:
    """`vectors` (n, d) with a share of their neighbours, normalised; zeros where there is no neighbour."""
    mixed = vectors + NEIGHBOUR_VECTOR * (before + after)
    length = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.maximum(length, 1e-9), np.float32)


def spread(words: Floats, joined: NDArray[np.bool_]) -> Floats:
    """BM25 (n,) plus a share of both neighbours'; `joined[i]`: rows i and i+1 are neighbours."""
    spread = words.copy()
    spread[1:] += NEIGHBOUR_WORDS * words[:-1] * joined
    spread[:-1] += NEIGHBOUR_WORDS * words[1:] * joined
    return spread


def order(scores: Floats, ids: Rows, pages: Rows, k: int) -> tuple[Rows, Floats]:
    """The k best positions and their scores: the best chunk of each page first, then the rest.

    `pages` (n,) names the page of each candidate by any number, -1 where the format has none: those are never
    put back. Equal scores go by id. A chunk that was put back gets no higher score than those before it.
    """
    ranked = np.lexsort((ids, -scores))
    first: list[int] = []
    rest: list[int] = []
    seen: set[int] = set()
    for position in ranked.tolist():
        page = int(pages[position])
        if page in seen:
            rest.append(position)
            continue
        if page >= 0:
            seen.add(page)
        first.append(position)
        if len(first) == k:
            break
    best = np.array([*first, *rest][:k], np.int64)
    return best, np.minimum.accumulate(scores[best])


def _to_one(scores: Floats) -> Floats:
    top = float(scores.max(initial=0.0))
    return np.asarray(scores / top if top > 0 else np.zeros_like(scores), np.float32)


def _lift(scores: Floats, exact: NDArray[np.bool_]) -> Floats:
    if not exact.any():
        return np.clip(scores, 0.0, 1.0)
    return np.clip(np.where(exact, 0.5 + scores / 2, scores / 2), 0.0, 1.0).astype(np.float32)
