"""Which characters of a text a query's words match, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain

import regex  # type: ignore[import-untyped]

from explorer.search.query import Phrase, Prefix, Query, parse_query
from explorer.words.stemming import bare, folded, stem
from explorer.words.terms import (
    Token,
    codes,
    is_lone,
    is_spaceless,
    query_tokens,
    row,
    signs,
    terms,
    tokens,
)

_WORD = regex.compile(r"[\p{L}\p{M}\d]+")
_BETWEEN = r"[^\p{L}\d]+"
_TELLING = 3
"""Characters from which on a part of a code says something by itself: "covid" of "COVID-19"."""


def marks(
    query: str, text: str, language: str | None = None, also: Collection[str] = ()
) -> list[tuple[int, int]]:
    """The character ranges of `text` that a query's words match, inflected forms too; sorted, disjoint.

    Function words are marked only inside a quoted phrase that stands in the text; where all that is quoted
    stands there, its words are not marked elsewhere. A short part of a code ("1" of "HbA1c") is marked where
    the code stands. `also`: other terms that count as words of the query.
    """
    languages = [language] if language else []
    parsed = parse_query(query, languages)
    found = list(tokens(text, language))
    quoted = [list(_ranges(forms[-1], found)) for forms in parsed.phrases]
    is_quoted_here = bool(quoted) and all(quoted)
    asked = parse_query(parsed.unquoted, languages) if is_quoted_here else parsed
    splinters, codes_in_it = _splinters(parsed.unquoted if is_quoted_here else query, language)
    wanted = {term for word in asked.words for term in word} - splinters | set(also)
    ranges = [(token.start, token.end) for token in (*found, *signs(text)) if token.term in wanted]
    ranges += chain.from_iterable(quoted)
    ranges += chain.from_iterable(_ranges(form, found) for form in codes_in_it)
    for prefix in parsed.prefixes:
        ranges += _prefix_ranges(prefix, text, found)
    for forms in parsed.openings:
        ranges += _opening_ranges(forms[-1], text, found)
    return _merged(ranges)


def held(query: Query, texts: Iterable[str], language: str | None = None) -> tuple[int, int]:
    """How many words of a query these texts hold together, in any form, and how many it has. What is written
    in one piece ("HbA1c") is one word."""
    terms_here = {term for text in texts for term in row(text, language)}
    alternatives = {form: word for word in query.words for form in word}
    asked: dict[str, bool] = {}
    for piece in query.text.split():
        words = [alternatives[one.term] for one in query_tokens(piece) if one.term in alternatives]
        if words:
            asked[piece.casefold()] = all(not terms_here.isdisjoint(word) for word in words)
    return sum(asked.values()), len(asked)


def _splinters(query: str, language: str | None) -> tuple[set[str], list[Phrase]]:
    """The short parts of the codes of a query ("1" of "HbA1c"), which say nothing where they stand alone, and
    the codes as phrases."""
    short, forms, alone = set[str](), list[Phrase](), set[str]()
    for piece in query.split():
        if piece.endswith("*"):
            continue  # a beginning has marks of its own
        form = tuple(terms(piece, language))
        if len(form) > 1 and codes(piece):
            forms.append(form)
            short.update(term for term in form if len(term) < _TELLING)
        else:
            alone.update(form)
    return short - alone, forms


def beginnings(start: str, text: str) -> int:
    """How many words of a text begin with `start`, which is folded the way `Prefix.start` is."""
    wanted = bare(start)
    if wanted not in bare(text):
        return 0
    return sum(
        count
        for piece, count in Counter(text.split()).items()
        if wanted in bare(piece)
        for token in tokens(piece)
        if folded(piece[token.start : token.end]).startswith(start)
    )


def opens(form: Phrase, text: str, language: str | None) -> bool:
    """Whether a text in this language holds an opening, in the form of that language, whose last word begins
    with it only as it is written. Words whose terms begin with it are told by the rows, which is quicker."""
    start = form[-1]
    begun = regex.findall(rf"\b{bare(start)}[\p{{L}}\p{{M}}]*", bare(text))
    if all(stem(word, language).startswith(start) for word in set(begun)):
        return False
    return any(_opening_ranges(form, text, list(tokens(text, language))))


def as_written(phrases: Sequence[str]) -> Callable[[str], bool] | None:
    """A function that tells whether a text holds all of these letter by letter, case and accents aside.

    None where they are not words of letters with spaces between: only the stems of such words may be another
    word's."""
    found = [[one.group() for one in _WORD.finditer(phrase)] for phrase in phrases]
    if not all(words and all(word.isalpha() and not is_spaceless(word) for word in words) for words in found):
        return None
    patterns = [regex.compile(rf"\b{_BETWEEN.join(map(bare, words))}\b") for words in found]

    def is_written(text: str) -> bool:
        found = bare(text)
        return all(pattern.search(found) for pattern in patterns)

    return is_written


def _prefix_ranges(prefix: Prefix, text: str, found: list[Token]) -> Iterator[tuple[int, int]]:
    for token in found:
        if prefix.begins(token.term, text[token.start : token.end]):
            yield token.start, _end(token, prefix.start)


def _ranges(form: Phrase, found: list[Token]) -> Iterator[tuple[int, int]]:
    """Where the terms follow each other."""
    *before, last = form
    for end in _ends(before, found):
        token = found[end]
        if token.term == last or (is_lone(last) and token.term.startswith(last)):
            yield found[end - len(before)].start, _end(token, last)


def _opening_ranges(form: Phrase, text: str, found: list[Token]) -> Iterator[tuple[int, int]]:
    """Where the terms follow each other, the last one as the beginning of a word."""
    *before, last = form
    for end in _ends(before, found):
        token = found[end]
        if token.term.startswith(last) or folded(text[token.start : token.end]).startswith(last):
            yield found[end - len(before)].start, _end(token, last)


def _end(token: Token, begun: str) -> int:
    """Where the mark of a token ends. A word is marked whole; of a pair of characters, only the one that was
    meant is marked."""
    is_part = is_spaceless(begun) and len(begun) < len(token.term)
    return token.start + len(begun) if is_part else token.end


def _ends(before: Sequence[str], found: list[Token]) -> Iterator[int]:
    """The positions of the tokens that come after these terms."""
    size = len(before)
    for first in range(len(found) - size):
        if all(found[first + i].term == term for i, term in enumerate(before)):
            yield first + size


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
