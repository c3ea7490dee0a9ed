"""Embeddings kept by chunk id, while room is made and taken away."""

from __future__ import annotations

import numpy as np

from explorer.search.kept_rows import KeptRows


def rows(ids: np.ndarray) -> np.ndarray:
    return np.stack([ids, -ids], axis=1).astype(np.float32)


def kept(*parts: list[int]) -> KeptRows:
    found = KeptRows(2)
    for part in parts:
        ids = np.array(part)
        found.add(ids, rows(ids))
    return found


def test_what_is_added_is_found_by_its_id_whatever_came_between() -> None:
    found = kept([5, 9], [2, 700], [6])
    ids = np.array([2, 5, 6, 9, 700])
    assert (found.matrix()[found.slots(ids)] == rows(ids)).all()
    assert found.slots(np.array([0, 7, 9_000])).tolist() == [-1, -1, -1]
    assert (len(found), found.width) == (5, 2)


def test_the_others_are_forgotten_and_room_stays_for_more() -> None:
    fewer = kept([1, 2, 3, 8]).only(np.array([2, 4, 8]))
    assert fewer.slots(np.array([1, 2, 3, 4, 8])).tolist() == [-1, 0, -1, -1, 1]
    fewer.add(np.array([3]), rows(np.array([3])))
    ids = np.array([2, 3, 8])
    assert (fewer.matrix()[fewer.slots(ids)] == rows(ids)).all()


def test_where_there_are_no_others_nothing_is_copied() -> None:
    found = kept([1, 2])
    assert found.only(np.array([1, 2, 3])) is found


def test_a_view_of_what_is_kept_stays_as_it_is_while_more_is_added() -> None:
    found = kept([1, 2])
    view = found.matrix()
    found.add(np.arange(3, 900), rows(np.arange(3, 900)))
    assert (view == rows(np.array([1, 2]))).all()
