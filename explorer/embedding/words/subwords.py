"""FastText's parts of words: an unseen word's vector is the mean of those of its n-grams.

Bojanowski, Grave, Joulin, Mikolov: Enriching Word Vectors with Subword Information (2017). The n-grams of
`<word>` are hashed (FNV-1a, bytes taken as signed, as the original program does) into a fixed number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.arrays import Floats

_LONGEST = 64
"""Characters of a word that are looked at; what is longer is no word."""


@dataclass(frozen=True, slots=True, eq=False)
class Subwords:
    """The rows of n-grams, (rows, dimension) float32, and how long n-grams are, in characters."""

    rows: Floats
    shortest: int
    longest: int

    def vector(self, word: str) -> Floats | None:
        """(dimension,) float32, not of length 1: the mean of its n-grams; None for a word that has none."""
        at = ngram_rows(word, self.shortest, self.longest, len(self.rows))
        if not at:
            return None
        mean: Floats = self.rows[list(at)].mean(0)
        return mean


@lru_cache(maxsize=65_536)
def ngram_rows(word: str, shortest: int, longest: int, rows: int) -> tuple[int, ...]:
    """The row of each n-gram of a word, in order of its place and then of its length."""
    if not rows:
        return ()
    marked = f"<{word[:_LONGEST]}>"
    found = []
    for start in range(len(marked)):
        for length in range(shortest, min(longest, len(marked) - start) + 1):
            is_mark = length == 1 and (start == 0 or start == len(marked) - 1)
            if not is_mark:
                found.append(_hash(marked[start : start + length].encode("utf-8", "replace")) % rows)
    return tuple(found)


def _hash(octets: bytes) -> int:
    found = 2166136261
    for octet in octets:
        signed = octet if octet < 128 else octet | 0xFFFFFF00
        found = ((found ^ signed) * 16777619) & 0xFFFFFFFF
    return found
