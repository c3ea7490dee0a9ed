"""Query → hits: meaning, words and names combined inside a scope, exact wherever the scope is narrow."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from explorer import ranking, terms
from explorer.chunk_view import Vectors, View
from explorer.errors import ExplorerError, ModelError, NotFound
from explorer.passages import widen
from explorer.types import Hit, Mode, Scope

if TYPE_CHECKING:
    from explorer.catalog import Catalog

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]

CANDIDATES = 300
"""How many of the nearest chunks an index is asked for at least; scores are then worked out exactly."""
SHORTLIST = 2_000
"""How many chunks the finer steps look at: neighbours change little among those that are far down."""
_MOST_WORDS = 64
"""A pasted page as a query: its first words suffice, and each one costs a look-up."""
_LONGEST_EXACT = 16
"""A whole query of up to so many words is also looked for as it stands."""


class Encoder(Protocol):
    """What retrieval needs of the worker (`explorer.client.WorkerClient`)."""

    def encode(self, texts: Sequence[str], kind: str = "passage") -> Floats: ...

    def nearest(self, vector: Floats, k: int) -> tuple[Rows, Floats] | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What keyword search says of every row of a view: BM25 of text and name, exact matches, all (n,)."""

    text: Floats
    name: Floats
    exact: NDArray[np.bool_]

    @classmethod
    def none(cls, n: int) -> Words:
        return cls(np.zeros(n, np.float32), np.zeros(n, np.float32), np.zeros(n, bool))


