"""Text → the terms that keyword search matches: one tokeniser for stored rows, for queries and for marking.

A word is a run of letters (with their combining marks) or of digits; letters and digits are told apart
(`FY2022` → `fy`, `2022`), thousands separators leave numbers (`1,234` → `1234`), decimal points stay. Words
are folded (NFKC, case, Latin accents) and stemmed with the Snowball stemmer of their script. Scripts written
without spaces become overlapping pairs of characters, which is what finds a word inside a run of Chinese,
Japanese or Thai.

Rows keep stop words so that a quoted phrase is found as written; queries drop them outside quotes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import regex  # type: ignore[import-untyped]

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30FC"
"""Scripts without spaces between words (Korean has them, but glues particles on); U+30FC is a vowel mark."""
_INSIDE = r"\u00AD\u200C\u200D"
"""Soft hyphens and joiners: invisible, and part of the word they stand in."""
_TOKEN = regex.compile(
    rf"(?P<run>[{_SPACELESS}][{_SPACELESS}\p{{M}}]*)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)*|\d+(?:\.\d+)*)"
    rf"|(?P<word>\p{{L}}(?:[\p{{L}}--[{_SPACELESS}]]|\p{{M}}|[{_INSIDE}])*)"
    r"(?P<ending>['’](?:s|t|d|m|re|ve|ll)\b)?",
    regex.VERSION1 | regex.IGNORECASE,
)
_QUOTED = regex.compile(r'"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»')

# English function words, too frequent to tell passages apart. Left out: "not", "no", "us" (the country),
# "may" (the month) and words that can be the point of a question about figures ("more", "under", "above").
_ENGLISH = (
    "a about after again all also am an and any are as at be because been before being between both but "
    "by can could did do does doing don each for from further had has have having he her here hers "
    "herself him himself his how i if in into is isn it its itself just me might much must my myself of "
    "off on once only or other our ours ourselves out over own please shall she should so some such than "
    "that the their theirs them themselves then there these they this those through to too upon very was "
    "we were what when where which while who whom whose why will with would you your yours yourself "
    "yourselves"
)
STOP_WORDS = frozenset(_ENGLISH.split())

_STEMMERS = {
    "LATIN": "english",
    "CYRILLIC": "russian",
    "GREEK": "greek",
    "ARABIC": "arabic",
    "DEVANAGARI": "hindi",
    "TAMIL": "tamil",
    "ARMENIAN": "armenian",
}


class Token(NamedTuple):
    """A term and the characters `text[start:end]` it was made from."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, as terms. All parts may be empty (a query of punctuation only)."""

    words: tuple[str, ...] = ()
    """Distinct terms in their order, stop words left out unless there is nothing else."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Quoted phrases, stop words included; each is to be matched as consecutive terms."""
    prefixes: tuple[str, ...] = ()
    """Single characters of a script without spaces: rows hold pairs, so these match as prefixes."""

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases or self.prefixes)


def tokens(text: str) -> Iterator[Token]:
    """Every term of a text in order, with its place.

    A run of a script without spaces gives each pair of neighbours and, last, its final character alone, so
    that the prefix search for one character finds it wherever in the run it stands.
    """
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "run":
            yield from _pairs(match.group(), start)
        elif kind == "number":
            yield Token(_number(match.group()), start, end)
        else:
            word = match.group("word")
            yield Token(_word(word), start, start + len(word))


def terms(text: str) -> list[str]:
    """The terms of a text as a keyword row holds them, in order, stop words included.

    No term holds a space or a quotation mark. Besides letters, digits and combining marks a term may hold `.`
    (inside a number), so an FTS5 table of these rows wants the tokeniser `ascii` with `tokenchars '.'`.
    """
    return [term for piece in text.split() for term in _piece_terms(piece)]


@lru_cache(maxsize=65_536)
def _piece_terms(piece: str) -> tuple[str, ...]:
    """No term reaches over white space, and pieces repeat: ten times as fast as matching the whole text."""
    return tuple(token.term for token in tokens(piece))


