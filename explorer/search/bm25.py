"""BM25 over postings of our own, which follow the catalogue.

SQLite's FTS5 needs a second for a whole question over 200,000 chunks, most of it for words that stand
everywhere; arrays (`postings`) need some milliseconds. They are made when first needed, and only what is new
is read after that.

BM25: Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's idf, which is
never negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer import processes
from explorer.arrays import Floats, Mask, Rows
from explorer.search.borders import Borders
from explorer.search.postings import Segment, TermRows, Vocabulary, segment_of

_T = TypeVar("_T", bound=np.generic)

K1 = 0.8
B = 0.3
"""Chunks are about equally long, so their length says little; docs/retrieval.md has other values."""
SEGMENT = 50_000
"""At most this many chunks are sorted at once, which takes some 150 MB."""
_MOST_SEGMENTS = 8
"""At most this many small segments are kept beside the large ones; more are made into one."""
_MANY = 64
"""A word for which more than this many terms stand is taken to stand everywhere."""


class Told(NamedTuple):
    """What one word of a query says: the distinct rows that hold it, how often each does, and how much the
    word tells there."""

    rows: Rows
    counts: Floats
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What the words of a query say of every row."""

    scores: Floats
    """(n,): BM25."""
    told: tuple[Told, ...]
    """What it was added up from, in the order of the query's words."""


class Index:
    """What a view's rows hold, at one moment: never changed once made."""

    def __init__(self, vocabulary: Vocabulary, segments: Sequence[Segment], ids: Rows) -> None:
        self.vocabulary = vocabulary
        self.parts = [(segment, _rows_in(ids, segment.ids)) for segment in segments]
        """Each segment with the row of each of its chunks, -1 for those that are gone."""
        self._size = len(ids)
        self.scraps = self._of_rows(lambda segment: segment.scraps, np.zeros(len(ids), bool))
        """(n,): rows without a word, such as the number of a page."""
        self.lengths = self._of_rows(lambda segment: segment.lengths, np.zeros(len(ids), np.float32))
        """(n,): how many terms each row has."""
        self._norms = norms_of(self.lengths)
        self._borders = Borders(
            self._of_rows(lambda segment: segment.firsts, np.full(len(ids), -1, np.int32)),
            self._of_rows(lambda segment: segment.lasts, np.full(len(ids), -1, np.int32)),
            self._of_rows(lambda segment: segment.words, np.zeros(len(ids), np.int32)),
        )

    def __len__(self) -> int:
        return self._size

    def postings(self, terms: Iterable[str]) -> tuple[Rows, Floats]:
        """The rows that hold any of these terms, and how often they hold them together; in no order."""
        numbers = self._numbers(terms)
        rows: list[NDArray[np.int32]] = []
        counts: list[NDArray[np.uint8]] = []
        for segment, mapped in self.parts:
            found = segment.of_any(numbers)
            rows.append(mapped[segment.rows[found]])
            counts.append(segment.counts[found])
        every = np.concatenate([np.empty(0, np.int32), *rows])
        often = np.concatenate([np.empty(0, np.uint8), *counts]).astype(np.float32)
        if len(every) and every.min() < 0:
            often, every = often[every >= 0], every[every >= 0]
        return _added(every, often, self._size) if len(numbers) > 1 else (every.astype(np.int64), often)

    def weighed(self, terms: Iterable[tuple[str, float]]) -> tuple[Rows, Floats]:
        """The rows that hold any of these terms, ascending, and how often, each occurrence times the share
        that stands beside its term."""
        often = np.zeros(self._size, np.float32)
        for term, share in terms:
            rows, counts = self.postings([term])
            often[rows] += np.float32(share) * counts
        rows = np.flatnonzero(often)
        return rows, often[rows]

    def standing(self, terms: Iterable[str]) -> int:
        """About how many rows hold any of these terms, those that are gone among them."""
        return self._standing(self._numbers(terms))

    def rows(self, terms: Iterable[str]) -> Rows:
        """The rows that hold any of these terms, ascending."""
        return np.sort(self.postings(terms)[0])

    def rows_with_all(self, words: Sequence[Sequence[str]]) -> Rows:
        """The rows that hold every word, each given as the terms that stand for it; ascending."""
        numbers = [self._numbers(terms) for terms in words]
        found = []
        for segment, mapped in self.parts if words and all(numbers) else ():
            rows = mapped[segment.rows_with_all(numbers)]
            found.append(rows[rows >= 0])
        return np.sort(np.concatenate([np.empty(0, np.int64), *found]))

    def beginning_with(self, prefix: str) -> list[str]:
        """All terms with this beginning that any row has held."""
        return self.vocabulary.beginning_with(prefix)

    def borders(self, phrase: Sequence[Sequence[str]], joined: Mask) -> list[tuple[int, int]]:
        """(row, n): where the row may end with the phrase's first n words and the next begin with the others.

        The phrase is given as the terms that stand for each of its words; `joined[i]` says whether row i + 1
        goes on where row i ends. Only the words beside the border are compared in their places; the others
        must stand somewhere in their row, unless it is too short for all of them.
        """
        numbers = [self._numbers(terms) for terms in phrase]
        if not all(numbers):
            return []  # a word that stands nowhere
        rows, sizes = self._borders.within(numbers)
        rows, sizes = rows[joined[rows]], sizes[joined[rows]]
        if not len(rows):
            return []
        for at in self._rarest_first(numbers):
            # The row holds the first `sizes` words of the phrase and the next one the others.
            is_before = at < sizes
            where = np.where(is_before, rows, rows + 1)
            shares = np.where(is_before, sizes, len(numbers) - sizes)
            kept = self._borders.are_too_short(where, shares) | self._holding(numbers[at])[where]
            rows, sizes = rows[kept], sizes[kept]
            if not len(rows):
                return []
        return list(zip(rows.tolist(), sizes.tolist(), strict=True))

    def _rarest_first(self, words: Sequence[Sequence[int]]) -> list[int]:
        """The positions of these words, those that few rows hold first: they leave the least to look at."""
        return sorted(range(len(words)), key=lambda at: self._standing(words[at]))

    def _standing(self, numbers: Sequence[int]) -> int:
        """About how many rows hold any of these terms."""
        if len(numbers) > _MANY:
            return self._size
        return sum(of.stop - of.start for segment, _ in self.parts for of in map(segment.of, numbers))

    def _holding(self, numbers: Sequence[int]) -> Mask:
        """(n,): the rows that hold any of these terms."""
        holding = np.zeros(self._size + 1, bool)  # the last stands for rows that are gone
        for segment, mapped in self.parts:
            found = segment.of_any(numbers)
            holding[mapped[segment.rows[found]]] = True
        return holding[:-1]

    def _of_rows(self, of: Callable[[Segment], NDArray[_T]], values: NDArray[_T]) -> NDArray[_T]:
        """`values` (n,) with what the segments have of each row."""
        for segment, rows in self.parts:
            alive = rows >= 0
            values[rows[alive]] = of(segment)[alive]
        return values

    def _numbers(self, terms: Iterable[str]) -> list[int]:
        return list({n for n in map(self.vocabulary.number, terms) if n is not None})

    def idf(self, holding: int) -> float:
        """How much a word tells that `holding` rows hold; 0 where none does."""
        return float(np.log1p((self._size - holding + 0.5) / (holding + 0.5))) if holding else 0.0

    def bm25(
        self,
        words: Iterable[Sequence[str]],
        found: Iterable[tuple[Rows, Floats]] = (),
        *,
        sharpness: float = 1.0,
        variants: Mapping[tuple[str, ...], Sequence[tuple[str, float]]] | None = None,
        repeats: Iterable[int] = (),
    ) -> Matches:
        """BM25 of every row.

        Each word is given as the terms that stand for it, which count as one, and counts as often as
        `repeats` says of the first words (of the others: once); `found` is what else was looked for, each by
        the distinct rows that hold it and how often. `sharpness` is the power to which idf is raised (and
        scaled so that the rarest words keep theirs): above 1, rare words decide more. `variants`: for some of
        the words, all terms that stand for them, with the share at which an occurrence counts.
        """
        scores, most = np.zeros(self._size, np.float32), self.idf(1)
        told: list[Told] = []
        weighed = variants or {}
        held_by = (
            self.weighed(weighed[tuple(word)]) if tuple(word) in weighed else self.postings(word)
            for word in words
        )
        every = chain(held_by, found)
        for (rows, counts), times in zip(every, chain(repeats, repeat(1))):  # noqa: B905 (endless)
            weight = times * most * (self.idf(len(rows)) / most) ** sharpness if len(rows) else 0.0
            scores[rows] += np.float32(weight) * saturated(counts, self._norms[rows])
            told.append(Told(rows, counts, weight))
        return Matches(scores, tuple(told))


