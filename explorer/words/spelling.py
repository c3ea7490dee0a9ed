"""Which of a library's words a mistyped word may stand for: edit distance over a whole vocabulary.

The distance is that of optimal string alignment: letters added, left out, taken for another, or two that
changed places (Damerau, "A technique for computer detection and correction of spelling errors", 1964),
by rapidfuzz. Two words within n such steps differ in at most 2n of their letters, so that sets of letters, as
bits of an integer, rule out nearly all of 200,000 words before any is compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST = 3
"""Shorter words are taken as they are: most of two letters are near most others."""
LONGEST = 40
_FIRST = 0.7
"""How much a wrong first letter adds: people rarely miss it."""
COMMON = 0.5
"""What a letter written twice or not counts instead of 1, as do two that changed places."""


class Spelling:
    """The words of a vocabulary, ready to be compared; never changed once made."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Of these, what consists of letters only, from `SHORTEST` to `LONGEST` of them."""
        self.words = [term for term in terms if term.isalpha() and SHORTEST <= len(term) <= LONGEST]
        self._lengths = np.fromiter(map(len, self.words), np.int16, len(self.words))
        self._letters = _letters(self.words, self._lengths)

    def near(self, word: str, most: int | None = None) -> list[tuple[str, int]]:
        """The words within `most` steps (`most_steps`) of this one and how many steps away each is, nearest
        first; itself included."""
        most = most_steps(word) if most is None else min(most, most_steps(word))
        if not most or not self.words:
            return []
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        own = _letters([word], np.array([len(word)], np.int16))[0]
        is_near = np.abs(self._lengths - len(word)) <= most
        is_near &= np.bitwise_count(self._letters ^ own) <= 2 * most
        rows = np.flatnonzero(is_near)
        words = [self.words[row] for row in rows.tolist()]
        if not words:
            return []
        steps = process.cdist([word], words, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
        kept = np.flatnonzero(steps <= most)
        return [(words[at], int(steps[at])) for at in kept[np.argsort(steps[kept], kind="stable")].tolist()]


def most_steps(word: str) -> int:
    """How many slips a word may hold and still be known: 1 up to five letters, 2 up to eleven, then 3; none
    in words that are too short."""
    size = len(word)
    if not SHORTEST <= size <= LONGEST:
        return 0
    return 1 + (size > 5) + (size > 11)


def slips(typed: str, meant: str) -> float:
    """How unlikely it is that one was typed for the other, 0 for equal words: about a step each, less for
    doubled letters and neighbours that changed places, more for a wrong first letter."""
    from rapidfuzz.distance import OSA

    steps = float(OSA.distance(typed, meant))
    if steps and (_squeezed(typed) == _squeezed(meant) or sorted(typed) == sorted(meant)):
        steps *= COMMON
    return steps + _FIRST * (typed[:1] != meant[:1])


def _squeezed(word: str) -> str:
    """A word with each letter once where it stands twice in a row."""
    return "".join(letter for at, letter in enumerate(word) if not at or word[at - 1] != letter)


def _letters(words: Sequence[str], lengths: NDArray[np.int16]) -> NDArray[np.uint32]:
    """(n,): the letters of each word, as bits; letters 32 apart in Unicode share one."""
    if not words:
        return np.empty(0, np.uint32)
    points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
    starts = np.concatenate([[0], np.cumsum(lengths[:-1], dtype=np.int64)])
    return np.bitwise_or.reduceat(np.left_shift(np.uint32(1), points & 31), starts)
