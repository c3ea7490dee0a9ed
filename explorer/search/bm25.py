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
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from explorer import processes
from explorer.arrays import Floats, Rows
from explorer.words.terms import CODE

TermRows = Iterable[tuple[int, str]]
"""Ids with their terms, joined by spaces, ids ascending."""

K1 = 0.9
B = 0.4
"""As in the study behind `ranking`: chunks are of like length, so length says little."""
SEGMENT = 50_000
"""Chunks that are sorted at once: bounds the memory that making it takes (some 150 MB)."""
SCRAP = 3
"""Terms that a chunk without a word may have to be taken for nothing but a number or a mark."""
_MOST_SEGMENTS = 8
"""Beyond what large ones there are: small ones are made into one."""
_ONE_BY_ONE = 64
"""More terms than that are looked up together."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Postings of some chunks: of `terms[i]` they are `rows[starts[i]:starts[i + 1]]`, with `counts`.

    The rows of a term ascend. `firsts` and `lasts` are the terms that each chunk begins and ends with, codes
    aside; -1 where it has none. `scraps`: which are of up to `SCRAP` terms and hold no word, such as "A-25".
    """

    ids: Rows
    lengths: Floats
    terms: NDArray[np.int32]
    starts: Rows
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]
    firsts: NDArray[np.int32]
    lasts: NDArray[np.int32]
    scraps: NDArray[np.bool_]
    words: NDArray[np.int32]
    """How many terms each chunk has, codes aside."""

    def of(self, term: int) -> slice:
        at = int(np.searchsorted(self.terms, np.int32(term)))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def of_many(self, terms: Sequence[int]) -> NDArray[np.intp]:
        """Where the postings of these terms are, ascending."""
        if len(terms) <= _ONE_BY_ONE:
            found = map(self.of, sorted(terms))
            return np.concatenate([np.empty(0, np.intp), *(np.arange(one.start, one.stop) for one in found)])
        is_wanted = np.isin(self.terms, np.array(terms, np.int32))
        return np.flatnonzero(np.repeat(is_wanted, np.diff(self.starts)))