class PostingsFollower:
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
        if len(missing) > SEGMENT // 5:
            processes.give_back()
        self._segments = kept
        return Index(self._vocabulary, kept, ids)


def norms_of(lengths: Floats) -> Floats:
    """(n,): what `saturated` wants of texts of these lengths (n,)."""
    mean = float(lengths.mean()) if len(lengths) else 0.0
    return np.asarray(K1 * (1 - B + B * lengths / max(mean, 1e-9)), np.float32)


def saturated(counts: Floats, norms: Floats) -> Floats:
    """(n,): what BM25 makes of how often a word stands in texts, given their `norms_of`; 0 to 1 + K1."""
    return np.asarray(np.float32(K1 + 1) * counts / (counts + norms), np.float32)


def _added(rows: NDArray[np.int32], counts: Floats, size: int) -> tuple[Rows, Floats]:
    """Each row once, with the sum of its counts."""
    if len(rows) * 16 > size:
        total = np.bincount(rows, counts, size)
        distinct = np.flatnonzero(total)
        return distinct, total[distinct].astype(np.float32)
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    sums = np.add.reduceat(counts[order], first) if len(first) else np.empty(0)
    return rows[first].astype(np.int64), sums.astype(np.float32)


def _rows_in(ids: Rows, wanted: Rows) -> NDArray[np.int32]:
    """For each wanted id its row among the ascending `ids`; -1 where it is not there."""
    if len(ids) == 0:
        return np.full(len(wanted), -1, np.int32)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, at, -1).astype(np.int32)


def _alive(segment: Segment, ids: Rows) -> int:
    return int((_rows_in(ids, segment.ids) >= 0).sum())
