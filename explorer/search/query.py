"""What a person typed → what is looked for. Any string is a query.

    net sales              words, in any form
    "net sales"            these words in this order
    -draft  -"first half"  not in chunks that hold this
    name:report            only in documents whose name holds this; -name:report only in others
    tag:tax                only in documents with this tag; -tag:tax only in others
    regul*  192.168*       words with this beginning; -regul* not in chunks that hold one

A hyphen before a digit is a minus sign. `name:` and `tag:` want their value without a space or in quotes; an
empty one says nothing.
What would leave nothing to look for (a lone `-word`) is taken as words, unless `name:` or `tag:` says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import Match
from typing import NamedTuple

import regex  # type: ignore[import-untyped]

from explorer.words import stop_words
from explorer.words.folding import fold, fold_name
from explorer.words.stemming import folded, stems
from explorer.words.stop_words import STOP_WORDS
from explorer.words.terms import (
    CODE,
    LONG_NUMBER,
    SIGN,
    Token,
    codes,
    is_lone,
    is_spaceless,
    phrase,
    query_tokens,
    signs,
)

Alternatives = tuple[str, ...]
"""Terms that stand for one word: what the stemmers of the library's languages make of it."""
Phrase = tuple[str, ...]
Forms = tuple[Phrase, ...]
"""A phrase as it stands in documents of no known language, then as in each of the library's languages, in
their order."""

# No quotation holds the mark that it begins with: a page of unclosed marks is read once, not once for each.
# Programs that put typographic marks in place of straight ones often miss one of the two.
_QUOTES = (
    r'(?<![\p{L}\p{N}])"[^"]*"|“[^“”]*”|„[^„“”]*[“”]|”[^“”]*”|«[^«»]*»|»[^«»]*«|「[^「」]*」|『[^『』]*』'
    r'|(?<![\p{L}\p{N}])"[^"“”]*[“”]|[“„][^"“”„]*"'
)
_OPENING = '"“„”«»「『'
_PIECE = regex.compile(
    rf"(?<!\S)(?P<not>[-\u2212]?)(?P<key>name|tag):(?P<value>{_QUOTES}|[^\s{_OPENING}]\S*)"
    rf"|(?<!\S)[-\u2212](?P<unwanted>{_QUOTES}|(?=\p{{L}})\S+|{SIGN}+(?!\S))"
    rf"|(?P<quoted>{_QUOTES})"
    rf"|(?<!\S)(?P<prefix>[\p{{L}}\d](?:[^\s*{_OPENING}]*[\p{{L}}\p{{M}}\d\u00AD\u200C\u200D_./-])?)\*(?!\S)",
    regex.VERSION1 | regex.IGNORECASE,
)
_OPERATORS = frozenset(f"{_OPENING}*:-\u2212")
"""A query without any of these has no operator."""
MOST_WORDS = 64
"""The first words of a pasted page, or of a long quotation, suffice as a query."""
MOST_CHARACTERS = 4_000
_SHORTEST_STEM = 2
_SENTENCE = 8
"""A query of more words than this, `_OUTSIDE` of them outside its quotes, is a sentence that quotes: passages
need not hold that."""
_OUTSIDE = 4
_UNMENDED = frozenset("@_\\/:=")
"""Signs of what is written in one piece and is no word: addresses, paths, names of fields."""
_ARTICLES = ("ال", "وال", "بال", "كال", "فال", "لل", "وبال", "وكال", "ولل")
"""What the stemmer of Arabic takes away from the beginnings of words."""


class Prefix(NamedTuple):
    """A beginning of words that a query asks for."""

    start: str
    """The beginning, folded in the way in which words are before they are stemmed (`stemming.folded`)."""
    forms: tuple[str, ...] = ()
    """The beginning as terms: "compani" of "company"."""
    others: tuple[str, ...] = ()
    """What the terms of words with this beginning may begin with as well: in Arabic, the beginning
    without the article."""

    def begins(self, term: str, word: str) -> bool:
        """Whether a word, which became this term, has this beginning. Where that is the article of Arabic,
        the term alone decides."""
        if term.startswith((self.start, *self.forms)):
            return True
        is_article = any(one.startswith(self.start) for one in _ARTICLES)
        return not is_article and folded(word).startswith(self.start)

    def shortens_to(self, term: str) -> bool:
        """Whether a word with this beginning may have become this term, which does not have it ("regul" of
        "regulati", "possibl" of "possibili")."""
        if len(term) < _SHORTEST_STEM or term.startswith((self.start, *self.forms)):
            return False
        is_near = len(term) > 2 and self.start.startswith(term[:-1])
        return (self.start.startswith(term) and term not in STOP_WORDS) or is_near


