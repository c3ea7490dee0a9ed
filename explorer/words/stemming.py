"""Words → stems, by the language of the document they stand in."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from explorer.words.stop_words import STOP_WORDS

STEMMERS = {
    "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch", "en": "english", "eo": "esperanto",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "de": "german", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "es": "spanish", "sv": "swedish", "tr": "turkish",
    "ru": "russian", "el": "greek", "ar": "arabic", "fa": "persian", "hi": "hindi", "ne": "nepali",
    "ta": "tamil", "hy": "armenian",
}  # fmt: skip
"""The Snowball stemmer of each language that has one, by its ISO 639-1 code."""
_OF_SCRIPT = {
    "LATIN": "en", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "DEVANAGARI": "hi", "TAMIL": "ta",
    "ARMENIAN": "hy",
}  # fmt: skip
"""The language whose stemmer a script's words get in a document of another language or of none."""
_OTHER_SCRIPT = {
    "ru": "CYRILLIC", "el": "GREEK", "ar": "ARABIC", "fa": "ARABIC", "hi": "DEVANAGARI",
    "ne": "DEVANAGARI", "ta": "TAMIL", "hy": "ARMENIAN",
}  # fmt: skip
_INVISIBLE = "\u00ad\u200c\u200d\u0640"
"""Soft hyphen, joiners, Arabic's lengthening stroke."""
_MARKS_DROPPED = ("LATIN", "GREEK", "ARABIC")
_WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that people type as these where their keyboard has none, and that Unicode does not take apart."""
_ARABIC_LETTERS = str.maketrans("أإآٱى", "ااااي")
_LONGEST_ROOT = 3
_AND_ARTICLE = ("وال", "وبال", "وكال", "ولل")
_SHORTEST_AFTER_AND = 6
"""Letters of a word with the conjunction: a shorter one may be a word of its own ("والدة", a mother)."""


@lru_cache(maxsize=131_072)
def stem(word: str, language: str | None = None) -> str:
    """The term of one word: folded (NFKC, case, Latin accents) and stemmed. Never empty.

    `language` is the document's. It decides about words of its own script; others are stemmed by the most
    frequent language of theirs. Accents go after stemming, which needs them, and before it in English.
    """
    folded = _letters(word)
    script = _script(folded[0]) if folded else ""
    if language not in STEMMERS or _OTHER_SCRIPT.get(language, "LATIN") != script:
        language = _OF_SCRIPT.get(script)
    if script == "CYRILLIC":
        folded = folded.replace("ё", "е")
    if language == "en":
        folded = without_accents(folded)
        stemmed = folded if folded in STOP_WORDS else _stemmer("en")(folded)
    elif language == "ar":
        stemmed = _arabic(folded)
    else:
        stemmed = _stemmer(language)(folded) if language else folded
        if script == "LATIN":
            stemmed = without_accents(stemmed)
    # A word with nothing in it but marks is kept as it is.
    return stemmed or word


@lru_cache(maxsize=32_768)
def folded(word: str) -> str:
    """A word in the form in which its beginning is compared: folded like by `stem`, and without the marks
    that the stemmers of Greek and Arabic drop. Marks that make another letter stay: й is not и, が is not
    か."""
    plain = _letters(word)
    script = _script(plain[0]) if plain else ""
    if script == "CYRILLIC":
        return plain.replace("ё", "е")
    if script == "ARABIC":
        plain = plain.translate(_ARABIC_LETTERS)
    return without_accents(plain) if script in _MARKS_DROPPED else plain


def bare(text: str) -> str:
    """A text in which all that `folded` makes alike is the same, and some other things too: for a quick
    look."""
    return text.lower() if text.isascii() else without_accents(_visible(text).translate(_ARABIC_LETTERS))


def stems(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The distinct terms that a word of a query may have become in documents of these languages, `stem(word)`
    first. A word typed without its accents is stemmed without them."""
    return tuple(dict.fromkeys(stem(word, language) for language in (None, *languages)))


def without_accents(word: str) -> str:
    """Lower-case letters without their marks, of any script; "æ" is "ae"."""
    if word.isascii():
        return word
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return bare.translate(_WHOLE_LETTERS)


def _arabic(word: str) -> str:
    """The stem of an Arabic word. Besides what Snowball does, "and" before the article is taken away, and
    letters that are often written for each other become one: alif with and without its mark, ى and ي, ة and
    ه."""
    word = word.translate(_ARABIC_LETTERS)
    if len(word) >= _SHORTEST_AFTER_AND and word.startswith(_AND_ARTICLE):
        word = word[1:]
    stemmed = _stemmer("ar")(word)
    return stemmed.removesuffix("ه") if len(stemmed) > _LONGEST_ROOT else stemmed


def _letters(word: str) -> str:
    """A word in the form of `_visible`, without the spaces behind which some Arabic ligatures become
    marks."""
    return _visible(word).replace(" ", "")


def _visible(text: str) -> str:
    """Width and case folded, without what cannot be seen."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold()
    for invisible in _INVISIBLE:
        plain = plain.replace(invisible, "")
    return plain


class _Stemmers(threading.local):
    """The stemmers of one thread: each keeps the word it is at, and two threads would stem each other's."""

    def __init__(self) -> None:
        self.known: dict[str, Callable[[str], str]] = {}


_STEMMERS_HERE = _Stemmers()


def _stemmer(language: str) -> Callable[[str], str]:
    found = _STEMMERS_HERE.known.get(language)
    if found is None:
        import snowballstemmer  # type: ignore[import-untyped]

        found = snowballstemmer.stemmer(STEMMERS[language]).stemWord
        _STEMMERS_HERE.known[language] = found
    return found


@lru_cache(maxsize=8_192)
def _script(character: str) -> str:
    """The first word of a character's Unicode name, which is its script for letters."""
    return unicodedata.name(character, "").partition(" ")[0]
