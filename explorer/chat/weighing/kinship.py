"""How near words are to those of a text: the same, or, as a model embeds them, like one of them: "warranty"
is like "guarantee"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats
from explorer.words import terms
from explorer.words.folding import fold
from explorer.words.stop_words import STOP_WORDS

if TYPE_CHECKING:
    from explorer.search.retriever import Retriever

PAIRS = (
    ("buy", "purchase"),
    ("car", "vehicle"),
    ("doctor", "physician"),
    ("fast", "quick"),
    ("forest", "woods"),
    ("illness", "disease"),
    ("job", "employment"),
    ("money", "cash"),
    ("ocean", "sea"),
    ("repair", "fix"),
    ("stone", "rock"),
    ("teacher", "instructor"),
)
"""Words that mean the same: how near a model places those of a pair is 1 of its scale, those of two pairs
0."""
MOST = 400
"""Distinct words of a text that are compared, the first ones: each takes half a millisecond to embed."""
_WORD = re.compile(r"[^\W\d_][\w&-]*")


class Kinship:
    """How near words are to those of a text, on a scale that is measured once for each model."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._scales: dict[tuple[str, str], tuple[float, float]] = {}

    def nearness(self, words: Sequence[str], text: str, language: str | None) -> Floats:
        """(len(words),): for each word 1 where the text has it in any form; else how near that word of
        the text is which is most like it: 0 as two words that have nothing in common, 1 as two that mean the
        same.

        Raises ModelError and WorkerError.
        """
        there = list(dict.fromkeys(word for word in _WORD.findall(text) if fold(word) not in STOP_WORDS))[
            :MOST
        ]
        if not words:
            return np.zeros(0, np.float32)
        stems = set(terms.terms(text, language))
        is_said = np.array([bool(set(terms.terms(word, language)) & stems) for word in words])
        if is_said.all() or not there:
            return is_said.astype(np.float32)
        unlike, alike = self._scale()
        vectors = self._retriever.encode_sentences([*map(fold, words), *there])
        cosines = (vectors[: len(words)] @ vectors[len(words) :].T).max(axis=1)
        found = np.clip((cosines - unlike) / (alike - unlike), 0.0, 1.0)
        return np.where(is_said, 1.0, found).astype(np.float32)

    def _scale(self) -> tuple[float, float]:
        live = self._retriever.catalog.generations.live()
        model = (live.model.name, live.model.fingerprint) if live is not None else ("", "")
        if model not in self._scales:
            self._scales[model] = scale_of(self._retriever.encode_sentences)
        return self._scales[model]


def scale_of(encode: Callable[[Sequence[str]], Floats]) -> tuple[float, float]:
    """The mean cosine of words that have nothing in common, and of such that mean the same."""
    first, second = (encode([pair[side] for pair in PAIRS]) for side in (0, 1))
    cosines = first @ second.T
    is_pair = np.eye(len(PAIRS), dtype=bool)
    unlike, alike = float(cosines[~is_pair].mean()), float(cosines[is_pair].mean())
    return unlike, max(alike, unlike + 0.05)
