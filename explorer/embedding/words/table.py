"""A table of word vectors: looking one up, the nearest to a vector, and the vector of a text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from explorer.embedding.words.texts import plain, words_of

if TYPE_CHECKING:
    from explorer.arrays import Floats, Vectors
    from explorer.embedding.words.subwords import Subwords

_TINY = 1e-9
_SHORTEST_UNSEEN = 4
"""Letters of an unseen word that counts in a text: numbers and shorter words have their parts in common with
anything."""
_ROWS = 20_000
"""Rows compared at a time: a copy of a large mapped table would double what it takes."""


class WordTable:
    """Words with their vectors of length 1, the most frequent first. Safe to use from several threads."""

    def __init__(
        self,
        words: Sequence[str],
        vectors: Vectors,
        weights: Floats | None = None,
        common: Floats | None = None,
        subwords: Subwords | None = None,
    ) -> None:
        """`vectors` are (n, dimension), of any length; `weights` (n,) are inverse document frequencies;
        `common` (dimension,), the direction that all texts share; `subwords` for words that were never seen.

        Where no weights are known they are worked out from the order of the words, by Zipf's law.
        """
        import numpy as np

        self.words = words
        self.units = _of_length_one(vectors)
        ranks = np.arange(1, len(words) + 1, dtype=np.float32)
        self.weights: Floats = np.log1p(ranks) if weights is None else weights
        self.common = common
        self.subwords = subwords

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self.units.shape[1])

    @cached_property
    def _row_of(self) -> dict[str, int]:
        rows: dict[str, int] = {}
        for row, word in enumerate(self.words):
            rows.setdefault(word, row)
        for row, word in enumerate(self.words):  # "Paris" is found by "paris", unless that has its own vector
            rows.setdefault(word.lower(), row)
        return rows

    def row(self, word: str) -> int | None:
        """The row of a word as it is written, or in small letters; None where the table does not have it."""
        found = self._row_of.get(word)
        return self._row_of.get(plain(word)) if found is None else found

    def vector(self, word: str) -> Floats | None:
        """(dimension,) float32 of length 1; by its n-grams for a word that was never seen, where they are
        there; else None."""
        import numpy as np

        row = self.row(word)
        if row is not None:
            found: Floats = self.units[row]
            return found
        made = self.subwords.vector(plain(word)) if self.subwords is not None else None
        length = 0.0 if made is None else float(np.linalg.norm(made))
        return made / length if made is not None and length > _TINY else None

    def nearest(self, vector: Floats, k: int, leave_out: Collection[str] = ()) -> list[tuple[str, float]]:
        """The k words nearest to a vector of length 1, with their cosines, best first."""
        import numpy as np

        parts = [self.units[start : start + _ROWS] @ vector for start in range(0, len(self.words), _ROWS)]
        cosines = np.concatenate(parts) if parts else np.empty(0, np.float32)
        for word in leave_out:
            row = self.row(word)
            if row is not None:
                cosines[row] = -2.0
        k = min(k, len(cosines))
        best = np.argpartition(-cosines, k - 1)[:k] if k else np.empty(0, np.int64)
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [(self.words[row], float(cosines[row])) for row in best if cosines[row] > -1.5]

    def text_vector(self, text: str) -> Floats:
        """(dimension,) float32 of length 1 for a text: the mean of its words' vectors of length 1, each
        weighted by its inverse document frequency, without the direction that all texts share.

        After Arora, Liang, Ma: A Simple but Tough-to-Beat Baseline for Sentence Embeddings (2017), with idf
        in place of their weights. A text without a known word gets a vector that is always the same.
        """
        import numpy as np

        made = np.zeros(self.dimension, np.float32)
        rows = []
        for word in words_of(text):
            row = self.row(word)
            if row is not None:
                rows.append(row)
            elif (
                len(word) >= _SHORTEST_UNSEEN and word.isalpha() and (vector := self.vector(word)) is not None
            ):
                made += self._weight_of_unseen * vector
        if rows:
            made += self.weights[rows] @ self.units[rows]
        if self.common is not None:
            made -= (made @ self.common) * self.common
        length = float(np.linalg.norm(made))
        if length <= _TINY:
            return np.full(self.dimension, self.dimension**-0.5, np.float32)
        unit: Floats = (made / length).astype(np.float32)
        return unit

    @cached_property
    def _weight_of_unseen(self) -> float:
        return float(self.weights.mean()) if len(self.weights) else 1.0


def _of_length_one(vectors: Vectors) -> Vectors:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Vectors = (vectors / np.maximum(lengths, _TINY)).astype(np.float32)
    return units