class Retriever:
    """Searches one catalogue. Safe to share between threads; keeps what it read while the catalogue stays."""

    def __init__(self, catalog: Catalog, encoder: Encoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._vectors = Vectors(catalog)
        self._view: View | None = None
        self._lock = threading.Lock()

    def retrieve(
        self, query: str, k: int = 10, mode: Mode = "hybrid", scope: Scope | None = None
    ) -> list[Hit]:
        """The k best chunks inside the scope, best first; fewer only where the scope holds (or, by keyword,
        matches) fewer. Any string is a query; one without a letter or digit finds nothing by keyword, an
        empty one nothing at all.

        Raises:
            ExplorerError: an unknown mode; a model or worker that cannot answer; an unreadable catalogue.
        """
        if mode not in get_args(Mode):
            raise ExplorerError(f"{mode!r} is no way to search. Choose one of {', '.join(get_args(Mode))}.")
        query = query.encode("utf-8", "replace").decode("utf-8").strip()
        if not query or k < 1:
            return []
        view = self._current()
        allowed = view.rows_of(self._catalog.chunks.in_scope(scope))
        if len(allowed) == 0:
            return []
        if mode == "keyword":
            rows, scores = self._by_keyword(query, view, allowed)
        else:
            rows, scores = self._by_meaning(query, k, mode, view, allowed)
        best, ordered = ranking.order(scores, rows, view.page_keys[rows], k)
        return self._hits(view.ids[rows[best]], ordered)

    def query_vector(self, query: str) -> Floats:
        """(dimension,): the query as the live model embeds it. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode([query], "query")[0], np.float32)

    def encode_sentences(self, sentences: Sequence[str]) -> Floats:
        """(n, dimension): sentences as the live model embeds passages. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode(list(sentences), "passage"), np.float32)

    def term_weights(self, query: str) -> dict[str, float]:
        """How much each term of a query tells, 0 to 1: its inverse document frequency over all chunks."""
        total = max(len(self._current().ids), 1)
        holding = self._catalog.chunks.holding(terms.parse(query).words[:_MOST_WORDS])
        return {
            term: float(np.log1p(total / (count + 0.5)) / np.log1p(2 * total))
            for term, count in holding.items()
        }

    def _by_keyword(self, query: str, view: View, allowed: Rows) -> tuple[Rows, Floats]:
        words = self._match(query, view, strict=True)
        has_words = words.text[allowed] > 0
        # A document's name counts where no text holds the words: asking for "invoice" is not asking for
        # every page of invoices.pdf.
        rows = allowed[has_words] if has_words.any() else allowed[words.name[allowed] > 0]
        zeros = np.zeros(len(rows), np.float32)
        signals = ranking.Signals(zeros, words.text[rows], words.name[rows], words.exact[rows])
        return rows, ranking.keyword(signals)

    def _by_meaning(self, query: str, k: int, mode: Mode, view: View, allowed: Rows) -> tuple[Rows, Floats]:
        vector = self.query_vector(query)
        words = self._match(query, view) if mode == "hybrid" else Words.none(len(view.ids))
        rows = allowed
        if len(allowed) == len(view.ids):
            rows = self._candidates(vector, k, view, words)
        if len(rows) > max(SHORTLIST, k):
            rows = self._shortlist(rows, vector, view, words, max(SHORTLIST, k))
        cosine = self._mixed_cosine(rows, vector, view)
        if mode == "semantic":
            return rows, ranking.semantic(cosine)
        spread = ranking.spread(words.text, view.joined)[rows]
        return rows, ranking.hybrid(ranking.Signals(cosine, spread, words.name[rows], words.exact[rows]))

    def _candidates(self, vector: Floats, k: int, view: View, words: Words) -> Rows:
        """What the index finds near, the best by words and what matches exactly; every chunk where the index
        is not ready or gives fewer than k."""
        everything = np.arange(len(view.ids))
        wanted = max(CANDIDATES, 10 * k)
        if len(everything) <= wanted:
            return everything
        found = self._encoder.nearest(vector, wanted)
        if found is None:
            return everything
        near = view.rows_of(found[0])
        if len(near) < min(k, len(everything)):
            return everything
        by_words = np.flatnonzero(words.text)
        if len(by_words) > wanted:
            by_words = by_words[np.argpartition(-words.text[by_words], wanted)[:wanted]]
        return np.unique(np.concatenate([near, by_words, np.flatnonzero(words.exact)[: 4 * wanted]]))

    def _shortlist(self, rows: Rows, vector: Floats, view: View, words: Words, size: int) -> Rows:
        cosine = self._cosine(self._vectors.of(view.ids[rows]), vector)
        signals = ranking.Signals(cosine, words.text[rows], words.name[rows], words.exact[rows])
        return np.sort(rows[np.argpartition(-ranking.hybrid(signals), size - 1)[:size]])

    def _mixed_cosine(self, rows: Rows, vector: Floats, view: View) -> Floats:
        before, after = view.neighbours(rows)
        needed = np.unique(np.concatenate([rows, before[before >= 0], after[after >= 0]]))
        vectors = self._vectors.of(view.ids[needed])
        vectors = np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)])

        def at(wanted: Rows) -> Floats:
            return vectors[np.where(wanted >= 0, np.searchsorted(needed, wanted), len(needed))]

        return self._cosine(ranking.with_neighbours(at(rows), at(before), at(after)), vector)

    def _cosine(self, vectors: Floats, vector: Floats) -> Floats:
        if vectors.shape[1] != len(vector):
            # Another model has just gone live: the worker encodes for it, what is kept here is the old one's.
            self._vectors.clear()
            raise ModelError("The embedding model has just been changed. Search again.")
        return np.asarray(vectors @ vector, np.float32)

    def _match(self, query: str, view: View, strict: bool = False) -> Words:
        """Keyword scores of every row. `strict`: only chunks that hold all quoted phrases."""
        parsed = terms.parse(query)
        wanted = parsed.words[:_MOST_WORDS]
        # File names run words together ("BESTBUY_2024Q2"): the query's neighbours joined may meet them.
        joined = [a + b for a, b in pairwise(wanted) if a.isalpha() and b.isalpha()]
        chunks = self._catalog.chunks
        found = chunks.keyword([*wanted, *joined], parsed.phrases if strict else (), parsed.prefixes)
        words = Words.none(len(view.ids))
        rows, known = view.positions(found.ids)
        words.text[rows] = found.body[known]
        words.name[rows] = found.name[known]
        for phrases in _exact_phrases(query, parsed):
            words.exact[view.rows_of(np.sort(chunks.keyword((), phrases).ids))] = True
        words.exact[words.text <= 0] = False
        return words

    def _current(self) -> View:
        sequence = self._catalog.changes.last()
        with self._lock:
            if self._view is None or self._view.sequence != sequence:
                self._view = View(sequence, self._catalog.chunks.table())
            return self._view

    def _hits(self, ids: Rows, scores: Floats) -> list[Hit]:
        """Reads what is returned and nothing else; what was removed meanwhile is left out."""
        score_of = dict(zip(ids.tolist(), scores.tolist(), strict=True))
        chunks = self._catalog.chunks.by_ids(ids.tolist())
        documents = {one.id: one for one in self._catalog.documents.list({c.document_id for c in chunks})}
        hits: list[Hit] = []
        for chunk in chunks:
            with suppress(NotFound, KeyError):
                document, passage = documents[chunk.document_id], widen(self._catalog, chunk)
                hits.append(Hit(len(hits) + 1, score_of[chunk.id], chunk, document, passage))
        return hits


def _exact_phrases(query: str, parsed: terms.Query) -> Iterator[tuple[tuple[str, ...], ...]]:
    """What counts as an exact match: all quoted phrases, or else the whole query as it stands."""
    if parsed.phrases:
        yield parsed.phrases
        return
    whole = terms.phrase(query)
    if whole and len(whole) <= _LONGEST_EXACT and any(term not in terms.STOP_WORDS for term in whole):
        yield (whole,)
