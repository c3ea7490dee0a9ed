"""What the words of a query say of every chunk: BM25 of its text and of its document's name, exact matches,
and which chunks the query's operators leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats, Mask, Rows
from explorer.search import highlights, ranking
from explorer.search.across_chunks import rows_across
from explorer.search.bm25 import Index, Told
from explorer.search.corpus import Corpus
from explorer.search.query import Alternatives, Forms, Phrase, Prefix, Query, Unwanted
from explorer.words import terms
from explorer.words.stop_words import STOP_WORDS

if TYPE_CHECKING:
    from explorer.catalog import Catalog

Variants = Mapping[Alternatives, Sequence[tuple[str, float]]]
"""For words of a query, all terms that stand for them, each with its share: how much an occurrence counts
beside one of the word itself."""

_LONGEST_EXACT = 256
"""A whole query is also looked for word by word in its order; of a longer one this many terms are."""
_READ = 1_000
"""At most this many rows are looked through for a phrase; for more FTS5 is asked, which knows places."""
_READ_FOR_BEGINNINGS = 2_000
"""Chunks whose text is read, at most, for words that begin as the query says and whose stems do not."""
_READ_AS_WRITTEN = 200
"""Exact rows whose text is read, at most, where they are in several languages."""
_BORDERS = 200
"""Ends of chunks that are read, at most, for a phrase that goes on in the next chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class KeywordScores:
    """What keyword search says of every row of a view: BM25 of text, name and the headings above it, exact
    matches, all (n,).

    `allowed` is None where the query leaves nothing out. `phrases`: rows that hold all that was quoted,
    where that is a condition.
    """

    text: Floats
    name: Floats
    headings: Floats
    exact: Mask
    weights: Mapping[Alternatives, float]
    """How much each word of the query tells, 0 to 1: its inverse document frequency over all chunks."""
    told: tuple[Told, ...] = ()
    """What `text` was added up from."""
    phrases: Mask | None = None
    quotations: tuple[Mask, ...] = ()
    """(n,) for each phrase of the query: the rows that hold it."""
    allowed: Mask | None = None

    def around(self, rows: Rows, corpus: Corpus) -> Floats:
        """(m,): BM25 of the text of these rows with their surroundings'."""
        return ranking.around(self.text[rows], (one.bm25(self.told, rows) for one in corpus.surroundings))


