"""What a few lines of arithmetic find: the five baselines that `retrieval.py` prints beside ours.

One BM25 (k1 .9, b .4, plain idf, Snowball stems, stop words out) and one embedding (the app's model) for
each text, alone and joined: .7/.3 and .5/.5 of scores stretched to 0..1, and reciprocal ranks with k = 60
(Cormack, Clarke and Büttcher, SIGIR 2009). Texts are whole documents where documents are looked for, else
the chunks that are stored.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorer import embedding
from explorer.types import Chunk, Document, Hit, Passage, Scope
from explorer.words.stemming import stem
from explorer.words.stop_words import STOP_WORDS

if TYPE_CHECKING:
    from explorer import Library

WORDS, MEANING = "BM25", "dense"
NAMES = (WORDS, MEANING, ".7 dense + .3 BM25", ".5 dense + .5 BM25", "dense and BM25, RRF")
_K1, _B, _RRF = 0.9, 0.4, 60

Array = np.ndarray


@dataclass(frozen=True)
class _Unit:
    """What is ranked: a document as a whole, or one of its chunks."""

    document: Document
    chunk: Chunk
    text: str


class Baselines:
    """Five ways to search the texts of one library."""

    def __init__(self, library: Library, kept: Path, *, whole: bool) -> None:
        """`whole`: documents are ranked, not chunks. Embeddings are kept in the file `kept`."""
        self._units = list(_units(library, whole=whole))
        self._owners = np.array([one.document.id for one in self._units])
        self._model = embedding.load(embedding.DEFAULT_MODEL)
        self._vectors = self._embedded(kept)
        self._index()

    def searches(self) -> dict[str, Callable[[str, int, Scope | None], list[Hit]]]:
        """The five by their names, each to be asked as a library is."""

        def search(name: str) -> Callable[[str, int, Scope | None], list[Hit]]:
            return lambda text, k, scope: self._search(name, text, k, scope)

        return {name: search(name) for name in NAMES}

    def _search(self, name: str, text: str, k: int, scope: Scope | None) -> list[Hit]:
        inside = np.arange(len(self._units))
        if scope is not None and scope.documents is not None:
            inside = np.flatnonzero(np.isin(self._owners, list(scope.documents)))
        scores = _joined(name, self._bm25(text)[inside], self._cosines(text)[inside])
        best = inside[np.argsort(-scores, kind="stable")[:k]]
        return [self._hit(rank, int(at)) for rank, at in enumerate(best, 1)]

    def _hit(self, rank: int, at: int) -> Hit:
        unit = self._units[at]
        chunk = unit.chunk
        passage = Passage(chunk.page, chunk.end_page, chunk.start, chunk.end, chunk.text)
        return Hit(rank, 0.0, chunk, unit.document, passage)

    def _cosines(self, text: str) -> Array:
        return np.asarray(self._vectors @ self._model.encode([text])[0], np.float64)

    def _embedded(self, kept: Path) -> Array:
        if kept.exists() and len(found := np.load(kept)) == len(self._units):
            return np.asarray(found)
        vectors = np.asarray(self._model.encode([one.text for one in self._units]), np.float32)
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, vectors)
        return vectors

    def _index(self) -> None:
        counted = [Counter(_terms(one.text)) for one in self._units]
        lengths = np.array([counts.total() for counts in counted], np.float64)
        self._norms = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1e-9))
        self._postings: dict[str, tuple[list[int], list[int]]] = {}
        for at, counts in enumerate(counted):
            for term, often in counts.items():
                rows, times = self._postings.setdefault(term, ([], []))
                rows.append(at)
                times.append(often)

    def _bm25(self, text: str) -> Array:
        scores, size = np.zeros(len(self._units)), len(self._units)
        for term, repeated in Counter(_terms(text)).items():
            if term in self._postings:
                rows, counts = map(np.array, self._postings[term])
                idf = np.log1p((size - len(rows) + 0.5) / (len(rows) + 0.5))
                scores[rows] += repeated * idf * counts * (_K1 + 1) / (counts + self._norms[rows])
        return scores


def _units(library: Library, *, whole: bool) -> Sequence[_Unit]:
    found = []
    for document in library.documents():
        chunks = library.chunks(document.id)
        if whole and chunks:
            found.append(_Unit(document, chunks[0], library.text(document.id)))
        elif not whole:
            found += [_Unit(document, chunk, chunk.text) for chunk in chunks]
    return found


def _joined(name: str, words: Array, cosines: Array) -> Array:
    if name == WORDS:
        return words
    if name == MEANING:
        return cosines
    if name == NAMES[4]:
        ranks = (np.argsort(np.argsort(-one, kind="stable")) for one in (words, cosines))
        return np.asarray(sum(1 / (_RRF + 1 + of) for of in ranks))
    share = 0.7 if name == NAMES[2] else 0.5
    return np.asarray(share * _stretched(cosines) + (1 - share) * _stretched(words))


def _stretched(scores: Array) -> Array:
    low, high = float(scores.min()), float(scores.max())
    return np.asarray((scores - low) / max(high - low, 1e-12))


def _terms(text: str) -> list[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return [stem(word, "en") for word in words if word not in STOP_WORDS]
