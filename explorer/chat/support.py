"""How far passages support an answer: one number from 0 to 1, and what of a question they lack."""

from __future__ import annotations

import math
from dataclasses import dataclass

SUPPORTED = 0.5
"""The least support of an answer that is given: chosen by the curve that `benchmarks/answers.py` prints."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against the best sentence that was found for a question."""

    meaning: float
    """The cosine of question and sentence: 0 to 1."""
    words: float
    """Which share of the question's words, by weight, the sentence holds."""
    unknown: float = 0.0
    """Which share of them, each counting alike, stands in none of the passages that were found."""
    strangers: tuple[str, ...] = ()
    """Names of the question that stand in none of those passages."""
    apart: tuple[str, ...] = ()
    """Names that stand in some of them, but not in the sentence's own."""
    years: tuple[int, ...] = ()
    """The years of the question, where the passage speaks of others alone."""
    is_of_named: bool = False
    """Whether the question surely names the document."""
    is_narrow: bool = False
    """Whether the question asks for one thing that a sentence has or has not: who, when, how many."""
    is_missed: bool = False
    """Whether the sentence has none ..."""
    is_missed_nearby: bool = False
    """... nor the sentences beside it."""
    is_of_other: bool = False
    """Whether what is counted or chosen from ("how many rooms", "which brand") is not said there."""
    has_no_amount: bool = False
    """Whether a figure is asked for and it has none."""

    @property
    def support(self) -> float:
        """0 to 1: a logistic regression over 416 questions of four sets, answerable and not, with every sign
        bound to speak for what it stands for."""
        told = (
            _BASE
            + _MEANING * self.meaning
            + _WORDS * self.words
            + _UNKNOWN * self.unknown
            + _STRANGER * bool(self.strangers)
            + _APART * min(len(self.apart), 2)
            + _YEAR * bool(self.years)
            + _NAMED * self.is_of_named
            + _NARROW * self.is_narrow
            + _MISSED * self.is_missed
            + _MISSED_NEARBY * self.is_missed_nearby
            + _OTHER * self.is_of_other
            + _NO_AMOUNT * self.has_no_amount
        )
        return 1 / (1 + math.exp(-told))


_BASE, _MEANING, _WORDS, _UNKNOWN = -2.65, 6.0, 2.8, -1.0
_STRANGER, _APART, _YEAR, _NAMED = -1.5, -0.4, -5.0, 2.5
_NARROW, _MISSED, _MISSED_NEARBY, _OTHER, _NO_AMOUNT = -0.8, -2.2, -2.0, -0.4, -1.2
