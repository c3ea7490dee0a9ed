"""Typing errors, always the same in the same text: what `retrieval.py --slips` puts into its questions."""

from __future__ import annotations

import random
import re

SHORTEST = 5
"""Letters of the words that are mistyped, at least."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(rf"\b[^\W\d_]{{{SHORTEST},}}\b")


def with_slip(text: str) -> str:
    """The text with one slip inside one of its words: two letters that changed places, one
    left out, typed twice or mistaken, each as likely; as it is where no word is long enough."""
    chance = random.Random(text)
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + _mistyped(word.group(), chance) + text[word.end() :]


def _mistyped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    before, letter, following, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
    other = chance.choice(LETTERS.replace(letter.lower(), ""))
    if letter.isupper():
        other = other.upper()
    ways = (
        before + following + letter + rest,
        before + following + rest,
        before + 2 * letter + following + rest,
        before + other + following + rest,
    )
    return chance.choice([way for way in ways if way != word])
