"""Text → the words that have vectors: in small letters, unstemmed, as published vectors have them."""

from __future__ import annotations

import re
import unicodedata

from explorer.words.terms import is_spaceless, tokens

_PIECE = re.compile(r"[^\W\d_\u2E80-\u9FFF\uAC00-\uD7AF]{1,10}|\d{1,4}|[^\w\s]|_|\w")
"""About what a subword tokeniser takes for one token, so that passages come out as long as with other models;
a long run without spaces counts by its length."""


def words_of(text: str) -> list[str]:
    """The words of a text in order; a script without spaces gives its overlapping pairs of characters."""
    found = []
    for term, start, end in tokens(text):
        is_word = term[:1].isalpha() and not is_spaceless(term)
        found.append(plain(text[start:end]) if is_word else term)
    return found


def plain(word: str) -> str:
    """A word as it stands in a table of vectors: composed (NFC), in small letters, without soft hyphens."""
    return unicodedata.normalize("NFC", word.replace("\u00ad", "")).lower()


def count_pieces(text: str) -> int:
    """The number of tokens of a text: about those that a subword tokeniser would count."""
    return sum(1 for _ in _PIECE.finditer(text))


def cut(text: str, most: int) -> str:
    """The beginning of a text that has at most this many tokens."""
    for number, piece in enumerate(_PIECE.finditer(text), 1):
        if number > most:
            return text[: piece.start()]
    return text
