"""Query → hits: meaning, words and names combined inside a scope, exact wherever the scope is narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from explorer.arrays import Floats, Mask, Rows
from explorer.errors import ExplorerError, NotFound
from explorer.search import ranking
from explorer.search.candidates import SHORTLIST, Candidates, MeaningQuery, QueryEncoder
from explorer.search.chunk_view import View
from explorer.search.corpus import Corpus, CorpusFollower
from explorer.search.embedding_cache import EmbeddingCache
from explorer.search.keyword import KeywordMatcher, KeywordScores
from explorer.search.latent import SpaceFollower
from explorer.search.passage import widen
from explorer.search.query import Query, parse_query
from explorer.search.retrieved import Retrieved
from explorer.types import Hit, Mode, Scope

if TYPE_CHECKING:
    from explorer.catalog import Catalog


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The rows (n,) that were compared, their scores (n,) in 0..1 and what each signal gave, (n,) each."""

    rows: Rows
    scores: Floats
    parts: Mapping[str, Floats]


class Retriever:
    """Searches one catalogue. Safe to share between threads; keeps what it read while the catalogue stays."""

    def __init__(self, catalog: Catalog, encoder: QueryEncoder) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._vectors = EmbeddingCache(catalog)
        self._candidates = Candidates(encoder, self._vectors)
        self._corpora = CorpusFollower(catalog)
        self._matcher = KeywordMatcher(catalog)
        self._spaces = SpaceFollower()

    def search(self, query: str, k: int = 10, mode: Mode = "hybrid", scope: Scope | None = None) -> list[Hit]:
        """The hits of `retrieve` alone, which raises the same."""
        return list(self.retrieve(query, k, mode, scope).hits)

    def retrieve(
        self, query: str, k: int = 10, mode: Mode = "hybrid", scope: Scope | None = None
    ) -> Retrieved:
        """The k best chunks inside the scope, best first, with what was worked out to find them.

        There are fewer only where the scope holds (or, by keyword, matches) fewer. Any string is a query; one
        of punctuation only finds nothing by keyword, an empty one nothing at all.

        Raises:
            ExplorerError: an unknown mode; a model or worker that cannot answer; an unreadable catalogue.
        """
        if mode not in get_args(Mode):
            raise ExplorerError(f"{mode!r} is no way to search. Choose one of {', '.join(get_args(Mode))}.")
        query = query.encode("utf-8", "replace").decode("utf-8").strip()
        if not query or k < 1:
            return Retrieved()
        corpus = self._corpora.now()
        parsed = parse_query(query, corpus.names.languages)
        words = self._matcher.match(parsed, corpus)
        allowed = self._inside(scope, corpus.view)
        if words.allowed is not None:
            allowed = allowed[words.allowed[allowed]]
        vector = None
        if len(allowed) == 0:
            return Retrieved((), parsed, vector, words.weights)
        if parsed.has_filters and not parsed.text:
            ranked = Ranked(allowed, np.zeros(len(allowed), np.float32), {})
        elif mode == "keyword":
            ranked = _by_keyword(words, allowed, corpus, k)
        else:
            vector = self._query_vector(parsed.text or query)
            sought = MeaningQuery(vector, k, corpus.view, allowed, words if mode == "hybrid" else None)
            ranked = self._by_meaning(sought, corpus, parsed)
        exact = words.exact[ranked.rows] if mode != "semantic" else np.zeros(len(ranked.rows), bool)
        hits = self._best(ranked, exact, corpus.view, k)
        return Retrieved(hits, parsed, vector, words.weights)

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
        rows = self._candidates.nominated(MeaningQuery(vector, k, view, allowed))
        # Embeddings go without their neighbours' share: a chunk would be nearest to its own neighbours.
        scores = ranking.semantic(self._vectors.cosines(view.ids[rows], vector))
        self._vectors.read_ahead(view.ids)
        ranked = Ranked(rows, scores, {"meaning": scores})
        return self._best(ranked, np.zeros(len(rows), bool), view, k)

    def encode_sentences(self, sentences: Sequence[str]) -> Floats:
        """(n, dimension): sentences as the live model embeds passages. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode(list(sentences), "passage"), np.float32)

    def _query_vector(self, query: str) -> Floats:
        """(dimension,): the query as the live model embeds it. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode([query], "query")[0], np.float32)

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

    def _by_meaning(self, sought: MeaningQuery, corpus: Corpus, query: Query) -> Ranked:
        """The rows that are looked at closely."""
        vector, words = sought.vector, sought.words
        rows, vectors = self._candidates.compared(sought)
        # What is no more than a number is embedded as its document's name: near whatever that is near.
        vectors[corpus.index.scraps[rows]] = 0.0
        scores = ranking.semantic(self._vectors.compare(vectors, vector))
        if words is None:
            return Ranked(rows, scores, {"meaning": scores})
        latent = self._spaces.follow(corpus.index, corpus.view.ids)
        signals = ranking.Signals(
            cosine=scores,
            words=words.around(rows, corpus),
            name=words.name[rows],
            headings=words.headings[rows],
            latent=latent.cosines(query.words, rows),
            exact=words.exact[rows],
        )
        moved = ranking.with_feedback(vector, vectors, signals.total())
        again = replace(signals, cosine=self._vectors.compare(vectors, moved))
        documents = corpus.view.table.document_index[rows].astype(np.int64)
        sums = ranking.with_kin(again.total(), vectors, documents)
        nearest = float(scores.max(initial=0.0))
        return Ranked(rows, ranking.hybrid(sums, again.exact, nearest), again.parts())

    def _best(self, ranked: Ranked, exact: Mask, view: View, k: int) -> list[Hit]:
        """The k best of these rows, in the order of `ranking.order`."""
        best, ordered = ranking.order(ranked.scores, exact, view.page_keys[ranked.rows], k)
        signals = [ranking.shares(ranked.parts, at) for at in best.tolist()]
        return self._hits(view.ids[ranked.rows[best]], ordered, exact[best], signals)

    def _hits(
        self, ids: Rows, scores: Floats, exact: Mask, signals: Sequence[Mapping[str, float]]
    ) -> list[Hit]:
        """Reads what is returned and nothing else; what was removed meanwhile is left out."""
        known = dict(
            zip(ids.tolist(), zip(scores.tolist(), exact.tolist(), signals, strict=True), strict=True)
        )
        chunks = self._catalog.chunks.by_ids(ids.tolist())
        documents = {one.id: one for one in self._catalog.documents.list({c.document_id for c in chunks})}
        hits: list[Hit] = []
        for chunk in chunks:
            with suppress(NotFound, KeyError):
                document, passage = documents[chunk.document_id], widen(self._catalog, chunk)
                hits.append(
                    Hit(len(hits) + 1, known[chunk.id][0], chunk, document, passage, *known[chunk.id][1:])
                )
        return hits


def _by_keyword(words: KeywordScores, allowed: Rows, corpus: Corpus, k: int) -> Ranked:
    """Rows that hold a word, and all of what is quoted: the likeliest of them, where there are many."""
    has_words = words.text[allowed] > 0 if words.phrases is None else words.phrases[allowed]
    # A document's name counts where no text holds the words: asking for "invoice" is not asking for every
    # page of invoices.pdf.
    is_named = words.phrases is None and not has_words.any()
    rows = allowed[words.name[allowed] > 0] if is_named else allowed[has_words]
    most = max(SHORTLIST, k)
    if len(rows) > most:
        likely = words.text[rows] + (words.text.max() + 1) * words.exact[rows]
        rows = np.sort(rows[np.argpartition(-likely, most - 1)[:most]])
    zeros = np.zeros(len(rows), np.float32)
    text = words.around(rows, corpus)
    signals = ranking.Signals(zeros, text, words.name[rows], zeros, zeros, words.exact[rows])
    return Ranked(rows, ranking.keyword(signals), {"words": text, "name": ranking.NAME * words.name[rows]})
