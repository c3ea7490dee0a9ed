"""Answers to a question in another language than the passages: by a model that reads both.

The words of question and passage can't agree there. What counts is how near the model places them, on a
scale of the model's own: from what it gives for a question and what answers another one to what it gives for
a question and its answer, each in another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats
from explorer.chat.languages.translations import ANSWERS, QUESTIONS
from explorer.words.folding import fold

if TYPE_CHECKING:
    from explorer.search.retriever import Retriever

LEAST = 0.8
"""Which share of the questions a model must place nearest to their own answers to count as multilingual: of
the bundled English one it is .29, of the Universal Sentence Encoder 1.0."""
_LONG = 5
"""Letters that a word must share with one of another language to be its cognate."""
_WORD = re.compile(r"[^\W\d_]{5,}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class LanguageScale:
    """What the cosines of a multilingual model mean across languages."""

    unlike: float
    """The mean cosine of a question and what answers another one ..."""
    alike: float
    """... and of a question and its own answer."""

    def place(self, cosines: Floats) -> Floats:
        """(n,): 0 where two texts are no nearer than any, 1 where they are as near as question and answer."""
        return (cosines - self.unlike) / (self.alike - self.unlike)


class AcrossLanguages:
    """Knows whether a library's live model reads several languages: it is asked once."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._known: dict[tuple[str, str], LanguageScale | None] = {}

    def scale(self) -> LanguageScale | None:
        """None where the live model doesn't find a question's answer in another language.

        The first time, 64 short texts are embedded (a second or less). Raises ModelError and WorkerError.
        """
        live = self._retriever.catalog.generations.live()
        if live is None:
            return None
        model = (live.model.name, live.model.fingerprint)
        if model not in self._known:
            self._known[model] = scale_of(self._retriever.encode_questions, self._retriever.encode_sentences)
        return self._known[model]


def scale_of(
    of_questions: Callable[[Sequence[str]], Floats], of_passages: Callable[[Sequence[str]], Floats]
) -> LanguageScale | None:
    """The scale of the model that embeds texts so; None for one that doesn't read several languages."""
    asked, told = (
        encode([text for row in rows for text in row]).reshape(len(rows), len(rows[0]), -1)
        for encode, rows in ((of_questions, QUESTIONS), (of_passages, ANSWERS))
    )
    own: list[float] = []
    others: list[float] = []
    nearest: list[bool] = []
    for first in range(asked.shape[1]):
        for second in range(told.shape[1]):
            if first == second:
                continue
            cosines = asked[:, first] @ told[:, second].T
            is_own = np.eye(len(cosines), dtype=bool)
            own.extend(cosines[is_own].tolist())
            others.extend(cosines[~is_own].tolist())
            nearest.extend((cosines.argmax(axis=1) == np.arange(len(cosines))).tolist())
    scale = LanguageScale(float(np.mean(others)), float(np.mean(own)))
    return scale if np.mean(nearest) >= LEAST and scale.alike > scale.unlike else None


def cognates(question: str, text: str) -> float:
    """Which share of a question's long words and numbers a text in another language has: words that begin
    alike ("opposition", "Opposition"), numbers as they are written."""
    long, numbers = _WORD.findall(fold(question)), _NUMBER.findall(question)
    if not long and not numbers:
        return 0.0
    there = {word[:_LONG] for word in _WORD.findall(fold(text))}
    said = set(_NUMBER.findall(text))
    held = sum(word[:_LONG] in there for word in long) + sum(number in said for number in numbers)
    return held / (len(long) + len(numbers))
