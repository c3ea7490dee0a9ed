"""Word2Vec and FastText trained on a library's own words, by gensim.

Mikolov, Chen, Corrado, Dean: Efficient Estimation of Word Representations in Vector Space (2013); Bojanowski
and others (2017) for FastText. A window of 50 words to each side, over whole documents, makes words near that
stand in the same texts, which is what finds texts: on Cranfield nDCG@10 is .32, with the usual 5 it is .18.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from explorer import extras
from explorer.embedding.words.subwords import Subwords
from explorer.embedding.words.table import WordTable
from explorer.errors import ModelError

if TYPE_CHECKING:
    from explorer.arrays import Floats

Kind = Literal["word2vec", "fasttext"]
Document = Sequence[str]
"""The words of a document, in order."""

_LONGEST = 10_000
"""gensim drops what comes after 10,000 words of a sentence, so longer documents are cut."""
_BLOCK = 200
"""Words of a text that counts once in a word's document frequency: long documents hold nearly every word."""
_FEWEST = 50
"""Different words, each at least twice, below which nothing is learned."""


_FEWEST_EPOCHS, _MOST_EPOCHS = 2, 20
_WORDS_READ = 5_000_000
"""How many words are read in all, unless that makes fewer or more epochs than these."""
_LARGE = 2_000_000
"""Words of a library in which a word that stands fewer than five times is mostly a mistake."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How vectors are trained. The same plan and documents give the same vectors."""

    kind: Kind = "word2vec"
    dimension: int = 200
    window: int = 50
    epochs: int = 20
    least: int = 2
    """A word that stands fewer times in all has no vector."""
    buckets: int = 50_000
    """Rows for n-grams (FastText): the usual 2,000,000 take 1.6 GB."""
    seed: int = 1


def plan_for(kind: Kind, words: int, seed: int) -> Plan:
    """How vectors are trained on a library of this many words: over small ones more often."""
    epochs = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, _WORDS_READ // max(words, 1)))
    return Plan(kind, epochs=epochs, least=2 if words < _LARGE else 5, seed=seed)


def train(
    documents: Sequence[Document], plan: Plan, on_progress: Callable[[int, int], None] = lambda _d, _a: None
) -> WordTable:
    """Vectors of the words of these documents. `on_progress` is told what is done, and all, of one unit.

    Raises ModelError: gensim is not installed, or there are too few words.
    """
    extras.require("words")
    sentences = [part for document in documents for part in _cut(document, _LONGEST)]
    counts = Counter(word for sentence in sentences for word in sentence)
    known = sum(1 for count in counts.values() if count >= plan.least)
    if known < _FEWEST:
        raise ModelError(
            f"There are {known} different words that stand at least {plan.least} times, too few to learn "
            f"from: {_FEWEST} are needed. Add more documents first."
        )
    vectors = _learned(sentences, plan, on_progress)
    words = list(vectors.index_to_key)
    table = WordTable(words, vectors.vectors, _weights(words, sentences), None, _subwords(vectors, plan))
    return WordTable(words, table.units, table.weights, _common(table, sentences), table.subwords)


def _learned(sentences: list[Document], plan: Plan, on_progress: Callable[[int, int], None]) -> Any:
    """gensim's vectors by words."""
    from gensim.models import FastText, Word2Vec

    options: dict[str, Any] = {
        "vector_size": plan.dimension,
        "window": plan.window,
        "epochs": plan.epochs,
        "min_count": plan.least,
        "seed": plan.seed,
        "sg": 1,
        "workers": 1,  # with more, chance decides the order of what is learned
    }
    if plan.kind == "fasttext":
        options["bucket"] = plan.buckets
    read = _Watched(sentences, (plan.epochs + 1) * len(sentences), on_progress)
    made = (FastText if plan.kind == "fasttext" else Word2Vec)(sentences=read, **options)
    return made.wv


class _Watched:
    """The sentences, counted while gensim reads them: once for its vocabulary, then once an epoch."""

    def __init__(
        self, sentences: list[Document], whole: int, on_progress: Callable[[int, int], None]
    ) -> None:
        self._sentences = sentences
        self._whole = whole
        self._tell = on_progress
        self._done = 0

    def __iter__(self) -> Iterator[Document]:
        for sentence in self._sentences:
            yield sentence
            self._done += 1
            self._tell(min(self._done, self._whole), self._whole)


def _cut(document: Document, longest: int) -> Iterator[Document]:
    for start in range(0, len(document), longest):
        yield document[start : start + longest]


def _weights(words: Sequence[str], sentences: Sequence[Document]) -> Floats:
    """(n,) float32: the inverse document frequency of each word, over blocks of text."""
    import numpy as np

    holding: Counter[str] = Counter()
    blocks = 0
    for sentence in sentences:
        for block in _cut(sentence, _BLOCK):
            blocks += 1
            holding.update(set(block))
    return np.array([math.log((1 + blocks) / (1 + holding[word])) + 0.01 for word in words], np.float32)


def _subwords(vectors: Any, plan: Plan) -> Subwords | None:
    if plan.kind != "fasttext":
        return None
    return Subwords(vectors.vectors_ngrams, int(vectors.min_n), int(vectors.max_n))


def _common(table: WordTable, sentences: Sequence[Document]) -> Floats:
    """(dimension,) float32 of length 1: the first component of all blocks of text, which they share."""
    import numpy as np

    products = np.zeros((table.dimension, table.dimension), np.float64)
    for sentence in sentences:
        for block in _cut(sentence, _BLOCK):
            vector = table.text_vector(" ".join(block)).astype(np.float64)
            products += np.outer(vector, vector)
    _, directions = np.linalg.eigh(products)  # ascending
    first: Floats = np.ascontiguousarray(directions[:, -1], np.float32)
    return first
