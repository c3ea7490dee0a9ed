"""Subjects of a map that is drawn anew, known again by their members: they keep their number and name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.arrays import Ids, Integers
    from explorer.types import Cluster

STAY = 0.6
"""A subject keeps its number and name where at least this share of its members stays together."""
CHOSEN_STAY = 0.4
"""The same for one whose name a person chose."""


def matched(
    old_ids: Ids, old: Integers, clusters: Sequence[Cluster], new_ids: Ids, new: Integers
) -> dict[int, Cluster]:
    """New cluster → the old one whose members it holds. Row i of `old` (n,) speaks of chunk `old_ids[i]`, of
    `new` (m,) of `new_ids[i]`; what is only on one of the maps does not count."""
    common, at_old, at_new = np.intersect1d(old_ids, new_ids, return_indices=True)
    before, after = old[at_old], new[at_new]
    members = {int(number): int(count) for number, count in _counted(before)}
    known = {one.id: one for one in clusters}
    pairs = []
    for (a, b), count in _counted(np.stack([before, after], axis=1)):
        if b >= 0 and a in known:
            one = known[int(a)]
            share = count / members[one.id]
            if share >= (CHOSEN_STAY if one.is_renamed else STAY):
                pairs.append((not one.is_renamed, -int(count), one.id, int(b)))
    found: dict[int, Cluster] = {}
    given: set[int] = set()
    for _, _, a, b in sorted(pairs):
        if b not in found and a not in given:
            found[b] = known[a]
            given.add(a)
    return found if len(common) else {}


def numbered(new: Integers, found: dict[int, Cluster]) -> tuple[Integers, dict[int, Cluster]]:
    """`new` (n,) with the numbers of the old clusters that were found, and the smallest free ones for the
    others; and the clusters found by these numbers."""
    numbers = [int(number) for number in np.unique(new) if number >= 0]
    taken = {one.id for one in found.values()}
    free = (number for number in range(len(numbers) + len(taken) + 1) if number not in taken)
    renumbered = {number: found[number].id if number in found else next(free) for number in numbers}
    result = np.full_like(new, -1)
    for number, other in renumbered.items():
        result[new == number] = other
    return result, {one.id: one for one in found.values()}


def _counted(values: Integers) -> list[tuple[np.ndarray, int]]:
    found, counts = np.unique(values, axis=0, return_counts=True)
    return list(zip(found, counts.tolist(), strict=True))
