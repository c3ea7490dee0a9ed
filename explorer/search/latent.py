"""Latent semantic analysis: which words keep company with which in this library, where no model knows it.

A chunk and a question are near each other here when their words turn up beside the same other words. The
embedding model knows language at large; this knows that in these filings "margin" stands beside "cost of
sales". Deerwester et al., "Indexing by Latent Semantic Analysis" (1990); the decomposition is the randomised
one of Halko, Martinsson and Tropp, "Finding Structure with Randomness" (2011).

The space is learned from nearly all chunks of a library, or from a sample that is spread over them; those
that came last are placed in it. So it depends on what the library holds and not on when it was looked at, and
next to nothing on the order in which documents came.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from explorer import processes
from explorer.arrays import Floats, Rows
from explorer.search.bm25 import Index
from explorer.search.postings import Segment, Vocabulary
from explorer.words.terms import CODE

DIMENSIONS = 100
"""docs/retrieval.md has what 50 to 300 do."""
LEARNED_FROM = 8_192
"""The space is learned from at most this many chunks: a second of work, and more tells little more."""
_STEPS = 4
"""A library has to grow by an eighth of the power of two below its size (by so many bits less) before the
space is learned anew."""
_RARE = 2
"""A word that fewer chunks hold keeps no company that could be told."""
_SPARE = 10
_ROUNDS = 2
"""Dimensions beyond those wanted, and rounds of refining, by the advice of Halko et al."""


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """What was learned from the chunks `ids`: the idf (t,) and the place (t, d) of each of `terms` (t,),
    numbers of `vocabulary`."""

    ids: Rows
    vocabulary: Vocabulary
    terms: Rows
    idf: Floats
    places: Floats

    def of_query(self, words: Iterable[Sequence[str]]) -> Floats:
        """(d,): where a query stands, given as its words, each as the terms that stand for it; of length 1,
        or 0 where it knows none of them."""
        numbers = [number for word in words for number in map(self.vocabulary.number, word)]
        at = np.flatnonzero(np.isin(self.terms, [number for number in numbers if number is not None]))
        place: Floats = _of_length_one((self.idf[at] @ self.places[at])[None])[0]
        return place

    def of_rows(self, segment: Segment) -> NDArray[np.float16]:
        """(n, d): where the rows of a segment stand, each of length 1, or 0 where it knows no word of it."""
        counts = _counts(segment, len(self.vocabulary))[:, self.terms]
        return _of_length_one(counts @ (self.places * self.idf[:, None])).astype(np.float16)


class Latent:
    """The rows of an index in the space of its library, at one moment."""

    def __init__(self, space: Space, placed: Iterable[tuple[NDArray[np.int32], NDArray[np.float16]]]) -> None:
        """`placed`: for each segment the rows of the index, -1 for what is gone, and where these stand."""
        self._space = space
        self._parts = []
        for rows, places in placed:
            alive = np.flatnonzero(rows >= 0)
            if len(alive):
                self._parts.append((rows[alive], alive, places))

    def cosines(self, words: Iterable[Sequence[str]], rows: Rows) -> Floats:
        """(n,): how near these rows are to a query, given as for `Space.of_query`."""
        query = self._space.of_query(words)
        found = np.zeros(len(rows), np.float32)
        for own, alive, places in self._parts:
            at = np.minimum(np.searchsorted(own, rows), len(own) - 1)
            there = np.flatnonzero(own[at] == rows)
            found[there] = places[alive[at[there]]].astype(np.float32) @ query
        return found


class SpaceFollower:
    """Follows the indexes of one catalogue, and learns anew when the sample is another. Safe to share between
    threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._space: Space | None = None
        self._placed: list[tuple[Segment, NDArray[np.float16]]] = []
        self._known: tuple[Index, Latent] | None = None

    def follow(self, index: Index, ids: Rows) -> Latent:
        """The rows of an index, whose ids these are, ascending."""
        with self._lock:
            if self._known is None or self._known[0] is not index:
                self._known = (index, self._follow(index, ids))
            return self._known[1]

    def _follow(self, index: Index, ids: Rows) -> Latent:
        rows, space = sample(len(ids)), self._space
        is_known = space is not None and space.vocabulary is index.vocabulary
        if space is None or not is_known or not np.array_equal(space.ids, ids[rows]):
            with threadpool_limits(1):  # beside other work, threads that wait for each other took 6 s for 1
                space, self._placed = learn(index, rows, ids), []
        known = {id(segment): places for segment, places in self._placed}
        self._space = space
        self._placed = [
            (segment, known[id(segment)] if id(segment) in known else space.of_rows(segment))
            for segment, _ in index.parts
        ]
        if len(ids) > LEARNED_FROM:
            processes.give_back()
        return Latent(
            space,
            ((rows, places) for (_, rows), (_, places) in zip(index.parts, self._placed, strict=True)),
        )


