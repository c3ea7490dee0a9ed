"""Rows of tables that a query asks for, by label, columns, title, year and document.

Only the tables of the documents that come into question are looked at, and they are read when they first do:
a library of thousands of documents holds millions of rows, few of which are ever asked for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from explorer.arrays import Floats, Mask, Rows
from explorer.errors import NotFound
from explorer.search.corpus import Corpus
from explorer.search.keyword import KeywordScores
from explorer.search.query import Alternatives, Query
from explorer.search.rows.asked import RowQuery, asked
from explorer.search.rows.labels import DocumentRows, LabelledRow, document_rows
from explorer.search.rows.synonyms import in_other_words
from explorer.types import TableRow

if TYPE_CHECKING:
    from explorer.catalog import Catalog

DOCUMENTS = 4
"""Documents that are looked at because of their names, and as many because of their passages."""
MOST_TABLES, LONGEST_TABLE = 1_000, 200_000
"""Of a document; tables of more characters are data, of which a search reads no more than their passages."""
KEPT_ROWS = 60_000
"""Rows that are kept in memory, some 60 MB."""
MOST_FOUND = 12
LEAST = 0.55
"""A row that fits less is none that was asked for."""
COVERED = 0.7
"""The share of the query, by what its words tell, that a row, its table and its document say."""
LABELLED = 0.3
"""The share that its label says, of what neither its columns nor the document say."""
NEARLY = 0.45
"""The share of the label that the query says."""
SECTION, HEADS, TITLE, ABOVE = 0.9, 0.85, 0.8, 0.6
"""How much a word counts that does not stand in the label but there."""
BEGUN, OPENED = 0.85, 0.7
"""How much a word counts that begins a word of the document's name, or stands on its first page."""
NAMED_ELSE = 0.6
"""What a row of another document than the named one is worth."""
YEAR_OF_NAME, NO_YEAR, OTHER_YEAR = 0.85, 0.7, 0.4
"""What a row is worth whose document says the year by its name or title, that says none, or another one."""
OTHERWISE = 0.9
"""What a row is worth that goes by another name for what was asked for (`synonyms`)."""
_LIKELY = 0.25
"""Rows whose labels say less than this share of what the best label says are not looked at closely."""
_OPENING = 3
"""The first chunks of a document, which say whose it is."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundRow:
    """A row that fits a query: its chunk as the row of a view, and how well it fits, 0 to 1."""

    at: int
    score: float
    row: LabelledRow

    @property
    def shown(self) -> TableRow:
        """The row as people see it."""
        row, table = self.row, self.row.table
        return TableRow(row.start, row.end, table.page, row.cells, table.columns, table.title, table.unit)


class RowFinder:
    """Follows one catalogue. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._holders: tuple[int, Mask] = (-1, np.zeros(0, bool))
        self._read: OrderedDict[int, DocumentRows] = OrderedDict()

    def find(self, query: Query, words: KeywordScores, allowed: Rows, corpus: Corpus) -> list[FoundRow]:
        """The rows that a query asks for among the `allowed` rows of a view, best first, each in a chunk of
        its own; empty where it asks for none."""
        wanted = asked(query, words.weights)
        holders = self._holding(corpus)
        if wanted is None or not holders.any():
            return []
        about = _About(wanted, corpus)
        if not (wanted.years or about.evidence.any()):
            return []
        documents = self._candidates(about, words, allowed, corpus, holders)
        fits = [(1.0, _Fits(wanted, about, corpus))]
        for other in in_other_words(wanted):
            fits.append((OTHERWISE, _Fits(other, _About(other, corpus), corpus)))
        found: dict[int, FoundRow] = {}
        for document in documents:
            table = corpus.view.table
            first, after = np.searchsorted(table.document_index, [document, document + 1])
            rows = self._rows_of(document, int(first), corpus)
            for score, row in (
                (worth * score, row) for worth, fit in fits for score, row in fit.of(rows, document)
            ):
                at = int(first + np.searchsorted(table.starts[first:after], row.start, "right")) - 1
                if at >= first and (at not in found or found[at].score < score):
                    found[at] = FoundRow(at, score, row)
        inside = [one for one in found.values() if _holds(allowed, one.at)]
        return sorted(inside, key=lambda one: (-one.score, one.at))[:MOST_FOUND]

    def _holding(self, corpus: Corpus) -> Mask:
        """(documents,): which of them have a table."""
        sequence = corpus.view.sequence
        with self._lock:
            if self._holders[0] != sequence:
                holders = self._catalog.tables.holders()
                known = corpus.view.table.documents
                self._holders = (sequence, np.array([document in holders for document in known], bool))
            return self._holders[1]

    def _candidates(
        self, about: _About, words: KeywordScores, allowed: Rows, corpus: Corpus, holders: Mask
    ) -> list[int]:
        """The documents that are looked at: those that are named, and those of the likeliest chunks."""
        inside = np.zeros(len(holders), bool)
        index = corpus.view.table.document_index
        inside[np.unique(index[allowed])] = True
        inside &= holders
        named = np.flatnonzero(inside & (about.evidence > 0))
        chosen = named[np.argsort(-about.evidence[named], kind="stable")][:DOCUMENTS].tolist()
        best = np.zeros(len(holders), np.float32)
        np.maximum.at(best, index[allowed], words.text[allowed])
        likely = np.flatnonzero(inside & (best > 0))
        chosen += likely[np.argsort(-best[likely], kind="stable")][:DOCUMENTS].tolist()
        return list(dict.fromkeys(chosen))

    def _rows_of(self, document: int, first: int, corpus: Corpus) -> DocumentRows:
        """The rows of a document, read once. Its first chunk's id tells its text from what it was before."""
        key, id_ = int(corpus.view.ids[first]), corpus.view.table.documents[document]
        with self._lock:
            if key in self._read:
                self._read.move_to_end(key)
                return self._read[key]
        language = (None, *corpus.names.languages)[corpus.names.spoken[document]]
        rows = DocumentRows()
        with suppress(NotFound):  # it was removed meanwhile
            rows = document_rows(self._catalog.tables.first(id_, MOST_TABLES, LONGEST_TABLE), language)
        with self._lock:
            self._read[key] = rows
            while sum(len(one.rows) for one in self._read.values()) > KEPT_ROWS and len(self._read) > 1:
                self._read.popitem(last=False)
        return rows


