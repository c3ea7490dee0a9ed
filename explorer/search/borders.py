"""Where one chunk ends and the next begins: for phrases that go on across that border."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import Mask, Rows

_Number = TypeVar("_Number", int, Rows)


class Borders:
    """The borders between the rows of an index: border i is that between row i and row i + 1."""

    def __init__(self, firsts: NDArray[np.int32], lasts: NDArray[np.int32], words: NDArray[np.int32]) -> None:
        """For each row (n,): the numbers of the terms that it begins and ends with, -1 where it has none, and
        how many terms it has."""
        self._firsts = firsts
        self._lasts = lasts
        self._words = words

    def within(self, phrase: Sequence[Sequence[int]]) -> tuple[Rows, Rows]:
        """(rows, sizes), (m,) each: the borders that may lie within a phrase, by the two words beside them.

        The phrase is given as the terms that stand for each of its words. Row `rows[i]` ends with word
        number `sizes[i]` of it, and the row after that begins with the one after.
        """
        keys, order = self._by_key
        wanted = [
            (size, _key(before, after))
            for size in range(1, len(phrase))
            for before in phrase[size - 1]
            for after in phrase[size]
        ]
        sizes, looked_for = np.array(wanted, np.int64).reshape(-1, 2).T
        starts, ends = np.searchsorted(keys, looked_for), np.searchsorted(keys, looked_for, "right")
        places = [np.arange(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
        return order[np.concatenate([np.empty(0, np.intp), *places])], np.repeat(sizes, ends - starts)

    def are_too_short(self, rows: Rows, shares: Rows) -> Mask:
        """(m,): which of these rows have fewer words than their share (m,) of a phrase."""
        return np.asarray(self._words[rows] < shares)

    @cached_property
    def _by_key(self) -> tuple[Rows, Rows]:
        """The keys of all borders, ascending, and the borders in that order; made when first needed."""
        keys = _key(self._lasts[:-1].astype(np.int64), self._firsts[1:].astype(np.int64))
        order = np.argsort(keys, kind="stable")
        return keys[order], order


def _key(before: _Number, after: _Number) -> _Number:
    """One number for the two words beside a border."""
    return (before << 32) + after
