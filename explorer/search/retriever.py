"""Query → hits: meaning, words and names combined inside a scope, exact wherever the scope is narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from explorer.arrays import Floats, Mask, Rows, Vectors
from explorer.errors import ExplorerError, NotFound
from explorer.search import ranking
from explorer.search.candidates import SHORTLIST, Candidates, MeaningQuery, QueryEncoder
from explorer.search.chunk_view import View
from explorer.search.corpus import Corpus, CorpusFollower
from explorer.search.duplicates.documents import AlikeFollower
from explorer.search.duplicates.passages import folded, groups
from explorer.search.embedding_cache import EmbeddingCache
from explorer.search.keyword import KeywordMatcher, KeywordScores, Variants
from explorer.search.latent import SpaceFollower
from explorer.search.passage import widen
from explorer.search.query import Query, parse_query
from explorer.search.retrieved import Extent, Retrieved
from explorer.search.rows.finding import FoundRow, RowFinder
from explorer.search.understanding import literal
from explorer.search.understanding.lexicon import LexiconFollower
from explorer.search.understanding.mending import Mended, Mender
from explorer.search.understanding.quotations import lowered, settled
from explorer.search.understanding.variants import variants
from explorer.types import Alike, Hit, Mode, Scope

if TYPE_CHECKING:
    from explorer.catalog import Catalog

_SPARE = 3
"""Where near-duplicates are folded, so many times k chunks are looked at first; more, while places are left,
up to `_MOST_FOLDED`."""
_MOST_FOLDED = 27
_NAMED = 20
"""Hits that stand under another, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The rows (n,) that were compared, their scores (n,) in 0..1 and what each signal gave, (n,) each."""

    rows: Rows
    scores: Floats
    parts: Mapping[str, Floats]
    found: Mapping[int, FoundRow] = field(default_factory=dict)
    """The row of a table that was found in a chunk, by the chunk's id."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What a query came to, before any hit is read: the rows that were `ranked`, which of them match exactly
    (n,), and the rows that the scope (`inside`) and then the filters (`allowed`) left."""

    found: Retrieved
    corpus: Corpus
    inside: Rows
    allowed: Rows
    ranked: Ranked
    exact: Mask
    others: Variants = field(default_factory=dict)
    """Other terms that stand for words of the query."""

    def order(self, k: int) -> tuple[Rows, Floats]:
        """The k best positions among `ranked` and their scores, as `ranking.order` gives them."""
        pages = self.corpus.view.page_keys[self.ranked.rows]
        return ranking.order(self.ranked.scores, self.exact, pages, k)


class Retriever:
    """Searches one catalogue. Safe to share between threads; keeps what it read while the catalogue stays."""

    def __init__(self, catalog: Catalog, encoder: QueryEncoder) -> None:
        self.catalog = catalog
        self._encoder = encoder
        self._vectors = EmbeddingCache(catalog)
        self._candidates = Candidates(encoder, self._vectors)
        self._corpora = CorpusFollower(catalog)
        self._matcher = KeywordMatcher(catalog)
        self._spaces = SpaceFollower()
        self._lexicons = LexiconFollower()
        self._mender = Mender(catalog)
        self._alike = AlikeFollower(catalog)
        self._rows = RowFinder(catalog)

    def search(self, query: str, k: int = 10, mode: Mode = "hybrid", scope: Scope | None = None) -> list[Hit]:
        """The hits of `retrieve` alone, which raises the same."""
        return list(self.retrieve(query, k, mode, scope).hits)

    def retrieve(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        scope: Scope | None = None,
        *,
        exact: bool = False,
        mend: bool = True,
        fold: bool = False,
    ) -> Retrieved:
        """The k best chunks inside the scope, best first, with what was worked out to find them.

        There are fewer only where the scope holds (or, by keyword, matches) fewer. Any string is a query; one
        of punctuation only finds nothing by keyword, an empty one nothing at all.

        `exact`: chunks that hold all words as they are typed, whatever the mode. `mend`: words that the
        library does not have stand for the nearest that it has. `fold`: chunks that say nearly the same take
        one place.

        Raises:
            ExplorerError: an unknown mode; a model or worker that cannot answer; an unreadable catalogue.
        """
        looked = self.look(query, k, mode, scope, exact=exact, mend=mend, fold=fold)
        if looked is None:
            return Retrieved()
        return replace(looked.found, hits=self._best(looked, k, fold=fold))

    def look(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        scope: Scope | None = None,
        *,
        exact: bool = False,
        mend: bool = True,
        fold: bool = False,
    ) -> Looked | None:
        """What `retrieve` takes its hits from; None where the query is empty. Raises the same."""
        if mode not in get_args(Mode):
            raise ExplorerError(f"{mode!r} is no way to search. Choose one of {', '.join(get_args(Mode))}.")
        query = query.encode("utf-8", "replace").decode("utf-8").strip()
        if not query or k < 1:
            return None
        corpus = self._corpora.now()
        inside = self.inside(scope, corpus.view)
        if exact:
            return self._literally(query, _MOST_FOLDED * k if fold else k, inside, corpus, mend=mend)
        lexicon, languages = self._lexicons.of(corpus), corpus.names.languages
        mended = self._mender.mend(query, lexicon) if mend else Mended(query)
        query, parsed = mended.text, parse_query(mended.text, languages)
        others = variants(query, languages, lexicon, mended.words)
        words = self._matcher.match(parsed, corpus, others)
        allowed = inside if words.allowed is None else inside[words.allowed[inside]]
        words, missing = settled(words, parsed, allowed, mode)
        vector = None
        if len(allowed) == 0 or (parsed.has_filters and not parsed.text):
            ranked = Ranked(allowed, np.zeros(len(allowed), np.float32), {})
        elif mode == "keyword":
            ranked = _by_keyword(words, allowed, corpus, k)
        else:
            vector = self._query_vector(parsed.text or query)
            sought = MeaningQuery(vector, k, corpus.view, allowed, words if mode == "hybrid" else None)
            ranked = self._by_meaning(sought, corpus, parsed)
        is_exact = words.exact[ranked.rows] if mode != "semantic" else np.zeros(len(ranked.rows), bool)
        if missing and not parsed.is_sentence:
            ranked = replace(ranked, scores=lowered(ranked.scores))
        found = Retrieved((), parsed, vector, words.weights, query, mended.mendings, missing)
        extent = _extent(corpus.view, inside, allowed)
        found = replace(found, also=_other_terms(others), extent=extent)
        return Looked(found, corpus, inside, allowed, ranked, is_exact, others)

    def alike(self) -> list[Alike]:
        """Documents that are nearly the same, the largest group first."""
        return self._alike.of(self._corpora.now())

    def _literally(self, query: str, k: int, inside: Rows, corpus: Corpus, *, mend: bool) -> Looked:
        """The k best of the rows of a scope that hold all words of the query as they are typed; else with
        what stands nowhere and, with `mend`, the query that was likely meant."""
        parsed = parse_query(query, corpus.names.languages)
        left = self._matcher.allowed(parsed, corpus)
        allowed = inside if left is None else inside[left[inside]]
        rows, bm25 = literal.rows(parsed, corpus, allowed, k, self.catalog)
        is_exact, zeros = np.ones(len(rows), bool), np.zeros(len(rows), np.float32)
        signals = ranking.Signals(zeros, bm25, zeros, zeros, zeros, is_exact)
        ranked = Ranked(rows, ranking.keyword(signals), {"words": bm25})
        found = Retrieved((), parsed, searched=query, is_literal=True)
        found = replace(found, extent=_extent(corpus.view, inside, allowed))
        if not len(rows):
            mended = self._mender.mend(query, self._lexicons.of(corpus)) if mend else Mended(query)
            found = _unfound(found, mended, corpus, allowed, self.catalog)
        return Looked(found, corpus, inside, allowed, ranked, is_exact)

    def similar(self, chunk_id: int, k: int = 10, scope: Scope | None = None) -> list[Hit]:
        """The k chunks nearest to one by meaning, itself left out, best first.

        Raises:
            NotFound: the chunk is gone.
        """
        chunk = self.catalog.chunks.get(chunk_id)
        corpus = self._corpora.now()
        view = corpus.view
        inside, own = self.inside(scope, view), view.rows_of(np.array([chunk.id]))
        allowed = inside[~np.isin(inside, own)]
        if k < 1 or len(allowed) == 0 or len(own) == 0:
            return []
        vector = self._vectors.of(view.ids[own])[0]
        rows = self._candidates.nominated(MeaningQuery(vector, k, view, allowed))
        # Embeddings go without their neighbours' share: a chunk would be nearest to its own neighbours.
        scores = ranking.semantic(self._vectors.cosines(view.ids[rows], vector))
        self._vectors.read_ahead(view.ids)
        ranked = Ranked(rows, scores, {"meaning": scores})
        no_exact = np.zeros(len(rows), bool)
        return self._best(Looked(Retrieved(), corpus, inside, allowed, ranked, no_exact), k)

    def encode_sentences(self, sentences: Sequence[str]) -> Floats:
        """(n, dimension): sentences as the live model embeds passages. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode(list(sentences), "passage"), np.float32)

    def encode_questions(self, questions: Sequence[str]) -> Floats:
        """(n, dimension): questions as the live model embeds them. Raises ModelError and WorkerError."""
        return np.asarray(self._encoder.encode(list(questions), "query"), np.float32)

    def vectors_of(self, chunk_ids: Rows) -> Floats:
        """(n, dimension): the embeddings of chunks, by ascending ids; zeros where one is gone."""
        return self._vectors.of(chunk_ids)

    def _query_vector(self, query: str) -> Floats:
        """(dimension,): the query as the live model embeds it. Raises ModelError and WorkerError."""
        first: Vectors = self.encode_questions([query])[0]
        return first

    def inside(self, scope: Scope | None, view: View) -> Rows:
        """The rows of a scope, ascending. SQLite is asked for documents only, and only for what the view does
        not know: it needs .2 s to list 200,000 chunks."""
        if scope is None or scope.is_everything:
            return view.rows_of(None)
        rows = view.inside(scope.documents, scope.chunks)
        rest = replace(scope, documents=None, chunks=None)
        if not rest.is_everything:
            rows &= view.inside(self.catalog.documents.in_scope(rest))
        return np.flatnonzero(rows)

    def _by_meaning(self, sought: MeaningQuery, corpus: Corpus, query: Query) -> Ranked:
        """The rows that are looked at closely."""
        vector, words = sought.vector, sought.words
        found = self._rows.find(query, words, sought.allowed, corpus) if words is not None else []
        sought = replace(sought, also=[one.at for one in found])
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
        documents = corpus.view.table.document_index[rows].astype(np.int64)
        moved = ranking.with_feedback(vector, vectors, signals.total(), documents)
        again = replace(signals, cosine=self._vectors.compare(vectors, moved))
        sums = ranking.with_kin(again.total(), vectors, documents)
        nearest, parts = float(scores.max(initial=0.0)), again.parts()
        if found:
            fits = np.array([one.score for one in found], np.float32)
            parts["table"] = ranking.of_rows(rows, np.array(sought.also, np.int64), fits)
            sums = sums + parts["table"]
        by_id = {int(corpus.view.ids[one.at]): one for one in found}
        return Ranked(rows, ranking.hybrid(sums, again.exact, nearest), parts, by_id)

    def read(self, looked: Looked, places: Rows, scores: Floats) -> list[Hit]:
        """The hits at these positions of what was ranked (m,), with these scores (m,), ranks from 1 on."""
        ids = looked.corpus.view.ids[looked.ranked.rows[places]]
        return self._hits(
            ids, scores, looked.exact[places], _shares(looked.ranked, places), looked.ranked.found
        )

    def _best(self, looked: Looked, k: int, *, fold: bool = False) -> list[Hit]:
        """The k best of these rows, in the order of `ranking.order`; with `fold`, those that say nearly the
        same as a better one stand under it."""
        wanted = _SPARE * k if fold else k
        while True:
            best, ordered = looked.order(wanted)
            if not fold:
                return self.read(looked, best, ordered)
            ids = looked.corpus.view.ids[looked.ranked.rows[best]]
            terms = dict(self.catalog.chunks.term_rows(ids))
            alike = groups([terms.get(number, "") for number in ids.tolist()])[:k]
            if len(alike) == k or len(best) < wanted or wanted >= _MOST_FOLDED * k:
                break
            wanted *= _SPARE
        shown = np.array([at for group in alike for at in group[: 1 + _NAMED]], np.int64)
        hits = {hit.chunk.id: hit for hit in self.read(looked, best[shown], ordered[shown])}
        return folded([[hits[n] for n in ids[group].tolist() if n in hits] for group in alike])

    def _hits(
        self,
        ids: Rows,
        scores: Floats,
        exact: Mask,
        signals: Sequence[Mapping[str, float]],
        found: Mapping[int, FoundRow],
    ) -> list[Hit]:
        """Reads what is returned and nothing else; what was removed meanwhile is left out."""
        known = dict(
            zip(ids.tolist(), zip(scores.tolist(), exact.tolist(), signals, strict=True), strict=True)
        )
        chunks = self.catalog.chunks.by_ids(ids.tolist())
        documents = {one.id: one for one in self.catalog.documents.list({c.document_id for c in chunks})}
        hits: list[Hit] = []
        for chunk in chunks:
            with suppress(NotFound, KeyError):
                document, row = documents[chunk.document_id], found.get(chunk.id)
                passage = widen(self.catalog, chunk, row.row.table.start if row else None)
                score, is_exact, why = known[chunk.id]
                hits.append(
                    Hit(
                        len(hits) + 1, score, chunk, document, passage, is_exact,
                        signals=why, row=row.shown if row else None,
                    )
                )  # fmt: skip
        return hits


def _extent(view: View, inside: Rows, allowed: Rows) -> Extent:
    """How much of a library was searched, and what the scope and the filters left out."""
    everything, scoped, left = (view.amount(rows) for rows in (None, inside, allowed))
    return Extent(left, everything - scoped, scoped - left)


def _other_terms(others: Variants) -> frozenset[str]:
    """The terms that stand for words of the query beside its own."""
    return frozenset(term for word, terms in others.items() for term, _ in terms if term not in word)


def _shares(ranked: Ranked, places: Rows) -> list[Mapping[str, float]]:
    """Which share of its score each of these gets from each signal."""
    return [ranking.shares(ranked.parts, at) for at in places.tolist()]


def _unfound(found: Retrieved, mended: Mended, corpus: Corpus, allowed: Rows, catalog: Catalog) -> Retrieved:
    """What was looked for by exact words, which none of the `allowed` rows holds, with the words that stand
    nowhere, and the mended query where that is found."""
    meant = ""
    if mended.mendings:
        parsed = parse_query(mended.text, corpus.names.languages)
        meant = mended.text if len(literal.rows(parsed, corpus, allowed, 1, catalog)[0]) else ""
    return replace(found, missing=literal.missing(found.query, corpus, allowed, catalog), meant=meant)


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