class _About:
    """What the words of a query say of each document."""

    def __init__(self, wanted: RowQuery, corpus: Corpus) -> None:
        names, size = corpus.names.index, len(corpus.names.folded)
        self.named = np.zeros((len(wanted.words), size), bool)
        self.begun = np.zeros_like(self.named)
        self._words, self._corpus = wanted.words, corpus
        for at, word in enumerate(wanted.words):
            self.named[at, names.rows(word)] = True
            start = word[0]
            if len(start) > 2 and start.isalpha():
                self.begun[at, names.rows(names.beginning_with(start))] = True
        for at, (word, following) in enumerate(pairwise(wanted.words)):
            joined = names.rows([word[0] + following[0]])
            self.named[at : at + 2, joined] = True
        weights = np.array(wanted.weights)[:, None]
        self.evidence: Floats = (weights * np.maximum(self.named, BEGUN * self.begun)).sum(axis=0)
        self.year = np.zeros(size, bool)
        for year in wanted.years:
            self.year[names.rows([year])] = True

    @cached_property
    def opened(self) -> Mask:
        """(words, documents): which stand on a document's first page, unless half of the documents have it
        there."""
        table, size = self._corpus.view.table, self.named.shape[1]
        opened = np.zeros_like(self.named)
        firsts = np.searchsorted(table.document_index, np.arange(size))
        for at, word in enumerate(self._words):
            rows = self._corpus.index.postings(word)[0]
            early = rows - firsts[table.document_index[rows]] < _OPENING
            documents = np.unique(table.document_index[rows[early]])
            if len(documents) <= max(size // 2, 1):
                opened[at, documents] = True
        return opened


class _Fits:
    """How well rows fit a query."""

    def __init__(self, wanted: RowQuery, about: _About, corpus: Corpus) -> None:
        self._wanted = wanted
        self._about = about
        self._corpus = corpus
        self._most = float(about.evidence.max(initial=0.0))
        self._told: dict[str, float] = {}

    def of(self, rows: DocumentRows, document: int) -> Iterator[tuple[float, LabelledRow]]:
        """The rows of a document that fit, with how well."""
        about = self._about
        begun = np.where(about.begun[:, document], BEGUN, np.where(about.opened[:, document], OPENED, 0.0))
        named, known = about.named[:, document].tolist(), begun.tolist()
        share = float(about.evidence[document]) / self._most if self._most else 1.0
        of_document = NAMED_ELSE + (1 - NAMED_ELSE) * share
        is_of_year = bool(about.year[document])
        for number in self._likely(rows, named):
            row = rows.rows[number]
            score = self._score(row, named, known) * of_document
            if score >= LEAST:
                score *= self._year(row, is_of_year)
            if score >= LEAST * NO_YEAR:
                yield score, row

    def _likely(self, rows: DocumentRows, named: list[bool]) -> list[int]:
        """The rows whose labels say at least `_LIKELY` of what that label says that says most; words that
        name the document tell nothing here."""
        said: dict[int, float] = {}
        for word, weight, is_named in zip(self._wanted.words, self._wanted.weights, named, strict=True):
            tells = 0.0 if is_named else weight
            for number in {number for term in word for number in rows.by_term.get(term, ())}:
                said[number] = said.get(number, 0.0) + tells
        least = _LIKELY * max(said.values(), default=0.0)
        return sorted(number for number, told in said.items() if told >= least)

    def _score(self, row: LabelledRow, named: list[bool], known: list[float]) -> float:
        """How well a row's words fit, 0 to 1."""
        covered = labelled = elsewhere = total = 0.0
        for word, weight, is_named, otherwise in zip(
            self._wanted.words, self._wanted.weights, named, known, strict=True
        ):
            counts = _counts(word, row)
            if is_named and counts < 1.0:
                continue  # it says which document
            total += weight
            covered += weight * max(counts, otherwise)
            labelled += weight * (counts == 1.0)
            elsewhere += weight * (counts == HEADS or otherwise > counts)
        if not total or covered < COVERED * total or labelled < LABELLED * (total - elsewhere):
            return 0.0
        nearly = self._share_of_label(row)
        if not labelled or nearly < NEARLY:
            return 0.0
        size = min(row.table.rows, 32) / 32
        return float(covered / total * nearly**0.5 * (0.95 + 0.05 * size))

    def _share_of_label(self, row: LabelledRow) -> float:
        """The share of a row's label that the query says, by what its words tell."""
        asked_for = {term for word in self._wanted.words for term in word}
        said = total = 0.0
        for term in row.kernel:
            if any(mark.isdigit() for mark in term):
                continue
            tells = self._tells(term)
            total += tells
            said += tells * (term in asked_for)
        return said / total if total else 0.0

    def _tells(self, term: str) -> float:
        if term not in self._told:
            size = max(len(self._corpus.index), 1)
            holding = self._corpus.index.standing([term])
            self._told[term] = float(np.log1p(size / (holding + 0.5)) / np.log1p(2 * size))
        return self._told[term]

    def _year(self, row: LabelledRow, is_of_year: bool) -> float:
        """What the years that were asked for leave of a row's worth."""
        years = self._wanted.years
        if not years:
            return 1.0
        said = row.table.head_years | row.years
        if years <= said:
            return 1.0 if is_of_year else 0.99
        if is_of_year or years <= row.table.title_years:
            return YEAR_OF_NAME
        return OTHER_YEAR if said or row.table.title_years else NO_YEAR


def _counts(word: Alternatives, row: LabelledRow) -> float:
    """How much a word of the query counts beside a row, by where it stands."""
    if any(term in row.label for term in word):
        return 1.0
    table = row.table
    for where, counts in (
        (row.section, SECTION), (table.heads, HEADS), (table.about, TITLE), (table.above, ABOVE),
    ):  # fmt: skip
        if any(term in where for term in word):
            return counts
    return 0.0


def _holds(allowed: Rows, at: int) -> bool:
    place = int(np.searchsorted(allowed, at))
    return place < len(allowed) and int(allowed[place]) == at