class KeywordMatcher:
    """Reads rows of one catalogue where postings don't tell. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def match(self, query: Query, corpus: Corpus, variants: Variants | None = None) -> KeywordScores:
        """Scores and masks of all rows. `variants`: other terms of some of the words, with their shares."""
        joined = _joined(query)
        phrases = [self._holding(forms, corpus) for forms in query.phrases]
        quoted = np.logical_and.reduce(phrases) if phrases else None
        if quoted is not None and query.quoted_signs:
            quoted &= _holding_signs(query.quoted_signs, corpus)
        if query.is_sentence:  # what it quotes is one more thing that it says
            quoted = None
        beginnings = list(self._begun(query.prefixes, query.openings, corpus))
        said = beginnings + [_once(held) for held in phrases if query.is_sentence]
        found = corpus.index.bm25(
            query.words, said, sharpness=ranking.SHARPNESS, variants=variants, repeats=_repeats(query)
        )
        exact = quoted if quoted is not None else self._whole(query, corpus, beginnings)
        in_names = corpus.names.index
        begun = [in_names.postings(in_names.beginning_with(prefix.start)) for prefix in query.prefixes]
        named = in_names.bm25([*query.words, *joined], begun, variants=variants).scores
        return KeywordScores(
            text=found.scores,
            name=corpus.spread(named) if named.any() else np.zeros(len(corpus.view.ids), np.float32),
            headings=_of_headings(query, corpus, variants),
            exact=self._as_written(query, exact, found.scores, corpus),
            weights=_weights(query.words, found.told, len(corpus.index)),
            told=found.told,
            phrases=quoted,
            quotations=tuple(phrases),
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
        for unwanted in query.without:
            rows &= ~self._holding_all(unwanted, corpus)
        for begun, _ in self._begun(query.without_prefixes, query.without_openings, corpus):
            rows[begun] = False
        return rows

    def _holding_all(self, unwanted: Unwanted, corpus: Corpus) -> Mask:
        holding = _holding_signs(unwanted.signs, corpus)
        return holding & self._holding(unwanted.forms, corpus) if unwanted.forms else holding

    def _whole(self, query: Query, corpus: Corpus, beginnings: Sequence[tuple[Rows, Floats]]) -> Mask:
        """Rows that hold the query as it stands: all beginnings of words where it is nothing else."""
        if query.has_beginnings:
            begun = [np.isin(np.arange(len(corpus.view.ids)), rows) for rows, _ in beginnings]
            return np.asarray(np.logical_and.reduce(begun) & (not query.words))
        languages = (None, *corpus.names.languages)
        forms = tuple(terms.phrase(query.text, one)[:_LONGEST_EXACT] for one in languages)
        signs = _holding_signs(query.signs, corpus)
        if query.signs and not any(forms):
            return signs
        if all(term in STOP_WORDS for term in forms[0]):
            return np.zeros(len(signs), bool)
        return self._holding(forms, corpus) & signs

    def _as_written(self, query: Query, exact: Mask, scores: Floats, corpus: Corpus) -> Mask:
        """(n,): the `exact` rows; where they are in several languages, only those that hold the very words
        that were typed, if any do.

        The stem of "Energie" is that of "energy" in English. `_READ_AS_WRITTEN` rows are read, the likeliest
        first.
        """
        names, rows = corpus.names, np.flatnonzero(exact)
        spoken = names.spoken[corpus.view.table.document_index[rows]]
        languages = np.unique(spoken)
        if len(names.languages) < 2 or len(languages) < 2 or query.has_beginnings:
            return exact
        is_written = highlights.as_written(query.quoted or [query.text])
        if is_written is None:
            return exact
        written = exact.copy()
        most = _READ_AS_WRITTEN // len(languages)
        for language in languages:
            inside = rows[spoken == language]
            inside = inside[np.argsort(-scores[inside], kind="stable")]
            found = list(map(is_written, self._texts_around(inside[:most], corpus)))
            written[inside[:most]] = found
            written[inside[most:]] = any(found)
        return written if written.any() else exact

    def _begun(
        self, prefixes: Sequence[Prefix], openings: Sequence[Forms], corpus: Corpus
    ) -> Iterator[tuple[Rows, Floats]]:
        """The rows that hold each of these beginnings, and how often."""
        index = corpus.index
        most = _READ_FOR_BEGINNINGS // max(len(prefixes) + len(openings), 1)
        for prefix in prefixes:
            begun = [term for one in (prefix.start, *prefix.forms) for term in index.beginning_with(one)]
            rows, counts = index.postings(begun)
            read, times = self._beginning(prefix, corpus, most)
            if len(read):
                often = np.zeros(len(corpus.view.ids), np.float32)
                often[rows] = counts
                often[read] = np.maximum(often[read], times)
                rows = np.flatnonzero(often)
                counts = often[rows]
            yield rows, counts
        for forms in openings:
            holding = self._holding(forms, corpus, is_open=True)
            holding[self._opening(forms, corpus, most)] = True
            yield _once(holding)

    def _beginning(self, prefix: Prefix, corpus: Corpus, most: int) -> tuple[Rows, Floats]:
        """The rows whose text has words that begin with this though their terms do not, and how often; the
        likeliest rows come first."""
        rows = _rows_of_any(_near(prefix, corpus.index), corpus.index, most)
        texts = self._texts(rows, corpus)
        return rows, np.array([highlights.beginnings(prefix.start, text) for text in texts], np.float32)

    def _opening(self, forms: Forms, corpus: Corpus, most: int) -> list[int]:
        """The rows whose text has an opening though the term of its last word does not begin with it."""
        index, names = corpus.index, corpus.names
        languages = (None, *names.languages)
        held: list[int] = []
        for form in dict.fromkeys(forms):
            before = index.rows_with_all([[term] for term in form[:-1]])
            rows = _rows_of_any(_near(Prefix(form[-1]), index), index, most, among=before)
            spoken = names.spoken[corpus.view.table.document_index[rows]].tolist()
            for row, text, at in zip(rows.tolist(), self._texts(rows, corpus), spoken, strict=True):
                if forms[at] == form and highlights.opens(form, text, languages[at]):
                    held.append(row)
        return held

    def _texts(self, rows: Rows, corpus: Corpus) -> list[str]:
        """What stands in these rows; nothing where a chunk is gone."""
        ids = corpus.view.ids[rows].tolist()
        texts = {chunk.id: chunk.text for chunk in self._catalog.chunks.by_ids(ids)}
        return [texts.get(number, "") for number in ids]

    def _texts_around(self, rows: Rows, corpus: Corpus) -> list[str]:
        """What stands in each of these rows and the two beside it, into which a phrase may go on."""
        before, after = corpus.view.neighbours(rows)
        near = np.stack([before, rows, after], axis=1)
        texts = self._texts(np.maximum(near, 0).ravel(), corpus)
        there = [text if row >= 0 else "" for row, text in zip(near.ravel().tolist(), texts, strict=True)]
        return [" ".join(there[at : at + 3]) for at in range(0, len(there), 3)]

    def _holding(self, forms: Forms, corpus: Corpus, *, is_open: bool = False) -> Mask:
        """Rows that hold a phrase in the form of their language, alone or with the rows beside them.

        `is_open`: its last term may be the beginning of one, as it always may where it is `terms.is_lone`.
        """
        holding = np.zeros(len(corpus.view.ids), bool)
        for form, inside in corpus.forms(forms):
            found = self._holding_form(form, corpus, is_open or terms.is_lone(form[-1]))
            holding |= found if inside is None else found & inside
        return holding

    def _holding_form(self, form: Phrase, corpus: Corpus, is_open: bool) -> Mask:
        index, view, chunks = corpus.index, corpus.view, self._catalog.chunks
        words = [*([term] for term in form[:-1]), index.beginning_with(form[-1]) if is_open else [form[-1]]]
        rows = index.rows_with_all(words)
        if len(form) > 1 and len(rows) > _READ:
            rows = view.rows_of(chunks.holding_phrase(form, is_open=is_open))
        elif len(form) > 1 and len(rows):
            wanted = f" {' '.join(form)}{'' if is_open else ' '}"
            found = (number for number, row in chunks.term_rows(view.ids[rows]) if wanted in f" {row} ")
            rows = view.rows_of(np.fromiter(found, np.int64))
        holding = np.zeros(len(view.ids), bool)
        holding[rows] = True
        borders = index.borders(words, view.joined)[:_BORDERS]
        holding[rows_across(words, borders, view, chunks.term_rows)] = True
        return holding


def _once(holding: Mask) -> tuple[Rows, Floats]:
    """Rows that hold something, as if each held it once."""
    rows = np.flatnonzero(holding)
    return rows, np.ones(len(rows), np.float32)


def _of_headings(query: Query, corpus: Corpus, variants: Variants | None) -> Floats:
    scores = np.zeros(len(corpus.view.ids), np.float32)
    has_headings = corpus.view.table.has_headings
    if has_headings.any():
        scores[has_headings] = corpus.headings.bm25(query.words, variants=variants).scores
    return scores


def _repeats(query: Query) -> list[int]:
    """How often each of the query's words stands in it, at least once: what a long question says again and
    again is what it is about."""
    often = Counter(token.term for token in terms.query_tokens(query.text))
    return [max(often[word[0]], 1) for word in query.words]


def _joined(query: Query) -> list[tuple[str, ...]]:
    """Neighbours among the query's words, joined: file names run words together ("BESTBUY_2024Q2")."""
    first = [word[0] for word in query.words]
    return [(a + b,) for a, b in pairwise(first) if a.isalpha() and b.isalpha()]