class Unwanted(NamedTuple):
    """A chunk that holds all of this is left out."""

    forms: Forms
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, as terms. All parts may be empty (a query of punctuation only)."""

    text: str = ""
    """What is left for a model to read: without operators."""
    unquoted: str = ""
    """The same without what stands in quotes."""
    quoted: tuple[str, ...] = ()
    """What stands in quotes, in the order of `phrases`."""
    words: tuple[Alternatives, ...] = ()
    """Distinct words in their order, function words left out unless there is nothing else; codes are last."""
    phrases: tuple[Forms, ...] = ()
    """Quoted phrases, function words included: consecutive terms."""
    is_sentence: bool = False
    """Whether it is a sentence that quotes something: a passage that lacks the `phrases` may be meant too."""
    prefixes: tuple[Prefix, ...] = ()
    """Beginnings of words: of `word*`, and single characters of scripts whose rows hold pairs."""
    openings: tuple[Forms, ...] = ()
    """Beginnings of several terms (`FY20*`): the last one is that of a word, folded like `Prefix.start`."""
    has_beginnings: bool = False
    """Whether it says `word*` somewhere."""
    signs: tuple[str, ...] = ()
    """Signs in the text, such as `C++` and `€`, in the form of `terms.codes`. Only a row that has all of them
    can hold the text."""
    quoted_signs: tuple[str, ...] = ()
    """The signs inside quotes."""
    without: tuple[Unwanted, ...] = ()
    without_prefixes: tuple[Prefix, ...] = ()
    without_openings: tuple[Forms, ...] = ()
    names: tuple[str, ...] = ()
    """Names in the form of `fold_name`; a document's name must hold one of them."""
    tags: tuple[str, ...] = ()
    without_names: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases or self.prefixes or self.openings)

    @property
    def has_filters(self) -> bool:
        """Whether it says which documents or chunks to leave out."""
        return self.names_documents or bool(self.without or self.without_prefixes or self.without_openings)

    @property
    def names_documents(self) -> bool:
        """Whether it says which documents to look in."""
        return bool(self.names or self.tags or self.without_names or self.without_tags)


def parse_query(query: str, languages: Iterable[str] = ()) -> Query:
    """A query for a library with documents in these languages (ISO 639-1 codes); of a very long one its
    beginning."""
    return _parsed(query[:MOST_CHARACTERS], tuple(languages))


@lru_cache(maxsize=64)
def _parsed(query: str, known: tuple[str, ...]) -> Query:
    parsed = _parse(query, known)
    if not parsed and not parsed.text.strip() and parsed.has_filters and not parsed.names_documents:
        plain = _parse(regex.sub(r"(?<!\S)[-\u2212]+", " ", query), known)
        return plain if plain else parsed
    return parsed


def plain_words(query: str) -> list[Token]:
    """The words of a query that are neither quoted nor part of an operator, a code or an address, with their
    places in it."""
    found: list[Token] = []
    end = 0
    matches = _PIECE.finditer(query) if not _OPERATORS.isdisjoint(query) else ()
    for start, after in [*((match.start(), match.end()) for match in matches), (len(query), 0)]:
        for piece in regex.finditer(r"\S+", query, pos=end, endpos=start):
            written = piece.group()
            if _UNMENDED.isdisjoint(written.rstrip(":")) and not any(map(str.isdigit, written)):
                found += [
                    Token(term, piece.start() + first, piece.start() + last)
                    for term, first, last in query_tokens(written)
                    if not is_spaceless(term)
                ]
        end = after
    return found


def alternatives(surface: str, languages: tuple[str, ...]) -> Alternatives:
    """The terms that stand for a word of letters, in the form in which it is among `Query.words`."""
    return stems(surface, languages)


def without_quotes(query: str) -> str:
    """A query whose quoted words may stand anywhere; what it leaves out and where it looks stays."""
    return _rewritten(query, lambda match: _bare(match["quoted"]) if match["quoted"] else match.group())


def without_filters(query: str) -> str:
    """A query for the whole library: it looks for the same, and leaves nothing out."""
    return _rewritten(query, lambda match: " " if match["key"] or match["unwanted"] else match.group())


def _parse(query: str, languages: tuple[str, ...]) -> Query:
    parts: dict[str, list[str]] = {
        key: [] for key in ("name", "tag", "-name", "-tag", "-", "-*", "quoted", "*")
    }
    pieces = list(_pieces(query, parts))
    text = "".join(piece for piece, _ in pieces).strip()
    unquoted = " ".join(piece for piece, how in pieces if how == "plain")
    text = " ".join(text.split()) if len(text) < len(query.strip()) else text
    whole = " ".join(piece for piece, how in pieces if how != "begun") if parts["*"] else text
    found = query_tokens(whole)
    lone = [Prefix(one.term) for one in found if is_lone(one.term)][:MOST_WORDS]
    prefixes, openings = _beginnings(parts["*"], languages)
    without_prefixes, without_openings = _beginnings(parts["-*"], languages)
    quoted = {_forms(one, languages): one for one in reversed(parts["quoted"][:MOST_WORDS])}
    phrases = {forms: quoted[forms] for forms in reversed(quoted) if forms}
    unwanted = (Unwanted(_forms(one, languages), _signs(one)) for one in parts["-"][:MOST_WORDS])
    return Query(
        text=text,
        unquoted=unquoted,
        quoted=tuple(phrases.values()),
        words=_words(whole, found, languages),
        phrases=tuple(phrases),
        is_sentence=len(found) > _SENTENCE and len(query_tokens(unquoted)) >= _OUTSIDE,
        prefixes=tuple(dict.fromkeys([*prefixes, *lone])),
        openings=openings,
        has_beginnings=bool(parts["*"]),
        signs=_signs(text),
        quoted_signs=_signs(*parts["quoted"]),
        without=tuple(dict.fromkeys(one for one in unwanted if any(one))),
        without_prefixes=without_prefixes,
        without_openings=without_openings,
        names=_values(parts["name"], fold_name),
        tags=_values(parts["tag"], fold),
        without_names=_values(parts["-name"], fold_name),
        without_tags=_values(parts["-tag"], fold),
    )


