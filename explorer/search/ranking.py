"""How meaning, words and names become one order. Pure arithmetic over arrays; no catalogue, no text.

A weighted sum of scores divided by their maximum, with a little of each neighbour mixed in, and the best
chunk of each page before the others, beats either part alone and reciprocal rank fusion on abstracts, filings
and the corpora of a chunking benchmark. docs/retrieval.md has what was tried and what each step does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import Floats, Mask, Rows

MEANING = 0.7
WORDS = 0.35
NAME = 0.15
HEADINGS = 0.05
LATENT = 0.1
"""How much the words, the document's name, the headings above and nearness in the latent space (`latent`)
count."""
SHARPNESS = 1.25
"""The power of idf in BM25: rare words decide."""
SURROUNDINGS = (1, 4)
"""How many chunks before and after a chunk are read with it: what stands beside it, and its section, which is
all of a short document."""
AROUND = 0.5
"""How much each of its surroundings' BM25 is added to a chunk's own."""
FEEDBACK = 1.0
FEEDBACK_FROM = 10
FEEDBACK_DECAY = 0.05
"""The mean of the `FEEDBACK_FROM` best chunks, times `FEEDBACK`, is added to the query's embedding before
chunks are compared with it a second time. In that mean a chunk counts e times less for each `FEEDBACK_DECAY`
by which its sum is below the best one's: where one chunk stands out the question moves towards it, else
towards what several share. Inside one document it stays where it is: there the best chunks are often
neighbours, and share what the document is about."""
KIN = 0.3
KIN_OF = 5
KIN_AMONG = 100
"""Of the `KIN_AMONG` best chunks each gets `KIN` of the mean sum of the `KIN_OF` that are nearest to it in
other documents: what several documents say in much the same way is rather what was asked for."""
NEIGHBOUR_VECTOR = 0.35
"""How much of the chunk before and after is mixed into a chunk's embedding before it meets the query."""
TABLE = 0.6
TABLE_LEAD = 6
"""How much the row of a table that fits best adds to the sum of its chunk; the others add as much less as the
share of its fit that they have says, to the power `TABLE_LEAD`."""


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What is known of each candidate, as (n,) arrays: cosine, BM25 of the text, BM25 of the document's name
    and of the headings above, nearness in the latent space, and whether the text holds what was asked for
    word for word."""

    cosine: Floats
    words: Floats
    name: Floats
    headings: Floats
    latent: Floats
    exact: Mask

    def parts(self) -> dict[str, Floats]:
        """What each signal adds to the weighted sum, (n,) each, by the names of `Hit.signals`: every signal
        is divided by its best. Latent nearness is a way to tell meaning."""
        meaning = MEANING * _to_one(self.cosine) + LATENT * _to_one(self.latent)
        return {
            "meaning": np.asarray(meaning, np.float32),
            "words": WORDS * _to_one(self.words),
            "name": NAME * _to_one(self.name),
            "headings": HEADINGS * _to_one(self.headings),
        }

    def total(self) -> Floats:
        """(n,): the weighted sum."""
        return np.asarray(sum(self.parts().values()), np.float32)


def around(own: Floats, surroundings: Iterable[Floats]) -> Floats:
    """BM25 (n,) of chunks with what that of their surroundings, (n,) each, adds to it."""
    return np.asarray(own + AROUND * sum(surroundings, np.zeros_like(own)), np.float32)


def shares(parts: Mapping[str, Floats], at: int) -> dict[str, float]:
    """How much of one candidate's sum each signal gave, 0 to 1, together 1; empty where nothing gave any."""
    given = {name: float(of[at]) for name, of in parts.items()}
    total = sum(given.values())
    return {name: of / total for name, of in given.items()} if total > 0 else {}


def of_rows(rows: Rows, at: Rows, fits: Floats) -> Floats:
    """(n,): what the rows of tables that were found add to the sums of `rows` (n,), ascending; they stand in
    the rows `at` (m,) and fit as well as `fits` (m,) says, 0 to 1."""
    added = np.zeros(len(rows), np.float32)
    best = float(fits.max(initial=0.0))
    for row, fit in zip(at.tolist(), fits.tolist(), strict=True):
        added[rows == row] = TABLE * fit * (fit / best) ** TABLE_LEAD
    return added