def sample(number: int) -> Rows:
    """The rows that a space of so many chunks is learned from, ascending: all but the last few, or as many as
    are allowed, spread evenly over these."""
    settled = number - number % (1 << max(number.bit_length() - _STEPS, 0))
    chosen = min(settled, LEARNED_FROM)
    return np.arange(chosen, dtype=np.int64) * settled // max(chosen, 1)


def learn(index: Index, sampled: Rows, ids: Rows) -> Space:
    """The space of these rows of an index whose chunks are `ids`, ascending."""
    from scipy import sparse  # type: ignore[import-untyped]

    size, names = len(sampled), index.vocabulary.terms()
    parts = [sparse.csr_matrix((0, len(names)), dtype=np.float32)]
    for segment, rows in index.parts:
        chosen = np.flatnonzero(np.isin(rows, sampled))
        if len(chosen):
            parts.append(_counts(segment, len(names)).tocsr()[chosen])
    counts = sparse.vstack(parts, "csr")
    held = np.bincount(counts.indices, minlength=len(names))
    words = [n for n in np.flatnonzero(held >= _RARE).tolist() if not names[n].startswith(CODE)]
    # By name: numbers say in which order terms were met, and what has gone may have been met too.
    terms = np.array(sorted(words, key=names.__getitem__), np.int64)
    idf = np.log1p(size / (held[terms] + 0.5)).astype(np.float32)
    weighted = counts[:, terms] @ sparse.diags(idf)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted = sparse.diags((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ weighted
    return Space(
        ids[sampled], index.vocabulary, terms, idf, _right_vectors(weighted, min(DIMENSIONS, size // 2))
    )


def _counts(segment: Segment, columns: int) -> Any:
    """(rows, columns), sparse by columns: 1 + ln of how often a row of the segment holds each term."""
    from scipy import sparse

    sizes = np.zeros(columns + 1, np.int64)
    sizes[segment.terms + 1] = np.diff(segment.starts)
    values = 1 + np.log(segment.counts.astype(np.float32))
    shape = (len(segment.ids), columns)
    return sparse.csc_matrix((values, segment.rows, np.cumsum(sizes)), shape=shape)


def _right_vectors(matrix: Any, number: int) -> Floats:
    """(columns, at most `number`): the right singular vectors of a matrix's largest singular values."""
    if number < 1 or not matrix.shape[1]:
        return np.zeros((matrix.shape[1], 0), np.float32)

    def straightened(columns: Floats) -> Floats:
        return np.linalg.qr(columns)[0]

    random = np.random.default_rng(0).standard_normal((matrix.shape[1], number + _SPARE), np.float32)
    columns = matrix @ random
    for _ in range(_ROUNDS):
        columns = matrix @ straightened(matrix.T @ straightened(columns))
    right = np.linalg.svd(matrix.T @ straightened(columns), full_matrices=False)[0]
    return np.ascontiguousarray(right[:, :number], np.float32)


def _of_length_one(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)
