"""What reaches across chunks: phrases that go on in the next one, and the words that stand around one. Where
chunks part says nothing of what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from explorer.arrays import Floats, Mask, Rows
from explorer.search.bm25 import Told, norms_of, saturated
from explorer.search.chunk_view import View
from explorer.words.terms import CODE

ReadTerms = Callable[[Rows], Iterable[tuple[int, str]]]
"""Chunk ids, ascending → each with its terms as one line (`Catalog.chunks.term_rows`)."""


class Surroundings:
    """For each row the rows from `reach` before it to `reach` after it, none of them in another document.

    One rule for documents of any length: in a mail of five chunks they are the mail, in a filing of two
    thousand what a reader sees beside the passage.
    """

    def __init__(self, joined: Mask, lengths: Floats, reach: int) -> None:
        """`joined[i]` (n - 1,) says whether row i + 1 goes on where row i ends; `lengths` (n,) is how many
        terms a row has."""
        rows = np.arange(len(lengths))
        begins = np.concatenate([[True], ~joined])[: len(rows)]
        ends = np.concatenate([~joined, [True]])[-len(rows) :]
        first = np.maximum.accumulate(np.where(begins, rows, 0))
        last = np.minimum.accumulate(np.where(ends, rows, len(rows))[::-1])[::-1]
        self._starts = np.maximum(rows - reach, first)
        self._stops = np.minimum(rows + reach, last) + 1
        self._most = 2 * reach + 1
        total = np.concatenate([[0.0], np.cumsum(lengths, dtype=np.float64)])
        self._norms = norms_of(np.asarray(total[self._stops] - total[self._starts], np.float32))

    def bm25(self, told: Iterable[Told], rows: Rows) -> Floats:
        """(m,): BM25 of what stands around each of these rows, themselves with it; words tell as much as they
        do of single rows."""
        scores = np.zeros(len(rows), np.float32)
        norms = self._norms[rows]
        counts = np.zeros(len(self._norms) + 1, np.float32)  # the last: no row
        around = self._around(rows, nothing=len(self._norms))
        for one in told:
            counts[one.rows] = one.counts
            scores += np.float32(one.weight) * saturated(counts[around].sum(axis=1), norms)
            counts[one.rows] = 0
        return scores

    def _around(self, rows: Rows, nothing: int) -> Rows:
        """(m, 2 reach + 1): the rows around each of these, `nothing` where there are fewer."""
        near = self._starts[rows][:, None] + np.arange(self._most)
        return np.where(near < self._stops[rows][:, None], near, nothing)


def rows_across(
    phrase: Sequence[Sequence[str]], borders: Sequence[tuple[int, int]], view: View, read: ReadTerms
) -> list[int]:
    """The rows that hold a phrase together: all that it touches, in the order of `borders`.

    `phrase`: its words, each as the terms that stand for it. `borders` are the places that are looked at
    (`bm25.Index.borders`): (row, n), where the row would end with the phrase's first n words and the next
    begin with the others. Where a row is too short for its share, the phrase may reach over the rows beyond.
    """
    terms = _TermsOfRows(view, read)
    terms.read_at_once({near for row, _ in borders for near in (row, row + 1)})
    found: list[int] = []
    for row, size in borders:
        first, before = terms.last_before(row, size)
        last, after = terms.first_from(row + 1, len(phrase) - size)
        held = [*before, *after]
        if len(held) == len(phrase) and all(
            term in wanted for term, wanted in zip(held, phrase, strict=True)
        ):
            found += range(first, last + 1)
    return found


class _TermsOfRows:
    """The terms of a view's rows, without codes: each row is read once."""

    def __init__(self, view: View, read: ReadTerms) -> None:
        self._view = view
        self._read = read
        self._known: dict[int, list[str]] = {}

    def read_at_once(self, rows: Iterable[int]) -> None:
        """Read these rows in one query: one by one takes SQLite longer."""
        ids = self._view.ids[sorted(rows)]
        if len(ids):
            self._known.update((number, _without_codes(line)) for number, line in self._read(ids))

    def last_before(self, row: int, size: int) -> tuple[int, list[str]]:
        """The last `size` terms up to the end of a row, fewer where its document begins there; and the first
        of the rows that they take."""
        terms = self._of(row)
        while len(terms) < size and row > 0 and self._view.joined[row - 1]:
            row -= 1
            terms = self._of(row) + terms
        return row, terms[-size:]

    def first_from(self, row: int, size: int) -> tuple[int, list[str]]:
        """The first `size` terms from the beginning of a row on, fewer where its document ends there; and the
        last of the rows that they take."""
        terms = self._of(row)
        while len(terms) < size and row < len(self._view.joined) and self._view.joined[row]:
            row += 1
            terms = terms + self._of(row)
        return row, terms[:size]

    def _of(self, row: int) -> list[str]:
        number = int(self._view.ids[row])
        if number not in self._known:
            self.read_at_once([row])
            self._known.setdefault(number, [])  # the chunk was removed meanwhile
        return self._known[number]


def _without_codes(line: str) -> list[str]:
    return [term for term in line.split() if not term.startswith(CODE)]