def hybrid(sums: Floats, exact: Mask, nearest: float) -> Floats:
    """Scores in 0..1, (n,): the weighted sums, scaled by the best cosine, `nearest`.

    The order is that of the sums alone; their scale says how near the best candidate is, so that a question
    the library knows nothing of shows low scores. Exact matches take the upper half.
    """
    most = max(MEANING + WORDS + NAME + HEADINGS + LATENT, float(sums.max(initial=0.0)))
    scale = max(nearest, 0.05) / most
    return _lift(np.asarray(sums * np.float32(scale), np.float32), exact)


def with_kin(sums: Floats, vectors: Floats, documents: Rows) -> Floats:
    """`Signals.total` (n,) of chunks with these embeddings (n, d), with more for those whose like in other
    documents is among the best too; `documents` (n,) are numbers. The best stays as high as it was."""
    among = np.arange(len(sums))
    if len(sums) > KIN_AMONG:
        among = np.argpartition(-sums, KIN_AMONG - 1)[:KIN_AMONG]
    owners, best = documents[among], sums[among]
    if _is_one(owners):
        return sums
    # One by one, each too small for threads: beside other work, threads that wait for each other take 10 ms
    # for 1.
    near = (vectors[among] @ vectors[among][:, :, None])[..., 0]
    near = np.where(owners[:, None] == owners, 0, np.maximum(near, 0)) ** 4
    kept = min(KIN_OF, len(among) - 1)
    near[near < np.partition(near, -kept, axis=1)[:, -kept][:, None]] = 0
    mean = near @ (best - best.min()) / np.maximum(near.sum(axis=1), 1e-9)
    moved = sums.copy()
    moved[among] += np.float32(KIN) * mean
    return np.asarray(moved * (best.max() / max(float(moved.max()), 1e-9)), np.float32)


def with_feedback(vector: Floats, vectors: Floats, sums: Floats, documents: Rows) -> Floats:
    """The query's embedding (d,) moved towards the best of `vectors` (n, d), by their `Signals.total`; of
    length 1. `documents` (n,) are numbers."""
    if len(sums) <= FEEDBACK_FROM or _is_one(documents):
        return vector
    best = np.argpartition(-sums, FEEDBACK_FROM - 1)[:FEEDBACK_FROM]
    shares = np.exp((sums[best] - sums[best].max()) / FEEDBACK_DECAY)
    moved = vector + FEEDBACK * (shares / shares.sum()) @ vectors[best]
    return np.asarray(moved / max(float(np.linalg.norm(moved)), 1e-9), np.float32)


def _is_one(documents: Rows) -> bool:
    """Whether all are of one document, or there are none."""
    return bool((documents == documents[:1]).all())


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


def order(scores: Floats, exact: Mask, pages: Rows, k: int) -> tuple[Rows, Floats]:
    """The k best positions and their scores, (k,) each: what matches exactly before the rest, and among both
    the best chunk of each page before the page's others.

    `scores` (n,) are in 0..1. `pages` (n,) names the page of each candidate by any number, -1 where the
    format has none: those are never put back. Equal scores go by position. What was put back gets no higher
    score than what stands before it.
    """
    keys = scores + 2.0 * exact
    looked_at = 4 * k + 100
    while True:
        ranked = _highest(keys, looked_at)
        first, is_exact = _first_of_page(pages[ranked]), exact[ranked]
        # What comes after these can still push back: others of a page, unless they match and all of what
        # matches is among these.
        settled = first if is_exact.all() else first | is_exact
        if settled.sum() >= k or len(ranked) == len(scores):
            best = ranked[np.lexsort((~first, ~is_exact))][:k]
            return best, np.minimum.accumulate(scores[best])
        looked_at *= 8


def _highest(keys: NDArray[np.float64], number: int) -> Rows:
    """The positions of the `number` highest keys and of those that equal the last of them, highest first."""
    among = np.arange(len(keys))
    if number < len(keys):
        among = np.flatnonzero(keys >= np.partition(keys, len(keys) - number)[len(keys) - number])
    return among[np.argsort(-keys[among], kind="stable")]


def _first_of_page(pages: Rows) -> Mask:
    first = pages < 0
    first[np.unique(pages, return_index=True)[1]] = True
    return np.asarray(first)


def _to_one(scores: Floats) -> Floats:
    top = float(scores.max(initial=0.0))
    return np.asarray(np.maximum(scores, 0.0) / top if top > 0 else np.zeros_like(scores), np.float32)


def _lift(scores: Floats, exact: Mask) -> Floats:
    if not exact.any():
        return np.clip(scores, 0.0, 1.0)
    return np.clip(np.where(exact, 0.5 + scores / 2, scores / 2), 0.0, 1.0).astype(np.float32)
