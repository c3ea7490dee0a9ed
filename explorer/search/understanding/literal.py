"""Words exactly as they are typed: no other forms, no slips, no meaning."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import regex  # type: ignore[import-untyped]

from explorer.arrays import Floats, Rows
from explorer.search.corpus import Corpus
from explorer.search.query import MOST_WORDS, Query, alternatives
from explorer.words.terms import is_spaceless, query_tokens

if TYPE_CHECKING:
    from explorer.catalog import Catalog

READ = 10_000
"""Passages that are read at most; those that hold the words most tellingly come first."""
_AT_ONCE = 250
_INVISIBLE = regex.compile(r"[\u00ad\u200c\u200d]")
_OUTER = regex.compile(r"^[^\p{L}\p{N}\p{S}§%]+|[^\p{L}\p{N}\p{S}%]+$")


def pieces(query: Query) -> tuple[str, ...]:
    """What must stand in a passage letter by letter: each quotation, and each word outside quotes; without
    the punctuation around it."""
    found = [*query.quoted, *query.unquoted.split()]
    return tuple(filter(None, dict.fromkeys(_OUTER.sub("", plain(one)) for one in found)))[:MOST_WORDS]


def holds(wanted: tuple[str, ...]) -> Callable[[str], bool]:
    """A function that tells whether a text holds all `pieces`, as whole words; case, width and white space
    aside."""
    patterns = [regex.compile(_pattern(one)) for one in wanted]

    def is_held(text: str) -> bool:
        written = plain(text)
        return all(pattern.search(written) for pattern in patterns)

    return is_held


def spans(query: Query, text: str) -> list[tuple[int, int]]:
    """The character ranges of a text that hold `pieces`; none where its letters are not written as they are
    compared."""
    small = text.casefold()
    if len(small) != len(text):
        return []
    found = (match.span() for one in pieces(query) for match in regex.finditer(_pattern(one), small))
    return sorted(found)


def plain(text: str) -> str:
    """A text in the form in which it is compared."""
    return str(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold()))


def rows(query: Query, corpus: Corpus, allowed: Rows, k: int, catalog: Catalog) -> tuple[Rows, Floats]:
    """The best k of the `allowed` rows that hold every piece of the query, and their BM25; best first.

    Rows are looked up by stems first and read then, `READ` of them at most.
    """
    wanted = pieces(query)
    if not wanted:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    words = _words(wanted, corpus.names.languages)
    held = corpus.index.rows_with_all(words) if words else allowed
    held = held[np.isin(held, allowed)]
    scores = corpus.index.bm25(words).scores
    held = held[np.argsort(-scores[held], kind="stable")][:READ]
    is_held, kept = holds(wanted), list[int]()
    for start in range(0, len(held), _AT_ONCE):
        some = held[start : start + _AT_ONCE].tolist()
        texts = {one.id: one.text for one in catalog.chunks.by_ids(corpus.view.ids[some].tolist())}
        kept += [row for row in some if is_held(texts.get(int(corpus.view.ids[row]), ""))]
        if len(kept) >= k:
            break
    found = np.array(kept[:k], np.int64)
    return found, scores[found]


def missing(query: Query, corpus: Corpus, allowed: Rows, catalog: Catalog) -> tuple[str, ...]:
    """Of a query that none of the `allowed` rows holds: its pieces that stand in none of them, as they are
    typed; empty where each stands in some."""
    found = dict.fromkeys((*query.quoted, *query.unquoted.split()))
    alone = {one: Query(quoted=(one,)) for one in found if pieces(Query(quoted=(one,)))}
    return tuple(
        _OUTER.sub("", one)
        for one, asked in alone.items()
        if not len(rows(asked, corpus, allowed, 1, catalog)[0])
    )[:MOST_WORDS]


def _words(wanted: tuple[str, ...], languages: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The terms that a row must have to hold these: a word's in any language, whatever the word."""
    found: dict[tuple[str, ...], None] = {}
    for piece in wanted:
        for token in query_tokens(piece):
            surface = piece[token.start : token.end]
            is_word = surface[0].isalpha() and not is_spaceless(token.term)
            if is_word or len(token.term) > 1 or not is_spaceless(token.term):
                found[alternatives(surface, languages) if is_word else (token.term,)] = None
    return list(found)


def _pattern(piece: str) -> str:
    """Whole words: a script without spaces has none that could be told."""
    inner = r"\s+".join(map(regex.escape, piece.split()))
    before = r"(?<![\p{L}\p{M}\p{N}])" if _has_border(piece[0]) else ""
    after = r"(?![\p{L}\p{M}\p{N}])" if _has_border(piece[-1]) else ""
    return f"{before}{inner}{after}"


def _has_border(character: str) -> bool:
    return character.isalnum() and not is_spaceless(character)