def _values(found: list[str], as_compared: Callable[[str], str]) -> tuple[str, ...]:
    """What names or tags are compared with."""
    return tuple(dict.fromkeys(filter(None, (as_compared(one.strip()) for one in found))))[:MOST_WORDS]


def _signs(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sign.term for text in texts for sign in signs(text)))[:MOST_WORDS]


def _pieces(query: str, parts: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The query's text without operators, which are put where they belong; each "plain", "quoted" or the
    beginning of a word ("begun")."""
    end = 0
    for match in _PIECE.finditer(query) if not _OPERATORS.isdisjoint(query) else ():
        yield query[end : match.start()], "plain"
        end = match.end()
        if match["key"]:
            value = _bare(match["value"])
            parts[("-" if match["not"] else "") + match["key"].lower()].append(value)
        elif match["unwanted"]:
            unwanted = _bare(match["unwanted"])
            is_begun = unwanted == match["unwanted"] and unwanted[-1] == "*"
            parts["-*" if is_begun else "-"].append(unwanted)
        elif match["quoted"]:
            value = _bare(match["quoted"])
            parts["quoted"].append(value)
            yield value, "quoted"
        else:
            parts["*"].append(match["prefix"])
            yield match["prefix"], "begun"
    yield query[end:], "plain"


def _words(text: str, found: list[Token], languages: tuple[str, ...]) -> tuple[Alternatives, ...]:
    pairs = {
        token.start: (text[token.start : token.end], token.term)
        for token in found
        if len(token.term) > 1 or not is_spaceless(token.term)
    }
    stops = stop_words.of_query([surface.casefold() for surface, _ in pairs.values()], languages)
    kept = [pair for pair in pairs.values() if pair[0].casefold() not in stops] or list(pairs.values())
    words = [_alternatives(surface, term, languages) for surface, term in kept[:MOST_WORDS]]
    return tuple(dict.fromkeys([*words, *((code,) for code in codes(text)[:MOST_WORDS])]))


def _alternatives(surface: str, term: str, languages: tuple[str, ...]) -> Alternatives:
    if not surface[0].isalpha() or is_spaceless(term):
        return (term, CODE + term) if len(term) >= LONG_NUMBER else (term,)
    return tuple(dict.fromkeys([term, *alternatives(surface, languages)]))


def _forms(text: str, languages: tuple[str, ...]) -> Forms:
    """Empty where a phrase has no term."""
    first = text.split(maxsplit=MOST_WORDS)
    if len(first) > MOST_WORDS:
        text = " ".join(first[:MOST_WORDS])
    return tuple(filter(None, (phrase(text, one) for one in (None, *languages))))


def _beginnings(
    texts: Sequence[str], languages: tuple[str, ...]
) -> tuple[tuple[Prefix, ...], tuple[Forms, ...]]:
    """What these are the beginnings of: words, and several terms."""
    begun = list(dict.fromkeys(_begun(one, languages) for one in texts[:MOST_WORDS]))
    prefixes = tuple(one for one in begun if isinstance(one, Prefix))
    return prefixes, tuple(one for one in begun if one and not isinstance(one, Prefix))


def _begun(text: str, languages: tuple[str, ...]) -> Prefix | Forms:
    """What `text*` asks for: words that begin with it, or several terms of which only the last is a
    beginning."""
    found = query_tokens(text)
    if not found:
        return ()
    last = found[-1]
    surface = text[last.start : last.end]
    start = folded(surface) if surface[0].isalpha() and not is_spaceless(last.term) else last.term
    if len(found) > 1:
        return tuple(
            (*(token.term for token in query_tokens(text, one)[:-1]), start) for one in (None, *languages)
        )
    if not surface[0].isalpha() or is_spaceless(start):
        return Prefix(start)
    diverging = [stem for stem in stems(surface, languages) if not stem.startswith(start)]
    forms = [stem for stem in diverging if len(stem) == len(start) and start.startswith(stem[:-1])]
    others = [stem for stem in diverging if not start.startswith(stem) and stem not in forms]
    others += [start[len(one) :] for one in _ARTICLES if start.startswith(one) and len(start) > len(one)]
    return Prefix(start, tuple(forms), tuple(others))


def _rewritten(query: str, replace: Callable[[Match[str]], str]) -> str:
    return " ".join(str(_PIECE.sub(replace, query)).split())


def _bare(value: str) -> str:
    return value[1:-1] if value[0] in _OPENING and len(value) > 1 else value
