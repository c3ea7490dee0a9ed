"""Where a passage that somebody knows stands among all that a query finds, and why there or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Rows
from explorer.search.keyword import KeywordMatcher
from explorer.search.query import Query
from explorer.search.retriever import Looked, Retriever
from explorer.search.understanding import literal
from explorer.types import Document, Hit, Mode, Scope
from explorer.words.terms import Token, is_spaceless, query_tokens

if TYPE_CHECKING:
    from explorer.catalog import Catalog

COMPARED = 20_000
"""Passages that are put in order at most, the likeliest first: what stands behind so many was not found."""
_BEFORE = 3
_LIMITS = {
    "documents": "documents are chosen",
    "chunks": "passages are chosen",
    "tags": "tags are asked for",
    "kinds": "kinds of documents are asked for",
    "folders": "folders are chosen",
    "dates": "dates are asked for",
    "years": "years are asked for",
    "languages": "languages are asked for",
}
_FILTERS = {
    "names": "its document's name is none that “name:” asks for",
    "tags": "its document has no tag that “tag:” asks for",
    "without_names": "“-name:” leaves its document out",
    "without_tags": "“-tag:” leaves its document out",
    "without": "it holds what the query leaves out with “-”",
    "without_prefixes": "it holds a word whose beginning the query leaves out with “-”",
    "without_openings": "it holds words whose beginning the query leaves out with “-”",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the best passage of a page stands among those that a query finds."""

    document: Document
    page: int
    rank: int | None = None
    """From 1, near-duplicates counted each, before a reranker reads the first; None where none of the page's
    passages was ranked."""
    among: int = 0
    """How many passages come into question: those that hold the words where only words count, else all that
    scope and filters leave."""
    hit: Hit | None = None
    """The passage with its score and signals."""
    before: tuple[Hit, ...] = ()
    """Those right before it, three at most, the best first."""
    lacking: tuple[str, ...] = ()
    """Words of the query that the passage does not hold."""
    left_out: str = ""
    """Why none of the page's passages was ranked, in a sentence; empty where one was."""


class Standings:
    """Says so for one catalogue. Safe to share between threads."""

    def __init__(self, catalog: Catalog, retriever: Retriever) -> None:
        self._catalog = catalog
        self._retriever = retriever
        self._matcher = KeywordMatcher(catalog)

    def of(
        self,
        document_id: str,
        page: int,
        query: str,
        *,
        k: int,
        mode: Mode,
        scope: Scope | None,
        exact: bool,
        mend: bool,
    ) -> Standing:
        """Where a page stands for a query that is asked for k hits.

        Raises:
            NotFound: the document or the page is not there.
            ExplorerError: an unknown mode; a model or worker that cannot answer.
        """
        document = self._catalog.documents.get(document_id)
        self._catalog.documents.page(document_id, page)
        nowhere = Standing(document, page)
        looked = self._retriever.look(query, k, mode, scope, exact=exact, mend=mend)
        if looked is None:
            return replace(nowhere, left_out="Nothing was asked for.")
        rows = looked.corpus.view.of_page(document_id, page)
        reason = self._left_out(looked, rows, scope)
        if reason:
            return replace(nowhere, left_out=reason)
        if not np.isin(rows, looked.ranked.rows).any():
            # A search looks closely at the likeliest only; this one is asked for more of them.
            most = min(len(looked.allowed), COMPARED)
            looked = self._retriever.look(query, max(most, k), mode, scope, exact=exact, mend=mend) or looked
        is_by_words = looked.found.is_literal or mode == "keyword"
        among = len(looked.ranked.rows if is_by_words else looked.allowed)
        found = self._ranked(nowhere, looked, rows)
        found = found or replace(nowhere, left_out=self._unranked(looked, rows, mode))
        return replace(found, among=among)

    def _ranked(self, nowhere: Standing, looked: Looked, rows: Rows) -> Standing | None:
        """The standing of the best of these rows; None where none was ranked."""
        order, scores = looked.order(len(looked.ranked.rows))
        places = np.flatnonzero(np.isin(looked.ranked.rows[order], rows))
        if not len(places):
            return None
        at = int(places[0])
        first = max(0, at - _BEFORE)
        hits = [
            replace(hit, rank=rank)
            for rank, hit in enumerate(
                self._retriever.read(looked, order[first : at + 1], scores[first : at + 1]), first + 1
            )
        ]
        row = int(looked.ranked.rows[order[at]])
        return replace(
            nowhere,
            rank=at + 1,
            hit=hits[-1],
            before=tuple(hits[:-1]),
            lacking=tuple(_lacking(looked, row)),
        )

    def _left_out(self, looked: Looked, rows: Rows, scope: Scope | None) -> str:
        """Why a scope or a filter leaves all of these rows out; nothing where one stays."""
        if not len(rows):
            return "There is no passage on this page: it has no text."
        if not np.isin(rows, looked.inside).any():
            limits = ", and ".join(self._limits(looked, rows, scope))
            return f"It is outside of the scope: other {limits}."
        if not np.isin(rows, looked.allowed).any():
            reasons = " and ".join(self._filters(looked, rows))
            return f"A filter leaves it out: {reasons}."
        return ""

    def _limits(self, looked: Looked, rows: Rows, scope: Scope | None) -> Iterator[str]:
        for name, what in _LIMITS.items():
            value = getattr(scope, name, None)
            if value is not None:
                alone = Scope(**{name: value})
                if not np.isin(rows, self._retriever.inside(alone, looked.corpus.view)).any():
                    yield what

    def _filters(self, looked: Looked, rows: Rows) -> Iterator[str]:
        asked = looked.found.query
        for name, what in _FILTERS.items():
            alone = Query(**{name: getattr(asked, name)})
            left = self._matcher.allowed(alone, looked.corpus)
            if left is not None and not left[rows].any():
                yield what

    def _unranked(self, looked: Looked, rows: Rows, mode: Mode) -> str:
        """Why none of these rows was ranked, though neither scope nor filter leaves them out."""
        asked = looked.found.query
        if looked.found.is_literal:
            chunks = self._catalog.chunks.by_ids(looked.corpus.view.ids[rows].tolist())
            pieces = literal.pieces(asked)
            lacking = [p for p in pieces if not any(literal.holds((p,))(chunk.text) for chunk in chunks)]
            if lacking:
                return f"It does not hold {_listed(lacking)}, written so."
            return "No single passage of this page holds all of the words, written so."
        if mode == "keyword" and len(looked.ranked.rows) < COMPARED:
            if asked.quoted and not asked.is_sentence:
                return "It does not hold all that is quoted, and only words count."
            return "It holds none of the words, and only words count."
        return f"It comes after the {len(looked.ranked.rows):,} passages that were put in order."


def _lacking(looked: Looked, row: int) -> Iterator[str]:
    """The words of a query that a row does not hold in any form, as they are written in the query."""
    found, index = looked.found, looked.corpus.index
    words = {word[0]: word for word in found.query.words}
    text = found.query.text
    for token in query_tokens(text):
        word = words.pop(token.term, None)
        if word is not None:
            others = [term for term, _ in looked.others.get(word, ())]
            if row not in index.rows([*word, *others]):
                yield _written(text, token)


def _written(text: str, token: Token) -> str:
    """A word as it is written: "3M" holds two terms."""
    start, end = token.start, token.end
    if not is_spaceless(token.term):
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
    return text[start:end]


def _listed(words: list[str]) -> str:
    return ", ".join(f"“{one}”" for one in words)