class Vocabulary:
    """Numbers for terms, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sorted: list[str] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, term: str) -> int | None:
        return self._numbers.get(term)

    def terms(self) -> list[str]:
        """All terms by their numbers."""
        return list(self._numbers)  # at once: another thread may be reading more

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
        self.vocabulary = vocabulary
        self.parts = [(segment, _rows_in(ids, segment.ids)) for segment in segments]
        """Each segment with the row of each of its chunks, -1 for those that are gone."""
        self._size = len(ids)
        lengths = np.zeros(len(ids), np.float32)
        self._firsts, self._lasts = np.full(len(ids), -1, np.int32), np.full(len(ids), -1, np.int32)
        self._words = np.zeros(len(ids), np.int32)
        self.scraps = np.zeros(len(ids), bool)
        """(n,): rows without a word, such as the number of a page."""
        for segment, rows in self.parts:
            alive = rows >= 0
            lengths[rows[alive]] = segment.lengths[alive]
            self._firsts[rows[alive]] = segment.firsts[alive]
            self._lasts[rows[alive]] = segment.lasts[alive]
            self._words[rows[alive]] = segment.words[alive]
            self.scraps[rows[alive]] = segment.scraps[alive]
        mean = float(lengths.mean()) if len(ids) else 0.0
        self._by_border: tuple[Rows, Rows] | None = None
        """What rows end with and the next begin with, ascending, and these rows; made when first needed."""
        self._norms = np.asarray(K1 * (1 - B + B * lengths / max(mean, 1e-9)), np.float32)

    def __len__(self) -> int:
        return self._size

    def postings(self, terms: Iterable[str]) -> tuple[Rows, Floats]:
        """The rows that hold any of these terms, and how often they hold them together; in no order."""
        numbers = self._numbers(terms)
        rows: list[NDArray[np.int32]] = []
        counts: list[NDArray[np.uint8]] = []
        for segment, mapped in self.parts:
            found = segment.of(numbers[0]) if len(numbers) == 1 else segment.of_many(numbers)
            rows.append(mapped[segment.rows[found]])
            counts.append(segment.counts[found])
        every = np.concatenate([np.empty(0, np.int32), *rows])
        often = np.concatenate([np.empty(0, np.uint8), *counts]).astype(np.float32)
        if len(every) and every.min() < 0:
            often, every = often[every >= 0], every[every >= 0]
        return _added(every, often, self._size) if len(numbers) > 1 else (every.astype(np.int64), often)

    def rows(self, terms: Iterable[str]) -> Rows:
        """The rows that hold any of these terms, ascending."""
        return np.sort(self.postings(terms)[0])

    def rows_with_all(self, words: Sequence[Sequence[str]]) -> Rows:
        """The rows that hold every word, each given as the terms that stand for it; ascending."""
        numbers = [self._numbers(terms) for terms in words]
        found = []
        for segment, mapped in self.parts if words and all(numbers) else ():
            rows = mapped[_in_all(segment, numbers)]
            found.append(rows[rows >= 0])
        return np.sort(np.concatenate([np.empty(0, np.int64), *found]))

    def beginning_with(self, prefix: str) -> list[str]:
        """All terms with this beginning that any row has held."""
        return self.vocabulary.beginning_with(prefix)

    def borders(self, phrase: Sequence[Sequence[str]], joined: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """(row, n): where the row may end with the phrase's first n words and the next begin with the rest.

        `joined[i]`: row i + 1 goes on where row i ends. Only the words at the border are compared in their
        places; the others must stand in their row, unless it is too short for all of them.
        """
        numbers = [self._numbers(terms) for terms in phrase]
        rows, sizes = self._meeting(numbers) if all(numbers) else (np.empty(0, np.int64),) * 2
        rows, sizes = rows[joined[rows]], sizes[joined[rows]]
        if not len(rows):
            return []
        for at in sorted(range(len(numbers)), key=lambda at: self._standing(numbers[at])):
            is_before = at < sizes
            where = np.where(is_before, rows, rows + 1)
            is_short = self._words[where] < np.where(is_before, sizes, len(numbers) - sizes)
            kept = is_short | self._holding(numbers[at])[where]
            rows, sizes = rows[kept], sizes[kept]
            if not len(rows):
                break
        return list(zip(rows.tolist(), sizes.tolist(), strict=True))

    def _meeting(self, phrase: Sequence[Sequence[int]]) -> tuple[Rows, Rows]:
        """As `borders`, by the two words at the border alone."""
        if self._by_border is None:
            keys = (self._lasts[:-1].astype(np.int64) << 32) + self._firsts[1:]
            order = np.argsort(keys, kind="stable")
            self._by_border = keys[order], order
        keys, order = self._by_border
        wanted = [
            (n, (before << 32) + after)
            for n in range(1, len(phrase))
            for before in phrase[n - 1]
            for after in phrase[n]
        ]
        sizes, borders = np.array(wanted, np.int64).reshape(-1, 2).T
        starts, ends = np.searchsorted(keys, borders), np.searchsorted(keys, borders, "right")
        places = [np.arange(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
        return order[np.concatenate([np.empty(0, np.intp), *places])], np.repeat(sizes, ends - starts)

    def _standing(self, numbers: Sequence[int]) -> int:
        """About how many rows hold any of these terms."""
        if len(numbers) > _ONE_BY_ONE:
            return self._size
        return sum(of.stop - of.start for segment, _ in self.parts for of in map(segment.of, numbers))

    def _holding(self, numbers: Sequence[int]) -> NDArray[np.bool_]:
        """(n,): the rows that hold any of these terms."""
        holding = np.zeros(self._size + 1, bool)  # the last stands for rows that are gone
        for segment, mapped in self.parts:
            found = segment.of(numbers[0]) if len(numbers) == 1 else segment.of_many(numbers)
            holding[mapped[segment.rows[found]]] = True
        return holding[:-1]

    def _numbers(self, terms: Iterable[str]) -> list[int]:
        return list({n for n in map(self.vocabulary.number, terms) if n is not None})

    def idf(self, holding: int) -> float:
        """How much a word tells that so many rows hold; 0 for none."""
        return float(np.log1p((self._size - holding + 0.5) / (holding + 0.5))) if holding else 0.0

    def bm25(
        self,
        words: Iterable[Sequence[str]],
        found: Iterable[tuple[Rows, Floats]] = (),
        *,
        sharpness: float = 1.0,
    ) -> Matches:
        """BM25 of every row, and which share of the query each row holds.

        Each word is given as the terms that stand for it, which count as one; `found` is what else was looked
        for, each by the distinct rows that hold it and how often. `sharpness` is the power to which idf is
        raised (and scaled so that the rarest words keep theirs): above 1, rare words decide more.
        """
        scores, held = np.zeros(self._size, np.float32), np.zeros(self._size, np.float32)
        most, total = self.idf(1), 0.0
        words = list(words)
        codes = [bool(terms) and terms[0].startswith(CODE) for terms in words]
        if all(codes):
            codes = [False] * len(words)  # a query of signs alone
        every = chain(map(self.postings, words), found)
        for (rows, counts), is_code in zip(every, chain(codes, repeat(False))):  # noqa: B905 (endless)
            weight = most
            if len(rows):
                weight = most * (self.idf(len(rows)) / most) ** sharpness
                told = np.float32(weight * (K1 + 1)) * counts
                told /= counts + self._norms[rows]
                scores[rows] += told
                if not is_code:
                    held[rows] += np.float32(weight)
            if not is_code:  # its parts are among the words
                total += weight
        held /= np.float32(max(total, 1e-9))
        return Matches(scores, np.minimum(held, 1.0, out=held))


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


def segment_of(vocabulary: Vocabulary, rows: TermRows) -> Segment:
    """The postings of these rows."""
    ids, lengths, numbers = array("q"), array("i"), array("i")
    firsts, lasts, counted, scraps = array("i"), array("i"), array("i"), array("b")
    for number, line in rows:
        terms_of_row = line.split()
        found = vocabulary.numbers(terms_of_row)
        words = len(found)
        while words and terms_of_row[words - 1].startswith(CODE):
            words -= 1
        firsts.append(found[0] if words else -1)
        lasts.append(found[words - 1] if words else -1)
        counted.append(words)
        scraps.append(words <= SCRAP and not any(map(_is_word, terms_of_row[:words])))
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
        firsts=np.array(firsts, np.int32),
        lasts=np.array(lasts, np.int32),
        scraps=np.array(scraps, bool),
        words=np.array(counted, np.int32),
    )


def _is_word(term: str) -> bool:
    return term.isalpha() and (len(term) > 1 or not term.isascii())


def _in_all(segment: Segment, words: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    """The segment's rows that hold every word, ascending: the rarest first, so that little is compared."""
    held = []
    for numbers in words:
        rows = segment.rows[segment.of(numbers[0]) if len(numbers) == 1 else segment.of_many(numbers)]
        held.append(rows if len(numbers) == 1 else np.sort(rows))
    held.sort(key=len)
    found = held[0]
    for rows in held[1:]:
        if not len(found):
            break
        found = found[rows[np.minimum(np.searchsorted(rows, found), len(rows) - 1)] == found]
    if any(len(numbers) > 1 for numbers in words):
        found = found[np.diff(found, prepend=-1) != 0]
    return found


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
