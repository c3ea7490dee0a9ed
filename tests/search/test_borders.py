"""The ends and beginnings of rows, by the numbers of their words."""

from __future__ import annotations

import numpy as np

from explorer.search.borders import Borders

# rows: [1 2] [3] [] [2 3]
BORDERS = Borders(
    np.array([1, 3, -1, 2], np.int32), np.array([2, 3, -1, 3], np.int32), np.array([2, 1, 0, 2], np.int32)
)


def within(*phrase: list[int]) -> list[tuple[int, int]]:
    rows, sizes = BORDERS.within(phrase)
    return sorted(zip(rows.tolist(), sizes.tolist(), strict=True))


def test_a_border_lies_within_a_phrase_by_the_words_beside_it() -> None:
    assert within([2], [3]) == [(0, 1)]
    assert within([9], [2, 7], [3]) == [(0, 2)]
    assert within([3], [2]) == []
    assert within([2]) == []


def test_a_row_is_too_short_for_more_words_than_it_has() -> None:
    rows, shares = np.array([0, 0, 2]), np.array([2, 3, 1])
    assert BORDERS.are_too_short(rows, shares).tolist() == [False, True, True]
