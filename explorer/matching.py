"""What the words of a query say of every chunk: BM25 of its text and of its document's name, exact matches,
and which chunks the query's operators leave out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer import queries, ranking, terms
from explorer.chunk_view import View
from explorer.postings import Index, Postings
from explorer.queries import Query
from explorer.stemming import STOP_WORDS

if TYPE_CHECKING:
    from explorer.catalog import Catalog

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_LONGEST_EXACT = 16
"""A whole query of up to so many words is also looked for as it stands."""
_READ = 1_000
"""Up to so many rows are looked through for a phrase; for more FTS5 is asked, which knows places."""


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

    def spread(self, of_document: NDArray[np.generic]) -> NDArray[np.generic]:
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
        found = corpus.index.bm25(query.words, query.prefixes, sharpness=ranking.SHARPNESS)
        named = corpus.names.index.bm25([*query.words, *joined]).scores
        return Words(
            text=ranking.whole(found.scores, found.coverage),
            coverage=found.coverage,
            name=np.asarray(corpus.spread(named), np.float32),
            exact=quoted if quoted is not None else self._whole(query, corpus),
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
        rows = np.array(corpus.spread(documents), bool)
        for word in query.without_words:
            rows[corpus.index.rows(word)] = False
        for forms in query.without_phrases:
            rows &= ~self._holding(forms, corpus)
        return rows

    def _whole(self, query: Query, corpus: Corpus) -> Mask:
        """Rows that hold the query as it stands."""
        forms = dict.fromkeys(terms.phrase(query.text, one) for one in (None, *corpus.names.languages))
        telling = [
            form for form in forms
            if form and len(form) <= _LONGEST_EXACT and any(term not in STOP_WORDS for term in form)
        ]  # fmt: skip
        return self._holding(telling, corpus)

    def _holding(self, forms: Sequence[tuple[str, ...]], corpus: Corpus) -> Mask:
        """Rows that hold a phrase in one of its forms."""
        holding = np.zeros(len(corpus.view.ids), bool)
        for form in forms:
            rows = _rows_with_all(form, corpus.index)
            if len(form) > 1 and len(rows) > _READ:
                rows = corpus.view.rows_of(self._catalog.chunks.holding_phrase(form))
            elif len(form) > 1 and len(rows):
                found = self._catalog.chunks.term_rows(corpus.view.ids[rows])
                wanted = f" {' '.join(form)} "
                ids = [number for number, row in found if wanted in f" {row} "]
                rows = corpus.view.rows_of(np.array(ids, np.int64))
            holding[rows] = True
        return holding

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
            tuple(queries.fold(one.name) if one else "" for one in ordered),
            tuple(tuple(map(queries.fold, one.tags)) if one else () for one in ordered),
            tuple(language for language, _ in languages.most_common()),
        )


def _joined(query: Query) -> list[tuple[str, ...]]:
    """File names run words together ("BESTBUY_2024Q2"): the query's neighbours joined may meet them."""
    first = [word[0] for word in query.words]
    return [(a + b,) for a, b in pairwise(first) if a.isalpha() and b.isalpha()]


def _rows_with_all(form: Sequence[str], index: Index) -> Rows:
    """The rows that hold every term; the last may begin a term in a script without spaces."""
    rows: Rows | None = None
    for term in sorted(set(form), key=lambda term: len(index.postings([term])[0])):
        holding = index.rows([term])
        if len(term) == 1 and terms.is_spaceless(term) and len(form) == 1:
            holding = index.rows_beginning(term)
        rows = holding if rows is None else np.intersect1d(rows, holding, assume_unique=True)
        if not len(rows):
            break
    return rows if rows is not None else np.empty(0, np.int64)


def _any_in(wanted: Sequence[str], names: Sequence[str]) -> Mask:
    return np.array([any(one in name for one in wanted) for name in names], bool)
