"""What the words of a query say of every chunk: BM25 of its text and of its document's name, exact matches,
and which chunks the query's operators leave out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import contains
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer import queries, ranking, terms
from explorer.chunk_view import View
from explorer.postings import Index, Postings
from explorer.queries import Phrase, Prefix, Query
from explorer.stemming import STOP_WORDS

if TYPE_CHECKING:
    from explorer.catalog import Catalog

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_T = TypeVar("_T", bound=np.generic)

_LONGEST_EXACT = 16
"""A whole query of up to so many words is also looked for as it stands."""
_READ = 1_000
"""Up to so many rows are looked through for a phrase; for more FTS5 is asked, which knows places."""
_READ_FOR_BEGINNINGS = 2_000
"""Chunks whose text is read, at most, for words that begin as the query says and whose stems do not."""
_BORDERS = 200
"""Ends of chunks that are read, at most, for a phrase that goes on in the next chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Names, tags and languages of the documents of a view, row i for `table.documents[i]`."""

    revision: int
    index: Index
    folded: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    languages: tuple[str, ...]
    """The most frequent first."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All that is known of the library's words at one moment."""

    view: View
    index: Index
    names: Names

    def spread(self, of_document: NDArray[_T]) -> NDArray[_T]:
        """What is said of each document, for each of its chunks."""
        return of_document[self.view.table.document_index]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What keyword search says of every row of a view: BM25 of text and name, which share of
    the query a row holds, exact matches, all (n,).

    `allowed` is None where the query leaves nothing out. `phrases`: rows that hold all that was quoted.
    """

    text: Floats
    coverage: Floats
    name: Floats
    exact: Mask
    phrases: Mask | None = None
    allowed: Mask | None = None


class Matcher:
    """Follows one catalogue. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._postings = Postings()
        self._corpus: Corpus | None = None
        self._lock = threading.Lock()

    def corpus(self) -> Corpus:
        """The library as it is now; what has changed since the last call is read."""
        catalog = self._catalog
        sequence, revision = catalog.changes.last(), catalog.documents.revision()
        with self._lock:
            known = self._corpus
            if known is None or known.view.sequence != sequence:
                view = View(sequence, catalog.chunks.table())
                index = self._postings.follow(view.ids, catalog.chunks.term_rows)
                known = Corpus(view, index, self._names(view, revision))
            elif known.names.revision != revision:
                known = Corpus(known.view, known.index, self._names(known.view, revision))
            self._corpus = known
            return known

    def match(self, query: Query, corpus: Corpus) -> Words:
        """Scores and masks of all rows."""
        joined = _joined(query)
        phrases = [self._holding(forms, corpus) for forms in query.phrases]
        quoted = np.logical_and.reduce(phrases) if phrases else None
        if quoted is not None and query.quoted_signs:
            quoted &= _holding_signs(query.quoted_signs, corpus)
        beginnings = list(self._begun(query, corpus))
        found = corpus.index.bm25(query.words, beginnings, sharpness=ranking.SHARPNESS)
        in_names = corpus.names.index
        begun = [in_names.postings(in_names.beginning_with(prefix.start)) for prefix in query.prefixes]
        named = in_names.bm25([*query.words, *joined], begun).scores
        return Words(
            text=ranking.whole(found.scores, found.coverage),
            coverage=found.coverage,
            name=corpus.spread(named) if named.any() else np.zeros(len(corpus.view.ids), np.float32),
            exact=quoted if quoted is not None else self._whole(query, corpus, beginnings),
            phrases=quoted,
            allowed=self.allowed(query, corpus),
        )

    def allowed(self, query: Query, corpus: Corpus) -> Mask | None:
        """The rows that the operators leave; None where there are none of these."""
        if not query.has_filters:
            return None
        names = corpus.names
        documents = np.ones(len(names.folded), bool)
        if query.names:
            documents &= _any_in(query.names, names.folded)
        if query.tags:
            documents &= np.array([any(tag in query.tags for tag in tags) for tags in names.tags], bool)
        documents &= ~_any_in(query.without_names, names.folded)
        documents &= ~np.array([any(tag in query.without_tags for tag in tags) for tags in names.tags], bool)
        rows = corpus.spread(documents)
        for word in query.without_words:
            rows[corpus.index.postings(_standing_for(word, corpus.index))[0]] = False
        for forms in query.without_phrases:
            rows &= ~self._holding(forms, corpus)
        return rows

    def _whole(self, query: Query, corpus: Corpus, beginnings: Sequence[tuple[Rows, Floats]]) -> Mask:
        """Rows that hold the query as it stands: all beginnings of words where it is nothing else."""
        if query.has_beginnings:
            begun = [np.isin(np.arange(len(corpus.view.ids)), rows) for rows, _ in beginnings]
            return np.asarray(np.logical_and.reduce(begun) & (not query.words))
        forms = dict.fromkeys(terms.phrase(query.text, one) for one in (None, *corpus.names.languages))
        signs = _holding_signs(query.signs, corpus)
        if query.signs and not any(forms):
            return signs
        telling = [
            form for form in forms
            if form and len(form) <= _LONGEST_EXACT and any(term not in STOP_WORDS for term in form)
        ]  # fmt: skip
        return self._holding(telling, corpus) & signs

    def _begun(self, query: Query, corpus: Corpus) -> Iterator[tuple[Rows, Floats]]:
        """The rows that hold what the query gives the beginning of, and how often."""
        index = corpus.index
        for prefix in query.prefixes:
            begun = [term for one in (prefix.start, *prefix.forms) for term in index.beginning_with(one)]
            rows, counts = index.postings(begun)
            read, times = self._beginning(prefix, corpus, _READ_FOR_BEGINNINGS // len(query.prefixes))
            if len(read):
                most = np.zeros(len(corpus.view.ids), np.float32)
                most[rows] = counts
                most[read] = np.maximum(most[read], times)
                rows = np.flatnonzero(most)
                counts = most[rows]
            yield rows, counts
        for forms in query.openings:
            rows = np.flatnonzero(self._holding(forms, corpus, is_open=True))
            yield rows, np.ones(len(rows), np.float32)

    def _beginning(self, prefix: Prefix, corpus: Corpus, most: int) -> tuple[Rows, Floats]:
        """The rows whose text has words that begin so though their terms do not; the likeliest come first."""
        index, start = corpus.index, prefix.start
        wanted = []
        for one in (prefix, *map(Prefix, prefix.others)) if start[0].isalpha() else ():
            near = index.beginning_with(one.start[: max(2, len(one.start) // 3)])
            begins = one.start if one is not prefix else None
            wanted += [t for t in near if one.shortens_to(t) or (begins and t.startswith(begins))]
        wanted.sort(key=lambda term: (start.startswith(term), len(term)), reverse=True)
        found = [index.postings([term])[0] for term in dict.fromkeys(wanted)]
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        rows = np.array(list(dict.fromkeys(np.concatenate(found)[: 4 * most].tolist()))[:most], np.int64)
        ids = corpus.view.ids[rows].tolist()
        texts = {chunk.id: chunk.text for chunk in self._catalog.chunks.by_ids(ids)}
        return rows, np.array([queries.beginnings(start, texts.get(i, "")) for i in ids], np.float32)

    def _holding(self, forms: Sequence[Phrase], corpus: Corpus, *, is_open: bool = False) -> Mask:
        """Rows that hold a phrase in one of its forms, alone or with the rows beside them.

        `is_open`: its last term may be the beginning of one, as it always may where it is `terms.is_lone`.
        """
        holding = np.zeros(len(corpus.view.ids), bool)
        for form in forms:
            is_begun = is_open or terms.is_lone(form[-1])
            last = corpus.index.beginning_with(form[-1]) if is_begun else [form[-1]]
            words = [*([term] for term in form[:-1]), last]
            rows = corpus.index.rows_with_all(words)
            if len(form) > 1 and len(rows) > _READ:
                rows = corpus.view.rows_of(self._catalog.chunks.holding_phrase(form, is_open=is_begun))
            elif len(form) > 1 and len(rows):
                found = self._catalog.chunks.term_rows(corpus.view.ids[rows])
                wanted = f" {' '.join(form)}{'' if is_begun else ' '}"
                ids = [number for number, row in found if wanted in f" {row} "]
                rows = corpus.view.rows_of(np.array(ids, np.int64))
            holding[rows] = True
            borders = corpus.index.borders(words, corpus.view.joined)
            holding[self._across(words, borders[:_BORDERS], corpus)] = True
        return holding

    def _across(
        self, words: Sequence[Sequence[str]], borders: Sequence[tuple[int, int]], corpus: Corpus
    ) -> list[int]:
        """The rows that hold the phrase together, of those that may: (row, how many words it ends with)."""
        view = corpus.view
        found: list[int] = []
        near = view.ids[sorted({row + i for row, _ in borders for i in (0, 1)})]
        known = (
            {number: _words(row) for number, row in self._catalog.chunks.term_rows(near)} if borders else {}
        )

        def words_of(row: int) -> list[str]:
            number = int(view.ids[row])
            if number not in known:
                known[number] = _words(
                    "".join(row for _, row in self._catalog.chunks.term_rows(view.ids[[row]]))
                )
            return known[number]

        for row, size in borders:
            first, last = row, row + 1
            before, after = words_of(first), words_of(last)
            while len(before) < size and first and view.joined[first - 1]:
                first -= 1
                before = words_of(first) + before
            while len(after) < len(words) - size and last < len(view.joined) and view.joined[last]:
                last += 1
                after = after + words_of(last)
            text = before[-size:] + after[: len(words) - size]
            if len(text) == len(words) and all(map(contains, words, text)):
                found += range(first, last + 1)
        return found

    def _names(self, view: View, revision: int) -> Names:
        documents = {one.id: one for one in self._catalog.documents.list()}
        rows = self._catalog.chunks.name_rows()
        ordered = [documents.get(document) for document in view.table.documents]
        numbers = np.arange(len(ordered))
        index = Postings().follow(
            numbers, lambda wanted: [(int(i), rows.get(view.table.documents[i], "")) for i in wanted]
        )
        languages = Counter(one.language for one in ordered if one and one.language)
        return Names(
            revision,
            index,
            tuple(queries.fold_name(one.name) if one else "" for one in ordered),
            tuple(tuple(map(queries.fold, one.tags)) if one else () for one in ordered),
            tuple(language for language, _ in languages.most_common()),
        )


def _joined(query: Query) -> list[tuple[str, ...]]:
    """File names run words together ("BESTBUY_2024Q2"): the query's neighbours joined may meet them."""
    first = [word[0] for word in query.words]
    return [(a + b,) for a, b in pairwise(first) if a.isalpha() and b.isalpha()]


def _holding_signs(signs: Sequence[str], corpus: Corpus) -> Mask:
    """Rows that hold each of these; all of them where there is none."""
    holding = np.full(len(corpus.view.ids), not signs)
    holding[corpus.index.rows_with_all([[sign] for sign in signs])] = True
    return holding


def _standing_for(word: Sequence[str], index: Index) -> list[str]:
    """The terms of rows that hold a word; a lone character stands in pairs as well."""
    begun = [index.beginning_with(term) if terms.is_lone(term) else [term] for term in word]
    return [term for found in begun for term in found]


def _words(row: str) -> list[str]:
    """The terms of a row, in order, without its codes."""
    return [term for term in row.split() if not term.startswith(terms.CODE)]


def _any_in(wanted: Sequence[str], names: Sequence[str]) -> Mask:
    return np.array([any(one in name for one in wanted) for name in names], bool)