def parse(query: str) -> Query:
    """A query as terms; any string is one. Quotation marks (straight or curly, closed) make phrases."""
    phrases = []
    for match in _QUOTED.finditer(query):
        quoted = next(part for part in match.groups() if part is not None)
        if found := phrase(quoted):
            phrases.append(found)
    words = list(dict.fromkeys(_query_terms(query)))
    prefixes = [term for term in words if len(term) == 1 and _is_spaceless(term)]
    words = [term for term in words if term not in prefixes]
    kept = [term for term in words if term not in STOP_WORDS]
    return Query(tuple(kept or words), tuple(dict.fromkeys(phrases)), tuple(prefixes))


def phrase(text: str) -> tuple[str, ...]:
    """The terms of a text as they must follow each other in a row that holds it."""
    found = terms(text)
    if len(found) > 1 and found[-1] not in _query_terms(text)[-1:]:
        found.pop()  # the lone last character of a run, which goes on in the row
    return tuple(found)


def marks(query: str, text: str) -> list[tuple[int, int]]:
    """The character ranges of `text` that a query's words match, inflected forms too; sorted, disjoint.

    Stop words are marked only inside a quoted phrase that stands in the text.
    """
    parsed = parse(query)
    wanted = set(parsed.words)
    found = list(tokens(text))
    ranges = [(token.start, token.end) for token in found if token.term in wanted]
    ranges += [(token.start, token.start + 1) for token in found if token.term[0] in parsed.prefixes]
    for wanted_phrase in parsed.phrases:
        ranges += _phrase_ranges(wanted_phrase, found)
    return _merged(ranges)


def _phrase_ranges(wanted: tuple[str, ...], found: list[Token]) -> Iterator[tuple[int, int]]:
    size = len(wanted)
    for first in range(len(found) - size + 1):
        window = found[first : first + size]
        if tuple(token.term for token in window) == wanted:
            yield window[0].start, window[-1].end


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _query_terms(text: str) -> list[str]:
    """As `terms`, without the lone last characters of runs that have pairs."""
    found = list(tokens(text))
    kept = []
    for position, token in enumerate(found):
        before = found[position - 1] if position else None
        is_tail = (
            before is not None
            and len(token.term) == 1
            and _is_spaceless(token.term)
            and before.start < token.start < before.end
        )
        if not is_tail:
            kept.append(token.term)
    return kept


def _pairs(run: str, offset: int) -> Iterator[Token]:
    for position in range(len(run) - 1):
        pair = unicodedata.normalize("NFKC", run[position : position + 2]).casefold()
        yield Token(pair.replace(" ", ""), offset + position, offset + position + 2)
    last = unicodedata.normalize("NFKC", run[-1]).casefold().replace(" ", "")
    yield Token(last, offset + len(run) - 1, offset + len(run))


@lru_cache(maxsize=65_536)
def _number(digits: str) -> str:
    plain = digits.replace(",", "")
    if plain.isascii():
        return plain
    return "".join(c if c == "." else str(unicodedata.decimal(c)) for c in plain)


@lru_cache(maxsize=131_072)
def _word(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold()
    for invisible in "\u00ad\u200c\u200d\u0640":
        folded = folded.replace(invisible, "")
    script = _script(folded[0]) if folded else ""
    if script == "LATIN" and not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    elif script == "CYRILLIC":
        folded = folded.replace("ё", "е")
    stem = _stemmer(script)
    # A word with nothing in it but marks is kept as it is: a term is never empty.
    return (stem(folded) if stem and folded not in STOP_WORDS else folded) or word


@cache
def _stemmer(script: str) -> Callable[[str], str] | None:
    """The Snowball stemmer of a script's most frequent language; None where there is none."""
    name = _STEMMERS.get(script)
    if name is None:
        return None
    import snowballstemmer  # type: ignore[import-untyped]

    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem


@lru_cache(maxsize=8_192)
def _script(character: str) -> str:
    """The first word of a character's Unicode name, which is its script for letters."""
    return unicodedata.name(character, "").partition(" ")[0]


_SPACELESS_CHARACTER = regex.compile(rf"[{_SPACELESS}]")


@lru_cache(maxsize=8_192)
def _is_spaceless(term: str) -> bool:
    return _SPACELESS_CHARACTER.match(term) is not None
