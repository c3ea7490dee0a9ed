"""Which chunks a search compares closely: all of a narrow scope, the likeliest of a whole library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from explorer.arrays import Floats, Rows
from explorer.search import ranking
from explorer.search.chunk_view import View
from explorer.search.embedding_cache import EmbeddingCache
from explorer.search.keyword import KeywordScores

EXACT = 20_000
"""Up to this many chunks are all compared, which takes a few ms once they are in memory: the graph of a
vector index may not reach a chunk that is like none of thousands of near-alike ones."""
CANDIDATES = 300
"""Beyond that the vector index is asked for at least this many of the nearest chunks; their scores are then
worked out exactly."""
SHORTLIST = 2_000
"""The finer steps look at this many chunks: neighbours change little among those that are far down."""


class QueryEncoder(Protocol):
    """What retrieval needs of the worker (`explorer.worker.client.WorkerClient`)."""

    def encode(self, texts: Sequence[str], kind: str = "passage") -> Floats: ...

    def nearest(self, vector: Floats, k: int) -> tuple[Rows, Floats] | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class MeaningQuery:
    """What a search by meaning looks for: the k rows of `allowed` (ascending) that are nearest to `vector`.

    `words` is what the words of the question say of each row; None where meaning alone counts.
    """

    vector: Floats
    k: int
    view: View
    allowed: Rows
    words: KeywordScores | None = None
    also: Sequence[int] = ()
    """Rows of `allowed` that are compared in any case."""


class Candidates:
    """Chooses rows with the help of the vector index. Safe to share between threads."""

    def __init__(self, encoder: QueryEncoder, vectors: EmbeddingCache) -> None:
        self._encoder = encoder
        self._vectors = vectors

    def nominated(self, sought: MeaningQuery) -> Rows:
        """The rows that come into question, ascending: all that are allowed, unless that is the whole of a
        large library and its vector index answers."""
        allowed, view = sought.allowed, sought.view
        if len(allowed) <= EXACT or len(allowed) + 1 < len(view.ids):
            return allowed
        found = self._likeliest(sought)
        if found is None:
            return allowed
        at = np.minimum(np.searchsorted(allowed, found), len(allowed) - 1)
        found = found[allowed[at] == found]
        return found if len(found) >= min(sought.k, len(allowed)) else allowed

    def compared(self, sought: MeaningQuery) -> tuple[Rows, Floats]:
        """The rows that are looked at closely, ascending, and their embeddings (n, dimension) with a share of
        their neighbours'."""
        rows = self.nominated(sought)
        if len(rows) > max(SHORTLIST, sought.k):
            rows = self._shortlist(rows, sought, max(SHORTLIST, sought.k))
        if sought.also:
            rows = np.union1d(rows, np.array(sought.also, np.int64))
        vectors = self._mixed(rows, sought.view)
        self._vectors.read_ahead(sought.view.ids)
        return rows, vectors

    def _likeliest(self, sought: MeaningQuery) -> Rows | None:
        """What the index finds near, the best by words and what matches exactly, ascending; None where the
        index is not ready, gives fewer than k or would give everything."""
        view, words = sought.view, sought.words
        wanted = max(CANDIDATES, 10 * sought.k)
        found = self._encoder.nearest(sought.vector, wanted) if len(view.ids) > wanted else None
        near = view.rows_of(found[0]) if found is not None else np.empty(0, np.int64)
        if len(near) < min(sought.k, len(view.ids)):
            return None
        if words is None:
            return near
        by_words = np.flatnonzero(words.text)
        if len(by_words) > wanted:
            by_words = by_words[np.argpartition(-words.text[by_words], wanted)[:wanted]]
        exact = np.flatnonzero(words.exact)[: 4 * wanted]
        return np.unique(np.concatenate([near, by_words, exact]))

    def _shortlist(self, rows: Rows, sought: MeaningQuery, size: int) -> Rows:
        """The best of these rows, `size` of them, ascending: by their own embeddings and words alone."""
        scores, words = self._vectors.cosines(sought.view.ids[rows], sought.vector), sought.words
        if words is not None:
            nothing = np.zeros(len(rows), np.float32)
            found = (words.text[rows], words.name[rows], words.headings[rows], nothing, words.exact[rows])
            signals = ranking.Signals(scores, *found)
            scores = signals.total() + 2.0 * signals.exact
        return np.sort(rows[np.argpartition(-scores, size - 1)[:size]])

    def _mixed(self, rows: Rows, view: View) -> Floats:
        """(n, dimension): the embeddings of these rows with a share of their neighbours'."""
        before, after = view.neighbours(rows)
        needed = np.unique(np.concatenate([rows, before[before >= 0], after[after >= 0]]))
        vectors = self._vectors.of(view.ids[needed])
        vectors = np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)])  # the last: no neighbour

        def at(wanted: Rows) -> Floats:
            return vectors[np.where(wanted >= 0, np.searchsorted(needed, wanted), len(needed))]

        return ranking.with_neighbours(at(rows), at(before), at(after))
