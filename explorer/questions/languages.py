"""In which language a question is, as far as answers need to know."""

from __future__ import annotations

import re

from explorer.words.stop_words import language_of, of_language

_WORD = re.compile(r"[^\W\d_]+")
_FEWEST = 3
"""A question of fewer words may be in any language: names, codes, a search."""


def is_foreign(question: str, language: str | None) -> bool:
    """Whether a question is in another language than `language`, an ISO 639-1 code; False where that is not
    known or the question is too short to tell.

    CLD2 guesses which language it is; that it is *not* a certain one is what such a guess tells well, also
    where it takes Italian for Corsican. Function words of the language speak against it.
    """
    words = _words(question)
    if language is None or len(words) < _FEWEST or _guessed(words) in (None, language):
        return False
    own = of_language(language)
    return sum(word in own for word in words) * 2 < len(words)


def is_german(question: str) -> bool:
    """Whether a question is likely in German, which writes all nouns with a capital."""
    words = _words(question)
    return "de" in (language_of(words), _guessed(words))


def _words(question: str) -> list[str]:
    return _WORD.findall(question.casefold())


def _guessed(words: list[str]) -> str | None:
    """The language that CLD2 finds likeliest for a few words; None where it has no idea."""
    import pycld2

    try:
        _, _, ranked = pycld2.detect(" ".join(words), bestEffort=True)
    except pycld2.error:  # characters that it does not know: it has no idea
        return None
    code: str = ranked[0][1]
    return None if code == "un" else code
