"""`explorer.maps.matching`: subjects are known again by their members."""

from __future__ import annotations

import numpy as np

from explorer.maps.matching import matched, numbered
from explorer.types import Cluster

IDS = np.arange(20)
FIRST, SECOND = Cluster(0, "first", 10), Cluster(1, "second", 10)
OLD = np.repeat([0, 1], 10)


def test_a_subject_is_known_by_most_of_its_members() -> None:
    new = np.repeat([1, 0], 10)
    assert matched(IDS, OLD, (FIRST, SECOND), IDS, new) == {1: FIRST, 0: SECOND}
    assert matched(IDS, OLD, (FIRST, SECOND), IDS[5:], new[5:]) == {1: FIRST, 0: SECOND}
    assert matched(IDS, OLD, (FIRST, SECOND), IDS + 100, new) == {}


def test_one_that_falls_apart_is_not_unless_a_person_named_it() -> None:
    new = np.r_[np.repeat(0, 5), np.repeat(1, 5), np.repeat(2, 10)]
    assert matched(IDS, OLD, (FIRST, SECOND), IDS, new) == {2: SECOND}
    mine = Cluster(0, "mine", 10, is_renamed=True)
    assert matched(IDS, OLD, (mine, SECOND), IDS, new) == {0: mine, 2: SECOND}


def test_where_two_become_one_the_larger_gives_the_name() -> None:
    old = np.r_[np.repeat(0, 5), np.repeat(1, 15)]
    clusters = (Cluster(0, "small", 5), Cluster(1, "large", 15))
    assert matched(IDS, old, clusters, IDS, np.zeros(20, np.int64)) == {0: clusters[1]}
    chosen = (Cluster(0, "small", 5, is_renamed=True), clusters[1])
    assert matched(IDS, old, chosen, IDS, np.zeros(20, np.int64)) == {0: chosen[0]}


def test_points_without_a_subject_are_none() -> None:
    assert matched(IDS, np.full(20, -1), (), IDS, np.full(20, -1)) == {}


def test_what_is_known_keeps_its_number_and_what_is_new_gets_a_free_one() -> None:
    new = np.array([0, 0, 1, 2, -1])
    numbers, kept = numbered(new, {1: Cluster(0, "first", 1), 0: Cluster(3, "third", 2)})
    assert numbers.tolist() == [3, 3, 0, 1, -1]
    assert {number: one.label for number, one in kept.items()} == {0: "first", 3: "third"}
