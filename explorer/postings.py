"""BM25 over postings of our own: which chunks hold a term how often, as arrays that follow the catalogue.

SQLite's FTS5 needs a second for a whole question over 200,000 chunks, most of it for words that stand
everywhere. Arrays need some milliseconds: 5 bytes for each distinct word of each chunk. They are made from
the keyword rows when first needed (about 15 µs a chunk), and only what is new is read after that.

BM25: Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's idf, which is
never negative.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.terms import CODE

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
TermRows = Iterable[tuple[int, str]]
"""Ids with their terms, joined by spaces, ids ascending."""

K1 = 0.9
B = 0.4
"""As in the study behind `ranking`: chunks are of like length, so length says little."""
SEGMENT = 50_000
"""Chunks that are sorted at once: bounds the memory that making it takes (some 150 MB)."""
_MOST_SEGMENTS = 8
"""Beyond what large ones there are: small ones are made into one."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Postings of some chunks: of `terms[i]` they are `rows[starts[i]:starts[i + 1]]`, with `counts`."""

    ids: Rows
    lengths: Floats
    terms: NDArray[np.int32]
    starts: Rows
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]

    def of(self, term: int) -> slice:
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


class Vocabulary:
    """Numbers for terms, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sorted: list[str] = []

    def number(self, term: str) -> int | None:
        return self._numbers.get(term)

    def numbers(self, terms: Sequence[str]) -> list[int]:
        """Numbers of these terms; those never met get one."""
        known = self._numbers
        return [known.setdefault(term, len(known)) for term in terms]

    def beginning_with(self, prefix: str) -> list[str]:
        """All terms with this beginning."""
        if len(self._sorted) != len(self._numbers):
            self._sorted = sorted(self._numbers)
        found = self._sorted
        at = bisect_left(found, prefix)
        end = at
        while end < len(found) and found[end].startswith(prefix):
            end += 1
        return found[at:end]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What the words of a query say of every row, (n,) each."""

    scores: Floats
    coverage: Floats
    """The share of the query, by what its words tell, that the row holds: 0 to 1."""


class Index:
    """What a view's rows hold, at one moment: never changed once made."""

    def __init__(self, vocabulary: Vocabulary, segments: Sequence[Segment], ids: Rows) -> None:
        self._vocabulary = vocabulary
        self._parts = [(segment, _rows_in(ids, segment.ids)) for segment in segments]
        self._size = len(ids)
        lengths = np.zeros(len(ids), np.float32)
        for segment, rows in self._parts:
            alive = rows >= 0
            lengths[rows[alive]] = segment.lengths[alive]
        mean = float(lengths.mean()) if len(ids) else 0.0
        self._norms = np.asarray(K1 * (1 - B + B * lengths / max(mean, 1e-9)), np.float32)

    def __len__(self) -> int:
        return self._size

    def postings(self, terms: Iterable[str]) -> tuple[Rows, Floats]:
        """The rows that hold any of these terms, and how often they hold them together; in no order."""
        rows: list[NDArray[np.int32]] = []
        counts: list[NDArray[np.uint8]] = []
        numbers = {number for number in map(self._vocabulary.number, terms) if number is not None}
        for number in numbers:
            for segment, mapped in self._parts:
                found = segment.of(number)
                if found.stop > found.start:
                    rows.append(mapped[segment.rows[found]])
                    counts.append(segment.counts[found])
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        every, often = np.concatenate(rows), np.concatenate(counts).astype(np.float32)
        if every.min() < 0:
            often, every = often[every >= 0], every[every >= 0]
        if len(numbers) > 1:
            every, inverse = np.unique(every, return_inverse=True)
            often = np.bincount(inverse, often, len(every)).astype(np.float32)
        return every.astype(np.int64), often

    def rows(self, terms: Iterable[str]) -> Rows:
        """The rows that hold any of these terms, ascending."""
        return np.unique(self.postings(terms)[0])

    def rows_beginning(self, prefix: str) -> Rows:
        """The rows that hold a term with this beginning, ascending."""
        return self.rows(self._vocabulary.beginning_with(prefix))

    def idf(self, holding: int) -> float:
        """How much a word tells that so many rows hold; 0 for none."""
        return float(np.log1p((self._size - holding + 0.5) / (holding + 0.5))) if holding else 0.0

    def bm25(
        self, words: Iterable[Sequence[str]], prefixes: Iterable[str] = (), *, sharpness: float = 1.0
    ) -> Matches:
        """BM25 of every row, and which share of the query each row holds.

        Each word is given as the terms that stand for it, a prefix stands for every term that it begins; what
        stands for one word counts as one. `sharpness` is the power to which idf is raised (and scaled so that
        the rarest words keep theirs): above 1, rare words decide more.
        """
        scores, held = np.zeros(self._size, np.float32), np.zeros(self._size, np.float32)
        most, total = self.idf(1), 0.0
        begun = (self._vocabulary.beginning_with(prefix) for prefix in prefixes)
        for terms in (*words, *begun):
            rows, counts = self.postings(terms)
            is_code = bool(terms) and terms[0].startswith(CODE)
            if len(rows):
                weight = np.float32(most * (self.idf(len(rows)) / most) ** sharpness)
                scores[rows] += weight * counts * (K1 + 1) / (counts + self._norms[rows])
                if not is_code:
                    held[rows] += weight
            if not is_code:  # its parts are among the words
                total += float(weight) if len(rows) else most
        return Matches(scores, np.minimum(held / max(total, 1e-9), 1.0).astype(np.float32))


