"""Query → hits: meaning, words and names combined inside a scope, exact wherever the scope is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError, NotFound
from explorer.search import ranking
from explorer.search.chunk_view import View
from explorer.search.corpus import Corpus, CorpusFollower
from explorer.search.embedding_cache import EmbeddingCache
from explorer.search.keyword import KeywordMatcher, KeywordScores
from explorer.search.latent import SpaceFollower
from explorer.search.passage import widen
from explorer.search.query import Query, parse_query
from explorer.types import Hit, Mode, Scope
from explorer.words import terms

if TYPE_CHECKING:
    from explorer.catalog import Catalog

from explorer.arrays import Floats, Rows

CANDIDATES = 300
"""How many of the nearest chunks an index is asked for at least; scores are then worked out exactly."""
SHORTLIST = 2_000
"""How many chunks the finer steps look at: neighbours change little among those that are far down."""


class QueryEncoder(Protocol):
    """What retrieval needs of the worker (`explorer.worker.client.WorkerClient`)."""

    def encode(self, texts: Sequence[str], kind: str = "passage") -> Floats: ...

    def nearest(self, vector: Floats, k: int) -> tuple[Rows, Floats] | None: ...


class Retriever:
    """Searches one catalogue. Safe to share between threads; keeps what it read while the catalogue stays."""

    def __init__(self, catalog: Catalog, encoder: QueryEncoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._vectors = EmbeddingCache(catalog)
        self._corpora = CorpusFollower(catalog)
        self._matcher = KeywordMatcher(catalog)
        self._spaces = SpaceFollower()

    def retrieve(
        self, query: str, k: int = 10, mode: Mode = "hybrid", scope: Scope | None = None
    ) -> list[Hit]:
        """The k best chunks inside the scope, best first; fewer only where the scope holds (or, by keyword,
        matches) fewer. Any string is a query; one of punctuation only finds nothing by keyword, an empty
        one nothing at all.

        Raises:
            ExplorerError: an unknown mode; a model or worker that cannot answer; an unreadable catalogue.
        """
        if mode not in get_args(Mode):
            raise ExplorerError(f"{mode!r} is no way to search. Choose one of {', '.join(get_args(Mode))}.")
        query = query.encode("utf-8", "replace").decode("utf-8").strip()
        if not query or k < 1:
            return []
        corpus = self._corpora.now()
        parsed = parse_query(query, corpus.names.languages)
        words = self._matcher.match(parsed, corpus)
        view = corpus.view
        allowed = self._inside(scope, view)
        if words.allowed is not None:
            allowed = allowed[words.allowed[allowed]]
        if len(allowed) == 0:
            return []
        if parsed.has_filters and not parsed.text:
            rows, scores = allowed, np.zeros(len(allowed), np.float32)
        elif mode == "keyword":
            rows, scores = _by_keyword(words, allowed)
        else:
            vector = self.query_vector(parsed.text or query)
            rows, vectors = self._compared(vector, k, view, words if mode == "hybrid" else None, allowed)
            # What is no more than a number is embedded as its document's name: near whatever that is near.
            vectors[corpus.index.scraps[rows]] = 0.0
            scores = ranking.semantic(self._vectors.compare(vectors, vector))
            if mode == "hybrid":
                signals = self._signals(corpus, parsed, words, rows, scores)
                trust = float(words.coverage[allowed].max())
                scores = self._with_feedback(vector, vectors, signals, trust)
        exact = words.exact[rows] if mode != "semantic" else np.zeros(len(rows), bool)
        best, ordered = ranking.order(scores, exact, view.page_keys[rows], k)
        return self._hits(view.ids[rows[best]], ordered, exact[best])

    def similar(self, chunk_id: int, k: int = 10, scope: Scope | None = None) -> list[Hit]:
        """The k chunks nearest to one by meaning, itself left out, best first.

        Raises:
            NotFound: the chunk is gone.
        """
        chunk = self._catalog.chunks.get(chunk_id)
        view = self._corpora.now().view
        allowed, own = self._inside(scope, view), view.rows_of(np.array([chunk.id]))
        allowed = allowed[~np.isin(allowed, own)]
        if k < 1 or len(allowed) == 0 or len(own) == 0:
            return []
        vector = self._vectors.of(view.ids[own])[0]
        rows = self._nominated(vector, k, view, None, allowed)
        # As they are, without their neighbours' share: a chunk would be nearest to what it is a part of.
        scores = ranking.semantic(self._vectors.cosines(view.ids[rows], vector))
        self._vectors.read_ahead(view.ids)
        nothing = np.zeros(len(rows), bool)
        best, ordered = ranking.order(scores, nothing, view.page_keys[rows], k)
        return self._hits(view.ids[rows[best]], ordered, nothing[best])

    def query_vector(self, query: str) -> Floats:
        """(dimension,): the query as the live model embeds it. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode([query], "query")[0], np.float32)

    def encode_sentences(self, sentences: Sequence[str]) -> Floats:
        """(n, dimension): sentences as the live model embeds passages. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode(list(sentences), "passage"), np.float32)

    def term_weights(self, query: str) -> dict[tuple[str, ...], float]:
        """How much each word of a query tells, 0 to 1: its inverse document frequency over all chunks. A
        word is given as the terms that stand for it."""
        corpus = self._corpora.now()
        index, total = corpus.index, max(len(corpus.view.ids), 1)
        words = parse_query(query, corpus.names.languages).words
        return {
            word: float(np.log1p(total / (len(index.rows(word)) + 0.5)) / np.log1p(2 * total))
            for word in words
            if not word[0].startswith(terms.CODE)
        }

    def _inside(self, scope: Scope | None, view: View) -> Rows:
        """The rows of a scope, ascending. SQLite is asked for documents only, and only for what the view does
        not know: it needs .2 s to list 200,000 chunks."""
        if scope is None or scope.is_everything:
            return view.rows_of(None)
        rows = view.inside(scope.documents, scope.chunks)
        rest = replace(scope, documents=None, chunks=None)
        if not rest.is_everything:
            rows &= view.inside(self._catalog.documents.in_scope(rest))
        return np.flatnonzero(rows)

    def _signals(
        self, corpus: Corpus, query: Query, words: KeywordScores, rows: Rows, cosine: Floats
    ) -> ranking.Signals:
        latent = self._spaces.follow(corpus.index, corpus.view.ids)
        return ranking.Signals(
            cosine=cosine,
            words=ranking.spread(words.text, corpus.view.joined)[rows],
            name=words.name[rows],
            headings=words.headings[rows],
            latent=latent.cosines(query.words, rows),
            exact=words.exact[rows],
        )

    def _with_feedback(
        self, vector: Floats, vectors: Floats, signals: ranking.Signals, trust: float
    ) -> Floats:
        """Scores (n,) once the question has moved towards the best of `vectors`."""
        moved = ranking.with_feedback(vector, vectors, signals.total(trust))
        again = replace(signals, cosine=self._vectors.compare(vectors, moved))
        return ranking.hybrid(again, trust, float(signals.cosine.max(initial=0.0)))

    def _compared(
        self, vector: Floats, k: int, view: View, words: KeywordScores | None, allowed: Rows
    ) -> tuple[Rows, Floats]:
        """The rows that are looked at closely, ascending, and their embeddings with their neighbours'."""
        rows = self._nominated(vector, k, view, words, allowed)
        if len(rows) > max(SHORTLIST, k):
            rows = self._shortlist(rows, vector, view, words, max(SHORTLIST, k))
        vectors = self._mixed(rows, view)
        self._vectors.read_ahead(view.ids)
        return rows, vectors

    def _nominated(
        self, vector: Floats, k: int, view: View, words: KeywordScores | None, allowed: Rows
    ) -> Rows:
        """Those of `allowed` that are looked at, ascending: all, unless that is the whole library."""
        if len(allowed) + 1 < len(view.ids):
            return allowed
        found = self._candidates(vector, k, view, words)
        if found is None:
            return allowed
        at = np.minimum(np.searchsorted(allowed, found), len(allowed) - 1)
        found = found[allowed[at] == found]
        return found if len(found) >= min(k, len(allowed)) else allowed

    def _candidates(self, vector: Floats, k: int, view: View, words: KeywordScores | None) -> Rows | None:
        """What the index finds near, the best by words and what matches exactly, ascending; None where the
        index is not ready, gives fewer than k or would give everything."""
        wanted = max(CANDIDATES, 10 * k)
        found = self._encoder.nearest(vector, wanted) if len(view.ids) > wanted else None
        near = view.rows_of(found[0]) if found is not None else np.empty(0, np.int64)
        if len(near) < min(k, len(view.ids)):
            return None
        if words is None:
            return near
        by_words = np.flatnonzero(words.text)
        if len(by_words) > wanted:
            by_words = by_words[np.argpartition(-words.text[by_words], wanted)[:wanted]]
        exact = np.flatnonzero(words.exact)[: 4 * wanted]
        return np.unique(np.concatenate([near, by_words, exact]))

    def _shortlist(
        self, rows: Rows, vector: Floats, view: View, words: KeywordScores | None, size: int
    ) -> Rows:
        scores = self._vectors.cosines(view.ids[rows], vector)
        if words is not None:
            nothing = np.zeros(len(rows), np.float32)
            found = (words.text[rows], words.name[rows], words.headings[rows], nothing, words.exact[rows])
            scores = ranking.hybrid(ranking.Signals(scores, *found))
        return np.sort(rows[np.argpartition(-scores, size - 1)[:size]])

    def _mixed(self, rows: Rows, view: View) -> Floats:
        """(n, dimension): the embeddings of these rows with a share of their neighbours'."""
        before, after = view.neighbours(rows)
        needed = np.unique(np.concatenate([rows, before[before >= 0], after[after >= 0]]))
        vectors = self._vectors.of(view.ids[needed])
        vectors = np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)])

        def at(wanted: Rows) -> Floats:
            return vectors[np.where(wanted >= 0, np.searchsorted(needed, wanted), len(needed))]

        return ranking.with_neighbours(at(rows), at(before), at(after))

    def _hits(self, ids: Rows, scores: Floats, exact: NDArray[np.bool_]) -> list[Hit]:
        """Reads what is returned and nothing else; what was removed meanwhile is left out."""
        known = dict(zip(ids.tolist(), zip(scores.tolist(), exact.tolist(), strict=True), strict=True))
        chunks = self._catalog.chunks.by_ids(ids.tolist())
        documents = {one.id: one for one in self._catalog.documents.list({c.document_id for c in chunks})}
        hits: list[Hit] = []
        for chunk in chunks:
            with suppress(NotFound, KeyError):
                document, passage = documents[chunk.document_id], widen(self._catalog, chunk)
                score, is_exact = known[chunk.id]
                hits.append(Hit(len(hits) + 1, score, chunk, document, passage, is_exact))
        return hits


def _by_keyword(words: KeywordScores, allowed: Rows) -> tuple[Rows, Floats]:
    """Rows that hold a word, and all of what is quoted."""
    has_words = words.text[allowed] > 0 if words.phrases is None else words.phrases[allowed]
    # A document's name counts where no text holds the words: asking for "invoice" is not asking for every
    # page of invoices.pdf.
    is_named = words.phrases is None and not has_words.any()
    rows = allowed[words.name[allowed] > 0] if is_named else allowed[has_words]
    zeros = np.zeros(len(rows), np.float32)
    return rows, ranking.keyword(
        ranking.Signals(zeros, words.text[rows], words.name[rows], zeros, zeros, words.exact[rows])
    )