def _holding_signs(signs: Sequence[str], corpus: Corpus) -> Mask:
    """Rows that hold each of these; all of them where there is none."""
    holding = np.full(len(corpus.view.ids), not signs)
    holding[corpus.index.rows_with_all([[sign] for sign in signs])] = True
    return holding


def _rows_of_any(terms: Sequence[str], index: Index, most: int, among: Rows | None = None) -> Rows:
    """At most `most` rows that hold one of these terms, those of the first terms first."""
    found: dict[int, None] = {}
    for term in terms:
        rows = index.postings([term])[0]
        if among is not None:
            rows = rows[np.isin(rows, among)]
        found |= dict.fromkeys(rows[:most].tolist())
        if len(found) >= most:
            break
    return np.array(list(found)[:most], np.int64)


def _near(prefix: Prefix, index: Index) -> list[str]:
    """The terms that words with this beginning may have become, though the terms do not have it; the
    likeliest first."""
    start = prefix.start
    if not start[0].isalpha():
        return []
    wanted = []
    for one in (prefix, *map(Prefix, prefix.others)):
        near = index.beginning_with(one.start[: max(2, len(one.start) // 3)])
        begins = one.start if one is not prefix else None
        wanted += [t for t in near if one.shortens_to(t) or (begins and t.startswith(begins))]
    return sorted(dict.fromkeys(wanted), key=lambda term: (start.startswith(term), len(term)), reverse=True)


def _any_in(wanted: Sequence[str], names: Sequence[str]) -> Mask:
    return np.array([any(one in name for one in wanted) for name in names], bool)


def _weights(words: Sequence[Alternatives], told: Sequence[Told], size: int) -> dict[Alternatives, float]:
    """How much each word tells, 0 to 1, among `size` chunks; `told` is that of the words first. Codes are
    passed over: their parts are among the words."""
    total = max(size, 1)
    return {
        word: float(np.log1p(total / (len(one.rows) + 0.5)) / np.log1p(2 * total))
        for word, one in zip(words, told, strict=False)
        if not word[0].startswith(terms.CODE)
    }
