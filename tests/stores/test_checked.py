"""explorer.stores.checked: what a store answers is sifted before it is believed."""

from __future__ import annotations

import numpy as np

from explorer.stores.checked import checked


def test_each_id_once_in_order_with_a_cosine_that_is_a_number() -> None:
    ids = np.array([5, 3, 5, 9, 1], np.int64)
    cosines = np.array([0.9, 0.8, 0.7, np.inf, np.nan], np.float32)
    found, scores = checked(ids, cosines, 10)
    assert found.tolist() == [5, 3]
    assert scores.tolist() == np.array([0.9, 0.8], np.float32).tolist()
    assert checked(ids, cosines, 1)[0].tolist() == [5]


def test_lengths_that_differ_and_nothing_at_all_are_taken() -> None:
    assert checked(np.arange(4), np.ones(2, np.float32), 10)[0].tolist() == [0, 1]
    found, scores = checked(np.empty(0, np.int64), np.empty(0, np.float32), 3)
    assert (found.dtype, scores.dtype, len(found)) == (np.int64, np.float32, 0)
