"""Which chunks hold a term how often, as arrays: 5 bytes for each distinct term of each chunk.

They are made from the keyword rows, about 15 µs a chunk, and never changed once made.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import Floats, Mask, Rows
from explorer.words.terms import CODE

TermRows = Iterable[tuple[int, str]]
"""Ids with their terms, joined by spaces, ids ascending."""

SCRAP = 3
"""The most terms that a chunk without a word may have to be taken for nothing but a number or a mark."""
_ONE_BY_ONE = 64
"""More than this many terms are looked up together."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Postings of some chunks. A "row" is here a position among them.

    The term `terms[i]` stands in the rows `rows[starts[i]:starts[i + 1]]`, which ascend, as often as `counts`
    says (at most 255).
    """

    ids: Rows
    terms: NDArray[np.int32]
    starts: Rows
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]

    # of each row
    lengths: Floats
    """How many terms it has."""
    words: NDArray[np.int32]
    """How many of them are no codes."""
    firsts: NDArray[np.int32]
    lasts: NDArray[np.int32]
    """The terms that it begins and ends with, codes aside; -1 where it has none."""
    scraps: Mask
    """Whether it has at most `SCRAP` terms and no word among them, such as "A-25"."""

    def of(self, term: int) -> slice:
        """Where the postings of this term are; empty where no row holds it."""
        at = int(np.searchsorted(self.terms, np.int32(term)))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def of_any(self, terms: Sequence[int]) -> slice | NDArray[np.intp]:
        """Where the postings of these terms are, ascending: an index into `rows` and `counts`."""
        if len(terms) == 1:
            return self.of(terms[0])
        if len(terms) <= _ONE_BY_ONE:
            found = map(self.of, sorted(terms))
            return np.concatenate([np.empty(0, np.intp), *(np.arange(one.start, one.stop) for one in found)])
        is_wanted = np.isin(self.terms, np.array(terms, np.int32))
        return np.flatnonzero(np.repeat(is_wanted, np.diff(self.starts)))

    def rows_with_all(self, words: Sequence[Sequence[int]]) -> NDArray[np.int32]:
        """The rows that hold every word, each given as the terms that stand for it; ascending."""
        held = []
        for terms in words:
            rows = self.rows[self.of_any(terms)]
            held.append(rows if len(terms) == 1 else np.sort(rows))
        held.sort(key=len)  # the rarest first, so that little is compared
        found = held[0]
        for rows in held[1:]:
            if not len(found):
                break
            found = found[rows[np.minimum(np.searchsorted(rows, found), len(rows) - 1)] == found]
        if any(len(terms) > 1 for terms in words):  # a row that holds two of a word's terms is there twice
            found = found[np.diff(found, prepend=-1) != 0]
        return found


class Vocabulary:
    """Numbers for terms, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sorted: list[str] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, term: str) -> int | None:
        """The number of a term; None where it was never met."""
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


def segment_of(vocabulary: Vocabulary, rows: TermRows) -> Segment:
    """The postings of these rows."""
    ids, lengths, numbers = array("q"), array("i"), array("i")
    words, firsts, lasts, scraps = array("i"), array("i"), array("i"), array("b")
    for number, line in rows:
        terms_of_row = line.split()
        found = vocabulary.numbers(terms_of_row)
        count = len(found)
        while count and terms_of_row[count - 1].startswith(CODE):  # codes are last
            count -= 1
        words.append(count)
        firsts.append(found[0] if count else -1)
        lasts.append(found[count - 1] if count else -1)
        scraps.append(count <= SCRAP and not any(map(_is_word, terms_of_row[:count])))
        ids.append(number)
        lengths.append(len(found))
        numbers.extend(found)
    terms, starts, held_by, counts = _sorted_by_term(
        np.asarray(numbers, np.int32), np.asarray(lengths, np.int32)
    )
    return Segment(
        ids=np.array(ids, np.int64),
        terms=terms,
        starts=starts,
        rows=held_by,
        counts=counts,
        lengths=np.array(lengths, np.float32),
        words=np.array(words, np.int32),
        firsts=np.array(firsts, np.int32),
        lasts=np.array(lasts, np.int32),
        scraps=np.array(scraps, bool),
    )


def _sorted_by_term(
    numbers: NDArray[np.int32], lengths: NDArray[np.int32]
) -> tuple[NDArray[np.int32], Rows, NDArray[np.int32], NDArray[np.uint8]]:
    """`terms`, `starts`, `rows` and `counts` of a segment, from the terms of all its rows one after the other
    and how many of them each row has."""
    # One number for each occurrence, the term above and the row below: sorted, equal ones stand together.
    keys = numbers.astype(np.int64) << 32
    keys += np.repeat(np.arange(len(lengths)), lengths)
    keys.sort()
    first = np.flatnonzero(np.concatenate([[True], np.diff(keys) != 0])) if len(keys) else np.empty(0, int)
    counts = np.minimum(np.diff(np.append(first, len(keys))), 255).astype(np.uint8)
    distinct = keys[first]
    terms, starts = np.unique((distinct >> 32).astype(np.int32), return_index=True)
    ends = np.append(starts, len(distinct)).astype(np.int64)
    return terms, ends, (distinct & 0xFFFFFFFF).astype(np.int32), counts


def _is_word(term: str) -> bool:
    return term.isalpha() and (len(term) > 1 or not term.isascii())