class Postings:
    """Segments that follow a set of ids. Give `follow` one caller at a time."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._segments: list[Segment] = []

    def follow(self, ids: Rows, read: Callable[[Rows], TermRows]) -> Index:
        """An index of exactly these ids (ascending); `read` is asked for the terms of those not known yet.

        An id's terms never change, and an id is never used twice.
        """
        kept = [segment for segment in self._segments if _alive(segment, ids) > len(segment.ids) / 2]
        if sum(len(segment.ids) < SEGMENT // 2 for segment in kept) > _MOST_SEGMENTS:
            kept = [segment for segment in kept if len(segment.ids) >= SEGMENT // 2]
        known = np.concatenate([np.empty(0, np.int64), *(segment.ids for segment in kept)])
        if not len(known):
            self._vocabulary = Vocabulary()
        missing = np.setdiff1d(ids, known)
        for start in range(0, len(missing), SEGMENT):
            kept.append(segment_of(self._vocabulary, read(missing[start : start + SEGMENT])))
        self._segments = kept
        return Index(self._vocabulary, kept, ids)


def segment_of(vocabulary: Vocabulary, rows: TermRows) -> Segment:
    """The postings of these rows."""
    ids, lengths, numbers = array("q"), array("i"), array("i")
    for number, line in rows:
        found = vocabulary.numbers(line.split())
        ids.append(number)
        lengths.append(len(found))
        numbers.extend(found)
    long = np.frombuffer(lengths, np.int32) if lengths else np.empty(0, np.int32)
    flat = np.frombuffer(numbers, np.int32) if numbers else np.empty(0, np.int32)
    keys = flat.astype(np.int64) << 32
    keys += np.repeat(np.arange(len(long)), long)
    keys.sort()
    first = np.flatnonzero(np.concatenate([[True], np.diff(keys) != 0])) if len(keys) else np.empty(0, int)
    counts = np.minimum(np.diff(np.append(first, len(keys))), 255).astype(np.uint8)
    distinct = keys[first]
    of_term = (distinct >> 32).astype(np.int32)
    terms, starts = np.unique(of_term, return_index=True)
    return Segment(
        ids=np.array(ids, np.int64),
        lengths=long.astype(np.float32),
        terms=terms,
        starts=np.append(starts, len(distinct)).astype(np.int64),
        rows=(distinct & 0xFFFFFFFF).astype(np.int32),
        counts=counts,
    )


def _rows_in(ids: Rows, wanted: Rows) -> NDArray[np.int32]:
    """For each wanted id its row among the ascending `ids`; -1 where it is not there."""
    if len(ids) == 0:
        return np.full(len(wanted), -1, np.int32)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, at, -1).astype(np.int32)


def _alive(segment: Segment, ids: Rows) -> int:
    return int((_rows_in(ids, segment.ids) >= 0).sum())
